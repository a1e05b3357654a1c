//! The series of a test, sample by sample in order of time.

use super::fields::TestGroup;
use std::collections::BTreeMap;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::promql::script::memory::MemorySeries;
use tacho_query::promql::script::values::{self, expand};
use tacho_syntax::promql::series_text;

/// Samples that a test may write out.
const SAMPLES_MAX: u64 = 4_000_000;

/// Samples that are not visible yet.
pub(super) struct Input {
    series: Vec<InputRow>,
}

/// A series with its samples, and how many of them are visible.
struct InputRow {
    labels: Labels,
    samples: Vec<(i64, SampleValue)>,
    shown: usize,
}

impl Input {
    /// Reads what a test writes out. A series that comes twice counts as it comes last.
    pub(super) fn read(test: &TestGroup, interval_ms: i64) -> Result<Self, String> {
        let mut series: BTreeMap<Labels, Vec<(i64, SampleValue)>> = BTreeMap::new();
        let mut count = 0u64;
        for written in &test.input {
            let text = format!("{} {}", written.series.trim(), written.values.trim());
            let fail = |reason: String| format!("line {}: {reason}", written.line);
            let read = series_text::parse(&text)
                .map_err(|wrong| fail(format!("{}: {}", text.trim(), wrong.message)))?;
            count = count.saturating_add(read.position_count());
            if count > SAMPLES_MAX {
                return Err(fail(format!(
                    "more than {SAMPLES_MAX} samples are written out"
                )));
            }
            let mut samples = Vec::new();
            for (at, value) in expand(&read.items).map_err(fail)?.into_iter().enumerate() {
                let Some(value) = value else {
                    continue;
                };
                let past = i64::try_from(at)
                    .ok()
                    .and_then(|at| at.checked_mul(interval_ms));
                let time = past.and_then(|past| past.checked_add(test.start_ms));
                let time = time.ok_or_else(|| fail("a time beyond all times".to_owned()))?;
                samples.push((time, value.value));
            }
            series.insert(values::labels(&read), samples);
        }
        let series = series.into_iter().map(|(labels, samples)| InputRow {
            labels,
            samples,
            shown: 0,
        });
        Ok(Self {
            series: series.collect(),
        })
    }

    /// Makes samples up to a time visible.
    pub(super) fn show(&mut self, store: &mut MemorySeries, until_ms: i64) -> Result<(), String> {
        for row in &mut self.series {
            let hidden = row.samples.get(row.shown..).unwrap_or_default();
            for (time, value) in hidden.iter().take_while(|(time, _)| *time <= until_ms) {
                store.append(&row.labels, *time, value.clone(), 0)?;
                row.shown += 1;
            }
        }
        Ok(())
    }
}
