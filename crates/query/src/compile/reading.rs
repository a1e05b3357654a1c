//! LogQL's numbers: a label is read as the value in the query is, then compared.

use std::cmp::Ordering;
use tacho_model::value::Value;
use tacho_stdx::duration::parse_ns;
use tacho_stdx::size::parse_bytes;
use tacho_storage::filter::{CompareOp, Field, FieldSource, compare_order};
use tacho_syntax::logql::tree::NumberValue;

/// A number out of a field, compared.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Fields that the label stands for; the first that is there counts.
    pub fields: Vec<Field>,
    /// How it is compared; never a pattern.
    pub op: CompareOp,
    /// With what.
    pub value: NumberValue,
}

impl Reading {
    /// Whether an item passes. What is absent or cannot be read fails.
    pub fn holds(&self, item: &dyn FieldSource) -> bool {
        let values = self.fields.iter().map(|field| item.values(field));
        let Some(values) = values.into_iter().find(|values| !values.is_empty()) else {
            return false;
        };
        values.iter().any(|value| {
            let order = match self.value {
                NumberValue::Float(wanted) => {
                    number(value).and_then(|number| number.partial_cmp(&wanted))
                }
                NumberValue::Duration(wanted) => duration(value).map(|ns| ns.cmp(&wanted)),
                NumberValue::Bytes(wanted) => {
                    bytes(value).and_then(|read| read.partial_cmp(&(wanted as f64)))
                }
            };
            order.is_some_and(|order: Ordering| compare_order(order, self.op))
        })
    }
}

/// Numbers as they are, texts as Go reads them.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Texts with units, such as `1h30m`; numbers have none and fail.
fn duration(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_ns(text.trim()),
        _ => None,
    }
}

/// Numbers are bytes; texts may have a unit of either case: `2MiB`, `5 kB`, `7`.
fn bytes(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => parse_bytes(text).map(|bytes| bytes as f64),
        other => number(other).filter(|number| *number >= 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, duration, number};
    use tacho_model::value::Value;

    #[test]
    fn durations_need_units() {
        let read = |text: &str| duration(&Value::from(text));
        assert_eq!(read("1.5s"), Some(1_500_000_000));
        assert_eq!(read("1h2m"), Some(3_720_000_000_000));
        assert_eq!(read("-3ms"), Some(-3_000_000));
        assert_eq!(read("7µs"), Some(7_000));
        for wrong in ["", "5", "s", "1s2", "1 s", "1e3s", "--1s", "1.2.3s"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(duration(&Value::Int(5)), None);
    }

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        let read = |text: &str| bytes(&Value::from(text));
        assert_eq!(read("7"), Some(7.0));
        assert_eq!(read("2MiB"), Some(2.0 * 1024.0 * 1024.0));
        assert_eq!(read("1.5 kB"), Some(1500.0));
        assert_eq!(read("3gb"), Some(3e9));
        assert_eq!(read("5b"), Some(5.0));
        for wrong in ["", "MB", "5 apples", "-1kB"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(bytes(&Value::Int(12)), Some(12.0));
    }

    #[test]
    fn numbers_come_from_numbers_and_texts() {
        assert_eq!(number(&Value::from(" 42 ")), Some(42.0));
        assert_eq!(number(&Value::Int(-1)), Some(-1.0));
        assert_eq!(number(&Value::from("4x")), None);
        assert_eq!(number(&Value::Bool(true)), None);
    }
}
