//! Fuzz targets as plain functions: each takes any bytes, must not panic, and asserts what holds
//! whenever the bytes decode. `tests/corpus.rs` runs them over `corpus/`; a fuzzer can call them.

use crate::collect::metrics::MetricCollector;
use crate::collect::{LogCollector, SpanCollector};
use crate::exposition::check::check;
use crate::exposition::lint::lint;
use crate::exposition::series::{ExemplarRef, SeriesRef};
use crate::exposition::write::Row;
use crate::exposition::{
    self, CreatedLines, ExpositionSink, FamilyRef, Flow, Format, HistogramForm, HistogramPoint,
    Options, Point,
};
use crate::otlp::decode_metrics::{count_points, decode_metrics};
use crate::otlp::encode::{json, metrics_json, metrics_protobuf, protobuf};
use crate::otlp::{DecodeOptions, count_items, decode_logs, decode_traces, json_decode};
use crate::remote_write::{SampleValue, Version, decode};
use tacho_model::labels::Labels;

/// Bytes as a traces request in protobuf: what decodes survives encoding and decoding again, and
/// the quick count agrees.
pub fn fuzz_decode_traces(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = SpanCollector::default();
    let Ok(stats) = decode_traces::decode_traces(data, &options, &mut first) else {
        return;
    };
    assert_eq!(count_items(data), Ok(stats.items));
    let mut again = SpanCollector::default();
    let encoded = protobuf::encode_traces(&first.groups);
    let outcome = decode_traces::decode_traces(&encoded, &options, &mut again);
    assert!(outcome.is_ok(), "our own bytes must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a logs request in protobuf, likewise.
pub fn fuzz_decode_logs(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = LogCollector::default();
    let Ok(stats) = decode_logs::decode_logs(data, &options, &mut first) else {
        return;
    };
    assert_eq!(count_items(data), Ok(stats.items));
    let mut again = LogCollector::default();
    let encoded = protobuf::encode_logs(&first.groups);
    let outcome = decode_logs::decode_logs(&encoded, &options, &mut again);
    assert!(outcome.is_ok(), "our own bytes must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a traces request in JSON: what decodes survives encoding and decoding again.
pub fn fuzz_decode_traces_json(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = SpanCollector::default();
    if json_decode::decode_traces(data, &options, &mut first).is_err() {
        return;
    }
    let mut again = SpanCollector::default();
    let encoded = json::encode_traces(&first.groups);
    let outcome = json_decode::decode_traces(encoded.as_bytes(), &options, &mut again);
    assert!(outcome.is_ok(), "our own text must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a logs request in JSON, likewise.
pub fn fuzz_decode_logs_json(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = LogCollector::default();
    if json_decode::decode_logs(data, &options, &mut first).is_err() {
        return;
    }
    let mut again = LogCollector::default();
    let encoded = json::encode_logs(&first.groups);
    let outcome = json_decode::decode_logs(encoded.as_bytes(), &options, &mut again);
    assert!(outcome.is_ok(), "our own text must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a metrics request in protobuf: what decodes survives encoding and decoding again, the quick
/// count agrees, and so do the hashes of attributes.
pub fn fuzz_decode_metrics(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = MetricCollector::default();
    let Ok(stats) = decode_metrics(data, &options, &mut first) else {
        return;
    };
    assert_eq!(count_points(data), Ok(stats.items));
    let mut again = MetricCollector::default();
    let encoded = metrics_protobuf::encode_metrics(&first.groups);
    let outcome = decode_metrics(&encoded, &options, &mut again);
    assert!(outcome.is_ok(), "our own bytes must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a metrics request in JSON: what decodes survives encoding and decoding again.
pub fn fuzz_decode_metrics_json(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = MetricCollector::default();
    if json_decode::decode_metrics(data, &options, &mut first).is_err() {
        return;
    }
    let mut again = MetricCollector::default();
    let encoded = metrics_json::encode_metrics(&first.groups);
    let outcome = json_decode::decode_metrics(encoded.as_bytes(), &options, &mut again);
    assert!(outcome.is_ok(), "our own text must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
    assert_eq!(first.attribute_hashes, again.attribute_hashes);
}

/// The first byte chooses the version, the rest is a decompressed remote-write request: samples belong to
/// series, histograms exist, labels that are given are in order and have a name.
pub fn fuzz_remote_write(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let version = [Version::V1, Version::V2];
    let Some(version) = version.get(usize::from(choice & 1)).copied() else {
        return;
    };
    let Ok(request) = decode(body, version, &mut |_| true) else {
        return;
    };
    let samples: u64 = request
        .series
        .iter()
        .map(|series| u64::from(series.samples))
        .sum();
    assert_eq!(samples, request.samples.len() as u64);
    for sample in &request.samples {
        match sample.value {
            SampleValue::Float(_) => {}
            SampleValue::Histogram(at) => assert!(request.histograms.len() > at as usize),
            SampleValue::Invalid(at) => assert!(request.problems.len() > at as usize),
        }
    }
    for (series, _) in &request.exemplars {
        assert!(request.series.len() > *series as usize);
    }
    for series in 0..request.series.len() {
        if let Ok(labels) = request.labels(body, series) {
            assert!(!labels.metric_name().is_empty());
            let same = Labels::from_encoded(labels.as_encoded());
            assert_eq!(same, Some(labels));
        }
    }
}

/// The first byte chooses the format, the rest is an exposition: what is taken prints as Prometheus text and
/// reads back as the same samples; checks and advice end.
pub fn fuzz_parse_exposition(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else {
        return;
    };
    let format = match choice % 3 {
        0 => Format::PrometheusText,
        1 => Format::OpenMetrics,
        _ => Format::Protobuf,
    };
    let created = if choice & 4 == 0 {
        CreatedLines::Series
    } else {
        CreatedLines::StartTimes
    };
    let options = Options {
        created,
        histograms: HistogramForm::Both,
        ..Options::default()
    };
    let mut first = RowCollector::default();
    let outcome = exposition::parse(body, format, &options, &mut first);
    let checked = check(body, format, options.limits);
    let advice = lint(body, format, options.limits);
    if format != Format::PrometheusText {
        assert!(
            outcome.is_ok() || checked.is_err(),
            "what is no exposition is not valid"
        );
    }
    assert_eq!(outcome.is_ok(), advice.is_ok());
    let mut writer = exposition::write::Writer::new(Format::PrometheusText);
    for row in &first.rows {
        writer.row(row);
    }
    let printed = writer.finish();
    let mut again = RowCollector::default();
    let text = Format::PrometheusText;
    let outcome = exposition::parse(printed.as_bytes(), text, &Options::default(), &mut again);
    assert!(outcome.is_ok(), "our own text must parse: {outcome:?}");
    assert_eq!(format!("{:?}", first.rows), format!("{:?}", again.rows));
}

/// Keeps the samples whose labels are sound, as far as Prometheus text can write them.
#[derive(Debug, Default)]
struct RowCollector {
    rows: Vec<Row>,
}

impl ExpositionSink for RowCollector {
    fn family(&mut self, _: &FamilyRef<'_>) -> Flow {
        Flow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        assert_eq!(series.hash(), xxhash_rust::xxh3::xxh3_128(series.raw()));
        if let Ok(labels) = series.labels() {
            self.rows.push(Row {
                labels,
                // Zero is printed without a sign.
                value: point.value + 0.0,
                time_ms: point.time_ms.filter(|time| *time >= 0),
                exemplar: None,
            });
        }
        Flow::Continue(())
    }

    fn histogram(&mut self, _: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        for side in [&point.histogram.positive, &point.histogram.negative] {
            let length: u64 = side.spans.iter().map(|span| u64::from(span.length)).sum();
            assert_eq!(length, side.counts.len() as u64);
        }
        Flow::Continue(())
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        // Labels that are none are told, not hidden.
        let _ = exemplar.to_exemplar(0);
        Flow::Continue(())
    }
}
