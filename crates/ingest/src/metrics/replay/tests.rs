//! Random requests judged live, refused in part by a store, and replayed give the same batch.

use super::{CONTENT_SAMPLE_BATCH, batch, content_of};
use crate::body::ContentEncoding;
use crate::judge::{RefusedRange, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::batch::{PointRange, remove_points};
use crate::metrics::decode::{self, Judging, Otlp, SharedOtlp};
use crate::metrics::remote_write::SharedLabels;
use crate::metrics::sample_body;
use crate::metrics::settings::{LabelLimits, Promoted, Strategy as Naming, TranslationSettings};
use crate::metrics::verdict::SampleVerdict;
use crate::request::ContentKind;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::sync::Arc;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::resource::Resource;
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value};
use tacho_storage::error::ErrorKind;
use tacho_storage::samples::batch::{
    Judgement, PointValue, RefusedPoints, RefusedReason, SampleBatch,
};
use tacho_storage::wal::frame::{Frame, FrameHeader, FrameKind};
use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
use tacho_wire::otlp::metrics::{
    DataPoint, DataPointValue, ExponentialValue, HistogramValue, Metric, ResourceMetrics,
    ScopeMetrics,
};
use tacho_wire::pb::Writer;
use tacho_wire::remote_write::Version;

const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

fn attributes() -> impl Strategy<Value = Attributes> {
    let value = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Double),
        "[a-zé]{0,4}".prop_map(Value::String),
    ];
    vec(("[a-c._]{1,3}", value), 0..4).prop_map(Attributes)
}

fn value() -> impl Strategy<Value = DataPointValue> {
    prop_oneof![
        Just(DataPointValue::Absent),
        any::<i64>().prop_map(DataPointValue::Int),
        any::<f64>().prop_map(DataPointValue::Double),
        vec(0..5u64, 0..4).prop_map(|counts| DataPointValue::Histogram(HistogramValue {
            count: counts.iter().sum(),
            sum: Some(1.0),
            bounds: vec![1.0, 2.0],
            counts,
            ..HistogramValue::default()
        })),
        (-6..12i32, vec(0..5u64, 0..6)).prop_map(|(scale, counts)| {
            DataPointValue::Exponential(Box::new(ExponentialValue {
                count: counts.iter().sum(),
                scale,
                positive: (-2, counts),
                ..ExponentialValue::default()
            }))
        }),
    ]
}

fn data() -> impl Strategy<Value = MetricData> {
    let temporality = || {
        prop_oneof![
            Just(Temporality::Unspecified),
            Just(Temporality::Delta),
            Just(Temporality::Cumulative),
        ]
    };
    prop_oneof![
        Just(MetricData::Empty),
        Just(MetricData::Gauge),
        (temporality(), any::<bool>()).prop_map(|(temporality, is_monotonic)| MetricData::Sum {
            temporality,
            is_monotonic,
        }),
        temporality().prop_map(MetricData::Histogram),
        temporality().prop_map(MetricData::ExponentialHistogram),
    ]
}

fn metrics() -> impl Strategy<Value = Vec<ResourceMetrics>> {
    let time = prop_oneof![
        Just(0),
        Just(u64::MAX),
        (-1200..1200i64).prop_map(|seconds| (NOW.0 + seconds * 1_000_000_000) as u64),
    ];
    let point =
        (attributes(), time, value(), 0..2u32).prop_map(|(attributes, time_ns, value, flags)| {
            DataPoint {
                attributes,
                time_ns,
                value,
                flags,
                ..DataPoint::default()
            }
        });
    let metric =
        ("[a-b.é]{0,3}", data(), vec(point, 0..4)).prop_map(|(name, data, points)| Metric {
            name,
            unit: "s".to_owned(),
            data,
            points,
            ..Metric::default()
        });
    let group =
        (attributes(), vec(metric, 0..4)).prop_map(|(attributes, metrics)| ResourceMetrics {
            resource: Resource {
                attributes,
                ..Resource::default()
            },
            scopes: vec![ScopeMetrics {
                metrics,
                ..ScopeMetrics::default()
            }],
        });
    vec(group, 0..3)
}

fn settings() -> impl Strategy<Value = TranslationSettings> {
    (0..4usize, any::<[bool; 4]>()).prop_map(|(strategy, flags)| TranslationSettings {
        strategy: Naming::ALL[strategy],
        promoted: match flags[0] {
            true => Promoted::AllBut(vec!["a".to_owned()]),
            false => Promoted::Only(vec!["b".to_owned()]),
        },
        convert_histograms_to_nhcb: flags[1],
        promote_scope_metadata: flags[2],
        label_name_preserve_multiple_underscores: flags[3],
        ..TranslationSettings::default()
    })
}

fn live<'a>() -> Judging<'a> {
    Judging {
        receive_time: NOW,
        ruling: Ruling::Live { latest: NOW },
        label_limits: Some(LabelLimits::default()),
    }
}

/// All of a batch as text, with floats as bits.
fn shown(batch: &SampleBatch) -> String {
    let labels: Vec<_> = batch
        .series
        .iter()
        .enumerate()
        .filter(|(_, run)| run.points > 0)
        .map(|(at, _)| {
            batch
                .labels
                .labels(at)
                .map_err(|error| error.message().to_owned())
        })
        .collect();
    let points: Vec<_> = batch
        .points
        .iter()
        .map(|point| match point.value {
            PointValue::Float(value) => (point.time_ms, point.start_ms, value.to_bits(), 0),
            PointValue::Histogram(at) => (point.time_ms, point.start_ms, 0, at + 1),
        })
        .collect();
    format!(
        "{labels:?} {:?} {points:?} {:?} {:?} {:?}",
        batch.series, batch.histograms, batch.exemplars, batch.metadata
    )
}

/// A store that refuses every third point and every series without acceptable labels.
fn judgement(batch: &SampleBatch) -> Judgement {
    let mut judgement = Judgement::default();
    let mut first = 0u32;
    for (series, run) in batch.series.iter().enumerate() {
        let wrong = run.points > 0 && batch.labels.labels(series).is_err();
        for position in first..first + run.points {
            if wrong || position % 3 == 1 {
                judgement.refused.push(RefusedPoints {
                    first: position,
                    count: 1,
                    series: series as u32,
                    reason: RefusedReason::TooOld,
                    detail: None,
                });
            }
        }
        first += run.points;
    }
    judgement
}

fn verdict(
    (body, items): (&[u8], u64),
    translation: Option<TranslationSettings>,
    refused: Vec<RefusedRange>,
    judgement: &Judgement,
) -> SampleVerdict {
    let mut verdict = SampleVerdict {
        decoded_bytes: body.len() as u64,
        items,
        limits: ItemLimits::default(),
        translation,
        refused,
        dropped: Vec::new(),
    };
    verdict.judged(judgement);
    verdict
}

fn replayed(kind: FrameKind, content: u8, verdict: &SampleVerdict, body: &[u8]) -> String {
    let header = FrameHeader {
        kind,
        tenant: TenantId::default(),
        received: NOW,
        first_record_id: RecordId(0),
        encoding: ContentEncoding::Identity.code(),
        content,
        config_epoch: 0,
    };
    let frame = Frame {
        header,
        verdict: &verdict.encode(),
        body,
    };
    shown(&batch(&frame).unwrap())
}

/// Labels and times of samples.
type Sent = (Vec<(String, String)>, Vec<i64>);

fn write_request(series: &[Sent]) -> Vec<u8> {
    let mut out = Writer::new();
    for (labels, times) in series {
        out.message(1, |out| {
            for (name, value) in labels {
                out.message(1, |out| {
                    out.bytes(1, name.as_bytes());
                    out.bytes(2, value.as_bytes());
                });
            }
            for time in times {
                out.message(2, |out| {
                    out.fixed64(1, 1.5f64.to_bits());
                    out.varint(2, *time as u64);
                });
            }
        });
    }
    out.into_bytes()
}

proptest! {
    #[test]
    fn otlp_is_replayed_as_it_was_taken(
        groups in metrics(),
        settings in settings(),
        is_json: bool,
    ) {
        let (content, body) = if is_json {
            (ContentKind::Json, metrics_json::encode_metrics(&groups).into_bytes())
        } else {
            (ContentKind::Protobuf, metrics_protobuf::encode_metrics(&groups))
        };
        let body = Bytes::from(body);
        let request = Otlp {
            content,
            limits: &ItemLimits::default(),
            settings: Arc::new(settings.clone()),
        };
        let (translated, labels, stats) =
            decode::otlp(&body, &request, &live(), &mut Meter::counting()).unwrap();
        assert_eq!(translated.seen, stats.items);
        let mut taken = translated.builder.finish(Box::new(SharedOtlp(labels)));
        let judgement = judgement(&taken);
        let items = (body.as_ref(), translated.seen);
        let verdict = verdict(items, Some(settings), translated.refused, &judgement);
        let again = replayed(FrameKind::OtlpMetrics, content.code(), &verdict, &body);
        let ranges: Vec<PointRange> = verdict.dropped;
        assert!(remove_points(&mut taken, &ranges));
        assert_eq!(again, shown(&taken));
    }

    #[test]
    fn remote_write_is_replayed_as_it_was_taken(
        series in vec((
            vec(("(__name__|[a-b]?)", "[x-y]{0,2}"), 0..4),
            vec(prop_oneof![
                Just(i64::MAX),
                (-1000..1000i64).prop_map(|s| NOW.0 / 1_000_000 + s),
            ], 0..4),
        ), 0..5),
    ) {
        let body = Bytes::from(write_request(&series));
        let version = Version::V1;
        let mut meter = Meter::counting();
        let written = decode::remote_write(body.clone(), version, &live(), &mut meter).unwrap();
        let labels = SharedLabels(written.labels);
        let mut taken = written.builder.finish(Box::new(labels));
        let judgement = judgement(&taken);
        let verdict = verdict((&body, written.seen), None, written.refused, &judgement);
        let content = content_of(version);
        let again = replayed(FrameKind::RemoteWrite, content, &verdict, &body);
        assert!(remove_points(&mut taken, &verdict.dropped));
        assert_eq!(again, shown(&taken));
    }

    #[test]
    fn fuzz_any_bytes(
        bytes in vec(any::<u8>(), 0..80),
        body in vec(any::<u8>(), 0..80),
        content in 0..6u8,
        kind in 0..9usize,
    ) {
        let header = FrameHeader {
            kind: FrameKind::ALL[kind],
            tenant: TenantId::default(),
            received: NOW,
            first_record_id: RecordId(0),
            encoding: 0,
            content,
            config_epoch: 0,
        };
        let plain = SampleVerdict {
            decoded_bytes: body.len() as u64,
            items: 1,
            limits: ItemLimits::default(),
            translation: Some(TranslationSettings::default()),
            refused: Vec::new(),
            dropped: Vec::new(),
        };
        for verdict in [bytes, plain.encode()] {
            // Good or not, it comes to an end.
            let frame = Frame { header: header.clone(), verdict: &verdict, body: &body };
            let _ = batch(&frame);
        }
    }
}

#[test]
fn a_verdict_that_does_not_fit_is_corrupt() {
    let batch_body = sample_body::encode(
        &SampleBatch {
            series: Vec::new(),
            points: Vec::new(),
            histograms: Vec::new(),
            exemplars: Vec::new(),
            metadata: Vec::new(),
            labels: Box::new(sample_body::KnownLabels(Vec::new())),
        },
        &[],
    );
    let wrong = verdict((&batch_body, 1), None, Vec::new(), &Judgement::default());
    let header = FrameHeader {
        kind: FrameKind::Scrape,
        tenant: TenantId::default(),
        received: NOW,
        first_record_id: RecordId(0),
        encoding: 0,
        content: CONTENT_SAMPLE_BATCH,
        config_epoch: 0,
    };
    let frame = Frame {
        header,
        verdict: &wrong.encode(),
        body: &batch_body,
    };
    let kind = batch(&frame).err().map(|error| error.kind());
    assert_eq!(kind, Some(ErrorKind::Corrupt));
}
