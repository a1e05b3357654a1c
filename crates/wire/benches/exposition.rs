//! How long a scrape of 10,000 series takes when all are known: parsing and the hash of each series,
//! no labels built. The goal is about 100 ns a line.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use std::fmt::Write as _;
use tacho_wire::exposition::series::{ExemplarRef, SeriesRef};
use tacho_wire::exposition::{
    ExpositionSink, FamilyRef, Flow, Format, HistogramPoint, Options, Point, parse,
};

const SERIES: usize = 10_000;

fn main() {
    divan::main();
}

/// Looks every series up by its hash, or builds its labels.
struct Lookup {
    labels: bool,
}

impl ExpositionSink for Lookup {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        black_box(family);
        Flow::Continue(())
    }
    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        black_box((series.hash(), point));
        if self.labels {
            let _ = black_box(series.labels());
        }
        Flow::Continue(())
    }
    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        black_box((series.hash(), point));
        Flow::Continue(())
    }
    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        black_box(exemplar);
        Flow::Continue(())
    }
}

/// Lines of about 110 bytes with four labels, 25 series a family.
fn body(open_metrics: bool) -> String {
    let mut out = String::new();
    for index in 0..SERIES {
        if index % 25 == 0 {
            let _ = writeln!(
                out,
                "# HELP node_disk_{index}_seconds Seconds of something."
            );
            let _ = writeln!(out, "# TYPE node_disk_{index}_seconds counter");
        }
        let family = index / 25 * 25;
        let _ = writeln!(
            out,
            "node_disk_{family}_seconds_total{{device=\"sd{index}\",mode=\"read\",zone=\"eu-west-1\",path=\"/var/lib/x\"}} {}",
            index as f64 * 1.25
        );
    }
    if open_metrics {
        out.push_str("# EOF\n");
    }
    out
}

fn run(bencher: Bencher<'_, '_>, format: Format, labels: bool) {
    let body = body(format == Format::OpenMetrics);
    let options = Options::default();
    bencher
        .counter(ItemsCount::new(SERIES))
        .counter(BytesCount::of_str(&body))
        .bench_local(|| {
            let mut sink = Lookup { labels };
            parse(body.as_bytes(), format, &options, &mut sink).is_ok()
        });
}

#[divan::bench]
fn prometheus_text_known_series(bencher: Bencher<'_, '_>) {
    run(bencher, Format::PrometheusText, false);
}

#[divan::bench]
fn openmetrics_known_series(bencher: Bencher<'_, '_>) {
    run(bencher, Format::OpenMetrics, false);
}

#[divan::bench]
fn prometheus_text_new_series(bencher: Bencher<'_, '_>) {
    run(bencher, Format::PrometheusText, true);
}
