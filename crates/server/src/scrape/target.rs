//! The task of one target: scrapes it again and again, at times that its labels decide.

use super::counters::{Counters, add};
use super::fetch::{Answer, Body, fetch};
use super::sink::SampleSink;
use super::status::Health;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tacho_export::dial::Dialer;
use tacho_ingest::scrape::config::job::Job;
use tacho_ingest::scrape::session::{Failure, FailureKind, Session, format_of};
use tacho_ingest::scrape::target::Target;
use tacho_model::metric::Metadata;
use tacho_stdx::clock::Clock;
use tokio::sync::{Semaphore, watch};

/// How far from its time a scrape may begin and still count as begun at its time.
const TOLERANCE_NS: i64 = 2_000_000;

/// What all targets share.
pub(crate) struct Common {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sink: Arc<dyn SampleSink>,
    pub(crate) counters: Arc<Counters>,
    /// Bytes of answers that are held.
    pub(crate) held: Arc<AtomicU64>,
    /// Answers that are parsed at a time.
    pub(crate) parsing: Semaphore,
    /// Largest answer where the job sets no limit.
    pub(crate) body_bytes_max: u64,
    /// Spreads the scrapes of several servers.
    pub(crate) seed: u64,
}

/// How a target is scraped, until something changes.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) job: Arc<Job>,
    pub(crate) target: Arc<Target>,
    pub(crate) dialer: Arc<Dialer>,
    /// Why it is not scraped at all, if so.
    pub(crate) forced: Option<String>,
}

/// What is known about a target.
#[derive(Debug, Clone, Default)]
pub(crate) struct TargetState {
    pub(crate) health: Health,
    pub(crate) last_error: String,
    /// Nanoseconds since the epoch; 0 if never.
    pub(crate) last_scrape_ns: i64,
    pub(crate) last_duration: Duration,
    pub(crate) metadata: Arc<Vec<(String, Metadata)>>,
}

/// What the task of a target is told.
pub(crate) struct Orders {
    pub(crate) plan: watch::Receiver<Plan>,
    /// True once the target is gone.
    pub(crate) gone: watch::Receiver<bool>,
    /// Whether there is a target again whose series have the labels of this one.
    pub(crate) is_back: Box<dyn Fn(&Target) -> bool + Send + Sync>,
}

/// Scrapes a target until it is gone; then ends its series, unless it comes back.
pub(crate) async fn run(common: Arc<Common>, mut orders: Orders, state: Arc<Mutex<TargetState>>) {
    let mut plan = orders.plan.borrow_and_update().clone();
    let first = Session::new(Arc::clone(&plan.job), Arc::clone(&plan.target));
    let mut session = Some(first);
    let mut next_ns = {
        let now = common.clock.now_ns();
        now.saturating_add(nanoseconds(plan.target.offset(now, common.seed)))
    };
    let mut scraped = false;
    while wait_until(&common, next_ns, &mut orders.gone).await {
        if orders.plan.has_changed().unwrap_or(false) {
            plan = orders.plan.borrow_and_update().clone();
            if let Some(session) = &mut session {
                session.reconfigure(Arc::clone(&plan.job), Arc::clone(&plan.target));
            }
        }
        let Some(current) = session.take() else {
            return;
        };
        session = scrape(&common, &plan, current, next_ns, &state).await;
        scraped = true;
        next_ns = next_time(&common, next_ns, plan.target.interval);
    }
    if let (true, Some(session)) = (scraped, session) {
        end(&common, &plan, session, next_ns, &orders).await;
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

/// The next time of the grid that lies ahead: what was missed is not made up for.
fn next_time(common: &Common, last_ns: i64, interval: Duration) -> i64 {
    let interval = nanoseconds(interval).max(1);
    let behind = common.clock.now_ns().saturating_sub(last_ns).max(0);
    last_ns.saturating_add((behind / interval + 1).saturating_mul(interval))
}

/// Waits for a moment; false if the target is gone before.
async fn wait_until(common: &Common, at_ns: i64, gone: &mut watch::Receiver<bool>) -> bool {
    loop {
        if *gone.borrow() {
            return false;
        }
        let left = at_ns.saturating_sub(common.clock.now_ns());
        let Ok(left) = u64::try_from(left) else {
            return true;
        };
        if left == 0 {
            return true;
        }
        // the clock may be set meanwhile, so that no wait is longer than a minute
        let wait = Duration::from_nanos(left).min(Duration::from_secs(60));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            changed = gone.changed() => if changed.is_err() { return false },
        }
    }
}

/// One scrape. Gives the session back, unless the task that had it failed.
async fn scrape(
    common: &Arc<Common>,
    plan: &Plan,
    session: Session,
    due_ns: i64,
    state: &Arc<Mutex<TargetState>>,
) -> Option<Session> {
    let now_ns = common.clock.now_ns();
    let tolerance = (nanoseconds(plan.target.interval) / 100).min(TOLERANCE_NS);
    let late = now_ns.saturating_sub(due_ns);
    let at_ns = if (0..=tolerance).contains(&late) {
        due_ns
    } else {
        now_ns
    };
    let started = common.clock.monotonic_ns();
    let answer = match &plan.forced {
        Some(reason) => Err(Failure::new(FailureKind::Target, reason.clone())),
        None => ask(common, plan).await,
    };
    // parsing is work for a thread, and only so many parse at a time
    let permit = common.parsing.acquire().await.ok()?;
    let work = Work {
        common: Arc::clone(common),
        plan: plan.clone(),
        at_ns,
        started,
        state: Arc::clone(state),
    };
    let session = tokio::task::spawn_blocking(move || work.take(session, answer)).await;
    drop(permit);
    match session {
        Ok(session) => Some(session),
        Err(error) => {
            tracing::error!(url = plan.target.url, %error, "a scrape failed inside");
            let fresh = Session::new(Arc::clone(&plan.job), Arc::clone(&plan.target));
            Some(fresh)
        }
    }
}

async fn ask(common: &Common, plan: &Plan) -> Result<Answer, Failure> {
    let limit = match plan.job.limits.body_bytes {
        0 => common.body_bytes_max,
        limit => limit,
    };
    let body = Body::new(limit, &common.held);
    let asked = fetch(&plan.dialer, &plan.job, &plan.target, body);
    match tokio::time::timeout(plan.target.timeout, asked).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let message = format!("Get {:?}: context deadline exceeded", plan.target.url);
            Err(Failure::new(FailureKind::Target, message))
        }
    }
}

/// What is done with an answer.
struct Work {
    common: Arc<Common>,
    plan: Plan,
    at_ns: i64,
    started: i64,
    state: Arc<Mutex<TargetState>>,
}

impl Work {
    fn take(self, mut session: Session, answer: Result<Answer, Failure>) -> Session {
        let now_ms = self.at_ns.div_euclid(1_000_000);
        let taken = match &answer {
            Err(failure) => session.take_nothing(Some(failure.clone()), now_ms),
            Ok(answer) if answer.body.bytes().is_empty() => session.take_nothing(None, now_ms),
            Ok(answer) => match format_of(&answer.content_type, self.plan.job.fallback_protocol) {
                Ok(format) => session.take(answer.body.bytes(), format, now_ms),
                Err(message) => {
                    let failure = Failure::new(FailureKind::Format, message);
                    session.take_nothing(Some(failure), now_ms)
                }
            },
        };
        drop(answer);
        let (counts, failure) = (taken.counts, taken.failure.clone());
        let duration = self.elapsed();
        let batch = session.report(taken, duration, now_ms);
        let stored = self.common.sink.accept(batch);
        let counters = &self.common.counters;
        add(&counters.scrapes, 1);
        add(&counters.samples, counts.scraped);
        add(&counters.duplicates, counts.duplicates);
        add(&counters.out_of_bounds, counts.out_of_bounds);
        if let Some(failure) = &failure {
            counters.count_failure(failure);
        }
        add(&counters.store_failures, u64::from(stored.is_err()));
        let error = match (failure, stored) {
            (Some(failure), _) => Some(failure.message),
            (None, Err(reason)) => Some(format!("the samples could not be kept: {reason}")),
            (None, Ok(())) => None,
        };
        self.note(error, duration, session.metadata());
        session
    }

    fn elapsed(&self) -> Duration {
        let elapsed = self.common.clock.monotonic_ns() - self.started;
        Duration::from_nanos(u64::try_from(elapsed).unwrap_or(0))
    }

    fn note(
        &self,
        error: Option<String>,
        duration: Duration,
        metadata: Arc<Vec<(String, Metadata)>>,
    ) {
        let mut state = self.state.lock();
        let health = if error.is_none() {
            Health::Up
        } else {
            Health::Down
        };
        if let (Some(error), true) = (&error, state.health != Health::Down) {
            tracing::warn!(url = self.plan.target.url, error, "a target is down");
        }
        *state = TargetState {
            health,
            last_error: error.unwrap_or_default(),
            last_scrape_ns: self.at_ns,
            last_duration: duration,
            metadata,
        };
    }
}

/// Ends the series of a target that is gone: once it has missed two scrapes and has not come back.
async fn end(
    common: &Arc<Common>,
    plan: &Plan,
    mut session: Session,
    due_ns: i64,
    orders: &Orders,
) {
    let interval = plan.target.interval;
    let until = due_ns
        .saturating_add(nanoseconds(interval))
        .saturating_add(nanoseconds(interval / 10));
    loop {
        let left = until.saturating_sub(common.clock.now_ns());
        match u64::try_from(left) {
            Ok(left) if left > 0 => {
                let wait = Duration::from_nanos(left).min(Duration::from_secs(60));
                tokio::time::sleep(wait).await;
            }
            _ => break,
        }
    }
    if (orders.is_back)(&plan.target) {
        return;
    }
    let common = Arc::clone(common);
    let ended = tokio::task::spawn_blocking(move || {
        let batch = session.end(due_ns.div_euclid(1_000_000));
        batch.map_or(Ok(()), |batch| common.sink.accept(batch))
    });
    if let Ok(Err(reason)) = ended.await {
        tracing::warn!(
            url = plan.target.url,
            reason,
            "the series of a target could not be ended"
        );
    }
}
