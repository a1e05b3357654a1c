//! A batch of samples under construction, and what becomes of it when points are refused.

use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_storage::samples::batch::{
    LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};

/// What a series and a point of it take in memory together, for the meter.
pub(crate) const POINT_BYTES: usize = size_of::<SeriesRun>() + size_of::<Point>();

/// Collects series with their points.
#[derive(Default)]
pub(crate) struct BatchBuilder {
    pub(crate) series: Vec<SeriesRun>,
    pub(crate) points: Vec<Point>,
    pub(crate) histograms: Vec<Arc<Histogram>>,
    pub(crate) exemplars: Vec<(u32, Exemplar)>,
    pub(crate) metadata: Vec<(String, Metadata)>,
}

impl BatchBuilder {
    /// Begins a series without points.
    #[inline]
    pub(crate) fn begin(&mut self, alias: u128, kind: RunKind) {
        self.series.push(SeriesRun {
            // Zero means that there is none.
            alias: alias.max(1),
            points: 0,
            kind,
        });
    }

    /// Adds a point to the series that was begun last.
    #[inline]
    pub(crate) fn push(&mut self, point: Point) {
        if let Some(run) = self.series.last_mut() {
            run.points += 1;
            self.points.push(point);
        }
    }

    /// Keeps a histogram; the value of its point.
    pub(crate) fn histogram(&mut self, histogram: Histogram) -> PointValue {
        self.histograms.push(Arc::new(histogram));
        PointValue::Histogram((self.histograms.len() - 1) as u32)
    }

    /// The position that the next series will have.
    pub(crate) fn next_series(&self) -> u32 {
        self.series.len() as u32
    }

    /// The batch.
    pub(crate) fn finish(self, labels: Box<dyn LabelSource>) -> SampleBatch {
        SampleBatch {
            series: self.series,
            points: self.points,
            histograms: self.histograms,
            exemplars: self.exemplars,
            metadata: self.metadata,
            labels,
        }
    }
}

/// Positions of points: so many from the first one on.
pub(crate) type PointRange = (u32, u32);

/// Takes points out of a batch, by ascending ranges that do not overlap. Series keep their positions; exemplars
/// of a series that loses all its points go too. False if a range lies beyond the batch.
pub(crate) fn remove_points(batch: &mut SampleBatch, ranges: &[PointRange]) -> bool {
    let total = batch.points.len() as u64;
    let mut next = 0u64;
    for (first, count) in ranges {
        let (first, count) = (u64::from(*first), u64::from(*count));
        if first < next || first + count > total {
            return false;
        }
        next = first + count;
    }
    if ranges.is_empty() {
        return true;
    }
    let mut ranges = ranges.iter().copied().peekable();
    let mut is_refused = |position: u32| {
        while ranges
            .next_if(|(first, count)| position >= first + count)
            .is_some()
        {}
        ranges.peek().is_some_and(|(first, _)| position >= *first)
    };
    let mut lost = vec![false; batch.series.len()];
    let mut kept = Vec::with_capacity(batch.points.len());
    let mut position = 0u32;
    let mut points = batch.points.iter();
    for (run, lost) in batch.series.iter_mut().zip(&mut lost) {
        let before = run.points;
        run.points = 0;
        for point in points.by_ref().take(before as usize) {
            if !is_refused(position) {
                kept.push(*point);
                run.points += 1;
            }
            position += 1;
        }
        *lost = before > 0 && run.points == 0;
    }
    batch.points = kept;
    batch
        .exemplars
        .retain(|(series, _)| lost.get(*series as usize) == Some(&false));
    true
}

#[cfg(test)]
mod tests {
    use super::{BatchBuilder, remove_points};
    use tacho_model::labels::Labels;
    use tacho_model::metric::Exemplar;
    use tacho_storage::error::Result;
    use tacho_storage::samples::batch::{LabelSource, Point, PointValue, RunKind, SampleBatch};

    struct NoLabels;

    impl LabelSource for NoLabels {
        fn labels(&self, _series: usize) -> Result<Labels> {
            Ok(Labels::default())
        }
    }

    fn batch() -> SampleBatch {
        let mut builder = BatchBuilder::default();
        let mut time_ms = 0;
        for (series, points) in [3, 0, 2, 1].into_iter().enumerate() {
            builder.begin(series as u128 + 1, RunKind::Plain);
            builder.exemplars.push((series as u32, Exemplar::default()));
            for _ in 0..points {
                builder.push(Point {
                    time_ms,
                    start_ms: 0,
                    value: PointValue::Float(0.0),
                });
                time_ms += 1;
            }
        }
        builder.finish(Box::new(NoLabels))
    }

    fn after(ranges: &[(u32, u32)]) -> (Vec<u32>, Vec<i64>, Vec<u32>) {
        let mut batch = batch();
        assert!(remove_points(&mut batch, ranges));
        (
            batch.series.iter().map(|run| run.points).collect(),
            batch.points.iter().map(|point| point.time_ms).collect(),
            batch.exemplars.iter().map(|(series, _)| *series).collect(),
        )
    }

    #[test]
    fn points_go_and_series_stay() {
        assert_eq!(
            after(&[]),
            (vec![3, 0, 2, 1], vec![0, 1, 2, 3, 4, 5], vec![0, 1, 2, 3])
        );
        assert_eq!(
            after(&[(1, 1), (2, 3)]),
            (vec![1, 0, 0, 1], vec![0, 5], vec![0, 1, 3])
        );
        assert_eq!(after(&[(0, 6)]).0, [0, 0, 0, 0]);
    }

    #[test]
    fn ranges_beyond_the_batch_are_refused() {
        assert!(!remove_points(&mut batch(), &[(5, 2)]));
        assert!(!remove_points(&mut batch(), &[(3, 1), (2, 1)]));
    }
}
