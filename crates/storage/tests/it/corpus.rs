//! The fuzz targets over their committed corpus, over mutations of it, and over random bytes.

use proptest::prelude::{any, prop};
use proptest::{prop_assert_eq, proptest};
use std::path::Path;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::time::Timestamp;
use tacho_storage::fuzzing;
use tacho_storage::wal::frame::{
    FIXED_BYTES, FixedPart, FrameHeader, FrameKind, FramePlace, WalPosition, encode,
};

fn over_corpus(folder: &str, targets: &[fn(&[u8])]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let data = std::fs::read(entry.unwrap().path()).unwrap();
        for target in targets {
            target(&data);
            for at in 0..data.len() {
                let mut mutated = data.clone();
                mutated[at] ^= 1 << (at % 8);
                target(&mutated);
                target(&data[..at]);
            }
        }
        count += 1;
    }
    assert!(count > 3, "the corpus is there");
}

#[test]
fn wal_frames_of_the_corpus_do_no_harm() {
    over_corpus(
        "wal_frame",
        &[fuzzing::wal_frame, fuzzing::wal_frame_patched],
    );
}

#[test]
fn manifests_of_the_corpus_do_no_harm() {
    over_corpus("manifest", &[fuzzing::manifest]);
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(data in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzzing::wal_frame(&data);
        fuzzing::wal_frame_patched(&data);
        fuzzing::manifest(&data);
        fuzzing::samples_state(&data);
    }

    #[test]
    fn a_decoded_frame_is_the_encoded_one(
        kind in 0usize..9,
        tenant in "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}",
        numbers in any::<(i64, u64, u8, u8, u32, u64, u64)>(),
        verdict in prop::collection::vec(any::<u8>(), 0..100),
        body in prop::collection::vec(any::<u8>(), 0..1000),
    ) {
        let (received, record, encoding, content, config_epoch, position, durable) = numbers;
        let header = FrameHeader {
            kind: FrameKind::ALL[kind],
            tenant: TenantId::new(&tenant).unwrap(),
            received: Timestamp(received),
            first_record_id: RecordId(record),
            encoding,
            content,
            config_epoch,
        };
        let place = FramePlace {
            position: WalPosition(position),
            durable: WalPosition(durable),
        };
        let mut bytes = Vec::new();
        encode(&header, place, &verdict, &body, &mut bytes).unwrap();
        prop_assert_eq!(bytes.len() as u64, header.frame_bytes(&verdict, &body));
        let fixed = FixedPart::decode(bytes.first_chunk::<FIXED_BYTES>().unwrap()).unwrap();
        prop_assert_eq!(fixed.place, place);
        let payload = &bytes[FIXED_BYTES..];
        proptest::prop_assert!(fixed.payload_matches(payload));
        let frame = fixed.frame(payload).unwrap();
        prop_assert_eq!(frame.header, header);
        prop_assert_eq!(frame.verdict, &verdict[..]);
        prop_assert_eq!(frame.body, &body[..]);
    }
}
