//! Samples of one scrape on their way to the store.

use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_model::sample::stale_nan;
use tacho_storage::error::{Error, Result};
use tacho_storage::samples::batch::{
    LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};
use xxhash_rust::xxh3::xxh3_128;

/// Labels by position.
struct LabelList(Vec<Labels>);

impl LabelSource for LabelList {
    fn labels(&self, series: usize) -> Result<Labels> {
        match self.0.get(series) {
            Some(labels) => Ok(labels.clone()),
            None => Err(Error::internal("a series without labels")),
        }
    }
}

/// The number that stands for labels.
pub(super) fn alias_of(labels: &Labels) -> u128 {
    xxh3_128(labels.as_encoded().as_bytes())
}

/// Samples that were collected.
#[derive(Default)]
pub(super) struct Output {
    series: Vec<SeriesRun>,
    points: Vec<Point>,
    labels: Vec<Labels>,
    histograms: Vec<Arc<Histogram>>,
    exemplars: Vec<(u32, Exemplar)>,
    /// Metadata that changed.
    pub(super) metadata: Vec<(String, Metadata)>,
}

impl Output {
    /// Adds a sample; gives the position of its series.
    pub(super) fn push(&mut self, alias: u128, labels: Labels, point: Point) -> u32 {
        let position = u32::try_from(self.series.len()).unwrap_or(u32::MAX);
        self.series.push(SeriesRun {
            alias,
            points: 1,
            kind: RunKind::Plain,
        });
        self.points.push(point);
        self.labels.push(labels);
        position
    }

    /// Adds a float.
    pub(super) fn push_float(&mut self, labels: Labels, value: f64, time_ms: i64) {
        let point = Point {
            time_ms,
            start_ms: 0,
            value: PointValue::Float(value),
        };
        self.push(alias_of(&labels), labels, point);
    }

    /// Keeps a histogram for a point.
    pub(super) fn keep(&mut self, histogram: Histogram) -> PointValue {
        let position = u32::try_from(self.histograms.len()).unwrap_or(u32::MAX);
        self.histograms.push(Arc::new(histogram));
        PointValue::Histogram(position)
    }

    /// Adds the end of a series.
    pub(super) fn push_stale(
        &mut self,
        alias: u128,
        labels: Labels,
        is_histogram: bool,
        time_ms: i64,
    ) {
        let value = if is_histogram {
            self.keep(Histogram {
                sum: stale_nan(),
                ..Histogram::default()
            })
        } else {
            PointValue::Float(stale_nan())
        };
        let point = Point {
            time_ms,
            start_ms: 0,
            value,
        };
        self.push(alias, labels, point);
    }

    /// Adds an exemplar of a series.
    pub(super) fn push_exemplar(&mut self, series: u32, exemplar: Exemplar) {
        self.exemplars.push((series, exemplar));
    }

    pub(super) fn into_batch(self) -> SampleBatch {
        SampleBatch {
            series: self.series,
            points: self.points,
            histograms: self.histograms,
            exemplars: self.exemplars,
            metadata: self.metadata,
            labels: Box::new(LabelList(self.labels)),
        }
    }
}
