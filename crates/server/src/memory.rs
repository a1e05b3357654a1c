//! Watches the resident memory of the process: tells the budget, and under pressure asks the
//! store to give caches back and to flush.

use crate::telemetry::process;
use std::sync::Arc;
use std::time::Duration;
use tacho_storage::store::Store;
use tokio::time::Instant;

/// Time between looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// Least time between two flushes for memory's sake.
const FLUSH_PAUSE: Duration = Duration::from_secs(10);

/// Watches until it is dropped.
pub async fn watch(store: Arc<Store>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    let mut flushed: Option<Instant> = None;
    loop {
        ticks.tick().await;
        let Some(resident) = process::resident_bytes() else {
            return;
        };
        let budget = store.memory();
        budget.observe_resident(resident);
        let limit = budget.limit();
        if limit == 0 || resident < limit / 100 * 85 {
            continue;
        }
        let rested = flushed.is_none_or(|at| at.elapsed() > FLUSH_PAUSE);
        let flush = resident >= limit / 100 * 92 && rested;
        if flush {
            flushed = Some(Instant::now());
            tracing::warn!(resident, limit, "memory is nearly used up: flushing");
        }
        let store = Arc::clone(&store);
        let relieved = tokio::task::spawn_blocking(move || {
            store.drop_caches();
            if flush {
                store.flush(false).map(drop)
            } else {
                Ok(())
            }
        });
        if let Ok(Err(error)) = relieved.await {
            tracing::warn!(%error, "a flush for memory's sake failed");
        }
    }
}
