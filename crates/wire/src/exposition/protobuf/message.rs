//! The messages of the protobuf format, read without copying their texts.

use crate::error::Malformed;
use crate::pb::{Field, Reader};
use tacho_model::metric::MetricKind;
use tacho_model::sample::NORMAL_NAN_BITS;

/// Type of a histogram whose counts may shrink.
pub(super) const GAUGE_HISTOGRAM: i32 = 5;

/// What the metrics of a family share.
pub(super) struct Family<'a> {
    pub(super) name: &'a str,
    pub(super) help: &'a str,
    pub(super) unit: &'a str,
    pub(super) type_number: i32,
    pub(super) kind: MetricKind,
    pub(super) line: usize,
}

/// One metric of a family.
#[derive(Default)]
pub(super) struct Metric<'a> {
    pub(super) labels: Vec<(&'a str, &'a str)>,
    /// The message that belongs to the family's type, if there is one.
    pub(super) content: Option<Reader<'a>>,
    pub(super) time_ms: Option<i64>,
}

/// An exemplar before its labels are laid out.
pub(super) struct RawExemplar<'a> {
    pub(super) labels: Vec<(&'a str, &'a str)>,
    pub(super) value: f64,
    pub(super) time_ms: Option<i64>,
}

/// An ordinary NaN for every NaN.
fn plain(value: f64) -> f64 {
    if value.is_nan() {
        f64::from_bits(NORMAL_NAN_BITS)
    } else {
        value
    }
}

pub(super) fn double(field: &Field<'_>) -> Result<f64, Malformed> {
    Ok(plain(f64::from_bits(field.fixed64()?)))
}

pub(super) fn text<'a>(field: &Field<'a>) -> Result<&'a str, Malformed> {
    std::str::from_utf8(field.bytes()?).map_err(|_| field.mismatch("valid UTF-8"))
}

/// Milliseconds of a `google.protobuf.Timestamp`.
pub(super) fn timestamp_ms(field: &Field<'_>) -> Result<i64, Malformed> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    for field in field.message()? {
        let field = field?;
        match field.number {
            1 => seconds = field.varint()? as i64,
            2 => nanos = i64::from(field.enumeration()?),
            _ => {}
        }
    }
    Ok(seconds
        .saturating_mul(1000)
        .saturating_add(nanos / 1_000_000))
}

fn pair<'a>(field: &Field<'a>) -> Result<(&'a str, &'a str), Malformed> {
    let (mut name, mut value) = ("", "");
    for field in field.message()? {
        let field = field?;
        match field.number {
            1 => name = text(&field)?,
            2 => value = text(&field)?,
            _ => {}
        }
    }
    Ok((name, value))
}

pub(super) fn exemplar(reader: Reader<'_>) -> Result<RawExemplar<'_>, Malformed> {
    let mut out = RawExemplar {
        labels: Vec::new(),
        value: 0.0,
        time_ms: None,
    };
    for field in reader {
        let field = field?;
        match field.number {
            1 => out.labels.push(pair(&field)?),
            2 => out.value = double(&field)?,
            3 => out.time_ms = Some(timestamp_ms(&field)?),
            _ => {}
        }
    }
    Ok(out)
}

pub(super) fn read_family(reader: Reader<'_>, line: usize) -> Result<Family<'_>, Malformed> {
    let mut family = Family {
        name: "",
        help: "",
        unit: "",
        type_number: 0,
        kind: MetricKind::Unknown,
        line,
    };
    for field in reader {
        let field = field?;
        match field.number {
            1 => family.name = text(&field)?,
            2 => family.help = text(&field)?,
            3 => family.type_number = field.enumeration()?,
            5 => family.unit = text(&field)?,
            _ => {}
        }
    }
    Ok(family)
}

/// The kind of a type, and the field of a metric that holds its content.
pub(super) fn kind(type_number: i32) -> Option<(MetricKind, u32)> {
    Some(match type_number {
        0 => (MetricKind::Counter, 3),
        1 => (MetricKind::Gauge, 2),
        2 => (MetricKind::Summary, 4),
        3 => (MetricKind::Unknown, 5),
        4 => (MetricKind::Histogram, 7),
        GAUGE_HISTOGRAM => (MetricKind::GaugeHistogram, 7),
        _ => return None,
    })
}

pub(super) fn read_metric(reader: Reader<'_>, content: u32) -> Result<Metric<'_>, Malformed> {
    let mut metric = Metric::default();
    for field in reader {
        let field = field?;
        match field.number {
            1 => metric.labels.push(pair(&field)?),
            // 0 is the same as absent.
            6 => metric.time_ms = Some(field.varint()? as i64).filter(|time| *time != 0),
            number if number == content => metric.content = Some(field.message()?),
            _ => {}
        }
    }
    metric.labels.sort_unstable();
    Ok(metric)
}

/// Quantile and value.
pub(super) fn quantile(field: &Field<'_>) -> Result<(f64, f64), Malformed> {
    let (mut quantile, mut value) = (0.0, 0.0);
    for field in field.message()? {
        let field = field?;
        match field.number {
            1 => quantile = double(&field)?,
            2 => value = double(&field)?,
            _ => {}
        }
    }
    Ok((quantile, value))
}
