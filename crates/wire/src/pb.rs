//! Protobuf's wire format: a reader that goes over the fields of a message without copying, and a
//! writer. Source: protobuf.dev/programming-guides/encoding.
//!
//! Nothing is allocated, nothing recurses, every length is checked against the bytes that are
//! there before it is used. Groups, which proto3 does not have, are errors.

use crate::error::{Malformed, Problem, Result};

/// Goes over the fields of one message. After an error it ends.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Offset of the end of this message in the body; with `rest` it gives every position.
    end: usize,
}

/// One field as it stands in a message.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The field's number, 1 to 2^29 - 1.
    pub number: u32,
    /// What it holds.
    pub value: FieldValue<'a>,
    /// Offset of the content's end in the body.
    end: usize,
}

/// Content of a field by wire type.
#[derive(Debug, Clone, Copy)]
pub enum FieldValue<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2: text, bytes, a message.
    Len(&'a [u8]),
    /// Wire type 5.
    Fixed32(u32),
}

impl<'a> Reader<'a> {
    /// Reads a body; offsets in errors count from its start.
    pub fn new(body: &'a [u8]) -> Self {
        Self {
            rest: body,
            end: body.len(),
        }
    }

    /// Number of bytes not read yet.
    pub fn len(&self) -> usize {
        self.rest.len()
    }

    /// True if nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Offset in the body of what is read next.
    pub(crate) fn offset(&self) -> usize {
        self.end - self.rest.len()
    }

    fn expected(&self, what: &'static str) -> Malformed {
        Malformed::expected(self.offset(), what)
    }

    #[inline]
    fn varint(&mut self) -> Result<u64> {
        match self.rest {
            [first, rest @ ..] if *first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*first))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        let mut rest = self.rest;
        for shift in (0..64).step_by(7) {
            let [byte, tail @ ..] = rest else {
                return Err(self.expected("the rest of a varint"));
            };
            rest = tail;
            if shift == 63 && *byte > 1 {
                return Err(self.expected("a varint of at most 64 bits"));
            }
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(self.expected("a varint of at most 64 bits"))
    }

    /// The bytes that are left.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline(always)]
    fn read_field(&mut self) -> Result<Field<'a>> {
        let start = *self;
        let tag = self.varint()?;
        let number = match u32::try_from(tag >> 3) {
            Ok(number) if number > 0 && number < 1 << 29 => number,
            _ => return Err(start.expected("a field number of 1 to 536870911")),
        };
        let value = match tag & 7 {
            0 => FieldValue::Varint(self.varint()?),
            1 => {
                let Some((bytes, rest)) = self.rest.split_first_chunk() else {
                    return Err(self.expected("8 bytes of a fixed64"));
                };
                self.rest = rest;
                FieldValue::Fixed64(u64::from_le_bytes(*bytes))
            }
            2 => {
                let declared = self.varint()?;
                let content = usize::try_from(declared)
                    .ok()
                    .and_then(|length| self.rest.split_at_checked(length));
                let Some((content, rest)) = content else {
                    return Err(Malformed {
                        offset: self.offset(),
                        problem: Problem::Length {
                            declared,
                            left: self.rest.len(),
                        },
                    });
                };
                self.rest = rest;
                FieldValue::Len(content)
            }
            5 => {
                let Some((bytes, rest)) = self.rest.split_first_chunk() else {
                    return Err(self.expected("4 bytes of a fixed32"));
                };
                self.rest = rest;
                FieldValue::Fixed32(u32::from_le_bytes(*bytes))
            }
            other => {
                return Err(Malformed {
                    offset: start.offset(),
                    problem: Problem::WireType {
                        field: number,
                        wire_type: other as u8,
                    },
                });
            }
        };
        Ok(Field {
            number,
            value,
            end: self.offset(),
        })
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Field<'a>>;

    #[inline(always)]
    fn next(&mut self) -> Option<Result<Field<'a>>> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read_field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl<'a> Field<'a> {
    /// The content is not what it should be.
    #[cold]
    pub(crate) fn mismatch(&self, expected: &'static str) -> Malformed {
        Malformed {
            offset: self.end,
            problem: Problem::FieldType {
                field: self.number,
                expected,
            },
        }
    }

    /// The content as a message.
    #[inline]
    pub fn message(&self) -> Result<Reader<'a>> {
        match self.value {
            FieldValue::Len(rest) => Ok(Reader {
                rest,
                end: self.end,
            }),
            _ => Err(self.mismatch("a message")),
        }
    }

    /// The content as bytes.
    #[inline]
    pub fn bytes(&self) -> Result<&'a [u8]> {
        match self.value {
            FieldValue::Len(bytes) => Ok(bytes),
            _ => Err(self.mismatch("text or bytes")),
        }
    }

    /// The content as an integer of variable length.
    #[inline]
    pub fn varint(&self) -> Result<u64> {
        match self.value {
            FieldValue::Varint(value) => Ok(value),
            _ => Err(self.mismatch("a varint")),
        }
    }

    /// The content as integers of variable length, packed or one alone; calls `each` for every one.
    ///
    /// # Errors
    /// If the field is neither, or a packed varint is cut.
    pub(crate) fn varints(&self, mut each: impl FnMut(u64)) -> Result<()> {
        match self.value {
            FieldValue::Varint(value) => each(value),
            FieldValue::Len(rest) => {
                let mut packed = Reader {
                    rest,
                    end: self.end,
                };
                while !packed.is_empty() {
                    each(packed.varint()?);
                }
            }
            _ => return Err(self.mismatch("varints")),
        }
        Ok(())
    }

    /// The content as a `uint32`: the low 32 bits, as protobuf says.
    #[inline]
    pub fn uint32(&self) -> Result<u32> {
        self.varint().map(|value| value as u32)
    }

    /// The content as an enum's number: the low 32 bits, signed.
    #[inline]
    pub fn enumeration(&self) -> Result<i32> {
        self.varint().map(|value| value as i32)
    }

    /// The content as eight bytes.
    #[inline]
    pub fn fixed64(&self) -> Result<u64> {
        match self.value {
            FieldValue::Fixed64(value) => Ok(value),
            _ => Err(self.mismatch("a fixed64")),
        }
    }

    /// The content as four bytes.
    #[inline]
    pub fn fixed32(&self) -> Result<u32> {
        match self.value {
            FieldValue::Fixed32(value) => Ok(value),
            _ => Err(self.mismatch("a fixed32")),
        }
    }
}

/// Builds a message. The `…_if` methods leave defaults out, as proto3 does.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty message.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes of the message.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn raw_varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    fn tag(&mut self, field: u32, wire_type: u8) {
        self.raw_varint(u64::from(field) << 3 | u64::from(wire_type));
    }

    /// An integer of variable length.
    pub fn varint(&mut self, field: u32, value: u64) {
        self.tag(field, 0);
        self.raw_varint(value);
    }

    /// Likewise, left out if 0.
    pub fn varint_if(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.varint(field, value);
        }
    }

    /// Eight bytes.
    pub fn fixed64(&mut self, field: u32, value: u64) {
        self.tag(field, 1);
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// Likewise, left out if 0.
    pub fn fixed64_if(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.fixed64(field, value);
        }
    }

    /// Four bytes.
    pub fn fixed32(&mut self, field: u32, value: u32) {
        self.tag(field, 5);
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// Likewise, left out if 0.
    pub fn fixed32_if(&mut self, field: u32, value: u32) {
        if value != 0 {
            self.fixed32(field, value);
        }
    }

    /// Text or bytes.
    pub fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.tag(field, 2);
        self.raw_varint(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// Likewise, left out if empty.
    pub fn bytes_if(&mut self, field: u32, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes(field, bytes);
        }
    }

    /// Eight bytes each, packed; left out without any.
    pub fn packed_fixed64s(&mut self, field: u32, values: impl IntoIterator<Item = u64>) {
        let bytes: Vec<u8> = values.into_iter().flat_map(u64::to_le_bytes).collect();
        self.bytes_if(field, &bytes);
    }

    /// Integers of variable length, packed; left out without any.
    pub fn packed_varints(&mut self, field: u32, values: impl IntoIterator<Item = u64>) {
        let mut packed = Self::new();
        for value in values {
            packed.raw_varint(value);
        }
        self.bytes_if(field, &packed.out);
    }

    /// A message that `fill` writes. Its length is put before it afterwards: one byte is set
    /// aside, and the content moves if the length needs more.
    pub fn message(&mut self, field: u32, fill: impl FnOnce(&mut Self)) {
        self.tag(field, 2);
        let start = self.out.len();
        self.out.push(0);
        fill(self);
        let mut length = self.out.len() - start - 1;
        let mut prefix = [0u8; 10];
        let mut used = 0;
        for slot in &mut prefix {
            used += 1;
            *slot = length as u8 & 0x7f;
            length >>= 7;
            if length == 0 {
                break;
            }
            *slot |= 0x80;
        }
        self.out
            .splice(start..=start, prefix.into_iter().take(used));
    }
}

#[cfg(test)]
mod tests;
