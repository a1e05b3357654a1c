//! Rules over series in memory: the real engine, and a store that forgets everything.

use super::windows::Windows;
use crate::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample, answer_promql};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tacho_query::promql::engine::{Options, PromEngine, QueryContext};
use tacho_query::promql::script::memory::MemorySeries;
use tacho_stdx::clock::Clock;
use tacho_storage::read::ReadContext;

/// What rules of a test are evaluated on.
pub(super) struct Memory {
    engine: PromEngine,
    context: ReadContext,
    store: RwLock<MemorySeries>,
}

impl Memory {
    /// Nothing yet. Subqueries without a step take that of the evaluations.
    pub(super) fn new(interval_ms: i64, windows: Windows, clock: &Arc<dyn Clock>) -> Self {
        let standard = Options::default();
        let options = Options {
            lookback_ms: windows.lookback_ms(standard.lookback_ms),
            default_subquery_step_ms: interval_ms,
            timeout: Duration::from_secs(100),
            annotations_max: 0,
            ..standard
        };
        Self {
            engine: PromEngine::new(options, Arc::clone(clock)),
            context: ReadContext::default(),
            store: RwLock::new(MemorySeries::default()),
        }
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, MemorySeries> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn series(&self) -> RwLockReadGuard<'_, MemorySeries> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn engine(&self) -> &PromEngine {
        &self.engine
    }

    pub(super) fn context(&self) -> QueryContext<'_> {
        QueryContext::new(&self.context)
    }
}

impl Evaluate for Memory {
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>> {
        answer_promql(&self.engine, &*self.series(), self.context(), asks)
    }

    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused> {
        let mut store = self.write();
        let mut refused = Vec::new();
        for (index, sample) in samples.into_iter().enumerate() {
            if let Err(reason) = store.append(&sample.labels, sample.time_ms, sample.value, 0) {
                let reason = reason.into();
                refused.push(Refused { index, reason });
            }
        }
        refused
    }
}
