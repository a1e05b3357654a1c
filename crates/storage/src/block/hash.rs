//! Hashes that filters and blooms of blocks are made of. They are part of the file format.
//!
//! All are XXH3-64; what is hashed begins with a letter for its kind, so that kinds never meet.

use tacho_model::id::TraceId;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Longest token of a body in bytes that is hashed whole; of a longer one only its beginning is.
pub const TOKEN_BYTES_MAX: usize = 64;

/// The hash of an attribute's key and the text form of its value (`Value::to_text`).
pub fn id_hash(key: &str, value: &str) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(b"=");
    hasher.update(&(key.len() as u64).to_le_bytes());
    hasher.update(key.as_bytes());
    hasher.update(value.as_bytes());
    hasher.digest()
}

/// The hash that says that an attribute's key occurs in the rest column.
pub fn key_hash(key: &str) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(b"k");
    hasher.update(key.as_bytes());
    hasher.digest()
}

/// The hash of a trace id.
pub fn trace_hash(id: &TraceId) -> u64 {
    let mut bytes = [b't'; 17];
    bytes[1..].copy_from_slice(&id.0);
    xxh3_64(&bytes)
}

/// The hash of a token of a body. `token` must be one that `tokens` gives.
pub fn token_hash(token: &str) -> u64 {
    let token = token.as_bytes();
    let token = &token[..token.len().min(TOKEN_BYTES_MAX)];
    let mut bytes = [b'w'; TOKEN_BYTES_MAX + 1];
    bytes[1..=token.len()].copy_from_slice(token);
    xxh3_64(&bytes[..=token.len()])
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
            !(starts_inside && *index == 0) && !(ends_inside && *index + 1 == count)
        })
        .map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::{id_hash, inner_tokens, key_hash, token_hash, tokens, trace_hash};
    use tacho_model::id::TraceId;

    #[test]
    fn hashes_stay() {
        assert_eq!(id_hash("run_id", "r-1"), 0);
        assert_eq!(key_hash("run_id"), 0);
        assert_eq!(trace_hash(&TraceId([7; 16])), 0);
        assert_eq!(token_hash("timeout"), 0);
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
