//! Whole numbers that survive JavaScript: beyond 2^53 they travel as strings.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};

/// Largest whole number that a double holds exactly together with all below it.
pub const EXACT_MAX: u64 = 1 << 53;

/// A number of things; in JSON a number up to 2^53, beyond it a string of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Count(pub u64);

impl From<u64> for Count {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<usize> for Count {
    fn from(number: usize) -> Self {
        Self(number as u64)
    }
}

impl From<u32> for Count {
    fn from(number: u32) -> Self {
        Self(u64::from(number))
    }
}

impl Count {
    /// Whether it is nothing; for fields that are left out then.
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= EXACT_MAX {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a string of digits")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Count, E> {
        Ok(Count(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
        u64::try_from(number)
            .map(Count)
            .map_err(|_| E::custom("a count below zero"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Count, E> {
        text.parse().map(Count).map_err(E::custom)
    }
}

impl utoipa::PartialSchema for Count {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(0));
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[0-9]+$"))
            .description(Some("Beyond 2^53"));
        OneOfBuilder::new().item(number).item(text).into()
    }
}

impl utoipa::ToSchema for Count {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Count")
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, EXACT_MAX};

    #[test]
    fn large_counts_travel_as_strings_and_come_back() {
        let json = serde_json::to_string(&[Count(7), Count(EXACT_MAX), Count(u64::MAX)]).unwrap();
        assert_eq!(json, "[7,9007199254740992,\"18446744073709551615\"]");
        let back: Vec<Count> = serde_json::from_str(&json).unwrap();
        assert_eq!(back, [Count(7), Count(EXACT_MAX), Count(u64::MAX)]);
        assert!(serde_json::from_str::<Count>("-1").is_err());
    }
}
