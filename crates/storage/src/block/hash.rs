//! Hashes that filters and blooms of blocks are made of. They are part of the file format.
//!
//! All are XXH3-64 with a seed for the kind of what is hashed, so that kinds never meet.

use tacho_model::id::TraceId;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Longest token of a body in bytes that is hashed whole; of a longer one only its beginning is.
pub const TOKEN_BYTES_MAX: usize = 64;

const KEY_SEED: u64 = 0x6b65_7900;
const TRACE_SEED: u64 = 0x7472_6163_6500;
const TOKEN_SEED: u64 = 0x746f_6b65_6e00;

/// Hashes values of one key.
#[derive(Debug, Clone, Copy)]
pub struct KeyHasher(u64);

impl KeyHasher {
    /// For values of this key.
    pub fn new(key: &str) -> Self {
        Self(xxh3_64(key.as_bytes()))
    }

    /// `id_hash` of this key and a value.
    pub fn hash(self, value: &str) -> u64 {
        xxh3_64_with_seed(value.as_bytes(), self.0)
    }
}

/// The hash of an attribute's key and the text form of its value (`Value::to_text`).
pub fn id_hash(key: &str, value: &str) -> u64 {
    KeyHasher::new(key).hash(value)
}

/// The hash that says that an attribute's key occurs in the rest column.
pub fn key_hash(key: &str) -> u64 {
    xxh3_64_with_seed(key.as_bytes(), KEY_SEED)
}

/// The hash of a trace id.
pub fn trace_hash(id: &TraceId) -> u64 {
    xxh3_64_with_seed(&id.0, TRACE_SEED)
}

/// The hash of a token of a body, one that `tokens` gives.
pub fn token_hash(token: &str) -> u64 {
    let token = token.as_bytes();
    xxh3_64_with_seed(&token[..token.len().min(TOKEN_BYTES_MAX)], TOKEN_SEED)
}

/// The tokens of a text: maximal runs of bytes out of `[A-Za-z0-9_]` and of bytes beyond ASCII.
/// Case matters. A text that contains a phrase has all tokens of the phrase, except that the
/// first and the last of them may be parts of longer ones.
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_')
        .filter(|token| !token.is_empty())
}

/// The tokens that every text that contains this phrase must have: those that the phrase itself
/// delimits on both sides.
pub fn inner_tokens(phrase: &str) -> impl Iterator<Item = &str> {
    let is_part = |byte: u8| !byte.is_ascii() || byte.is_ascii_alphanumeric() || byte == b'_';
    let starts_inside = phrase.bytes().next().is_some_and(is_part);
    let ends_inside = phrase.bytes().next_back().is_some_and(is_part);
    let count = tokens(phrase).count();
    tokens(phrase)
        .enumerate()
        .filter(move |(index, _)| {
            let may_begin_before = starts_inside && *index == 0;
            let may_end_later = ends_inside && *index + 1 == count;
            !may_begin_before && !may_end_later
        })
        .map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::{id_hash, inner_tokens, key_hash, token_hash, tokens, trace_hash};
    use tacho_model::id::TraceId;

    #[test]
    fn hashes_stay() {
        assert_eq!(id_hash("run_id", "r-1"), 3_377_957_152_281_402_318);
        assert_eq!(key_hash("run_id"), 4_036_759_018_925_794_045);
        assert_eq!(trace_hash(&TraceId([7; 16])), 8_328_629_232_528_841_892);
        assert_eq!(token_hash("timeout"), 6_309_537_965_107_752_846);
    }

    #[test]
    fn tokens_are_words_with_digits_and_all_beyond_ascii() {
        let found: Vec<_> = tokens("error: task_7 (größe=5ms)").collect();
        assert_eq!(found, ["error", "task_7", "größe", "5ms"]);
    }

    #[test]
    fn only_delimited_tokens_of_a_phrase_must_occur() {
        let inner = |phrase| inner_tokens(phrase).collect::<Vec<_>>();
        assert_eq!(inner("connection refused by peer"), ["refused", "by"]);
        assert_eq!(inner(" refused"), Vec::<&str>::new());
        assert_eq!(inner(" refused "), ["refused"]);
        assert_eq!(inner("imeou"), Vec::<&str>::new());
    }
}
