//! Headers of Parquet pages: Thrift's compact protocol, as far as pages need it. Statistics and
//! unknown fields of simple types are passed over; all else that is unexpected is an error.
//! Source: `parquet.thrift` of the Parquet format, `thrift-compact-protocol.md` of Apache Thrift.

use parquet::basic::Encoding;
use parquet::errors::{ParquetError, Result};

const BOOLEAN_TRUE: u8 = 1;
const BOOLEAN_FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const STRUCT: u8 = 12;

/// Structs in structs that are passed over: a page header has two levels of them.
const DEPTH_MAX: u8 = 4;
/// One more than the highest number of a field that is looked at.
const FIELDS: usize = 9;

/// What comes before the bytes of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the page as stored, levels included.
    pub stored_bytes: usize,
    /// Bytes of the page when decompressed, levels included.
    pub plain_bytes: usize,
    /// What the page holds.
    pub kind: PageKind,
}

/// The header of each kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    /// Values of rows, the levels compressed with them.
    Data {
        values: u32,
        encoding: Encoding,
        definition_levels: Encoding,
        repetition_levels: Encoding,
    },
    /// Values of rows after levels that are never compressed.
    DataV2 {
        values: u32,
        nulls: u32,
        rows: u32,
        encoding: Encoding,
        definition_bytes: u32,
        repetition_bytes: u32,
        compressed: bool,
    },
    /// The values that data pages name by number.
    Dictionary {
        values: u32,
        encoding: Encoding,
        sorted: bool,
    },
}

impl PageHeader {
    /// Reads the header at the start of a page; gives its length as well.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, usize)> {
        let mut input = Input { bytes, at: 0 };
        let header = input.page_header()?;
        Ok((header, input.at))
    }
}

fn wrong(what: impl std::fmt::Display) -> ParquetError {
    ParquetError::General(format!("wrong page header: {what}"))
}

/// Numbers and booleans of a struct, by the number of their field.
#[derive(Debug, Default)]
struct Numbers([Option<i64>; FIELDS]);

impl Numbers {
    fn set(&mut self, field: i16, value: i64) {
        let slot = usize::try_from(field)
            .ok()
            .and_then(|field| self.0.get_mut(field));
        if let Some(slot) = slot {
            *slot = Some(value);
        }
    }

    fn get(&self, field: usize) -> Option<i64> {
        self.0.get(field).copied().flatten()
    }

    /// A number of things or bytes: the format has 31 bits for them.
    fn count(&self, field: usize) -> Result<u32> {
        let value = self
            .get(field)
            .ok_or_else(|| wrong(format_args!("no field {field}")))?;
        i32::try_from(value)
            .ok()
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| wrong(format_args!("{value} in field {field}")))
    }

    fn encoding(&self, field: usize) -> Result<Encoding> {
        Ok(match self.count(field)? {
            0 => Encoding::PLAIN,
            2 => Encoding::PLAIN_DICTIONARY,
            3 => Encoding::RLE,
            5 => Encoding::DELTA_BINARY_PACKED,
            6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
            7 => Encoding::DELTA_BYTE_ARRAY,
            8 => Encoding::RLE_DICTIONARY,
            9 => Encoding::BYTE_STREAM_SPLIT,
            other => return Err(wrong(format_args!("encoding {other}"))),
        })
    }

    fn data(&self) -> Result<PageKind> {
        Ok(PageKind::Data {
            values: self.count(1)?,
            encoding: self.encoding(2)?,
            definition_levels: self.encoding(3)?,
            repetition_levels: self.encoding(4)?,
        })
    }

    fn dictionary(&self) -> Result<PageKind> {
        Ok(PageKind::Dictionary {
            values: self.count(1)?,
            encoding: self.encoding(2)?,
            sorted: self.get(3) == Some(1),
        })
    }

    fn data_v2(&self) -> Result<PageKind> {
        Ok(PageKind::DataV2 {
            values: self.count(1)?,
            nulls: self.count(2)?,
            rows: self.count(3)?,
            encoding: self.encoding(4)?,
            definition_bytes: self.count(5)?,
            repetition_bytes: self.count(6)?,
            compressed: self.get(7) != Some(0),
        })
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn page_header(&mut self) -> Result<PageHeader> {
        let mut numbers = Numbers::default();
        let mut kind = None;
        let mut field = 0;
        while let Some(wire) = self.field(&mut field)? {
            match (field, wire) {
                (5, STRUCT) => kind = Some((0, self.numbers()?.data()?)),
                (7, STRUCT) => kind = Some((2, self.numbers()?.dictionary()?)),
                (8, STRUCT) => kind = Some((3, self.numbers()?.data_v2()?)),
                _ => self.value(wire, field, &mut numbers, DEPTH_MAX)?,
            }
        }
        let (number, kind) = kind.ok_or_else(|| wrong("of no known kind"))?;
        let told = numbers.count(1)?;
        if told != number {
            return Err(wrong(format_args!("kind {told} instead of {number}")));
        }
        Ok(PageHeader {
            stored_bytes: numbers.count(3)? as usize,
            plain_bytes: numbers.count(2)? as usize,
            kind,
        })
    }

    /// The numbers of a struct; what else is in it is passed over.
    fn numbers(&mut self) -> Result<Numbers> {
        let mut numbers = Numbers::default();
        let mut field = 0;
        while let Some(wire) = self.field(&mut field)? {
            self.value(wire, field, &mut numbers, DEPTH_MAX)?;
        }
        Ok(numbers)
    }

    /// The wire type of the next field; none at the end of the struct.
    fn field(&mut self, field: &mut i16) -> Result<Option<u8>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        let number = match byte >> 4 {
            0 => i16::try_from(self.zigzag()?).ok(),
            step => field.checked_add(i16::from(step)),
        };
        *field = number.ok_or_else(|| wrong("number of a field"))?;
        Ok(Some(byte & 0xf))
    }

    fn value(&mut self, wire: u8, field: i16, numbers: &mut Numbers, depth: u8) -> Result<()> {
        match wire {
            BOOLEAN_TRUE => numbers.set(field, 1),
            BOOLEAN_FALSE => numbers.set(field, 0),
            BYTE => drop(self.byte()?),
            I16 | I32 | I64 => numbers.set(field, self.zigzag()?),
            DOUBLE => self.pass(8)?,
            BINARY => {
                let length = self.varint()?;
                self.pass(length)?;
            }
            STRUCT => {
                let depth = depth.checked_sub(1).ok_or_else(|| wrong("too deep"))?;
                let (mut inner, mut passed) = (0, Numbers::default());
                while let Some(wire) = self.field(&mut inner)? {
                    self.value(wire, inner, &mut passed, depth)?;
                }
            }
            other => return Err(wrong(format_args!("type {other} of field {field}"))),
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| wrong("cut off"))?;
        self.at += 1;
        Ok(byte)
    }

    fn pass(&mut self, length: u64) -> Result<()> {
        let left = self.bytes.len() - self.at;
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= left);
        self.at += length.ok_or_else(|| wrong("cut off"))?;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(wrong("a number too long"))
    }

    fn zigzag(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}
