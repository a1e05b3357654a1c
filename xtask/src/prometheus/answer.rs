//! Asks a Prometheus API and compares two answers: the same series, the same times, the same values
//! within a relative tolerance.

use crate::http::{Client, escape};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// One Prometheus API.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// The listener.
    pub client: Client,
    /// The path before `/api/v1`.
    pub prefix: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The field `data`.
    Data(Value),
    /// The fields `errorType` and `error`.
    Error(String, String),
}

impl Api {
    /// Asks by POST with a form, as Grafana does.
    ///
    /// # Errors
    /// What came back is no answer of this API.
    pub(crate) fn ask(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer> {
        let pairs: Vec<String> = form
            .iter()
            .map(|(key, value)| format!("{key}={}", escape(value)))
            .collect();
        let path = format!("{}/api/v1/{path}", self.prefix);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let response = self
            .client
            .request("POST", &path, &headers, pairs.join("&").as_bytes())?;
        let text = String::from_utf8_lossy(&response.body);
        let mut answer: Value = serde_json::from_str(&text)
            .with_context(|| format!("{path} answered {} and no JSON", response.status))?;
        match answer["status"].as_str() {
            Some("success") if response.status == 200 => Ok(Answer::Data(answer["data"].take())),
            Some("error") => {
                let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
                Ok(Answer::Error(text("errorType"), text("error")))
            }
            _ => bail!("{path} answered {} with {text:.200}", response.status),
        }
    }

    /// The data of an answer.
    ///
    /// # Errors
    /// The answer is an error, or none.
    pub(crate) fn data(&self, path: &str, form: &[(&str, &str)]) -> Result<Value> {
        match self.ask(path, form)? {
            Answer::Data(data) => Ok(data),
            Answer::Error(kind, message) => bail!("{path} answered {kind}: {message}"),
        }
    }

    /// An instant query at a time in seconds.
    ///
    /// # Errors
    /// The answer is an error, or none.
    pub(crate) fn instant(&self, query: &str, time: &str) -> Result<Value> {
        self.data("query", &[("query", query), ("time", time)])
    }
}

/// Where two answers differ, the reference first.
///
/// # Errors
/// They differ, or one is no result of a query.
pub(crate) fn compare(reference: &Value, ours: &Value, tolerance: f64) -> Result<()> {
    let kind = |data: &Value| data["resultType"].as_str().unwrap_or_default().to_owned();
    let (left, right) = (kind(reference), kind(ours));
    ensure!(
        left == right,
        "the result is a {left} there, a {right} here"
    );
    let (left_result, right_result) = (&reference["result"], &ours["result"]);
    match left.as_str() {
        "scalar" => compare_point(left_result, right_result, tolerance),
        "string" => {
            ensure!(
                left_result == right_result,
                "{left_result} there, {right_result} here"
            );
            Ok(())
        }
        "vector" | "matrix" => {
            compare_series(&index(left_result)?, &index(right_result)?, tolerance)
        }
        _ => bail!("no result: {reference:.200}"),
    }
}

/// The points of every series by its labels.
pub(crate) type Index = BTreeMap<BTreeMap<String, String>, Vec<Value>>;

/// Sorts a vector or a matrix by label sets.
///
/// # Errors
/// It is neither, or a label set is there twice.
pub(crate) fn index(result: &Value) -> Result<Index> {
    let mut out = Index::new();
    for one in result.as_array().context("a result that is no list")? {
        let labels: BTreeMap<String, String> = serde_json::from_value(one["metric"].clone())?;
        let points = match one.get("values") {
            Some(values) => values.as_array().cloned().unwrap_or_default(),
            None => vec![one["value"].clone()],
        };
        let before = out.insert(labels.clone(), points);
        ensure!(before.is_none(), "{labels:?} is there twice");
    }
    Ok(out)
}

/// Compares series by series.
///
/// # Errors
/// They differ.
pub(crate) fn compare_series(left: &Index, right: &Index, tolerance: f64) -> Result<()> {
    let absent = |from: &Index, of: &Index| {
        let mut names = of.keys().filter(|labels| !from.contains_key(*labels));
        names.next().map(|labels| format!("{labels:?}"))
    };
    if let Some(missing) = absent(right, left) {
        bail!(
            "{} series there, {} here; missing {missing}",
            left.len(),
            right.len()
        );
    }
    if let Some(added) = absent(left, right) {
        bail!(
            "{} series there, {} here; only here {added}",
            left.len(),
            right.len()
        );
    }
    for (labels, points) in left {
        let others = &right[labels];
        ensure!(
            points.len() == others.len(),
            "{labels:?}: {} points there, {} here; {}",
            points.len(),
            others.len(),
            first_difference(points, others)
        );
        for (point, other) in points.iter().zip(others) {
            compare_point(point, other, tolerance).with_context(|| format!("{labels:?}"))?;
        }
    }
    Ok(())
}

fn first_difference(left: &[Value], right: &[Value]) -> String {
    let pair = left
        .iter()
        .zip(right)
        .find(|(one, other)| one[0].as_f64() != other[0].as_f64());
    match pair {
        Some((one, other)) => format!("first {one} there, {other} here"),
        None => "the shorter begins as the longer".to_owned(),
    }
}

fn compare_point(left: &Value, right: &Value, tolerance: f64) -> Result<()> {
    let millis = |point: &Value| point[0].as_f64().map(|seconds| (seconds * 1000.0).round());
    ensure!(
        millis(left) == millis(right),
        "time {} there, {} here",
        left[0],
        right[0]
    );
    let number = |point: &Value| point[1].as_str().and_then(|text| text.parse::<f64>().ok());
    let (Some(one), Some(other)) = (number(left), number(right)) else {
        bail!("no numbers: {left} there, {right} here");
    };
    ensure!(
        near(one, other, tolerance),
        "at {}: {one} there, {other} here",
        left[0]
    );
    Ok(())
}

fn near(left: f64, right: f64, tolerance: f64) -> bool {
    if left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan()) {
        return true;
    }
    let difference = (left - right).abs();
    difference.is_finite() && difference <= tolerance * left.abs().min(right.abs())
}

#[cfg(test)]
mod tests {
    use super::{compare, near};
    use serde_json::json;

    #[test]
    fn values_are_compared_relatively() {
        assert!(near(1.0, 1.0 + 1e-12, 1e-9) && !near(1.0, 1.001, 1e-9));
        assert!(near(f64::NAN, f64::NAN, 0.0) && near(0.0, -0.0, 0.0));
        assert!(!near(f64::INFINITY, 1.0, 1e-9) && !near(f64::NAN, 1.0, 1e-9));
        assert!(!near(f64::INFINITY, f64::NEG_INFINITY, 1e-9));
    }

    #[test]
    fn a_series_more_is_a_difference() {
        let one = json!({"metric": {"a": "b"}, "value": [1, "2"]});
        let data = |list: serde_json::Value| json!({"resultType": "vector", "result": list});
        assert!(compare(&data(json!([one])), &data(json!([one])), 0.0).is_ok());
        assert!(compare(&data(json!([one])), &data(json!([])), 0.0).is_err());
        assert!(compare(&data(json!([])), &data(json!([one])), 0.0).is_err());
        let later = json!({"metric": {"a": "b"}, "value": [2, "2"]});
        assert!(compare(&data(json!([one])), &data(json!([later])), 0.0).is_err());
    }
}
