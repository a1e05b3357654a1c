//! Sinks that collect everything into the grouped structures of `otlp.rs`: for tests, tools and
//! small requests. Items whose ids are no ids are refused and counted; nothing else is judged.

pub mod metrics;

use crate::otlp::{ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans, timestamp};
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{LogFields, LogSink, SpanFields, SpanSink};
use tacho_model::span::{Span, SpanAliases, SpanEvent, SpanLink};
use tacho_model::value::{Attributes, ValueRef};

/// Collects spans. Times beyond 2262-04-11 become the last point that can be told.
#[derive(Debug, Default)]
pub struct SpanCollector {
    /// What came, in the order it came.
    pub groups: Vec<ResourceSpans>,
    /// Spans refused because of their ids.
    pub refused_count: u64,
    open: Span,
}

/// Collects log records; their times are kept as sent, 0 where the sender gave none.
#[derive(Debug, Default)]
pub struct LogCollector {
    /// What came, in the order it came.
    pub groups: Vec<ResourceLogs>,
    /// Records refused because of their ids.
    pub refused_count: u64,
    open: LogRecord,
}

fn aliases(fields: &SpanFields<'_>) -> Option<Box<SpanAliases>> {
    let aliases = SpanAliases {
        trace_id: fields.trace_alias.map(str::to_owned),
        span_id: fields.span_alias.map(str::to_owned),
        parent_span_id: fields.parent_alias.map(str::to_owned),
    };
    (aliases != SpanAliases::default()).then(|| Box::new(aliases))
}

impl SpanSink for SpanCollector {
    fn resource(&mut self, resource: Resource) {
        self.groups.push(ResourceSpans {
            resource,
            scopes: Vec::new(),
        });
    }

    fn scope(&mut self, scope: Scope) {
        if self.groups.is_empty() {
            self.groups.push(ResourceSpans::default());
        }
        if let Some(group) = self.groups.last_mut() {
            group.scopes.push(ScopeSpans {
                scope,
                spans: Vec::new(),
            });
        }
    }

    fn begin_span(&mut self, fields: &SpanFields<'_>) -> bool {
        let (Ok(trace_id), Ok(span_id), Ok(parent_span_id)) =
            (fields.trace_id, fields.span_id, fields.parent_span_id)
        else {
            self.refused_count += 1;
            return false;
        };
        self.open = Span {
            trace_id,
            span_id,
            parent_span_id,
            trace_state: fields.trace_state.to_owned(),
            flags: fields.flags,
            name: fields.name.to_owned(),
            kind: fields.kind,
            start: timestamp(fields.start_ns),
            end: timestamp(fields.end_ns),
            attributes: Attributes::default(),
            dropped_attributes_count: fields.dropped_attributes_count,
            events: Vec::new(),
            dropped_events_count: fields.dropped_events_count,
            links: Vec::new(),
            dropped_links_count: fields.dropped_links_count,
            status: fields.status,
            status_message: fields.status_message.to_owned(),
            aliases: aliases(fields),
        };
        true
    }

    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        let pair = (key.to_owned(), value.to_value());
        self.open.attributes.0.push(pair);
    }

    fn event(&mut self, event: SpanEvent) {
        self.open.events.push(event);
    }

    fn link(&mut self, link: SpanLink) {
        self.open.links.push(link);
    }

    fn end_span(&mut self) {
        if self
            .groups
            .last()
            .is_none_or(|group| group.scopes.is_empty())
        {
            SpanSink::scope(self, Scope::default());
        }
        let scopes = self.groups.last_mut().map(|group| &mut group.scopes);
        if let Some(scope) = scopes.and_then(|scopes| scopes.last_mut()) {
            scope.spans.push(std::mem::take(&mut self.open));
        }
    }
}

impl LogSink for LogCollector {
    fn resource(&mut self, resource: Resource) {
        self.groups.push(ResourceLogs {
            resource,
            scopes: Vec::new(),
        });
    }

    fn scope(&mut self, scope: Scope) {
        if self.groups.is_empty() {
            self.groups.push(ResourceLogs::default());
        }
        if let Some(group) = self.groups.last_mut() {
            group.scopes.push(ScopeLogs {
                scope,
                records: Vec::new(),
            });
        }
    }

    fn begin_record(&mut self, fields: &LogFields<'_>) -> bool {
        let (Ok(trace_id), Ok(span_id)) = (fields.trace_id, fields.span_id) else {
            self.refused_count += 1;
            return false;
        };
        self.open = LogRecord {
            time: timestamp(fields.time_ns),
            observed_time: timestamp(fields.observed_time_ns),
            severity_number: fields.severity_number,
            severity_text: fields.severity_text.to_owned(),
            body: fields.body.to_value(),
            event_name: fields.event_name.to_owned(),
            attributes: Attributes::default(),
            dropped_attributes_count: fields.dropped_attributes_count,
            flags: fields.flags,
            trace_id,
            span_id,
            trace_alias: fields.trace_alias.map(str::to_owned),
            span_alias: fields.span_alias.map(str::to_owned),
        };
        true
    }

    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        let pair = (key.to_owned(), value.to_value());
        self.open.attributes.0.push(pair);
    }

    fn end_record(&mut self) {
        if self
            .groups
            .last()
            .is_none_or(|group| group.scopes.is_empty())
        {
            LogSink::scope(self, Scope::default());
        }
        let scopes = self.groups.last_mut().map(|group| &mut group.scopes);
        if let Some(scope) = scopes.and_then(|scopes| scopes.last_mut()) {
            scope.records.push(std::mem::take(&mut self.open));
        }
    }
}
