//! Chunks in memory: samples are added one by one and compressed at once.
//!
//! Times are coded as differences of differences, values as differences of integers while they are
//! short decimals, else by XOR. Nothing of this is ever written to disk. A chunk is read from its
//! first sample on: `head/sealed.rs` keeps what reading a short range costs small.

pub mod iter;
pub mod sealed;

mod run;

use self::iter::HeadIter;
use super::bits::{
    BITS_AT_ONCE, ESCAPE_BITS, ESCAPE_ONES, Outcome, adapt, bit_length, remainder_bits,
};
use super::decimal::{to_decimal, zigzag};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::{STALE_NAN_BITS, SampleColumns};

/// Most bits that one sample may take.
const SAMPLE_BITS_MAX: u16 = 400;
/// Exponents of decimals, by mode.
const EXPONENTS: [usize; 5] = [0, 1, 2, 3, 6];
/// The mode in which values are coded by XOR.
const XOR_MODE: u8 = EXPONENTS.len() as u8;
const MODE_BITS: u32 = 3;
/// Flag in `mode`: eight bytes with the last start timestamp lie before the samples.
const HAS_STARTS: u8 = 0x80;
const START_BYTES: usize = 8;

/// Codes after an escape; smaller ones are bits minus 1 of a number that follows.
const CODE_RAW: u32 = 64;
const CODE_STALE: u32 = 65;
const CODE_MODE: u32 = 66;
/// In place of a time: a start timestamp comes first.
const CODE_START: u32 = 67;

/// Bits of remainders where nothing is known yet.
const FIRST_VALUE_BITS: u32 = 6;
const FIRST_DELTA_BITS: u32 = 14;
const EARLY_STATE: u16 = 3 << 4;
const EARLY_TIME_STATE: u8 = 3 << 3;

/// Floats of one series by time, compressed. Takes 8 KiB (callers cut earlier) within 49 days.
#[derive(Debug, Clone, Default)]
pub struct HeadChunk {
    buffer: Box<[u8]>,
    last_time: i64,
    last_value: f64,
    last_delta: i32,
    span: u32,
    bits: u16,
    count: u16,
    value_state: u16,
    time_state: u8,
    mode: u8,
}

impl HeadChunk {
    /// Adds a sample later than all before; `start_ms` is 0 if unknown. False if the chunk cannot take
    /// it (full, or the time is not later, or too far from the first): then nothing has changed and
    /// the sample belongs into a new chunk.
    #[must_use]
    pub fn append(&mut self, time_ms: i64, value: f64, start_ms: i64) -> bool {
        if self.count == 0 {
            *self = Self::default();
            self.last_time = time_ms;
            self.put_start(time_ms, start_ms);
        } else {
            let delta = time_ms.checked_sub(self.last_time).filter(|it| *it > 0);
            let span = delta.and_then(|it| self.span.checked_add(u32::try_from(it).ok()?));
            let (Some(delta), Some(span)) = (delta, span) else {
                return false;
            };
            if self.bits > u16::MAX - SAMPLE_BITS_MAX || self.count == u16::MAX {
                return false;
            }
            self.put_start(time_ms, start_ms);
            self.put_time(delta);
            self.span = span;
            self.last_time = time_ms;
        }
        self.put_value(value);
        self.last_value = value;
        self.count += 1;
        true
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of memory, the struct itself included.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.buffer.len()
    }

    /// Compressed bytes of the samples.
    pub fn bytes(&self) -> usize {
        usize::from(self.bits).div_ceil(8)
    }

    /// Time of the first sample, milliseconds; 0 without samples.
    pub fn first_time(&self) -> i64 {
        self.last_time - i64::from(self.span)
    }

    /// Time of the last sample, milliseconds; 0 without samples.
    pub fn last_time(&self) -> i64 {
        self.last_time
    }

    /// The last value, bit for bit; 0 without samples.
    pub fn last_value(&self) -> f64 {
        self.last_value
    }

    /// Start timestamp of the last sample, milliseconds; 0 if unknown.
    pub fn last_start(&self) -> i64 {
        if self.mode & HAS_STARTS == 0 {
            return 0;
        }
        let start = self.buffer.first_chunk::<START_BYTES>();
        start.map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    /// Adds all samples to the end of the columns.
    pub fn decode_into(&self, out: &mut SampleColumns) {
        self.iter().decode_into(out);
    }

    /// The samples by time.
    pub fn iter(&self) -> HeadIter<'_> {
        let has_starts = self.mode & HAS_STARTS != 0;
        HeadIter::new(&self.buffer, has_starts, self.count, self.first_time())
    }

    /// Gives back memory that was reserved for more samples.
    pub fn shrink(&mut self) {
        let bytes = self.bytes();
        if self.buffer.len() > bytes {
            self.buffer = self.buffer.get(..bytes).unwrap_or_default().into();
        }
    }

    fn put(&mut self, bits: u64, count: u32) {
        let at = usize::from(self.bits);
        let (first, end) = (at >> 3, (at + count as usize).div_ceil(8));
        if end > self.buffer.len() {
            self.grow(end);
        }
        let mut word = bits << (at & 7);
        self.bits += count as u16;
        let whole = self.buffer.get_mut(first..);
        if let Some(bytes) = whole.and_then(<[u8]>::first_chunk_mut) {
            *bytes = (u64::from_le_bytes(*bytes) | word).to_le_bytes();
            return;
        }
        for byte in self.buffer.get_mut(first..end).unwrap_or_default() {
            *byte |= word as u8;
            word >>= 8;
        }
    }

    fn put_long(&mut self, bits: u64, count: u32) {
        if count <= BITS_AT_ONCE {
            self.put(bits, count);
        } else {
            self.put(bits & u64::from(u32::MAX), 32);
            self.put(bits >> 32, count - 32);
        }
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        let half_more = self.buffer.len() + self.buffer.len() / 2;
        let mut larger = vec![0; needed.max(half_more).next_multiple_of(8)];
        let (front, _) = larger.split_at_mut(self.buffer.len());
        front.copy_from_slice(&self.buffer);
        self.buffer = larger.into_boxed_slice();
    }

    fn put_escape(&mut self, code: u32) {
        let ones = (1u64 << ESCAPE_ONES) - 1;
        self.put(
            ones | u64::from(code) << ESCAPE_ONES,
            ESCAPE_ONES + ESCAPE_BITS,
        );
    }

    /// Puts a number; gives what follows for the next one.
    fn put_number(&mut self, number: u64, remainder_bits: u32) -> Outcome {
        let quotient = number >> remainder_bits;
        if quotient < u64::from(ESCAPE_ONES) {
            let ones = quotient as u32;
            let remainder = number & ((1 << remainder_bits) - 1);
            let code = ((1u64 << ones) - 1) | remainder << (ones + 1);
            self.put(code, ones + 1 + remainder_bits);
            return Outcome::Quotient(ones);
        }
        let bits = bit_length(number);
        self.put_escape(bits - 1);
        self.put_long(number, bits);
        Outcome::Bits(bits)
    }

    fn put_start(&mut self, time_ms: i64, start_ms: i64) {
        if start_ms == self.last_start() {
            return;
        }
        if self.mode & HAS_STARTS == 0 {
            let mut with_start = vec![0; START_BYTES + self.buffer.len()];
            with_start[START_BYTES..].copy_from_slice(&self.buffer);
            self.buffer = with_start.into_boxed_slice();
            self.bits += (START_BYTES * 8) as u16;
            self.mode |= HAS_STARTS;
        }
        if let Some(bytes) = self.buffer.first_chunk_mut::<START_BYTES>() {
            *bytes = start_ms.to_le_bytes();
        }
        let back = zigzag(time_ms.wrapping_sub(start_ms));
        let bits = bit_length(back);
        self.put_escape(CODE_START);
        self.put(u64::from(bits - 1), 6);
        self.put_long(back, bits);
    }

    fn put_time(&mut self, delta: i64) {
        if self.count == 1 {
            self.put_number(delta as u64, FIRST_DELTA_BITS);
            self.time_state = EARLY_TIME_STATE;
        } else {
            let change = zigzag(delta - i64::from(self.last_delta));
            let outcome = self.put_number(change, remainder_bits(u16::from(self.time_state) * 2));
            self.time_state = next_time_state(self.time_state, outcome);
        }
        self.last_delta = clamped(delta);
    }

    fn put_value(&mut self, value: f64) {
        let mode = self.mode & !HAS_STARTS;
        let Some(exponent) = EXPONENTS.get(usize::from(mode)) else {
            return self.put_xor(value);
        };
        let Some(integer) = to_decimal(value, *exponent) else {
            return self.put_other(value);
        };
        let change = zigzag(integer.wrapping_sub(self.base(*exponent)));
        let bits = if self.count == 0 {
            FIRST_VALUE_BITS
        } else {
            remainder_bits(self.value_state)
        };
        let outcome = self.put_number(change, bits);
        self.value_state = next_value_state(self.count, self.value_state, outcome);
    }

    fn base(&self, exponent: usize) -> i64 {
        to_decimal(self.last_value, exponent).unwrap_or(0)
    }

    /// Puts a value that is no decimal of the mode.
    #[cold]
    fn put_other(&mut self, value: f64) {
        let mode = usize::from(self.mode & !HAS_STARTS);
        if value.to_bits() == STALE_NAN_BITS {
            return self.put_escape(CODE_STALE);
        }
        let finer = (mode + 1..EXPONENTS.len())
            .find_map(|mode| Some((mode, to_decimal(value, EXPONENTS[mode])?)));
        if let Some((mode, integer)) = finer {
            self.put_mode(mode as u8);
            let change = zigzag(integer.wrapping_sub(self.base(EXPONENTS[mode])));
            let bits = bit_length(change);
            self.put(u64::from(bits - 1), 6);
            self.put_long(change, bits);
            self.value_state = EARLY_STATE;
        } else if value.is_finite() && value != 0.0 {
            self.put_mode(XOR_MODE);
            self.put_long(value.to_bits(), 64);
            self.value_state = 0;
        } else {
            self.put_escape(CODE_RAW);
            self.put_long(value.to_bits(), 64);
        }
    }

    fn put_mode(&mut self, mode: u8) {
        self.put_escape(CODE_MODE);
        self.put(u64::from(mode), MODE_BITS);
        self.mode = self.mode & HAS_STARTS | mode;
    }

    fn put_xor(&mut self, value: f64) {
        let change = value.to_bits() ^ self.last_value.to_bits();
        if change == 0 {
            return self.put(0, 1);
        }
        let zeros = (change.leading_zeros(), change.trailing_zeros());
        let bits = 64 - zeros.0 - zeros.1;
        let (window_zeros, window_bits) = window(self.value_state);
        let window_trailing = 64 - window_zeros - window_bits;
        let fits = window_bits > 0 && zeros.0 >= window_zeros && zeros.1 >= window_trailing;
        if fits && window_bits - bits <= 12 {
            self.put(1, 2);
            return self.put_long(change >> window_trailing, window_bits);
        }
        self.put(3 | u64::from(zeros.0) << 2 | u64::from(bits - 1) << 8, 14);
        self.put_long(change >> zeros.1, bits);
        self.value_state = (zeros.0 << 8 | bits) as u16;
    }
}

/// Leading zeros and bits of the window of XOR values.
#[inline]
fn window(state: u16) -> (u32, u32) {
    (u32::from(state >> 8), u32::from(state & 0xff))
}

/// The state after a time, in parts of 1/8 bit.
#[inline]
fn next_time_state(state: u8, outcome: Outcome) -> u8 {
    (adapt(u16::from(state) * 2, outcome) / 2).min(u16::from(u8::MAX)) as u8
}

#[inline]
fn clamped(delta: i64) -> i32 {
    i32::try_from(delta).unwrap_or(i32::MAX)
}

/// The state after a value: the first difference tells more about those to come than its code does.
#[inline]
fn next_value_state(count: u16, state: u16, outcome: Outcome) -> u16 {
    match (count, outcome) {
        (0, _) => EARLY_STATE,
        (1, Outcome::Bits(bits)) => (bits.min(40) as u16 - 1) * 16,
        _ => adapt(state, outcome),
    }
}

/// Histograms of one series by time.
#[derive(Debug, Clone, Default)]
pub struct HeadHistograms {
    samples: Vec<HeadHistogram>,
    memory: usize,
}

#[derive(Debug, Clone)]
struct HeadHistogram {
    time_ms: i64,
    start_ms: i64,
    histogram: Arc<Histogram>,
}

impl HeadHistograms {
    /// Adds a histogram later than all before. False if it is not later: then nothing has changed.
    #[must_use]
    pub fn append(&mut self, time_ms: i64, histogram: Arc<Histogram>, start_ms: i64) -> bool {
        if !self.is_empty() && time_ms <= self.last_time() {
            return false;
        }
        if self.samples.len() == self.samples.capacity() {
            self.samples.reserve_exact(1 + self.samples.len() / 2);
        }
        self.memory += histogram_memory(&histogram);
        self.samples.push(HeadHistogram {
            time_ms,
            start_ms,
            histogram,
        });
        true
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Bytes of memory, the struct itself and the histograms included.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.samples.capacity() * size_of::<HeadHistogram>() + self.memory
    }

    /// Time of the first sample, milliseconds; 0 without samples.
    pub fn first_time(&self) -> i64 {
        self.samples.first().map_or(0, |sample| sample.time_ms)
    }

    /// Time of the last sample, milliseconds; 0 without samples.
    pub fn last_time(&self) -> i64 {
        self.samples.last().map_or(0, |sample| sample.time_ms)
    }

    /// The last histogram.
    pub fn last(&self) -> Option<&Arc<Histogram>> {
        self.samples.last().map(|sample| &sample.histogram)
    }

    /// The samples of a range, both ends inclusive.
    #[must_use]
    pub fn within(&self, start_ms: i64, end_ms: i64) -> Self {
        let from = self.samples.partition_point(|it| it.time_ms < start_ms);
        let to = self.samples.partition_point(|it| it.time_ms <= end_ms);
        let samples = self.samples.get(from..to).unwrap_or_default().to_vec();
        let each = samples.iter().map(|it| histogram_memory(&it.histogram));
        let memory = each.sum();
        Self { samples, memory }
    }

    /// Adds all samples to the end of the columns.
    pub fn decode_into(&self, out: &mut SampleColumns) {
        for sample in &self.samples {
            let histogram = Arc::clone(&sample.histogram);
            out.push_histogram(sample.time_ms, histogram, sample.start_ms);
        }
    }
}

/// Bytes of memory of a histogram behind an `Arc`; bounds are counted though they may be shared.
pub fn histogram_memory(histogram: &Histogram) -> usize {
    let sides = [&histogram.positive, &histogram.negative];
    let buckets: usize = sides
        .iter()
        .map(|side| side.spans.capacity() * 8 + side.counts.capacity() * 8)
        .sum();
    size_of::<Histogram>() + 16 + buckets + histogram.custom_bounds.len() * 8
}

#[cfg(test)]
mod tests;
