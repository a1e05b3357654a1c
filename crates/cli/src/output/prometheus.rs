//! Answers of the Prometheus API, as far as people look at them.

use crate::failure::Failure;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tacho_model::labels::Labels;

/// A successful answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// The result.
    pub data: Data,
    /// What may be wrong with it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What is worth knowing about it.
    #[serde(default)]
    pub infos: Vec<String>,
}

/// A result.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    /// `vector`, `matrix`, `scalar` or `string`.
    pub result_type: String,
    /// What its type says.
    result: Value,
    /// What it cost.
    pub stats: Option<Value>,
}

/// A value at a time, in seconds.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Point(f64, String);

/// A native histogram.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Histogram {
    /// Number of observations.
    pub count: String,
    /// Their sum.
    pub sum: String,
}

/// An element of an instant vector.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct VectorSample {
    metric: BTreeMap<String, String>,
    /// The value, if it is a number.
    pub value: Option<(f64, String)>,
    /// The value, if it is a histogram.
    pub histogram: Option<(f64, Histogram)>,
}

/// A series over a range.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MatrixSeries {
    metric: BTreeMap<String, String>,
    /// Its numbers.
    #[serde(default)]
    pub values: Vec<Point>,
}

impl Point {
    /// When, in seconds.
    pub(crate) fn time(&self) -> f64 {
        self.0
    }

    /// Time and value.
    pub(crate) fn pair(&self) -> (f64, f64) {
        let value = match self.1.as_str() {
            "+Inf" => f64::INFINITY,
            "-Inf" => f64::NEG_INFINITY,
            text => text.parse().unwrap_or(f64::NAN),
        };
        (self.0, value)
    }
}

impl VectorSample {
    /// The series as PromQL writes it.
    pub(crate) fn series(&self) -> String {
        Labels::from_pairs(&self.metric).to_string()
    }
}

impl MatrixSeries {
    /// The series as PromQL writes it.
    pub(crate) fn series(&self) -> String {
        Labels::from_pairs(&self.metric).to_string()
    }
}

impl Data {
    /// The elements of a vector.
    pub(crate) fn vector(&self) -> Result<Vec<VectorSample>, Failure> {
        self.read()
    }

    /// The series of a matrix.
    pub(crate) fn matrix(&self) -> Result<Vec<MatrixSeries>, Failure> {
        self.read()
    }

    /// Time and text of a scalar or string.
    pub(crate) fn single(&self) -> Result<(f64, String), Failure> {
        self.read()
    }

    fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Failure> {
        T::deserialize(&self.result).map_err(|error| {
            Failure::failed(format!(
                "the answer of the server is not understood: {error}"
            ))
        })
    }
}
