//! Metrics: current values, values over time, several PromQL queries at once, cardinality, scraped
//! targets, imports.

use crate::count::Count;
use crate::stats::QueryStats;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};

/// A value of a series: a number, or one of the texts `NaN`, `+Inf`, `-Inf`, which JSON has no numbers for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MetricValue(pub f64);

impl Serialize for MetricValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_nan() {
            serializer.serialize_str("NaN")
        } else if self.0 == f64::INFINITY {
            serializer.serialize_str("+Inf")
        } else if self.0 == f64::NEG_INFINITY {
            serializer.serialize_str("-Inf")
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for MetricValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = MetricValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, NaN, +Inf or -Inf")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<MetricValue, E> {
        Ok(MetricValue(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<MetricValue, E> {
        Ok(MetricValue(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<MetricValue, E> {
        Ok(MetricValue(value as f64))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<MetricValue, E> {
        match text {
            "NaN" => Ok(MetricValue(f64::NAN)),
            "+Inf" => Ok(MetricValue(f64::INFINITY)),
            "-Inf" => Ok(MetricValue(f64::NEG_INFINITY)),
            other => Err(E::custom(format!("{other:?} is no value"))),
        }
    }
}

impl utoipa::PartialSchema for MetricValue {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let both = OneOfBuilder::new().item(number).item(text);
        RefOr::T(Schema::OneOf(both.build()))
    }
}

impl ToSchema for MetricValue {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MetricValue")
    }
}

/// Current values of metrics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsSnapshot {
    /// When they were asked for.
    pub time: String,
    /// The families, by name.
    pub metrics: Vec<MetricFamily>,
    /// There are more series than `limit`.
    pub more: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// What is known about a metric, and its current values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricFamily {
    /// The name.
    pub name: String,
    /// `counter`, `gauge`, `histogram`, `summary`, …; `unknown` if nobody told.
    #[serde(rename = "type")]
    pub kind: String,
    /// The unit as the sender wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// The name in OTLP, if it came so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub otlp_name: String,
    /// The series with their newest values.
    pub series: Vec<MetricPoint>,
}

/// The newest value of a series.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricPoint {
    /// Labels, the name among them where it differs from the family's.
    pub labels: BTreeMap<String, String>,
    /// When it was taken.
    pub time: String,
    /// The value.
    pub value: MetricValue,
}

/// Values of metrics over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsHistory {
    /// First point of time.
    pub start: String,
    /// Last point of time at most.
    pub end: String,
    /// Milliseconds between points.
    pub step_ms: f64,
    /// The series.
    pub series: Vec<MetricHistory>,
    /// There are more series than `limit`.
    pub more: bool,
    /// What the query cost.
    pub stats: QueryStats,
}

/// Values of one series over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricHistory {
    /// What was asked for: a name or an expression.
    pub metric: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The values there are.
    pub points: Vec<HistoryPoint>,
}

/// A value at a point of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HistoryPoint {
    /// When.
    pub time: String,
    /// The value.
    pub value: MetricValue,
}

/// Several PromQL queries at once; equal selectors are read once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricsQuery {
    /// The queries, each with an id of its own.
    pub queries: Vec<MetricsQueryItem>,
}

/// One of several PromQL queries: at one time (`instant`), or over a range (`start`, `end`, `step`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricsQueryItem {
    /// Names the result.
    pub id: String,
    /// The query in PromQL.
    pub expr: String,
    /// A point of time; now if neither it nor a range is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instant: Option<String>,
    /// First point of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Last point of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Time between points, such as `30s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// How many series there are, and where they come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cardinality {
    /// Series that had a sample lately.
    pub active_series: Count,
    /// Series of all that is kept.
    pub total_series: Count,
    /// Distinct pairs of label and value of active series.
    pub label_pairs: Count,
    /// Series that appeared since memory was last written to disk: the churn.
    pub created_series: Count,
    /// Active series that a metric may have.
    pub series_per_metric_limit: Count,
    /// Active series that there may be.
    pub series_limit: Count,
    /// Metrics with the most series.
    pub by_name: Vec<NameCount>,
    /// Labels with the most values.
    pub values_by_label: Vec<NameCount>,
    /// Labels whose values take the most bytes.
    pub bytes_by_label: Vec<NameCount>,
    /// Pairs `label=value` with the most series.
    pub by_pair: Vec<NameCount>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// A name and a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NameCount {
    /// The name.
    pub name: String,
    /// The number.
    pub count: Count,
}

/// Targets that are scraped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TargetList {
    /// The targets, by job and address.
    pub targets: Vec<Target>,
}

/// A target that is scraped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The job.
    pub job: String,
    /// The address that is asked.
    pub url: String,
    /// Labels of its series.
    pub labels: BTreeMap<String, String>,
    /// `up`, `down` or `unknown` (not asked yet).
    pub health: String,
    /// Why the last scrape failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_error: String,
    /// When it was last asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_scrape: Option<String>,
    /// How long the answer took.
    pub last_scrape_duration_ms: f64,
    /// How often it is asked.
    pub interval_ms: f64,
}

/// What came of one part of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Samples that were taken; those that were there already count.
    pub samples: Count,
    /// Series of the part.
    pub series: Count,
    /// Samples that were refused.
    pub refused: Count,
    /// Why the first of them was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
