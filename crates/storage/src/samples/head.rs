//! Metrics in memory: a tenant's series with what is not in blocks yet, and the state that outlives
//! blocks (newest sample, running sums, metadata).
//!
//! A request is judged (`head/judge.rs`), logged by the caller, then applied or taken back. Reading is
//! in `head/query.rs`, what goes to disk in `head/freeze.rs`. One lock a tenant, held by the caller.

pub(crate) mod backfill;
pub(crate) mod content;
pub(crate) mod delta;
pub(crate) mod exemplars;
pub(crate) mod freeze;
pub(crate) mod index;
pub(crate) mod judge;
pub(crate) mod metadata;
pub(crate) mod plan;
pub(crate) mod postings;
pub(crate) mod query;
pub(crate) mod seen;
pub(crate) mod series;
#[cfg(test)]
mod tests;

use crate::samples::batch::SampleBatch;
use backfill::Backfill;
use exemplars::Exemplars;
use freeze::FrozenTenant;
use index::Index;
use metadata::Families;
use plan::{Action, NO_SERIES, Plan, Step};
use series::{Newest, Rare, Slots};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;

/// What of a tenant is in memory.
#[derive(Debug, Default)]
pub(crate) struct TenantHead {
    slots: Slots,
    index: Index,
    exemplars: Exemplars,
    families: Families,
    backfill: Backfill,
    /// Cut contents on their way to disk, oldest first.
    frozen: Vec<Arc<FrozenTenant>>,
    label_bytes: usize,
    content_bytes: usize,
    rare_count: usize,
    range_ms: Option<(i64, i64)>,
    points: u64,
    created: u64,
}

/// Samples that a value is for PromQL: a histogram is its buckets and 2.
pub(crate) fn points_of(value: &SampleValue) -> u64 {
    match value {
        SampleValue::Float(_) => 1,
        SampleValue::Histogram(histogram) => histogram_points(histogram),
    }
}

fn histogram_points(histogram: &Histogram) -> u64 {
    (histogram.positive.counts.len() + histogram.negative.counts.len() + 2) as u64
}

fn histogram_memory(histogram: &Histogram) -> usize {
    size_of::<Histogram>()
        + (histogram.positive.counts.len() + histogram.negative.counts.len()) * 8
        + (histogram.positive.spans.len() + histogram.negative.spans.len()) * 8
        + histogram.custom_bounds.len() * 8
}

impl TenantHead {
    /// Number of active series.
    pub(crate) fn series_count(&self) -> usize {
        self.index.len()
    }

    /// Whether a request tells something new beside samples.
    pub(crate) fn has_news(&self, batch: &SampleBatch, plan: &Plan) -> bool {
        let metadata = batch
            .metadata
            .iter()
            .any(|(family, record)| self.families.is_new(family, record));
        metadata
            || batch.exemplars.iter().any(|(position, exemplar)| {
                let number = plan.runs.get(*position as usize).copied();
                number.is_some_and(|number| {
                    number != NO_SERIES && self.exemplars.is_new(number, exemplar)
                })
            })
    }

    /// Does what was judged.
    pub(crate) fn apply(&mut self, batch: &SampleBatch, plan: &Plan) {
        let mut range = self.range_ms.unwrap_or((i64::MAX, i64::MIN));
        for step in &plan.steps {
            range = (range.0.min(step.time_ms), range.1.max(step.time_ms));
            self.store(step, plan);
        }
        self.range_ms = (range.0 <= range.1).then_some(range);
        for (alias, number) in &plan.aliases {
            self.index.remember(*alias, *number);
        }
        for (position, exemplar) in &batch.exemplars {
            match plan.runs.get(*position as usize) {
                Some(number) if *number != NO_SERIES => self.exemplars.add(*number, exemplar),
                _ => {}
            }
        }
        for (family, record) in &batch.metadata {
            self.families.add(family, record);
        }
        self.created += plan.created.len() as u64;
    }

    fn store(&mut self, step: &Step, plan: &Plan) {
        let content = &mut self.slots.get_mut(step.number).content;
        if step.action == Action::Append && !step.is_histogram {
            let more = content.append(step.time_ms, f64::from_bits(step.value), step.start_ms);
            self.content_bytes = self.content_bytes.saturating_add_signed(more);
            self.points += 1;
            return;
        }
        let value = plan.value(step);
        self.points += points_of(&value);
        self.content_bytes += 64;
        if let SampleValue::Histogram(histogram) = &value {
            self.content_bytes += histogram_memory(histogram);
        }
        match (step.action, value) {
            (Action::Append, SampleValue::Histogram(histogram)) => {
                content.append_histogram(step.time_ms, histogram, step.start_ms);
            }
            (_, value) => content.add_late(step.time_ms, value, step.start_ms),
        }
    }

    /// Takes everything back that judging did.
    pub(crate) fn take_back(&mut self, plan: &mut Plan) {
        for before in plan.before.drain(..).rev() {
            let series = self.slots.get_mut(before.number);
            series.newest = before.newest;
            series.rare = before.rare.map(Box::new);
        }
        for number in plan.created.drain(..).rev() {
            self.remove(number);
        }
        plan.clear();
    }

    /// Lets go of a series; its aliases must be forgotten before its number is used again.
    fn remove(&mut self, number: u32) {
        let series = self.slots.remove(number);
        self.label_bytes -= series.labels.memory();
        self.index.remove(number, &series.labels);
        self.exemplars.remove(number);
    }

    /// Puts a series back as it was when the program ended.
    pub(crate) fn restore(
        &mut self,
        labels: Labels,
        newest: Newest,
        rare: Option<Rare>,
        active_s: i64,
    ) {
        if self.index.by_labels(&labels, &self.slots).is_some() {
            return;
        }
        if let Some(number) = self.slots.insert(labels.clone(), active_s) {
            self.index.insert(number, &labels);
            self.label_bytes += labels.memory();
            let series = self.slots.get_mut(number);
            series.newest = newest;
            series.rare = rare.map(Box::new);
        }
    }

    /// What is known about families.
    pub(crate) fn families(&self) -> &Families {
        &self.families
    }

    /// What is known about families.
    pub(crate) fn families_mut(&mut self) -> &mut Families {
        &mut self.families
    }

    /// Samples that came by imports.
    pub(crate) fn backfill_mut(&mut self) -> &mut Backfill {
        &mut self.backfill
    }

    /// Bytes of samples that a cut would take out.
    pub(crate) fn content_bytes(&self) -> usize {
        self.content_bytes + self.backfill.memory()
    }

    /// Bytes of memory, cut contents included.
    pub(crate) fn memory(&self) -> usize {
        self.slots.memory()
            + self.label_bytes
            + self.index.memory()
            + self.content_bytes()
            + self.exemplars.memory()
            + self.families.memory()
            + self.rare_count * (size_of::<Rare>() + 16)
            + self.frozen.iter().map(|frozen| frozen.bytes).sum::<usize>()
    }

    /// Samples that are not in blocks yet, as PromQL sees them.
    pub(crate) fn points(&self) -> u64 {
        let frozen = self.frozen.iter().map(|frozen| frozen.points);
        self.points + self.backfill.points() + frozen.sum::<u64>()
    }

    /// Series that appeared since the start.
    pub(crate) fn created(&self) -> u64 {
        self.created
    }

    /// Exemplars that were dropped because there were too many.
    pub(crate) fn dropped_exemplars(&self) -> u64 {
        self.exemplars.dropped()
    }
}
