//! Every compression up to the exact limit, and everything that is no body.

use super::{BodyError, ContentEncoding, decompress};
use crate::meter::Meter;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write as _;

fn compress(encoding: ContentEncoding, plain: &[u8]) -> Vec<u8> {
    match encoding {
        ContentEncoding::Identity => plain.to_vec(),
        ContentEncoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        ContentEncoding::Deflate => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        ContentEncoding::Zstd => zstd::bulk::compress(plain, 3).unwrap(),
        ContentEncoding::Snappy => snap::raw::Encoder::new().compress_vec(plain).unwrap(),
    }
}

fn open(encoding: ContentEncoding, sent: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    decompress(encoding, sent, limit, &mut Meter::counting()).map(std::borrow::Cow::into_owned)
}

#[test]
fn every_encoding_gives_back_what_was_compressed_up_to_the_exact_limit() {
    for length in [1, 7, 8192, 100_000] {
        let plain: Vec<u8> = (0..length).map(|i| (i * i % 251) as u8).collect();
        for encoding in ContentEncoding::ALL {
            let sent = compress(encoding, &plain);
            assert_eq!(open(encoding, &sent, length).as_deref(), Ok(&plain[..]));
            let short = open(encoding, &sent, length - 1);
            assert!(
                matches!(short, Err(BodyError::TooLarge { .. })),
                "{encoding:?} {length}: {short:?}"
            );
        }
    }
}

#[test]
fn an_empty_body_is_an_empty_message_but_no_block_of_snappy() {
    for encoding in ContentEncoding::ALL {
        let outcome = open(encoding, b"", 10);
        match encoding {
            ContentEncoding::Snappy => {
                assert!(
                    matches!(outcome, Err(BodyError::Malformed { .. })),
                    "{outcome:?}"
                );
            }
            _ => assert_eq!(outcome.as_deref(), Ok(&b""[..])),
        }
        assert_eq!(
            open(encoding, &compress(encoding, b""), 10).as_deref(),
            Ok(&b""[..])
        );
    }
}

#[test]
fn truncated_and_broken_bodies_are_malformed() {
    let plain = b"the same words again and again, the same words again and again".repeat(50);
    for encoding in [
        ContentEncoding::Gzip,
        ContentEncoding::Zstd,
        ContentEncoding::Deflate,
    ] {
        let sent = compress(encoding, &plain);
        for cut in [1, sent.len() / 2, sent.len() - 1] {
            let result = open(encoding, &sent[..cut], 1 << 20);
            assert!(
                matches!(result, Err(BodyError::Malformed { .. })),
                "{encoding:?} cut at {cut}: {result:?}"
            );
        }
        let result = open(encoding, b"no compressed bytes at all", 1 << 20);
        assert!(
            matches!(result, Err(BodyError::Malformed { .. })),
            "{encoding:?}"
        );
    }
}

#[test]
fn a_zip_bomb_stops_at_the_limit() {
    let bomb = vec![0u8; 20 << 20];
    for encoding in [ContentEncoding::Gzip, ContentEncoding::Zstd] {
        let sent = compress(encoding, &bomb);
        let mut meter = Meter::counting();
        let result = decompress(encoding, &sent, 1 << 20, &mut meter);
        assert!(matches!(result, Err(BodyError::TooLarge { .. })));
        assert!(meter.charged() <= (1 << 20) + 1, "{}", meter.charged());
    }
}

#[test]
fn members_one_after_another_are_one_body() {
    for encoding in [ContentEncoding::Gzip, ContentEncoding::Zstd] {
        let mut sent = compress(encoding, b"first ");
        sent.extend(compress(encoding, b"second"));
        assert_eq!(
            open(encoding, &sent, 100).as_deref(),
            Ok(&b"first second"[..])
        );
    }
}

#[test]
fn a_lying_length_does_not_matter() {
    let mut sent = compress(ContentEncoding::Gzip, b"abc");
    // Declares almost 4 GiB; the trailer's check notices, memory does not.
    let at = sent.len() - 4;
    sent[at..].copy_from_slice(&[0xff; 4]);
    let mut meter = Meter::counting();
    let result = decompress(ContentEncoding::Gzip, &sent, 64 << 20, &mut meter);
    assert!(matches!(result, Err(BodyError::Malformed { .. })));
    assert!(meter.charged() < 100_000);
}

#[test]
fn no_memory_is_told_apart() {
    let sent = compress(ContentEncoding::Gzip, &[7; 100_000]);
    let mut meter = Meter::new(Box::new(|_| false));
    let result = decompress(ContentEncoding::Gzip, &sent, 1 << 20, &mut meter);
    assert_eq!(result, Err(BodyError::OverMemory));
}

#[test]
fn header_names_are_taken_in_either_case_and_unknown_ones_are_not() {
    assert_eq!(ContentEncoding::parse("GZIP"), Some(ContentEncoding::Gzip));
    assert_eq!(ContentEncoding::parse(""), Some(ContentEncoding::Identity));
    assert_eq!(
        ContentEncoding::parse(" zstd "),
        Some(ContentEncoding::Zstd)
    );
    for unknown in ["br", "gzip, gzip", "snappy"] {
        assert_eq!(ContentEncoding::parse(unknown), None);
    }
    for encoding in ContentEncoding::ALL {
        assert_eq!(ContentEncoding::from_code(encoding.code()), Some(encoding));
    }
}

#[test]
fn snappy_is_measured_before_memory_is_taken() {
    // A declared length of 4 GiB - 1 in a body of six bytes.
    let lie = [0xff, 0xff, 0xff, 0xff, 0x0f, 0];
    let mut meter = Meter::counting();
    let outcome = decompress(ContentEncoding::Snappy, &lie, 1 << 20, &mut meter);
    assert!(
        matches!(outcome, Err(BodyError::TooLarge { .. })),
        "{outcome:?}"
    );
    let outcome = decompress(ContentEncoding::Snappy, &lie, usize::MAX, &mut meter);
    assert!(
        matches!(outcome, Err(BodyError::Malformed { .. })),
        "{outcome:?}"
    );
    assert_eq!(meter.charged(), 0);
    let outcome = open(ContentEncoding::Snappy, b"not snappy at all", 1 << 20);
    assert!(
        matches!(outcome, Err(BodyError::Malformed { .. })),
        "{outcome:?}"
    );
}
