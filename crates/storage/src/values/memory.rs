//! The value store of a head: chunks in memory, each once.

use crate::columns::shared::LargeContent;

/// Large values in memory.
#[derive(Debug, Default)]
pub struct MemoryValues {}

impl MemoryValues {
    /// Adds a value; nothing happens if it is there already.
    pub fn add(&mut self, _content: &LargeContent) {}

    /// The content of a value.
    pub fn get(&self, _hash: &[u8; 32]) -> Option<Vec<u8>> {
        None
    }

    /// Whether the value is here.
    pub fn contains(&self, _hash: &[u8; 32]) -> bool {
        false
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        0
    }

    /// True without values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        0
    }
}
