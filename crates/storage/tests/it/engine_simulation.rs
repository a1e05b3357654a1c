//! The whole store against a ledger, over power losses, kills and device errors: everything
//! acknowledged is there exactly once and whole, everything deleted stays away.
//!
//! A seed lives through several processes with random writes (some sent twice), flushes, merges,
//! deletions and crashes at random operations. `simulate` is also run with one sync switched off
//! (`engine_mutation.rs`) and must then fail.

use crate::engine_support::{Bench, clock, open, open_at, small, trace_of};
use crate::samples_support::{DELTAS, PLAIN, is_delta, series_of};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_stdx::clock::ManualClock;
use tacho_storage::backup::restore;
use tacho_storage::io::{Io, SyncPoint};
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::status::DeleteSelector;
use tacho_testkit::fault_fs::random::Random;
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const LIVES: usize = 4;

/// What the outside world knows of one signal.
#[derive(Default)]
struct Known {
    /// Must be there.
    acknowledged: BTreeSet<u64>,
    /// May be there: sent, not acknowledged.
    sent: BTreeSet<u64>,
    /// Must not be there.
    deleted: BTreeSet<u64>,
}

struct World {
    random: Random,
    next: u64,
    spans: Known,
    logs: Known,
    samples: Known,
    /// Totals cannot be told any more: a deletion failed half-way.
    totals_unknown: bool,
    clock: Arc<ManualClock>,
    /// Many deletions: only they write values without blocks.
    deletes_often: bool,
    /// Numbers of the spans in the backup; empty if it failed.
    backup: Option<BTreeSet<u64>>,
}

/// Runs one seed; says what went wrong.
pub(crate) fn simulate(seed: u64, disabled: Option<SyncPoint>) -> Result<(), String> {
    let mut io = FaultIo::new(seed);
    if let Some(point) = disabled {
        io.disable_sync(point);
    }
    let mut world = World {
        random: Random::new(seed ^ 0xE7617E),
        next: 0,
        spans: Known::default(),
        logs: Known::default(),
        samples: Known::default(),
        totals_unknown: false,
        clock: clock(),
        deletes_often: disabled == Some(SyncPoint::ValueDir),
        backup: None,
    };
    for life in 0..LIVES {
        plan_faults(&io, &mut world.random);
        live(&io, &mut world).map_err(|wrong| format!("seed {seed}, life {life}: {wrong}"))?;
        io = if world.random.below(4) == 0 {
            io.kill()
        } else {
            io.crash()
        };
    }
    let bench = start(&io, &world).map_err(|wrong| format!("seed {seed}, end: {wrong}"))?;
    world
        .check(&bench)
        .and_then(|()| world.check_backup(&io))
        .map_err(|wrong| format!("seed {seed}, end: {wrong}"))
}

fn plan_faults(io: &FaultIo, random: &mut Random) {
    match random.below(5) {
        0..=2 => io.crash_after_ops(io.operation_count() + random.below(150)),
        3 => {
            let (operation, fault) = match random.below(4) {
                0 => (Operation::SyncFile, Fault::Eio),
                1 => (Operation::Write, Fault::Enospc),
                2 => (Operation::Rename, Fault::Eio),
                _ => (Operation::SyncDir, Fault::Eio),
            };
            io.fail_nth(operation, 3 + random.below(20), fault);
        }
        _ => {}
    }
}

fn start(io: &FaultIo, world: &World) -> Result<Bench, String> {
    let io: Arc<dyn Io> = Arc::new(io.clone());
    open(&io, &world.clock, small()).map_err(|error| format!("cannot open: {error}"))
}

/// One process: it may stop working at any moment, but must never lie.
fn live(io: &FaultIo, world: &mut World) -> Result<(), String> {
    let bench = match start(io, world) {
        Ok(bench) => bench,
        // A planned fault may hit the opening; the last start, without faults, must manage.
        Err(_) => return Ok(()),
    };
    if !io.is_down() && bench.store.failed().is_none() {
        match world.check(&bench) {
            Err(_) if io.is_down() => return Ok(()),
            other => other?,
        }
    }
    for _ in 0..world.random.between(3, 14) {
        if io.is_down() || bench.store.failed().is_some() {
            return Ok(());
        }
        world.act(&bench);
    }
    Ok(())
}

impl World {
    fn act(&mut self, bench: &Bench) {
        if self.deletes_often && self.random.below(3) == 0 {
            self.delete(bench);
            let _ = bench.store.maintain();
        }
        match self.random.below(19) {
            0..=4 => self.write(bench, Signal::Spans),
            13..=17 => self.write(bench, Signal::Samples),
            18 => self.delete_series(bench),
            5..=7 => self.write(bench, Signal::Logs),
            8 | 9 => {
                let _ = bench.store.maintain();
            }
            11 => self.back_up(bench),
            12 => self.back_up(bench),
            10 => {
                let compact = self.random.below(2) == 0;
                let _ = bench.store.flush(compact);
            }
            _ => self.delete(bench),
        }
        bench.clock.advance(Duration::from_millis(50));
    }

    fn known(&mut self, signal: Signal) -> &mut Known {
        match signal {
            Signal::Spans => &mut self.spans,
            Signal::Logs => &mut self.logs,
            Signal::Samples => &mut self.samples,
        }
    }

    fn write(&mut self, bench: &Bench, signal: Signal) {
        let count = self.random.between(1, 12) as u64;
        let mut numbers: Vec<u64> = (self.next..self.next + count).collect();
        self.next += count;
        if signal == Signal::Samples && self.random.below(3) == 0 {
            // What is refused as an overlap, or repeated, or merged.
            let again = self.samples.acknowledged.iter().rev().take(4).copied();
            numbers.splice(0..0, again.collect::<Vec<u64>>().into_iter().rev());
        }
        if signal == Signal::Spans && self.random.below(3) == 0 {
            // Something that was sent before comes again; not if its trace was deleted.
            let again: Vec<u64> = self
                .spans
                .sent
                .iter()
                .chain(&self.spans.acknowledged)
                .filter(|number| !self.spans.deleted.contains(number))
                .copied()
                .take(5)
                .collect();
            numbers.extend(again);
        }
        let known = self.known(signal);
        known.sent.extend(&numbers);
        if bench.write(signal, &numbers).is_ok() {
            known.acknowledged.extend(&numbers);
        }
    }

    /// A backup that was reported as done must be whole after any power loss.
    fn back_up(&mut self, bench: &Bench) {
        if self.backup.is_some() {
            return;
        }
        let Ok(spans) = bench.spans() else { return };
        if bench.store.backup(Path::new("/backup/one")).is_ok() {
            self.backup = Some(spans.into_iter().collect());
        } else {
            // A folder that is not empty cannot be used again.
            self.backup = Some(BTreeSet::new());
        }
    }

    fn check_backup(&self, io: &FaultIo) -> Result<(), String> {
        let Some(expected) = self.backup.as_ref().filter(|numbers| !numbers.is_empty()) else {
            return Ok(());
        };
        let io: Arc<dyn Io> = Arc::new(io.clone());
        restore(&io, Path::new("/backup/one"), Path::new("/restored"))
            .map_err(|error| format!("the backup cannot be restored: {error}"))?;
        let bench = open_at(&io, Path::new("/restored"), &self.clock, small())
            .map_err(|error| format!("what was restored cannot be opened: {error}"))?;
        let found: BTreeSet<u64> = bench.spans()?.into_iter().collect();
        if !found.is_superset(expected) {
            return Err("the backup lacks something".to_owned());
        }
        Ok(())
    }

    fn delete(&mut self, bench: &Bench) {
        let Some(number) = self.spans.acknowledged.iter().next_back().copied() else {
            return;
        };
        let trace = trace_of(number);
        let of_trace: Vec<u64> = (0..self.next).filter(|n| trace_of(*n) == trace).collect();
        let selector = DeleteSelector::Trace(trace);
        let result = bench.store.delete(&bench.tenant, &selector, TimeRange::ALL);
        for known in [&mut self.spans, &mut self.logs] {
            for number in &of_trace {
                known.acknowledged.remove(number);
                if result.is_ok() && known.sent.contains(number) {
                    known.deleted.insert(*number);
                }
            }
        }
    }

    /// Deletes a series of samples; what comes later begins anew.
    fn delete_series(&mut self, bench: &Bench) {
        let series = self.random.below(PLAIN + DELTAS);
        let id = series.to_string();
        let selector = DeleteSelector::Series(vec![vec![LabelMatcher::equal("id", &id)]]);
        let result = bench.store.delete(&bench.tenant, &selector, TimeRange::ALL);
        self.totals_unknown |= result.is_err() && is_delta(series);
        let of_series = (0..self.next).filter(|number| series_of(*number) == series);
        for number in of_series {
            self.samples.acknowledged.remove(&number);
            if result.is_ok() && self.samples.sent.contains(&number) {
                self.samples.deleted.insert(number);
            }
        }
    }

    fn check(&self, bench: &Bench) -> Result<(), String> {
        let samples = match bench.samples() {
            Err(wrong) if !self.totals_unknown => return Err(wrong),
            Err(_) => self.samples.acknowledged.iter().copied().collect(),
            Ok(samples) => samples,
        };
        for (signal, known, found) in [
            (Signal::Spans, &self.spans, bench.spans()?),
            (Signal::Logs, &self.logs, bench.logs()?),
            (Signal::Samples, &self.samples, samples),
        ] {
            let set: BTreeSet<u64> = found.iter().copied().collect();
            if set.len() != found.len() {
                return Err(format!("{signal}: something is there twice: {found:?}"));
            }
            if let Some(lost) = known
                .acknowledged
                .iter()
                .find(|number| !set.contains(number))
            {
                return Err(format!("{signal}: {lost} was acknowledged and is lost"));
            }
            if let Some(made_up) = set.iter().find(|number| !known.sent.contains(number)) {
                return Err(format!("{signal}: {made_up} was never sent"));
            }
            if let Some(back) = set.iter().find(|number| known.deleted.contains(number)) {
                return Err(format!("{signal}: {back} was deleted and is back"));
            }
        }
        let status = bench.store.status(&bench.tenant);
        if let Some(entry) = status
            .quarantined
            .iter()
            .find(|entry| matches!(entry.what, "block" | "state"))
        {
            return Err(format!(
                "a block was set aside: {} ({})",
                entry.name, entry.reason
            ));
        }
        Ok(())
    }
}

#[test]
fn acknowledged_items_survive_everything() {
    let seeds = 150;
    for seed in 0..seeds {
        if let Err(wrong) = simulate(seed, None) {
            panic!("{wrong}");
        }
    }
}

/// The traces of numbers are what the ledger rests on.
#[test]
fn numbers_share_traces_by_three() {
    assert_eq!(trace_of(3), trace_of(5));
    assert_ne!(trace_of(5), trace_of(6));
}
