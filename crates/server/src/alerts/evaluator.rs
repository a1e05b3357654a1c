//! Answers what rules ask from the store, and writes what they give.
//!
//! Rules of users read the tenant's series together with ours, and write into the tenant; rules that come
//! with the program write into our own tenant, so that they are not counted.

use crate::own;
use crate::own::view::WithOwn;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_ingest::ingest::Ingest;
use tacho_ingest::ingest::samples::batch::SampleOrigin;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::engine::Engine;
use tacho_query::promql::engine::{PromEngine, QueryContext};
use tacho_rules::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample};
use tacho_rules::signal_rule::{self, SignalEvaluator};
use tacho_storage::error::Result as StorageResult;
use tacho_storage::read::{ReadContext, ReadStore as _};
use tacho_storage::samples::batch::{
    LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};
use tacho_storage::samples::read::SeriesView;
use tacho_storage::store::Store;

/// What evaluations need of the server.
#[derive(Clone)]
pub struct Ground {
    /// Series.
    pub store: Arc<Store>,
    /// Traces and logs.
    pub engine: Arc<Engine>,
    /// The way in for what rules give.
    pub ingest: Arc<Ingest>,
    /// Whose data users' rules are about.
    pub tenant: TenantId,
}

impl Ground {
    /// The series that rules see.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn view(&self) -> StorageResult<Arc<dyn SeriesView>> {
        let theirs = self.store.series(&self.tenant)?;
        let own = self.store.series(&own::tenant())?;
        Ok(Arc::new(WithOwn::new(theirs, own)))
    }
}

/// Evaluates one group.
pub struct Evaluator<'a> {
    /// The server.
    pub ground: &'a Ground,
    /// Runs PromQL.
    pub prom: &'a PromEngine,
    /// Limits and cancellation.
    pub context: &'a ReadContext,
    /// Whether the group comes with the program.
    pub builtin: bool,
}

impl Evaluate for Evaluator<'_> {
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>> {
        let view = match self.ground.view() {
            Ok(view) => view,
            Err(error) => {
                let message = format!("the series cannot be read: {error}");
                return asks.iter().map(|_| Err(message.clone())).collect();
            }
        };
        let signals = SignalEvaluator {
            engine: &self.ground.engine,
            tenant: &self.ground.tenant,
            context: self.context,
        };
        let context = QueryContext::new(self.context);
        signal_rule::answer(self.prom, view.as_ref(), context, &signals, asks)
    }

    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused> {
        if samples.is_empty() {
            return Vec::new();
        }
        let tenant = match self.builtin {
            true => own::tenant(),
            false => self.ground.tenant.clone(),
        };
        let (batch, places) = batch_of(&samples);
        let ingest = &self.ground.ingest;
        match ingest.accept_samples(&tenant, SampleOrigin::Derived, batch) {
            Ok(taken) => taken
                .refused
                .iter()
                .flat_map(|range| {
                    let place = places.get(range.series as usize).copied();
                    let reason: Arc<str> = match &range.detail {
                        Some(detail) => format!("{}: {detail}", range.reason.as_str()).into(),
                        None => range.reason.as_str().into(),
                    };
                    place.map(|index| Refused { index, reason })
                })
                .collect(),
            Err(refusal) => {
                let reason: Arc<str> = refusal.to_string().into();
                let all = (0..samples.len()).map(|index| Refused {
                    index,
                    reason: Arc::clone(&reason),
                });
                all.collect()
            }
        }
    }
}

struct Known(Vec<Labels>);

impl LabelSource for Known {
    fn labels(&self, series: usize) -> StorageResult<Labels> {
        Ok(self.0.get(series).cloned().unwrap_or_default())
    }
}

/// A batch with a run for each sample, and the place of the sample of each run.
fn batch_of(samples: &[RuleSample]) -> (SampleBatch, Vec<usize>) {
    let mut batch = SampleBatch {
        series: Vec::with_capacity(samples.len()),
        points: Vec::with_capacity(samples.len()),
        histograms: Vec::new(),
        exemplars: Vec::new(),
        metadata: Vec::new(),
        labels: Box::new(Known(Vec::new())),
    };
    let mut labels = Vec::with_capacity(samples.len());
    let mut places = Vec::with_capacity(samples.len());
    let mut seen: HashMap<&Labels, i64> = HashMap::new();
    for (place, sample) in samples.iter().enumerate() {
        // Of two samples of one series at one time the first counts.
        if seen.insert(&sample.labels, sample.time_ms) == Some(sample.time_ms) {
            continue;
        }
        let value = match &sample.value {
            SampleValue::Float(value) => PointValue::Float(*value),
            SampleValue::Histogram(histogram) => {
                batch.histograms.push(Arc::clone(histogram));
                PointValue::Histogram(u32::try_from(batch.histograms.len() - 1).unwrap_or(u32::MAX))
            }
        };
        batch.series.push(SeriesRun {
            alias: 0,
            points: 1,
            kind: RunKind::Plain,
        });
        batch.points.push(Point {
            time_ms: sample.time_ms,
            start_ms: 0,
            value,
        });
        labels.push(sample.labels.clone());
        places.push(place);
    }
    batch.labels = Box::new(Known(labels));
    (batch, places)
}
