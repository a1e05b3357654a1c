//! Identifiers, each a type of its own. Hexadecimal text is lower case on the way out and either
//! case on the way in.

use std::fmt;
use std::sync::Arc;

/// Why a text or byte string is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// No bytes at all where the field is required.
    #[error("is missing")]
    Missing,
    /// All bytes are zero, which OTLP calls invalid.
    #[error("is all zero")]
    Zero,
    /// The byte string has this length, which is not the length of the identifier.
    #[error("has {0} bytes")]
    Length(usize),
    /// The text has a character that is not hexadecimal, or the wrong number of them.
    #[error("is not hexadecimal of the right length")]
    Text,
}

fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    let bytes = text.as_bytes();
    if bytes.len() != N * 2 {
        return Err(IdError::Text);
    }
    let mut out = [0u8; N];
    for (slot, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else {
            return Err(IdError::Text);
        };
        *slot = high << 4 | low;
    }
    Ok(out)
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Number of bytes.
            pub const LEN: usize = $len;

            /// Takes the bytes of a protobuf field; empty, wrong length and all zero are errors.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdError> {
                if bytes.is_empty() {
                    return Err(IdError::Missing);
                }
                let array: [u8; $len] =
                    bytes.try_into().map_err(|_| IdError::Length(bytes.len()))?;
                if array == [0; $len] { Err(IdError::Zero) } else { Ok(Self(array)) }
            }

            /// Parses hexadecimal of either case; all zero is an error.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                if text.is_empty() {
                    return Err(IdError::Missing);
                }
                let array = parse_hex(text)?;
                if array == [0; $len] { Err(IdError::Zero) } else { Ok(Self(array)) }
            }

            /// True for the identifier that stands for "none".
            pub fn is_zero(&self) -> bool {
                self.0 == [0; $len]
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for byte in self.0 {
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

byte_id!(
    /// Identifies a trace; 16 bytes, never changes.
    TraceId, 16
);
byte_id!(
    /// Identifies a span within its trace; 8 bytes, never changes.
    SpanId, 8
);

impl TraceId {
    /// The first eight bytes as a number, the key of indexes.
    pub fn hash64(&self) -> u64 {
        let mut high = [0u8; 8];
        high.copy_from_slice(&self.0[..8]);
        let mut low = [0u8; 8];
        low.copy_from_slice(&self.0[8..]);
        u64::from_le_bytes(high) ^ u64::from_le_bytes(low).rotate_left(32)
    }
}

/// Identifies a stored log record: its receive position. Survives flush and compaction, so it is
/// the record's permalink and cursor. Later received records have larger ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RecordId(pub u64);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl RecordId {
    /// Parses the sixteen hexadecimal digits that `Display` prints.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        Ok(Self(u64::from_be_bytes(parse_hex::<8>(text)?)))
    }
}

/// Identifies the owner of data; everything stored belongs to exactly one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// The tenant of data that names none.
    pub const DEFAULT: &'static str = "default";
    /// The tenant of our own telemetry; not counted in the status.
    pub const OWN: &'static str = "_tacho";

    /// Takes a name of 1 to 64 characters out of `[A-Za-z0-9_.-]` that does not start with a dot.
    pub fn new(name: &str) -> Result<Self, IdError> {
        let fits = !name.is_empty()
            && name.len() <= 64
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        if fits {
            Ok(Self(name.into()))
        } else {
            Err(IdError::Text)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TenantId {
    fn default() -> Self {
        Self(Self::DEFAULT.into())
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{IdError, RecordId, SpanId, TenantId, TraceId};

    #[test]
    fn hexadecimal_of_either_case_is_one_id() {
        let lower = TraceId::parse("5b8efff798038103d269b633813fc60c");
        let upper = TraceId::parse("5B8EFFF798038103D269B633813FC60C");
        assert_eq!(lower, upper);
        assert_eq!(
            lower.unwrap().to_string(),
            "5b8efff798038103d269b633813fc60c"
        );
    }

    #[test]
    fn zero_empty_and_wrong_lengths_are_told_apart() {
        assert_eq!(SpanId::from_bytes(&[0; 8]), Err(IdError::Zero));
        assert_eq!(SpanId::from_bytes(&[]), Err(IdError::Missing));
        assert_eq!(SpanId::from_bytes(&[1; 7]), Err(IdError::Length(7)));
        assert_eq!(SpanId::parse("00zz000000000000"), Err(IdError::Text));
    }

    #[test]
    fn record_id_text_round_trips() {
        let id = RecordId(0x1234_5678_9abc);
        assert_eq!(RecordId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn tenant_names_cannot_leave_their_folder() {
        assert!(TenantId::new("..").is_err());
        assert!(TenantId::new("a/b").is_err());
        assert!(TenantId::new("team-1").is_ok());
    }
}
