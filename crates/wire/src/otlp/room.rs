//! The memory that arrays and maps of one message may take when they are decoded. On the wire an
//! empty element has two bytes, in memory 32 or 56, so a limit on bytes of the wire is not enough.
//!
//! What is charged depends on the decoded values alone: not on the encoding they came in, not on
//! the allocator, not on the build. Replay of a WAL relies on this, so the numbers below may only
//! change together with the version of the verdict.

use crate::otlp::{Context, DecodeOptions};
use tacho_model::value::Value;

/// Room of a message, unless its largest value needs more.
const ROOM_BYTES_MIN: usize = 32 << 20;
/// Room of a message in terms of the largest encoded value: integers of one digit need eight.
const ROOM_PER_ENCODED_BYTE: usize = 8;
/// An element of an array, without its content.
pub(crate) const ELEMENT_BYTES: usize = 32;
/// A key and value of a map, without their contents.
pub(crate) const PAIR_BYTES: usize = 56;
/// What an allocator adds, and rounds up by, at least.
const ALLOCATION_BYTES: usize = 16;

const _: () = assert!(size_of::<Value>() <= ELEMENT_BYTES);
const _: () = assert!(size_of::<(String, Value)>() <= PAIR_BYTES);

/// Room of the message at hand.
#[derive(Debug)]
pub(crate) struct Room {
    bytes: usize,
    /// The value of level 1 at hand does not fit: it is given up.
    exhausted: bool,
}

impl Room {
    pub(crate) fn new(options: &DecodeOptions) -> Self {
        Self {
            bytes: full(options),
            exhausted: false,
        }
    }

    /// What is left.
    pub(crate) fn left(&self) -> usize {
        self.bytes
    }

    /// True once something was charged that did not fit; what is decoded then is thrown away.
    #[inline]
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// Takes so much if it is there; false changes nothing.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }

    /// Takes a piece of an array or map; if there is too little left all of it is given up.
    pub(crate) fn charge(&mut self, bytes: usize) {
        self.exhausted = self.exhausted || !self.take(bytes);
    }

    /// Takes a number of elements or pairs and the allocation they lie in.
    pub(crate) fn charge_many(&mut self, count: usize, bytes: usize) {
        if count > 0 {
            self.charge(count.saturating_mul(bytes).saturating_add(ALLOCATION_BYTES));
        }
    }

    /// Takes a text or bytes inside an array or map.
    pub(crate) fn charge_content(&mut self, length: usize) {
        if length > 0 {
            self.charge(length.saturating_add(ALLOCATION_BYTES));
        }
    }

    /// Takes an element with its text outside of arrays and maps of the sender; false if there is
    /// too little left.
    pub(crate) fn take_text_element(&mut self, length: usize) -> bool {
        self.take(ELEMENT_BYTES + ALLOCATION_BYTES + length)
    }

    /// Ends a value of level 1 that was begun with so much left: true if it was given up, and then
    /// what it took is there again.
    pub(crate) fn give_up(&mut self, left_before: usize) -> bool {
        if self.exhausted {
            self.bytes = left_before;
        }
        std::mem::take(&mut self.exhausted)
    }
}

fn full(options: &DecodeOptions) -> usize {
    let by_value = options
        .nested_bytes_max
        .saturating_mul(ROOM_PER_ENCODED_BYTE);
    by_value.max(ROOM_BYTES_MIN)
}

impl Context<'_> {
    /// Begins a resource, scope, span or log record: it has room of its own.
    pub(crate) fn begin_message(&mut self) {
        self.room = Room::new(self.options);
    }

    /// Decodes an event or link, which has room of its own, in the midst of a span.
    pub(crate) fn apart<T>(&mut self, decode: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.room, Room::new(self.options));
        let decoded = decode(self);
        self.room = outer;
        decoded
    }
}
