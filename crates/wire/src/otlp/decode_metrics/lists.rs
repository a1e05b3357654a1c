//! Attributes and exemplars of a data point, noted in its first pass: whether there are any, and the hash of
//! the attributes, which stand next to each other in what all senders write.

use crate::error::Result;
use crate::otlp::decode_metrics::point::Kind;
use crate::pb::{Field, Reader};
use xxhash_rust::xxh3::xxh3_128;

/// Attributes and exemplars as the first pass met them.
pub(super) struct Lists {
    pub(super) attributes: u32,
    pub(super) exemplars: u32,
    pub(super) has_attributes: bool,
    pub(super) has_exemplars: bool,
    /// Bytes left in the point before the first attribute and behind the last one.
    first_left: usize,
    last_left: usize,
    /// Bytes of attribute fields with their tags, to see whether they stand next to each other.
    bytes: usize,
}

impl Lists {
    pub(super) fn new(kind: Kind) -> Self {
        let (attributes, exemplars) = kind.lists();
        Self {
            attributes,
            exemplars,
            has_attributes: false,
            has_exemplars: false,
            first_left: 0,
            last_left: 0,
            bytes: 0,
        }
    }

    /// Notes a field that lies between so many bytes before the end of the point.
    #[inline(always)]
    pub(super) fn note(&mut self, field: &Field<'_>, before: usize, after: usize) -> Result<()> {
        if field.number == self.attributes {
            field.bytes()?;
            if !self.has_attributes {
                self.has_attributes = true;
                self.first_left = before;
            }
            self.last_left = after;
            self.bytes += before - after;
        } else if field.number == self.exemplars {
            field.bytes()?;
            self.has_exemplars = true;
        }
        Ok(())
    }

    /// Hash of the attribute fields as they stand, tags and lengths included: they keep one pair from
    /// running into the next.
    #[inline]
    pub(super) fn hash(&self, reader: Reader<'_>, scattered: &mut Vec<u8>) -> Result<u128> {
        let bytes = reader.rest();
        let region = bytes
            .len()
            .checked_sub(self.first_left)
            .zip(bytes.len().checked_sub(self.last_left))
            .and_then(|(start, end)| bytes.get(start..end))
            .unwrap_or_default();
        if !self.has_attributes {
            return Ok(xxh3_128(&[]));
        }
        if region.len() == self.bytes {
            return Ok(xxh3_128(region));
        }
        scattered.clear();
        let mut reader = reader;
        loop {
            let before = reader.rest();
            let Some(field) = reader.next() else { break };
            if field?.number == self.attributes {
                let field = before.get(..before.len() - reader.len());
                scattered.extend_from_slice(field.unwrap_or_default());
            }
        }
        Ok(xxh3_128(scattered))
    }
}
