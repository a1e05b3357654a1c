//! The verdict on a request of samples, version 2 of `docs/formats/verdict.md`: what was refused before
//! samples were made, what the store refused of them, and the settings that shaped them.

use crate::judge::RefusedRange;
use crate::limits::ItemLimits;
use crate::metrics::batch::PointRange;
use crate::metrics::settings::TranslationSettings;
use crate::verdict::{Reader, put_ranges, put_varint};
use tacho_storage::error::{Error, Result};
use tacho_storage::samples::batch::Judgement;

/// The version of verdicts on samples.
const VERSION: u8 = 2;

/// Everything that replay has to know beside the body and the header of its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleVerdict {
    /// Bytes of the body after decompression.
    pub decoded_bytes: u64,
    /// Data points or samples in the body, refused ones included.
    pub items: u64,
    /// What was kept of resources and values. Only the parts that the decoder knows are written.
    pub limits: ItemLimits,
    /// How OTLP metrics became series; `None` for other bodies.
    pub translation: Option<TranslationSettings>,
    /// Refused items, ascending, not touching each other.
    pub refused: Vec<RefusedRange>,
    /// Points of the batch that the store refused: first one and count, ascending, not overlapping.
    pub dropped: Vec<PointRange>,
}

impl SampleVerdict {
    /// Takes over what the store refused.
    pub fn judged(&mut self, judgement: &Judgement) {
        self.dropped = judgement
            .refused
            .iter()
            .filter(|range| range.count > 0)
            .map(|range| (range.first, range.count))
            .collect();
    }

    /// The bytes for the frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32 + self.refused.len() * 4 + self.dropped.len() * 4);
        out.push(VERSION);
        let limits = &self.limits;
        for number in [
            self.decoded_bytes,
            self.items,
            u64::from(limits.attributes),
            u64::from(limits.value_bytes),
            u64::from(limits.nesting),
        ] {
            put_varint(&mut out, number);
        }
        out.push(u8::from(self.translation.is_some()));
        if let Some(translation) = &self.translation {
            translation.encode(&mut out);
        }
        put_ranges(&mut out, &self.refused);
        put_varint(&mut out, self.dropped.len() as u64);
        let mut next = 0u32;
        for (first, count) in &self.dropped {
            put_varint(&mut out, u64::from(first.saturating_sub(next)));
            put_varint(&mut out, u64::from(count.saturating_sub(1)));
            next = first.saturating_add(*count);
        }
        out
    }

    /// Reads the bytes of a frame.
    ///
    /// # Errors
    /// `Invalid` for a version or setting that this program does not know, `Corrupt` for anything else
    /// that no program wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let version = reader.byte()?;
        if version != VERSION {
            return Err(Error::invalid(format!(
                "verdict on samples has version {version}, this program knows {VERSION}"
            )));
        }
        let decoded_bytes = reader.varint()?;
        let items = reader.varint()?;
        let limits = ItemLimits {
            attributes: reader.small()?,
            value_bytes: reader.small()?,
            nesting: reader.small()?,
            ..ItemLimits::default()
        };
        let translation = match reader.byte()? {
            0 => None,
            1 => Some(TranslationSettings::decode(&mut reader)?),
            other => {
                return Err(Error::corrupt(format!(
                    "verdict has {other} translation settings"
                )));
            }
        };
        let refused = reader.ranges(items)?;
        let dropped = point_ranges(&mut reader)?;
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
            translation,
            refused,
            dropped,
        })
    }
}

fn point_ranges(reader: &mut Reader<'_>) -> Result<Vec<PointRange>> {
    let count = reader.varint()?;
    // Each takes two bytes at least: the number cannot make us take memory for nothing.
    if count > reader.0.len() as u64 / 2 {
        return Err(Error::corrupt(format!(
            "verdict declares {count} ranges of points"
        )));
    }
    let beyond = || Error::corrupt("verdict refuses a point beyond 32 bits");
    let mut ranges = Vec::with_capacity(count as usize);
    let mut next = 0u32;
    for _ in 0..count {
        let first = next.checked_add(reader.small()?).ok_or_else(beyond)?;
        let length = reader.small()?.checked_add(1).ok_or_else(beyond)?;
        next = first.checked_add(length).ok_or_else(beyond)?;
        ranges.push((first, length));
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::SampleVerdict;
    use crate::judge::RefusedRange;
    use crate::limits::ItemLimits;
    use crate::metrics::settings::{Promoted, Strategy, TranslationSettings};
    use crate::reason::Reason;
    use tacho_storage::error::ErrorKind;

    fn sample() -> SampleVerdict {
        SampleVerdict {
            decoded_bytes: 300,
            items: 1000,
            limits: ItemLimits::default(),
            translation: Some(TranslationSettings {
                strategy: Strategy::NoTranslation,
                promoted: Promoted::AllBut(vec!["host.name".to_owned()]),
                ..TranslationSettings::default()
            }),
            refused: vec![RefusedRange {
                first: 200,
                last: 999,
                reason: Reason::TimeInFuture,
            }],
            dropped: vec![(0, 1), (7, 300)],
        }
    }

    /// The bytes of version 2. If this fails, raise the version and keep reading this one.
    #[test]
    fn golden_bytes() {
        let expected = "02 ac02 e807 8008 80808002 40 01 03 f8 01 09 686f73742e6e616d65 \
            01 c8019f060b 02 0000 06ab02";
        let hex: String = sample()
            .encode()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected.replace(' ', ""));
    }

    #[test]
    fn verdicts_come_back() {
        let plain = SampleVerdict {
            translation: None,
            refused: Vec::new(),
            dropped: Vec::new(),
            ..sample()
        };
        for verdict in [sample(), plain] {
            assert_eq!(SampleVerdict::decode(&verdict.encode()).unwrap(), verdict);
        }
    }

    #[test]
    fn broken_verdicts_are_corrupt_and_newer_ones_invalid() {
        let bytes = sample().encode();
        for cut in 0..bytes.len() {
            let error = SampleVerdict::decode(&bytes[..cut]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "cut at {cut}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        let error = SampleVerdict::decode(&longer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        let mut newer = bytes;
        newer[0] = 3;
        let error = SampleVerdict::decode(&newer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
