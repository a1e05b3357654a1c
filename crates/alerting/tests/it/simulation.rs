//! A virtual month with random alerts, silences, reloads, acknowledgements, failing channels and crashes,
//! checked against `model.rs`. The seed of a failing run is printed; `run(SEED, MONTH)` runs it again.

#[path = "simulation/check.rs"]
mod check;
#[path = "simulation/model.rs"]
mod model;
#[path = "simulation/people.rs"]
mod people;
#[path = "simulation/plan.rs"]
mod plan;

use crate::support::{HOUR, MINUTE, SECOND, START};
use model::{ANSWER_MAX, CHECK, Model};
use plan::{Chance, configs};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::config::Config;
use tacho_alerting::machine::event::EventKind;
use tacho_alerting::machine::{Machine, Options};
use tacho_alerting::record::{Row, RowKind};
use tacho_export::notification::{Notification, Outcome};
use tacho_model::labels::Labels;

const DAY: i64 = 24 * HOUR;
const MONTH: i64 = 30 * DAY;
/// Months that are simulated: seeds from 1.
const SEEDS: u64 = 4;
/// How often an alert is told again.
const TELL: i64 = 50 * MINUTE;
/// How long an alert lives that is not told again.
const LIFE: i64 = 110 * MINUTE;

/// What is going to happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// An alert changes between firing and over.
    Turn(usize),
    /// All alerts of a host fire.
    Burst,
    Tell(usize),
    Answer(u64),
    Silence,
    Unsilence,
    Acknowledge,
    Unacknowledge,
    Reload,
    Crash,
    Outage,
    Check,
}

struct Month {
    pub(crate) chance: Chance,
    pub(crate) now: i64,
    pub(crate) machine: Machine,
    pub(crate) model: Model,
    pub(crate) configs: Vec<Arc<Config>>,
    rows: BTreeMap<(RowKind, String), Vec<u8>>,
    steps: BTreeSet<(i64, u64, Step)>,
    numbered: u64,
    /// Messages that channels work on.
    sending: BTreeMap<u64, Notification>,
    /// Those of them that wait for another try: a newer one of the same group takes their place.
    waiting: BTreeSet<u64>,
    /// Alerts that are on.
    on: BTreeMap<usize, i64>,
    outage_until: i64,
    pub(crate) calm: bool,
    sent: usize,
    crashes: usize,
}

impl Month {
    fn new(seed: u64) -> Self {
        let configs = configs();
        let first = Arc::clone(&configs[0]);
        let mut month = Self {
            chance: Chance(seed),
            now: START,
            machine: Machine::new(Arc::clone(&first), Options::new(seed)),
            model: Model::new(first, START),
            configs,
            rows: BTreeMap::new(),
            steps: BTreeSet::new(),
            numbered: 0,
            sending: BTreeMap::new(),
            waiting: BTreeSet::new(),
            on: BTreeMap::new(),
            outage_until: 0,
            calm: false,
            sent: 0,
            crashes: 0,
        };
        for n in 0..month.model.truth.len() {
            month.after(2 * DAY, Step::Turn(n));
        }
        let others = [
            (DAY, Step::Burst),
            (DAY, Step::Silence),
            (DAY, Step::Acknowledge),
            (3 * DAY, Step::Reload),
            (DAY, Step::Crash),
            (2 * DAY, Step::Outage),
            (1, Step::Check),
        ];
        for (within, step) in others {
            month.after(within, step);
        }
        month
    }

    /// Plans a step within a time.
    fn after(&mut self, within: i64, step: Step) {
        let at = self.now + 1 + self.chance.below(within);
        self.numbered += 1;
        self.steps.insert((at, self.numbered, step));
    }

    fn run(&mut self, until: i64) {
        loop {
            let step = self.steps.first().map(|(at, ..)| *at).unwrap_or(until);
            let due = self.machine.next_due_ms().unwrap_or(until).max(self.now);
            let next = step.min(due);
            if next >= until {
                self.now = until;
                return;
            }
            // nothing is called while the machine is dead
            self.now = self.now.max(next);
            if step <= due {
                let (_, _, step) = self.steps.pop_first().unwrap();
                self.step(step);
            }
            self.tick();
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Turn(n) => self.turn(n),
            Step::Burst => self.burst(),
            Step::Tell(n) => self.tell(n),
            Step::Answer(id) => self.answer(id),
            Step::Silence => self.silence(),
            Step::Unsilence => self.unsilence(),
            Step::Acknowledge => self.acknowledge(),
            Step::Unacknowledge => self.unacknowledge(),
            Step::Reload => self.reload(),
            Step::Crash => self.crash(),
            Step::Outage => {
                if !self.calm {
                    self.outage_until = self.now + self.chance.below(2 * HOUR);
                }
                self.after(4 * DAY, Step::Outage);
            }
            Step::Check => {
                self.model.check(self.now);
                self.after(1, Step::Check);
                let last = self
                    .steps
                    .iter()
                    .find(|(.., step)| *step == Step::Check)
                    .cloned();
                let (at, number, step) = last.unwrap();
                self.steps.remove(&(at, number, step.clone()));
                self.steps.insert((self.now + CHECK, number, step));
            }
        }
    }

    fn turn(&mut self, n: usize) {
        if self.on.remove(&n).is_some() {
            // some go without a word
            if self.chance.percent(85) {
                self.post(n, self.now);
            }
            self.after(3 * DAY, Step::Turn(n));
        } else if !self.calm {
            self.begin(n);
            let short = self.chance.percent(30);
            self.after(if short { 10 * MINUTE } else { 20 * HOUR }, Step::Turn(n));
        }
    }

    fn begin(&mut self, n: usize) {
        self.on.insert(n, self.now);
        self.tell(n);
    }

    fn burst(&mut self) {
        let host = self.chance.below(6) as usize;
        for n in 0..self.model.truth.len() {
            if !self.calm && (n % 6 == host || self.chance.percent(30)) && !self.on.contains_key(&n)
            {
                self.begin(n);
            }
        }
        self.after(3 * DAY, Step::Burst);
    }

    fn tell(&mut self, n: usize) {
        if self.on.contains_key(&n) {
            self.post(n, self.now + LIFE);
            self.steps.retain(|(.., step)| *step != Step::Tell(n));
            self.after(TELL, Step::Tell(n));
        }
    }

    fn post(&mut self, n: usize, ends: i64) {
        self.model.note_calm(self.now);
        let truth = &mut self.model.truth[n];
        let fires = truth.ends > self.now;
        let starts = match self.on.get(&n) {
            Some(starts) => *starts,
            None => truth.since.unwrap_or(self.now),
        };
        if ends > self.now && !fires {
            truth.since = Some(self.now);
        }
        truth.ends = ends;
        if ends <= self.now {
            truth.grace = truth.grace.min(self.now);
        }
        let mut posted = PostedAlert::firing(truth.labels.clone(), Labels::default(), starts);
        posted.ends_at_ms = Some(ends);
        let report = self.machine.receive(vec![posted], self.now);
        assert!(report.refused.is_empty(), "{report:?}");
        self.model.note_calm(self.now);
        self.write();
    }

    fn write(&mut self) {
        for row in self.machine.take_rows() {
            let key = (row.kind, row.key);
            match row.value {
                Some(value) => self.rows.insert(key, value),
                None => self.rows.remove(&key),
            };
        }
        for event in self.machine.take_events() {
            if let (EventKind::Reopened { firing, severity }, Some(group)) =
                (event.kind, event.group)
            {
                assert!(
                    firing.1 > firing.0 || severity.1 < severity.0,
                    "reopened without need"
                );
                self.model.acknowledged.remove(&*group.key);
                self.model.changed = self.now;
            }
        }
    }

    fn tick(&mut self) {
        let told = self.machine.tick(self.now);
        self.write();
        for one in told {
            self.model.decided(&one, self.now);
            self.send(one);
        }
    }

    fn send(&mut self, told: Notification) {
        let id = told.id;
        self.sent += 1;
        let same = |one: &Notification| one.to == told.to && one.group_key == told.group_key;
        let waiting = self.waiting.iter().copied();
        let old: Vec<u64> = waiting
            .filter(|old| self.sending.get(old).is_some_and(same))
            .collect();
        for old in old {
            self.waiting.remove(&old);
            self.sending.remove(&old);
            self.machine.outcome(old, Outcome::Superseded, self.now);
            self.write();
        }
        self.sending.insert(id, told);
        let slow = self.chance.percent(10) && !self.calm;
        self.after(if slow { ANSWER_MAX } else { 2 * SECOND }, Step::Answer(id));
    }

    fn answer(&mut self, id: u64) {
        let Some(told) = self.sending.get(&id).cloned() else {
            return;
        };
        self.waiting.remove(&id);
        let error = || "no".to_owned();
        if self.now < self.outage_until || (self.chance.percent(3) && !self.calm) {
            self.sending.remove(&id);
            self.model.failed(&told.to, self.now);
            let dead = Outcome::Dead {
                attempts: 1,
                error: error(),
            };
            self.machine.outcome(id, dead, self.now);
        } else if self.chance.percent(10) && self.now - told.at_ms < ANSWER_MAX / 2 {
            let retrying = Outcome::Retrying {
                attempts: 1,
                error: error(),
                next_ms: self.now + MINUTE,
            };
            self.machine.outcome(id, retrying, self.now);
            self.waiting.insert(id);
            self.after(MINUTE, Step::Answer(id));
        } else {
            self.sending.remove(&id);
            let thread = self.chance.percent(50).then(|| format!("t{id}"));
            self.machine.outcome(id, Outcome::Sent { thread }, self.now);
            // the answer is lost if the machine dies before it is written
            let lost = self.chance.percent(1) && !self.calm;
            self.model.heard(&told, !lost, self.now);
            if lost {
                return self.crash();
            }
        }
        self.write();
    }

    /// The machine dies, with what was not written, and comes back a while later.
    fn crash(&mut self) {
        if !self.steps.iter().any(|(.., step)| *step == Step::Crash) {
            self.after(2 * DAY, Step::Crash);
        }
        if self.calm {
            return;
        }
        self.crashes += 1;
        // what channels worked on may have arrived
        for (id, told) in std::mem::take(&mut self.sending) {
            self.steps.retain(|(.., step)| *step != Step::Answer(id));
            if self.chance.percent(50) && self.now >= self.outage_until {
                self.model.heard(&told, false, self.now);
            }
        }
        self.waiting.clear();
        let died = self.now;
        let long = self.chance.percent(20);
        self.now += self.chance.below(if long { 2 * HOUR } else { 20 * SECOND });
        let rows = self.rows.iter().map(|((kind, key), value)| Row {
            kind: *kind,
            key: key.clone(),
            value: value.clone(),
        });
        let config = Arc::clone(&self.model.config);
        let (machine, problems) =
            Machine::restore(config, Options::new(self.chance.next()), rows, self.now);
        assert!(problems.is_empty(), "{problems:?}");
        self.machine = machine;
        self.model.restarted(died, self.now);
        self.write();
        for told in self.machine.outbox() {
            self.send(told);
        }
    }

    /// All alerts end, all silences end, channels work: nothing may be left.
    fn settle(&mut self) {
        self.calm = true;
        self.outage_until = 0;
        let on: Vec<usize> = self.on.keys().copied().collect();
        for n in on {
            self.on.remove(&n);
            self.post(n, self.now);
        }
        self.run(self.now + DAY);
        let sizes = self.machine.sizes();
        assert_eq!(
            (sizes.alerts, sizes.groups, sizes.outbox),
            (0, 0, 0),
            "{sizes:?}"
        );
        let kept = [
            RowKind::Meta,
            RowKind::Log,
            RowKind::Silence,
            RowKind::Storm,
        ];
        let left = self.rows.keys().find(|(kind, _)| !kept.contains(kind));
        assert_eq!(left, None);
    }
}

/// Prints the seed of a run that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            let _ = writeln!(std::io::stderr(), "seed of the failing month: {seed}");
        }
    }
}

fn run(seed: u64, length: i64) -> Month {
    let _seed = Seed(seed);
    let mut month = Month::new(seed);
    month.run(START + length);
    month.settle();
    month
}

#[test]
fn nothing_is_lost_and_nothing_too_much_in_a_month() {
    let (mut sent, mut checked, mut crashes) = (0, 0, 0);
    for seed in 1..=SEEDS {
        let month = run(seed, MONTH);
        sent += month.sent;
        checked += month.model.checked;
        crashes += month.crashes;
    }
    assert!(
        sent > 1_000 && checked > 10_000 && crashes > 40,
        "{sent} {checked} {crashes}"
    );
}

#[test]
fn the_same_seed_gives_the_same_month() {
    let (one, other) = (run(99, 4 * DAY), run(99, 4 * DAY));
    assert_eq!(one.rows, other.rows);
    assert_eq!(one.sent, other.sent);
}
