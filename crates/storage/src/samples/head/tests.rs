//! The table of judgements, running sums, taking back, cutting and dropping.

use super::TenantHead;
use super::judge::{Rules, judge};
use super::plan::Plan;
use crate::error::{Error, Result};
use crate::samples::batch::{
    Judgement, LabelSource, Point, PointValue, RefusedReason, RunKind, SampleBatch, SeriesRun,
};
use crate::samples::matcher::{LabelMatcher, MatchOp};
use std::collections::BTreeSet;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, Histogram};
use tacho_model::labels::Labels;
use tacho_model::sample::{SampleColumns, stale_nan};
use xxhash_rust::xxh3::xxh3_128;

const HOUR_MS: i64 = 3_600_000;
const RULES: Rules = Rules {
    window_ms: HOUR_MS,
    series_per_metric_max: 3,
    series_left: 5,
    now_s: 1_000,
};

struct Names(Vec<String>);

impl LabelSource for Names {
    fn labels(&self, series: usize) -> Result<Labels> {
        let name = &self.0[series];
        if name == "bad" {
            return Err(Error::invalid("label name is not unique"));
        }
        let (metric, id) = name.split_once('/').unwrap_or((name, ""));
        Ok(Labels::from_pairs([("__name__", metric), ("id", id)]))
    }
}

fn float(time_ms: i64, value: f64) -> Point {
    Point {
        time_ms,
        start_ms: 0,
        value: PointValue::Float(value),
    }
}

fn increase(start_ms: i64, time_ms: i64, value: f64) -> Point {
    Point {
        time_ms,
        start_ms,
        value: PointValue::Float(value),
    }
}

fn batch(kind: RunKind, runs: &[(&str, &[Point])]) -> SampleBatch {
    SampleBatch {
        series: runs
            .iter()
            .map(|(name, points)| SeriesRun {
                alias: xxh3_128(name.as_bytes()),
                points: points.len() as u32,
                kind,
            })
            .collect(),
        points: runs
            .iter()
            .flat_map(|(_, points)| points.to_vec())
            .collect(),
        histograms: vec![],
        exemplars: vec![],
        metadata: vec![],
        labels: Box::new(Names(
            runs.iter().map(|(name, _)| (*name).to_owned()).collect(),
        )),
    }
}

fn write(head: &mut TenantHead, batch: &SampleBatch) -> Judgement {
    let mut plan = Plan::default();
    let judgement = judge(head, batch, &RULES, &mut plan).unwrap();
    head.apply(batch, &plan);
    judgement
}

fn plain(head: &mut TenantHead, name: &str, points: &[Point]) -> Judgement {
    write(head, &batch(RunKind::Plain, &[(name, points)]))
}

fn read(head: &TenantHead, name: &str) -> SampleColumns {
    let (metric, id) = name.split_once('/').unwrap_or((name, ""));
    let matchers = [
        LabelMatcher::equal("__name__", metric),
        LabelMatcher::equal("id", id),
    ];
    let mut sources = Vec::new();
    for series in head
        .select(&matchers, (i64::MIN, i64::MAX), 1000, 0)
        .unwrap()
    {
        for part in &series.parts {
            let mut columns = SampleColumns::default();
            part.read(i64::MIN, i64::MAX, &mut columns);
            sources.push(columns);
        }
    }
    let mut out = SampleColumns::default();
    crate::samples::join::join(sources, &mut out);
    out
}

fn pairs(head: &TenantHead, name: &str) -> Vec<(i64, f64)> {
    let columns = read(head, name);
    columns.times.into_iter().zip(columns.values).collect()
}

fn reasons(judgement: &Judgement) -> Vec<(u32, u32, RefusedReason)> {
    let refused = judgement.refused.iter();
    refused.map(|it| (it.first, it.count, it.reason)).collect()
}

#[test]
fn samples_are_judged_by_the_newest_of_their_series() {
    let mut head = TenantHead::default();
    let day = 24 * HOUR_MS;
    // A new series takes any age.
    assert_eq!(plain(&mut head, "up", &[float(day, 1.0)]).accepted, 1);
    for (point, accepted, repeated, refused) in [
        (float(day, 1.0), 0, 1, None),
        (float(day, 2.0), 0, 0, Some(RefusedReason::DuplicateTime)),
        (float(day, -0.0), 0, 0, Some(RefusedReason::DuplicateTime)),
        (
            float(day - HOUR_MS - 1, 1.0),
            0,
            0,
            Some(RefusedReason::TooOld),
        ),
        (float(day - HOUR_MS, 7.0), 1, 0, None),
        (float(day - HOUR_MS, 7.0), 0, 1, None),
        (
            float(day - HOUR_MS, 8.0),
            0,
            0,
            Some(RefusedReason::DuplicateTime),
        ),
        (float(day + 1, stale_nan()), 1, 0, None),
        (float(day + 1, stale_nan()), 0, 1, None),
        (float(day + 5, f64::NAN), 1, 0, None),
        (float(day, 1.0), 0, 1, None),
        (float(day, 3.0), 0, 0, Some(RefusedReason::DuplicateTime)),
    ] {
        let judgement = plain(&mut head, "up", &[point]);
        assert_eq!(
            (judgement.accepted, judgement.repeated),
            (accepted, repeated),
            "{point:?}"
        );
        let found = judgement.refused.first().map(|refused| refused.reason);
        assert_eq!(found, refused, "{point:?}");
    }
    let times: Vec<i64> = read(&head, "up").times;
    assert_eq!(times, [day - HOUR_MS, day, day + 1, day + 5]);
}

#[test]
fn a_request_is_judged_as_if_its_samples_came_one_by_one() {
    let mut head = TenantHead::default();
    let points = [
        float(10, 1.0),
        float(30, 3.0),
        float(20, 2.0),
        float(20, 2.0),
        float(20, 9.0),
        float(10, 9.0),
        float(30, 3.0),
        float(40, 4.0),
        float(35, 3.5),
    ];
    let judgement = plain(&mut head, "up", &points);
    assert_eq!((judgement.accepted, judgement.repeated), (5, 2));
    assert_eq!(reasons(&judgement), [(4, 2, RefusedReason::DuplicateTime)]);
    let expected = [(10, 1.0), (20, 2.0), (30, 3.0), (35, 3.5), (40, 4.0)];
    assert_eq!(pairs(&head, "up"), expected);
    // Sent again, everything is there.
    let again = [10, 20, 30, 35].map(|time| float(time, f64::from(time as i32) / 10.0));
    let judgement = plain(&mut head, "up", &again);
    assert_eq!((judgement.accepted, judgement.repeated), (0, 4));
}

#[test]
fn series_beyond_the_limits_are_refused_and_the_others_go_on() {
    let mut head = TenantHead::default();
    let point = [float(1, 1.0)];
    let names = ["a/1", "bad", "a/2", "a/3", "a/4", "b/1", "a/1"];
    let runs: Vec<(&str, &[Point])> = names.iter().map(|name| (*name, &point[..])).collect();
    let judgement = write(&mut head, &batch(RunKind::Plain, &runs));
    let expected = [
        (1, 1, RefusedReason::InvalidLabels),
        (4, 1, RefusedReason::SeriesOfMetric),
    ];
    assert_eq!(reasons(&judgement), expected);
    assert_eq!(
        judgement.refused[0].detail.as_deref(),
        Some("label name is not unique")
    );
    assert_eq!(
        (
            judgement.accepted,
            judgement.repeated,
            judgement.created_series
        ),
        (4, 1, 4)
    );
    let rules = Rules {
        series_left: 1,
        ..RULES
    };
    let more = batch(
        RunKind::Plain,
        &[("c/1", &point), ("c/2", &point), ("a/1", &[float(2, 1.0)])],
    );
    let mut plan = Plan::default();
    let judgement = judge(&mut head, &more, &rules, &mut plan).unwrap();
    assert_eq!(reasons(&judgement), [(1, 1, RefusedReason::SeriesTotal)]);
    assert_eq!(judgement.accepted, 2);
}

#[test]
fn increases_become_totals() {
    let mut head = TenantHead::default();
    let first = [increase(100, 110, 5.0), increase(110, 120, 2.0)];
    write(&mut head, &batch(RunKind::Delta, &[("hits", &first)]));
    let second = [
        increase(100, 110, 5.0),
        increase(110, 120, 2.0),
        increase(150, 160, 1.0),
        increase(160, 165, stale_nan()),
        increase(170, 180, 0.5),
    ];
    let judgement = write(&mut head, &batch(RunKind::Delta, &[("hits", &second)]));
    assert_eq!(reasons(&judgement), [(0, 2, RefusedReason::DeltaOverlap)]);
    let columns = read(&head, "hits");
    assert_eq!(columns.times, [110, 120, 160, 165, 180]);
    assert_eq!(columns.values[..3], [5.0, 7.0, 8.0]);
    assert_eq!(columns.values[4], 8.5);
    assert_eq!((columns.start(0), columns.start(4)), (100, 100));
}

#[test]
fn histograms_of_increases_become_totals() {
    let histogram = |count: f64| {
        Arc::new(Histogram {
            schema: 0,
            count,
            sum: count * 1.5,
            positive: Buckets {
                spans: vec![BucketSpan {
                    offset: 1,
                    length: 1,
                }],
                counts: vec![count],
            },
            ..Histogram::default()
        })
    };
    let point = |time_ms: i64, at: u32| Point {
        time_ms,
        start_ms: time_ms - 10,
        value: PointValue::Histogram(at),
    };
    let mut head = TenantHead::default();
    let mut request = batch(
        RunKind::Delta,
        &[("h", &[point(10, 0), point(20, 1), point(20, 1)])],
    );
    request.histograms = vec![histogram(1.0), histogram(2.0)];
    let judgement = write(&mut head, &request);
    assert_eq!(judgement.accepted, 2);
    let columns = read(&head, "h");
    let last = columns.histogram(1).unwrap();
    assert_eq!((last.count, last.sum, columns.start(1)), (3.0, 4.5, 0));
}

#[test]
fn histograms_that_no_block_can_hold_are_refused() {
    let wide = |count: usize| {
        let side = Buckets {
            spans: vec![BucketSpan {
                offset: 0,
                length: count as u32,
            }],
            counts: vec![1.0; count],
        };
        Arc::new(Histogram {
            count: count as f64,
            positive: side,
            ..Histogram::default()
        })
    };
    let point = |time_ms: i64, at: u32| Point {
        time_ms,
        start_ms: 0,
        value: PointValue::Histogram(at),
    };
    for kind in [RunKind::Plain, RunKind::Delta] {
        let mut head = TenantHead::default();
        let mut request = batch(kind, &[("h", &[point(10, 0), point(20, 1), point(30, 0)])]);
        request.histograms = vec![wide(3), wide(1 << 18)];
        let judgement = write(&mut head, &request);
        assert_eq!(judgement.accepted, 2);
        assert_eq!(
            reasons(&judgement),
            [(1, 1, RefusedReason::HistogramTooLarge)]
        );
    }
}

#[test]
fn ranges_of_long_series_are_read_as_of_the_whole() {
    let mut head = TenantHead::default();
    let times: Vec<i64> = (0..1_000).map(|i| i * 15 + i % 3).collect();
    for time in &times {
        plain(&mut head, "long", &[float(*time, *time as f64 / 4.0)]);
    }
    plain(
        &mut head,
        "long",
        &[float(20_000, stale_nan()), float(7, 0.5)],
    );
    let matchers = [LabelMatcher::equal("__name__", "long")];
    let whole = read(&head, "long");
    assert_eq!(whole.len(), 1_002);
    let ends = [
        i64::MIN,
        -1,
        0,
        7,
        2_399,
        2_400,
        2_415,
        9_000,
        14_987,
        20_000,
        i64::MAX,
    ];
    for start in ends {
        for end in ends {
            let rows = crate::samples::join::rows_in(&whole, start, end);
            let found = head.select(&matchers, (start, end), 10, 0).unwrap();
            let mut out = SampleColumns::default();
            let mut newest = SampleColumns::default();
            if let Some(series) = found.first() {
                series.parts[0].read(start, end, &mut out);
                series.parts[0].read_newest(start, end, &mut newest);
            }
            assert_eq!(out.times, whole.times[rows.clone()], "{start} {end}");
            assert_eq!(newest.times.first(), out.times.last());
            let last = |columns: &SampleColumns| columns.values.last().map(|it| it.to_bits());
            assert_eq!(last(&newest), last(&out));
        }
    }
}

#[test]
fn what_cannot_be_logged_leaves_no_trace() {
    let mut head = TenantHead::default();
    plain(&mut head, "a/1", &[float(10, 1.0)]);
    write(
        &mut head,
        &batch(RunKind::Delta, &[("d/1", &[increase(0, 10, 1.0)])]),
    );
    let mut plan = Plan::default();
    let request = batch(
        RunKind::Delta,
        &[
            ("a/1", &[float(20, 1.0)]),
            ("b/1", &[float(20, 1.0)]),
            ("d/1", &[increase(10, 20, 1.0)]),
            ("d/1", &[increase(20, 30, 1.0)]),
        ],
    );
    judge(&mut head, &request, &RULES, &mut plan).unwrap();
    head.take_back(&mut plan);
    assert_eq!(head.series_count(), 2);
    assert!(read(&head, "b/1").is_empty());
    write(
        &mut head,
        &batch(RunKind::Delta, &[("d/1", &[increase(10, 20, 5.0)])]),
    );
    assert_eq!(pairs(&head, "d/1"), [(10, 1.0), (20, 6.0)]);
    assert_eq!(plain(&mut head, "a/1", &[float(20, 7.0)]).accepted, 1);
    assert_eq!(plain(&mut head, "b/1", &[float(1, 7.0)]).created_series, 1);
}

#[test]
fn state_survives_a_cut_and_idle_series_go() {
    let mut head = TenantHead::default();
    write(
        &mut head,
        &batch(RunKind::Delta, &[("d/1", &[increase(0, 10, 1.0)])]),
    );
    plain(&mut head, "a/1", &[float(10, 1.0)]);
    let frozen = head.freeze();
    assert_eq!(frozen.points, 2);
    write(
        &mut head,
        &batch(RunKind::Delta, &[("d/1", &[increase(10, 20, 2.0)])]),
    );
    assert_eq!(pairs(&head, "d/1"), [(10, 1.0), (20, 3.0)]);
    // While it is on its way to disk, late samples are compared with what was cut.
    plain(&mut head, "a/1", &[float(20, 2.0)]);
    let late = plain(&mut head, "a/1", &[float(10, 5.0)]);
    assert_eq!(reasons(&late), [(0, 1, RefusedReason::DuplicateTime)]);
    head.thaw(&frozen);
    head.drop_forgotten();
    assert_eq!(pairs(&head, "d/1"), [(20, 3.0)]);
    assert_eq!(head.series_count(), 2);

    head.forget_idle(RULES.now_s + 1);
    let frozen = head.freeze();
    plain(&mut head, "a/1", &[float(5, 5.0)]);
    head.thaw(&frozen);
    assert_eq!(head.drop_forgotten(), 1);
    assert_eq!(head.series_count(), 1);
    assert_eq!(pairs(&head, "a/1"), [(5, 5.0)]);
    // A number that is used again is not found by the alias of its former series.
    plain(&mut head, "n/1", &[float(7, 7.0)]);
    write(
        &mut head,
        &batch(RunKind::Delta, &[("d/1", &[increase(20, 30, 4.0)])]),
    );
    assert_eq!(pairs(&head, "n/1"), [(7, 7.0)]);
    assert_eq!(pairs(&head, "d/1"), [(30, 4.0)]);
}

#[test]
fn matchers_find_what_comparing_every_series_finds() {
    let mut head = TenantHead::default();
    let rules = Rules {
        series_per_metric_max: 1000,
        series_left: 1000,
        ..RULES
    };
    let names: Vec<String> = (0..90).map(|n| format!("m{}/{}", n % 3, n / 3)).collect();
    let point = [float(1, 1.0)];
    let runs: Vec<(&str, &[Point])> = names
        .iter()
        .map(|name| (name.as_str(), &point[..]))
        .collect();
    let request = batch(RunKind::Plain, &runs);
    let mut plan = Plan::default();
    judge(&mut head, &request, &rules, &mut plan).unwrap();
    head.apply(&request, &plan);
    let matcher = |name, op, value| LabelMatcher::new(name, op, value).unwrap();
    for matchers in [
        vec![],
        vec![matcher("__name__", MatchOp::Equal, "m1")],
        vec![
            matcher("__name__", MatchOp::Regex, "m1|m2"),
            matcher("id", MatchOp::Regex, "1."),
        ],
        vec![
            matcher("id", MatchOp::NotEqual, "3"),
            matcher("__name__", MatchOp::NotRegex, "m0"),
        ],
        vec![
            matcher("id", MatchOp::Equal, "0"),
            matcher("nothing", MatchOp::Equal, ""),
        ],
        vec![matcher("nothing", MatchOp::NotEqual, "")],
        vec![
            matcher("nothing", MatchOp::Regex, ".*"),
            matcher("id", MatchOp::NotRegex, ".+"),
        ],
        vec![matcher("id", MatchOp::Regex, "|7")],
    ] {
        let found: BTreeSet<Labels> = head
            .select(&matchers, (0, 10), 1000, 0)
            .unwrap()
            .into_iter()
            .map(|series| series.labels)
            .collect();
        let expected: BTreeSet<Labels> = (0..90)
            .map(|position| request.labels.labels(position).unwrap())
            .filter(|labels| matchers.iter().all(|it| it.matches_labels(labels)))
            .collect();
        assert_eq!(found, expected, "{matchers:?}");
    }
}
