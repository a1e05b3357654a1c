//! Power loss against a ledger: whatever was acknowledged is replayed exactly once and in order.
//!
//! Each seed lives through several processes with random appends, flushes, faults, kills and
//! crashes. `simulate` is also run with one sync switched off (`mutation.rs`) and must then fail.

use crate::wal_support::{by_caller, header, open, read_all};
use tacho_storage::io::SyncPoint;
use tacho_storage::wal::frame::WalPosition;
use tacho_storage::wal::{Committer, Config, ReplayReport, SetAsideReason, Wal};
use tacho_testkit::fault_fs::random::Random;
use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};

const LIVES: usize = 6;

/// A frame that was appended and whose position no manifest covers yet.
#[derive(Debug, Clone)]
struct Entry {
    id: u64,
    position: WalPosition,
    end: WalPosition,
    acknowledged: bool,
}

/// What the outside world knows.
struct Ledger {
    entries: Vec<Entry>,
    next_id: u64,
    /// What the (always durable) manifest names as covered.
    covered: WalPosition,
    random: Random,
    committer: Committer,
    /// Replays during which the machine stopped.
    died_replays: u32,
}

/// Runs one seed; says what went wrong.
pub(crate) fn simulate(seed: u64, disabled: Option<SyncPoint>) -> Result<(), String> {
    simulate_with(seed, disabled, Committer::Caller)
}

fn simulate_with(
    seed: u64,
    disabled: Option<SyncPoint>,
    committer: Committer,
) -> Result<(), String> {
    let mut io = FaultIo::new(seed);
    if let Some(point) = disabled {
        io.disable_sync(point);
    }
    let mut ledger = Ledger {
        entries: Vec::new(),
        next_id: 1,
        covered: WalPosition(0),
        random: Random::new(seed ^ 0x5EED),
        committer,
        died_replays: 0,
    };
    for life in 0..LIVES {
        plan_faults(&io, &mut ledger);
        let wal = ledger
            .live(&io)
            .map_err(|wrong| format!("seed {seed}, life {life}: {wrong}"))?;
        io = if ledger.random.below(4) == 0 {
            io.kill()
        } else {
            io.crash()
        };
        // Whatever it still tries, it does as a dead process.
        drop(wal);
    }
    ledger
        .live(&io)
        .map(|_| ())
        .map_err(|wrong| format!("seed {seed}, last life: {wrong}"))
}

fn plan_faults(io: &FaultIo, ledger: &mut Ledger) {
    let random = &mut ledger.random;
    if random.below(2) == 0 {
        io.crash_after_ops(random.below(60));
    }
    if random.below(4) == 0 {
        let operation = [
            Operation::Write,
            Operation::SyncFile,
            Operation::SyncDir,
            Operation::Create,
        ][random.between(0, 3)];
        let fault = [Fault::Eio, Fault::Enospc][random.between(0, 1)];
        io.fail_nth(operation, 1 + random.below(20), fault);
    }
}

impl Ledger {
    fn live(&mut self, io: &FaultIo) -> Result<Option<Wal>, String> {
        let config = Config {
            segment_bytes: 4000,
            start: self.covered,
            committer: self.committer,
            ..by_caller()
        };
        // Faults may strike while opening; then this life is over, nothing was promised.
        let Ok(wal) = open(io, config) else {
            return Ok(None);
        };
        let replayed = read_all(&wal, self.covered);
        self.died_replays += u32::from(io.is_down());
        let replayed = match replayed {
            Ok(replayed) => replayed,
            Err(_) if io.is_down() => return Ok(None),
            Err(error) => return Err(format!("replay: {error}")),
        };
        self.forget_killed(&replayed.1);
        self.compare(
            &replayed
                .0
                .iter()
                .map(|f| (f.id, f.position))
                .collect::<Vec<_>>(),
        )?;
        let false_alarm =
            replayed.1.set_aside.iter().find(|range| {
                !matches!(range.reason, SetAsideReason::Torn | SetAsideReason::Killed)
            });
        if let Some(range) = false_alarm {
            return Err(format!("set aside without need: {range:?}"));
        }
        let steps = 1 + self.random.below(25);
        for _ in 0..steps {
            if self.step(&wal).is_err() {
                break;
            }
        }
        if self.random.below(3) == 0 {
            // A clean shutdown; what it commits is acknowledged to nobody.
            return Ok(None);
        }
        Ok(Some(wal))
    }

    /// Where two replays died at the same frame by chance, it was set aside as it should be.
    fn forget_killed(&mut self, report: &ReplayReport) {
        if self.died_replays >= 2 {
            self.entries.retain(|entry| {
                let mut ranges = report.set_aside.iter();
                !ranges.any(|range| {
                    range.reason == SetAsideReason::Killed && range.position == entry.position
                })
            });
        }
    }

    /// The replayed frames must be the ledger's, in order, without gaps among the acknowledged.
    fn compare(&mut self, replayed: &[(u64, WalPosition)]) -> Result<(), String> {
        let mut rest = replayed.iter().peekable();
        let mut survivors = Vec::new();
        for entry in &self.entries {
            match rest.peek() {
                Some((id, position)) if *id == entry.id => {
                    if *position != entry.position {
                        return Err(format!("frame {id} moved to {position}"));
                    }
                    survivors.push(Entry {
                        // Shown once, kept for ever.
                        acknowledged: true,
                        ..entry.clone()
                    });
                    rest.next();
                }
                _ if entry.acknowledged => {
                    return Err(format!("acknowledged frame {} is lost", entry.id));
                }
                _ => {}
            }
        }
        if let Some((id, position)) = rest.next() {
            return Err(format!(
                "frame {id} at {position} comes twice or out of order"
            ));
        }
        self.entries = survivors;
        Ok(())
    }

    fn step(&mut self, wal: &Wal) -> Result<(), tacho_storage::error::Error> {
        match self.random.below(10) {
            0..=4 => {
                for _ in 0..=self.random.below(4) {
                    self.append(wal)?;
                }
                wal.wait_durable(wal.end())?;
                for entry in &mut self.entries {
                    entry.acknowledged = true;
                }
            }
            5 | 6 => self.append(wal)?,
            7 => wal.commit()?,
            8 => {
                wal.rotate()?;
            }
            _ => {
                // A flush: the data is durable in blocks, perhaps before it is durable here.
                let position = wal.rotate()?;
                self.covered = position;
                self.entries.retain(|entry| entry.end > position);
                wal.truncate_before(position)?;
            }
        }
        Ok(())
    }

    fn append(&mut self, wal: &Wal) -> Result<(), tacho_storage::error::Error> {
        let id = self.next_id;
        let length = self.random.between(0, 1800);
        let body = self.random.bytes(length);
        let appended = wal.append(&header(id), b"v", &body)?;
        self.next_id += 1;
        self.entries.push(Entry {
            id,
            position: appended.position,
            end: appended.end,
            acknowledged: false,
        });
        Ok(())
    }
}

#[test]
fn acknowledged_frames_survive_crashes_exactly_once_and_in_order() {
    // Seeds that once failed are kept: 3016 stops the machine in two replays at the same frame.
    for seed in (0..600).chain([3016]) {
        if let Err(wrong) = simulate(seed, None) {
            panic!("{wrong}");
        }
    }
}

#[test]
fn the_same_holds_with_a_committers_thread() {
    for seed in 0..200 {
        if let Err(wrong) = simulate_with(seed, None, Committer::Thread) {
            panic!("{wrong}");
        }
    }
}
