//! Floats of a chunk in a block file. Format: `docs/formats/samples-chunk.md`, section "Floats".

use super::{exceptions, numbers, starts};
use crate::error::Result;
use crate::varint::Reader;
use std::ops::Range;
use tacho_model::sample::SampleColumns;

/// Flags beside form and code of the numbers.
pub(crate) const HAS_EXCEPTIONS: u8 = 0x40;
/// Start timestamps are there.
pub(crate) const HAS_STARTS: u8 = 0x80;

/// Appends a chunk: at least one value; `start_times` is empty if none is known.
pub(crate) fn encode(
    values: &[f64],
    start_times: &[i64],
    base_ms: i64,
    out: &mut Vec<u8>,
) -> Result<()> {
    let head_at = out.len();
    out.push(0);
    let mut head = 0;
    let mut replaced = Vec::new();
    let mut plain = values;
    if exceptions::any(values) {
        head |= HAS_EXCEPTIONS;
        replaced = exceptions::encode(values, out);
        plain = &replaced;
    }
    if start_times.iter().any(|start| *start != 0) {
        head |= HAS_STARTS;
        starts::encode(start_times, base_ms, out);
    }
    head |= numbers::encode(plain, out)?;
    if let Some(byte) = out.get_mut(head_at) {
        *byte = head;
    }
    drop(replaced);
    Ok(())
}

/// Appends the `count` values of exactly these bytes, and their starts if there are any (then those
/// before get the start 0). Times are the caller's: it has appended them already.
pub(crate) fn decode(
    bytes: &[u8],
    base_ms: i64,
    count: usize,
    out: &mut SampleColumns,
) -> Result<()> {
    let mut reader = Reader::new(bytes, "chunk of floats");
    let head = reader.byte()?;
    let first = out.values.len();
    let found = if head & HAS_EXCEPTIONS == 0 {
        Vec::new()
    } else {
        exceptions::decode(&mut reader, count)?
    };
    decode_starts(&mut reader, head, (base_ms, count), out)?;
    let code = head & !(HAS_EXCEPTIONS | HAS_STARTS);
    numbers::decode(code, reader.rest(), count, &mut out.values)?;
    exceptions::apply(&found, out.values.get_mut(first..).unwrap_or_default());
    if !out.histograms.is_empty() {
        out.histograms.resize(out.values.len(), None);
    }
    Ok(())
}

/// Appends only some of the values, if all that the chunk and the columns have is short decimals. False
/// if there is more: then nothing has changed, and `decode` is to be used.
pub(crate) fn decode_rows(
    bytes: &[u8],
    count: usize,
    rows: &Range<usize>,
    out: &mut SampleColumns,
) -> Result<bool> {
    let mut reader = Reader::new(bytes, "chunk of floats");
    let head = reader.byte()?;
    let is_plain = head & (HAS_EXCEPTIONS | HAS_STARTS) == 0;
    if !is_plain || !out.starts.is_empty() || !out.histograms.is_empty() {
        return Ok(false);
    }
    numbers::decode_rows(head, reader.rest(), count, rows, &mut out.values)
}

/// Appends starts of the next `count` samples, known or not.
pub(crate) fn decode_starts(
    reader: &mut Reader<'_>,
    head: u8,
    (base_ms, count): (i64, usize),
    out: &mut SampleColumns,
) -> Result<()> {
    let first = out.values.len();
    if head & HAS_STARTS != 0 {
        out.starts.resize(first, 0);
        starts::decode(reader, base_ms, count, &mut out.starts)?;
    } else if !out.starts.is_empty() {
        out.starts.resize(first + count, 0);
    }
    Ok(())
}
