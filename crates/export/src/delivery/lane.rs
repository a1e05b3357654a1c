//! The way to one integration: waits for the rate limit, the breaker and the retry times, sends one
//! message at a time, and tells what came of it.

use super::breaker::Breaker;
use super::bucket::Bucket;
use super::queue::{Job, Pushed, Queue};
use super::send::{Sender, Trial};
use super::{Attempt, IntegrationState, Shared, limits};
use crate::channel::Verdict;
use crate::notification::{IntegrationKey, Notification, Outcome, Reason};
use crate::receiver::Integration;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::backoff::Backoff;
use tokio::sync::{Notify, watch};

/// Longest sleep before everything is looked at again.
const SLEEP_MAX: Duration = Duration::from_secs(60);

/// The way to one integration.
pub(super) struct Lane {
    key: IntegrationKey,
    shared: Arc<Shared>,
    inner: Mutex<Inner>,
    wake: Notify,
}

struct Inner {
    queue: Queue,
    dead: VecDeque<Job>,
    breaker: Breaker,
    bucket: Bucket,
    /// The service asked not to be called before this, monotonic ns.
    pause_until_ns: i64,
    sending: bool,
    closed: bool,
    sent: u64,
    failed: u64,
    last_success_ms: Option<i64>,
    last_error: Option<(i64, String)>,
}

/// What the task does next.
enum Next {
    Send(Box<Job>),
    Sleep(Duration),
    End,
}

impl Lane {
    pub(super) fn new(key: IntegrationKey, shared: Arc<Shared>) -> Self {
        let inner = Inner {
            queue: Queue::default(),
            dead: VecDeque::new(),
            breaker: Breaker::new(&shared.policy),
            bucket: Bucket::new(limits::of_kind(&key.kind)),
            pause_until_ns: i64::MIN,
            sending: false,
            closed: false,
            sent: 0,
            failed: 0,
            last_success_ms: None,
            last_error: None,
        };
        Self {
            key,
            shared,
            inner: Mutex::new(inner),
            wake: Notify::new(),
        }
    }

    pub(super) fn submit(&self, notification: Notification, integration: Arc<Integration>) {
        let backoff = self.backoff(notification.id);
        let age_ms = self.shared.now_ms().saturating_sub(notification.at_ms);
        self.push(Job {
            given_ns: self.shared.clock.monotonic_ns(),
            given_age_ms: age_ms.max(0),
            notification,
            integration,
            attempts: 0,
            due_ns: i64::MIN,
            backoff,
            by_hand: false,
        });
    }

    fn backoff(&self, id: u64) -> Backoff {
        let policy = &self.shared.policy;
        let seed = self.shared.seed ^ id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Backoff::new(policy.first_wait, policy.max_wait, seed)
    }

    fn push(&self, job: Job) {
        let pushed = {
            let mut inner = self.inner.lock();
            match inner.closed {
                true => Pushed::Full(Box::new(job)),
                false => inner.queue.push(job, self.shared.policy.queue_max),
            }
        };
        self.wake.notify_one();
        match pushed {
            Pushed::Queued => {}
            Pushed::Replaced(old) => {
                self.tell(old.notification.id, Outcome::Superseded, Attempt::default());
            }
            Pushed::Full(job) => {
                let most = self.shared.policy.queue_max;
                let error = format!("{most} notifications wait for this receiver already");
                self.bury(*job, error, Attempt::default());
            }
        }
    }

    fn tell(&self, id: u64, outcome: Outcome, attempt: Attempt) {
        let outcomes = &self.shared.outcomes;
        outcomes.outcome(id, &self.key, outcome, attempt);
    }

    /// Nobody takes it.
    fn bury(&self, job: Job, error: String, attempt: Attempt) {
        let id = job.notification.id;
        let attempts = job.attempts;
        {
            let mut inner = self.inner.lock();
            inner.dead.push_back(job);
            while inner.dead.len() > self.shared.policy.dead_max {
                inner.dead.pop_front();
            }
        }
        self.tell(id, Outcome::Dead { attempts, error }, attempt);
    }

    /// Tries a dead notification again.
    pub(super) fn retry(&self, id: u64) -> bool {
        let found = {
            let mut inner = self.inner.lock();
            let at = inner.dead.iter().position(|job| job.notification.id == id);
            at.and_then(|at| inner.dead.remove(at))
        };
        let Some(mut job) = found else {
            return false;
        };
        job.attempts = 0;
        job.due_ns = i64::MIN;
        job.by_hand = true;
        job.backoff = self.backoff(id);
        self.push(job);
        true
    }

    /// Which integration it leads to.
    pub(super) fn key(&self) -> &IntegrationKey {
        &self.key
    }

    /// The integration was configured anew: what waits, or is dead, goes to where it leads now.
    pub(super) fn renew(&self, integration: &Arc<Integration>) {
        let mut inner = self.inner.lock();
        inner.queue.renew(integration);
        for job in &mut inner.dead {
            job.integration = Arc::clone(integration);
        }
    }

    /// Ends the way; what waits is dead.
    pub(super) fn close(&self) {
        let waiting = {
            let mut inner = self.inner.lock();
            inner.closed = true;
            inner.queue.drain()
        };
        self.wake.notify_one();
        for job in waiting {
            self.lose(&job);
        }
    }

    /// Tells that a job is dead because its receiver is gone.
    fn lose(&self, job: &Job) {
        let outcome = Outcome::Dead {
            attempts: job.attempts,
            error: "the receiver is not configured any more".to_owned(),
        };
        self.tell(job.notification.id, outcome, Attempt::default());
    }

    pub(super) fn state(&self) -> IntegrationState {
        let now_ns = self.shared.clock.monotonic_ns();
        let inner = self.inner.lock();
        IntegrationState {
            key: self.key.clone(),
            queued: inner.queue.len(),
            sending: inner.sending,
            breaker: inner.breaker.state(now_ns, self.shared.now_ms()),
            sent: inner.sent,
            failed: inner.failed,
            dead: inner.dead.len(),
            last_success_ms: inner.last_success_ms,
            last_error: inner.last_error.clone(),
        }
    }

    fn next(&self) -> Next {
        let now_ns = self.shared.clock.monotonic_ns();
        let mut inner = self.inner.lock();
        let Some(due_ns) = inner.queue.next_due_ns() else {
            return match inner.closed {
                true => Next::End,
                false => Next::Sleep(SLEEP_MAX),
            };
        };
        let wait_ns = [
            inner.breaker.wait_ns(now_ns),
            inner.bucket.wait_ns(now_ns),
            inner.pause_until_ns.saturating_sub(now_ns),
            due_ns.saturating_sub(now_ns),
        ];
        let wait_ns = wait_ns.into_iter().max().unwrap_or(0);
        if let Ok(wait @ 1..) = u64::try_from(wait_ns) {
            return Next::Sleep(Duration::from_nanos(wait).min(SLEEP_MAX));
        }
        match inner.queue.pop(now_ns) {
            None => Next::Sleep(SLEEP_MAX),
            Some(job) => {
                inner.bucket.take(now_ns);
                inner.sending = true;
                Next::Send(Box::new(job))
            }
        }
    }

    /// Puts a try into the books, and tells.
    fn settle(&self, mut job: Job, trial: Trial) {
        let now_ns = self.shared.clock.monotonic_ns();
        let now_ms = self.shared.now_ms();
        job.attempts += 1;
        let attempts = job.attempts;
        match trial.verdict {
            Verdict::Sent { thread } => {
                {
                    let mut inner = self.inner.lock();
                    inner.sent += 1;
                    inner.last_success_ms = Some(now_ms);
                    inner.breaker.succeeded();
                    if let Some(thread) = &thread {
                        inner.queue.set_thread(&job.notification.group_key, thread);
                    }
                }
                self.tell(job.notification.id, Outcome::Sent { thread }, trial.attempt);
            }
            Verdict::Refused { error } | Verdict::Unreadable { error } => {
                {
                    let mut inner = self.inner.lock();
                    inner.fail(now_ms, &error);
                    // it answered, so it is well
                    inner.breaker.succeeded();
                }
                self.bury(job, error, trial.attempt);
            }
            Verdict::Retry { after, error } => {
                let asked = after.map(|after| i64::try_from(after.as_nanos()).unwrap_or(i64::MAX));
                let opened = {
                    let mut inner = self.inner.lock();
                    inner.fail(now_ms, &error);
                    match asked {
                        Some(asked) => {
                            inner.pause_until_ns = now_ns.saturating_add(asked);
                            false
                        }
                        None => inner.breaker.failed(now_ns),
                    }
                };
                if opened {
                    let to = &self.key;
                    tracing::warn!(receiver = %to.receiver, kind = %to.kind, index = to.index,
                        %error, "receiver fails and is left alone for a while");
                }
                self.again(job, (attempts, error), asked, trial.attempt);
            }
        }
    }

    /// Tries again later, unless its time is over or a newer notification of its group waits.
    fn again(&self, mut job: Job, failed: (u32, String), asked: Option<i64>, attempt: Attempt) {
        let (attempts, error) = failed;
        let now_ns = self.shared.clock.monotonic_ns();
        let now_ms = self.shared.now_ms();
        let wait = job.backoff.next_wait();
        let wait_ns = i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX);
        let wait_ns = wait_ns.max(asked.unwrap_or(0));
        let next_ms = now_ms.saturating_add(wait_ns / 1_000_000);
        // somebody waits for the answer, and wants no test message tomorrow
        if job.notification.reason == Reason::Test {
            return self.bury(job, error, attempt);
        }
        let age = job.age_ms(now_ns.saturating_add(wait_ns));
        let max_age = i64::try_from(self.shared.policy.max_age.as_millis()).unwrap_or(i64::MAX);
        if age > max_age && !job.by_hand {
            let error = format!("its time is over after {attempts} tries, the last: {error}");
            return self.bury(job, error, attempt);
        }
        job.due_ns = now_ns.saturating_add(wait_ns);
        let outcome = Outcome::Retrying {
            attempts,
            error,
            next_ms,
        };
        // told first: once it is back in the queue another may take its place
        self.tell(job.notification.id, outcome, attempt);
        let id = job.notification.id;
        let put_back = {
            let mut inner = self.inner.lock();
            match inner.closed {
                true => Err(job),
                false => Ok(inner.queue.put_back(job)),
            }
        };
        match put_back {
            Ok(None) => {}
            Ok(Some(_)) => self.tell(id, Outcome::Superseded, Attempt::default()),
            Err(job) => self.lose(&job),
        }
    }
}

impl Inner {
    fn fail(&mut self, now_ms: i64, error: &str) {
        self.failed += 1;
        self.last_error = Some((now_ms, error.to_owned()));
    }
}

/// What tasks are told when they shall end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    /// Not yet.
    No,
    /// After the message that is on its way.
    Soon,
    /// At once.
    Now,
}

/// The task of a lane.
pub(super) async fn run(lane: Arc<Lane>, mut sender: Sender, mut stop: watch::Receiver<Stop>) {
    loop {
        if *stop.borrow() != Stop::No {
            return;
        }
        let wake = lane.wake.notified();
        match lane.next() {
            Next::End => return,
            Next::Sleep(time) => {
                tokio::select! {
                    () = wake => {}
                    () = tokio::time::sleep(time) => {}
                    _ = stop.wait_for(|stop| *stop != Stop::No) => return,
                }
            }
            Next::Send(job) => {
                let trial = tokio::select! {
                    trial = sender.send(&job.notification, &job.integration) => trial,
                    _ = stop.wait_for(|stop| *stop == Stop::Now) => return,
                };
                lane.settle(*job, trial);
                lane.inner.lock().sending = false;
            }
        }
    }
}
