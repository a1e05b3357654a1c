//! How large values are: against the limit of a value, and in memory.

use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{SpanEvent, SpanLink};
use tacho_model::value::{Attributes, Value, ValueRef};

/// Memory of an attribute beside its value: row number, position, share of the column.
pub(super) const ATTRIBUTE: usize = 24;
/// Memory of a column of its own, which a key that is new in its batch makes.
pub(super) const COLUMN: usize = 512;
/// Memory of a row's fixed columns.
pub(super) const ROW: usize = 160;

/// Bytes that the limit of a value looks at. Arrays and maps were held to it by the decoder.
pub(super) fn content(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::String(text) => text.len(),
        ValueRef::Bytes(bytes) => bytes.len(),
        _ => 0,
    }
}

/// About what a value takes in memory.
pub(super) fn in_memory(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Empty | ValueRef::Bool(_) => 1,
        ValueRef::Int(_) | ValueRef::Double(_) => 8,
        ValueRef::Nested(value) => of_value(value),
        ValueRef::String(_) | ValueRef::Bytes(_) => content(value),
    }
}

/// Nesting is bounded by the decoder, so recursion is.
fn of_value(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Array(items) => items.iter().map(of_value).sum(),
            Value::Map(pairs) => pairs.iter().map(|(key, value)| pair(key, value)).sum(),
            Value::Reference(reference) => reference.preview.len(),
            scalar => content(scalar.view()),
        }
}

fn pair(key: &str, value: &Value) -> usize {
    size_of::<String>() + key.len() + of_value(value)
}

fn of_attributes(attributes: &Attributes) -> usize {
    let pairs = attributes.0.iter();
    pairs.map(|(key, value)| pair(key, value)).sum()
}

/// Memory of a resource.
pub(super) fn of_resource(resource: &Resource) -> usize {
    size_of::<Resource>() + resource.schema_url.len() + of_attributes(&resource.attributes)
}

/// Memory of a scope.
pub(super) fn of_scope(scope: &Scope) -> usize {
    let texts = scope.name.len() + scope.version.len() + scope.schema_url.len();
    size_of::<Scope>() + texts + of_attributes(&scope.attributes)
}

/// Memory of an event.
pub(super) fn of_event(event: &SpanEvent) -> usize {
    size_of::<SpanEvent>() + event.name.len() + of_attributes(&event.attributes)
}

/// Memory of a link.
pub(super) fn of_link(link: &SpanLink) -> usize {
    size_of::<SpanLink>() + link.trace_state.len() + of_attributes(&link.attributes)
}
