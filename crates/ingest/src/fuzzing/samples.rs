//! Fuzz targets for samples: OTLP metrics and remote write, live and replayed.

use crate::body::ContentEncoding;
use crate::judge::{RefusedRange, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::decode::{self, Judging, Otlp, SharedOtlp};
use crate::metrics::remote_write::SharedLabels;
use crate::metrics::replay::{self, content_of};
use crate::metrics::settings::{LabelLimits, TranslationSettings};
use crate::metrics::verdict::SampleVerdict;
use crate::request::ContentKind;
use bytes::Bytes;
use std::sync::Arc;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::time::Timestamp;
use tacho_storage::samples::batch::SampleBatch;
use tacho_storage::wal::frame::{Frame, FrameHeader, FrameKind};
use tacho_wire::remote_write::Version;

const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

/// A batch that was taken, and what replay has to know.
struct Taken {
    batch: SampleBatch,
    kind: FrameKind,
    content: u8,
    items: u64,
    refused: Vec<RefusedRange>,
    translation: Option<TranslationSettings>,
}

/// The first byte chooses what the rest is: OTLP metrics in protobuf or JSON, remote write 1.0 or 2.0. If the live
/// request takes it, replay gives the same points of the same series; all parts of the batch fit together.
pub fn fuzz_samples(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let body = Bytes::copy_from_slice(body);
    let taken = match choice & 3 {
        0 => otlp(&body, ContentKind::Protobuf),
        1 => otlp(&body, ContentKind::Json),
        2 => remote_write(&body, Version::V1),
        _ => remote_write(&body, Version::V2),
    };
    let Some(taken) = taken else { return };
    check(&taken.batch);
    let verdict = SampleVerdict {
        decoded_bytes: body.len() as u64,
        items: taken.items,
        limits: ItemLimits::default(),
        translation: taken.translation,
        refused: taken.refused,
        dropped: Vec::new(),
    };
    let bytes = verdict.encode();
    let same = SampleVerdict::decode(&bytes).is_ok_and(|decoded| decoded == verdict);
    assert!(same, "a verdict survives its encoding");
    let header = FrameHeader {
        kind: taken.kind,
        tenant: TenantId::default(),
        received: NOW,
        first_record_id: RecordId(0),
        encoding: ContentEncoding::Identity.code(),
        content: taken.content,
        config_epoch: 0,
    };
    let frame = Frame {
        header,
        verdict: &bytes,
        body: &body,
    };
    let replayed = replay::batch(&frame);
    assert!(replayed.is_ok(), "{:?}", replayed.err());
    if let Ok(replayed) = replayed {
        assert_same(&taken.batch, &replayed);
    }
}

fn judging<'a>() -> Judging<'a> {
    Judging {
        receive_time: NOW,
        ruling: Ruling::Live { latest: NOW },
        label_limits: Some(LabelLimits::default()),
    }
}

fn otlp(body: &Bytes, content: ContentKind) -> Option<Taken> {
    let settings = TranslationSettings::default();
    let request = Otlp {
        content,
        limits: &ItemLimits::default(),
        settings: Arc::new(settings.clone()),
    };
    let mut meter = Meter::counting();
    let (translated, labels, stats) = decode::otlp(body, &request, &judging(), &mut meter).ok()?;
    assert_eq!(translated.seen, stats.items);
    Some(Taken {
        batch: translated.builder.finish(Box::new(SharedOtlp(labels))),
        kind: FrameKind::OtlpMetrics,
        content: content.code(),
        items: translated.seen,
        refused: translated.refused,
        translation: Some(settings),
    })
}

fn remote_write(body: &Bytes, version: Version) -> Option<Taken> {
    let mut meter = Meter::counting();
    let written = decode::remote_write(body.clone(), version, &judging(), &mut meter).ok()?;
    let labels = SharedLabels(written.labels);
    Some(Taken {
        batch: written.builder.finish(Box::new(labels)),
        kind: FrameKind::RemoteWrite,
        content: content_of(version),
        items: written.seen,
        refused: written.refused,
        translation: None,
    })
}

fn check(batch: &SampleBatch) {
    let points: u64 = batch.series.iter().map(|run| u64::from(run.points)).sum();
    assert_eq!(points, batch.points.len() as u64);
    for (series, _) in &batch.exemplars {
        assert!(batch.series.len() > *series as usize);
    }
    assert!(batch.series.iter().all(|run| run.alias != 0));
}

fn assert_same(taken: &SampleBatch, replayed: &SampleBatch) {
    assert_eq!(taken.points.len(), replayed.points.len());
    for (left, right) in taken.points.iter().zip(&replayed.points) {
        assert_eq!(
            (left.time_ms, left.start_ms),
            (right.time_ms, right.start_ms)
        );
    }
    for series in 0..taken.series.len() {
        // What is over a limit of labels is refused by the store and does not come back.
        if let Ok(labels) = taken.labels.labels(series) {
            assert_eq!(replayed.labels.labels(series).ok(), Some(labels));
        }
    }
    let aliases =
        |batch: &SampleBatch| -> Vec<u128> { batch.series.iter().map(|run| run.alias).collect() };
    assert_eq!(aliases(taken), aliases(replayed));
    assert_eq!(taken.exemplars.len(), replayed.exemplars.len());
    assert_eq!(taken.metadata, replayed.metadata);
}

#[cfg(test)]
mod tests {
    use super::fuzz_samples;
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};
    use tacho_model::metric::{MetricData, Temporality};
    use tacho_model::value::Attributes;
    use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
    use tacho_wire::otlp::metrics::{
        DataPoint, DataPointValue, HistogramValue, Metric, ResourceMetrics, ScopeMetrics,
    };
    use tacho_wire::pb::Writer;

    fn metrics() -> [ResourceMetrics; 1] {
        let point = |value| {
            let mut attributes = Attributes::default();
            attributes.push("a.b", "c");
            DataPoint {
                time_ns: 1_795_169_700_000_000_000,
                attributes,
                value,
                ..DataPoint::default()
            }
        };
        let histogram = HistogramValue {
            count: 3,
            sum: Some(1.0),
            bounds: vec![1.0],
            counts: vec![1, 2],
            ..HistogramValue::default()
        };
        let metric = |name: &str, data, value| Metric {
            name: name.to_owned(),
            unit: "s".to_owned(),
            data,
            points: vec![point(value)],
            ..Metric::default()
        };
        let mut group = ResourceMetrics::default();
        group.resource.attributes.push("service.name", "x");
        group.resource.attributes.push("host.name", "y");
        group.scopes = vec![ScopeMetrics {
            metrics: vec![
                metric("g", MetricData::Gauge, DataPointValue::Int(3)),
                metric(
                    "h",
                    MetricData::Histogram(Temporality::Delta),
                    DataPointValue::Histogram(histogram),
                ),
            ],
            ..ScopeMetrics::default()
        }];
        [group]
    }

    /// A good request of each kind, behind the byte that chooses it.
    fn samples() -> [Vec<u8>; 4] {
        let mut first = Writer::new();
        first.message(1, |out| {
            out.message(1, |out| {
                out.bytes(1, b"__name__");
                out.bytes(2, b"up");
            });
            out.message(2, |out| {
                out.fixed64(1, 1);
                out.varint(2, 1_795_169_700_000);
            });
        });
        let mut second = Writer::new();
        for symbol in ["", "__name__", "up"] {
            second.bytes(4, symbol.as_bytes());
        }
        second.message(5, |out| {
            out.packed_varints(1, [1, 2]);
            out.message(2, |out| out.varint(2, 1_795_169_700_000));
        });
        let groups = metrics();
        let mut choice = 0;
        [
            metrics_protobuf::encode_metrics(&groups),
            metrics_json::encode_metrics(&groups).into_bytes(),
            first.into_bytes(),
            second.into_bytes(),
        ]
        .map(|body| {
            choice += 1;
            [&[choice - 1][..], &body].concat()
        })
    }

    proptest! {
        #[test]
        fn fuzz_changed_requests(
            changes in vec((any::<usize>(), any::<u8>()), 0..4),
            cut in 0..3usize,
        ) {
            for mut data in samples() {
                for (at, byte) in &changes {
                    let at = 1 + at % (data.len() - 1);
                    data[at] = *byte;
                }
                data.truncate(data.len() - cut);
                fuzz_samples(&data);
            }
        }

        #[test]
        fn fuzz_any_bytes(data in vec(any::<u8>(), 0..300)) {
            fuzz_samples(&data);
        }
    }
}
