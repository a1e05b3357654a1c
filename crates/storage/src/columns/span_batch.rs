//! The table of spans.

use super::projection::{Column, Projection};
use super::shared::{SharedColumns, inverse, pick, pick_sparse};
use super::text::{SparseText, TextColumn};
use tacho_model::id::{SpanId, TraceId};
use tacho_model::json;
use tacho_model::sink::SpanFields;
use tacho_model::span::{Span, SpanAliases, SpanEvent, SpanKind, SpanLink, SpanStatus, alias_key};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value, ValueRef};

/// Spans as columns. All fixed columns have one cell a row, or none at all where a projection left
/// them out; `len` is the truth about the number of rows.
#[derive(Debug, Clone, Default)]
pub struct SpanBatch {
    /// Number of rows.
    pub len: usize,
    /// Trace ids.
    pub trace_ids: Vec<TraceId>,
    /// Span ids.
    pub span_ids: Vec<SpanId>,
    /// Parents; zero for a root.
    pub parent_span_ids: Vec<SpanId>,
    /// Starts, nanoseconds since the epoch.
    pub starts: Vec<i64>,
    /// Ends, nanoseconds since the epoch.
    pub ends: Vec<i64>,
    /// Names.
    pub names: TextColumn,
    /// OTLP numbers of the kinds.
    pub kinds: Vec<u8>,
    /// OTLP numbers of the statuses.
    pub statuses: Vec<u8>,
    /// Texts of the statuses.
    pub status_messages: SparseText,
    /// Trace states.
    pub trace_states: SparseText,
    /// Trace flags.
    pub flags: Vec<u32>,
    /// Rows with dropped counts (attributes, events, links), ascending.
    pub dropped: Vec<(u32, [u32; 3])>,
    /// Events: a list in the text form of `model::json`, see `docs/formats/block.md`.
    pub events: SparseText,
    /// Links, likewise.
    pub links: SparseText,
    /// Resource, scope, attributes, large values.
    pub shared: SharedColumns,
}

impl SpanBatch {
    /// Adds a row. Ids must have been judged: a wrong one becomes zero.
    pub fn push(&mut self, fields: &SpanFields<'_>, resource: u32, scope: u32) {
        let row = self.len;
        self.trace_ids.push(fields.trace_id.unwrap_or_default());
        self.span_ids.push(fields.span_id.unwrap_or_default());
        self.parent_span_ids
            .push(fields.parent_span_id.unwrap_or_default());
        self.starts
            .push(i64::try_from(fields.start_ns).unwrap_or(i64::MAX));
        self.ends
            .push(i64::try_from(fields.end_ns).unwrap_or(i64::MAX));
        self.names.push(fields.name);
        self.kinds.push(fields.kind as u8);
        self.statuses.push(fields.status as u8);
        self.status_messages.push(row, fields.status_message);
        self.trace_states.push(row, fields.trace_state);
        self.flags.push(fields.flags);
        self.shared.resource_index.push(resource);
        self.shared.scope_index.push(scope);
        self.len += 1;
        let dropped = [
            fields.dropped_attributes_count,
            fields.dropped_events_count,
            fields.dropped_links_count,
        ];
        self.add_dropped(dropped);
        for (key, alias) in [
            (alias_key::TRACE, fields.trace_alias),
            (alias_key::SPAN, fields.span_alias),
            (alias_key::PARENT, fields.parent_alias),
        ] {
            if let Some(text) = alias {
                self.shared.push_attribute(row, key, ValueRef::String(text));
            }
        }
    }

    /// Counts attributes, events and links of the last row as dropped.
    pub fn add_dropped(&mut self, counts: [u32; 3]) {
        let Some(row) = self.len.checked_sub(1) else {
            return;
        };
        if counts == [0; 3] {
            return;
        }
        if self
            .dropped
            .last()
            .is_none_or(|(last, _)| *last as usize != row)
        {
            self.dropped.push((row as u32, [0; 3]));
        }
        if let Some((_, sums)) = self.dropped.last_mut() {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum = sum.saturating_add(count);
            }
        }
    }

    /// Adds an attribute to the last row.
    pub fn push_attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if let Some(row) = self.len.checked_sub(1) {
            self.shared.push_attribute(row, key, value);
        }
    }

    /// Sets events and links of the last row.
    pub fn set_events(&mut self, events: Vec<SpanEvent>, links: Vec<SpanLink>) {
        let Some(row) = self.len.checked_sub(1) else {
            return;
        };
        if !events.is_empty() {
            let list = events
                .into_iter()
                .map(|event| event_value(&mut self.shared, event));
            let text = json::to_text(&Value::Array(list.collect()));
            self.events.push(row, &text);
        }
        if !links.is_empty() {
            let list = links
                .into_iter()
                .map(|link| link_value(&mut self.shared, link));
            let text = json::to_text(&Value::Array(list.collect()));
            self.links.push(row, &text);
        }
    }

    /// Adds a whole span; for tests and for callers that have one.
    pub fn push_span(&mut self, span: &Span, resource: u32, scope: u32) {
        let aliases = span.aliases.clone().unwrap_or_default();
        let fields = SpanFields {
            trace_id: Ok(span.trace_id),
            span_id: Ok(span.span_id),
            parent_span_id: Ok(span.parent_span_id),
            trace_alias: aliases.trace_id.as_deref(),
            span_alias: aliases.span_id.as_deref(),
            parent_alias: aliases.parent_span_id.as_deref(),
            trace_state: &span.trace_state,
            flags: span.flags,
            name: &span.name,
            kind: span.kind,
            start_ns: u64::try_from(span.start.0).unwrap_or(0),
            end_ns: u64::try_from(span.end.0).unwrap_or(0),
            dropped_attributes_count: span.dropped_attributes_count,
            dropped_events_count: span.dropped_events_count,
            dropped_links_count: span.dropped_links_count,
            status: span.status,
            status_message: &span.status_message,
        };
        self.push(&fields, resource, scope);
        for (key, value) in &span.attributes.0 {
            self.push_attribute(key, value.view());
        }
        self.set_events(span.events.clone(), span.links.clone());
    }

    /// A row as a span. Columns that were not projected give their defaults.
    pub fn span(&self, row: usize) -> Span {
        let mut attributes = self.shared.attributes.row(row);
        let aliases = take_aliases(&mut attributes);
        let dropped = match self
            .dropped
            .binary_search_by_key(&(row as u32), |(row, _)| *row)
        {
            Ok(index) => self.dropped[index].1,
            Err(_) => [0; 3],
        };
        Span {
            trace_id: at(&self.trace_ids, row),
            span_id: at(&self.span_ids, row),
            parent_span_id: at(&self.parent_span_ids, row),
            trace_state: self.trace_states.cell(row).to_owned(),
            flags: at(&self.flags, row),
            name: text_at(&self.names, row).to_owned(),
            kind: SpanKind::from_number(i32::from(at(&self.kinds, row))),
            start: Timestamp(at(&self.starts, row)),
            end: Timestamp(at(&self.ends, row)),
            attributes,
            dropped_attributes_count: dropped[0],
            events: events_from_text(self.events.cell(row)),
            dropped_events_count: dropped[1],
            links: links_from_text(self.links.cell(row)),
            dropped_links_count: dropped[2],
            status: SpanStatus::from_number(i32::from(at(&self.statuses, row))),
            status_message: self.status_messages.cell(row).to_owned(),
            aliases,
        }
    }

    /// Adds all rows of another batch, which must have the same columns filled.
    pub fn append(&mut self, other: &Self) {
        let base = self.len;
        self.trace_ids.extend_from_slice(&other.trace_ids);
        self.span_ids.extend_from_slice(&other.span_ids);
        self.parent_span_ids
            .extend_from_slice(&other.parent_span_ids);
        self.starts.extend_from_slice(&other.starts);
        self.ends.extend_from_slice(&other.ends);
        self.names.append(&other.names);
        self.kinds.extend_from_slice(&other.kinds);
        self.statuses.extend_from_slice(&other.statuses);
        self.status_messages.append(&other.status_messages, base);
        self.trace_states.append(&other.trace_states, base);
        self.flags.extend_from_slice(&other.flags);
        self.dropped.extend(
            other
                .dropped
                .iter()
                .map(|(row, counts)| (row + base as u32, *counts)),
        );
        self.events.append(&other.events, base);
        self.links.append(&other.links, base);
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
        let mut out = Self {
            len: rows.len(),
            shared: self.shared.select(rows, &inverse, projection),
            ..Self::default()
        };
        for column in &projection.columns {
            match column {
                Column::TraceId => out.trace_ids = pick(&self.trace_ids, rows),
                Column::SpanId => out.span_ids = pick(&self.span_ids, rows),
                Column::ParentSpanId => out.parent_span_ids = pick(&self.parent_span_ids, rows),
                Column::Time => out.starts = pick(&self.starts, rows),
                Column::EndTime => out.ends = pick(&self.ends, rows),
                Column::Name if self.names.is_empty() => {}
                Column::Name => out.names = self.names.select(rows.iter().map(|row| *row as usize)),
                Column::Kind => out.kinds = pick(&self.kinds, rows),
                Column::Status => out.statuses = pick(&self.statuses, rows),
                Column::StatusText => out.status_messages = self.status_messages.select(rows),
                Column::Rare => {
                    out.trace_states = self.trace_states.select(rows);
                    out.flags = pick(&self.flags, rows);
                    out.dropped = pick_sparse(&self.dropped, &inverse);
                }
                Column::Events => {
                    out.events = self.events.select(rows);
                    out.links = self.links.select(rows);
                }
                Column::Body | Column::RecordId | Column::Resource | Column::Scope => {}
            }
        }
        out
    }

    /// Bytes of memory in use, about.
    pub fn memory(&self) -> usize {
        self.trace_ids.capacity() * 16
            + (self.span_ids.capacity() + self.parent_span_ids.capacity()) * 8
            + (self.starts.capacity() + self.ends.capacity()) * 8
            + self.names.memory()
            + self.kinds.capacity()
            + self.statuses.capacity()
            + self.status_messages.memory()
            + self.trace_states.memory()
            + self.flags.capacity() * 4
            + self.dropped.capacity() * 16
            + self.events.memory()
            + self.links.memory()
            + self.shared.memory()
    }
}

/// The cell of a row, or the default where the column is empty.
pub(super) fn at<T: Copy + Default>(column: &[T], row: usize) -> T {
    column.get(row).copied().unwrap_or_default()
}

/// The text of a row, or nothing where the column is empty.
pub(super) fn text_at(column: &TextColumn, row: usize) -> &str {
    if column.is_empty() {
        ""
    } else {
        column.cell(row)
    }
}

fn take_aliases(attributes: &mut Attributes) -> Option<Box<SpanAliases>> {
    let mut aliases = SpanAliases::default();
    attributes.0.retain(|(key, value)| {
        let slot = match key.as_str() {
            alias_key::TRACE => &mut aliases.trace_id,
            alias_key::SPAN => &mut aliases.span_id,
            alias_key::PARENT => &mut aliases.parent_span_id,
            _ => return true,
        };
        *slot = value.as_str().map(str::to_owned);
        false
    });
    (aliases != SpanAliases::default()).then(|| Box::new(aliases))
}

fn shrink_attributes(shared: &mut SharedColumns, attributes: Attributes) -> Value {
    let shrunk = attributes.0.into_iter().map(|(key, value)| {
        let reference = shared.shrink(value.view());
        (key, reference.unwrap_or(value))
    });
    Value::Map(shrunk.collect())
}

fn event_value(shared: &mut SharedColumns, event: SpanEvent) -> Value {
    let mut pairs = vec![
        ("time".to_owned(), Value::Int(event.time.0)),
        ("name".to_owned(), Value::String(event.name)),
    ];
    if !event.attributes.0.is_empty() {
        pairs.push((
            "attributes".to_owned(),
            shrink_attributes(shared, event.attributes),
        ));
    }
    push_count(&mut pairs, "dropped", event.dropped_attributes_count);
    Value::Map(pairs)
}

fn link_value(shared: &mut SharedColumns, link: SpanLink) -> Value {
    let mut pairs = vec![
        (
            "trace_id".to_owned(),
            Value::String(link.trace_id.to_string()),
        ),
        (
            "span_id".to_owned(),
            Value::String(link.span_id.to_string()),
        ),
    ];
    if !link.trace_state.is_empty() {
        pairs.push(("trace_state".to_owned(), Value::String(link.trace_state)));
    }
    if !link.attributes.0.is_empty() {
        pairs.push((
            "attributes".to_owned(),
            shrink_attributes(shared, link.attributes),
        ));
    }
    push_count(&mut pairs, "dropped", link.dropped_attributes_count);
    push_count(&mut pairs, "flags", link.flags);
    Value::Map(pairs)
}

fn push_count(pairs: &mut Vec<(String, Value)>, key: &str, count: u32) {
    if count > 0 {
        pairs.push((key.to_owned(), Value::Int(i64::from(count))));
    }
}

/// Reads a cell of `SpanBatch::events`.
pub fn events_from_text(text: &str) -> Vec<SpanEvent> {
    maps_from_text(text)
        .into_iter()
        .map(|mut fields| SpanEvent {
            time: Timestamp(fields.int("time")),
            name: fields.text("name"),
            attributes: fields.attributes(),
            dropped_attributes_count: fields.count("dropped"),
        })
        .collect()
}

/// Reads a cell of `SpanBatch::links`.
pub fn links_from_text(text: &str) -> Vec<SpanLink> {
    maps_from_text(text)
        .into_iter()
        .map(|mut fields| SpanLink {
            trace_id: TraceId::parse(&fields.text("trace_id")).unwrap_or_default(),
            span_id: SpanId::parse(&fields.text("span_id")).unwrap_or_default(),
            trace_state: fields.text("trace_state"),
            attributes: fields.attributes(),
            dropped_attributes_count: fields.count("dropped"),
            flags: fields.count("flags"),
        })
        .collect()
}

struct Fields(Vec<(String, Value)>);

impl Fields {
    fn take(&mut self, key: &str) -> Value {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, value)) => std::mem::take(value),
            None => Value::Empty,
        }
    }

    fn int(&mut self, key: &str) -> i64 {
        match self.take(key) {
            Value::Int(value) => value,
            _ => 0,
        }
    }

    fn count(&mut self, key: &str) -> u32 {
        u32::try_from(self.int(key)).unwrap_or(0)
    }

    fn text(&mut self, key: &str) -> String {
        match self.take(key) {
            Value::String(text) => text,
            _ => String::new(),
        }
    }

    fn attributes(&mut self) -> Attributes {
        match self.take("attributes") {
            Value::Map(pairs) => Attributes(pairs),
            _ => Attributes::default(),
        }
    }
}

fn maps_from_text(text: &str) -> Vec<Fields> {
    if text.is_empty() {
        return Vec::new();
    }
    match json::parse(text) {
        Ok(Value::Array(items)) => items
            .into_iter()
            .filter_map(|item| match item {
                Value::Map(pairs) => Some(Fields(pairs)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::SpanBatch;
    use tacho_model::id::{SpanId, TraceId};
    use tacho_model::resource::{Resource, Scope};
    use tacho_model::span::{Span, SpanAliases, SpanEvent, SpanKind, SpanLink, SpanStatus};
    use tacho_model::time::Timestamp;
    use tacho_model::value::{Attributes, Value};

    fn span(number: u8) -> Span {
        Span {
            trace_id: TraceId([number; 16]),
            span_id: SpanId([number; 8]),
            parent_span_id: SpanId([number / 2; 8]),
            trace_state: if number == 2 {
                "a=b".to_owned()
            } else {
                String::new()
            },
            flags: 1,
            name: format!("span {number}"),
            kind: SpanKind::Client,
            start: Timestamp(i64::from(number) * 10),
            end: Timestamp(i64::from(number) * 10 + 5),
            attributes: Attributes(vec![
                ("n".to_owned(), Value::Int(i64::from(number))),
                (
                    "list".to_owned(),
                    Value::Array(vec![Value::Bool(true), Value::Empty]),
                ),
            ]),
            dropped_attributes_count: u32::from(number % 2),
            events: vec![SpanEvent {
                time: Timestamp(7),
                name: "e".to_owned(),
                attributes: Attributes(vec![("k".to_owned(), Value::Double(1.0))]),
                dropped_attributes_count: 3,
            }],
            dropped_events_count: 0,
            links: vec![SpanLink {
                flags: 1,
                ..SpanLink::default()
            }],
            dropped_links_count: 0,
            status: SpanStatus::Error,
            status_message: "broken".to_owned(),
            aliases: (number == 3).then(|| {
                Box::new(SpanAliases {
                    span_id: Some("sp-3".to_owned()),
                    ..Default::default()
                })
            }),
        }
    }

    #[test]
    fn spans_come_back_whole_after_append_and_selection() {
        let mut batch = SpanBatch::default();
        for half in [[1u8, 2], [3, 4]] {
            let mut part = SpanBatch::default();
            let resource = part.shared.add_resource(Resource::default());
            let scope = part.shared.add_scope(Scope::default());
            for number in half {
                part.push_span(&span(number), resource, scope);
            }
            batch.append(&part);
        }
        let selected = batch.select(&[3, 2, 0]);
        assert_eq!(selected.span(0), span(4));
        assert_eq!(selected.span(1), span(3));
        assert_eq!(selected.span(2), span(1));
        assert_eq!(batch.span(1), span(2));
    }

    #[test]
    fn large_values_become_references_with_a_preview() {
        let mut batch = SpanBatch::default();
        let mut big = span(1);
        let prompt = "ä".repeat(4000);
        big.attributes.push("prompt", prompt.as_str());
        batch.push_span(&big, 0, 0);
        let Some(Value::Reference(reference)) = batch.span(0).attributes.find("prompt").cloned()
        else {
            panic!("not a reference");
        };
        assert_eq!(reference.len, 8000);
        assert_eq!(reference.preview, "ä".repeat(128));
        assert_eq!(&*batch.shared.large[0].bytes, prompt.as_bytes());
    }
}
