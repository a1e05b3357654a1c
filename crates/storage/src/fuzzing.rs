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

/// Decodes a file with the state of active series, as it is and with an envelope made right around it.
pub fn samples_state(data: &[u8]) {
    use crate::samples::checkpoint::{STATE_SEAL, decode};
    let _ = decode::decode(data, &mut decode::Nobody);
    let _ = decode::decode(&STATE_SEAL.wrap(data), &mut decode::Nobody);
    decode::section_of_anything(data);
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

/// Decodes a chunk of samples: the first byte says of which kind, the second how many samples. What
/// decodes must come back from its own encoding.
pub fn sample_chunk(data: &[u8]) {
    use crate::samples::chunk::{floats, histograms, times};
    use tacho_model::sample::SampleColumns;
    let Some(([kind, count], bytes)) = data.split_first_chunk::<2>() else {
        return;
    };
    let (kind, count) = (kind % 3, usize::from(*count) + 1);
    let mut out = SampleColumns::default();
    if kind == 0 && floats::decode(bytes, 7, count, &mut out).is_ok() {
        assert_eq!(out.values.len(), count, "as many values as samples");
        let mut again = Vec::new();
        let encoded = floats::encode(&out.values, &out.starts, 7, &mut again);
        assert!(encoded.is_ok(), "decoded floats must encode");
        let mut twice = SampleColumns::default();
        let decoded = floats::decode(&again, 7, count, &mut twice);
        assert!(decoded.is_ok(), "what was encoded must decode");
        let bits = |list: &[f64]| list.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&twice.values), bits(&out.values), "values changed");
    }
    if kind == 1 && histograms::decode(bytes, 7, count, &mut out).is_ok() {
        assert_eq!(out.histograms.len(), count, "as many histograms as samples");
    }
    if kind == 2
        && let Ok((count, coded)) = times::parse(bytes)
    {
        let mut list = Vec::new();
        let decoded = match coded {
            times::Times::Own(code, bytes) => times::decode_own(code, bytes, count, &mut list),
            times::Times::Part { first, runs, .. } => {
                let others: Vec<i64> = (0..100).map(|i| i * 15_000).collect();
                times::decode_part(&others, first, runs, count, &mut list)
            }
        };
        if decoded.is_ok() {
            assert_eq!(list.len(), count, "as many times as samples");
            assert!(list.is_sorted_by(|a, b| a < b), "times ascend");
        }
    }
}

/// Decodes a part of the index of a block of samples: the first byte says which.
pub fn sample_index(data: &[u8]) {
    use crate::samples::block::part::{Part, PartKind};
    use crate::samples::block::series_page::SeriesRows;
    use crate::samples::block::{exemplar_page, layout, postings, symbols_page, table_page};
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    match kind % 7 {
        0 => {
            let trailer = layout::Trailer {
                directory_at: layout::HEADER_BYTES as u64,
                stored_bytes: bytes.len() as u32,
                bytes: bytes.len() as u32,
                crc: 0,
                facts: crate::samples::block::SampleBlockFacts::default(),
            };
            let _ = layout::Directory::decode(bytes, &trailer);
        }
        1 => {
            let part = Part {
                stored_bytes: 4096,
                bytes: 4096,
                ..Part::none(PartKind::Chunks)
            };
            let _ = table_page::TableRows::decode(bytes, 20, (0, 0), &[part; 3]);
        }
        2 => {
            if let Ok(mut rows) = SeriesRows::new(bytes, 1000) {
                while let Ok((common, pairs)) = rows.next() {
                    assert!(common <= pairs.len(), "shared pairs are pairs");
                    if pairs.is_empty() {
                        break;
                    }
                }
            }
        }
        3 => {
            if let Ok(symbols) = symbols_page::Symbols::decode(bytes, 9) {
                let all: usize = (0..9).map(|place| symbols.text(place).len()).sum();
                assert!(symbols.len() == 9 && all <= bytes.len() * 9, "nine texts");
            }
        }
        4 => {
            let mut rows = postings::PostingsRows::new(bytes, 5000);
            while rows.next().is_ok() {}
        }
        5 => {
            let _ = postings::decode_bitmap(bytes, 5000);
        }
        _ => {
            let _ = exemplar_page::decode(bytes, 3);
        }
    }
}
