//! Runs PromQL test scripts, the format of Prometheus' own: loads samples into memory, evaluates queries
//! and compares. Instant queries are also asked as range queries, and pinned to their time.
//!
//! Start at `run`. What a script may say is read by `syntax::promql::script`.

pub mod memory;
pub mod values;

mod ask;
mod compare;
mod evaluate;
mod nhcb;
mod outcome;
mod remark;
mod variant;

use crate::promql::script::memory::MemorySeries;
use crate::promql::script::nhcb::Collector;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::script::{self, CommandKind, Load, LoadedSeries, Script};
use tacho_syntax::promql::series_text::SeriesItem;

/// Samples that a script may load, all its loads together.
const LOADED_MAX: u64 = 4_000_000;
/// Samples that a histogram counts as.
const HISTOGRAM_SAMPLES: u64 = 16;

/// How a script did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Evaluations that gave what was expected.
    pub passed: usize,
    /// Evaluations that did not, lines that could not be read or loaded, and 1 for a script without
    /// evaluations.
    pub failed: usize,
    /// What was wrong, one entry a failure, by line.
    pub problems: Vec<Problem>,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line of the script, counted from one.
    pub line: usize,
    /// `expected … got …`.
    pub message: String,
}

impl Report {
    fn fail(&mut self, line: usize, message: String) {
        self.failed += 1;
        self.problems.push(Problem { line, message });
    }
}

/// Runs a script.
pub fn run(text: &str) -> Report {
    let mut report = Report::default();
    let script = match script::parse(text) {
        Ok(script) => script,
        Err(error) => {
            let message = format!("expected a line of a script got: {}", error.message);
            report.fail(error.line, message);
            return report;
        }
    };
    if let Some((line, reason)) = too_large(&script) {
        report.fail(line, reason);
        return report;
    }
    let mut store = MemorySeries::default();
    let mut evaluations = 0usize;
    for command in &script.commands {
        match &command.kind {
            CommandKind::Clear => store.clear(),
            CommandKind::Load(load) => {
                if let Err((line, reason)) = add(&mut store, load, command.line) {
                    report.fail(line, format!("expected samples to load got: {reason}"));
                }
            }
            CommandKind::Eval(eval) => {
                evaluations += 1;
                match evaluate::evaluate(&store, eval) {
                    Ok(()) => report.passed += 1,
                    Err(reason) => {
                        report.fail(command.line, format!("{reason}: {}", eval.query));
                    }
                }
            }
        }
    }
    if evaluations == 0 && report.failed == 0 {
        report.fail(
            1,
            "expected evaluations got a script without any".to_owned(),
        );
    }
    report
}

/// The line at which a script would load more than it may.
fn too_large(script: &Script) -> Option<(usize, String)> {
    let loads = script.commands.iter().filter_map(|it| match &it.kind {
        CommandKind::Load(load) => Some(load),
        CommandKind::Clear | CommandKind::Eval(_) => None,
    });
    let mut loaded = 0u64;
    for series in loads.flat_map(|load| &load.series) {
        for item in &series.series.items {
            let samples = item.position_count().saturating_mul(match item {
                SeriesItem::Histogram { .. } => HISTOGRAM_SAMPLES,
                SeriesItem::Float { .. } | SeriesItem::Omitted { .. } => 1,
            });
            loaded = loaded.saturating_add(samples);
        }
        if loaded > LOADED_MAX {
            let reason = format!("expected at most {LOADED_MAX} samples to load got more");
            return Some((series.line, reason));
        }
    }
    None
}

/// Loads samples; the error has its line.
fn add(store: &mut MemorySeries, load: &Load, line: usize) -> Result<(), (usize, String)> {
    let mut collector = Collector::default();
    for loaded in &load.series {
        let fail = |reason| (loaded.line, reason);
        let labels = values::labels(&loaded.series);
        let samples = samples(loaded, load.step_ms).map_err(fail)?;
        for (time_ms, value, start_ms) in samples {
            if load.with_nhcb {
                collector.take(&labels, time_ms, &value);
            }
            store
                .append(&labels, time_ms, value, start_ms)
                .map_err(fail)?;
        }
    }
    let histograms = collector.histograms().map_err(|reason| (line, reason))?;
    for (labels, time_ms, histogram) in histograms {
        add_histogram(store, &labels, time_ms, histogram).map_err(|reason| (line, reason))?;
    }
    Ok(())
}

fn add_histogram(
    store: &mut MemorySeries,
    labels: &Labels,
    time_ms: i64,
    histogram: std::sync::Arc<tacho_model::histogram::Histogram>,
) -> Result<(), String> {
    store.append(labels, time_ms, SampleValue::Histogram(histogram), 0)
}

/// Time, value and start timestamp of the samples of a series.
fn samples(loaded: &LoadedSeries, step_ms: i64) -> Result<Vec<(i64, SampleValue, i64)>, String> {
    let written = values::expand(&loaded.series.items)?;
    let mut out = Vec::with_capacity(written.len());
    for (position, written) in written.into_iter().enumerate() {
        let Some(written) = written else {
            continue;
        };
        let time_ms = i64::try_from(position)
            .ok()
            .and_then(|position| position.checked_mul(step_ms))
            .ok_or_else(|| "a time beyond all times".to_owned())?;
        let offset = loaded.start_offsets_ms.get(position).copied().flatten();
        let start_ms = offset.map_or(0, |offset| time_ms.saturating_add(offset));
        out.push((time_ms, written.value, start_ms));
    }
    Ok(out)
}
