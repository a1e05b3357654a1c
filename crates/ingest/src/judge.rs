//! Decides about every item while it is decoded: kept, cut, or refused with a reason.
//!
//! The judges are the sinks that `tacho_wire` calls; what they keep goes straight into columns, by
//! partition (`slots.rs`). A live judge (`Ruling::Live`) looks at ids, times and sizes; a replaying
//! one takes the list of refused items from the verdict and looks at nothing else, so that it
//! gives what the live one gave. Cutting to `ItemLimits` is the same in both.

mod admission;
pub mod log_judge;
mod size;
mod slots;
pub mod span_judge;

use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::reason::Reason;
use tacho_model::span::alias_key;
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, ValueRef};
use tacho_storage::write::Items;

/// Neighbouring items that were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedRange {
    /// Number of the first one in the request, from 0.
    pub first: u64,
    /// Number of the last one.
    pub last: u64,
    /// Why the first one was refused; the others may have had other reasons.
    pub reason: Reason,
}

/// Who decides which items are refused.
#[derive(Debug, Clone, Copy)]
pub enum Ruling<'a> {
    /// The judge, by what the item is.
    Live {
        /// Latest time that an item may have.
        latest: Timestamp,
    },
    /// The verdict of the live request.
    Replay {
        /// Its refused items that have not come up yet.
        refused: &'a [RefusedRange],
    },
}

/// What was decided about a request.
#[derive(Debug)]
pub struct Judged {
    /// The accepted items.
    pub items: Items,
    /// How many there are.
    pub accepted: u64,
    /// How many items the request had.
    pub seen: u64,
    /// The refused ones, ascending, not touching each other.
    pub refused: Vec<RefusedRange>,
    /// What else happened.
    pub counts: Counts,
    /// True if memory ended: then the request as a whole must be refused.
    pub out_of_memory: bool,
}

/// What was refused, dropped and noticed in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items refused, by `Reason::index`.
    pub refused: [u64; Reason::ALL.len()],
    /// Number of the first item refused for each reason.
    pub first_refused: [u64; Reason::ALL.len()],
    /// Attributes over the limit of their number.
    pub attributes_over_limit: u64,
    /// Attributes whose key or value was over its limit of size.
    pub values_over_limit: u64,
    /// Attributes with a key that is reserved for storage.
    pub reserved_keys: u64,
    /// Events over the limit.
    pub events_over_limit: u64,
    /// Links over the limit.
    pub links_over_limit: u64,
    /// Spans that end before they start; they are kept as they are.
    pub negative_durations: u64,
}

impl Counts {
    /// Items refused for any reason.
    pub fn refused_total(&self) -> u64 {
        self.refused.iter().sum()
    }
}

/// What all judges have in common.
#[derive(Debug)]
pub(crate) struct Bench<'a, 'm, 'r> {
    limits: &'a ItemLimits,
    receive_time: Timestamp,
    ruling: Ruling<'a>,
    meter: &'m mut Meter<'r>,
    counts: Counts,
    refused: Vec<RefusedRange>,
    seen: u64,
    accepted: u64,
    /// Attributes kept of the item at hand.
    attributes: u32,
}

impl<'a, 'm, 'r> Bench<'a, 'm, 'r> {
    pub(crate) fn new(
        limits: &'a ItemLimits,
        receive_time: Timestamp,
        ruling: Ruling<'a>,
        meter: &'m mut Meter<'r>,
    ) -> Self {
        Self {
            limits,
            receive_time,
            ruling,
            meter,
            counts: Counts::default(),
            refused: Vec::new(),
            seen: 0,
            accepted: 0,
            attributes: 0,
        }
    }

    /// Decides about the next item; true if it is kept. `look` is asked in live rulings only and
    /// is given the latest time allowed. `bytes` is what the item takes without its attributes.
    pub(crate) fn admit(
        &mut self,
        bytes: usize,
        look: impl FnOnce(Timestamp) -> Option<Reason>,
    ) -> bool {
        let number = self.seen;
        self.seen += 1;
        let reason = match &mut self.ruling {
            Ruling::Live { latest } => look(*latest),
            Ruling::Replay { refused } => next_refused(refused, number),
        };
        if let Some(reason) = reason {
            self.refuse(number, reason);
            return false;
        }
        if !self.meter.charge(bytes) {
            return false;
        }
        self.accepted += 1;
        self.attributes = 0;
        true
    }

    /// Refuses the next items, so many. In replay too: what refuses them stands in the body.
    pub(crate) fn refuse_next(&mut self, count: u64, reason: Reason) {
        for _ in 0..count {
            let number = self.seen;
            self.seen += 1;
            if let Ruling::Replay { refused } = &mut self.ruling {
                next_refused(refused, number);
            }
            self.refuse(number, reason);
        }
    }

    /// When the request arrived.
    pub(crate) fn receive_time(&self) -> Timestamp {
        self.receive_time
    }

    /// Charges memory.
    pub(crate) fn charge(&mut self, bytes: usize) -> bool {
        self.meter.charge(bytes)
    }

    /// True if memory ended.
    pub(crate) fn out_of_memory(&self) -> bool {
        self.meter.exceeded()
    }

    /// How many items there were, the refused ones, and what else was counted.
    pub(crate) fn into_parts(self) -> (u64, Vec<RefusedRange>, Counts) {
        (self.seen, self.refused, self.counts)
    }

    fn refuse(&mut self, number: u64, reason: Reason) {
        let index = reason.index();
        if let (Some(count), Some(first)) = (
            self.counts.refused.get_mut(index),
            self.counts.first_refused.get_mut(index),
        ) {
            if *count == 0 {
                *first = number;
            }
            *count += 1;
        }
        match self.refused.last_mut() {
            Some(range) if range.last + 1 == number => range.last = number,
            _ => {
                // Ranges are as long as the request has gaps, so they are charged as well.
                self.meter.charge(size_of::<RefusedRange>());
                self.refused.push(RefusedRange {
                    first: number,
                    last: number,
                    reason,
                });
            }
        }
    }

    /// Whether the item at hand may have one more attribute, and this one. Aliases of ids are kept
    /// under reserved keys, which senders may therefore not use.
    fn admits_attribute(&mut self, key: &str, value: ValueRef<'_>) -> bool {
        if self.attributes >= self.limits.attributes {
            self.counts.attributes_over_limit += 1;
            return false;
        }
        if is_reserved(key) {
            self.counts.reserved_keys += 1;
            return false;
        }
        if !self.fits(key, value) {
            return false;
        }
        self.attributes += 1;
        self.meter.charge(size::ATTRIBUTE + size::in_memory(value))
    }

    fn fits(&mut self, key: &str, value: ValueRef<'_>) -> bool {
        let fits = key.len() <= self.limits.key_bytes as usize
            && size::content(value) <= self.limits.value_bytes as usize;
        if !fits {
            self.counts.values_over_limit += 1;
        }
        fits
    }

    /// Takes out attributes that are over a limit of size; the decoder has counted them already.
    fn cut(&mut self, attributes: &mut Attributes, dropped: &mut u32) {
        let before = attributes.0.len();
        attributes
            .0
            .retain(|(key, value)| self.fits(key, value.view()));
        let cut = before - attributes.0.len();
        *dropped = dropped.saturating_add(u32::try_from(cut).unwrap_or(u32::MAX));
    }

    fn into_judged(self, items: Items) -> Judged {
        Judged {
            items,
            accepted: self.accepted,
            seen: self.seen,
            refused: self.refused,
            counts: self.counts,
            out_of_memory: self.meter.exceeded(),
        }
    }
}

/// The reason if the item is the next of these ranges; ranges that are over are taken off.
fn next_refused(refused: &mut &[RefusedRange], number: u64) -> Option<Reason> {
    let (first, rest) = refused.split_first()?;
    if number < first.first {
        return None;
    }
    if number >= first.last {
        *refused = rest;
    }
    Some(first.reason)
}

fn is_reserved(key: &str) -> bool {
    [alias_key::TRACE, alias_key::SPAN, alias_key::PARENT].contains(&key)
}

#[cfg(test)]
mod tests;
