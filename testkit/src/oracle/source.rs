//! The fields of whole items, as filters see them.

use super::{PlacedLog, PlacedSpan};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::alias_key;
use tacho_model::value::{Attributes, Value};
use tacho_storage::filter::{AttributeScope, Field, FieldSource};

impl FieldSource for PlacedSpan {
    fn values(&self, field: &Field) -> Vec<Value> {
        let span = &self.item;
        let id = |zero: bool, text: String| {
            if zero {
                vec![]
            } else {
                vec![Value::String(text)]
            }
        };
        match field {
            Field::Attribute(scope, key) => {
                let own = self.item_attribute(key);
                attribute(own, &self.resource, &self.scope, *scope, key)
            }
            Field::Name => vec![Value::from(span.name.as_str())],
            Field::Kind => vec![Value::Int(span.kind as i64)],
            Field::Status => vec![Value::Int(span.status as i64)],
            Field::StatusMessage => vec![Value::from(span.status_message.as_str())],
            Field::Duration => vec![Value::Int(span.duration_ns())],
            Field::TraceId => id(span.trace_id.is_zero(), span.trace_id.to_string()),
            Field::SpanId => id(span.span_id.is_zero(), span.span_id.to_string()),
            Field::ParentSpanId => id(
                span.parent_span_id.is_zero(),
                span.parent_span_id.to_string(),
            ),
            Field::ScopeName => vec![Value::from(self.scope.name.as_str())],
            Field::ScopeVersion => vec![Value::from(self.scope.version.as_str())],
            Field::Severity | Field::SeverityText | Field::Body | Field::RecordId => vec![],
        }
    }
}

impl FieldSource for PlacedLog {
    fn values(&self, field: &Field) -> Vec<Value> {
        let record = &self.item.record;
        let id = |zero: bool, text: String| {
            if zero {
                vec![]
            } else {
                vec![Value::String(text)]
            }
        };
        match field {
            Field::Attribute(scope, key) => {
                let own = self.item_attribute(key);
                attribute(own, &self.resource, &self.scope, *scope, key)
            }
            Field::Name => vec![Value::from(record.event_name.as_str())],
            Field::Severity => vec![Value::Int(i64::from(record.severity_number.0))],
            Field::SeverityText => vec![Value::from(record.severity_text.as_str())],
            Field::Body if record.body == Value::Empty => vec![],
            Field::Body => vec![Value::String(record.body.to_text())],
            Field::TraceId => id(record.trace_id.is_zero(), record.trace_id.to_string()),
            Field::SpanId => id(record.span_id.is_zero(), record.span_id.to_string()),
            Field::RecordId => vec![Value::String(self.item.id.to_string())],
            Field::ScopeName => vec![Value::from(self.scope.name.as_str())],
            Field::ScopeVersion => vec![Value::from(self.scope.version.as_str())],
            Field::Kind
            | Field::Status
            | Field::StatusMessage
            | Field::Duration
            | Field::ParentSpanId => vec![],
        }
    }
}

impl PlacedSpan {
    /// Values of a key of the span; texts of ids stand under reserved keys.
    fn item_attribute(&self, key: &str) -> Vec<Value> {
        let aliases = self.item.aliases.clone().unwrap_or_default();
        let alias = match key {
            alias_key::TRACE => aliases.trace_id,
            alias_key::SPAN => aliases.span_id,
            alias_key::PARENT => aliases.parent_span_id,
            _ => return of_key(&self.item.attributes, key),
        };
        alias.map(Value::String).into_iter().collect()
    }
}

impl PlacedLog {
    fn item_attribute(&self, key: &str) -> Vec<Value> {
        let alias = match key {
            alias_key::TRACE => &self.item.record.trace_alias,
            alias_key::SPAN => &self.item.record.span_alias,
            _ => return of_key(&self.item.record.attributes, key),
        };
        alias.clone().map(Value::String).into_iter().collect()
    }
}

/// Values of a key, in the order they came.
pub(super) fn of_key(attributes: &Attributes, key: &str) -> Vec<Value> {
    let pairs = attributes.0.iter().filter(|(name, _)| name == key);
    pairs.map(|(_, value)| value.clone()).collect()
}

fn attribute(
    own: Vec<Value>,
    resource: &Resource,
    scope: &Scope,
    place: AttributeScope,
    key: &str,
) -> Vec<Value> {
    match place {
        AttributeScope::Item => own,
        AttributeScope::Resource => of_key(&resource.attributes, key),
        AttributeScope::Scope => of_key(&scope.attributes, key),
        AttributeScope::Any => {
            let places = [
                own,
                of_key(&resource.attributes, key),
                of_key(&scope.attributes, key),
            ];
            places
                .into_iter()
                .find(|values| !values.is_empty())
                .unwrap_or_default()
        }
    }
}
