//! The table of log records.

use super::attribute::CellType;
use super::projection::{Column, Projection};
use super::shared::{SharedColumns, inverse, pick, pick_sparse};
use super::span_batch::{at, text_at};
use super::text::{SparseText, TextColumn};
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::json;
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::sink::LogFields;
use tacho_model::span::alias_key;
use tacho_model::time::Timestamp;
use tacho_model::value::{Value, ValueRef};

/// Log records as columns; see `SpanBatch` for what is common to both.
#[derive(Debug, Clone, Default)]
pub struct LogBatch {
    /// Number of rows.
    pub len: usize,
    /// Ids: receive positions.
    pub record_ids: Vec<RecordId>,
    /// Times, nanoseconds since the epoch.
    pub times: Vec<i64>,
    /// Observed times; 0 if not said.
    pub observed_times: Vec<i64>,
    /// Severity numbers.
    pub severities: Vec<u8>,
    /// Severity texts.
    pub severity_texts: TextColumn,
    /// Bodies: a text as it is, everything else in the text form of `model::json`.
    pub bodies: TextColumn,
    /// What each body is: `String`, `Reference`, `Empty`, or `Json` for every other type.
    pub body_types: Vec<CellType>,
    /// Event names.
    pub event_names: SparseText,
    /// Trace ids; zero for none.
    pub trace_ids: Vec<TraceId>,
    /// Span ids; zero for none.
    pub span_ids: Vec<SpanId>,
    /// Trace flags.
    pub flags: Vec<u32>,
    /// Rows with dropped attributes, ascending.
    pub dropped: Vec<(u32, u32)>,
    /// Resource, scope, attributes, large values.
    pub shared: SharedColumns,
}

impl LogBatch {
    /// Adds a row; `time_ns` and ids must have been judged. The record id is set by the store.
    pub fn push(&mut self, fields: &LogFields<'_>, time: Timestamp, resource: u32, scope: u32) {
        let row = self.len;
        self.times.push(time.0);
        self.observed_times
            .push(i64::try_from(fields.observed_time_ns).unwrap_or(0));
        self.severities.push(fields.severity_number.0);
        self.severity_texts.push(fields.severity_text);
        self.push_body(fields.body);
        self.event_names.push(row, fields.event_name);
        self.trace_ids.push(fields.trace_id.unwrap_or_default());
        self.span_ids.push(fields.span_id.unwrap_or_default());
        self.flags.push(fields.flags);
        self.shared.resource_index.push(resource);
        self.shared.scope_index.push(scope);
        self.len += 1;
        self.add_dropped(fields.dropped_attributes_count);
        for (key, alias) in [
            (alias_key::TRACE, fields.trace_alias),
            (alias_key::SPAN, fields.span_alias),
        ] {
            if let Some(text) = alias {
                self.shared.push_attribute(row, key, ValueRef::String(text));
            }
        }
    }

    fn push_body(&mut self, body: ValueRef<'_>) {
        if let Some(reference) = self.shared.shrink(body) {
            self.bodies.push(&json::to_text(&reference));
            self.body_types.push(CellType::Reference);
            return;
        }
        match body {
            ValueRef::Empty => {
                self.bodies.push("");
                self.body_types.push(CellType::Empty);
            }
            ValueRef::String(text) => {
                self.bodies.push(text);
                self.body_types.push(CellType::String);
            }
            other => {
                let mut text = String::new();
                json::write_view(&mut text, other);
                self.bodies.push(&text);
                let reference = matches!(other, ValueRef::Nested(Value::Reference(_)));
                self.body_types.push(if reference {
                    CellType::Reference
                } else {
                    CellType::Json
                });
            }
        }
    }

    /// Counts attributes of the last row as dropped.
    pub fn add_dropped(&mut self, count: u32) {
        let Some(row) = self.len.checked_sub(1) else {
            return;
        };
        if count == 0 {
            return;
        }
        match self.dropped.last_mut() {
            Some((last, sum)) if *last as usize == row => *sum = sum.saturating_add(count),
            _ => self.dropped.push((row as u32, count)),
        }
    }

    /// Adds an attribute to the last row.
    pub fn push_attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if let Some(row) = self.len.checked_sub(1) {
            self.shared.push_attribute(row, key, value);
        }
    }

    /// Adds a whole record; for tests and for callers that have one.
    pub fn push_record(&mut self, record: &LogRecord, id: RecordId, resource: u32, scope: u32) {
        let fields = LogFields {
            time_ns: u64::try_from(record.time.0).unwrap_or(0),
            observed_time_ns: u64::try_from(record.observed_time.0).unwrap_or(0),
            severity_number: record.severity_number,
            severity_text: &record.severity_text,
            body: record.body.view(),
            event_name: &record.event_name,
            dropped_attributes_count: record.dropped_attributes_count,
            flags: record.flags,
            trace_id: Ok(record.trace_id),
            span_id: Ok(record.span_id),
            trace_alias: record.trace_alias.as_deref(),
            span_alias: record.span_alias.as_deref(),
        };
        self.push(&fields, record.time, resource, scope);
        self.record_ids.push(id);
        for (key, value) in &record.attributes.0 {
            self.push_attribute(key, value.view());
        }
    }

    /// A row as a record. Columns that were not projected give their defaults.
    pub fn record(&self, row: usize) -> LogRecord {
        let mut attributes = self.shared.attributes.row(row);
        let mut take = |wanted: &str| {
            let index = attributes.0.iter().position(|(key, _)| key == wanted)?;
            match attributes.0.remove(index).1 {
                Value::String(text) => Some(text),
                _ => None,
            }
        };
        let (trace_alias, span_alias) = (take(alias_key::TRACE), take(alias_key::SPAN));
        let dropped = match self
            .dropped
            .binary_search_by_key(&(row as u32), |(row, _)| *row)
        {
            Ok(index) => self.dropped[index].1,
            Err(_) => 0,
        };
        LogRecord {
            time: Timestamp(at(&self.times, row)),
            observed_time: Timestamp(at(&self.observed_times, row)),
            severity_number: SeverityNumber(at(&self.severities, row)),
            severity_text: text_at(&self.severity_texts, row).to_owned(),
            body: self.body(row),
            event_name: self.event_names.cell(row).to_owned(),
            attributes,
            dropped_attributes_count: dropped,
            flags: at(&self.flags, row),
            trace_id: at(&self.trace_ids, row),
            span_id: at(&self.span_ids, row),
            trace_alias,
            span_alias,
        }
    }

    /// The body of a row.
    pub fn body(&self, row: usize) -> Value {
        let text = text_at(&self.bodies, row);
        match self.body_types.get(row) {
            None | Some(CellType::Empty) => Value::Empty,
            Some(CellType::String) => Value::String(text.to_owned()),
            Some(_) => json::parse(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        }
    }

    /// The id of a row.
    pub fn record_id(&self, row: usize) -> RecordId {
        at(&self.record_ids, row)
    }

    /// Adds all rows of another batch, which must have the same columns filled.
    pub fn append(&mut self, other: &Self) {
        let base = self.len;
        self.record_ids.extend_from_slice(&other.record_ids);
        self.times.extend_from_slice(&other.times);
        self.observed_times.extend_from_slice(&other.observed_times);
        self.severities.extend_from_slice(&other.severities);
        self.severity_texts.append(&other.severity_texts);
        self.bodies.append(&other.bodies);
        self.body_types.extend_from_slice(&other.body_types);
        self.event_names.append(&other.event_names, base);
        self.trace_ids.extend_from_slice(&other.trace_ids);
        self.span_ids.extend_from_slice(&other.span_ids);
        self.flags.extend_from_slice(&other.flags);
        self.dropped.extend(
            other
                .dropped
                .iter()
                .map(|(row, count)| (row + base as u32, *count)),
        );
        self.shared.append(&other.shared, base);
        self.len += other.len;
    }

    /// The rows of a permutation or selection, renumbered from 0; large contents stay behind.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        self.select_columns(rows, &Projection::all())
    }

    /// The projected columns of these rows, likewise: what blocks give for the same projection, so
    /// that both can be appended.
    #[must_use]
    pub fn select_columns(&self, rows: &[u32], projection: &Projection) -> Self {
        let inverse = inverse(rows, self.len);
        let texts = |column: &TextColumn| {
            if column.is_empty() {
                TextColumn::default()
            } else {
                column.select(rows.iter().map(|row| *row as usize))
            }
        };
        let mut out = Self {
            len: rows.len(),
            shared: self.shared.select(rows, &inverse, projection),
            ..Self::default()
        };
        for column in &projection.columns {
            match column {
                Column::TraceId => out.trace_ids = pick(&self.trace_ids, rows),
                Column::SpanId => out.span_ids = pick(&self.span_ids, rows),
                Column::Time => out.times = pick(&self.times, rows),
                Column::EndTime => out.observed_times = pick(&self.observed_times, rows),
                Column::Name => out.event_names = self.event_names.select(rows),
                Column::Status => out.severities = pick(&self.severities, rows),
                Column::StatusText => out.severity_texts = texts(&self.severity_texts),
                Column::Rare => {
                    out.flags = pick(&self.flags, rows);
                    out.dropped = pick_sparse(&self.dropped, &inverse);
                }
                Column::Body => {
                    out.bodies = texts(&self.bodies);
                    out.body_types = pick(&self.body_types, rows);
                }
                Column::RecordId => out.record_ids = pick(&self.record_ids, rows),
                Column::ParentSpanId
                | Column::Kind
                | Column::Events
                | Column::Resource
                | Column::Scope => {}
            }
        }
        out
    }

    /// Bytes of memory in use, about.
    pub fn memory(&self) -> usize {
        (self.record_ids.capacity() + self.times.capacity() + self.observed_times.capacity()) * 8
            + self.severities.capacity()
            + self.severity_texts.memory()
            + self.bodies.memory()
            + self.body_types.capacity()
            + self.event_names.memory()
            + self.trace_ids.capacity() * 16
            + self.span_ids.capacity() * 8
            + self.flags.capacity() * 4
            + self.dropped.capacity() * 8
            + self.shared.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::LogBatch;
    use tacho_model::id::{RecordId, SpanId, TraceId};
    use tacho_model::log::{LogRecord, SeverityNumber};
    use tacho_model::time::Timestamp;
    use tacho_model::value::{Attributes, Value};

    #[test]
    fn records_come_back_whole_with_bodies_of_every_type() {
        let bodies = [
            Value::Empty,
            Value::from("text"),
            Value::Int(1),
            Value::Double(f64::INFINITY),
            Value::Bytes(vec![0, 255]),
            Value::Map(vec![("k".to_owned(), Value::Array(vec![Value::Empty]))]),
        ];
        let record = |index: usize, body: &Value| LogRecord {
            time: Timestamp(index as i64),
            severity_number: SeverityNumber(9),
            severity_text: "INFO".to_owned(),
            body: body.clone(),
            event_name: if index == 1 {
                "e".to_owned()
            } else {
                String::new()
            },
            attributes: Attributes(vec![("a".to_owned(), Value::Bool(true))]),
            dropped_attributes_count: index as u32,
            trace_id: TraceId([1; 16]),
            span_id: SpanId([2; 8]),
            trace_alias: Some("tr-1".to_owned()),
            ..LogRecord::default()
        };
        let mut batch = LogBatch::default();
        for (index, body) in bodies.iter().enumerate() {
            let mut part = LogBatch::default();
            part.push_record(&record(index, body), RecordId(index as u64), 0, 0);
            part.shared.resources = vec![Default::default()];
            part.shared.scopes = vec![Default::default()];
            batch.append(&part);
        }
        let reversed = batch.select(&[5, 4, 3, 2, 1, 0]);
        for (index, body) in bodies.iter().enumerate() {
            assert_eq!(batch.record(index), record(index, body));
            assert_eq!(reversed.record(5 - index), record(index, body));
            assert_eq!(reversed.record_id(5 - index), RecordId(index as u64));
        }
    }
}
