//! Ids that were sent as text other than hexadecimal (R118).
//!
//! Text of the right number of hexadecimal digits, of either case, is the id itself. Any other
//! text of 1 to 128 bytes is an alias: the id is the first bytes of its SHA-256. Lookups use the
//! same mapping as decoding, so both the text and the derived id find the item.

use sha2::{Digest as _, Sha256};
use tacho_model::id::{IdError, SpanId, TraceId};

/// Longest alias in bytes; a longer text is `IdError::Text`.
pub const ALIAS_BYTES_MAX: usize = 128;

/// The trace id of a text, and whether the text is an alias.
///
/// # Errors
/// `Missing` for empty text, `Zero` for 32 zeros, `Text` beyond [`ALIAS_BYTES_MAX`].
pub fn trace_id(text: &str) -> Result<(TraceId, bool), IdError> {
    match TraceId::parse(text) {
        Err(IdError::Text) => derive(text).map(|bytes| (TraceId(bytes), true)),
        parsed => parsed.map(|id| (id, false)),
    }
}

/// The span id of a text, and whether the text is an alias.
///
/// # Errors
/// `Missing` for empty text, `Zero` for 16 zeros, `Text` beyond [`ALIAS_BYTES_MAX`].
pub fn span_id(text: &str) -> Result<(SpanId, bool), IdError> {
    match SpanId::parse(text) {
        Err(IdError::Text) => derive(text).map(|bytes| (SpanId(bytes), true)),
        parsed => parsed.map(|id| (id, false)),
    }
}

/// The first bytes of the text's SHA-256. All zero does not occur in practice; should it, the
/// last bit is set, because zero means "none".
fn derive<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    if text.len() > ALIAS_BYTES_MAX {
        return Err(IdError::Text);
    }
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0u8; N];
    for (slot, byte) in bytes.iter_mut().zip(digest) {
        *slot = byte;
    }
    if bytes == [0; N]
        && let Some(last) = bytes.last_mut()
    {
        *last = 1;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{ALIAS_BYTES_MAX, span_id, trace_id};
    use tacho_model::id::{IdError, SpanId, TraceId};

    #[test]
    fn hexadecimal_of_the_right_length_is_the_id_itself() {
        let (id, alias) = trace_id("5B8EFFF798038103D269B633813FC60C").unwrap();
        assert_eq!(id.to_string(), "5b8efff798038103d269b633813fc60c");
        assert!(!alias);
        assert_eq!(
            span_id("eee19b7ec3c1b174"),
            Ok((SpanId::parse("EEE19B7EC3C1B174").unwrap(), false))
        );
    }

    #[test]
    fn other_text_maps_to_the_first_bytes_of_its_sha_256() {
        // SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 …
        let id = TraceId::parse("ba7816bf8f01cfea414140de5dae2223").unwrap();
        assert_eq!(trace_id("abc"), Ok((id, true)));
        let id = SpanId::parse("ba7816bf8f01cfea").unwrap();
        assert_eq!(span_id("abc"), Ok((id, true)));
    }

    #[test]
    fn hexadecimal_of_another_length_is_an_alias() {
        assert!(trace_id("eee19b7ec3c1b174").unwrap().1);
        assert!(span_id("5b8efff798038103d269b633813fc60c").unwrap().1);
    }

    #[test]
    fn missing_zero_and_overlong_texts_are_told_apart() {
        assert_eq!(trace_id(""), Err(IdError::Missing));
        assert_eq!(trace_id(&"0".repeat(32)), Err(IdError::Zero));
        assert_eq!(span_id(&"0".repeat(16)), Err(IdError::Zero));
        assert!(trace_id(&"x".repeat(ALIAS_BYTES_MAX)).is_ok());
        assert_eq!(
            trace_id(&"x".repeat(ALIAS_BYTES_MAX + 1)),
            Err(IdError::Text)
        );
    }
}
