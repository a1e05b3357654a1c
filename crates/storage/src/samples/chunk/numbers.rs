//! Floats of a chunk: as decimals if all of them are, else by XOR or pco. Format:
//! `docs/formats/samples-chunk.md`, section "Numbers".

use super::decimal::{power_of_ten, to_decimal};
use super::{integers, pco_codec};
use crate::error::{Error, Result};
use crate::varint::Reader;
use std::cell::RefCell;
use std::ops::Range;

/// Exponents of decimals, by form.
const EXPONENTS: [usize; 5] = [0, 1, 2, 3, 6];
/// The form of floats that are no decimals.
const FLOATS: u8 = EXPONENTS.len() as u8;
/// Bits of the code below the form.
const CODE_BITS: u8 = 3;
/// Bytes of each float that differ from the one before.
const XOR: u8 = 0;
/// Pco.
const PCO: u8 = 1;
/// Pco's effort for values.
const PCO_LEVEL: usize = 4;
/// Fewer floats are never given to pco.
const PCO_FLOATS_MIN: usize = 12;

thread_local! {
    static INTEGERS: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// Appends the floats (at least one), bit for bit; gives form and code in six bits.
pub(crate) fn encode(values: &[f64], out: &mut Vec<u8>) -> Result<u8> {
    let mut decimals = Vec::with_capacity(values.len());
    for (form, exponent) in EXPONENTS.iter().enumerate() {
        decimals.clear();
        decimals.extend(values.iter().map_while(|it| to_decimal(*it, *exponent)));
        if decimals.len() == values.len() {
            let code = integers::encode(&decimals, PCO_LEVEL, out)?;
            return Ok((form as u8) << CODE_BITS | code);
        }
    }
    encode_floats(values, out)
}

fn encode_floats(values: &[f64], out: &mut Vec<u8>) -> Result<u8> {
    let start = out.len();
    if values.len() >= PCO_FLOATS_MIN {
        pco_codec::encode_floats(values, neighbours_are_close(values), out)?;
    }
    let pco_bytes = out.len() - start;
    put_xor(values, out);
    let xor_bytes = out.len() - start - pco_bytes;
    if pco_bytes > 0 && pco_bytes < xor_bytes {
        out.truncate(start + pco_bytes);
        return Ok(FLOATS << CODE_BITS | PCO);
    }
    out.drain(start..start + pco_bytes);
    Ok(FLOATS << CODE_BITS | XOR)
}

/// Whether floats differ less from their neighbours than from their mean.
fn neighbours_are_close(values: &[f64]) -> bool {
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / count).sum::<f64>();
    let from_mean: f64 = values.iter().map(|value| (value - mean).abs()).sum();
    let steps: f64 = values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .sum();
    steps < from_mean
}

/// Each float: the XOR with the one before; in one byte how many zero bytes it has at its high end
/// (upper half) and at its low end (lower half), then the bytes between, the low one first.
fn put_xor(values: &[f64], out: &mut Vec<u8>) {
    let mut last = 0u64;
    for value in values {
        let change = value.to_bits() ^ last;
        last = value.to_bits();
        if change == 0 {
            out.push(0x80);
            continue;
        }
        let (high, low) = (change.leading_zeros() / 8, change.trailing_zeros() / 8);
        out.push((high << 4 | low) as u8);
        let bytes = change.to_le_bytes();
        let between = bytes.get(low as usize..8 - high as usize);
        out.extend_from_slice(between.unwrap_or_default());
    }
}

/// Appends some of `count` floats out of exactly these bytes, if they are short decimals; false if
/// they are not.
pub(crate) fn decode_rows(
    code: u8,
    bytes: &[u8],
    count: usize,
    rows: &Range<usize>,
    out: &mut Vec<f64>,
) -> Result<bool> {
    let (form, code) = (code >> CODE_BITS, code & ((1 << CODE_BITS) - 1));
    let Some(exponent) = EXPONENTS.get(usize::from(form)) else {
        return Ok(false);
    };
    INTEGERS.with(|integers| {
        let mut integers = integers.borrow_mut();
        integers::decode(code, bytes, count, &mut integers)?;
        let wanted = integers.get(rows.clone()).unwrap_or_default();
        put_decimals(wanted, *exponent, out);
        Ok(wanted.len() == rows.len())
    })
}

/// Appends `count` floats out of exactly these bytes.
pub(crate) fn decode(code: u8, bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Result<()> {
    if decode_rows(code, bytes, count, &(0..count), out)? {
        return Ok(());
    }
    let (form, code) = (code >> CODE_BITS, code & ((1 << CODE_BITS) - 1));
    match (form, code) {
        (FLOATS, XOR) => decode_xor(bytes, count, out),
        (FLOATS, PCO) => {
            let start = out.len();
            out.resize(start + count, 0.0);
            let target = out.get_mut(start..).unwrap_or_default();
            let decoded = pco_codec::decode(bytes, target);
            if decoded.is_err() {
                out.truncate(start);
            }
            decoded
        }
        _ => Err(Error::corrupt(format!(
            "numbers of a chunk: form {form} code {code} is unknown"
        ))),
    }
}

fn put_decimals(integers: &[i64], exponent: usize, out: &mut Vec<f64>) {
    if exponent == 0 {
        out.extend(integers.iter().map(|it| *it as f64));
    } else {
        let power = power_of_ten(exponent);
        out.extend(integers.iter().map(|it| *it as f64 / power));
    }
}

fn decode_xor(bytes: &[u8], count: usize, out: &mut Vec<f64>) -> Result<()> {
    let mut reader = Reader::new(bytes, "floats of a chunk");
    let mut last = 0u64;
    for _ in 0..count {
        let zeros = reader.byte()?;
        let (high, low) = (usize::from(zeros >> 4), usize::from(zeros & 0xf));
        let between = 8usize.checked_sub(high + low);
        let between = between.ok_or_else(|| reader.wrong("a float has too many zero bytes"))?;
        let found = reader.bytes(between as u64)?;
        let mut change = [0; 8];
        change
            .get_mut(low..low + between)
            .unwrap_or_default()
            .copy_from_slice(found);
        last ^= u64::from_le_bytes(change);
        out.push(f64::from_bits(last));
    }
    reader.finish()
}
