//! Times of a chunk, relative to the first one. Kept once for all chunks that have the same; times
//! that are part of others name these. Format: `docs/formats/samples-chunk.md`, section "Times".

use super::integers;
use crate::error::Result;
use crate::varint::{Reader, put_unsigned};

/// Most samples of a chunk.
pub(crate) const SAMPLES_MAX: usize = 1 << 16;
/// Pco's effort for times.
const PCO_LEVEL: usize = 8;
/// Codes below are those of integers.
const PART_OF: u8 = 5;
const NAME: &str = "times of a chunk";

/// What times are coded as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Times<'a> {
    /// By themselves: code and bytes.
    Own(u8, &'a [u8]),
    /// As a part of others.
    Part {
        /// How many places before these the others stand.
        back: u64,
        /// Position of the first of them among the others.
        first: u64,
        /// How many are taken, how many left out, by turns.
        runs: &'a [u8],
    },
}

/// Appends times, ascending from 0.
pub(crate) fn encode(times: &[i64], out: &mut Vec<u8>) -> Result<()> {
    let code_at = out.len();
    out.push(0);
    put_unsigned(out, times.len() as u64);
    let code = integers::encode(times, PCO_LEVEL, out)?;
    if let Some(byte) = out.get_mut(code_at) {
        *byte = code;
    }
    Ok(())
}

/// Appends times that are all among those of a chunk `back` places before; false if they are not all
/// there, then nothing is appended. Both lists are absolute, or relative to the same time.
pub(crate) fn encode_part(times: &[i64], others: &[i64], back: u64, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let Some(time_first) = times.first() else {
        return false;
    };
    let Ok(first) = others.binary_search(time_first) else {
        return false;
    };
    out.push(PART_OF);
    put_unsigned(out, times.len() as u64);
    put_unsigned(out, back);
    put_unsigned(out, first as u64);
    let mut rest = others.get(first..).unwrap_or_default().iter();
    let (mut taken, mut skipped) = (0u64, 0u64);
    for time in times {
        let gap = rest.by_ref().position(|other| other >= time);
        let is_there = gap.is_some_and(|gap| {
            let at = others.len() - rest.len() - 1;
            skipped = gap as u64;
            others.get(at) == Some(time)
        });
        if !is_there {
            out.truncate(start);
            return false;
        }
        if skipped > 0 {
            put_unsigned(out, taken);
            put_unsigned(out, skipped);
            taken = 0;
        }
        taken += 1;
    }
    put_unsigned(out, taken);
    true
}

/// What exactly these bytes say, and how many times they are (at least 1).
pub(crate) fn parse(bytes: &[u8]) -> Result<(usize, Times<'_>)> {
    let mut reader = Reader::new(bytes, NAME);
    let code = reader.byte()?;
    let count = reader.unsigned()?;
    if count == 0 || count > SAMPLES_MAX as u64 {
        return Err(reader.wrong("the number of samples is out of range"));
    }
    if code != PART_OF {
        return Ok((count as usize, Times::Own(code, reader.rest())));
    }
    let (back, first) = (reader.unsigned()?, reader.unsigned()?);
    let runs = reader.rest();
    Ok((count as usize, Times::Part { back, first, runs }))
}

/// Puts times coded by themselves into `out`, which is cleared first.
pub(crate) fn decode_own(code: u8, bytes: &[u8], count: usize, out: &mut Vec<i64>) -> Result<()> {
    integers::decode(code, bytes, count, out)?;
    let reader = Reader::new(bytes, NAME);
    if out.first() != Some(&0) || !out.is_sorted_by(|a, b| a < b) {
        return Err(reader.wrong("they do not ascend from 0"));
    }
    Ok(())
}

/// Puts times that are part of others into `out`, which is cleared first.
pub(crate) fn decode_part(
    others: &[i64],
    first: u64,
    runs: &[u8],
    count: usize,
    out: &mut Vec<i64>,
) -> Result<()> {
    out.clear();
    let mut reader = Reader::new(runs, NAME);
    let beyond = || Reader::new(runs, NAME).wrong("they go beyond the others");
    let from = usize::try_from(first).ok();
    let mut rest = from
        .and_then(|from| others.get(from..))
        .ok_or_else(beyond)?;
    let base = rest.first().copied().ok_or_else(beyond)?;
    loop {
        let taken = usize::try_from(reader.unsigned()?).unwrap_or(usize::MAX);
        let (front, behind) = rest.split_at_checked(taken).ok_or_else(beyond)?;
        out.extend(front.iter().map(|time| time - base));
        if reader.is_empty() {
            break;
        }
        let skipped = usize::try_from(reader.unsigned()?).unwrap_or(usize::MAX);
        rest = behind.get(skipped..).ok_or_else(beyond)?;
    }
    if out.len() != count || out.first() != Some(&0) {
        return Err(reader.wrong("they are not as many as was said"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Times, decode_own, decode_part, encode, encode_part, parse};

    #[track_caller]
    fn own(times: &[i64]) -> usize {
        let mut bytes = Vec::new();
        encode(times, &mut bytes).unwrap();
        let (count, Times::Own(code, body)) = parse(&bytes).unwrap() else {
            panic!("not own");
        };
        let mut out = Vec::new();
        decode_own(code, body, count, &mut out).unwrap();
        assert_eq!(out, times);
        bytes.len()
    }

    #[track_caller]
    fn part(times: &[i64], others: &[i64]) -> Option<usize> {
        let mut bytes = vec![];
        if !encode_part(times, others, 3, &mut bytes) {
            assert!(bytes.is_empty());
            return None;
        }
        let (count, Times::Part { back, first, runs }) = parse(&bytes).unwrap() else {
            panic!("not a part");
        };
        assert_eq!(back, 3);
        let mut out = Vec::new();
        decode_part(others, first, runs, count, &mut out).unwrap();
        let relative: Vec<i64> = times.iter().map(|time| time - times[0]).collect();
        assert_eq!(out, relative);
        Some(bytes.len())
    }

    #[test]
    fn times_come_back() {
        assert!(own(&[0]) <= 3);
        assert!(own(&(0..5000).map(|i| i * 15_000).collect::<Vec<_>>()) < 10);
        own(&[0, i64::MAX]);
        let jittered: Vec<i64> = (0..960).map(|i| i * 15_000 + i * i % 7 * (i % 2)).collect();
        assert!(own(&jittered) < 960);
    }

    #[test]
    fn parts_of_other_times_are_short() {
        let others: Vec<i64> = (0..1000).map(|i| 77 + i * 15_000 + i % 3).collect();
        assert_eq!(part(&others, &others), Some(7));
        assert_eq!(part(&others[500..], &others), Some(8));
        assert_eq!(part(&others[..10], &others), Some(5));
        let gaps: Vec<i64> = others.iter().copied().filter(|it| it % 7 != 0).collect();
        assert!(part(&gaps, &others).is_some());
        assert_eq!(part(&[others[3], others[4] + 1], &others), None);
        assert_eq!(part(&[others[999], others[999] + 1], &others), None);
        assert_eq!(part(&[5], &others), None);
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [
            &[][..],
            &[5],
            &[5, 1, 1, 9, 1],
            &[0, 0, 0],
            &[0, 0xff, 0xff, 0x7f, 0],
        ] {
            let Ok((count, Times::Part { first, runs, .. })) = parse(bytes) else {
                continue;
            };
            let mut out = Vec::new();
            assert!(decode_part(&[1, 2], first, runs, count, &mut out).is_err());
        }
        let mut out = Vec::new();
        assert!(
            decode_own(0, &[2], 1, &mut out).is_err(),
            "does not start at 0"
        );
        assert!(
            decode_own(2, &[0, 1, 1], 2, &mut out).is_err(),
            "does not ascend"
        );
    }
}
