//! Integers of a chunk: the smallest of five codes. Format: `docs/formats/samples-chunk.md`,
//! section "Integers".

use super::bits::{BitReader, BitWriter, bit_length, number_bits};
use super::decimal::{unzigzag, zigzag};
use super::pco_codec;
use crate::error::Result;
use crate::varint::{Reader, put_signed, put_unsigned};

/// All are the same.
const CONSTANT: u8 = 0;
/// Differences in so many bits each, above the smallest.
const PACKED: u8 = 1;
/// Differences as variable-length numbers.
const VARINTS: u8 = 2;
/// Differences other than 0, with how many zeros come before, in bits.
const RUNS: u8 = 3;
/// Quotients of differences, summed up, by pco.
const PCO: u8 = 4;

/// Pco has a header and tables: below so many bytes of the other codes it cannot win.
const PCO_BYTES_MIN: usize = 36;
/// If all but one in so many differences are 0, runs take about as few bytes as anything can.
const SPARSE: usize = 5;
/// Most bits of a remainder in runs.
const REMAINDER_BITS_MAX: u32 = 15;

/// What is known of the differences, divided by their greatest common divisor.
struct Differences {
    quotients: Vec<i64>,
    divisor: i64,
    min: i64,
    width: u32,
}

impl Differences {
    /// `None` if all are 0.
    fn of(values: &[i64]) -> Option<Self> {
        let mut quotients: Vec<i64> = values
            .windows(2)
            .map(|pair| pair[1].wrapping_sub(pair[0]))
            .collect();
        let divisor = common_divisor(&quotients)?;
        if divisor > 1 {
            quotients.iter_mut().for_each(|it| *it /= divisor);
        }
        let min = quotients.iter().copied().min().unwrap_or(0);
        let max = quotients.iter().copied().max().unwrap_or(0);
        let range = max.wrapping_sub(min) as u64;
        Some(Self {
            quotients,
            divisor,
            min,
            width: if range == 0 { 0 } else { bit_length(range) },
        })
    }

    /// Bytes of the three light codes.
    fn sizes(&self, runs: &Runs) -> [(usize, u8); 3] {
        let packed = (self.quotients.len() * self.width as usize).div_ceil(8);
        let head = 1 + varint_bytes(zigzag(self.min));
        let each = self.quotients.iter().map(|it| varint_bytes(zigzag(*it)));
        [
            (packed + head, PACKED),
            (runs.bytes(), RUNS),
            (each.sum(), VARINTS),
        ]
    }

    fn put_light(&self, code: u8, out: &mut Vec<u8>) {
        match code {
            PACKED => {
                put_signed(out, self.min);
                out.push(self.width as u8);
                let mut bits = BitWriter::new(out);
                for quotient in &self.quotients {
                    bits.put_long(quotient.wrapping_sub(self.min) as u64, self.width);
                }
                bits.finish();
            }
            RUNS => Runs::of(&self.quotients).put(&self.quotients, out),
            _ => self.quotients.iter().for_each(|it| put_signed(out, *it)),
        }
    }

    fn sums(&self) -> Vec<i64> {
        let mut sum = 0i64;
        let mut sums = Vec::with_capacity(self.quotients.len() + 1);
        sums.push(0);
        for quotient in &self.quotients {
            sum = sum.wrapping_add(*quotient);
            sums.push(sum);
        }
        sums
    }
}

/// How differences other than 0 are written.
#[derive(Debug)]
struct Runs {
    /// Number of differences other than 0.
    count: usize,
    zeros_remainder: u32,
    value_remainder: u32,
    bits: u64,
}

impl Runs {
    fn of(quotients: &[i64]) -> Self {
        let count = quotients.iter().filter(|it| **it != 0).count();
        let zeros = (quotients.len() - count) as u64;
        let sum = quotients.iter().map(|it| u128::from(zigzag(*it)));
        let mean = sum.sum::<u128>() / count.max(1) as u128;
        let mut runs = Self {
            count,
            zeros_remainder: remainder_of_mean(zeros / count.max(1) as u64),
            value_remainder: remainder_of_mean(mean as u64),
            bits: 0,
        };
        runs.bits = pairs(quotients)
            .map(|(zeros, value)| {
                number_bits(zeros, runs.zeros_remainder) + number_bits(value, runs.value_remainder)
            })
            .sum();
        runs
    }

    fn bytes(&self) -> usize {
        1 + varint_bytes(self.count as u64) + self.bits.div_ceil(8) as usize
    }

    fn put(&self, quotients: &[i64], out: &mut Vec<u8>) {
        put_unsigned(out, self.count as u64);
        out.push((self.zeros_remainder << 4 | self.value_remainder) as u8);
        let mut bits = BitWriter::new(out);
        for (zeros, value) in pairs(quotients) {
            bits.put_number(zeros, self.zeros_remainder);
            bits.put_number(value, self.value_remainder);
        }
        bits.finish();
    }
}

/// How many zeros come before each difference that is not 0, and what this is written as.
fn pairs(quotients: &[i64]) -> impl Iterator<Item = (u64, u64)> {
    let mut zeros = 0;
    quotients.iter().filter_map(move |quotient| {
        if *quotient == 0 {
            zeros += 1;
            return None;
        }
        Some((std::mem::take(&mut zeros), zigzag(*quotient) - 1))
    })
}

/// The bits of remainders that suit numbers of that mean.
fn remainder_of_mean(mean: u64) -> u32 {
    mean.saturating_add(1).ilog2().min(REMAINDER_BITS_MAX)
}

/// Appends the numbers (at least one), gives the code.
pub(crate) fn encode(values: &[i64], pco_level: usize, out: &mut Vec<u8>) -> Result<u8> {
    put_signed(out, values.first().copied().unwrap_or(0));
    let Some(differences) = Differences::of(values) else {
        return Ok(CONSTANT);
    };
    put_unsigned(out, differences.divisor as u64);
    let runs = Runs::of(&differences.quotients);
    let is_sparse = runs.count * SPARSE < values.len();
    let light = differences.sizes(&runs).into_iter().min();
    let (light_bytes, light) = light.unwrap_or((0, VARINTS));
    if light_bytes >= PCO_BYTES_MIN && !(is_sparse && light == RUNS) {
        let start = out.len();
        pco_codec::encode_integers(&differences.sums(), pco_level, out)?;
        // A light code of about the same size is decoded faster.
        if (out.len() - start) * 17 / 16 < light_bytes {
            return Ok(PCO);
        }
        out.truncate(start);
    }
    differences.put_light(light, out);
    Ok(light)
}

/// Puts `count` numbers out of exactly these bytes into `out`, which is cleared first.
pub(crate) fn decode(code: u8, bytes: &[u8], count: usize, out: &mut Vec<i64>) -> Result<()> {
    out.clear();
    let mut reader = Reader::new(bytes, "integers of a chunk");
    let first = reader.signed()?;
    if code == CONSTANT {
        reader.finish()?;
        out.resize(count, first);
        return Ok(());
    }
    let divisor = reader.unsigned()? as i64;
    match code {
        PACKED => decode_packed(&mut reader, (first, divisor), count, out)?,
        VARINTS => {
            let mut value = first;
            out.push(value);
            for _ in 1..count {
                value = value.wrapping_add(reader.signed()?.wrapping_mul(divisor));
                out.push(value);
            }
        }
        RUNS => decode_runs(&mut reader, (first, divisor), count, out)?,
        PCO => {
            out.resize(count, 0);
            pco_codec::decode(reader.rest(), out)?;
            if divisor == 1 {
                out.iter_mut().for_each(|it| *it = it.wrapping_add(first));
            } else {
                out.iter_mut()
                    .for_each(|it| *it = it.wrapping_mul(divisor).wrapping_add(first));
            }
        }
        _ => return Err(reader.wrong("the code is unknown")),
    }
    reader.finish()
}

fn decode_packed(
    reader: &mut Reader<'_>,
    (first, divisor): (i64, i64),
    count: usize,
    out: &mut Vec<i64>,
) -> Result<()> {
    let min = reader.signed()?;
    let width = u32::from(reader.byte()?);
    let bytes = (count.saturating_sub(1) * width as usize).div_ceil(8);
    if width > 64 {
        return Err(reader.wrong("a number has more than 64 bits"));
    }
    let mut bits = BitReader::new(reader.bytes(bytes as u64)?, 0);
    let mut value = first;
    out.push(value);
    out.extend((1..count).map(|_| {
        let quotient = min.wrapping_add(bits.take_long(width) as i64);
        value = value.wrapping_add(quotient.wrapping_mul(divisor));
        value
    }));
    Ok(())
}

fn decode_runs(
    reader: &mut Reader<'_>,
    (first, divisor): (i64, i64),
    count: usize,
    out: &mut Vec<i64>,
) -> Result<()> {
    let pairs = reader.unsigned()?;
    let remainders = u32::from(reader.byte()?);
    let (of_zeros, of_value) = (remainders >> 4, remainders & 0xf);
    if pairs >= count as u64 {
        return Err(reader.wrong("more numbers than there are"));
    }
    let bytes = reader.rest();
    let mut bits = BitReader::new(bytes, 0);
    let mut value = first;
    let mut next = 1usize;
    out.resize(count, value);
    for _ in 0..pairs {
        let (zeros, number) = bits.take_two_numbers(of_zeros, of_value);
        let number = number.wrapping_add(1);
        let end = usize::try_from(zeros)
            .ok()
            .and_then(|it| next.checked_add(it));
        let end = end.filter(|end| *end < count);
        let end = end.ok_or_else(|| reader.wrong("more numbers than there are"))?;
        out.get_mut(next..end).unwrap_or_default().fill(value);
        value = value.wrapping_add(unzigzag(number).wrapping_mul(divisor));
        if let Some(place) = out.get_mut(end) {
            *place = value;
        }
        next = end + 1;
    }
    out.get_mut(next..).unwrap_or_default().fill(value);
    if bits.is_beyond() || bits.bytes_taken() != bytes.len() {
        return Err(reader.wrong("bits are missing or left over"));
    }
    Ok(())
}

/// The greatest common divisor, at most `i64::MAX`; `None` if all are 0.
fn common_divisor(numbers: &[i64]) -> Option<i64> {
    let mut divisor = 0u64;
    for number in numbers {
        let (mut a, mut b) = (divisor, number.unsigned_abs());
        if divisor > 0 && b.is_multiple_of(divisor) {
            continue;
        }
        while b != 0 {
            (a, b) = (b, a % b);
        }
        divisor = a;
        if divisor == 1 {
            return Some(1);
        }
    }
    match divisor {
        0 => None,
        large => Some(i64::try_from(large).unwrap_or(1)),
    }
}

fn varint_bytes(number: u64) -> usize {
    (bit_length(number) as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::{CONSTANT, PACKED, PCO, RUNS, VARINTS, decode, encode};
    use proptest::prelude::*;

    #[track_caller]
    fn check(values: &[i64]) -> (u8, usize) {
        let mut bytes = Vec::new();
        let code = encode(values, 4, &mut bytes).unwrap();
        let mut again = vec![7; 3];
        decode(code, &bytes, values.len(), &mut again).unwrap();
        assert_eq!(again, values);
        (code, bytes.len())
    }

    #[test]
    fn the_smallest_code_is_chosen() {
        assert_eq!(check(&[5]), (CONSTANT, 1));
        assert_eq!(check(&[1; 1000]), (CONSTANT, 1));
        let steps: Vec<i64> = (0..1000).map(|i| i * 15_000).collect();
        assert_eq!(check(&steps), (PACKED, 5));
        let jump: Vec<i64> = (0..1000).map(|i| i64::from(i >= 500)).collect();
        assert_eq!(check(&jump), (RUNS, 6));
        let bucket: Vec<i64> = (0..1000).map(|i| i / 10 + i / 77).collect();
        assert_eq!(check(&bucket).0, RUNS);
        assert_eq!(check(&[0, 1000, 1001, 1003]).0, VARINTS);
        let noisy: Vec<i64> = (0..1000i64)
            .map(|i| i * 1000 + i * i % 97 / (1 + i % 7))
            .collect();
        assert_eq!(check(&noisy).0, PCO);
    }

    #[test]
    fn extremes_come_back() {
        check(&[i64::MIN, i64::MAX, 0, i64::MIN, -1]);
        check(&[0, i64::MIN]);
        check(&[i64::MIN, 0, i64::MIN]);
        check(&[i64::MAX; 3]);
        let wild: Vec<i64> = (0..500u64)
            .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) as i64)
            .collect();
        check(&wild);
    }

    #[test]
    fn other_bytes_are_refused() {
        for code in 0..8 {
            for length in 0..40 {
                let mut out = Vec::new();
                let _ = decode(code, &vec![0xff; length], 100, &mut out);
                let _ = decode(code, &vec![1; length], 100, &mut out);
                let _ = decode(code, &vec![0; length], 1, &mut out);
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(
            values in prop_oneof![
                prop::collection::vec(any::<i64>(), 1..100),
                prop::collection::vec(-3i64..3, 1..300),
                prop::collection::vec((0i64..50).prop_map(|i| i * 4096), 1..300),
            ]
        ) {
            check(&values);
        }
    }
}
