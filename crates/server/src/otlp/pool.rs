//! A bounded pool for work that is bound by CPU: so many at once, so many waiting, the rest is
//! refused as overload.

use super::PoolLimits;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The pool.
#[derive(Debug)]
pub(super) struct Pool {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    limits: PoolLimits,
}

impl Pool {
    pub(super) fn new(limits: PoolLimits) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(limits.workers)),
            waiting: AtomicUsize::new(0),
            limits,
        }
    }

    /// Runs work on a blocking thread when there is room.
    ///
    /// # Errors
    /// `Overloaded` if the queue is full or the wait too long, `Internal` if the work panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await?,
        };
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "decoding a request failed");
            Refusal::new(RefusalKind::Internal, "decode the request: internal error")
        })
    }

    /// Runs short work on the caller's thread when a place is free at once, else as `run` does.
    ///
    /// # Errors
    /// As for `run`.
    pub(super) async fn run_here<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let Ok(_permit) = self.permits.try_acquire() else {
            return self.run(work).await;
        };
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
            tracing::error!("decoding a request panicked");
            Refusal::new(RefusalKind::Internal, "decode the request: internal error")
        })
    }

    async fn wait(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = Place::take(self)?;
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = tokio::time::timeout(self.limits.wait_max, permit).await;
        drop(place);
        match permit {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Refusal::new(RefusalKind::Unavailable, "server is stopping")),
            Err(_) => Err(overloaded()),
        }
    }
}

fn overloaded() -> Refusal {
    Refusal::new(
        RefusalKind::Overloaded,
        "too many requests are waiting to be decoded",
    )
}

/// A place in the queue; given back when the waiting ends, also when the client goes away.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(pool: &'a Pool) -> Result<Self, Refusal> {
        if pool.waiting.fetch_add(1, Ordering::Relaxed) >= pool.limits.waiting_max {
            pool.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(overloaded());
        }
        Ok(Self(&pool.waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Pool, PoolLimits};
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;
    use tacho_ingest::refusal::RefusalKind;

    #[tokio::test]
    async fn a_full_queue_is_overload_and_drains() {
        let pool = Arc::new(Pool::new(PoolLimits {
            workers: 1,
            waiting_max: 1,
            wait_max: Duration::from_secs(30),
        }));
        let (release, held) = sync_channel::<()>(0);
        let (started, has_started) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move {
                let work = move || {
                    let _ = started.send(());
                    held.recv().is_ok()
                };
                pool.run(work).await
            }
        });
        has_started.await.unwrap();
        let second = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(|| 2).await }
        });
        while pool.waiting.load(std::sync::atomic::Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let third = pool.run(|| 3).await;
        assert_eq!(
            third.map_err(|refusal| refusal.kind),
            Err(RefusalKind::Overloaded)
        );
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(second.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_and_frees_its_place() {
        let pool = Pool::new(PoolLimits {
            workers: 1,
            waiting_max: 1,
            wait_max: Duration::from_secs(30),
        });
        for here in [false, true] {
            let failed = if here {
                pool.run_here(|| panic!("on purpose")).await
            } else {
                pool.run(|| panic!("on purpose")).await
            };
            assert_eq!(
                failed.map_err(|refusal| refusal.kind),
                Err(RefusalKind::Internal)
            );
        }
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }
}
