//! Reads a chunk in memory from its first sample to its last, through the states that the writer
//! went through.

use super::{
    CODE_MODE, CODE_RAW, CODE_STALE, CODE_START, EARLY_STATE, EARLY_TIME_STATE, EXPONENTS,
    FIRST_DELTA_BITS, FIRST_VALUE_BITS, MODE_BITS, START_BYTES, clamped, next_time_state,
    next_value_state, window,
};
use crate::samples::chunk::bits::{BitReader, Outcome, Rice, remainder_bits};
use crate::samples::chunk::decimal::{from_decimal, to_decimal, unzigzag};
use tacho_model::sample::{STALE_NAN_BITS, SampleColumns};

/// A float with its times in milliseconds; a start of 0 is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadSample {
    /// When.
    pub time_ms: i64,
    /// The value.
    pub value: f64,
    /// Start of what it covers.
    pub start_ms: i64,
}

/// Samples of a chunk by time.
#[derive(Debug, Clone)]
pub struct HeadIter<'a> {
    pub(super) reader: BitReader<'a>,
    pub(super) left: u16,
    pub(super) next: HeadSample,
    has_starts: bool,
    pub(super) count: u16,
    pub(super) last_delta: i32,
    pub(super) value_state: u16,
    pub(super) time_state: u8,
    pub(super) mode: u8,
    /// The last value as a decimal of the mode; 0 if it is none.
    pub(super) base: i64,
}

impl<'a> HeadIter<'a> {
    /// So many samples, from the bytes of a chunk whose first sample is at that time.
    pub(super) fn new(bytes: &'a [u8], has_starts: bool, count: u16, first_time: i64) -> Self {
        Self {
            reader: BitReader::new(bytes, if has_starts { START_BYTES * 8 } else { 0 }),
            left: count,
            next: HeadSample {
                time_ms: first_time,
                value: 0.0,
                start_ms: 0,
            },
            has_starts,
            count: 0,
            last_delta: 0,
            value_state: 0,
            time_state: 0,
            mode: 0,
            base: 0,
        }
    }

    /// Adds the samples that are left to the end of the columns.
    pub(super) fn decode_into(mut self, out: &mut SampleColumns) {
        let count = usize::from(self.left);
        out.times.reserve(count);
        out.values.reserve(count);
        if !out.histograms.is_empty() {
            for sample in self {
                out.push_float(sample.time_ms, sample.value, sample.start_ms);
            }
            return;
        }
        let with_starts = self.has_starts || !out.starts.is_empty();
        if with_starts {
            out.starts.resize(out.times.len(), 0);
        }
        while let Some(sample) = self.next() {
            out.times.push(sample.time_ms);
            out.values.push(sample.value);
            self.run(&mut out.times, &mut out.values);
            if with_starts {
                out.starts.resize(out.times.len(), sample.start_ms);
            }
        }
    }
}

impl Iterator for HeadIter<'_> {
    type Item = HeadSample;

    #[inline]
    fn next(&mut self) -> Option<HeadSample> {
        self.left = self.left.checked_sub(1)?;
        let time_before = self.next.time_ms;
        let back = self.take_time();
        if let Some(back) = back {
            self.next.start_ms = self.next.time_ms.wrapping_sub(back);
        }
        debug_assert!(self.count == 0 || self.next.time_ms > time_before);
        self.next.value = self.take_value();
        self.count += 1;
        Some(self.next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::from(self.left), Some(usize::from(self.left)))
    }
}

impl HeadIter<'_> {
    /// Takes the time; gives how far back a new start lies.
    #[inline]
    fn take_time(&mut self) -> Option<i64> {
        if self.count == 0 {
            return self.take_first_start();
        }
        let bits = if self.count == 1 {
            FIRST_DELTA_BITS
        } else {
            remainder_bits(u16::from(self.time_state) * 2)
        };
        let mut back = None;
        let (number, outcome) = match self.reader.take_rice(bits) {
            Rice::Number(number, quotient) => (number, Outcome::Quotient(quotient)),
            Rice::Escape(CODE_START) => {
                back = Some(self.take_back());
                self.take_number(bits)
            }
            Rice::Escape(code) => self.take_escaped(code),
        };
        let delta = if self.count == 1 {
            self.time_state = EARLY_TIME_STATE;
            number as i64
        } else {
            self.time_state = next_time_state(self.time_state, outcome);
            unzigzag(number).wrapping_add(i64::from(self.last_delta))
        };
        self.last_delta = clamped(delta);
        self.next.time_ms = self.next.time_ms.wrapping_add(delta);
        back
    }

    /// The first sample has no time; what looks like a start is one only with this escape.
    fn take_first_start(&mut self) -> Option<i64> {
        let mut ahead = self.reader.clone();
        if let Rice::Escape(CODE_START) = ahead.take_rice(FIRST_VALUE_BITS) {
            self.reader = ahead;
            return Some(self.take_back());
        }
        None
    }

    fn take_back(&mut self) -> i64 {
        let bits = self.reader.take(6) as u32 + 1;
        unzigzag(self.reader.take_long(bits))
    }

    fn take_number(&mut self, bits: u32) -> (u64, Outcome) {
        match self.reader.take_rice(bits) {
            Rice::Number(number, quotient) => (number, Outcome::Quotient(quotient)),
            Rice::Escape(code) => self.take_escaped(code),
        }
    }

    fn take_escaped(&mut self, code: u32) -> (u64, Outcome) {
        let bits = code.min(63) + 1;
        (self.reader.take_long(bits), Outcome::Bits(bits))
    }

    #[inline]
    fn take_value(&mut self) -> f64 {
        let Some(exponent) = EXPONENTS.get(usize::from(self.mode)) else {
            return self.take_xor();
        };
        let bits = if self.count == 0 {
            FIRST_VALUE_BITS
        } else {
            remainder_bits(self.value_state)
        };
        let (number, outcome) = match self.reader.take_rice(bits) {
            Rice::Number(number, quotient) => (number, Outcome::Quotient(quotient)),
            Rice::Escape(code) if code >= CODE_RAW => return self.take_other(code),
            Rice::Escape(code) => self.take_escaped(code),
        };
        self.value_state = next_value_state(self.count, self.value_state, outcome);
        self.base = self.base.wrapping_add(unzigzag(number));
        from_decimal(self.base, *exponent)
    }

    #[cold]
    fn take_other(&mut self, code: u32) -> f64 {
        self.base = 0;
        match code {
            CODE_STALE => f64::from_bits(STALE_NAN_BITS),
            CODE_MODE => {
                self.mode = self.reader.take(MODE_BITS) as u8;
                self.take_first_of_mode()
            }
            _ => f64::from_bits(self.reader.take_long(64)),
        }
    }

    fn take_first_of_mode(&mut self) -> f64 {
        let Some(exponent) = EXPONENTS.get(usize::from(self.mode)) else {
            self.value_state = 0;
            return f64::from_bits(self.reader.take_long(64));
        };
        self.value_state = EARLY_STATE;
        let bits = self.reader.take(6) as u32 + 1;
        let change = unzigzag(self.reader.take_long(bits));
        let base = to_decimal(self.next.value, *exponent).unwrap_or(0);
        self.base = base.wrapping_add(change);
        from_decimal(self.base, *exponent)
    }

    fn take_xor(&mut self) -> f64 {
        let last = self.next.value.to_bits();
        if self.reader.take(1) == 0 {
            return self.next.value;
        }
        if self.reader.take(1) == 1 {
            let zeros = self.reader.take(6) as u32;
            let bits = self.reader.take(6) as u32 + 1;
            self.value_state = (zeros << 8 | bits) as u16;
        }
        let (zeros, bits) = window(self.value_state);
        let shift = 64u32.saturating_sub(zeros + bits);
        f64::from_bits(last ^ self.reader.take_long(bits) << shift)
    }
}
