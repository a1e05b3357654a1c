//! Bytes that are wrong: labels, symbols, memory, and anything at all.

use crate::schema::{Label, Metadata2, Request, Sample, TimeSeries, TimeSeries2, WriteRequest};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;
use tacho_wire::error::ErrorKind;
use tacho_wire::fuzzing::fuzz_remote_write;
use tacho_wire::pb::Writer;
use tacho_wire::remote_write::{Version, decode};

fn series(labels: &[(&str, &str)]) -> TimeSeries {
    TimeSeries {
        labels: labels
            .iter()
            .map(|(name, value)| Label {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            })
            .collect(),
        samples: vec![Sample::default()],
        ..TimeSeries::default()
    }
}

fn labels_of(labels: &[(&str, &str)]) -> Result<String, String> {
    let request = WriteRequest {
        timeseries: vec![series(labels)],
        metadata: Vec::new(),
    };
    let body = request.encode_to_vec();
    let decoded = decode(&body, Version::V1, &mut |_| true).unwrap();
    decoded.labels(&body, 0).map(|labels| labels.to_string())
}

#[test]
fn labels_in_any_order_are_taken_and_empty_ones_left_out() {
    let labels = [("job", "a"), ("__name__", "up"), ("b", ""), ("a", "1")];
    assert_eq!(labels_of(&labels), Ok(r#"up{a="1", job="a"}"#.to_owned()));
}

#[test]
fn wrong_labels_are_named() {
    let invalid = "invalid metric name or labels, got ";
    assert_eq!(
        labels_of(&[("a", "1")]),
        Err(format!(r#"{invalid}{{a="1"}}"#))
    );
    assert_eq!(
        labels_of(&[("__name__", "up"), ("", "1")]),
        Err(format!(r#"{invalid}{{""="1", __name__="up"}}"#))
    );
    assert_eq!(
        labels_of(&[("__name__", "up"), ("a", "1"), ("a", "1")]),
        Err(
            r#"invalid labels for series, labels {__name__="up", a="1"}, duplicated label a"#
                .to_owned()
        )
    );
    let mut out = Writer::new();
    out.message(1, |out| {
        out.message(1, |out| {
            out.bytes(1, b"__name__");
            out.bytes(2, b"\xff");
        });
    });
    let body = out.into_bytes();
    let request = decode(&body, Version::V1, &mut |_| true).unwrap();
    assert!(request.labels(&body, 0).unwrap_err().starts_with(invalid));
}

fn version_2(symbols: &[&str], refs: &[u32], metadata: Option<Metadata2>) -> Vec<u8> {
    Request {
        symbols: symbols.iter().map(|text| (*text).to_owned()).collect(),
        timeseries: vec![TimeSeries2 {
            labels_refs: refs.to_vec(),
            metadata,
            ..TimeSeries2::default()
        }],
    }
    .encode_to_vec()
}

#[test]
fn references_that_point_nowhere_are_named() {
    let labels = |refs: &[u32]| {
        let body = version_2(&["", "__name__", "up"], refs, None);
        let request = decode(&body, Version::V2, &mut |_| true).unwrap();
        request.labels(&body, 0).map(|labels| labels.to_string())
    };
    assert_eq!(labels(&[1, 2]), Ok("up".to_owned()));
    assert_eq!(
        labels(&[1, 2, 1]),
        Err("parsing labels for series [1 2 1]: invalid labelRefs length 3".to_owned())
    );
    assert_eq!(
        labels(&[1, 9]),
        Err(
            "parsing labels for series [1 9]: labelRefs 1 (name) = 9 (value) outside of symbols \
             table (size 3)"
                .to_owned()
        )
    );
    let metadata = Metadata2 {
        unit_ref: 7,
        ..Metadata2::default()
    };
    let body = version_2(&["", "__name__", "up"], &[1, 2], Some(metadata));
    let request = decode(&body, Version::V2, &mut |_| true).unwrap();
    assert_eq!(
        request.series[0].problem.as_deref(),
        Some(
            "parsing metadata for series [1 2]: metadata unit_ref 7 outside of symbols table (size 3)"
        )
    );
}

#[test]
fn symbols_must_begin_with_the_empty_one() {
    let body = version_2(&["__name__", "up"], &[0, 1], None);
    let error = decode(&body, Version::V2, &mut |_| true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "invalid protobuf at byte 2: expected symbols that begin with the empty one"
    );
    assert!(decode(&version_2(&[], &[], None), Version::V2, &mut |_| true).is_err());
}

#[test]
fn a_symbol_named_a_million_times_costs_no_more_than_the_limit() {
    let long = "x".repeat(1 << 20);
    let refs = vec![1; 1 << 20];
    let body = version_2(&["", &long], &refs, None);
    let request = decode(&body, Version::V2, &mut |_| true).unwrap();
    assert_eq!(
        request.series[0].problem.as_deref(),
        Some("labels of a series have more than 1048576 bytes")
    );
}

#[test]
fn memory_is_asked_for_before_it_is_taken() {
    let mut out = Writer::new();
    out.message(1, |out| {
        for _ in 0..100_000 {
            out.bytes(2, &[]);
        }
    });
    let body = out.into_bytes();
    let mut charged = 0;
    decode(&body, Version::V1, &mut |bytes| {
        charged += bytes;
        true
    })
    .unwrap();
    assert!(charged >= 3_200_000, "{charged}");
    let error = decode(&body, Version::V1, &mut |_| false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

proptest! {
    #[test]
    fn fuzz_any_bytes(data in vec(any::<u8>(), 0..300)) {
        fuzz_remote_write(&data);
    }

    #[test]
    fn fuzz_changed_requests(changes in vec((any::<usize>(), any::<u8>()), 0..4), second: bool) {
        let labels = [("__name__", "up"), ("job", "a"), ("le", "0.5")];
        let mut data = vec![u8::from(second)];
        if second {
            let metadata = Some(Metadata2 { kind: 3, help_ref: 1, unit_ref: 2 });
            data.extend(version_2(&["", "__name__", "up", "le"], &[1, 2, 3, 2], metadata));
        } else {
            let request = WriteRequest {
                timeseries: vec![series(&labels), series(&labels[..2])],
                metadata: Vec::new(),
            };
            data.extend(request.encode_to_vec());
        }
        for (at, byte) in changes {
            let at = 1 + at % (data.len() - 1);
            data[at] = byte;
        }
        fuzz_remote_write(&data);
    }
}
