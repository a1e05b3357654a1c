//! Outlines of traces to shapes of the API.

use super::{to_ms, to_resource, to_scope, to_span, to_status};
use crate::slots::{SlotKind, Slots};
use tacho_api::count::Count;
use tacho_api::outline as api;
use tacho_query::outline::{Outline, OutlineRow, Party, Segment, SpanDocument};
use tacho_query::usage::Usage;

/// An outline, with the colour slots of its services and agents.
pub fn to_outline(outline: &Outline, slots: &Slots) -> api::TraceOutline {
    let summary = &outline.summary;
    let parties = |kind, parties: &[Party]| {
        let slots = slots.of(kind, parties.iter().map(|party| party.name.as_str()));
        let pairs = parties.iter().zip(slots);
        pairs.map(|(party, slot)| to_party(party, slot)).collect()
    };
    api::TraceOutline {
        trace_id: summary.trace_id.to_string(),
        aliases: summary.aliases.clone(),
        start_time: summary.start.to_string(),
        duration_ms: to_ms(summary.duration_ns),
        status: to_status(summary.status),
        name: summary.root_name.clone(),
        service: summary.root_service.clone(),
        complete: summary.root_arrived,
        end_time: summary.end.to_string(),
        span_count: summary.span_count.into(),
        error_count: summary.error_count.into(),
        services: parties(SlotKind::Service, &outline.services),
        agents: parties(SlotKind::Agent, &outline.agents),
        usage: to_usage(&outline.usage),
        names: outline.names.clone(),
        spans: to_spans(&outline.rows),
        critical_path: outline.critical_path.iter().map(to_segment).collect(),
        cut: outline.cut,
    }
}

fn to_party(party: &Party, slot: u32) -> api::OutlineParty {
    api::OutlineParty {
        name: party.name.clone(),
        slot,
        span_count: party.spans.into(),
        error_count: party.errors.into(),
        usage: to_usage(&party.usage),
    }
}

/// What was used.
pub fn to_usage(usage: &Usage) -> api::Usage {
    api::Usage {
        model_calls: usage.model_calls.into(),
        tool_calls: usage.tool_calls.into(),
        input_tokens: usage.input_tokens.into(),
        cached_tokens: usage.cached_tokens.into(),
        output_tokens: usage.output_tokens.into(),
        cost_usd: usage.cost_usd,
    }
}

fn to_spans(rows: &[OutlineRow]) -> api::OutlineSpans {
    fn column<T>(rows: &[OutlineRow], of: impl Fn(&OutlineRow) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    api::OutlineSpans {
        id: column(rows, |row| row.id.to_string()),
        parent: column(rows, |row| row.parent),
        start_ms: column(rows, |row| to_ms(row.start_ns)),
        duration_ms: column(rows, |row| to_ms(row.duration_ns)),
        name: column(rows, |row| row.name),
        service: column(rows, |row| row.service),
        agent: column(rows, |row| row.agent),
        kind: column(rows, |row| row.kind),
        status: column(rows, |row| row.status),
        events: column(rows, |row| row.events),
        children: column(rows, |row| row.children),
        below: column(rows, |row| row.below),
        errors_below: column(rows, |row| row.errors_below),
        role: column(rows, |row| row.role as u8),
        detail: column(rows, |row| row.detail.clone()),
    }
}

fn to_segment(segment: &Segment) -> api::CriticalSegment {
    api::CriticalSegment {
        span: segment.row,
        start_ms: to_ms(segment.start_ns),
        end_ms: to_ms(segment.end_ns),
    }
}

/// One span with where it comes from.
pub fn to_span_document(document: &SpanDocument) -> api::SpanDocument {
    let omitted = document.omitted;
    api::SpanDocument {
        trace_id: document.span.trace_id.to_string(),
        span: to_span(&document.span, document.resource.service_name()),
        origin: to_resource(&document.resource),
        instrumentation: to_scope(&document.scope),
        omitted_values: Count(omitted.missing + omitted.too_large),
    }
}
