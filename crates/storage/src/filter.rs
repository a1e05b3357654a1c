//! What a reader asks of an item: a tree of conditions, evaluated on columns by storage and on
//! whole items by the oracle.
//!
//! Semantics. An attribute without scope means the item's, and where the item lacks the key, the
//! resource's, then the scope's. A comparison with something that is not there is false, also
//! `NotEqual`. Numbers compare across integer and double; other types never equal each other. A
//! key that came several times matches if any of its values does.

use regex::Regex;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::value::Value;

/// A condition on one item.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Every item.
    All,
    /// No item.
    Nothing,
    /// All of these hold; true if empty.
    And(Vec<Filter>),
    /// One of these holds; false if empty.
    Or(Vec<Filter>),
    /// This does not hold.
    Not(Box<Filter>),
    /// The field is there (and not zero, for ids; not empty, for texts of fixed fields).
    Exists(Field),
    /// The field compares so with the operand.
    Compare(Field, CompareOp, Operand),
}

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    /// An attribute.
    Attribute(AttributeScope, Arc<str>),
    /// Name of a span; event name of a log record.
    Name,
    /// OTLP number of the kind of a span.
    Kind,
    /// OTLP number of the status of a span.
    Status,
    /// Text of the status of a span.
    StatusMessage,
    /// Duration of a span in nanoseconds.
    Duration,
    /// Severity number of a log record.
    Severity,
    /// Severity text of a log record.
    SeverityText,
    /// Body of a log record as text (`Value::to_text`; of a large value all of it).
    Body,
    /// Trace id.
    TraceId,
    /// Span id.
    SpanId,
    /// Parent span id.
    ParentSpanId,
    /// Id of a log record.
    RecordId,
    /// Name of the scope.
    ScopeName,
    /// Version of the scope.
    ScopeVersion,
}

/// Where an attribute is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeScope {
    /// The item, else the resource, else the scope.
    Any,
    /// The span or log record.
    Item,
    /// The resource.
    Resource,
    /// The instrumentation scope.
    Scope,
}

/// How a field compares with an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// Equal.
    Equal,
    /// Present, and not equal.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    LessEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterEqual,
    /// The regular expression matches somewhere (anchor it to match the whole).
    Match,
    /// Present, and the regular expression matches nowhere.
    NotMatch,
    /// Contains this text; case matters.
    Contains,
    /// Present, and does not contain this text.
    NotContains,
}

/// What a field is compared with.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A string: compares with strings only. Texts order by bytes.
    String(Arc<str>),
    /// A text: compares with the text form of a value of any type (`Value::to_text`).
    Text(Arc<str>),
    /// An integer; compares with integers and doubles.
    Int(i64),
    /// A double; likewise.
    Double(f64),
    /// A boolean.
    Bool(bool),
    /// A regular expression, for `Match` and `NotMatch`.
    Regex(Arc<Regex>),
    /// A trace id.
    TraceId(TraceId),
    /// A span id.
    SpanId(SpanId),
    /// A record id.
    RecordId(RecordId),
}

impl Filter {
    /// Both hold; flattens.
    #[must_use]
    pub fn and(self, other: Filter) -> Filter {
        match (self, other) {
            (Filter::All, one) | (one, Filter::All) => one,
            (Filter::And(mut left), Filter::And(right)) => {
                left.extend(right);
                Filter::And(left)
            }
            (Filter::And(mut left), right) => {
                left.push(right);
                Filter::And(left)
            }
            (left, right) => Filter::And(vec![left, right]),
        }
    }

    /// An attribute of any scope equals a text.
    pub fn attribute_text(key: &str, text: &str) -> Filter {
        Filter::Compare(
            Field::Attribute(AttributeScope::Any, key.into()),
            CompareOp::Equal,
            Operand::Text(text.into()),
        )
    }
}

/// Compares a value with an operand; the one place that knows how.
pub fn compare_value(value: &Value, op: CompareOp, operand: &Operand) -> bool {
    match operand {
        Operand::String(wanted) => match value {
            Value::String(text) => compare_text(text, op, wanted),
            // A large text: only its preview is here; callers that need all of it load it first.
            Value::Reference(reference) => compare_text(&reference.preview, op, wanted),
            Value::Empty => false,
            _ => op == CompareOp::NotEqual,
        },
        Operand::Text(wanted) => {
            !matches!(value, Value::Empty) && compare_text(&value.to_text(), op, wanted)
        }
        Operand::Regex(regex) => match value {
            Value::Empty => false,
            Value::String(text) => compare_regex(text, op, regex),
            other => compare_regex(&other.to_text(), op, regex),
        },
        Operand::Int(wanted) => match value {
            Value::Int(number) => compare_order(number.cmp(wanted), op),
            Value::Double(number) => compare_double(*number, op, *wanted as f64),
            Value::Empty => false,
            _ => op == CompareOp::NotEqual,
        },
        Operand::Double(wanted) => match value {
            Value::Int(number) => compare_double(*number as f64, op, *wanted),
            Value::Double(number) => compare_double(*number, op, *wanted),
            Value::Empty => false,
            _ => op == CompareOp::NotEqual,
        },
        Operand::Bool(wanted) => match value {
            Value::Bool(flag) => compare_order(flag.cmp(wanted), op),
            Value::Empty => false,
            _ => op == CompareOp::NotEqual,
        },
        Operand::TraceId(_) | Operand::SpanId(_) | Operand::RecordId(_) => false,
    }
}

/// Compares texts.
pub fn compare_text(text: &str, op: CompareOp, wanted: &str) -> bool {
    match op {
        CompareOp::Contains => memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).is_some(),
        CompareOp::NotContains => {
            memchr::memmem::find(text.as_bytes(), wanted.as_bytes()).is_none()
        }
        CompareOp::Match | CompareOp::NotMatch => false,
        _ => compare_order(text.as_bytes().cmp(wanted.as_bytes()), op),
    }
}

/// Tests a text against a regular expression.
pub fn compare_regex(text: &str, op: CompareOp, regex: &Regex) -> bool {
    match op {
        CompareOp::Match => regex.is_match(text),
        CompareOp::NotMatch => !regex.is_match(text),
        _ => false,
    }
}

/// Compares doubles; NaN equals nothing.
pub fn compare_double(number: f64, op: CompareOp, wanted: f64) -> bool {
    match number.partial_cmp(&wanted) {
        Some(order) => compare_order(order, op),
        None => op == CompareOp::NotEqual,
    }
}

/// What an order says about an operator.
pub fn compare_order(order: std::cmp::Ordering, op: CompareOp) -> bool {
    match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::NotEqual => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterEqual => order.is_ge(),
        CompareOp::Match | CompareOp::NotMatch | CompareOp::Contains | CompareOp::NotContains => {
            false
        }
    }
}

/// Whether an item matches a filter, given one source of its fields. Used by the oracle and for
/// items that are whole already.
pub fn matches(filter: &Filter, item: &dyn FieldSource) -> bool {
    match filter {
        Filter::All => true,
        Filter::Nothing => false,
        Filter::And(parts) => parts.iter().all(|part| matches(part, item)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, item)),
        Filter::Not(part) => !matches(part, item),
        Filter::Exists(field) => item.values(field).iter().any(|value| exists(field, value)),
        Filter::Compare(field, op, operand) => {
            item.values(field).iter().any(|value| match operand {
                Operand::TraceId(id) => compare_text(&value.to_text(), *op, &id.to_string()),
                Operand::SpanId(id) => compare_text(&value.to_text(), *op, &id.to_string()),
                Operand::RecordId(id) => compare_text(&value.to_text(), *op, &id.to_string()),
                _ => compare_value(value, *op, operand),
            })
        }
    }
}

fn exists(field: &Field, value: &Value) -> bool {
    match (field, value) {
        (Field::Attribute(..), _) => true,
        (_, Value::Empty) => false,
        (_, Value::String(text)) => !text.is_empty(),
        (Field::Kind | Field::Status | Field::Severity, Value::Int(number)) => *number != 0,
        _ => true,
    }
}

/// Gives the values of fields of one item: ids as hexadecimal texts (nothing for zero ids), enums
/// as their numbers. An absent field has no values.
pub trait FieldSource {
    /// The values of a field.
    fn values(&self, field: &Field) -> Vec<Value>;
}
