//! Second names of metrics (decisions C1 and C15): who asks by the name in OTLP, without unit and type
//! suffixes, gets the real series under the name asked for; a histogram's base name is its sum.
//!
//! Only for an exact matcher on the name, and only when no real series has it.

use crate::error::Result;
use crate::promql::source::{Reading, select as select_series};
use tacho_model::labels::METRIC_NAME;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_storage::samples::read::SelectedSeries;

/// Suffixes of the series of one metric.
const SUFFIXES: [&str; 4] = ["_bucket", "_sum", "_count", "_total"];

/// The series of the second name that the matchers ask for; none if they ask for no second name.
pub(crate) fn select(
    reading: &Reading<'_>,
    matchers: &[LabelMatcher],
    start_ms: i64,
    end_ms: i64,
) -> Result<Vec<SelectedSeries>> {
    let mut names = matchers.iter().filter(|it| it.name == METRIC_NAME);
    let (Some(asked), None) = (names.next(), names.next()) else {
        return Ok(Vec::new());
    };
    if asked.op != MatchOp::Equal || asked.value.is_empty() {
        return Ok(Vec::new());
    }
    for candidate in candidates(reading, &asked.value) {
        let renamed: Vec<LabelMatcher> = matchers
            .iter()
            .map(|matcher| {
                if matcher.name == METRIC_NAME {
                    LabelMatcher::equal(METRIC_NAME, &candidate)
                } else {
                    matcher.clone()
                }
            })
            .collect();
        let mut found = select_series(reading, &renamed, start_ms, end_ms)?;
        if !found.is_empty() {
            for series in &mut found {
                series.labels = series.labels.with(METRIC_NAME, &asked.value);
            }
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Real names that a second name may stand for, the likeliest first.
fn candidates(reading: &Reading<'_>, asked: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |name: String| {
        if name != asked && !names.contains(&name) {
            names.push(name);
        }
    };
    let family = reading.view.family_of_alias(asked);
    if let Some(family) = &family {
        add(family.clone());
        add(format!("{family}_total"));
    }
    for suffix in SUFFIXES {
        let Some(base) = asked.strip_suffix(suffix).filter(|base| !base.is_empty()) else {
            continue;
        };
        if let Some(family) = reading.view.family_of_alias(base) {
            if suffix == "_total" && family.ends_with(suffix) {
                add(family.clone());
            }
            add(format!("{family}{suffix}"));
        }
    }
    if let Some(family) = &family {
        add(format!("{family}_sum"));
    }
    add(format!("{asked}_sum"));
    names
}
