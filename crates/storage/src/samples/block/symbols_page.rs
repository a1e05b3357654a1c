//! A page of texts: the values of neighbouring label pairs. Format: `docs/formats/samples-block.md`,
//! section "Symbols".

use crate::error::Result;
use crate::varint::{Reader, put_unsigned};

/// A page ends after so many bytes of texts.
pub(crate) const PAGE_TEXT_BYTES: usize = 64 << 10;
/// Most bytes of texts of a page that is read.
const PAGE_TEXT_BYTES_MAX: usize = 64 << 20;
const NAME: &str = "texts of a block of samples";

/// Appends a text of a page after another of it, empty for the first one.
pub(crate) fn put_text(text: &str, before: &str, out: &mut Vec<u8>) {
    let same = text.bytes().zip(before.bytes()).take_while(|(a, b)| a == b);
    let common = same.count();
    put_unsigned(out, common as u64);
    put_unsigned(out, (text.len() - common) as u64);
    out.extend_from_slice(text.as_bytes().get(common..).unwrap_or_default());
}

/// A decoded page.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    texts: String,
    ends: Vec<u32>,
}

impl Symbols {
    /// Reads a page of so many texts.
    pub(crate) fn decode(bytes: &[u8], count: u32) -> Result<Self> {
        let mut reader = Reader::new(bytes, NAME);
        let mut texts = Vec::new();
        let mut ends = Vec::new();
        let mut before = 0..0usize;
        for _ in 0..count {
            let common = usize::try_from(reader.unsigned()?).unwrap_or(usize::MAX);
            let rest = reader.unsigned()?;
            let rest = reader.bytes(rest)?;
            let is_sound =
                common <= before.len() && texts.len() + common + rest.len() <= PAGE_TEXT_BYTES_MAX;
            if !is_sound {
                return Err(reader.wrong("a text is too long"));
            }
            let start = texts.len();
            texts.extend_from_within(before.start..before.start + common);
            texts.extend_from_slice(rest);
            before = start..texts.len();
            ends.push(texts.len() as u32);
        }
        reader.finish()?;
        let texts = String::from_utf8(texts).map_err(|_| reader.wrong("a text is not UTF-8"))?;
        if ends
            .iter()
            .any(|end| !texts.is_char_boundary(*end as usize))
        {
            return Err(reader.wrong("a text is not UTF-8"));
        }
        Ok(Self { texts, ends })
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A text of the page.
    pub(crate) fn text(&self, place: usize) -> &str {
        let end = self.ends.get(place).copied().unwrap_or(0) as usize;
        let start = place.checked_sub(1).and_then(|place| self.ends.get(place));
        let start = start.copied().unwrap_or(0) as usize;
        self.texts.get(start..end).unwrap_or_default()
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.texts.capacity() + self.ends.capacity() * 4 + 64
    }
}
