//! The value store of a head: chunks in memory, each once.

use super::cut::chunks;
use crate::columns::shared::LargeContent;
use hashbrown::HashMap;

/// Names a chunk: the first bytes of the BLAKE3 of its content.
pub(crate) type ChunkHash = [u8; 16];

/// Large values in memory.
#[derive(Debug, Default)]
pub struct MemoryValues {
    chunks: Vec<MemoryChunk>,
    chunk_places: HashMap<ChunkHash, u32, foldhash::fast::RandomState>,
    values: Vec<MemoryValue>,
    value_places: HashMap<[u8; 32], u32, foldhash::fast::RandomState>,
    chunk_bytes: usize,
    list_bytes: usize,
}

/// A chunk in memory.
#[derive(Debug)]
pub(crate) struct MemoryChunk {
    pub(crate) hash: ChunkHash,
    pub(crate) bytes: Box<[u8]>,
}

/// A value in memory.
#[derive(Debug)]
pub(crate) struct MemoryValue {
    pub(crate) hash: [u8; 32],
    pub(crate) length: u64,
    /// Places of its chunks.
    pub(crate) chunks: Box<[u32]>,
}

impl MemoryValues {
    /// Adds a value; nothing happens if it is there already.
    pub fn add(&mut self, content: &LargeContent) {
        if self.value_places.contains_key(&content.hash) {
            return;
        }
        let list: Box<[u32]> = chunks(&content.bytes)
            .map(|chunk| self.add_chunk(chunk))
            .collect();
        self.list_bytes += list.len() * 4;
        self.value_places
            .insert(content.hash, self.values.len() as u32);
        self.values.push(MemoryValue {
            hash: content.hash,
            length: content.bytes.len() as u64,
            chunks: list,
        });
    }

    fn add_chunk(&mut self, bytes: &[u8]) -> u32 {
        let hash = chunk_hash(bytes);
        if let Some(place) = self.chunk_places.get(&hash) {
            return *place;
        }
        let place = self.chunks.len() as u32;
        self.chunk_places.insert(hash, place);
        self.chunk_bytes += bytes.len();
        self.chunks.push(MemoryChunk {
            hash,
            bytes: bytes.into(),
        });
        place
    }

    /// The content of a value.
    pub fn get(&self, hash: &[u8; 32]) -> Option<Vec<u8>> {
        let value = self.values.get(*self.value_places.get(hash)? as usize)?;
        let mut content = Vec::with_capacity(value.length as usize);
        for place in &value.chunks {
            content.extend_from_slice(&self.chunks.get(*place as usize)?.bytes);
        }
        Some(content)
    }

    /// Whether the value is here.
    pub fn contains(&self, hash: &[u8; 32]) -> bool {
        self.value_places.contains_key(hash)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True without values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.chunk_bytes + self.list_bytes + self.chunks.len() * 80 + self.values.len() * 150
    }

    /// All values, in the order in which they came.
    pub(crate) fn values(&self) -> &[MemoryValue] {
        &self.values
    }

    /// A chunk of a value.
    pub(crate) fn chunk(&self, place: u32) -> &MemoryChunk {
        &self.chunks[place as usize]
    }
}

/// The hash of a chunk.
pub(crate) fn chunk_hash(bytes: &[u8]) -> ChunkHash {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    hash
}

#[cfg(test)]
mod tests {
    use super::MemoryValues;
    use crate::columns::shared::LargeContent;

    #[test]
    fn equal_stretches_are_held_once() {
        let mut values = MemoryValues::default();
        let mut text = String::new();
        for turn in 0..50 {
            for word in 0..1000 {
                text.push_str(&format!("turn {turn} says {} ", word * turn));
            }
            let content = LargeContent {
                hash: *blake3::hash(text.as_bytes()).as_bytes(),
                bytes: text.as_bytes().into(),
            };
            values.add(&content);
            values.add(&content);
            assert_eq!(values.get(&content.hash).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(values.len(), 50);
        assert!(!values.contains(&[0; 32]) && values.get(&[0; 32]).is_none());
        assert!(values.memory() < text.len() * 2, "{}", values.memory());
    }
}
