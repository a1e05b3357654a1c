//! Variable-length numbers (LEB128, zigzag) and a reader that trusts no byte.

use crate::error::{Error, Result};

/// Appends an unsigned number, seven bits a byte, the lowest first.
pub(crate) fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number, small absolute values in few bytes.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_unsigned(out, (value.wrapping_shl(1) ^ (value >> 63)) as u64);
}

/// Reads numbers and bytes from front to back; running over the end is `Corrupt`.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    name: &'static str,
}

impl<'a> Reader<'a> {
    /// Reads these bytes; messages call them `name`.
    pub(crate) fn new(bytes: &'a [u8], name: &'static str) -> Self {
        Self { bytes, name }
    }

    /// The error that says what is wrong.
    pub(crate) fn wrong(&self, what: &str) -> Error {
        Error::corrupt(format!("{}: {what}", self.name))
    }

    /// The next bytes.
    pub(crate) fn bytes(&mut self, length: u64) -> Result<&'a [u8]> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (found, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or_else(|| self.wrong("ends too early"))?;
        self.bytes = rest;
        Ok(found)
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> Result<u8> {
        Ok(self.bytes(1)?[0])
    }

    /// The next 32-bit number, little-endian.
    pub(crate) fn word(&mut self) -> Result<u32> {
        let bytes = self.bytes(4)?.first_chunk().copied();
        Ok(bytes.map_or(0, u32::from_le_bytes))
    }

    /// The next bytes as text.
    pub(crate) fn text(&mut self, length: u64) -> Result<&'a str> {
        let bytes = self.bytes(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong("a text is not UTF-8"))
    }

    /// The next number of `put_unsigned`.
    pub(crate) fn unsigned(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.wrong("a number is beyond 64 bits"))
    }

    /// The next number of `put_signed`.
    pub(crate) fn signed(&mut self) -> Result<i64> {
        let value = self.unsigned()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next number as a count of things of at least so many bytes each.
    pub(crate) fn count(&mut self, bytes_each: usize) -> Result<usize> {
        let count = self.unsigned()?;
        let most = (self.bytes.len() / bytes_each.max(1)) as u64;
        if count > most {
            return Err(self.wrong("a count goes beyond the end"));
        }
        Ok(count as usize)
    }

    /// True if nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Number of bytes that are left.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.bytes)
    }

    /// Nothing must be left.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(self.wrong("bytes are left over"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, put_signed, put_unsigned};

    #[test]
    fn numbers_come_back() {
        let mut out = Vec::new();
        let unsigned = [0, 1, 127, 128, 300, u64::MAX];
        let signed = [0, -1, 1, 63, -64, 64, i64::MIN, i64::MAX];
        for value in unsigned {
            put_unsigned(&mut out, value);
        }
        for value in signed {
            put_signed(&mut out, value);
        }
        let mut reader = Reader::new(&out, "test");
        assert_eq!(unsigned.map(|_| reader.unsigned().unwrap()), unsigned);
        assert_eq!(signed.map(|_| reader.signed().unwrap()), signed);
        reader.finish().unwrap();
    }

    #[test]
    fn wrong_bytes_are_errors() {
        assert!(Reader::new(&[0x80; 11], "test").unsigned().is_err());
        assert!(Reader::new(&[0xff; 10], "test").unsigned().is_err());
        assert!(Reader::new(&[0x80], "test").unsigned().is_err());
        assert!(Reader::new(&[9, 1], "test").count(1).is_err());
        assert!(Reader::new(&[1], "test").finish().is_err());
        assert!(Reader::new(&[0xc3], "test").text(1).is_err());
    }
}
