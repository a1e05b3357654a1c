//! Fuzz targets as plain functions: each takes any bytes, must not panic, and asserts what holds.
//! The tests below run them over changed good requests; a fuzzer can call them.

pub mod samples;

use crate::body::{ContentEncoding, decompress};
use crate::ingest::decode::{Judging, decode};
use crate::judge::Ruling;
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::replay::ReplayDecoder;
use crate::request::ContentKind;
use crate::verdict::Verdict;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_storage::wal::frame::{Frame, FrameHeader, FrameKind};
use tacho_storage::write::FrameDecoder as _;

const LIMIT_BYTES: usize = 1 << 20;
const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

/// Limits that small inputs run into.
const LIMITS: ItemLimits = ItemLimits {
    attributes: 3,
    key_bytes: 8,
    value_bytes: 64,
    nesting: 3,
    events: 2,
    links: 1,
};

/// The first byte chooses the encoding, the rest is a compressed body: never more than the limit
/// comes out, and memory is charged for all of it.
pub fn fuzz_decompress(data: &[u8]) {
    let Some((code, sent)) = data.split_first() else {
        return;
    };
    let Some(encoding) = ContentEncoding::from_code(code % 5) else {
        return;
    };
    let mut meter = Meter::counting();
    if let Ok(body) = decompress(encoding, sent, LIMIT_BYTES, &mut meter) {
        assert!(body.len() <= LIMIT_BYTES, "{} bytes came out", body.len());
    }
    let charged = meter.charged();
    assert!(charged <= LIMIT_BYTES as u64 + 1, "{charged} bytes charged");
}

/// The first byte chooses signal and content, the rest is a body: if the live request takes it,
/// replay gives as many items and refuses the same ones.
pub fn fuzz_live_and_replay(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let signal = [Signal::Spans, Signal::Logs][usize::from(choice & 1)];
    let content = [ContentKind::Protobuf, ContentKind::Json][usize::from(choice >> 1 & 1)];
    let judging = Judging {
        limits: &LIMITS,
        receive_time: NOW,
        ruling: Ruling::Live { latest: NOW },
    };
    let mut meter = Meter::counting();
    let Ok((judged, _)) = decode(signal, content, body, judging, &mut meter) else {
        return;
    };
    assert_eq!(judged.items.count() as u64, judged.accepted);
    let verdict = Verdict {
        decoded_bytes: body.len() as u64,
        items: judged.seen,
        limits: LIMITS,
        refused: judged.refused,
    };
    let bytes = verdict.encode();
    let same = Verdict::decode(&bytes).is_ok_and(|decoded| decoded == verdict);
    assert!(same, "a verdict survives its encoding");
    let header = header(signal, content, ContentEncoding::Identity.code());
    let frame = Frame {
        header,
        verdict: &bytes,
        body,
    };
    let replayed = ReplayDecoder
        .decode(&frame)
        .map(|items| items.count() as u64);
    assert!(
        replayed
            .as_ref()
            .is_ok_and(|count| *count == judged.accepted),
        "replay gives {replayed:?}, the live request gave {}",
        judged.accepted
    );
}

/// Bytes as a frame: two for the codes, one for the length of the verdict, verdict, body.
pub fn fuzz_frame(data: &[u8]) {
    let [choice, encoding, length, rest @ ..] = data else {
        return;
    };
    let (verdict, body) = rest.split_at(usize::from(*length).min(rest.len()));
    let signal = [Signal::Spans, Signal::Logs][usize::from(choice & 1)];
    let content = [ContentKind::Protobuf, ContentKind::Json][usize::from(choice >> 1 & 1)];
    let header = header(signal, content, *encoding);
    let frame = Frame {
        header,
        verdict,
        body,
    };
    // Good or not, it comes to an end.
    let _ = ReplayDecoder.decode(&frame);
}

fn header(signal: Signal, content: ContentKind, encoding: u8) -> FrameHeader {
    FrameHeader {
        kind: match signal {
            Signal::Spans => FrameKind::Traces,
            Signal::Logs => FrameKind::Logs,
            Signal::Samples => FrameKind::OtlpMetrics,
        },
        tenant: TenantId::default(),
        received: NOW,
        first_record_id: RecordId(0),
        encoding,
        content: content.code(),
        config_epoch: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{fuzz_decompress, fuzz_frame, fuzz_live_and_replay};
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};
    use tacho_model::id::{SpanId, TraceId};
    use tacho_model::log::LogRecord;
    use tacho_model::span::{Span, SpanEvent};
    use tacho_model::time::Timestamp;
    use tacho_model::value::Value;
    use tacho_wire::otlp::encode::{json, protobuf};
    use tacho_wire::otlp::{ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans};

    /// A good request of each kind, behind the byte that chooses it.
    fn samples() -> Vec<Vec<u8>> {
        let mut span = Span {
            trace_id: TraceId([1; 16]),
            span_id: SpanId([2; 8]),
            start: Timestamp(1),
            end: Timestamp(2),
            events: vec![SpanEvent::default()],
            ..Span::default()
        };
        let nested = Value::Array(vec![Value::Map(vec![("k".to_owned(), Value::Int(1))])]);
        span.attributes.push("nested", nested.clone());
        span.attributes.push("text", "some text");
        let spans = [ResourceSpans {
            scopes: vec![ScopeSpans {
                spans: vec![span.clone(), span],
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }];
        let record = LogRecord {
            body: nested,
            ..LogRecord::default()
        };
        let logs = [ResourceLogs {
            scopes: vec![ScopeLogs {
                records: vec![record.clone(), record],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }];
        let bodies = [
            protobuf::encode_traces(&spans),
            protobuf::encode_logs(&logs),
            json::encode_traces(&spans).into_bytes(),
            json::encode_logs(&logs).into_bytes(),
        ];
        let numbered = bodies.into_iter().enumerate();
        numbered
            .map(|(choice, body)| [&[choice as u8][..], &body].concat())
            .collect()
    }

    fn changed(sample: &[u8], changes: &[(usize, u8)], cut: usize) -> Vec<u8> {
        let mut data = sample.to_vec();
        for (at, byte) in changes {
            let at = 1 + at % (data.len() - 1);
            data[at] = *byte;
        }
        data.truncate(data.len() - cut % data.len());
        data
    }

    proptest! {
        #[test]
        fn fuzz_changed_requests(
            changes in vec((any::<usize>(), any::<u8>()), 0..4),
            cut in 0..3usize,
        ) {
            for sample in samples() {
                fuzz_live_and_replay(&changed(&sample, &changes, cut));
            }
        }

        #[test]
        fn fuzz_changed_compression(
            plain in vec(0..4u8, 0..2000),
            changes in vec((any::<usize>(), any::<u8>()), 0..3),
            cut in 0..3usize,
        ) {
            use std::io::Write as _;
            let level = flate2::Compression::default();
            let mut gzip = flate2::write::GzEncoder::new(vec![1], level);
            gzip.write_all(&plain).unwrap();
            let mut zlib = flate2::write::ZlibEncoder::new(vec![3], level);
            zlib.write_all(&plain).unwrap();
            let zstd = [vec![2], zstd::bulk::compress(&plain, 3).unwrap()].concat();
            let snappy = snap::raw::Encoder::new().compress_vec(&plain).unwrap();
            let snappy = [vec![4], snappy].concat();
            for sample in [gzip.finish().unwrap(), zlib.finish().unwrap(), zstd, snappy] {
                fuzz_decompress(&changed(&sample, &changes, cut));
            }
        }

        #[test]
        fn fuzz_any_bytes(data in vec(any::<u8>(), 0..300)) {
            fuzz_decompress(&data);
            fuzz_live_and_replay(&data);
            fuzz_frame(&data);
        }
    }
}
