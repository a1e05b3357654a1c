//! Whether a result is what a script expects.

use crate::promql::functions::near::almost_equal;
use crate::promql::script::outcome::{Outcome, OutcomeSeries, show};
use crate::promql::script::values::{self, Written};
use std::collections::HashMap;
use tacho_model::histogram::{Buckets, Histogram};
use tacho_model::labels::Labels;
use tacho_model::number_text::shortest;
use tacho_model::sample::SampleValue;
use tacho_syntax::promql::script::{Expected, TimeSteps};

/// Relative difference that counts as none.
const TOLERANCE: f64 = 1e-6;

/// What a series has to be, with its position in the script.
type Wanted = HashMap<Labels, (usize, Vec<Option<Written>>)>;

/// Compares; the error tells what was expected and what came. `steps` are the times of the positions of
/// range vectors.
pub(super) fn compare(
    expected: &Expected,
    steps: Option<TimeSteps>,
    outcome: &Outcome,
) -> Result<(), String> {
    if let Some(wanted) = &expected.string {
        return match outcome {
            Outcome::String(text) if text == wanted => Ok(()),
            other => Err(format!(
                "expected string {wanted:?} got {}",
                other.describe()
            )),
        };
    }
    if let Some(wanted) = expected.scalar {
        return match outcome {
            Outcome::Scalar(value) if almost_equal(wanted, *value, TOLERANCE) => Ok(()),
            other => Err(format!(
                "expected scalar {} got {}",
                shortest(wanted),
                other.describe()
            )),
        };
    }
    let wanted = wanted_series(expected)?;
    match (outcome, steps) {
        (Outcome::Vector(series), None) => compare_vector(&wanted, expected.ordered, series),
        (Outcome::Matrix(series), Some(steps)) if !expected.ordered => {
            compare_matrix(&wanted, steps, series)
        }
        (other, None) => Err(format!(
            "expected an instant vector got {}",
            other.describe()
        )),
        (other, Some(_)) => Err(format!("expected a range vector got {}", other.describe())),
    }
}

fn wanted_series(expected: &Expected) -> Result<Wanted, String> {
    let mut wanted = Wanted::new();
    for (position, series) in expected.series.iter().enumerate() {
        let values = values::expand(&series.series.items)
            .map_err(|reason| format!("line {}: {reason}", series.line))?;
        wanted.insert(values::labels(&series.series), (position, values));
    }
    Ok(wanted)
}

fn compare_vector(
    wanted: &Wanted,
    ordered: bool,
    series: &[(Labels, SampleValue)],
) -> Result<(), String> {
    let mut seen = HashMap::new();
    for (position, (labels, value)) in series.iter().enumerate() {
        let Some((wanted_position, values)) = wanted.get(labels) else {
            return Err(format!("expected no series {labels} got {}", show(value)));
        };
        if seen.insert(labels, ()).is_some() {
            return Err(format!("expected {labels} once got it twice"));
        }
        if ordered && *wanted_position != position {
            return Err(format!(
                "expected {labels} at position {} got it at {}",
                wanted_position + 1,
                position + 1
            ));
        }
        match values.first().and_then(Option::as_ref) {
            Some(written) if is_equal(written, value) => {}
            other => {
                let expected = describe(other);
                return Err(format!(
                    "expected {expected} for {labels} got {}",
                    show(value)
                ));
            }
        }
    }
    for (labels, (_, values)) in wanted {
        if !seen.contains_key(labels) {
            let expected = describe(values.first().and_then(Option::as_ref));
            return Err(format!(
                "expected {labels} with {expected} got no such series"
            ));
        }
    }
    Ok(())
}

fn describe(written: Option<&Written>) -> String {
    written.map_or_else(|| "no value".to_owned(), |written| show(&written.value))
}

fn compare_matrix(
    wanted: &Wanted,
    steps: TimeSteps,
    series: &[OutcomeSeries],
) -> Result<(), String> {
    check_sorted(series)?;
    for OutcomeSeries { labels, points } in series {
        let Some((_, values)) = wanted.get(labels) else {
            return Err(format!("expected no series {labels} got {}", points.len()) + " points");
        };
        let mut points = points.iter().peekable();
        for (position, written) in values.iter().enumerate() {
            let time = time_of(steps, position).ok_or_else(|| {
                format!(
                    "expected {} points for {labels}, more than there are steps",
                    values.len()
                )
            })?;
            let Some(written) = written else {
                continue;
            };
            let expected = show(&written.value);
            match points.next() {
                Some((at, value)) if *at == time && is_equal(written, value) => {}
                Some((at, value)) => {
                    return Err(format!(
                        "expected {expected} at {time} ms for {labels} got {} at {at} ms",
                        show(value)
                    ));
                }
                None => {
                    return Err(format!(
                        "expected {expected} at {time} ms for {labels} got no more"
                    ));
                }
            }
        }
        if let Some((at, value)) = points.next() {
            return Err(format!(
                "expected no more points for {labels} got {} at {at} ms",
                show(value)
            ));
        }
    }
    for (labels, (_, values)) in wanted {
        let is_there = series.iter().any(|series| series.labels == *labels);
        if !is_there && !values.is_empty() {
            return Err(format!("expected series {labels} got no such series"));
        }
    }
    Ok(())
}

fn time_of(steps: TimeSteps, position: usize) -> Option<i64> {
    let position = i64::try_from(position).ok()?;
    let time = steps
        .step_ms
        .checked_mul(position)?
        .checked_add(steps.start_ms)?;
    (time <= steps.end_ms).then_some(time)
}

/// Range results come sorted by labels, each set of labels once.
pub(super) fn check_sorted(series: &[OutcomeSeries]) -> Result<(), String> {
    match series
        .windows(2)
        .find(|pair| pair[0].labels >= pair[1].labels)
    {
        None => Ok(()),
        Some(pair) => Err(format!(
            "expected series sorted by labels got {} before {}",
            pair[0].labels, pair[1].labels
        )),
    }
}

fn is_equal(written: &Written, value: &SampleValue) -> bool {
    match (&written.value, value) {
        (SampleValue::Float(wanted), SampleValue::Float(value)) => {
            almost_equal(*wanted, *value, TOLERANCE)
        }
        (SampleValue::Histogram(wanted), SampleValue::Histogram(value)) => {
            is_equal_histogram(wanted, value)
                && (!written.hint_counts || wanted.counter_reset_hint == value.counter_reset_hint)
        }
        _ => false,
    }
}

fn is_equal_histogram(wanted: &Histogram, value: &Histogram) -> bool {
    let near = |a: f64, b: f64| almost_equal(a, b, TOLERANCE);
    wanted.schema == value.schema
        && near(wanted.count, value.count)
        && near(wanted.sum, value.sum)
        && wanted.zero_threshold == value.zero_threshold
        && near(wanted.zero_count, value.zero_count)
        && (!wanted.has_custom_bounds() || wanted.custom_bounds == value.custom_bounds)
        && is_equal_side(&wanted.positive, &value.positive)
        && is_equal_side(&wanted.negative, &value.negative)
}

/// The same buckets are populated, with about the same counts.
fn is_equal_side(wanted: &Buckets, value: &Buckets) -> bool {
    let populated = |buckets: &Buckets| -> Vec<(i32, f64)> {
        let mut list: Vec<_> = buckets.iter().collect();
        list.retain(|bucket| bucket.1 != 0.0);
        list
    };
    let (wanted, value) = (populated(wanted), populated(value));
    wanted.len() == value.len()
        && wanted
            .iter()
            .zip(&value)
            .all(|(a, b)| a.0 == b.0 && almost_equal(a.1, b.1, TOLERANCE))
}
