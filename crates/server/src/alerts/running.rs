//! Groups of rules at work: which there are, when each is due, how each fares. Evaluations run on threads
//! of their own, never on those of queries, so that a heavy dashboard does not delay an alert.

use super::evaluator::{Evaluator, Ground};
use super::notifier::Notifier;
use super::seen::{Rings, Seen};
use crate::error::{Error, ErrorKind};
use parking_lot::{Condvar, Mutex, RwLock};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tacho_alerting::alerts::PostedAlert;
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;
use tacho_query::promql::engine::PromEngine;
use tacho_rules::condition::threshold::{Threshold, threshold_of};
use tacho_rules::evaluate::Evaluate as _;
use tacho_rules::group::alert::AlertState;
use tacho_rules::group::restore::{ForState, RestoreOptions, read_for_state};
use tacho_rules::group::run::stale_markers;
use tacho_rules::group::{Evaluation, GroupState, RESEND_DELAY_MS, Start, Surroundings};
use tacho_rules::rule::{Rule, RuleGroup, SourceKind};
use tacho_rules::schedule::Schedule;
use tacho_stdx::cancel::CancelToken;
use tacho_stdx::clock::Clock;
use tacho_storage::read::ReadContext;

/// Threads that evaluate.
const WORKERS: usize = 2;
/// Most alerts or series of one rule.
pub const RESULTS_MAX: usize = 10_000;
/// Shortest time between two evaluations on arrival of one group.
const ARRIVAL_MS: i64 = 250;
/// An evaluation on arrival may take this share of the time: a slow one waits so many times its duration.
const ARRIVAL_SHARE: i64 = 10;
/// Longest wait of an evaluation on arrival, whatever it costs.
const ARRIVAL_MS_MAX: i64 = 5_000;
/// A restored alert waits at least so long before it fires, or one interval.
const RESTORE_GRACE_MS: i64 = 30_000;
/// Longest sleep of a worker.
const SLEEP_MAX: Duration = Duration::from_secs(1);
const MS_NS: i64 = 1_000_000;

/// A group at work.
pub struct Group {
    /// The group.
    pub rules: Arc<RuleGroup>,
    /// Its alerts and how it fares. Held while it is evaluated.
    pub state: Mutex<GroupState>,
    /// When it is due.
    pub schedule: Mutex<Schedule>,
    /// Positions of rules that are evaluated on arrival.
    on_arrival: Vec<usize>,
    /// `Running::arrivals` when it was last evaluated.
    arrivals_seen: AtomicU64,
    /// When it may be evaluated on arrival again, ms.
    arrival_next_ms: Mutex<i64>,
    busy: AtomicBool,
    /// What each rule compares with, if that is a number.
    pub thresholds: Vec<Option<Threshold>>,
    seen: RwLock<Arc<Seen>>,
    rings: Mutex<Rings>,
}

impl Group {
    /// What the last evaluation left.
    pub fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen.read())
    }

    /// The last values of an alert, oldest first.
    pub fn recent(&self, alert: Fingerprint) -> Vec<f64> {
        self.rings.lock().values(alert)
    }

    /// Whether an evaluation on arrival may be. A clock that was set back does not make it wait longer.
    fn may_on_arrival(&self, now_ms: i64) -> bool {
        let wait_ms = self.arrival_next_ms.lock().saturating_sub(now_ms);
        !(1..=ARRIVAL_MS_MAX).contains(&wait_ms)
    }

    /// Lets people see the state; values are kept if `counts`.
    fn show(&self, state: &GroupState, counts: bool) {
        let seen = Arc::new(Seen::of(state));
        if counts {
            self.rings.lock().take(&seen.active);
        }
        *self.seen.write() = seen;
    }
}

/// What is the same for all evaluations until the next reload.
#[derive(Clone)]
pub struct Setting {
    /// Runs PromQL.
    pub prom: PromEngine,
    /// Bytes that a query may hold.
    pub memory_bytes: u64,
    /// Bytes of blocks that a query may read.
    pub read_bytes: u64,
    /// `$externalLabels`.
    pub external_labels: Labels,
    /// Address of the server as people reach it.
    pub external_url: String,
    /// Time between evaluations of groups that name none, ms.
    pub interval_ms: i64,
}

/// All groups.
pub struct Running {
    groups: RwLock<Vec<Arc<Group>>>,
    setting: RwLock<Setting>,
    ground: Ground,
    notifier: Arc<Notifier>,
    clock: Arc<dyn Clock>,
    arrivals: AtomicU64,
    stop: AtomicBool,
    paused: AtomicBool,
    cancel: CancelToken,
    wake: (Mutex<()>, Condvar),
    workers: Mutex<Vec<JoinHandle<()>>>,
    /// Alerts whose values are kept.
    rings: Arc<AtomicUsize>,
    /// Counters for `/metrics`.
    pub counters: Counters,
}

/// What evaluations did.
#[derive(Debug, Default)]
pub struct Counters {
    /// Rules evaluated.
    pub evaluations: AtomicU64,
    /// Rules that failed.
    pub failures: AtomicU64,
    /// Slots of groups that were missed.
    pub missed: AtomicU64,
    /// Nanoseconds of evaluating.
    pub busy_ns: AtomicU64,
    /// Evaluations of groups because something arrived.
    pub on_arrival: AtomicU64,
}

/// What a worker is to do.
struct Job {
    group: Arc<Group>,
    at_ms: i64,
    on_arrival: bool,
}

impl Running {
    /// No groups yet; nothing runs.
    pub fn new(
        ground: Ground,
        setting: Setting,
        notifier: Arc<Notifier>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            groups: RwLock::default(),
            setting: RwLock::new(setting),
            ground,
            notifier,
            clock,
            arrivals: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            paused: AtomicBool::new(false),
            cancel: CancelToken::new(),
            wake: (Mutex::new(()), Condvar::new()),
            workers: Mutex::default(),
            rings: Arc::default(),
            counters: Counters::default(),
        }
    }

    /// Starts the workers.
    ///
    /// # Errors
    /// If no thread can be made.
    pub fn start(self: &Arc<Self>) -> Result<(), Error> {
        let mut workers = self.workers.lock();
        for number in 0..WORKERS {
            let running = Arc::clone(self);
            let worker = std::thread::Builder::new()
                .name(format!("tacho-rules-{number}"))
                .spawn(move || running.work())
                .map_err(|error| {
                    Error::new(ErrorKind::Internal, "start a thread for rules").with_source(error)
                })?;
            workers.push(worker);
        }
        Ok(())
    }

    /// Ends the workers; what they are at is cancelled.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.cancel.cancel();
        self.wake.1.notify_all();
        for worker in std::mem::take(&mut *self.workers.lock()) {
            if worker.join().is_err() {
                tracing::error!("a thread for rules failed inside");
            }
        }
    }

    /// Whether nothing is evaluated, because the configuration says so.
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// Stops evaluating, or goes on. What was due meanwhile does not count as missed.
    pub fn set_paused(&self, paused: bool) {
        if self.paused.swap(paused, Ordering::AcqRel) && !paused {
            let (interval_ms, now_ms) = (self.setting().interval_ms, self.now_ms());
            for group in self.groups() {
                *group.schedule.lock() = Schedule::new(&group.rules, interval_ms, now_ms);
            }
        }
        self.wake.1.notify_all();
    }

    /// All groups, in order.
    pub fn groups(&self) -> Vec<Arc<Group>> {
        self.groups.read().clone()
    }

    /// What holds for all evaluations.
    pub fn setting(&self) -> Setting {
        self.setting.read().clone()
    }

    /// What evaluations read and write.
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Something arrived.
    pub fn arrived(&self) {
        self.arrivals.fetch_add(1, Ordering::Release);
    }

    /// Puts groups in force. Groups of the same file and name keep their alerts; series of those that are
    /// gone end, and their alerts are over.
    pub fn apply(&self, groups: Vec<RuleGroup>, setting: Setting) {
        let now_ms = self.now_ms();
        let old = self.groups();
        let fresh = groups
            .into_iter()
            .map(|group| self.group(Arc::new(group), &setting, &old, now_ms))
            .collect::<Vec<_>>();
        *self.setting.write() = setting;
        *self.groups.write() = fresh.clone();
        for group in old {
            let stays = |other: &Arc<Group>| {
                other.rules.source == group.rules.source && other.rules.name == group.rules.name
            };
            if !fresh.iter().any(stays) {
                self.end(&group, now_ms);
            }
        }
        self.wake.1.notify_all();
    }

    fn group(
        &self,
        rules: Arc<RuleGroup>,
        setting: &Setting,
        old: &[Arc<Group>],
        now_ms: i64,
    ) -> Arc<Group> {
        let start = Start {
            interval_ms: setting.interval_ms,
            restores: true,
        };
        let mut state = GroupState::new(Arc::clone(&rules), start);
        let before = old
            .iter()
            .find(|group| group.rules.source == rules.source && group.rules.name == rules.name);
        let schedule = Schedule::new(&rules, setting.interval_ms, now_ms);
        if let Some(before) = before {
            let same_interval = before.schedule.lock().interval_ms() == schedule.interval_ms();
            if before.rules == rules && same_interval {
                return Arc::clone(before);
            }
            state.copy_state(&before.state.lock());
        }
        let on_arrival = rules.rules.iter().enumerate();
        let on_arrival = on_arrival.filter(|(_, rule)| rule.on_arrival && rule.enabled);
        let mut rings = Rings::new(Arc::clone(&self.rings));
        if let Some(before) = before {
            rings.take_over(&mut before.rings.lock());
        }
        let threshold = |rule: &Rule| rule.expr.promql().and_then(threshold_of);
        Arc::new(Group {
            thresholds: rules.rules.iter().map(threshold).collect(),
            seen: RwLock::new(Arc::new(Seen::of(&state))),
            rings: Mutex::new(rings),
            on_arrival: on_arrival.map(|(place, _)| place).collect(),
            state: Mutex::new(state),
            schedule: Mutex::new(schedule),
            arrivals_seen: AtomicU64::new(0),
            arrival_next_ms: Mutex::new(0),
            busy: AtomicBool::new(false),
            rules,
        })
    }

    /// Ends what a group that is gone had going on.
    fn end(&self, group: &Group, now_ms: i64) {
        let state = group.state.lock();
        let over: Vec<PostedAlert> = state
            .active()
            .into_iter()
            .filter(|(_, alert)| alert.state == AlertState::Firing)
            .map(|(_, alert)| PostedAlert {
                labels: alert.labels.clone(),
                annotations: alert.annotations.to_labels(),
                starts_at_ms: alert.fired_at_ms,
                ends_at_ms: Some(now_ms),
                generator_url: String::new(),
            })
            .collect();
        let series = state.series();
        drop(state);
        self.with_evaluator(is_builtin(&group.rules), |evaluator, _| {
            evaluator.append(stale_markers(series, now_ms))
        });
        if !over.is_empty() {
            self.notifier
                .change(|machine, now_ms| machine.receive(over, now_ms));
        }
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ns().div_euclid(MS_NS)
    }

    fn work(&self) {
        while !self.stop.load(Ordering::Acquire) {
            match self.next() {
                Ok(job) => {
                    self.evaluate_guarded(&job);
                    job.group.busy.store(false, Ordering::Release);
                }
                Err(sleep) => {
                    let mut guard = self.wake.0.lock();
                    self.wake.1.wait_for(&mut guard, sleep);
                }
            }
        }
    }

    /// The next thing to do, or how long there is nothing.
    fn next(&self) -> Result<Job, Duration> {
        if self.is_paused() {
            return Err(SLEEP_MAX);
        }
        let now_ms = self.now_ms();
        let mut due_ms = i64::MAX;
        let arrivals = self.arrivals.load(Ordering::Acquire);
        for group in self.groups() {
            if group.busy.load(Ordering::Acquire) {
                continue;
            }
            if let Some(job) = self.claim(&group, now_ms, arrivals) {
                return Ok(job);
            }
            due_ms = due_ms.min(group.schedule.lock().next_due(now_ms));
            if !group.on_arrival.is_empty() {
                due_ms = due_ms.min(now_ms + ARRIVAL_MS);
            }
        }
        let sleep = u64::try_from(due_ms.saturating_sub(now_ms))
            .unwrap_or(1)
            .max(1);
        Err(Duration::from_millis(sleep).min(SLEEP_MAX))
    }

    /// The group as a job, if it is due and nobody else has it.
    fn claim(&self, group: &Arc<Group>, now_ms: i64, arrivals: u64) -> Option<Job> {
        let arrived = !group.on_arrival.is_empty()
            && group.arrivals_seen.load(Ordering::Acquire) < arrivals
            && group.may_on_arrival(now_ms);
        let is_due = group.schedule.lock().next_due(now_ms) <= now_ms;
        if !(arrived || is_due) || group.busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        group.arrivals_seen.store(arrivals, Ordering::Release);
        let job = |at_ms, on_arrival| {
            let group = Arc::clone(group);
            Some(Job {
                group,
                at_ms,
                on_arrival,
            })
        };
        let due = group.schedule.lock().take(now_ms);
        if let Some(due) = due {
            self.counters
                .missed
                .fetch_add(due.missed, Ordering::Relaxed);
            return job(due.slot_ms, false);
        }
        if arrived {
            return job(now_ms, true);
        }
        group.busy.store(false, Ordering::Release);
        None
    }

    /// Something with an evaluator.
    pub(super) fn with_evaluator<T>(
        &self,
        builtin: bool,
        run: impl FnOnce(&Evaluator<'_>, &Setting) -> T,
    ) -> T {
        let setting = self.setting();
        let context = ReadContext {
            cancel: self.cancel.clone(),
            memory_bytes_max: setting.memory_bytes,
            read_bytes_max: setting.read_bytes,
            stats: Arc::default(),
        };
        let evaluator = Evaluator {
            ground: &self.ground,
            prom: &setting.prom,
            context: &context,
            builtin,
        };
        run(&evaluator, &setting)
    }

    /// An evaluation that fails inside fails alone: the thread goes on with the other groups.
    fn evaluate_guarded(&self, job: &Job) {
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| self.evaluate(job)));
        if done.is_err() {
            self.counters.failures.fetch_add(1, Ordering::Relaxed);
            let group = &job.group.rules.name;
            tracing::error!(group, "the evaluation of a group failed inside");
            let start = Start {
                interval_ms: self.setting().interval_ms,
                restores: false,
            };
            let mut state = job.group.state.lock();
            let mut fresh = GroupState::new(Arc::clone(&job.group.rules), start);
            fresh.copy_state(&state);
            *state = fresh;
        }
    }

    fn evaluate(&self, job: &Job) {
        let group = &job.group;
        let begun = self.clock.monotonic_ns();
        let evaluation = self.with_evaluator(is_builtin(&group.rules), |evaluator, setting| {
            let url = |group: &RuleGroup, rule: &Rule| generator_url(setting, group, rule);
            let surroundings = Surroundings {
                external_labels: &setting.external_labels,
                external_url: &setting.external_url,
                clock: self.clock.as_ref(),
                query_offset_ms: 0,
                resend_delay_ms: RESEND_DELAY_MS.min(setting.interval_ms),
                series_max: RESULTS_MAX,
                generator_url: &url,
            };
            let mut state = group.state.lock();
            let evaluation = match job.on_arrival {
                true => state.evaluate_only(&group.on_arrival, job.at_ms, evaluator, &surroundings),
                false => {
                    let evaluation = state.evaluate(job.at_ms, evaluator, &surroundings);
                    if state.restore_is_due() {
                        self.restore(&mut state, evaluator, job.at_ms);
                    }
                    evaluation
                }
            };
            group.show(&state, !job.on_arrival);
            evaluation
        });
        let took_ns = self.clock.monotonic_ns().saturating_sub(begun);
        self.count(&evaluation, took_ns, job.on_arrival);
        if !group.on_arrival.is_empty() {
            let rest_ms = (took_ns / MS_NS)
                .saturating_mul(ARRIVAL_SHARE)
                .clamp(ARRIVAL_MS, ARRIVAL_MS_MAX);
            *group.arrival_next_ms.lock() = self.now_ms().saturating_add(rest_ms);
        }
        self.tell(evaluation);
    }

    /// Pending alerts go on where they were before the start. Unlike Prometheus, which begins alerts with
    /// a short `for` anew, this does so for all that outlast one evaluation.
    fn restore(&self, state: &mut GroupState, evaluator: &Evaluator<'_>, now_ms: i64) {
        let options = RestoreOptions {
            for_grace_period_ms: RESTORE_GRACE_MS.min(state.interval_ms()),
            ..RestoreOptions::default()
        };
        let known = self
            .ground
            .view()
            .map_err(|error| error.to_string())
            .and_then(|view| {
                read_for_state(state, view.as_ref(), evaluator.context, now_ms, options)
            });
        let known = known.unwrap_or_else(|reason| {
            let group = &state.group().name;
            tracing::warn!(
                group,
                reason,
                "pending alerts begin anew: their past cannot be read"
            );
            ForState::default()
        });
        state.restore(&|labels| known.get(labels).copied(), now_ms, options);
    }

    fn count(&self, evaluation: &Evaluation, took_ns: i64, on_arrival: bool) {
        let counters = &self.counters;
        let add = |counter: &AtomicU64, by: usize| {
            counter.fetch_add(by as u64, Ordering::Relaxed);
        };
        add(&counters.evaluations, evaluation.rules);
        add(&counters.failures, evaluation.failures);
        add(&counters.on_arrival, usize::from(on_arrival));
        let took_ns = u64::try_from(took_ns).unwrap_or(0);
        counters.busy_ns.fetch_add(took_ns, Ordering::Relaxed);
    }

    /// Tells alerting what came of an evaluation.
    fn tell(&self, evaluation: Evaluation) {
        let changed = !evaluation.changes.is_empty();
        let told: Vec<PostedAlert> = evaluation
            .told
            .into_iter()
            .map(|told| PostedAlert {
                labels: told.alert.labels,
                annotations: told.alert.annotations,
                starts_at_ms: Some(told.alert.starts_at_ms),
                ends_at_ms: Some(told.alert.ends_at_ms),
                generator_url: told.alert.generator_url,
            })
            .collect();
        if !told.is_empty() {
            let report = self
                .notifier
                .change(|machine, now_ms| machine.receive(told, now_ms));
            for refused in &report.refused {
                tracing::warn!(error = %refused.error, "an alert of a rule was not taken");
            }
        }
        if changed {
            self.notifier.touch();
        }
    }
}

/// Whether a group comes with the program.
pub fn is_builtin(group: &RuleGroup) -> bool {
    group.source.kind == SourceKind::Builtin
}

/// Leads from an alert to its rule.
fn generator_url(setting: &Setting, _: &RuleGroup, rule: &Rule) -> String {
    let id = rule.id.as_str().replace('/', "%2F");
    format!("{}/rules/{id}", setting.external_url)
}
