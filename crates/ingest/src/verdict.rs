//! The verdict on a request, as it stands in the frame of the WAL: what was refused, and by which
//! limits the rest was cut. Layout: `docs/formats/verdict.md`. Receive time, compression and
//! content kind stand in the frame's header.

use crate::judge::RefusedRange;
use crate::limits::ItemLimits;
use crate::reason::Reason;
use tacho_storage::error::{Error, Result};

/// The version that this code writes.
const VERSION: u8 = 1;
/// A varint has at most this many bytes.
const VARINT_BYTES_MAX: u32 = 10;

/// Everything that replay has to know beside the body and the header of its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Bytes of the body after decompression.
    pub decoded_bytes: u64,
    /// Items in the body, refused ones included.
    pub items: u64,
    /// What was kept of each item.
    pub limits: ItemLimits,
    /// The refused items, ascending, not touching each other.
    pub refused: Vec<RefusedRange>,
}

impl Verdict {
    /// The bytes for the frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(48 + self.refused.len() * 4);
        out.push(VERSION);
        let limits = &self.limits;
        for number in [
            self.decoded_bytes,
            self.items,
            u64::from(limits.attributes),
            u64::from(limits.key_bytes),
            u64::from(limits.value_bytes),
            u64::from(limits.nesting),
            u64::from(limits.events),
            u64::from(limits.links),
        ] {
            put_varint(&mut out, number);
        }
        put_ranges(&mut out, &self.refused);
        out
    }

    /// Reads the bytes of a frame.
    ///
    /// # Errors
    /// `Invalid` for a version that this program does not know, `Corrupt` for anything else that
    /// no program wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let version = reader.byte()?;
        if version != VERSION {
            return Err(Error::invalid(format!(
                "verdict has version {version}, this program knows {VERSION}"
            )));
        }
        let decoded_bytes = reader.varint()?;
        let items = reader.varint()?;
        let limits = ItemLimits {
            attributes: reader.small()?,
            key_bytes: reader.small()?,
            value_bytes: reader.small()?,
            nesting: reader.small()?,
            events: reader.small()?,
            links: reader.small()?,
        };
        let refused = reader.ranges(items)?;
        if !reader.0.is_empty() {
            return Err(Error::corrupt(format!(
                "verdict has {} bytes after its end",
                reader.0.len()
            )));
        }
        Ok(Self {
            decoded_bytes,
            items,
            limits,
            refused,
        })
    }
}

/// Appends ranges of refused items, as `Reader::ranges` reads them after their number.
pub(crate) fn put_ranges(out: &mut Vec<u8>, ranges: &[RefusedRange]) {
    put_varint(out, ranges.len() as u64);
    let mut next = 0;
    for range in ranges {
        put_varint(out, range.first.saturating_sub(next));
        put_varint(out, range.last.saturating_sub(range.first));
        out.push(range.reason.code());
        next = range.last.saturating_add(1);
    }
}

/// Appends a varint.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads the parts of a verdict.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (first, rest) = self
            .0
            .split_first_chunk()
            .ok_or_else(|| Error::corrupt("verdict ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn varint(&mut self) -> Result<u64> {
        let mut number = 0u64;
        for place in 0..VARINT_BYTES_MAX {
            let byte = self.byte()?;
            if place == VARINT_BYTES_MAX - 1 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << (place * 7);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Error::corrupt("verdict has a number of more than 64 bits"))
    }

    /// Bytes with their length in front.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let (bytes, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| Error::corrupt("verdict ends too early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    /// A text with its length in front.
    pub(crate) fn text(&mut self) -> Result<String> {
        let text = String::from_utf8(self.bytes()?.to_vec());
        text.map_err(|_| Error::corrupt("verdict has a text that is not UTF-8"))
    }

    pub(crate) fn small(&mut self) -> Result<u32> {
        let number = self.varint()?;
        u32::try_from(number)
            .map_err(|_| Error::corrupt(format!("verdict has a limit of {number}")))
    }

    pub(crate) fn ranges(&mut self, items: u64) -> Result<Vec<RefusedRange>> {
        let count = self.varint()?;
        // Each takes three bytes at least: the number cannot make us take memory for nothing.
        if count > self.0.len() as u64 / 3 {
            return Err(Error::corrupt(format!("verdict declares {count} ranges")));
        }
        let mut ranges = Vec::with_capacity(count as usize);
        let mut next = 0u64;
        for _ in 0..count {
            let first = next.checked_add(self.varint()?);
            let last = self.varint()?;
            let last = first.and_then(|first| first.checked_add(last));
            let (Some(first), Some(last)) = (first, last.filter(|last| *last < items)) else {
                return Err(Error::corrupt(format!(
                    "verdict refuses an item beyond the {items} of the request"
                )));
            };
            let code = self.byte()?;
            let reason = Reason::from_code(code)
                .ok_or_else(|| Error::invalid(format!("verdict has the unknown reason {code}")))?;
            ranges.push(RefusedRange {
                first,
                last,
                reason,
            });
            next = last + 1;
        }
        Ok(ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::judge::RefusedRange;
    use crate::limits::ItemLimits;
    use crate::reason::Reason;
    use tacho_storage::error::ErrorKind;

    fn sample() -> Verdict {
        Verdict {
            decoded_bytes: 300,
            items: 1000,
            limits: ItemLimits::default(),
            refused: vec![
                RefusedRange {
                    first: 0,
                    last: 0,
                    reason: Reason::TraceIdZero,
                },
                RefusedRange {
                    first: 200,
                    last: 999,
                    reason: Reason::TimeInFuture,
                },
            ],
        }
    }

    /// The bytes of version 1. If this fails, raise the version and keep reading this one.
    #[test]
    fn golden_bytes() {
        let expected = "01 ac02 e807 8008 808004 80808002 40 904e e807 02 000002 c7019f060b";
        let hex: String = sample()
            .encode()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(hex, expected.replace(' ', ""));
    }

    #[test]
    fn verdicts_come_back() {
        let verdict = sample();
        assert_eq!(Verdict::decode(&verdict.encode()).unwrap(), verdict);
        let plain = Verdict {
            refused: Vec::new(),
            ..verdict
        };
        assert_eq!(Verdict::decode(&plain.encode()).unwrap(), plain);
    }

    #[test]
    fn broken_verdicts_are_corrupt_and_newer_ones_invalid() {
        let bytes = sample().encode();
        for cut in 0..bytes.len() {
            let error = Verdict::decode(&bytes[..cut]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "cut at {cut}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(
            Verdict::decode(&longer).unwrap_err().kind(),
            ErrorKind::Corrupt
        );
        let mut newer = bytes;
        newer[0] = 2;
        assert_eq!(
            Verdict::decode(&newer).unwrap_err().kind(),
            ErrorKind::Invalid
        );
    }
}
