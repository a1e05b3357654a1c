//! Tails of the oracle: one bounded queue a reader.

use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_storage::read::{Tail, TailItem, TailSource};

/// Batches that wait for a reader at most; small, so that tests can fill it.
const QUEUE_BATCHES: usize = 16;

#[derive(Default)]
struct Queue {
    items: VecDeque<TailItem>,
    lost: u64,
    closed: bool,
}

type Shared = Arc<(Mutex<Queue>, Condvar)>;

/// All readers.
#[derive(Default)]
pub(super) struct Tails(Mutex<Vec<(TenantId, Signal, Shared)>>);

impl Tails {
    pub(super) fn follow(&self, tenant: &TenantId, signal: Signal) -> Tail {
        let shared = Shared::default();
        self.0
            .lock()
            .push((tenant.clone(), signal, Arc::clone(&shared)));
        Tail {
            source: Box::new(Reader(shared)),
        }
    }

    pub(super) fn publish(&self, tenant: &TenantId, signal: Signal, item: &TailItem) {
        let rows = match item {
            TailItem::Spans(batch) => batch.len as u64,
            TailItem::Logs(batch) => batch.len as u64,
            TailItem::Lost(_) | TailItem::Idle | TailItem::Closed => 0,
        };
        let mut readers = self.0.lock();
        readers.retain(|(_, _, shared)| Arc::strong_count(shared) > 1);
        for (owner, of, shared) in readers.iter() {
            if owner != tenant || *of != signal {
                continue;
            }
            let mut queue = shared.0.lock();
            if queue.items.len() < QUEUE_BATCHES {
                queue.items.push_back(item.clone());
            } else {
                queue.lost += rows;
            }
            shared.1.notify_one();
        }
    }

    pub(super) fn close(&self) {
        for (_, _, shared) in self.0.lock().iter() {
            shared.0.lock().closed = true;
            shared.1.notify_all();
        }
    }
}

struct Reader(Shared);

impl TailSource for Reader {
    fn next(&mut self, wait: Duration) -> TailItem {
        let mut queue = self.0.0.lock();
        if queue.items.is_empty() && queue.lost == 0 && !queue.closed {
            self.0.1.wait_for(&mut queue, wait);
        }
        match queue.items.pop_front() {
            Some(item) => item,
            None if queue.lost > 0 => TailItem::Lost(std::mem::take(&mut queue.lost)),
            None if queue.closed => TailItem::Closed,
            None => TailItem::Idle,
        }
    }
}
