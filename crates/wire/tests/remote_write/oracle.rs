//! What `prost` encodes is what we read, in both versions.

use crate::schema::{
    Exemplar, Exemplar2, Label, Metadata2, MetricMetadata, Request, Sample, TimeSeries,
    TimeSeries2, WriteRequest,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use prost::Message as _;
use std::collections::BTreeMap;
use tacho_model::labels::Labels;
use tacho_model::metric::MetricKind;
use tacho_wire::remote_write::{SampleValue, Version, decode};

type Pairs = BTreeMap<String, String>;

#[derive(Debug, Clone)]
struct Given {
    labels: Pairs,
    samples: Vec<(i64, f64, i64)>,
    exemplars: Vec<(Pairs, f64, i64)>,
    kind: i32,
    help: String,
}

fn pairs() -> impl Strategy<Value = Pairs> {
    btree_map("[a-zé.]{1,4}", "[a-zé]{0,130}", 0..5)
}

fn given_series() -> impl Strategy<Value = Vec<Given>> {
    let samples = vec((any::<i64>(), -1e9..1e9f64, any::<i64>()), 0..5);
    let exemplars = vec((pairs(), -1e9..1e9f64, -1_000_000..1_000_000i64), 0..3);
    let series = (
        pairs(),
        "[a-z]{1,4}",
        samples,
        exemplars,
        0..8i32,
        "[a-z]{0,3}",
    )
        .prop_map(|(mut labels, name, samples, exemplars, kind, help)| {
            labels.insert("__name__".to_owned(), name);
            Given {
                labels,
                samples,
                exemplars,
                kind,
                help,
            }
        });
    vec(series, 0..6)
}

fn labels(pairs: &Pairs) -> Vec<Label> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| Label {
            name: name.clone(),
            value: value.clone(),
        })
        .collect()
}

fn check(body: &[u8], version: Version, given: &[Given]) {
    let request = decode(body, version, &mut |_| true).unwrap();
    assert_eq!(request.series.len(), given.len());
    let mut samples = request.samples.iter();
    let mut exemplars = request.exemplars.iter();
    for (at, series) in given.iter().enumerate() {
        let wanted = Labels::from_pairs(&series.labels);
        assert_eq!(request.labels(body, at), Ok(wanted));
        assert_eq!(request.series[at].samples as usize, series.samples.len());
        for (time, value, start) in &series.samples {
            let sample = samples.next().unwrap();
            let start = if version == Version::V1 { &0 } else { start };
            assert_eq!((sample.time_ms, sample.start_ms), (*time, *start));
            assert_eq!(sample.value, SampleValue::Float(*value));
        }
        for (pairs, value, time) in &series.exemplars {
            let (owner, exemplar) = exemplars.next().unwrap();
            let exemplar = exemplar.as_ref().unwrap();
            assert_eq!(*owner as usize, at);
            assert_eq!(exemplar.labels, Labels::from_pairs(pairs));
            assert_eq!(
                (exemplar.value, exemplar.time_ns),
                (*value, time * 1_000_000)
            );
        }
        for (other, before) in given.iter().enumerate().take(at) {
            let same = request.series[at].alias == request.series[other].alias;
            assert_eq!(
                same,
                series.labels == before.labels,
                "aliases tell labels apart"
            );
        }
    }
}

#[derive(Default)]
struct Symbols {
    texts: Vec<String>,
}

impl Symbols {
    fn number(&mut self, text: &str) -> u32 {
        let found = self.texts.iter().position(|known| known == text);
        found.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        }) as u32
    }

    fn refs(&mut self, pairs: &Pairs) -> Vec<u32> {
        let pairs = pairs.iter();
        pairs
            .flat_map(|(name, value)| [self.number(name), self.number(value)])
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn version_1_is_read_as_it_was_written(given in given_series()) {
        let message = WriteRequest {
            timeseries: given.iter().map(|series| TimeSeries {
                labels: labels(&series.labels),
                samples: series.samples.iter().map(|(timestamp, value, _)| Sample {
                    value: *value,
                    timestamp: *timestamp,
                    start_timestamp: 0,
                }).collect(),
                exemplars: series.exemplars.iter().map(|(pairs, value, timestamp)| Exemplar {
                    labels: labels(pairs),
                    value: *value,
                    timestamp: *timestamp,
                }).collect(),
                histograms: Vec::new(),
            }).collect(),
            metadata: given.iter().map(|series| MetricMetadata {
                kind: series.kind,
                metric_family_name: series.labels["__name__"].clone(),
                help: series.help.clone(),
                unit: "s".to_owned(),
            }).collect(),
        };
        let body = message.encode_to_vec();
        check(&body, Version::V1, &given);
        let metadata = decode(&body, Version::V1, &mut |_| true).unwrap().metadata;
        for series in &given {
            let is_told = metadata.iter().any(|(family, metadata)| {
                *family == series.labels["__name__"]
                    && metadata.help == series.help
                    && metadata.kind == MetricKind::ALL[series.kind as usize]
            });
            prop_assert!(is_told);
        }
    }

    #[test]
    fn version_2_is_read_as_it_was_written(given in given_series()) {
        let mut symbols = Symbols { texts: vec![String::new()] };
        let timeseries = given.iter().map(|series| TimeSeries2 {
            labels_refs: symbols.refs(&series.labels),
            samples: series.samples.iter().map(|(timestamp, value, start)| Sample {
                value: *value,
                timestamp: *timestamp,
                start_timestamp: *start,
            }).collect(),
            histograms: Vec::new(),
            exemplars: series.exemplars.iter().map(|(pairs, value, timestamp)| Exemplar2 {
                labels_refs: symbols.refs(pairs),
                value: *value,
                timestamp: *timestamp,
            }).collect(),
            metadata: Some(Metadata2 {
                kind: series.kind,
                help_ref: symbols.number(&series.help),
                unit_ref: 0,
            }),
        }).collect();
        let body = Request { symbols: symbols.texts, timeseries }.encode_to_vec();
        check(&body, Version::V2, &given);
    }
}

#[test]
fn metadata_of_version_2_belongs_to_the_family() {
    let symbols = ["", "__name__", "a_bucket", "help", "le", "1"];
    let request = Request {
        symbols: symbols.map(str::to_owned).to_vec(),
        timeseries: vec![TimeSeries2 {
            labels_refs: vec![1, 2, 4, 5],
            metadata: Some(Metadata2 {
                kind: 3,
                help_ref: 3,
                unit_ref: 0,
            }),
            ..TimeSeries2::default()
        }],
    };
    let body = request.encode_to_vec();
    let metadata = decode(&body, Version::V2, &mut |_| true).unwrap().metadata;
    assert_eq!(metadata.len(), 1);
    assert_eq!(
        (metadata[0].0.as_str(), metadata[0].1.help.as_str()),
        ("a", "help")
    );
}
