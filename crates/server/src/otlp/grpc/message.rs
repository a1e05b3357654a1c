//! The one message of a unary call: a flag, four bytes of length, the message.

use super::message_encoding;
use bytes::Bytes;
use tacho_ingest::body::ContentEncoding;
use tacho_ingest::refusal::{Refusal, RefusalKind};

/// Bytes before the message.
pub(super) const PREFIX_BYTES: usize = 5;

/// The message of a call, still compressed.
#[derive(Debug)]
pub(super) struct Message {
    /// How it is compressed.
    pub(super) encoding: ContentEncoding,
    /// Its bytes.
    pub(super) bytes: Bytes,
}

/// The declared length, once the bytes of the prefix are there.
fn declared_length(body: &[u8]) -> Option<usize> {
    let (_, rest) = body.split_first()?;
    let length = rest.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

/// Refuses a call as soon as it can be seen that it is too long: by its declared length, or
/// because more follows than one message.
pub(super) fn check(body: &[u8], limit: usize) -> Result<(), Refusal> {
    let Some(length) = declared_length(body) else {
        return Ok(());
    };
    if length > limit {
        return Err(Refusal::new(
            RefusalKind::TooLarge,
            format!("message declares {length} bytes, the limit is {limit}"),
        ));
    }
    if body.len() - PREFIX_BYTES > length {
        return Err(Refusal::new(
            RefusalKind::Malformed,
            format!("expected one message of {length} bytes, more bytes follow it"),
        ));
    }
    Ok(())
}

/// Takes the message out of a body that was read to its end and checked.
pub(super) fn take(body: &Bytes, declared: ContentEncoding) -> Result<Message, Refusal> {
    let expected = |what: String| Refusal::new(RefusalKind::Malformed, what);
    let (Some(length), Some(flag)) = (declared_length(body), body.first()) else {
        return Err(expected(format!(
            "call has {} bytes, expected a message with a prefix of {PREFIX_BYTES}",
            body.len()
        )));
    };
    let bytes = body.slice(PREFIX_BYTES..);
    if bytes.len() != length {
        return Err(expected(format!(
            "message declares {length} bytes and has {}",
            bytes.len()
        )));
    }
    let encoding = message_encoding(*flag, declared)?;
    Ok(Message { encoding, bytes })
}

#[cfg(test)]
mod tests {
    use super::{check, take};
    use bytes::Bytes;
    use tacho_ingest::body::ContentEncoding::{Gzip, Identity};
    use tacho_ingest::refusal::RefusalKind;

    fn kind(body: &'static [u8], limit: usize) -> Option<RefusalKind> {
        let taken = check(body, limit).and_then(|()| take(&Bytes::from_static(body), Gzip));
        taken.err().map(|refusal| refusal.kind)
    }

    #[test]
    fn one_whole_message_is_taken() {
        let message = take(&Bytes::from_static(b"\0\0\0\0\x02ab"), Gzip).unwrap();
        assert_eq!(
            (message.encoding, &message.bytes[..]),
            (Identity, &b"ab"[..])
        );
        let message = take(&Bytes::from_static(b"\x01\0\0\0\x02ab"), Gzip).unwrap();
        assert_eq!(message.encoding, Gzip);
    }

    #[test]
    fn what_is_no_message_is_malformed() {
        for body in [
            &b""[..],
            b"\0\0\0\0",
            b"\0\0\0\0\x02a",
            b"\0\0\0\0\x02abc",
            b"\x02\0\0\0\x02ab",
        ] {
            assert_eq!(kind(body, 100), Some(RefusalKind::Malformed), "{body:?}");
        }
        assert!(take(&Bytes::from_static(b"\x01\0\0\0\x02ab"), Identity).is_err());
    }

    #[test]
    fn a_declared_gigabyte_is_refused_at_its_prefix() {
        assert_eq!(kind(b"\0\x40\0\0\0", 100), Some(RefusalKind::TooLarge));
    }
}
