//! State to bytes.

use super::{
    DELTA_IS_HISTOGRAM, FAMILIES, HAS_DELTA, HAS_START, IS_HISTOGRAM, SECTION_BYTES, SERIES,
    STATE_SEAL,
};
use crate::error::{Error, Result};
use crate::samples::head::delta::Sum;
use crate::samples::head::freeze::{FrozenSeries, FrozenTenant};
use crate::samples::head::series::NONE_YET;
use crate::varint::{put_signed, put_unsigned};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::histogram::{Buckets, CounterResetHint, Histogram};
use tacho_model::id::TenantId;
use tacho_model::metric::{Metadata, MetricKind};

const ZSTD_LEVEL: i32 = 1;

/// The bytes of the file.
pub(crate) fn encode(tenants: &BTreeMap<TenantId, Arc<FrozenTenant>>) -> Result<Vec<u8>> {
    let mut payload = Vec::new();
    for (name, tenant) in tenants {
        let mut section = Section::new(FAMILIES, name);
        for (family, record) in tenant.families.iter() {
            put_family(&mut section.records, family, record);
            section.count(&mut payload)?;
        }
        section.end(&mut payload)?;
        let mut section = Section::new(SERIES, name);
        let kept = tenant.series.iter();
        for series in kept.filter(|series| series.newest.time_ms != NONE_YET) {
            put_series(&mut section.records, series);
            section.count(&mut payload)?;
        }
        section.end(&mut payload)?;
    }
    Ok(STATE_SEAL.wrap(&payload))
}

/// Records of one kind and tenant, compressed together.
struct Section<'a> {
    kind: u8,
    tenant: &'a TenantId,
    number: u64,
    records: Vec<u8>,
}

impl<'a> Section<'a> {
    fn new(kind: u8, tenant: &'a TenantId) -> Self {
        Self {
            kind,
            tenant,
            number: 0,
            records: Vec::new(),
        }
    }

    /// A record was added.
    fn count(&mut self, payload: &mut Vec<u8>) -> Result<()> {
        self.number += 1;
        if self.records.len() >= SECTION_BYTES {
            self.end(payload)?;
        }
        Ok(())
    }

    fn end(&mut self, payload: &mut Vec<u8>) -> Result<()> {
        if self.number == 0 {
            return Ok(());
        }
        let mut whole = vec![self.kind];
        put_text(&mut whole, self.tenant.as_str());
        put_unsigned(&mut whole, self.number);
        whole.append(&mut self.records);
        let packed = zstd::bulk::compress(&whole, ZSTD_LEVEL)
            .map_err(|error| Error::internal(format!("compress the state: {error}")))?;
        put_unsigned(payload, whole.len() as u64);
        put_unsigned(payload, packed.len() as u64);
        payload.extend_from_slice(&packed);
        self.number = 0;
        Ok(())
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_unsigned(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn put_float(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

fn put_family(out: &mut Vec<u8>, family: &str, record: &Metadata) {
    put_text(out, family);
    let code = MetricKind::ALL.iter().position(|kind| *kind == record.kind);
    out.push(code.unwrap_or(0) as u8);
    put_text(out, &record.help);
    put_text(out, &record.unit);
    put_text(out, &record.otlp_name);
}

fn put_series(out: &mut Vec<u8>, series: &FrozenSeries) {
    let newest = &series.newest;
    let rare = series.rare.as_ref();
    let histogram = rare
        .and_then(|rare| rare.newest.as_ref())
        .filter(|_| newest.is_histogram);
    let delta = rare.and_then(|rare| rare.delta.as_ref());
    let mut flags = 0;
    let mut flag = |bit: u8, is_set: bool| flags |= if is_set { bit } else { 0 };
    flag(IS_HISTOGRAM, histogram.is_some());
    flag(HAS_START, newest.start_ms != 0);
    flag(HAS_DELTA, delta.is_some());
    flag(
        DELTA_IS_HISTOGRAM,
        delta.is_some_and(|delta| matches!(delta.sum, Sum::Histogram(_))),
    );
    put_text(out, series.labels.as_encoded());
    out.push(flags);
    put_signed(out, newest.time_ms);
    put_signed(out, series.active_s);
    match histogram {
        Some(histogram) => put_histogram(out, histogram),
        None => put_float(out, f64::from_bits(newest.bits)),
    }
    if newest.start_ms != 0 {
        put_signed(out, newest.start_ms);
    }
    if let Some(delta) = delta {
        put_signed(out, delta.start_ms);
        put_signed(out, delta.until_ms);
        match &delta.sum {
            Sum::Float(sum) => put_float(out, *sum),
            Sum::Histogram(sum) => put_histogram(out, sum),
        }
    }
}

fn put_histogram(out: &mut Vec<u8>, histogram: &Histogram) {
    out.push(match histogram.counter_reset_hint {
        CounterResetHint::Unknown => 0,
        CounterResetHint::Reset => 1,
        CounterResetHint::NotReset => 2,
        CounterResetHint::Gauge => 3,
    });
    put_signed(out, i64::from(histogram.schema));
    for value in [
        histogram.zero_threshold,
        histogram.zero_count,
        histogram.count,
        histogram.sum,
    ] {
        put_float(out, value);
    }
    put_buckets(out, &histogram.positive);
    put_buckets(out, &histogram.negative);
    put_unsigned(out, histogram.custom_bounds.len() as u64);
    for bound in histogram.custom_bounds.iter() {
        put_float(out, *bound);
    }
}

fn put_buckets(out: &mut Vec<u8>, buckets: &Buckets) {
    put_unsigned(out, buckets.spans.len() as u64);
    for span in &buckets.spans {
        put_signed(out, i64::from(span.offset));
        put_unsigned(out, u64::from(span.length));
    }
    put_unsigned(out, buckets.counts.len() as u64);
    for count in &buckets.counts {
        put_float(out, *count);
    }
}
