//! Whether alerts and samples are what is expected, and what is different.

use super::fields::{AlertTest, ExpectedAlert, ExpectedSample};
use super::report::Difference;
use crate::group::alert::ActiveAlert;
use std::fmt::Write as _;
use tacho_model::alert::ALERT_NAME;
use tacho_model::histogram::{Buckets, Histogram};
use tacho_model::labels::Labels;
use tacho_model::number_text::shortest;
use tacho_model::sample::SampleValue;
use tacho_query::promql::script::values::{expand, labels as labels_of};
use tacho_syntax::promql::series_text;

/// The result of a query.
pub(super) type Samples = Vec<(Labels, SampleValue)>;

/// Compares the alerts that fire.
pub(super) fn alerts(test: &AlertTest, got: &[&ActiveAlert]) -> Result<(), Difference> {
    let mut expected: Vec<ExpectedAlert> = test.expected.clone();
    for alert in &mut expected {
        alert.labels.retain(|(name, _)| name != ALERT_NAME);
        alert
            .labels
            .push((ALERT_NAME.to_owned(), test.name.clone()));
        alert.labels.sort();
    }
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    let mut got: Vec<ExpectedAlert> = got
        .iter()
        .map(|alert| ExpectedAlert {
            labels: alert.labels.iter().map(owned).collect(),
            annotations: alert.annotations.iter().map(owned).collect(),
        })
        .collect();
    expected.sort();
    got.sort();
    if expected == got {
        return Ok(());
    }
    let count = |alerts: &[ExpectedAlert]| match alerts.len() {
        1 => "1 alert".to_owned(),
        count => format!("{count} alerts"),
    };
    let mut difference = Difference::error(format!(
        "expected {}, got {}",
        count(&expected),
        count(&got)
    ));
    let mut left = got;
    let mut missing = Vec::new();
    for alert in expected {
        match left.iter().position(|other| *other == alert) {
            Some(at) => drop(left.remove(at)),
            None => missing.push(alert),
        }
    }
    for alert in missing {
        match left.iter().position(|other| other.labels == alert.labels) {
            Some(at) => {
                let other = left.remove(at);
                difference.changed.push(annotations_differ(&alert, &other));
            }
            None => difference.missing.push(print_alert(&alert)),
        }
    }
    difference.unexpected = left.iter().map(print_alert).collect();
    Err(difference)
}

fn print_pairs(pairs: &[(String, String)]) -> String {
    let pair = |(name, text): &(String, String)| format!("{name}={text:?}");
    format!(
        "{{{}}}",
        pairs.iter().map(pair).collect::<Vec<_>>().join(", ")
    )
}

fn print_alert(alert: &ExpectedAlert) -> String {
    let labels = print_pairs(&alert.labels);
    if alert.annotations.is_empty() {
        return labels;
    }
    format!("{labels} annotations {}", print_pairs(&alert.annotations))
}

/// Annotations of an alert that are not as expected.
fn annotations_differ(expected: &ExpectedAlert, got: &ExpectedAlert) -> String {
    let mut out = print_pairs(&expected.labels);
    let find = |alert: &ExpectedAlert, name: &str| {
        let found = alert.annotations.iter().find(|(own, _)| own == name);
        found.map_or("nothing".to_owned(), |(_, text)| format!("{text:?}"))
    };
    let all = expected.annotations.iter().chain(&got.annotations);
    let mut names: Vec<&str> = all.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (wanted, had) = (find(expected, name), find(got, name));
        if wanted != had {
            let _ = write!(out, "; annotation {name}: expected {wanted}, got {had}");
        }
    }
    out
}

/// What a query has to give, ready to be compared.
struct Wanted {
    labels: Labels,
    value: SampleValue,
}

/// Compares the result of a query.
pub(super) fn samples(
    expected: &[ExpectedSample],
    mut got: Samples,
    fuzzy: bool,
) -> Result<(), Difference> {
    let mut wanted = Vec::with_capacity(expected.len());
    for sample in expected {
        wanted.push(read_expected(sample).map_err(Difference::error)?);
    }
    wanted.sort_by(|one, two| one.labels.cmp(&two.labels));
    got.sort_by(|one, two| one.0.cmp(&two.0));
    let is_same = |wanted: &Wanted, got: &(Labels, SampleValue)| {
        wanted.labels == got.0 && is_equal(&wanted.value, &got.1, fuzzy)
    };
    let pairs = || wanted.iter().zip(&got);
    if wanted.len() == got.len() && pairs().all(|(wanted, got)| is_same(wanted, got)) {
        return Ok(());
    }
    let mut difference = Difference::error(format!(
        "expected {}, got {}",
        count(wanted.len()),
        count(got.len())
    ));
    let mut missing = Vec::new();
    for sample in wanted {
        match got.iter().position(|other| is_same(&sample, other)) {
            Some(at) => drop(got.remove(at)),
            None => missing.push(sample),
        }
    }
    for sample in missing {
        let expected = show(&sample.value);
        match got.iter().position(|other| other.0 == sample.labels) {
            Some(at) => {
                let (labels, value) = got.remove(at);
                let value = show(&value);
                let line = format!("{labels}: expected {expected}, got {value}");
                difference.changed.push(line);
            }
            None => difference
                .missing
                .push(format!("{} {expected}", sample.labels)),
        }
    }
    let line = |(labels, value): &(Labels, SampleValue)| format!("{labels} {}", show(value));
    difference.unexpected = got.iter().map(line).collect();
    Err(difference)
}

fn count(samples: usize) -> String {
    match samples {
        1 => "1 sample".to_owned(),
        count => format!("{count} samples"),
    }
}

fn show(value: &SampleValue) -> String {
    match value {
        SampleValue::Float(value) => shortest(*value),
        SampleValue::Histogram(histogram) => histogram.to_string(),
    }
}

fn read_expected(sample: &ExpectedSample) -> Result<Wanted, String> {
    let named = |reason: String| format!("labels {:?}: {reason}", sample.labels);
    let labels = series_text::parse_labels(&sample.labels).map_err(|it| named(it.message))?;
    let labels = Labels::from_pairs(labels);
    if sample.histogram.is_empty() {
        let value = SampleValue::Float(sample.value);
        return Ok(Wanted { labels, value });
    }
    let text = series_text::parse(&format!("{{}} {}", sample.histogram))
        .map_err(|wrong| named(wrong.message))?;
    debug_assert!(labels_of(&text).is_empty());
    let mut values = expand(&text.items).map_err(named)?;
    match (values.pop().flatten(), values.is_empty()) {
        (Some(written), true) => match written.value {
            value @ SampleValue::Histogram(_) => Ok(Wanted { labels, value }),
            SampleValue::Float(_) => Err(named("expected histogram, got a number".to_owned())),
        },
        _ => Err(named("expected 1 value".to_owned())),
    }
}

fn is_equal(expected: &SampleValue, got: &SampleValue, fuzzy: bool) -> bool {
    match (expected, got) {
        (SampleValue::Float(one), SampleValue::Float(two)) => is_equal_float(*one, *two, fuzzy),
        (SampleValue::Histogram(one), SampleValue::Histogram(two)) => is_equal_histogram(one, two),
        _ => false,
    }
}

fn is_equal_float(one: f64, two: f64, fuzzy: bool) -> bool {
    one == two
        || (one.is_nan() && two.is_nan())
        || (fuzzy && (one.next_down() == two || one.next_up() == two))
}

/// As their texts in this format: the same populated buckets, and the same of the rest.
fn is_equal_histogram(one: &Histogram, two: &Histogram) -> bool {
    let populated = |buckets: &Buckets| -> Vec<(i32, f64)> {
        buckets.iter().filter(|(_, count)| *count != 0.0).collect()
    };
    one.schema == two.schema
        && one.count == two.count
        && one.sum == two.sum
        && one.zero_count == two.zero_count
        && one.zero_threshold == two.zero_threshold
        && one.counter_reset_hint == two.counter_reset_hint
        && one.custom_bounds == two.custom_bounds
        && populated(&one.positive) == populated(&two.positive)
        && populated(&one.negative) == populated(&two.negative)
}
