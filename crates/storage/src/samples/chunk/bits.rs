//! Bits one after another, the lowest first, and the adaptive code of small numbers that chunks in
//! memory use.

/// Most bits that `BitReader::take` and writers handle at once.
pub(crate) const BITS_AT_ONCE: u32 = 56;
/// A quotient of so many ones is an escape.
pub(crate) const ESCAPE_ONES: u32 = 8;
/// Bits of the code that follows an escape.
pub(crate) const ESCAPE_BITS: u32 = 7;
/// Most bits of a remainder.
const REMAINDER_BITS_MAX: u16 = 40;

/// Reads bits; beyond the end there are zeros.
#[derive(Debug, Clone)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The last eight bytes, the very last one uppermost.
    end: u64,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        let end = match bytes.last_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => bytes
                .iter()
                .fold(0, |word, byte| word >> 8 | u64::from(*byte) << 56),
        };
        Self { bytes, at, end }
    }

    /// The next bits, at least `BITS_AT_ONCE` of them, without taking them.
    #[inline]
    fn peek(&self) -> u64 {
        self.peek_at(self.at)
    }

    /// The bits from a place on, at least `BITS_AT_ONCE` of them.
    #[inline]
    pub(crate) fn peek_at(&self, at: usize) -> u64 {
        let byte = at >> 3;
        let word = match self.bytes.get(byte..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => {
                let beyond = (byte + 8 - self.bytes.len()).min(8) as u32;
                self.end.checked_shr(beyond * 8).unwrap_or(0)
            }
        };
        word >> (at & 7)
    }

    /// The place of the next bit.
    #[inline]
    pub(crate) fn place(&self) -> usize {
        self.at
    }

    /// Goes on from there.
    #[inline]
    pub(crate) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Takes so many bits, at most `BITS_AT_ONCE`.
    #[inline]
    pub(crate) fn take(&mut self, count: u32) -> u64 {
        let word = self.peek();
        self.at += count as usize;
        word & ((1 << count) - 1)
    }

    /// Takes so many bits, at most 64.
    #[inline]
    pub(crate) fn take_long(&mut self, count: u32) -> u64 {
        if count <= BITS_AT_ONCE {
            return self.take(count);
        }
        let low = self.take(32);
        low | self.take(count - 32) << 32
    }

    /// Takes a number of the adaptive code with remainders of so many bits.
    #[inline]
    pub(crate) fn take_rice(&mut self, remainder_bits: u32) -> Rice {
        let word = self.peek();
        let ones = word.trailing_ones();
        if ones >= ESCAPE_ONES {
            self.at += (ESCAPE_ONES + ESCAPE_BITS) as usize;
            let code = word >> ESCAPE_ONES & ((1 << ESCAPE_BITS) - 1);
            return Rice::Escape(code as u32);
        }
        self.at += (ones + 1 + remainder_bits) as usize;
        let remainder = word >> (ones + 1) & ((1 << remainder_bits) - 1);
        Rice::Number(u64::from(ones) << remainder_bits | remainder, ones)
    }

    /// Takes a number of `BitWriter::put_number`.
    #[inline]
    pub(crate) fn take_number(&mut self, remainder_bits: u32) -> u64 {
        match self.take_rice(remainder_bits) {
            Rice::Number(number, _) => number,
            Rice::Escape(code) => self.take_long(code.min(63) + 1),
        }
    }

    /// Takes two numbers of `BitWriter::put_number`, with remainders of at most 15 bits each.
    #[inline]
    pub(crate) fn take_two_numbers(&mut self, first_bits: u32, second_bits: u32) -> (u64, u64) {
        let word = self.peek();
        let ones = word.trailing_ones();
        let used = ones + 1 + first_bits;
        let rest = word >> used.min(63);
        let other_ones = rest.trailing_ones();
        // At most 46 bits: all of them were looked at.
        if ones >= ESCAPE_ONES || other_ones >= ESCAPE_ONES || first_bits.max(second_bits) > 15 {
            return (self.take_number(first_bits), self.take_number(second_bits));
        }
        self.at += (used + other_ones + 1 + second_bits) as usize;
        let number = |word: u64, ones: u32, bits: u32| {
            u64::from(ones) << bits | word >> (ones + 1) & ((1 << bits) - 1)
        };
        (
            number(word, ones, first_bits),
            number(rest, other_ones, second_bits),
        )
    }

    /// Whether more was taken than there is.
    pub(crate) fn is_beyond(&self) -> bool {
        self.at > self.bytes.len() * 8
    }

    /// Bytes of which something was taken.
    pub(crate) fn bytes_taken(&self) -> usize {
        self.at.div_ceil(8)
    }
}

/// Appends bits to bytes.
#[derive(Debug)]
pub(crate) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    word: u64,
    filled: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            word: 0,
            filled: 0,
        }
    }

    /// Puts so many bits, at most `BITS_AT_ONCE`; higher ones are 0.
    #[inline]
    pub(crate) fn put(&mut self, bits: u64, count: u32) {
        self.word |= bits << self.filled;
        self.filled += count;
        while self.filled >= 8 {
            self.out.push(self.word as u8);
            self.word >>= 8;
            self.filled -= 8;
        }
    }

    /// Puts so many bits, at most 64; higher ones are 0.
    pub(crate) fn put_long(&mut self, bits: u64, count: u32) {
        if count <= BITS_AT_ONCE {
            self.put(bits, count);
        } else {
            self.put(bits & u64::from(u32::MAX), 32);
            self.put(bits >> 32, count - 32);
        }
    }

    /// Puts a number with remainders of so many bits, at most 40; `BitReader::take_number` takes it.
    pub(crate) fn put_number(&mut self, number: u64, remainder_bits: u32) {
        let quotient = number >> remainder_bits;
        if quotient < u64::from(ESCAPE_ONES) {
            let remainder = number & ((1 << remainder_bits) - 1);
            let code = ((1u64 << quotient) - 1) | remainder << (quotient + 1);
            self.put(code, quotient as u32 + 1 + remainder_bits);
        } else {
            let bits = bit_length(number);
            let ones = (1u64 << ESCAPE_ONES) - 1;
            let code = ones | u64::from(bits - 1) << ESCAPE_ONES;
            self.put(code, ESCAPE_ONES + ESCAPE_BITS);
            self.put_long(number, bits);
        }
    }

    /// Fills the last byte up.
    pub(crate) fn finish(self) {
        if self.filled > 0 {
            self.out.push(self.word as u8);
        }
    }
}

/// Bits of a number in the adaptive code.
#[inline]
pub(crate) fn number_bits(number: u64, remainder_bits: u32) -> u64 {
    let quotient = number >> remainder_bits;
    if quotient < u64::from(ESCAPE_ONES) {
        quotient + 1 + u64::from(remainder_bits)
    } else {
        u64::from(ESCAPE_ONES + ESCAPE_BITS + bit_length(number))
    }
}

/// What the adaptive code gave.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rice {
    /// A number and its quotient.
    Number(u64, u32),
    /// Something else: a code of `ESCAPE_BITS`.
    Escape(u32),
}

/// What follows from a number for the next one's remainder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// It had this quotient.
    Quotient(u32),
    /// It had so many bits and was written after an escape.
    Bits(u32),
}

/// The state that gives the bits of remainders, in parts of 1/16 bit: it follows the magnitude of the
/// numbers. Writer and reader go through the same states.
#[inline]
pub(crate) fn adapt(state: u16, outcome: Outcome) -> u16 {
    let next = match outcome {
        Outcome::Quotient(0) => state.saturating_sub(2),
        Outcome::Quotient(1) => state,
        Outcome::Quotient(quotient) => state + quotient as u16 + 1,
        Outcome::Bits(bits) => {
            let missing = (bits as u16 * 16).saturating_sub(state);
            state + (missing / 6).max(12)
        }
    };
    next.min(REMAINDER_BITS_MAX * 16)
}

/// Bits of the remainder in a state.
#[inline]
pub(crate) fn remainder_bits(state: u16) -> u32 {
    u32::from(state >> 4)
}

/// Number of bits of a number, at least 1.
#[inline]
pub(crate) fn bit_length(number: u64) -> u32 {
    64 - (number | 1).leading_zeros()
}
