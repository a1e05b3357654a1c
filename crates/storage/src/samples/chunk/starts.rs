//! Start timestamps of a chunk as runs. Format: `docs/formats/samples-chunk.md`, section "Starts".

use crate::error::Result;
use crate::varint::{Reader, put_signed, put_unsigned};

/// Appends the starts (at least one) of a chunk whose first sample is at `base_ms`.
pub(crate) fn encode(starts: &[i64], base_ms: i64, out: &mut Vec<u8>) {
    let runs: Vec<&[i64]> = starts.chunk_by(|a, b| a == b).collect();
    put_unsigned(out, runs.len() as u64 - 1);
    let mut before = base_ms;
    for (place, run) in runs.iter().enumerate() {
        let start = run.first().copied().unwrap_or(0);
        put_signed(out, start.wrapping_sub(before));
        if place + 1 < runs.len() {
            put_unsigned(out, run.len() as u64);
        }
        before = start;
    }
}

/// Appends `count` starts out of the front of the bytes.
pub(crate) fn decode(
    reader: &mut Reader<'_>,
    base_ms: i64,
    count: usize,
    out: &mut Vec<i64>,
) -> Result<()> {
    let end = out.len() + count;
    let changes = reader.count(2)?;
    let mut start = base_ms;
    for place in 0..=changes {
        start = start.wrapping_add(reader.signed()?);
        let left = (end - out.len()) as u64;
        let length = if place < changes {
            reader.unsigned()?
        } else {
            left
        };
        if length > left {
            return Err(reader.wrong("more start times than samples"));
        }
        out.resize(out.len() + length as usize, start);
    }
    Ok(())
}
