//! A page of labels: which label pairs each of up to 1,024 series has. Format:
//! `docs/formats/samples-block.md`, section "Series".

use crate::error::Result;
use crate::varint::{Reader, put_signed, put_unsigned};

const NAME: &str = "labels of a block of samples";

/// Collects a page. Pairs are numbered by name, then value, so that those of a series ascend.
#[derive(Debug, Default)]
pub(crate) struct SeriesPageWriter {
    counts: Vec<u8>,
    pairs: Vec<u8>,
    before: Vec<u32>,
}

impl SeriesPageWriter {
    /// Adds the pairs of the next series.
    pub(crate) fn push(&mut self, pairs: &[u32]) {
        let same = self.before.iter().zip(pairs).take_while(|(a, b)| a == b);
        let common = same.count();
        put_unsigned(&mut self.counts, common as u64);
        put_unsigned(&mut self.counts, (pairs.len() - common) as u64);
        for (place, pair) in pairs.iter().enumerate().skip(common) {
            let last = place.checked_sub(1).and_then(|place| pairs.get(place));
            let base = self.before.get(place).or(last).copied().unwrap_or(0);
            put_signed(&mut self.pairs, i64::from(*pair) - i64::from(base));
        }
        self.before.clear();
        self.before.extend_from_slice(pairs);
    }

    /// The bytes of the page; the next one begins.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        put_unsigned(&mut out, self.counts.len() as u64);
        out.extend_from_slice(&self.counts);
        out.extend_from_slice(&self.pairs);
        *self = Self::default();
        out
    }
}

/// Reads the series of a page one after the other.
#[derive(Debug)]
pub(crate) struct SeriesRows<'a> {
    counts: Reader<'a>,
    pairs: Reader<'a>,
    current: Vec<u32>,
    pairs_all: u32,
}

impl<'a> SeriesRows<'a> {
    /// Reads a page of a block with so many pairs.
    pub(crate) fn new(bytes: &'a [u8], pairs_all: u32) -> Result<Self> {
        let mut reader = Reader::new(bytes, NAME);
        let length = reader.unsigned()?;
        Ok(Self {
            counts: Reader::new(reader.bytes(length)?, NAME),
            pairs: reader,
            current: Vec::new(),
            pairs_all,
        })
    }

    /// Goes on to the next series: how many pairs it shares with the one before, and its pairs.
    pub(crate) fn next(&mut self) -> Result<(usize, &[u32])> {
        let common = self.counts.unsigned()?;
        let rest = self.counts.unsigned()?;
        let wrong = |rows: &Self| rows.counts.wrong("pairs of a series are out of range");
        if common > self.current.len() as u64 || rest > self.pairs.len() as u64 {
            return Err(wrong(self));
        }
        let common = common as usize;
        let before = self.current.split_off(common);
        for place in 0..rest as usize {
            let last = self.current.last().copied();
            let base = before.get(place).copied().or(last).unwrap_or(0);
            let pair = i64::from(base).checked_add(self.pairs.signed()?);
            let pair = pair.and_then(|it| u32::try_from(it).ok());
            let ascends = |pair: &u32| *pair < self.pairs_all && last.is_none_or(|it| it < *pair);
            let pair = pair.filter(ascends).ok_or_else(|| wrong(self))?;
            self.current.push(pair);
        }
        Ok((common, &self.current))
    }
}
