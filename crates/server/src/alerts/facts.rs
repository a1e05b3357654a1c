//! What is known about metrics, for units: read from the store now and then, not for every answer.

use super::evaluator::Ground;
use parking_lot::Mutex;
use std::sync::Arc;
use tacho_rules::condition::MetricFacts;
use tacho_stdx::cancel::CancelToken;
use tacho_storage::read::ReadContext;

/// How old what is known may be, ns.
const AGE_NS_MAX: i64 = 60_000_000_000;
/// Bytes that reading may take.
const BYTES_MAX: u64 = 256 << 20;

/// What is known about metrics.
#[derive(Default)]
pub struct Facts {
    known: Mutex<Option<(i64, Arc<MetricFacts>)>>,
}

impl Facts {
    /// What is known at a time of the monotonic clock. Reads the store; not to be called from a task.
    pub fn at(&self, now_ns: i64, ground: &Ground) -> Arc<MetricFacts> {
        let mut known = self.known.lock();
        if let Some((at_ns, facts)) = known.as_ref()
            && now_ns.saturating_sub(*at_ns) < AGE_NS_MAX
        {
            return Arc::clone(facts);
        }
        let context = ReadContext {
            cancel: CancelToken::new(),
            memory_bytes_max: BYTES_MAX,
            read_bytes_max: BYTES_MAX,
            stats: Arc::default(),
        };
        let records = ground.view().and_then(|view| view.metadata(&context));
        let facts = match records {
            Ok(records) => Arc::new(MetricFacts::from_metadata(records)),
            Err(error) => {
                tracing::warn!(%error, "units of metrics cannot be read");
                known
                    .as_ref()
                    .map(|(_, old)| Arc::clone(old))
                    .unwrap_or_default()
            }
        };
        *known = Some((now_ns, Arc::clone(&facts)));
        facts
    }
}
