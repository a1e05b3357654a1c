//! Samples that are made from numbers: series, time and value follow from the number, so a reader can
//! be checked to the last bit.

use crate::engine_support::{Bench, NOW, complete};
use std::collections::BTreeSet;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use tacho_model::sample::SampleColumns;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_storage::error::Result;
use tacho_storage::read::{ReadContext, ReadStore};
use tacho_storage::samples::batch::{
    Judgement, LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};
use tacho_storage::samples::read::SelectRequest;
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{Items, SampleWrite};

/// Series of plain samples, and of increases.
pub(crate) const PLAIN: u64 = 5;
pub(crate) const DELTAS: u64 = 2;

/// The series of a number.
pub(crate) fn series_of(number: u64) -> u64 {
    number % (PLAIN + DELTAS)
}

/// Whether a series sums up increases.
pub(crate) fn is_delta(series: u64) -> bool {
    series >= PLAIN
}

/// The labels of a series.
pub(crate) fn labels_of(series: u64) -> Labels {
    let id = series.to_string();
    let kind = if is_delta(series) {
        "hits_total"
    } else {
        "level"
    };
    Labels::from_pairs([("__name__", kind), ("id", id.as_str()), ("job", "bench")])
}

/// The time of a number's sample: ten seconds after the one before.
pub(crate) fn time_of(number: u64) -> i64 {
    NOW / 1_000_000 - 86_400_000 / 2 + number as i64 * 10_000
}

/// The increase of a number.
pub(crate) fn increase_of(number: u64) -> f64 {
    (number % 17 + 1) as f64
}

/// Labels of the numbers of a request.
struct Numbers(Vec<u64>);

impl LabelSource for Numbers {
    fn labels(&self, series: usize) -> Result<Labels> {
        Ok(labels_of(series_of(self.0[series])))
    }
}

/// A request of samples, one run a number. Numbers that a verdict refuses are left out.
pub(crate) fn batch_of(numbers: &[u64], refused: &BTreeSet<u32>) -> SampleBatch {
    let left: Vec<u64> = numbers
        .iter()
        .enumerate()
        .filter(|(position, _)| !refused.contains(&(*position as u32)))
        .map(|(_, number)| *number)
        .collect();
    let run = |number: &u64| SeriesRun {
        alias: u128::from(series_of(*number)) + 1,
        points: 1,
        kind: if is_delta(series_of(*number)) {
            RunKind::Delta
        } else {
            RunKind::Plain
        },
    };
    let point = |number: &u64| Point {
        time_ms: time_of(*number),
        start_ms: time_of(*number) - 10_000,
        value: PointValue::Float(if is_delta(series_of(*number)) {
            increase_of(*number)
        } else {
            *number as f64
        }),
    };
    let exemplar = |(position, number): (usize, &u64)| {
        let id = format!("{number:032x}");
        let exemplar = Exemplar {
            labels: Labels::from_pairs([("trace_id", id)]),
            value: *number as f64,
            time_ns: time_of(*number) * 1_000_000,
        };
        (position as u32, exemplar)
    };
    let record = Metadata {
        kind: MetricKind::Gauge,
        help: "A level.".to_owned(),
        ..Metadata::default()
    };
    let numbered = left.iter().enumerate();
    SampleBatch {
        series: left.iter().map(run).collect(),
        points: left.iter().map(point).collect(),
        histograms: Vec::new(),
        exemplars: numbered
            .filter(|(_, number)| *number % 4 == 0)
            .map(exemplar)
            .collect(),
        metadata: vec![("level".to_owned(), record)],
        labels: Box::new(Numbers(left)),
    }
}

/// The verdict of a judgement: positions of refused points.
pub(crate) fn verdict_of(judgement: &Judgement) -> Vec<u8> {
    let refused = judgement.refused.iter();
    refused
        .flat_map(|it| it.first..it.first + it.count)
        .flat_map(u32::to_le_bytes)
        .collect()
}

/// What replay makes of a frame.
pub(crate) fn decode(frame: &Frame<'_>, numbers: &[u64]) -> Items {
    let refused = frame
        .verdict
        .chunks_exact(4)
        .filter_map(|chunk| chunk.try_into().ok().map(u32::from_le_bytes))
        .collect();
    Items::Samples(batch_of(numbers, &refused))
}

impl Bench {
    /// Writes samples of these numbers; they are durable then.
    pub(crate) fn write_samples(&self, numbers: &[u64]) -> Result<Judgement> {
        let batch = batch_of(numbers, &BTreeSet::new());
        let body: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        self.write_batch(FrameKind::RemoteWrite, &body, batch)
    }

    /// Writes samples; they are durable then.
    pub(crate) fn write_batch(
        &self,
        kind: FrameKind,
        body: &[u8],
        batch: SampleBatch,
    ) -> Result<Judgement> {
        let write = SampleWrite {
            tenant: &self.tenant,
            receive_time: Timestamp(NOW),
            kind,
            encoding: 0,
            content: 0,
            config_epoch: 0,
            body,
            batch,
        };
        let verdict = &mut |judgement: &Judgement| Ok(verdict_of(judgement));
        let (judgement, appended) = self.store.write_samples(write, verdict)?;
        if let Some(appended) = appended {
            self.store.wait_durable(Signal::Samples, appended)?;
        }
        Ok(judgement)
    }

    /// The numbers of all samples that can be read, by series; each is checked to the bit, totals to
    /// be the sums of what is there.
    pub(crate) fn samples(&self) -> std::result::Result<Vec<u64>, String> {
        let context = ReadContext::default();
        let view = self.store.series(&self.tenant).map_err(|e| e.to_string())?;
        let request = SelectRequest {
            matchers: Vec::new(),
            start_ms: i64::MIN,
            end_ms: i64::MAX,
            series_max: 0,
        };
        let mut numbers = Vec::new();
        let mut columns = SampleColumns::default();
        let found = view.select(&request, &context);
        for selected in found.map_err(|error| error.to_string())? {
            let read = selected.data.read(i64::MIN, i64::MAX, &mut columns);
            read.map_err(|error| error.to_string())?;
            numbers.extend(check(&selected.labels, &columns)?);
        }
        complete(&context)?;
        Ok(numbers)
    }
}

/// The numbers of a series' samples.
fn check(labels: &Labels, columns: &SampleColumns) -> std::result::Result<Vec<u64>, String> {
    let mut total = 0.0;
    let mut numbers = Vec::new();
    for (time, value) in columns.times.iter().zip(&columns.values) {
        let number = ((*time - time_of(0)) / 10_000) as u64;
        if labels_of(series_of(number)) != *labels {
            return Err(format!("{labels} has a sample of number {number}"));
        }
        total += increase_of(number);
        let expected = if is_delta(series_of(number)) {
            total
        } else {
            number as f64
        };
        if value.to_bits() != expected.to_bits() {
            return Err(format!(
                "{labels} is {value} instead of {expected} at number {number}: {columns:?}"
            ));
        }
        numbers.push(number);
    }
    Ok(numbers)
}
