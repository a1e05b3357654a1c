//! How much of a request, and of each item in it, is taken.
//!
//! `ItemLimits` are written into the verdict of every frame, because replay must cut exactly where
//! the live request was cut; the rest matters only while a request is judged.

use std::time::Duration;
use tacho_wire::otlp::DecodeOptions;

/// Limits of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What is kept of each span or log record.
    pub items: ItemLimits,
    /// How far beyond the receive time an item may lie.
    pub future: Duration,
    /// Bytes of a body as it is sent.
    pub sent_bytes: usize,
    /// Bytes of a body after decompression.
    pub decoded_bytes: usize,
}

/// What is kept of a span or log record; the rest is counted as dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemLimits {
    /// Attributes of a record, and of each resource, scope, event and link.
    pub attributes: u32,
    /// Bytes of an attribute's key.
    pub key_bytes: u32,
    /// Bytes of one value; also of a name or another text field of an item.
    pub value_bytes: u32,
    /// Levels of arrays and maps; deeper ones become JSON text.
    pub nesting: u32,
    /// Events of a span.
    pub events: u32,
    /// Links of a span.
    pub links: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            items: ItemLimits::default(),
            future: Duration::from_secs(600),
            sent_bytes: 20 << 20,
            decoded_bytes: 64 << 20,
        }
    }
}

impl Default for ItemLimits {
    fn default() -> Self {
        Self {
            attributes: 1024,
            key_bytes: 64 << 10,
            value_bytes: 4 << 20,
            nesting: 64,
            events: 10_000,
            links: 1_000,
        }
    }
}

impl ItemLimits {
    /// What the decoder has to know of them.
    pub fn decode_options(&self) -> DecodeOptions {
        DecodeOptions {
            nesting_max: self.nesting as usize,
            attributes_max: self.attributes as usize,
            nested_bytes_max: self.value_bytes as usize,
        }
    }
}
