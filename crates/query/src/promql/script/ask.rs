//! Runs the queries of a script.

use crate::promql::engine::{Options, PromEngine, Query, QueryContext};
use crate::promql::prepare::Times;
use crate::promql::result::{SeriesPoints, Value};
use crate::promql::script::memory::MemorySeries;
use crate::promql::script::outcome::{Outcome, OutcomeSeries};
use std::sync::Arc;
use tacho_model::sample::SampleValue;
use tacho_stdx::clock::ManualClock;
use tacho_storage::read::ReadContext;
use tacho_syntax::promql::script::EvalTime;

/// Samples that a query of a script may hold at a time.
const SAMPLES_MAX: u64 = 10_000;

/// What a query gave.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) warnings: Vec<String>,
    pub(super) infos: Vec<String>,
}

/// Runs a query; the error is its message.
pub(super) fn ask(store: &MemorySeries, query: &str, time: EvalTime) -> Result<Answer, String> {
    let options = Options {
        samples_max: SAMPLES_MAX,
        start_timestamps: true,
        aliases: false,
        annotations_max: 0,
        ..Options::default()
    };
    // The clock stands still: scripts have no time limit.
    let engine = PromEngine::new(options, Arc::new(ManualClock::at(0)));
    let text = |error: crate::error::Error| error.message().to_owned();
    let query = Query::parse(query).map_err(text)?;
    let read = ReadContext::default();
    let context = QueryContext::new(&read);
    let result = match time {
        EvalTime::Instant { at_ms } => engine.instant(store, &query, at_ms, context),
        EvalTime::Range(steps) => {
            let times = Times {
                start_ms: steps.start_ms,
                end_ms: steps.end_ms,
                step_ms: steps.step_ms,
            };
            engine.range(store, &query, times, context)
        }
    }
    .map_err(text)?;
    Ok(Answer {
        outcome: outcome(result.value),
        warnings: result.warnings,
        infos: result.infos,
    })
}

fn outcome(value: Value) -> Outcome {
    match value {
        Value::Scalar { value, .. } => Outcome::Scalar(value),
        Value::String { text, .. } => Outcome::String(text),
        Value::Vector(samples) => {
            let samples = samples.into_iter();
            Outcome::Vector(
                samples
                    .map(|sample| (sample.labels, sample.value))
                    .collect(),
            )
        }
        Value::Matrix(series) => Outcome::Matrix(series.into_iter().map(series_of).collect()),
    }
}

/// Floats and histograms joined by time.
fn series_of(series: SeriesPoints) -> OutcomeSeries {
    let floats = series.floats.into_iter();
    let histograms = series.histograms.into_iter();
    let mut points: Vec<(i64, SampleValue)> = floats
        .map(|(time, value)| (time, SampleValue::Float(value)))
        .chain(histograms.map(|(time, value)| (time, SampleValue::Histogram(value))))
        .collect();
    points.sort_by_key(|(time, _)| *time);
    OutcomeSeries {
        labels: series.labels,
        points,
    }
}
