//! Entries for fuzz targets: every decoder of bytes from disk, with what must hold afterwards.
//!
//! The functions take any bytes and may only return; a panic is a finding. They also run over the
//! committed corpus as a plain test.

use crate::wal::frame::{self, FIXED_BYTES, FixedPart};

/// Decodes a WAL frame; what decodes must encode to the same bytes.
pub fn wal_frame(data: &[u8]) {
    let Some((fixed_bytes, rest)) = data.split_first_chunk::<FIXED_BYTES>() else {
        return;
    };
    let Some(fixed) = FixedPart::decode(fixed_bytes) else {
        return;
    };
    let Some(payload) = usize::try_from(fixed.payload_bytes())
        .ok()
        .and_then(|bytes| rest.get(..bytes))
    else {
        return;
    };
    if !fixed.payload_matches(payload) {
        return;
    }
    if let Ok(decoded) = fixed.frame(payload) {
        let mut again = Vec::new();
        let encoded = frame::encode(
            &decoded.header,
            fixed.place,
            decoded.verdict,
            decoded.body,
            &mut again,
        );
        assert!(encoded.is_ok(), "a decoded frame must encode");
        // The three reserved bytes and the checksum over them may differ.
        assert_eq!(again[FIXED_BYTES..], *payload, "payload changed");
        assert_eq!(again[12..60], fixed_bytes[12..60], "fixed part changed");
    }
}

/// The same after the checksums were made right, so that the fuzzer gets past them.
pub fn wal_frame_patched(data: &[u8]) {
    if data.len() < FIXED_BYTES {
        return;
    }
    let mut data = data.to_vec();
    data[..4].copy_from_slice(&frame::MAGIC);
    let payload_crc = crc32c::crc32c(&data[FIXED_BYTES..]);
    data[56..60].copy_from_slice(&payload_crc.to_le_bytes());
    let crc = crc32c::crc32c(&data[..60]);
    data[60..64].copy_from_slice(&crc.to_le_bytes());
    wal_frame(&data);
}

/// Opens the envelope of a manifest.
pub fn manifest(data: &[u8]) {
    if let Ok((version, payload)) = crate::manifest_file::MANIFEST_SEAL.unwrap(data) {
        assert_eq!(version, 1, "there is only one version");
        let again = crate::manifest_file::MANIFEST_SEAL.wrap(payload);
        assert_eq!(again, data, "what unwraps must wrap to the same bytes");
    }
}

/// Decodes header and facts of a block's sidecar; the first four bytes give the rows.
pub fn sidecar(data: &[u8]) {
    use crate::block::sidecar::{Facts, HEADER_BYTES, Header};
    let _ = Header::decode(data);
    if let Some(header) = data.first_chunk::<HEADER_BYTES>() {
        // The same after the checksum was made right, so that the fuzzer gets past it.
        let mut header = *header;
        let crc = crc32c::crc32c(&header[..HEADER_BYTES - 4]);
        header[HEADER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        if let Ok(header) = Header::decode(&header) {
            assert!(header.file_bytes() >= HEADER_BYTES as u64, "sizes add up");
        }
    }
    if let Some((rows, facts)) = data.split_first_chunk::<4>()
        && let Ok(facts) = Facts::decode(facts, u32::from_le_bytes(*rows))
    {
        let rows_of_pages = facts.pages.last().map_or(0, |page| page.rows.end);
        assert_eq!(
            rows_of_pages,
            u32::from_le_bytes(*rows),
            "pages hold all rows"
        );
    }
}

/// Decodes the index of a file of values.
pub fn value_index(data: &[u8]) {
    let _ = crate::values::partition::decode_index(data);
}
