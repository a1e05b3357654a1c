//! What happened to messages, on its way from the tasks that send them to the one thread that tells.
//!
//! Never waits and never loses the end of a message: there is at most one end for each message on its way,
//! and the state machine bounds those. That a try failed is only told while there is room.

use crate::alerts::history::{Answered, shape};
use parking_lot::{Condvar, Mutex};
use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tacho_export::delivery::{Attempt, Outcomes};
use tacho_export::notification::{IntegrationKey, Outcome};

/// Answers that wait, beyond which failed tries are not told.
const WAITING_MAX: usize = 10_000;
/// Answers that are taken at once.
const BATCH_MAX: usize = 1_000;
/// Messages on trial whose answer somebody waits for.
const TRIALS_MAX: usize = 1_000;

/// Answers that wait.
#[derive(Default)]
pub(super) struct Inbox {
    inner: Mutex<Inner>,
    came: Condvar,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Answered>,
    trials: HashMap<u64, SyncSender<(Outcome, Attempt)>>,
    closed: bool,
}

impl Outcomes for Inbox {
    fn outcome(&self, id: u64, _: &IntegrationKey, outcome: Outcome, attempt: Attempt) {
        self.put(id, outcome, attempt);
    }
}

impl Inbox {
    /// Takes an answer.
    pub(super) fn put(&self, id: u64, outcome: Outcome, attempt: Attempt) {
        let mut inner = self.inner.lock();
        if let Some(asked) = inner.trials.remove(&id) {
            let _ = asked.try_send((outcome.clone(), attempt.clone()));
        }
        let is_try = matches!(outcome, Outcome::Retrying { .. });
        if is_try && inner.waiting.len() >= WAITING_MAX {
            return;
        }
        let ended_ms = attempt.started_ms.saturating_add(attempt.duration_ms);
        inner.waiting.push_back(Answered {
            id,
            outcome,
            attempt: shape::Attempt {
                at_ms: ended_ms,
                duration_ms: attempt.duration_ms as f64,
                preview: attempt.preview,
            },
        });
        drop(inner);
        self.came.notify_one();
    }

    /// Where the first answer about a message arrives.
    pub(super) fn expect(&self, id: u64) -> Receiver<(Outcome, Attempt)> {
        let (sender, receiver) = sync_channel(1);
        let mut inner = self.inner.lock();
        if inner.trials.len() < TRIALS_MAX {
            inner.trials.insert(id, sender);
        }
        receiver
    }

    /// The next answers, oldest first; waits for them. Nothing once it is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Answered>> {
        let mut inner = self.inner.lock();
        while inner.waiting.is_empty() {
            if inner.closed {
                return None;
            }
            self.came.wait(&mut inner);
        }
        let count = inner.waiting.len().min(BATCH_MAX);
        Some(inner.waiting.drain(..count).collect())
    }

    /// Lets `take` end.
    pub(super) fn close(&self) {
        self.inner.lock().closed = true;
        self.came.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Inbox, WAITING_MAX};
    use tacho_export::delivery::Attempt;
    use tacho_export::notification::Outcome;

    #[test]
    fn ends_are_never_lost_and_a_trial_gets_its_first_answer() {
        let inbox = Inbox::default();
        let asked = inbox.expect(3);
        let failed = || Outcome::Retrying {
            attempts: 1,
            error: "no".to_owned(),
            next_ms: 1,
        };
        for id in 0..WAITING_MAX as u64 + 10 {
            inbox.put(id, failed(), Attempt::default());
        }
        assert_eq!(asked.try_recv().map(|(outcome, _)| outcome), Ok(failed()));
        inbox.put(7, Outcome::Superseded, Attempt::default());
        inbox.close();
        let mut seen = Vec::new();
        while let Some(batch) = inbox.take() {
            seen.extend(batch);
        }
        assert_eq!(seen.len(), WAITING_MAX + 1);
        assert_eq!(seen.last().map(|one| one.id), Some(7));
    }
}
