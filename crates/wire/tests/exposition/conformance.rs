//! The parser cases of OpenMetrics and larger expositions of Prometheus.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tacho_wire::exposition::check::check;
use tacho_wire::exposition::lint::lint;
use tacho_wire::exposition::series::{ExemplarRef, SeriesRef};
use tacho_wire::exposition::{
    ExpositionSink, Fact, FamilyRef, Flow, Format, HistogramPoint, Limits, Options, Point, parse,
};

/// Counts what it is given; every label set must be sound.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counter {
    kinds: usize,
    helps: usize,
    samples: usize,
    exemplars: usize,
    timed: usize,
}

impl ExpositionSink for Counter {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        match family.fact {
            Fact::Kind(_) => self.kinds += 1,
            Fact::Help(_) => self.helps += 1,
            Fact::Unit(_) => {}
        }
        ControlFlow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        series.labels().unwrap();
        self.samples += 1;
        self.timed += usize::from(point.time_ms.is_some());
        ControlFlow::Continue(())
    }

    fn histogram(&mut self, _: &SeriesRef<'_>, _: HistogramPoint) -> Flow {
        ControlFlow::Continue(())
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        exemplar.labels().unwrap();
        self.exemplars += 1;
        ControlFlow::Continue(())
    }
}

/// A folder of the conformance data, or `None` with a notice if it is not there.
fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TACHO_CONFORMANCE_DIR").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/conformance"
            ))
        },
        PathBuf::from,
    );
    let path = root.join("exposition-format").join(name);
    if path.is_dir() {
        return Some(path);
    }
    // not println, which is captured: the notice must be seen
    let notice = format!("SKIPPED: {} is not there\n", path.display());
    std::io::stderr().write_all(notice.as_bytes()).unwrap();
    None
}

#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn count(body: &[u8], format: Format) -> Counter {
    let mut counter = Counter::default();
    parse(body, format, &Options::default(), &mut counter).unwrap();
    counter
}

#[test]
fn openmetrics_is_judged_as_its_parser_cases_say() {
    let Some(folder) = folder("openmetrics-parsers") else {
        return;
    };
    let mut wrong = Vec::new();
    let cases = cases(&folder);
    for case in &cases {
        let told: serde_json::Value =
            serde_json::from_slice(&read(&case.join("test.json"))).unwrap();
        let should_parse = told.get("shouldParse").is_none_or(|value| value == true);
        let body = read(&case.join("metrics"));
        let verdict = check(&body, Format::OpenMetrics, Limits::default());
        if verdict.is_ok() != should_parse {
            wrong.push(format!("{}: {verdict:?}", case.display()));
        }
        if should_parse {
            count(&body, Format::OpenMetrics);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(cases.len() >= 147, "{} cases", cases.len());
}

#[test]
fn large_expositions_are_read_whole() {
    let Some(folder) = folder("textparse") else {
        return;
    };
    let text = Format::PrometheusText;
    let body = read(&folder.join("alltypes.237mfs.prom.txt"));
    let lines = |start: &[u8]| {
        body.split(|byte| *byte == b'\n')
            .filter(|line| line.starts_with(start))
            .count()
    };
    let all = count(&body, text);
    assert_eq!(all.kinds, lines(b"# TYPE "));
    assert_eq!(all.helps, lines(b"# HELP "));
    let newline = lines(b"") - lines(b"#") - 1;
    assert_eq!(all.samples, newline);
    check(&body, text, Limits::default()).unwrap();
    let without = count(&read(&folder.join("alltypes.237mfs.nometa.prom.txt")), text);
    assert_eq!((without.kinds, without.helps), (0, 0));
    assert_eq!(without.samples, all.samples);
    let one = read(&folder.join("1histogram.om.txt"));
    assert!(count(&one, Format::OpenMetrics).samples > 0);
}

#[test]
fn what_promtool_prints_and_checks_is_taken() {
    let Some(folder) = folder("promtool-dump") else {
        return;
    };
    let body = read(&folder.join("dump-openmetrics-roundtrip-test.prom"));
    let dump = count(&body, Format::OpenMetrics);
    assert!(dump.samples > 0);
    assert_eq!(dump.samples, dump.timed);
    let body = read(&folder.join("metrics-test.prom"));
    let text = Format::PrometheusText;
    check(&body, text, Limits::default()).unwrap();
    assert!(lint(&body, text, Limits::default()).is_ok());
}
