//! Newly appended batches for readers that follow: one bounded queue a reader.

use crate::read::{TailItem, TailSource};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tacho_model::id::TenantId;

/// Batches that wait for one reader at most.
const QUEUE_BATCHES: usize = 256;

#[derive(Default)]
struct Queue {
    items: VecDeque<TailItem>,
    lost: u64,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

/// All readers that follow one signal.
#[derive(Default)]
pub struct Tails {
    readers: Mutex<Vec<(TenantId, Weak<Shared>)>>,
    count: AtomicUsize,
    lost: AtomicU64,
}

impl Tails {
    /// True if nobody follows; then batches need not be shared.
    pub fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Items that slow readers lost.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// A new reader.
    pub fn follow(&self, tenant: &TenantId) -> Box<dyn TailSource> {
        let shared = Arc::new(Shared::default());
        let mut readers = self.readers.lock();
        readers.push((tenant.clone(), Arc::downgrade(&shared)));
        self.count.store(readers.len(), Ordering::Release);
        Box::new(Reader(shared))
    }

    /// Hands a batch of so many items to every reader of the tenant.
    pub fn publish(&self, tenant: &TenantId, item: &TailItem, rows: u64) {
        let mut readers = self.readers.lock();
        readers.retain(|(owner, reader)| {
            let Some(shared) = reader.upgrade() else {
                return false;
            };
            if owner == tenant {
                let mut queue = shared.queue.lock();
                if queue.items.len() >= QUEUE_BATCHES {
                    queue.lost += rows;
                    self.lost.fetch_add(rows, Ordering::Relaxed);
                } else {
                    queue.items.push_back(item.clone());
                }
                shared.wake.notify_one();
            }
            true
        });
        self.count.store(readers.len(), Ordering::Release);
    }

    /// Tells every reader that nothing more comes.
    pub fn close(&self) {
        for (_, reader) in self.readers.lock().drain(..) {
            if let Some(shared) = reader.upgrade() {
                shared.queue.lock().closed = true;
                shared.wake.notify_all();
            }
        }
    }
}

struct Reader(Arc<Shared>);

impl TailSource for Reader {
    fn next(&mut self, wait: Duration) -> TailItem {
        let mut queue = self.0.queue.lock();
        if queue.items.is_empty() && queue.lost == 0 && !queue.closed {
            let _ = self.0.wake.wait_for(&mut queue, wait);
        }
        if let Some(item) = queue.items.pop_front() {
            return item;
        }
        if queue.lost > 0 {
            return TailItem::Lost(std::mem::take(&mut queue.lost));
        }
        if queue.closed {
            TailItem::Closed
        } else {
            TailItem::Idle
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{QUEUE_BATCHES, Tails};
    use crate::columns::log_batch::LogBatch;
    use crate::read::TailItem;
    use std::sync::Arc;
    use std::time::Duration;
    use tacho_model::id::TenantId;

    #[test]
    fn a_slow_reader_is_told_what_it_lost() {
        let tails = Tails::default();
        let tenant = TenantId::default();
        let mut reader = tails.follow(&tenant);
        let item = TailItem::Logs(Arc::new(LogBatch::default()));
        for _ in 0..QUEUE_BATCHES + 2 {
            tails.publish(&tenant, &item, 5);
        }
        for _ in 0..QUEUE_BATCHES {
            assert!(matches!(reader.next(Duration::ZERO), TailItem::Logs(_)));
        }
        assert!(matches!(reader.next(Duration::ZERO), TailItem::Lost(10)));
        assert!(matches!(reader.next(Duration::ZERO), TailItem::Idle));
        tails.close();
        assert!(matches!(reader.next(Duration::ZERO), TailItem::Closed));
    }

    #[test]
    fn a_reader_that_is_gone_is_forgotten() {
        let tails = Tails::default();
        let tenant = TenantId::default();
        drop(tails.follow(&tenant));
        tails.publish(&tenant, &TailItem::Idle, 0);
        assert!(tails.is_empty());
    }
}
