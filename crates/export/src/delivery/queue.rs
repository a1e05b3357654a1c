//! What waits for one integration: at most one notification of each group, the oldest first; and what
//! nobody took.

use crate::notification::{Notification, Reason};
use crate::receiver::Integration;
use std::collections::VecDeque;
use std::sync::Arc;
use tacho_stdx::backoff::Backoff;

/// A notification that waits.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) notification: Notification,
    pub(super) integration: Arc<Integration>,
    /// Tries so far.
    pub(super) attempts: u32,
    /// Not before this, monotonic ns.
    pub(super) due_ns: i64,
    pub(super) backoff: Backoff,
    /// When it was given, monotonic ns.
    pub(super) given_ns: i64,
    /// How old it was then, ms.
    pub(super) given_age_ms: i64,
    /// Whether somebody asked for it by hand: then its age does not count.
    pub(super) by_hand: bool,
}

impl Job {
    /// How old it is, ms; a wall clock that jumps meanwhile does not matter.
    pub(super) fn age_ms(&self, now_ns: i64) -> i64 {
        let since = now_ns.saturating_sub(self.given_ns) / 1_000_000;
        self.given_age_ms.saturating_add(since)
    }
}

/// What became of a notification that was given.
#[derive(Debug)]
pub(super) enum Pushed {
    /// It waits.
    Queued,
    /// It waits in the place of this one.
    Replaced(Box<Job>),
    /// There is no room.
    Full(Box<Job>),
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct Queue {
    jobs: VecDeque<Job>,
}

impl Queue {
    /// Takes a job; a waiting one of the same group gives way.
    pub(super) fn push(&mut self, mut job: Job, max: usize) -> Pushed {
        let same = self.jobs.iter_mut().find(|known| {
            known.notification.group_key == job.notification.group_key
                && known.notification.reason != Reason::Test
                && job.notification.reason != Reason::Test
        });
        if let Some(known) = same {
            // a service that asked to wait is not asked sooner
            job.due_ns = job.due_ns.max(known.due_ns);
            if job.notification.thread.is_none() {
                job.notification
                    .thread
                    .clone_from(&known.notification.thread);
            }
            return Pushed::Replaced(Box::new(std::mem::replace(known, job)));
        }
        if self.jobs.len() >= max {
            return Pushed::Full(Box::new(job));
        }
        self.jobs.push_back(job);
        Pushed::Queued
    }

    /// Puts a job back whose try failed, unless a newer one of its group waits by now; then it comes
    /// back.
    pub(super) fn put_back(&mut self, job: Job) -> Option<Job> {
        let newer = self.jobs.iter_mut().find(|known| {
            known.notification.group_key == job.notification.group_key
                && job.notification.reason != Reason::Test
        });
        match newer {
            Some(newer) => {
                newer.due_ns = newer.due_ns.max(job.due_ns);
                newer.backoff = job.backoff.clone();
                Some(job)
            }
            None => {
                self.jobs.push_front(job);
                None
            }
        }
    }

    /// The first job that is due.
    pub(super) fn pop(&mut self, now_ns: i64) -> Option<Job> {
        let at = self.jobs.iter().position(|job| job.due_ns <= now_ns)?;
        self.jobs.remove(at)
    }

    /// When the next job is due, monotonic ns.
    pub(super) fn next_due_ns(&self) -> Option<i64> {
        self.jobs.iter().map(|job| job.due_ns).min()
    }

    /// Gives the group of a job that was sent the name of its thread.
    pub(super) fn set_thread(&mut self, group_key: &str, thread: &str) {
        let of_group = |job: &&mut Job| job.notification.group_key == group_key;
        for job in self.jobs.iter_mut().filter(of_group) {
            if job.notification.thread.is_none() {
                job.notification.thread = Some(thread.to_owned());
            }
        }
    }

    /// Sends all jobs to where their integration leads now.
    pub(super) fn renew(&mut self, integration: &Arc<Integration>) {
        for job in &mut self.jobs {
            job.integration = Arc::clone(integration);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Takes everything out.
    pub(super) fn drain(&mut self) -> Vec<Job> {
        self.jobs.drain(..).collect()
    }
}
