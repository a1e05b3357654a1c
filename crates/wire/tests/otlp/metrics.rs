//! Metrics: protobuf against `opentelemetry-proto`, JSON against protobuf, hashes of attributes.

use crate::generate_metrics;
use crate::mangle::{Message, mangle};
use crate::normal::{attributes, link_id, one_nan_in_metrics, resource, scope};
use crate::random::Random;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, metric};
use proptest::prelude::*;
use prost::Message as _;
use tacho_model::metric::MetricData;
use tacho_model::value::Value;
use tacho_wire::collect::metrics::MetricCollector;
use tacho_wire::otlp::decode_metrics::{BUCKETS_DECODED_MAX, count_points, decode_metrics};
use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
use tacho_wire::otlp::metrics::{
    DataPoint, DataPointValue, ExponentialValue, Metric, ResourceMetrics, ScopeMetrics,
};
use tacho_wire::otlp::{DecodeOptions, json_decode};

fn exemplar(exemplar: &mut Exemplar) {
    link_id(&mut exemplar.trace_id, 16);
    link_id(&mut exemplar.span_id, 8);
    attributes(&mut exemplar.filtered_attributes);
}

fn known(temporality: &mut i32) {
    if !(0..=2).contains(temporality) {
        *temporality = 0;
    }
}

/// The normalisations of `docs/formats/otlp.md`.
fn normalise(request: &mut ExportMetricsServiceRequest) {
    for group in &mut request.resource_metrics {
        resource(&mut group.resource);
        for metrics in &mut group.scope_metrics {
            scope(&mut metrics.scope);
            for metric in &mut metrics.metrics {
                attributes(&mut metric.metadata);
                normalise_data(&mut metric.data);
            }
        }
    }
}

fn normalise_data(data: &mut Option<metric::Data>) {
    let numbers = match data {
        None => return,
        Some(metric::Data::Gauge(gauge)) => &mut gauge.data_points,
        Some(metric::Data::Sum(sum)) => {
            known(&mut sum.aggregation_temporality);
            &mut sum.data_points
        }
        Some(metric::Data::Histogram(histogram)) => {
            known(&mut histogram.aggregation_temporality);
            for point in &mut histogram.data_points {
                attributes(&mut point.attributes);
                point.exemplars.iter_mut().for_each(exemplar);
            }
            return;
        }
        Some(metric::Data::ExponentialHistogram(histogram)) => {
            known(&mut histogram.aggregation_temporality);
            for point in &mut histogram.data_points {
                attributes(&mut point.attributes);
                point.exemplars.iter_mut().for_each(exemplar);
                for side in [&mut point.positive, &mut point.negative] {
                    side.take_if(|side| side.offset == 0 && side.bucket_counts.is_empty());
                }
            }
            return;
        }
        Some(metric::Data::Summary(summary)) => {
            for point in &mut summary.data_points {
                attributes(&mut point.attributes);
            }
            return;
        }
    };
    for point in numbers {
        attributes(&mut point.attributes);
        point.exemplars.iter_mut().for_each(exemplar);
    }
}

fn collect(body: &[u8]) -> MetricCollector {
    let mut sink = MetricCollector::default();
    let stats = decode_metrics(body, &DecodeOptions::default(), &mut sink).unwrap();
    assert_eq!(count_points(body), Ok(stats.items));
    assert_eq!(sink.attribute_hashes.len() as u64, stats.items);
    sink
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn metrics_survive_decoding_and_encoding(
        mut request in generate_metrics::metrics(),
        seed: u64,
    ) {
        let sent = mangle(&request.encode_to_vec(), Message::Metrics, &mut Random(seed));
        let sink = collect(&sent);
        normalise(&mut request);
        let encoded = metrics_protobuf::encode_metrics(&sink.groups);
        let given = ExportMetricsServiceRequest::decode(encoded.as_slice()).unwrap();
        prop_assert_eq!(given.encode_to_vec(), request.encode_to_vec(), "{:#?} {:#?}", given, request);
    }

    #[test]
    fn json_holds_what_protobuf_holds(request in generate_metrics::metrics()) {
        let mut sink = collect(&request.encode_to_vec());
        let text = metrics_json::encode_metrics(&sink.groups);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        let mut again = MetricCollector::default();
        json_decode::decode_metrics(text.as_bytes(), &DecodeOptions::default(), &mut again).unwrap();
        one_nan_in_metrics(&mut sink.groups);
        prop_assert_eq!(&again.groups, &sink.groups, "{}", text);
        prop_assert_eq!(again.attribute_hashes.len(), sink.attribute_hashes.len());
    }
}

fn with_point(point: DataPoint, data: MetricData) -> [ResourceMetrics; 1] {
    [ResourceMetrics {
        scopes: vec![ScopeMetrics {
            metrics: vec![Metric {
                name: "m".to_owned(),
                data,
                points: vec![point],
                ..Metric::default()
            }],
            ..ScopeMetrics::default()
        }],
        ..ResourceMetrics::default()
    }]
}

fn hashes(pairs: &[(&str, Value)]) -> [u128; 2] {
    let mut point = DataPoint::default();
    for (key, value) in pairs {
        point.attributes.push(*key, value.clone());
    }
    let groups = with_point(point, MetricData::Gauge);
    let protobuf = collect(&metrics_protobuf::encode_metrics(&groups)).attribute_hashes;
    let mut sink = MetricCollector::default();
    let text = metrics_json::encode_metrics(&groups);
    json_decode::decode_metrics(text.as_bytes(), &DecodeOptions::default(), &mut sink).unwrap();
    [protobuf[0], sink.attribute_hashes[0]]
}

#[test]
fn hashes_tell_attributes_apart() {
    let sets: [&[(&str, Value)]; 7] = [
        &[],
        &[("a", Value::from("b"))],
        &[("ab", Value::from(""))],
        &[("a", Value::Int(1))],
        &[("a", Value::Double(1.0))],
        &[("a", Value::from("b")), ("c", Value::from("d"))],
        &[("c", Value::from("d")), ("a", Value::from("b"))],
    ];
    for (index, set) in sets.iter().enumerate() {
        assert_eq!(hashes(set), hashes(set));
        for other in &sets[index + 1..] {
            let (left, right) = (hashes(set), hashes(other));
            assert_ne!(left[0], right[0], "{set:?} {other:?}");
            assert_ne!(left[1], right[1], "{set:?} {other:?}");
        }
    }
}

#[test]
fn scattered_attributes_hash_like_those_next_to_each_other() {
    use tacho_wire::pb::Writer;
    let pair = |out: &mut Writer, key: &str| {
        out.message(7, |out| out.bytes(1, key.as_bytes()));
    };
    let request = |fill: &dyn Fn(&mut Writer)| {
        let mut out = Writer::new();
        out.message(1, |out| {
            out.message(2, |out| {
                out.message(2, |out| out.message(5, |out| out.message(1, fill)));
            });
        });
        collect(&out.into_bytes()).attribute_hashes
    };
    let together = request(&|out| {
        pair(out, "a");
        pair(out, "b");
        out.fixed64(3, 5);
    });
    let apart = request(&|out| {
        pair(out, "a");
        out.fixed64(3, 5);
        pair(out, "b");
    });
    assert_eq!(together, apart);
}

#[test]
fn a_point_with_too_many_buckets_comes_without_value() {
    use tacho_wire::otlp::metrics::HistogramValue;
    let value = HistogramValue {
        counts: vec![1; BUCKETS_DECODED_MAX + 1],
        ..HistogramValue::default()
    };
    let point = DataPoint {
        value: DataPointValue::Histogram(value),
        ..DataPoint::default()
    };
    let data = MetricData::Histogram(tacho_model::metric::Temporality::Cumulative);
    let body = metrics_protobuf::encode_metrics(&with_point(point, data));
    let mut sink = MetricCollector::default();
    let stats = decode_metrics(&body, &DecodeOptions::default(), &mut sink).unwrap();
    assert_eq!(stats.too_large, 1);
    let point = &sink.groups[0].scopes[0].metrics[0].points[0];
    assert_eq!(point.value, DataPointValue::Absent);
}

#[test]
fn json_takes_both_spellings_and_names_of_enums() {
    let text = br#"{"resource_metrics":[{"scopeMetrics":[{"metrics":[
{"name":"a","sum":{"aggregation_temporality":"AGGREGATION_TEMPORALITY_DELTA","is_monotonic":true,
"data_points":[{"as_int":"7","time_unix_nano":5,"start_time_unix_nano":"3"}]}},
{"name":"b","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"scale":-3,"count":"2",
"positive":{"offset":-2,"bucket_counts":["1",1]},"zero_threshold":0.5}]}}]}]}]}"#;
    let mut sink = MetricCollector::default();
    json_decode::decode_metrics(text, &DecodeOptions::default(), &mut sink).unwrap();
    let metrics = &sink.groups[0].scopes[0].metrics;
    let delta = tacho_model::metric::Temporality::Delta;
    let sum = MetricData::Sum {
        temporality: delta,
        is_monotonic: true,
    };
    assert_eq!(metrics[0].data, sum);
    let point = &metrics[0].points[0];
    assert_eq!((point.start_ns, point.time_ns), (3, 5));
    assert_eq!(point.value, DataPointValue::Int(7));
    let value = ExponentialValue {
        count: 2,
        scale: -3,
        positive: (-2, vec![1, 1]),
        zero_threshold: 0.5,
        ..ExponentialValue::default()
    };
    let value = DataPointValue::Exponential(Box::new(value));
    assert_eq!(metrics[1].points[0].value, value);
}
