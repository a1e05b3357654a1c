//! Runs the fuzz targets as plain tests: over the committed corpus and over seeded mutations of
//! it. A file that made a target fail belongs into `corpus/<target>/`.

use crate::random::Random;
use crate::sample;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use std::path::{Path, PathBuf};
use tacho_wire::collect::metrics::MetricCollector;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::error::{Error, Problem};
use tacho_wire::fuzzing::{
    fuzz_decode_logs, fuzz_decode_logs_json, fuzz_decode_metrics, fuzz_decode_metrics_json,
    fuzz_decode_traces, fuzz_decode_traces_json,
};
use tacho_wire::otlp::encode::{json, metrics_json};
use tacho_wire::otlp::{DecodeOptions, DecodeStats, decode_logs, decode_metrics, decode_traces};

const MUTATIONS_PER_FILE: usize = 2000;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

#[expect(clippy::disallowed_methods, reason = "the corpus is files")]
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(
        !paths.is_empty(),
        "the corpus of {target} must not be empty"
    );
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// One to four changes of the kinds that fuzzers make.
fn mutate(data: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = data.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len());
        let end = (at + random.below(16)).min(out.len());
        match random.below(7) {
            0 if !out.is_empty() => out[at] = random.number() as u8,
            1 if !out.is_empty() => out[at] ^= 1 << random.below(8),
            2 => drop(out.drain(at..end)),
            3 => {
                let copy = out[at..end].to_vec();
                out.splice(at..at, copy);
            }
            4 => out.insert(at, [0x00, 0x7f, 0x80, 0xff][random.below(4)]),
            5 => out.truncate(at),
            _ => {
                let from = random.below(other.len());
                let to = (from + random.below(64)).min(other.len());
                out.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    out
}

fn run(target: &str, fuzz: fn(&[u8])) {
    let files = corpus(target);
    let mut random = Random(1);
    for data in &files {
        fuzz(data);
        for _ in 0..MUTATIONS_PER_FILE {
            let other = &files[random.below(files.len())];
            fuzz(&mutate(data, other, &mut random));
        }
    }
}

/// What we refuse, groups excepted, is what the oracle refuses.
fn assert_refused_rightly(outcome: Result<DecodeStats, Error>, oracle_takes_it: bool) {
    if let Err(error) = outcome
        && !matches!(error.problem(), Problem::WireType { .. })
    {
        assert!(!oracle_takes_it, "{error}");
    }
}

#[test]
fn traces_in_protobuf_hold_over_the_corpus() {
    run("decode_traces", |data| {
        fuzz_decode_traces(data);
        let mut sink = SpanCollector::default();
        assert_refused_rightly(
            decode_traces::decode_traces(data, &DecodeOptions::default(), &mut sink),
            ExportTraceServiceRequest::decode(data).is_ok(),
        );
    });
}

#[test]
fn logs_in_protobuf_hold_over_the_corpus() {
    run("decode_logs", |data| {
        fuzz_decode_logs(data);
        let mut sink = LogCollector::default();
        assert_refused_rightly(
            decode_logs::decode_logs(data, &DecodeOptions::default(), &mut sink),
            ExportLogsServiceRequest::decode(data).is_ok(),
        );
    });
}

#[test]
fn traces_in_json_hold_over_the_corpus() {
    run("decode_traces_json", fuzz_decode_traces_json);
}

#[test]
fn logs_in_json_hold_over_the_corpus() {
    run("decode_logs_json", fuzz_decode_logs_json);
}

#[test]
fn metrics_in_protobuf_hold_over_the_corpus() {
    run("decode_metrics", |data| {
        fuzz_decode_metrics(data);
        let mut sink = MetricCollector::default();
        assert_refused_rightly(
            decode_metrics::decode_metrics(data, &DecodeOptions::default(), &mut sink),
            ExportMetricsServiceRequest::decode(data).is_ok(),
        );
    });
}

#[test]
fn metrics_in_json_hold_over_the_corpus() {
    run("decode_metrics_json", fuzz_decode_metrics_json);
}

/// The samples in the corpus are what the encoders give today; `UPDATE_GOLDEN=1` writes them anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "the corpus is files")]
fn the_samples_of_the_corpus_are_current() {
    let write = |target: &str, name: &str, data: &[u8]| {
        let path = folder(target).join(name);
        if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
            std::fs::create_dir_all(folder(target)).unwrap();
            std::fs::write(&path, data).unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), data, "{}", path.display());
    };
    let options = DecodeOptions::default();
    let traces = sample::traces().encode_to_vec();
    let mut spans = SpanCollector::default();
    decode_traces::decode_traces(&traces, &options, &mut spans).unwrap();
    write("decode_traces", "every_field.bin", &traces);
    write(
        "decode_traces_json",
        "every_field.json",
        json::encode_traces(&spans.groups).as_bytes(),
    );
    let logs = sample::logs().encode_to_vec();
    let mut records = LogCollector::default();
    decode_logs::decode_logs(&logs, &options, &mut records).unwrap();
    write("decode_logs", "every_field.bin", &logs);
    write(
        "decode_logs_json",
        "every_field.json",
        json::encode_logs(&records.groups).as_bytes(),
    );
    let metrics = sample::metrics().encode_to_vec();
    let mut points = MetricCollector::default();
    decode_metrics::decode_metrics(&metrics, &options, &mut points).unwrap();
    write("decode_metrics", "every_field.bin", &metrics);
    write(
        "decode_metrics_json",
        "every_field.json",
        metrics_json::encode_metrics(&points.groups).as_bytes(),
    );
    write(
        "decode_traces",
        "declared_gigabyte.bin",
        &[0x0a, 0x80, 0x80, 0x80, 0x80, 0x04, 1],
    );
    write("decode_logs", "group.bin", &[0x0b, 0x0c]);
    write("decode_traces_json", "empty.json", b"{}");
    let alias = br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"run-42","spanId":"step-7",
"parentSpanId":"step-0","kind":"SPAN_KIND_SERVER","links":[{"traceId":"run-1","spanId":"\ud83d"}]}]}]}]}"#;
    write("decode_traces_json", "alias.json", alias);
    let empties = br#"{"resource_logs":[{"resource":null,"scope_logs":[{},{"log_records":[{},
{"body":{}},{"severityNumber":"SEVERITY_NUMBER_WARN","body":{"doubleValue":"NaN"}}]}]}]}"#;
    write("decode_logs_json", "empties.json", empties);
}
