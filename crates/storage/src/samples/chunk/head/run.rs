//! The quick way through a chunk in memory: runs of samples that take no escape, with all states in
//! local variables. Everything else is left to `HeadIter::next`.

use super::iter::HeadIter;
use super::{EXPONENTS, clamped, window};
use crate::samples::chunk::bits::{BITS_AT_ONCE, ESCAPE_ONES};
use crate::samples::chunk::decimal::{power_of_ten, unzigzag};

/// What `adapt` does to states for each quotient: of times in parts of 1/8 bit, of values of 1/16.
const TIME_CHANGES: [i32; ESCAPE_ONES as usize] = [-1, 0, 1, 2, 2, 3, 3, 4];
const VALUE_CHANGES: [i32; ESCAPE_ONES as usize] = [-2, 0, 3, 4, 5, 6, 7, 8];
const TIME_STATE_MAX: i32 = u8::MAX as i32;
const VALUE_STATE_MAX: i32 = 40 * 16;

/// Times on the way.
struct Clock {
    time_ms: i64,
    delta: i64,
    state: i32,
}

impl Clock {
    /// Takes the time at the lowest of these bits; gives how many it took. `None` at an escape.
    #[inline]
    fn take(&mut self, word: u64) -> Option<u32> {
        let (number, quotient, bits) = rice(word, self.state as u32 >> 3)?;
        let delta = unzigzag(number).wrapping_add(self.delta);
        self.time_ms = self.time_ms.wrapping_add(delta);
        self.delta = i64::from(clamped(delta));
        self.state = (self.state + TIME_CHANGES[quotient]).clamp(0, TIME_STATE_MAX);
        Some(bits)
    }
}

/// The number at the lowest of these bits, its quotient, and how many bits it takes. `None` at an
/// escape.
#[inline]
fn rice(word: u64, remainder_bits: u32) -> Option<(u64, usize, u32)> {
    let ones = word.trailing_ones();
    if ones >= ESCAPE_ONES {
        return None;
    }
    let remainder = word >> (ones + 1) & ((1 << remainder_bits) - 1);
    let number = u64::from(ones) << remainder_bits | remainder;
    Some((number, ones as usize, ones + 1 + remainder_bits))
}

impl HeadIter<'_> {
    /// Adds samples as long as they take no escape.
    pub(super) fn run(&mut self, times: &mut Vec<i64>, values: &mut Vec<f64>) {
        if self.count < 2 {
            return;
        }
        match EXPONENTS.get(usize::from(self.mode)) {
            Some(exponent) => self.run_decimals(power_of_ten(*exponent), times, values),
            None => self.run_xors(times, values),
        }
    }

    fn clock(&self) -> Clock {
        Clock {
            time_ms: self.next.time_ms,
            delta: i64::from(self.last_delta),
            state: i32::from(self.time_state),
        }
    }

    /// Goes on behind so many samples, which end at a place.
    fn settle(&mut self, taken: u16, at: usize, clock: &Clock) {
        self.left -= taken;
        self.count += taken;
        self.reader.go_to(at);
        self.next.time_ms = clock.time_ms;
        self.last_delta = clamped(clock.delta);
        self.time_state = clock.state as u8;
    }

    fn run_decimals(&mut self, power: f64, times: &mut Vec<i64>, values: &mut Vec<f64>) {
        let reader = self.reader.clone();
        let mut at = reader.place();
        let mut clock = self.clock();
        let mut state = i32::from(self.value_state);
        let (mut base, mut value) = (self.base, self.next.value);
        let mut taken = 0;
        while taken < self.left {
            let word = reader.peek_at(at);
            let mut ahead = Clock { ..clock };
            let Some(time_bits) = ahead.take(word) else {
                break;
            };
            let remainder_bits = state as u32 >> 4;
            let mut rest = word >> time_bits;
            if time_bits + ESCAPE_ONES + remainder_bits > BITS_AT_ONCE {
                rest = reader.peek_at(at + time_bits as usize);
            }
            let Some((number, quotient, value_bits)) = rice(rest, remainder_bits) else {
                break;
            };
            clock = ahead;
            at += (time_bits + value_bits) as usize;
            state = (state + VALUE_CHANGES[quotient]).clamp(0, VALUE_STATE_MAX);
            base = base.wrapping_add(unzigzag(number));
            value = base as f64 / power;
            times.push(clock.time_ms);
            values.push(value);
            taken += 1;
        }
        self.settle(taken, at, &clock);
        self.value_state = state as u16;
        (self.base, self.next.value) = (base, value);
    }

    fn run_xors(&mut self, times: &mut Vec<i64>, values: &mut Vec<f64>) {
        let reader = self.reader.clone();
        let mut at = reader.place();
        let mut clock = self.clock();
        let mut state = self.value_state;
        let mut value = self.next.value.to_bits();
        let mut taken = 0;
        while taken < self.left {
            let Some(time_bits) = clock.take(reader.peek_at(at)) else {
                break;
            };
            at += time_bits as usize;
            let word = reader.peek_at(at);
            if word & 1 == 0 {
                at += 1;
            } else {
                at += 2;
                if word & 2 != 0 {
                    at += 12;
                    state = ((word >> 2 & 63) << 8 | ((word >> 8 & 63) + 1)) as u16;
                }
                let (zeros, bits) = window(state);
                let shift = 64u32.saturating_sub(zeros + bits);
                let mut change = reader.peek_at(at);
                if bits > BITS_AT_ONCE {
                    change = change & u64::from(u32::MAX) | reader.peek_at(at + 32) << 32;
                }
                change &= u64::MAX
                    .checked_shr(64u32.saturating_sub(bits))
                    .unwrap_or(0);
                value ^= change << shift;
                at += bits as usize;
            }
            times.push(clock.time_ms);
            values.push(f64::from_bits(value));
            taken += 1;
        }
        self.settle(taken, at, &clock);
        self.value_state = state;
        self.next.value = f64::from_bits(value);
    }
}
