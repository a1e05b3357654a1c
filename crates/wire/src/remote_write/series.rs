//! What the series of both versions have in common: samples, histograms, and labels noted by place.

use crate::error::Result;
use crate::pb::Reader;
use crate::remote_write::histogram::{self, Outcome};
use crate::remote_write::memory::Memory;
use crate::remote_write::{Sample, SampleValue, WriteRequest};

/// Fields of a series that stand next to each other: labels.
#[derive(Default)]
pub(super) struct Region {
    /// Bytes left in the series before the first one and behind the last one.
    first_left: usize,
    last_left: usize,
    /// Bytes of the fields with their tags.
    bytes: usize,
}

impl Region {
    /// Notes a field that lies between so many bytes before the end of the series.
    #[inline(always)]
    pub(super) fn note(&mut self, before: usize, after: usize) {
        if self.bytes == 0 {
            self.first_left = before;
        }
        self.last_left = after;
        self.bytes += before - after;
    }

    /// Bytes left before the first one, and how many bytes there are up to the last one.
    pub(super) fn extent(&self) -> (usize, usize) {
        (self.first_left, self.first_left - self.last_left)
    }

    /// True if nothing else stands between them.
    pub(super) fn is_contiguous(&self) -> bool {
        self.first_left - self.last_left == self.bytes
    }
}

/// A sample of either version: value 1, time 2, start 3.
#[inline]
pub(super) fn sample(reader: Reader<'_>) -> Result<Sample> {
    let mut value = 0.0;
    let mut time_ms = 0;
    let mut start_ms = 0;
    for field in reader {
        let field = field?;
        match field.number {
            1 => value = f64::from_bits(field.fixed64()?),
            2 => time_ms = field.varint()? as i64,
            3 => start_ms = field.varint()? as i64,
            _ => {}
        }
    }
    Ok(Sample {
        time_ms,
        start_ms,
        value: SampleValue::Float(value),
    })
}

/// Adds a histogram of a series.
pub(super) fn push_histogram(
    request: &mut WriteRequest,
    reader: Reader<'_>,
    memory: &mut Memory<'_>,
) -> Result<()> {
    let Outcome {
        time_ms,
        start_ms,
        histogram,
    } = histogram::decode(reader, &mut |bytes| memory.take(bytes))?;
    let value = match histogram {
        Ok(histogram) => {
            request.histograms.push(histogram);
            SampleValue::Histogram((request.histograms.len() - 1) as u32)
        }
        Err(problem) => {
            request.problems.push(problem);
            SampleValue::Invalid((request.problems.len() - 1) as u32)
        }
    };
    request.samples.push(Sample {
        time_ms,
        start_ms,
        value,
    });
    Ok(())
}
