//! Rows of batches as filters see them, large values included.

use crate::large::LoadValue;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::resource::Scope;
use tacho_model::value::{Attributes, Value};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::{AttributeScope, Field, FieldSource};

/// A row of spans. Fields whose columns were not projected are absent.
pub(crate) struct SpanRow<'a> {
    pub(crate) batch: &'a SpanBatch,
    pub(crate) row: usize,
    pub(crate) values: &'a dyn LoadValue,
}

/// A row of log records, likewise.
pub(crate) struct LogRow<'a> {
    pub(crate) batch: &'a LogBatch,
    pub(crate) row: usize,
    pub(crate) values: &'a dyn LoadValue,
}

impl FieldSource for SpanRow<'_> {
    fn values(&self, field: &Field) -> Vec<Value> {
        let (batch, row) = (self.batch, self.row);
        let number = |column: &[u8]| column.get(row).map(|number| Value::Int(i64::from(*number)));
        let id = |text: Option<String>| text.map(Value::String);
        let value = match field {
            Field::Attribute(scope, key) => {
                return attribute(&batch.shared, row, *scope, key, self.values);
            }
            Field::Name if batch.names.is_empty() => None,
            Field::Name => Some(Value::from(batch.names.cell(row))),
            Field::Kind => number(&batch.kinds),
            Field::Status => number(&batch.statuses),
            Field::StatusMessage => Some(Value::from(batch.status_messages.cell(row))),
            Field::Duration => match (batch.starts.get(row), batch.ends.get(row)) {
                (Some(start), Some(end)) => Some(Value::Int(end.saturating_sub(*start))),
                _ => None,
            },
            Field::TraceId => id(hex(batch.trace_ids.get(row), TraceId::is_zero)),
            Field::SpanId => id(hex(batch.span_ids.get(row), SpanId::is_zero)),
            Field::ParentSpanId => id(hex(batch.parent_span_ids.get(row), SpanId::is_zero)),
            Field::ScopeName | Field::ScopeVersion => scope_text(&batch.shared, row, field),
            Field::Severity | Field::SeverityText | Field::Body | Field::RecordId => None,
        };
        value.into_iter().collect()
    }
}

impl FieldSource for LogRow<'_> {
    fn values(&self, field: &Field) -> Vec<Value> {
        let (batch, row) = (self.batch, self.row);
        let id = |text: Option<String>| text.map(Value::String);
        let value = match field {
            Field::Attribute(scope, key) => {
                return attribute(&batch.shared, row, *scope, key, self.values);
            }
            Field::Name => Some(Value::from(batch.event_names.cell(row))),
            Field::Severity => batch
                .severities
                .get(row)
                .map(|number| Value::Int(i64::from(*number))),
            Field::SeverityText if batch.severity_texts.is_empty() => None,
            Field::SeverityText => Some(Value::from(batch.severity_texts.cell(row))),
            Field::Body => match self.values.whole(batch.body(row)) {
                Value::Empty => None,
                body => Some(Value::String(body.to_text())),
            },
            Field::TraceId => id(hex(batch.trace_ids.get(row), TraceId::is_zero)),
            Field::SpanId => id(hex(batch.span_ids.get(row), SpanId::is_zero)),
            Field::RecordId => id(hex(batch.record_ids.get(row), |_| false)),
            Field::ScopeName | Field::ScopeVersion => scope_text(&batch.shared, row, field),
            Field::Kind
            | Field::Status
            | Field::StatusMessage
            | Field::Duration
            | Field::ParentSpanId => None,
        };
        value.into_iter().collect()
    }
}

/// An id as text; zero ids are absent.
fn hex<I: ToString>(id: Option<&I>, is_zero: impl Fn(&I) -> bool) -> Option<String> {
    id.filter(|id| !is_zero(id)).map(ToString::to_string)
}

fn scope_text(shared: &SharedColumns, row: usize, field: &Field) -> Option<Value> {
    let scope: &Scope = shared.scope(row)?;
    Some(Value::from(match field {
        Field::ScopeName => scope.name.as_str(),
        _ => scope.version.as_str(),
    }))
}

fn attribute(
    shared: &SharedColumns,
    row: usize,
    scope: AttributeScope,
    key: &str,
    values: &dyn LoadValue,
) -> Vec<Value> {
    let of_item = || -> Vec<Value> {
        let columns = shared.attributes.of_key(key);
        let cells = columns.flat_map(|column| {
            column
                .cells_of(row)
                .map(|index| values.whole(column.cells.value(index)))
        });
        cells.collect()
    };
    let of = |attributes: Option<&Attributes>| -> Vec<Value> {
        let pairs = attributes.into_iter().flat_map(|attributes| &attributes.0);
        pairs
            .filter(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
            .collect()
    };
    let of_resource = || of(shared.resource(row).map(|resource| &resource.attributes));
    let of_scope = || of(shared.scope(row).map(|scope| &scope.attributes));
    match scope {
        AttributeScope::Item => of_item(),
        AttributeScope::Resource => of_resource(),
        AttributeScope::Scope => of_scope(),
        AttributeScope::Any => {
            let mut found = of_item();
            if found.is_empty() {
                found = of_resource();
            }
            if found.is_empty() {
                found = of_scope();
            }
            found
        }
    }
}
