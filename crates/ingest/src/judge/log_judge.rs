//! The judge of log records: a `LogSink` that fills columns.

use super::slots::Slots;
use super::{Bench, Judged, Ruling, admission, size};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use tacho_model::id::RecordId;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{LogFields, LogSink};
use tacho_model::time::Timestamp;
use tacho_model::value::ValueRef;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::partition::Partition;
use tacho_storage::write::Items;

/// Judges the log records of one request.
#[derive(Debug)]
pub struct LogJudge<'a, 'm, 'r> {
    bench: Bench<'a, 'm, 'r>,
    slots: Slots<LogBatch>,
    /// Attributes of the record at hand that were dropped.
    dropped: u32,
}

impl<'a, 'm, 'r> LogJudge<'a, 'm, 'r> {
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
            dropped: 0,
        }
    }

    /// What was decided.
    pub fn finish(self) -> Judged {
        let items = Items::Logs(self.slots.into_parts());
        self.bench.into_judged(items)
    }

    /// When the record happened: its time, else when it was observed, else when it arrived.
    fn time(&self, fields: &LogFields<'_>) -> Timestamp {
        match admission::first_time(fields) {
            0 => self.bench.receive_time,
            ns => Timestamp::from_unsigned_ns(ns).unwrap_or(Timestamp::MAX),
        }
    }
}

impl LogSink for LogJudge<'_, '_, '_> {
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

    fn begin_record(&mut self, fields: &LogFields<'_>) -> bool {
        let limits = self.bench.limits;
        let bytes = size::ROW
            + fields.severity_text.len()
            + fields.event_name.len()
            + size::in_memory(fields.body);
        let admitted = self.bench.admit(bytes, |latest| {
            admission::refuse_log(fields, size::content(fields.body), limits, latest)
        });
        if !admitted {
            return false;
        }
        let time = self.time(fields);
        let id = RecordId(self.bench.accepted - 1);
        let partition = Partition::of(time, self.bench.receive_time);
        let (batch, resource, scope) = self.slots.enter(partition);
        batch.push(fields, time, resource, scope);
        batch.record_ids.push(id);
        self.dropped = 0;
        true
    }

    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if !self.bench.admits_attribute(key, value) {
            self.dropped = self.dropped.saturating_add(1);
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

    fn end_record(&mut self) {
        if let Some(batch) = self.slots.current() {
            batch.add_dropped(self.dropped);
        }
    }
}
