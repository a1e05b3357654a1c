//! State comes back as it was; damaged bytes are errors.

use super::decode::{RareState, SeriesState, StateSink, decode};
use super::encode::encode;
use crate::error::ErrorKind;
use crate::samples::head::delta::{Delta, Sum};
use crate::samples::head::freeze::{FrozenSeries, FrozenTenant};
use crate::samples::head::series::{Content, NONE_YET, Newest};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::metric::{Metadata, MetricKind};

#[derive(Default, PartialEq, Debug)]
struct Found {
    families: Vec<(TenantId, String, Metadata)>,
    series: Vec<(TenantId, SeriesState)>,
}

impl StateSink for Found {
    fn family(&mut self, tenant: &TenantId, family: &str, record: Metadata) {
        self.families
            .push((tenant.clone(), family.to_owned(), record));
    }

    fn series(&mut self, tenant: &TenantId, series: SeriesState) {
        self.series.push((tenant.clone(), series));
    }
}

fn histogram() -> Arc<Histogram> {
    Arc::new(Histogram {
        counter_reset_hint: CounterResetHint::NotReset,
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: 2.0,
        count: 9.0,
        sum: -4.5,
        positive: Buckets {
            spans: vec![
                BucketSpan {
                    offset: -3,
                    length: 2,
                },
                BucketSpan {
                    offset: 7,
                    length: 1,
                },
            ],
            counts: vec![1.0, 2.0, 4.0],
        },
        negative: Buckets::default(),
        custom_bounds: Arc::from([0.5, 1.0]),
    })
}

fn states() -> Vec<SeriesState> {
    let labels = |id: &str| Labels::from_pairs([("__name__", "golden"), ("id", id)]);
    let newest = |time_ms: i64, value: f64, start_ms: i64| Newest {
        time_ms,
        bits: value.to_bits(),
        start_ms,
        is_histogram: false,
    };
    vec![
        SeriesState {
            labels: labels("plain"),
            newest: newest(1_795_169_720_000, 0.25, 0),
            rare: None,
            active_s: 1_795_169_721,
        },
        SeriesState {
            labels: labels("delta"),
            newest: newest(-5, f64::NEG_INFINITY, -10),
            rare: Some(RareState {
                delta: Some(Delta {
                    start_ms: -10,
                    until_ms: -5,
                    sum: Sum::Float(1e300),
                }),
                newest: None,
            }),
            active_s: 0,
        },
        SeriesState {
            labels: labels("histogram"),
            newest: Newest {
                is_histogram: true,
                ..newest(7, -4.5, 3)
            },
            rare: Some(RareState {
                delta: Some(Delta {
                    start_ms: 3,
                    until_ms: 7,
                    sum: Sum::Histogram(histogram()),
                }),
                newest: Some(histogram()),
            }),
            active_s: 12,
        },
    ]
}

fn record() -> Metadata {
    Metadata {
        kind: MetricKind::Counter,
        help: "Helps.".to_owned(),
        unit: "By".to_owned(),
        otlp_name: "golden.total".to_owned(),
    }
}

fn tenants(states: &[SeriesState]) -> BTreeMap<TenantId, Arc<FrozenTenant>> {
    let series = |(number, state): (usize, &SeriesState)| FrozenSeries {
        number: number as u32,
        labels: state.labels.clone(),
        content: Content::default(),
        newest: state.newest,
        rare: state.rare.clone().map(Into::into),
        active_s: state.active_s,
    };
    let mut tenant = FrozenTenant {
        series: states.iter().enumerate().map(series).collect(),
        ..FrozenTenant::default()
    };
    tenant.families.add("golden_total_bytes", &record());
    BTreeMap::from([(TenantId::default(), Arc::new(tenant))])
}

fn expected() -> Found {
    let tenant = TenantId::default();
    Found {
        families: vec![(tenant.clone(), "golden_total_bytes".to_owned(), record())],
        series: states()
            .into_iter()
            .map(|state| (tenant.clone(), state))
            .collect(),
    }
}

#[test]
fn state_comes_back() {
    let mut written = states();
    let mut forgotten = written[0].clone();
    forgotten.newest.time_ms = NONE_YET;
    written.push(forgotten);
    let mut found = Found::default();
    decode(&encode(&tenants(&written)).unwrap(), &mut found).unwrap();
    assert_eq!(found, expected());
}

#[test]
fn many_series_come_back() {
    let many: Vec<SeriesState> = (0..30_000)
        .map(|id: i64| SeriesState {
            labels: Labels::from_pairs([("__name__", "m"), ("long", &format!("{id:060}"))]),
            newest: Newest {
                time_ms: id,
                ..Newest::default()
            },
            rare: None,
            active_s: id,
        })
        .collect();
    let bytes = encode(&tenants(&many)).unwrap();
    let mut found = Found::default();
    decode(&bytes, &mut found).unwrap();
    assert!(
        found
            .series
            .iter()
            .map(|(_, series)| series)
            .eq(many.iter())
    );
}

/// The bytes of version 1, base 16: they must stay readable.
const GOLDEN: &str = include_str!("../../../tests/golden/samples-state-v1.hex");

#[test]
fn the_first_version_stays_readable() {
    let digits: Vec<u8> = GOLDEN.bytes().filter(u8::is_ascii_hexdigit).collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let mut found = Found::default();
    decode(&bytes, &mut found).unwrap();
    assert_eq!(found, expected());
}

#[test]
fn damaged_bytes_are_errors() {
    let bytes = encode(&tenants(&states())).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x40;
        let error = decode(&damaged, &mut Found::default()).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Invalid),
            "{at}"
        );
        assert!(decode(&bytes[..at], &mut Found::default()).is_err());
    }
    // Wrong content below a right checksum.
    let payload = &bytes[crate::seal::HEADER_BYTES..];
    for at in 0..payload.len() {
        let mut damaged = payload.to_vec();
        damaged[at] ^= 0x11;
        let _ = decode(&super::STATE_SEAL.wrap(&damaged), &mut Found::default());
    }
}
