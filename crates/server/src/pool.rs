//! The query pool: so many threads, so many waiting, a time limit, cancellation when the client
//! goes. Queries never run on a thread that serves sockets.

use crate::answer::ApiError;
use crate::config::settings::Query;
use crate::error::{Error, ErrorKind};
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tacho_api::error::ErrorKind as ApiErrorKind;
use tacho_stdx::cancel::CancelToken;
use tacho_storage::read::{ReadContext, ReadStats};
use tokio::sync::oneshot;
use tokio::time::Instant;

type Job = Box<dyn FnOnce() + Send>;

/// Runs queries on threads of its own.
#[derive(Debug)]
pub struct Pool {
    sender: SyncSender<Job>,
    /// What happened, for `/metrics`.
    pub counters: Arc<Counters>,
}

/// What happened to queries. All but `running` and `waiting` only grow.
#[derive(Debug, Default)]
pub struct Counters {
    /// Taken.
    pub started: AtomicU64,
    /// At work.
    pub running: AtomicU64,
    /// Waiting for a thread.
    pub waiting: AtomicU64,
    /// Refused because too many were waiting.
    pub refused: AtomicU64,
    /// Stopped by the time limit.
    pub timed_out: AtomicU64,
    /// Stopped because the client went.
    pub cancelled: AtomicU64,
    /// Panicked.
    pub panicked: AtomicU64,
    /// Nanoseconds of work.
    pub busy_ns: AtomicU64,
    /// Sums of what queries read.
    pub read: ReadStats,
}

/// What one query may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time, waiting included.
    pub timeout: Duration,
    /// Bytes of memory; 0 is no limit.
    pub memory_bytes: u64,
    /// Bytes of blocks; 0 is no limit.
    pub read_bytes: u64,
}

impl From<&Query> for Limits {
    fn from(query: &Query) -> Self {
        Self {
            timeout: query.timeout,
            memory_bytes: query.memory_bytes,
            read_bytes: query.read_bytes,
        }
    }
}

/// A query at work.
#[derive(Debug)]
pub struct Running {
    /// Its limits, its cancellation, its counters.
    pub context: ReadContext,
    begun: Instant,
}

impl Running {
    /// What it cost so far, waiting included.
    pub fn stats(&self) -> tacho_api::stats::QueryStats {
        let stats = &self.context.stats;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed).into();
        tacho_api::stats::QueryStats {
            duration_ms: self.begun.elapsed().as_secs_f64() * 1000.0,
            bytes_read: count(&stats.bytes_read),
            rows_scanned: count(&stats.rows_scanned),
            rows_matched: count(&stats.rows_matched),
            blocks_read: count(&stats.blocks_read),
            blocks_skipped: count(&stats.blocks_skipped),
            blocks_failed: count(&stats.blocks_failed),
        }
    }
}

impl Pool {
    /// Starts the threads. They end when the pool is dropped.
    pub fn start(threads: usize, waiting_max: usize) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel::<Job>(waiting_max.max(1));
        let receiver = Arc::new(Mutex::new(receiver));
        for index in 0..threads.max(1) {
            let receiver = Arc::clone(&receiver);
            std::thread::Builder::new()
                .name(format!("query-{index}"))
                .spawn(move || work(&receiver))
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Internal,
                        format!("start a query thread: {error}"),
                    )
                    .with_source(error)
                })?;
        }
        Ok(Self {
            sender,
            counters: Arc::default(),
        })
    }

    /// Runs a query and waits for it. Dropping the future cancels the query.
    ///
    /// # Errors
    /// `Limit` if too many wait or the time is over, `Internal` if it panicked; its own otherwise.
    pub async fn run<T: Send + 'static>(
        &self,
        limits: Limits,
        query: impl FnOnce(&Running) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let begun = Instant::now();
        let cancel = CancelToken::new();
        let context = ReadContext {
            cancel: cancel.clone(),
            memory_bytes_max: limits.memory_bytes,
            read_bytes_max: limits.read_bytes,
            stats: Arc::new(ReadStats::default()),
        };
        let (done, result) = oneshot::channel();
        let counters = Arc::clone(&self.counters);
        counters.waiting.fetch_add(1, Ordering::Relaxed);
        let job: Job = Box::new(move || {
            counters.waiting.fetch_sub(1, Ordering::Relaxed);
            if context.cancel.is_cancelled() {
                counters.cancelled.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let running = Running { context, begun };
            let _ = done.send(run_counted(&counters, &running, query));
        });
        if let Err(error) = self.sender.try_send(job) {
            self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(self.refuse(&error));
        }
        let _guard = cancel.cancel_on_drop();
        match tokio::time::timeout(limits.timeout, result).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(ApiError::new(
                ApiErrorKind::Internal,
                "the query failed inside",
            )),
            Err(_) => {
                self.counters.timed_out.fetch_add(1, Ordering::Relaxed);
                let after = tacho_stdx::duration::print_ns(
                    i64::try_from(limits.timeout.as_nanos()).unwrap_or(i64::MAX),
                );
                let message = format!("the query was stopped after {after}");
                Err(ApiError::new(ApiErrorKind::Limit, message)
                    .hint("ask for a shorter time range, or raise query.timeout"))
            }
        }
    }

    fn refuse(&self, error: &TrySendError<Job>) -> ApiError {
        self.counters.refused.fetch_add(1, Ordering::Relaxed);
        match error {
            TrySendError::Full(_) => {
                ApiError::new(ApiErrorKind::Limit, "too many queries are waiting")
                    .hint("try again, or raise query.max_concurrent or query.max_waiting")
            }
            TrySendError::Disconnected(_) => {
                ApiError::new(ApiErrorKind::Unavailable, "the server is stopping")
            }
        }
    }
}

fn work(receiver: &Mutex<Receiver<Job>>) {
    loop {
        let job = receiver.lock().recv();
        match job {
            Ok(job) => {
                // The job catches panics of queries itself; this keeps the thread in any case.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
            Err(_) => return,
        }
    }
}

fn run_counted<T>(
    counters: &Counters,
    running: &Running,
    query: impl FnOnce(&Running) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    counters.started.fetch_add(1, Ordering::Relaxed);
    counters.running.fetch_add(1, Ordering::Relaxed);
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| query(running)));
    counters.running.fetch_sub(1, Ordering::Relaxed);
    let busy = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    counters.busy_ns.fetch_add(busy, Ordering::Relaxed);
    add_stats(&counters.read, &running.context.stats);
    if running.context.cancel.is_cancelled() {
        counters.cancelled.fetch_add(1, Ordering::Relaxed);
    }
    outcome.unwrap_or_else(|_| {
        counters.panicked.fetch_add(1, Ordering::Relaxed);
        Err(ApiError::new(
            ApiErrorKind::Internal,
            "the query failed inside",
        ))
    })
}

fn add_stats(sum: &ReadStats, one: &ReadStats) {
    let pairs = [
        (&sum.bytes_read, &one.bytes_read),
        (&sum.rows_scanned, &one.rows_scanned),
        (&sum.rows_matched, &one.rows_matched),
        (&sum.blocks_read, &one.blocks_read),
        (&sum.blocks_skipped, &one.blocks_skipped),
        (&sum.pages_skipped, &one.pages_skipped),
        (&sum.blocks_failed, &one.blocks_failed),
    ];
    for (sum, one) in pairs {
        ReadStats::add(sum, one.load(Ordering::Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiErrorKind, Limits, Pool};
    use crate::answer::ApiError;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    const LIMITS: Limits = Limits {
        timeout: Duration::from_millis(200),
        memory_bytes: 0,
        read_bytes: 0,
    };

    fn kind(result: Result<(), ApiError>) -> ApiErrorKind {
        result.unwrap_err().detail.kind
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn time_places_and_panics_are_bounded() {
        let pool = Arc::new(Pool::start(1, 1).unwrap());
        let value = pool.run(LIMITS, |_| Ok(7)).await.unwrap();
        assert_eq!(value, 7);
        assert_eq!(
            kind(
                pool.run(LIMITS, |_| -> Result<(), _> { panic!("boom") })
                    .await
            ),
            ApiErrorKind::Internal
        );

        // A query that only ends when it is cancelled: the time limit does that.
        let seen = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&seen);
        let slow = pool.run(LIMITS, move |running| {
            while !running.context.cancel.is_cancelled() {
                std::thread::sleep(Duration::from_millis(1));
            }
            flag.store(true, Ordering::SeqCst);
            Ok(())
        });
        // While it runs one more may wait and a third is refused.
        let waiting = pool.run(LIMITS, |_| Ok(()));
        let refused = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            pool.run(LIMITS, |_| Ok(())).await
        };
        let late = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waiting.await
        };
        let (slow, _, refused) = tokio::join!(slow, late, refused);
        assert_eq!(kind(slow), ApiErrorKind::Limit);
        assert_eq!(kind(refused), ApiErrorKind::Limit);
        let begun = tokio::time::Instant::now();
        while !seen.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(
            seen.load(Ordering::SeqCst),
            "the query saw that it was cancelled"
        );
    }
}
