//! A page of exemplars of neighbouring series. Format: `docs/formats/samples-block.md`, section
//! "Exemplars".

use crate::error::Result;
use crate::varint::{Reader, put_signed, put_unsigned};
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;

/// A page ends after so many bytes.
pub(crate) const PAGE_BYTES: usize = 64 << 10;
const NAME: &str = "exemplars of a block of samples";

/// Collects a page.
#[derive(Debug, Default)]
pub(crate) struct ExemplarPageWriter {
    bytes: Vec<u8>,
    /// Its first series.
    pub first: u32,
    last: u32,
}

impl ExemplarPageWriter {
    /// Adds exemplars of a series after those before.
    pub(crate) fn push(&mut self, series: u32, exemplars: &[Exemplar]) {
        if self.bytes.is_empty() {
            (self.first, self.last) = (series, series);
        }
        put_unsigned(&mut self.bytes, u64::from(series - self.last));
        put_unsigned(&mut self.bytes, exemplars.len() as u64);
        self.last = series;
        let mut time = 0i64;
        for exemplar in exemplars {
            put_signed(&mut self.bytes, exemplar.time_ns.wrapping_sub(time));
            time = exemplar.time_ns;
            self.bytes
                .extend_from_slice(&exemplar.value.to_bits().to_le_bytes());
            let labels = exemplar.labels.as_encoded();
            put_unsigned(&mut self.bytes, labels.len() as u64);
            self.bytes.extend_from_slice(labels.as_bytes());
        }
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes of the page; the next one begins.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// Series of a page with their exemplars.
pub(crate) fn decode(bytes: &[u8], first: u32) -> Result<Vec<(u32, Vec<Exemplar>)>> {
    let mut reader = Reader::new(bytes, NAME);
    let mut found = Vec::new();
    let mut series = first;
    while !reader.is_empty() {
        let gap = u32::try_from(reader.unsigned()?).ok();
        let next = gap.and_then(|gap| series.checked_add(gap));
        series = next.ok_or_else(|| reader.wrong("a series is out of range"))?;
        let count = reader.count(10)?;
        let mut exemplars = Vec::with_capacity(count);
        let mut time = 0i64;
        for _ in 0..count {
            time = time.wrapping_add(reader.signed()?);
            let bits = reader.bytes(8)?.first_chunk::<8>().copied();
            let length = reader.unsigned()?;
            let labels = Labels::from_encoded(reader.text(length)?);
            exemplars.push(Exemplar {
                labels: labels.ok_or_else(|| reader.wrong("labels are unsound"))?,
                value: f64::from_bits(bits.map_or(0, u64::from_le_bytes)),
                time_ns: time,
            });
        }
        found.push((series, exemplars));
    }
    Ok(found)
}
