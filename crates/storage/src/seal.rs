//! The envelope of small files: magic, version, length, checksum, then the payload as it is.
//!
//! The layout is `docs/formats/manifest.md`, section "Envelope". Knows bytes only, no files.

use crate::error::{Error, Result};

/// Bytes before the payload.
pub const HEADER_BYTES: usize = 28;

/// What an envelope is for: eight bytes of magic and the versions of the payload.
#[derive(Debug, Clone, Copy)]
pub struct Seal {
    /// The first eight bytes of the file.
    pub magic: [u8; 8],
    /// The newest version of the payload that this program knows; it reads all older ones.
    pub version: u32,
    /// What messages call the file.
    pub name: &'static str,
}

impl Seal {
    /// The bytes of the file.
    pub fn wrap(&self, payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
        bytes.extend_from_slice(&self.magic);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        let payload_crc = crc32c::crc32c(payload);
        bytes.extend_from_slice(&payload_crc.to_le_bytes());
        let header_crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&header_crc.to_le_bytes());
        bytes.extend_from_slice(payload);
        bytes
    }

    /// Version and payload of a file's bytes. `Corrupt` if they are not what was written,
    /// `Invalid` if a newer program wrote them.
    pub fn unwrap<'a>(&self, bytes: &'a [u8]) -> Result<(u32, &'a [u8])> {
        let corrupt = |what: &str| Error::corrupt(format!("{} {what}", self.name));
        let Some((header, payload)) = bytes.split_at_checked(HEADER_BYTES) else {
            return Err(corrupt(&format!("has only {} bytes", bytes.len())));
        };
        if header[..8] != self.magic {
            return Err(corrupt("does not start with its magic bytes"));
        }
        if crc32c::crc32c(&header[..24]) != le_u32(&header[24..]) {
            return Err(corrupt("has a wrong header checksum"));
        }
        let version = le_u32(&header[8..]);
        let length = u64::from(le_u32(&header[12..])) | u64::from(le_u32(&header[16..])) << 32;
        if length != payload.len() as u64 {
            return Err(corrupt(&format!(
                "has {} bytes of payload instead of {length}",
                payload.len()
            )));
        }
        if crc32c::crc32c(payload) != le_u32(&header[20..]) {
            return Err(corrupt("has a wrong checksum"));
        }
        if version == 0 || version > self.version {
            return Err(Error::invalid(format!(
                "{} has version {version}, this program knows up to {}",
                self.name, self.version
            )));
        }
        Ok((version, payload))
    }
}

fn le_u32(bytes: &[u8]) -> u32 {
    let found = bytes.first_chunk::<4>();
    found.copied().map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES, Seal};
    use crate::error::ErrorKind;

    const SEAL: Seal = Seal {
        magic: *b"TACHOtst",
        version: 2,
        name: "test file",
    };

    #[test]
    fn what_is_wrapped_comes_out_again() {
        for payload in [&b""[..], b"{}", &[7; 5000]] {
            let bytes = SEAL.wrap(payload);
            assert_eq!(bytes.len(), HEADER_BYTES + payload.len());
            assert_eq!(SEAL.unwrap(&bytes).unwrap(), (2, payload));
        }
    }

    #[test]
    fn any_flipped_bit_and_any_length_is_noticed() {
        let bytes = SEAL.wrap(b"some payload");
        for at in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[at / 8] ^= 1 << (at % 8);
            assert_eq!(SEAL.unwrap(&bad).unwrap_err().kind(), ErrorKind::Corrupt);
        }
        for length in 0..bytes.len() {
            let error = SEAL.unwrap(&bytes[..length]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt);
        }
        let longer = [&bytes[..], b"x"].concat();
        assert_eq!(SEAL.unwrap(&longer).unwrap_err().kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn older_versions_are_read_and_newer_ones_refused() {
        let newer = Seal { version: 3, ..SEAL }.wrap(b"x");
        assert_eq!(SEAL.unwrap(&newer).unwrap_err().kind(), ErrorKind::Invalid);
        let older = Seal { version: 1, ..SEAL }.wrap(b"x");
        assert_eq!(SEAL.unwrap(&older).unwrap(), (1, &b"x"[..]));
    }

    #[test]
    fn golden_bytes_stay() {
        let expected: [u8; 30] = [
            b'T', b'A', b'C', b'H', b'O', b't', b's', b't', 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
            0xaa, 0xd0, 0x7b, 0x29, 0x7e, 0x19, 0x0a, 0x26, b'{', b'}',
        ];
        let bytes = SEAL.wrap(b"{}");
        assert_eq!(bytes, expected);
    }
}
