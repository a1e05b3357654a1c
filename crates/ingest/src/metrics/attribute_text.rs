//! Values as the text of labels, as Prometheus writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tacho_model::json;
use tacho_model::value::ValueRef;

/// The text of an attribute's value: a string as it is, numbers in the shortest form, bytes as base64, arrays
/// and maps as JSON.
pub fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Empty => String::new(),
        ValueRef::String(text) => text.to_owned(),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Int(value) => value.to_string(),
        ValueRef::Double(value) => text_of_double(value),
        ValueRef::Bytes(bytes) => STANDARD.encode(bytes),
        ValueRef::Nested(value) => json::to_text(value),
    }
}

/// A double as ECMAScript prints it: exponents below 1e-6 and from 1e21 on.
fn text_of_double(value: f64) -> String {
    let size = value.abs();
    if value.is_finite() && size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                format!("{digits}e+{exponent}")
            }
            _ => text,
        };
    }
    text_of_bound(value)
}

/// A bucket's bound or a quantile: never with an exponent, `+Inf` for infinity.
pub fn text_of_bound(bound: f64) -> String {
    if bound.is_nan() {
        "NaN".to_owned()
    } else if bound == f64::INFINITY {
        "+Inf".to_owned()
    } else if bound == f64::NEG_INFINITY {
        "-Inf".to_owned()
    } else {
        bound.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{text_of, text_of_bound};
    use tacho_model::value::{Value, ValueRef};

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let double = |value| text_of(ValueRef::Double(value));
        assert_eq!(double(1.0), "1");
        assert_eq!(double(0.1), "0.1");
        assert_eq!(double(-2.5e-7), "-2.5e-7");
        assert_eq!(double(1e21), "1e+21");
        assert_eq!(double(123_456_789_012.0), "123456789012");
        assert_eq!(double(f64::NAN), "NaN");
    }

    #[test]
    fn bounds_have_no_exponent() {
        let expected = ["0.005", "1", "2500", "+Inf", "0.0000001"];
        let bounds = [0.005, 1.0, 2500.0, f64::INFINITY, 1e-7];
        assert_eq!(bounds.map(text_of_bound), expected);
    }

    #[test]
    fn other_values_have_texts_too() {
        assert_eq!(text_of(ValueRef::Bool(true)), "true");
        assert_eq!(text_of(ValueRef::Bytes(&[1, 2])), "AQI=");
        let list = Value::Array(vec![Value::Int(1), Value::from("a")]);
        assert_eq!(text_of(list.view()), r#"[1,"a"]"#);
    }
}
