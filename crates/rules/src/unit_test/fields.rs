//! The fields of a file of unit tests. Unknown ones are refused, as promtool does.

use super::INTERVAL_MS;
use super::report::{Check, CheckReport};
use std::sync::Arc;
use std::time::Duration;
use tacho_yaml::node::{Node, parse};
use tacho_yaml::problem::{Problem, Wrong};
use tacho_yaml::section::{Read, Section, text_of};

/// A file of tests. Durations and times are ms.
pub(super) struct TestFile {
    pub(super) rule_files: Vec<String>,
    pub(super) interval_ms: i64,
    pub(super) group_order: Vec<String>,
    pub(super) fuzzy: bool,
    pub(super) tests: Vec<TestGroup>,
}

/// A test with its own series.
pub(super) struct TestGroup {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) interval_ms: Option<i64>,
    pub(super) start_ms: i64,
    pub(super) input: Vec<InputSeries>,
    pub(super) alerts: Vec<AlertTest>,
    pub(super) exprs: Vec<ExprTest>,
    pub(super) external_labels: Vec<(String, String)>,
    pub(super) external_url: String,
}

/// A series that is written out.
pub(super) struct InputSeries {
    pub(super) line: usize,
    pub(super) series: String,
    pub(super) values: String,
}

/// Which alerts of a name have to fire.
pub(super) struct AlertTest {
    pub(super) line: usize,
    pub(super) at_ms: i64,
    pub(super) name: String,
    pub(super) expected: Vec<ExpectedAlert>,
}

/// An alert that has to fire: pairs sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ExpectedAlert {
    pub(super) labels: Vec<(String, String)>,
    pub(super) annotations: Vec<(String, String)>,
}

/// What a query has to give.
pub(super) struct ExprTest {
    pub(super) line: usize,
    pub(super) at_ms: i64,
    pub(super) expr: String,
    pub(super) expected: Vec<ExpectedSample>,
}

/// A sample that a query has to give.
pub(super) struct ExpectedSample {
    pub(super) labels: String,
    pub(super) value: f64,
    pub(super) histogram: String,
}

impl TestGroup {
    /// Its name, or its place.
    pub(super) fn title(&self, at: usize) -> String {
        if self.name.is_empty() {
            format!("unnamed#{at}")
        } else {
            self.name.clone()
        }
    }

    /// What it checks, nothing of it done yet.
    pub(super) fn checks(&self) -> Vec<CheckReport> {
        let alerts = self.alerts.iter().map(|test| {
            let name = test.name.clone();
            CheckReport::new(Check::Alert { name }, test.line, test.at_ms)
        });
        let exprs = self.exprs.iter().map(|test| {
            let expr = test.expr.clone();
            CheckReport::new(Check::Expr { expr }, test.line, test.at_ms)
        });
        alerts.chain(exprs).collect()
    }

    /// The latest time of a check, from the start.
    pub(super) fn last_ms(&self) -> i64 {
        let alerts = self.alerts.iter().map(|test| test.at_ms);
        let exprs = self.exprs.iter().map(|test| test.at_ms);
        alerts.chain(exprs).max().unwrap_or(0)
    }
}

/// Reads a file.
pub(super) fn read(text: &str, path: &str) -> Result<TestFile, Box<Problem>> {
    let name: Arc<str> = path.into();
    parse(text)
        .and_then(|node| file(&node))
        .map_err(|wrong| Box::new(wrong.in_file(&name)))
}

fn file(node: &Node) -> Read<TestFile> {
    let mut section = Section::open(node, "unit test file")?;
    let interval = section.duration("evaluation_interval")?;
    let interval_ms = interval.map(to_ms).filter(|ms| *ms > 0);
    let file = TestFile {
        rule_files: section.texts("rule_files")?.unwrap_or_default(),
        interval_ms: interval_ms.unwrap_or(INTERVAL_MS),
        group_order: section.texts("group_eval_order")?.unwrap_or_default(),
        fuzzy: section.flag("fuzzy_compare")?.unwrap_or(false),
        tests: each(&mut section, "tests", test)?,
    };
    for (at, name) in file.group_order.iter().enumerate() {
        if file.group_order.iter().take(at).any(|other| other == name) {
            let message = format!("group name repeated in evaluation order: {name}");
            return Err(section.wrong("group_eval_order", message));
        }
    }
    section.finish()?;
    Ok(file)
}

/// The items of a list, each read.
fn each<T>(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(&Node) -> Read<T>,
) -> Read<Vec<T>> {
    let items = section.items(key)?.unwrap_or_default();
    items.iter().map(read).collect()
}

fn test(node: &Node) -> Read<TestGroup> {
    let mut section = Section::open(node, "test group")?;
    let start = section.text("start_timestamp")?.unwrap_or_default();
    let start_ms = match parse_time(&start) {
        Some(start_ms) => start_ms,
        None => {
            let message = format!("cannot parse {start:?} to a valid timestamp");
            let mut wrong = section.wrong("start_timestamp", message);
            wrong.hint = Some("write seconds since 1970, or 2026-01-31T12:00:00Z".to_owned());
            return Err(wrong);
        }
    };
    let test = TestGroup {
        line: node.line,
        name: section.text_or_empty("name")?,
        interval_ms: section
            .duration("interval")?
            .map(to_ms)
            .filter(|ms| *ms > 0),
        start_ms,
        input: each(&mut section, "input_series", series)?,
        alerts: each(&mut section, "alert_rule_test", alert_test)?,
        exprs: each(&mut section, "promql_expr_test", expr_test)?,
        external_labels: section.text_map("external_labels")?.unwrap_or_default(),
        external_url: section.text_or_empty("external_url")?,
    };
    section.finish()?;
    if let Some(alert) = test.alerts.iter().find(|alert| alert.name.is_empty()) {
        let message = "an item under alert_rule_test misses required attribute alertname";
        return Err(Wrong::new(alert.line, message));
    }
    Ok(test)
}

fn series(node: &Node) -> Read<InputSeries> {
    let mut section = Section::open(node, "series")?;
    let series = InputSeries {
        line: node.line,
        series: section.text_or_empty("series")?,
        values: section.text_or_empty("values")?,
    };
    section.finish()?;
    Ok(series)
}

fn alert_test(node: &Node) -> Read<AlertTest> {
    let mut section = Section::open(node, "alert test")?;
    let test = AlertTest {
        line: node.line,
        at_ms: section.duration("eval_time")?.map_or(0, to_ms),
        name: section.text_or_empty("alertname")?,
        expected: each(&mut section, "exp_alerts", expected_alert)?,
    };
    section.finish()?;
    Ok(test)
}

fn expected_alert(node: &Node) -> Read<ExpectedAlert> {
    let mut section = Section::open(node, "expected alert")?;
    let mut pairs = |key| -> Read<Vec<(String, String)>> {
        let mut pairs = section.text_map(key)?.unwrap_or_default();
        pairs.sort();
        Ok(pairs)
    };
    let alert = ExpectedAlert {
        labels: pairs("exp_labels")?,
        annotations: pairs("exp_annotations")?,
    };
    section.finish()?;
    Ok(alert)
}

fn expr_test(node: &Node) -> Read<ExprTest> {
    let mut section = Section::open(node, "expression test")?;
    let test = ExprTest {
        line: node.line,
        at_ms: section.duration("eval_time")?.map_or(0, to_ms),
        expr: section.text_or_empty("expr")?,
        expected: each(&mut section, "exp_samples", expected_sample)?,
    };
    section.finish()?;
    Ok(test)
}

fn expected_sample(node: &Node) -> Read<ExpectedSample> {
    let mut section = Section::open(node, "expected sample")?;
    let value = match section.node("value") {
        Some(node) => {
            let text = text_of(node, "value")?;
            let wrong = || Wrong::new(node.line, format!("value: {text:?} is not a number"));
            parse_number(&text).ok_or_else(wrong)?
        }
        None => 0.0,
    };
    let sample = ExpectedSample {
        labels: section.text_or_empty("labels")?,
        value,
        histogram: section.text_or_empty("histogram")?,
    };
    section.finish()?;
    Ok(sample)
}

/// A number as YAML writes it.
fn parse_number(text: &str) -> Option<f64> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    match plain.as_str() {
        ".nan" => Some(f64::NAN),
        ".inf" | "+.inf" => Some(f64::INFINITY),
        "-.inf" => Some(f64::NEG_INFINITY),
        other => tacho_yaml::scalar::parse_integer(other)
            .map(|number| number as f64)
            .or_else(|| other.parse().ok()),
    }
}

/// Seconds since 1970, or RFC 3339; nothing is 1970.
fn parse_time(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    if let Ok(seconds) = text.parse::<f64>() {
        let ms = seconds * 1_000.0;
        return (ms.is_finite() && ms.abs() < 9e15).then_some(ms.round() as i64);
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.as_millisecond())
}

fn to_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
