//! Values of a chunk that stand beside its numbers: stale markers, NaN, infinities, −0. Format:
//! `docs/formats/samples-chunk.md`, section "Exceptions".

use crate::error::Result;
use crate::varint::{Reader, put_unsigned};
use tacho_model::sample::{NORMAL_NAN_BITS, STALE_NAN_BITS};

/// Bits that have a code of one byte.
const KNOWN: [u64; 5] = [
    STALE_NAN_BITS,
    NORMAL_NAN_BITS,
    0x7ff0_0000_0000_0000,
    0xfff0_0000_0000_0000,
    0x8000_0000_0000_0000,
];
/// The code of other bits, which follow.
const OTHER: u8 = KNOWN.len() as u8;
/// Most different exceptions of a chunk; what is left stays among the numbers.
const LISTS_MAX: usize = 4;

/// Whether a value would keep its neighbours from being decimals.
fn is_exception(value: f64) -> bool {
    !value.is_finite() || value.to_bits() == 0x8000_0000_0000_0000
}

/// Whether there are exceptions among the values.
pub(crate) fn any(values: &[f64]) -> bool {
    values.iter().any(|value| is_exception(*value))
}

/// Appends where the exceptions are, and gives the values with a neighbour in their place.
pub(crate) fn encode(values: &[f64], out: &mut Vec<u8>) -> Vec<f64> {
    let mut lists: Vec<(u64, Vec<usize>)> = Vec::new();
    let mut numbers = values.to_vec();
    for (place, value) in values.iter().enumerate() {
        let bits = value.to_bits();
        if !is_exception(*value) {
            continue;
        }
        match lists.iter().position(|list| list.0 == bits) {
            Some(list) => lists[list].1.push(place),
            None if lists.len() < LISTS_MAX => lists.push((bits, vec![place])),
            None => continue,
        }
        let before = place.checked_sub(1).and_then(|it| numbers.get(it).copied());
        if let Some(number) = numbers.get_mut(place) {
            *number = before.unwrap_or(0.0);
        }
    }
    lead_with_a_number(values, &mut numbers);
    out.push(lists.len() as u8);
    for (bits, places) in &lists {
        put_list(*bits, places, out);
    }
    numbers
}

/// Exceptions at the beginning get the first real number, not 0.
fn lead_with_a_number(values: &[f64], numbers: &mut [f64]) {
    let count = values.iter().take_while(|it| is_exception(**it)).count();
    let Some(first) = numbers.get(count).copied().filter(|it| !is_exception(*it)) else {
        return;
    };
    for number in numbers.iter_mut().take(count) {
        if !is_exception(*number) {
            *number = first;
        }
    }
}

fn put_list(bits: u64, places: &[usize], out: &mut Vec<u8>) {
    match KNOWN.iter().position(|known| *known == bits) {
        Some(code) => out.push(code as u8),
        None => {
            out.push(OTHER);
            out.extend_from_slice(&bits.to_le_bytes());
        }
    }
    let runs: Vec<&[usize]> = places.chunk_by(|a, b| a + 1 == *b).collect();
    put_unsigned(out, runs.len() as u64);
    let mut at = 0;
    for run in runs {
        let first = run.first().copied().unwrap_or(0);
        put_unsigned(out, (first - at) as u64);
        put_unsigned(out, run.len() as u64 - 1);
        at = first + run.len();
    }
}

/// Exceptions out of the front of the bytes: bits, first place, count.
pub(crate) fn decode(reader: &mut Reader<'_>, count: usize) -> Result<Vec<(u64, usize, usize)>> {
    let mut found = Vec::new();
    for _ in 0..reader.byte()? {
        let code = reader.byte()?;
        let bits = match KNOWN.get(usize::from(code)) {
            Some(bits) => *bits,
            None => {
                let bytes = reader.bytes(8)?.first_chunk::<8>().copied();
                bytes.map_or(0, u64::from_le_bytes)
            }
        };
        let mut at = 0u64;
        for _ in 0..reader.count(2)? {
            let first = at.saturating_add(reader.unsigned()?);
            let length = reader.unsigned()?.saturating_add(1);
            at = first.saturating_add(length);
            if at > count as u64 {
                return Err(reader.wrong("an exception lies beyond the samples"));
            }
            found.push((bits, first as usize, length as usize));
        }
    }
    Ok(found)
}

/// Puts the exceptions into their places.
pub(crate) fn apply(exceptions: &[(u64, usize, usize)], values: &mut [f64]) {
    for (bits, first, length) in exceptions {
        let places = values.get_mut(*first..first + length).unwrap_or_default();
        places.fill(f64::from_bits(*bits));
    }
}
