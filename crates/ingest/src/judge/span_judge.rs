//! The judge of spans: a `SpanSink` that fills columns.

use super::slots::Slots;
use super::{Bench, Judged, Ruling, admission, size};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{SpanFields, SpanSink};
use tacho_model::span::{SpanEvent, SpanLink};
use tacho_model::time::Timestamp;
use tacho_model::value::ValueRef;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::partition::Partition;
use tacho_storage::write::Items;

/// Judges the spans of one request.
#[derive(Debug)]
pub struct SpanJudge<'a, 'm, 'r> {
    bench: Bench<'a, 'm, 'r>,
    slots: Slots<SpanBatch>,
    events: Vec<SpanEvent>,
    links: Vec<SpanLink>,
    /// Attributes, events and links of the span at hand that were dropped.
    dropped: [u32; 3],
}

impl<'a, 'm, 'r> SpanJudge<'a, 'm, 'r> {
    /// A judge of a request that arrived at `receive_time`.
    pub fn new(
        limits: &'a ItemLimits,
        receive_time: Timestamp,
        ruling: Ruling<'a>,
        meter: &'m mut Meter<'r>,
    ) -> Self {
        Self {
            bench: Bench::new(limits, receive_time, ruling, meter),
            slots: Slots::default(),
            events: Vec::new(),
            links: Vec::new(),
            dropped: [0; 3],
        }
    }

    /// What was decided.
    pub fn finish(self) -> Judged {
        let items = Items::Spans(self.slots.into_parts());
        self.bench.into_judged(items)
    }
}

impl SpanSink for SpanJudge<'_, '_, '_> {
    fn resource(&mut self, mut resource: Resource) {
        let dropped = &mut resource.dropped_attributes_count;
        self.bench.cut(&mut resource.attributes, dropped);
        self.bench.meter.charge(size::of_resource(&resource));
        self.slots.set_resource(resource);
    }

    fn scope(&mut self, mut scope: Scope) {
        let dropped = &mut scope.dropped_attributes_count;
        self.bench.cut(&mut scope.attributes, dropped);
        self.bench.meter.charge(size::of_scope(&scope));
        self.slots.set_scope(scope);
    }

    fn begin_span(&mut self, fields: &SpanFields<'_>) -> bool {
        let limits = self.bench.limits;
        let texts = fields.name.len() + fields.status_message.len() + fields.trace_state.len();
        let admitted = self.bench.admit(size::ROW + texts, |latest| {
            admission::refuse_span(fields, limits, latest)
        });
        if !admitted {
            return false;
        }
        let end = Timestamp::from_unsigned_ns(fields.end_ns).unwrap_or(Timestamp::MAX);
        let partition = Partition::of(end, self.bench.receive_time);
        let (batch, resource, scope) = self.slots.enter(partition);
        batch.push(fields, resource, scope);
        if fields.end_ns < fields.start_ns {
            self.bench.counts.negative_durations += 1;
        }
        self.dropped = [0; 3];
        true
    }

    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if !self.bench.admits_attribute(key, value) {
            self.dropped[0] = self.dropped[0].saturating_add(1);
            return;
        }
        if let Some(batch) = self.slots.current() {
            let columns = batch.shared.attributes.columns().len();
            batch.push_attribute(key, value);
            if batch.shared.attributes.columns().len() > columns {
                self.bench.meter.charge(size::COLUMN + key.len());
            }
        }
    }

    fn event(&mut self, mut event: SpanEvent) {
        let fits = self.events.len() < self.bench.limits.events as usize;
        if !fits || !self.bench.meter.charge(size::of_event(&event)) {
            self.bench.counts.events_over_limit += 1;
            self.dropped[1] = self.dropped[1].saturating_add(1);
            return;
        }
        let dropped = &mut event.dropped_attributes_count;
        self.bench.cut(&mut event.attributes, dropped);
        self.events.push(event);
    }

    fn link(&mut self, mut link: SpanLink) {
        let fits = self.links.len() < self.bench.limits.links as usize;
        if !fits || !self.bench.meter.charge(size::of_link(&link)) {
            self.bench.counts.links_over_limit += 1;
            self.dropped[2] = self.dropped[2].saturating_add(1);
            return;
        }
        let dropped = &mut link.dropped_attributes_count;
        self.bench.cut(&mut link.attributes, dropped);
        self.links.push(link);
    }

    fn end_span(&mut self) {
        let events = std::mem::take(&mut self.events);
        let links = std::mem::take(&mut self.links);
        if let Some(batch) = self.slots.current() {
            batch.add_dropped(self.dropped);
            batch.set_events(events, links);
        }
    }
}
