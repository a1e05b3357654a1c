//! Bytes to state. No byte is trusted: what is wrong is `Corrupt`, and nothing large is made before
//! its bytes are there.

use super::{
    DELTA_IS_HISTOGRAM, FAMILIES, HAS_DELTA, HAS_START, IS_HISTOGRAM, SECTION_BYTES_MAX, SERIES,
    STATE_SEAL,
};
use crate::error::Result;
use crate::samples::head::delta::{Delta, Sum};
use crate::samples::head::series::{Newest, Rare};
use crate::varint::Reader;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::metric::{Metadata, MetricKind};

const NAME: &str = "state of active series";

/// State of one series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SeriesState {
    /// Its labels.
    pub(crate) labels: Labels,
    /// Its newest sample.
    pub(crate) newest: Newest,
    /// Its other state.
    pub(crate) rare: Option<RareState>,
    /// When it was written to last, seconds.
    pub(crate) active_s: i64,
}

/// State that most series do not have.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RareState {
    /// The running sum.
    pub(crate) delta: Option<Delta>,
    /// The newest sample, if it is a histogram.
    pub(crate) newest: Option<Arc<Histogram>>,
}

impl From<RareState> for Rare {
    fn from(state: RareState) -> Self {
        Self {
            delta: state.delta,
            newest: state.newest,
        }
    }
}

/// Takes state in.
pub(crate) trait StateSink {
    /// What is known about a family.
    fn family(&mut self, tenant: &TenantId, family: &str, record: Metadata);
    /// A series.
    fn series(&mut self, tenant: &TenantId, series: SeriesState);
}

/// Forgets what it gets.
pub(crate) struct Nobody;

impl StateSink for Nobody {
    fn family(&mut self, _tenant: &TenantId, _family: &str, _record: Metadata) {}
    fn series(&mut self, _tenant: &TenantId, _series: SeriesState) {}
}

/// Reads bytes as a section that was decompressed; for fuzzing.
pub(crate) fn section_of_anything(bytes: &[u8]) {
    let _ = section(bytes, &mut Nobody);
}

/// Reads a file's bytes. `Corrupt` if they are not what was written, `Invalid` if a newer program
/// wrote them; then part of the state may have been given out.
pub(crate) fn decode(bytes: &[u8], sink: &mut dyn StateSink) -> Result<()> {
    let (_, payload) = STATE_SEAL.unwrap(bytes)?;
    let mut reader = Reader::new(payload, NAME);
    while reader.clone().finish().is_err() {
        let length = reader.unsigned()?;
        let packed_length = reader.unsigned()?;
        let packed = reader.bytes(packed_length)?;
        if length > SECTION_BYTES_MAX {
            return Err(reader.wrong("a section is too long"));
        }
        let whole = zstd::bulk::decompress(packed, length as usize)
            .map_err(|_| reader.wrong("a section cannot be decompressed"))?;
        if whole.len() as u64 != length {
            return Err(reader.wrong("a section has another length"));
        }
        section(&whole, sink)?;
    }
    Ok(())
}

fn section(bytes: &[u8], sink: &mut dyn StateSink) -> Result<()> {
    let mut reader = Reader::new(bytes, NAME);
    let kind = reader.byte()?;
    let tenant =
        TenantId::new(text(&mut reader)?).map_err(|_| reader.wrong("a tenant's name is none"))?;
    let count = reader.count(1)?;
    for _ in 0..count {
        match kind {
            FAMILIES => {
                let family = text(&mut reader)?.to_owned();
                let record = take_family(&mut reader)?;
                sink.family(&tenant, &family, record);
            }
            SERIES => sink.series(&tenant, take_series(&mut reader)?),
            _ => return Err(reader.wrong("a section is of no known kind")),
        }
    }
    reader.finish()
}

fn text<'a>(reader: &mut Reader<'a>) -> Result<&'a str> {
    let length = reader.unsigned()?;
    reader.text(length)
}

fn float(reader: &mut Reader<'_>) -> Result<f64> {
    let bytes = reader.bytes(8)?.first_chunk::<8>().copied();
    Ok(f64::from_bits(bytes.map_or(0, u64::from_le_bytes)))
}

fn take_family(reader: &mut Reader<'_>) -> Result<Metadata> {
    let code = usize::from(reader.byte()?);
    let kind = MetricKind::ALL
        .get(code)
        .copied()
        .ok_or_else(|| reader.wrong("a family is of no known kind"))?;
    Ok(Metadata {
        kind,
        help: text(reader)?.to_owned(),
        unit: text(reader)?.to_owned(),
        otlp_name: text(reader)?.to_owned(),
    })
}

fn take_series(reader: &mut Reader<'_>) -> Result<SeriesState> {
    let labels = Labels::from_encoded(text(reader)?)
        .filter(|labels| !labels.is_empty())
        .ok_or_else(|| reader.wrong("labels are none"))?;
    let flags = reader.byte()?;
    let has = |bit: u8| flags & bit != 0;
    let time_ms = reader.signed()?;
    let active_s = reader.signed()?;
    let mut rare = RareState::default();
    let bits = if has(IS_HISTOGRAM) {
        let histogram = Arc::new(histogram(reader)?);
        let bits = histogram.sum.to_bits();
        rare.newest = Some(histogram);
        bits
    } else {
        float(reader)?.to_bits()
    };
    let start_ms = if has(HAS_START) { reader.signed()? } else { 0 };
    if has(HAS_DELTA) {
        let (start_ms, until_ms) = (reader.signed()?, reader.signed()?);
        let sum = if has(DELTA_IS_HISTOGRAM) {
            Sum::Histogram(Arc::new(histogram(reader)?))
        } else {
            Sum::Float(float(reader)?)
        };
        rare.delta = Some(Delta {
            start_ms,
            until_ms,
            sum,
        });
    }
    Ok(SeriesState {
        labels,
        newest: Newest {
            time_ms,
            bits,
            start_ms,
            is_histogram: has(IS_HISTOGRAM),
        },
        rare: (rare != RareState::default()).then_some(rare),
        active_s,
    })
}

fn histogram(reader: &mut Reader<'_>) -> Result<Histogram> {
    let counter_reset_hint = match reader.byte()? {
        0 => CounterResetHint::Unknown,
        1 => CounterResetHint::Reset,
        2 => CounterResetHint::NotReset,
        3 => CounterResetHint::Gauge,
        _ => return Err(reader.wrong("a hint of resets is none")),
    };
    let schema =
        i32::try_from(reader.signed()?).map_err(|_| reader.wrong("a schema is beyond 32 bits"))?;
    Ok(Histogram {
        counter_reset_hint,
        schema,
        zero_threshold: float(reader)?,
        zero_count: float(reader)?,
        count: float(reader)?,
        sum: float(reader)?,
        positive: buckets(reader)?,
        negative: buckets(reader)?,
        custom_bounds: floats(reader)?.into(),
    })
}

fn floats(reader: &mut Reader<'_>) -> Result<Vec<f64>> {
    let count = reader.count(8)?;
    (0..count).map(|_| float(reader)).collect()
}

fn buckets(reader: &mut Reader<'_>) -> Result<Buckets> {
    let count = reader.count(2)?;
    let mut spans = Vec::with_capacity(count);
    let mut length = 0u64;
    for _ in 0..count {
        let offset = i32::try_from(reader.signed()?);
        let span = u32::try_from(reader.unsigned()?);
        let (Ok(offset), Ok(span)) = (offset, span) else {
            return Err(reader.wrong("a span of buckets is beyond 32 bits"));
        };
        length += u64::from(span);
        spans.push(BucketSpan {
            offset,
            length: span,
        });
    }
    let counts = floats(reader)?;
    if counts.len() as u64 != length {
        return Err(reader.wrong("buckets do not fit their spans"));
    }
    Ok(Buckets { spans, counts })
}
