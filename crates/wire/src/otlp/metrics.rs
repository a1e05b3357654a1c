//! Metrics as structures, for tests, tools and the demo: what the collector of `collect/metrics.rs` fills
//! and the encoders write. Nothing of OTLP's `metrics/v1` is missing in them.

use tacho_model::id::{SpanId, TraceId};
use tacho_model::metric::MetricData;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{ExemplarValue, PointValue};
use tacho_model::value::Attributes;

/// Metrics of one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceMetrics {
    /// Who emitted them.
    pub resource: Resource,
    /// The metrics by scope.
    pub scopes: Vec<ScopeMetrics>,
}

/// Metrics of one scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeMetrics {
    /// Library that emitted them.
    pub scope: Scope,
    /// The metrics.
    pub metrics: Vec<Metric>,
}

/// A metric with its points.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Name.
    pub name: String,
    /// What it means.
    pub description: String,
    /// Unit in UCUM notation.
    pub unit: String,
    /// Attributes of the metric itself.
    pub metadata: Attributes,
    /// What the points are.
    pub data: MetricData,
    /// The points.
    pub points: Vec<DataPoint>,
}

impl Default for Metric {
    fn default() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            unit: String::new(),
            metadata: Attributes::default(),
            data: MetricData::Empty,
            points: Vec::new(),
        }
    }
}

/// A data point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataPoint {
    /// Start of what it covers, nanoseconds since the epoch; 0 is unset.
    pub start_ns: u64,
    /// When it was taken, nanoseconds since the epoch; 0 is unset.
    pub time_ns: u64,
    /// Flags; bit 0: no value was recorded.
    pub flags: u32,
    /// Attributes.
    pub attributes: Attributes,
    /// The value. One that does not fit the metric is not given out.
    pub value: DataPointValue,
    /// Exemplars; a summary has none.
    pub exemplars: Vec<PointExemplar>,
}

/// The value of a data point. Floats are kept as bits where they are compared.
#[derive(Debug, Clone, Default)]
pub enum DataPointValue {
    /// None was sent.
    #[default]
    Absent,
    /// An integer.
    Int(i64),
    /// A float.
    Double(f64),
    /// Counts in explicit buckets.
    Histogram(HistogramValue),
    /// Counts in exponential buckets.
    Exponential(Box<ExponentialValue>),
    /// Quantiles.
    Summary(SummaryValue),
}

/// Counts in explicit buckets.
#[derive(Debug, Clone, Default)]
pub struct HistogramValue {
    /// Number of observations.
    pub count: u64,
    /// Their sum.
    pub sum: Option<f64>,
    /// Upper bounds, one fewer than counts.
    pub bounds: Vec<f64>,
    /// Counts of each bucket; may be empty.
    pub counts: Vec<u64>,
    /// Smallest observation.
    pub min: Option<f64>,
    /// Largest observation.
    pub max: Option<f64>,
}

/// Counts in exponential buckets.
#[derive(Debug, Clone, Default)]
pub struct ExponentialValue {
    /// Number of observations.
    pub count: u64,
    /// Their sum.
    pub sum: Option<f64>,
    /// Resolution.
    pub scale: i32,
    /// Observations in the zero bucket.
    pub zero_count: u64,
    /// Width of the zero bucket.
    pub zero_threshold: f64,
    /// Positive side: index of the first bucket, counts.
    pub positive: (i32, Vec<u64>),
    /// Negative side, likewise.
    pub negative: (i32, Vec<u64>),
    /// Smallest observation.
    pub min: Option<f64>,
    /// Largest observation.
    pub max: Option<f64>,
}

/// Quantiles.
#[derive(Debug, Clone, Default)]
pub struct SummaryValue {
    /// Number of observations.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// Pairs of quantile and value.
    pub quantiles: Vec<(f64, f64)>,
}

/// An exemplar of a data point.
#[derive(Debug, Clone)]
pub struct PointExemplar {
    /// When, nanoseconds since the epoch; 0 is unset.
    pub time_ns: u64,
    /// The observed value.
    pub value: ExemplarValue,
    /// The trace; zero for none.
    pub trace_id: TraceId,
    /// The span; zero for none.
    pub span_id: SpanId,
    /// Attributes that are not on the point.
    pub attributes: Attributes,
}

impl DataPointValue {
    /// The value as sinks are given it.
    pub fn view(&self) -> PointValue<'_> {
        use tacho_model::sink::ExponentialBuckets;
        fn side((offset, counts): &(i32, Vec<u64>)) -> ExponentialBuckets<'_> {
            ExponentialBuckets {
                offset: *offset,
                counts,
            }
        }
        match self {
            DataPointValue::Absent => PointValue::Absent,
            DataPointValue::Int(value) => PointValue::Int(*value),
            DataPointValue::Double(value) => PointValue::Double(*value),
            DataPointValue::Histogram(value) => PointValue::Histogram {
                count: value.count,
                sum: value.sum,
                bounds: &value.bounds,
                counts: &value.counts,
                min: value.min,
                max: value.max,
            },
            DataPointValue::Exponential(value) => PointValue::Exponential {
                count: value.count,
                sum: value.sum,
                scale: value.scale,
                zero_count: value.zero_count,
                zero_threshold: value.zero_threshold,
                positive: side(&value.positive),
                negative: side(&value.negative),
                min: value.min,
                max: value.max,
            },
            DataPointValue::Summary(value) => PointValue::Summary {
                count: value.count,
                sum: value.sum,
                quantiles: &value.quantiles,
            },
        }
    }
}

impl From<PointValue<'_>> for DataPointValue {
    fn from(value: PointValue<'_>) -> Self {
        match value {
            PointValue::Absent => DataPointValue::Absent,
            PointValue::Int(value) => DataPointValue::Int(value),
            PointValue::Double(value) => DataPointValue::Double(value),
            PointValue::Histogram {
                count,
                sum,
                bounds,
                counts,
                min,
                max,
            } => DataPointValue::Histogram(HistogramValue {
                count,
                sum,
                bounds: bounds.to_vec(),
                counts: counts.to_vec(),
                min,
                max,
            }),
            PointValue::Exponential {
                count,
                sum,
                scale,
                zero_count,
                zero_threshold,
                positive,
                negative,
                min,
                max,
            } => DataPointValue::Exponential(Box::new(ExponentialValue {
                count,
                sum,
                scale,
                zero_count,
                zero_threshold,
                positive: (positive.offset, positive.counts.to_vec()),
                negative: (negative.offset, negative.counts.to_vec()),
                min,
                max,
            })),
            PointValue::Summary {
                count,
                sum,
                quantiles,
            } => DataPointValue::Summary(SummaryValue {
                count,
                sum,
                quantiles: quantiles.to_vec(),
            }),
        }
    }
}

/// The text of a value with floats as bits, so that NaN equals itself.
fn bits(value: &DataPointValue) -> impl PartialEq {
    fn of(floats: impl IntoIterator<Item = f64>) -> Vec<u64> {
        floats.into_iter().map(f64::to_bits).collect()
    }
    fn option(value: Option<f64>) -> Option<u64> {
        value.map(f64::to_bits)
    }
    let none = (Vec::new(), Vec::new(), Vec::new(), [None, None, None]);
    match value {
        DataPointValue::Absent => (0, 0, none),
        DataPointValue::Int(value) => (1, *value as u64, none),
        DataPointValue::Double(value) => (2, value.to_bits(), none),
        DataPointValue::Histogram(value) => {
            let options = [value.sum, value.min, value.max].map(option);
            let bounds = of(value.bounds.iter().copied());
            (
                3,
                value.count,
                (bounds, value.counts.clone(), Vec::new(), options),
            )
        }
        DataPointValue::Exponential(value) => {
            let options = [value.sum, value.min, value.max].map(option);
            let plain = vec![
                value.scale as u64,
                value.zero_count,
                value.zero_threshold.to_bits(),
                value.positive.0 as u64,
                value.negative.0 as u64,
            ];
            let (positive, negative) = (value.positive.1.clone(), value.negative.1.clone());
            (4, value.count, (plain, positive, negative, options))
        }
        DataPointValue::Summary(value) => {
            let pairs = value.quantiles.iter().flat_map(|pair| [pair.0, pair.1]);
            let options = [option(Some(value.sum)), None, None];
            (5, value.count, (of(pairs), Vec::new(), Vec::new(), options))
        }
    }
}

/// Bitwise on floats, so that what is stored can be compared.
impl PartialEq for DataPointValue {
    fn eq(&self, other: &Self) -> bool {
        bits(self) == bits(other)
    }
}

/// Bitwise on floats.
impl PartialEq for PointExemplar {
    fn eq(&self, other: &Self) -> bool {
        let value = |exemplar: &Self| match exemplar.value {
            ExemplarValue::Absent => (0, 0),
            ExemplarValue::Int(value) => (1, value as u64),
            ExemplarValue::Double(value) => (2, value.to_bits()),
        };
        let rest = |exemplar: &Self| (exemplar.time_ns, exemplar.trace_id, exemplar.span_id);
        value(self) == value(other)
            && rest(self) == rest(other)
            && self.attributes == other.attributes
    }
}
