//! What is taken from expositions and what is refused, format by format.

use super::error::{Error, ErrorKind};
use super::series::{ExemplarRef, SeriesRef};
use super::{
    CreatedLines, ExpositionSink, Fact, FamilyRef, Flow, Format, HistogramForm, HistogramPoint,
    Limits, Options, Outcome, Point, parse,
};
use crate::pb::Writer;
use std::fmt::Write as _;

mod checks;
mod lints;
mod protobuf;
mod texts;
mod writes;

/// Prints what it is given, a line each; stops after so many samples.
#[derive(Debug, Default)]
struct Printer {
    out: String,
    samples_max: Option<usize>,
    samples: usize,
}

impl Printer {
    fn count(&mut self) -> Flow {
        self.samples += 1;
        if self.samples_max == Some(self.samples) {
            return Flow::Break(());
        }
        Flow::Continue(())
    }
}

impl ExpositionSink for Printer {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        let name = family.name;
        let _ = match family.fact {
            Fact::Kind(kind) => writeln!(self.out, "type {name} {kind}"),
            Fact::Help(help) => writeln!(self.out, "help {name} {help:?}"),
            Fact::Unit(unit) => writeln!(self.out, "unit {name} {unit}"),
        };
        Flow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        let labels = match series.labels() {
            Ok(labels) => labels.to_string(),
            Err(problem) => format!("({problem})"),
        };
        let _ = write!(self.out, "{labels} {}", point.value);
        if let Some(time) = point.time_ms {
            let _ = write!(self.out, " @{time}");
        }
        if let Some(start) = point.start_ms {
            let _ = write!(self.out, " since {start}");
        }
        self.out.push('\n');
        self.count()
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        let labels = series.labels().unwrap();
        let h = &point.histogram;
        let _ = writeln!(
            self.out,
            "{labels} schema {} count {} sum {} zero {} {:?} {:?} {:?} integer {} @{:?} since {:?}",
            h.schema,
            h.count,
            h.sum,
            h.zero_count,
            h.positive.iter().collect::<Vec<_>>(),
            h.negative.iter().collect::<Vec<_>>(),
            h.counter_reset_hint,
            point.integer,
            point.time_ms,
            point.start_ms
        );
        self.count()
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        let labels = exemplar.labels().unwrap();
        let (value, time) = (exemplar.value(), exemplar.time_ms());
        let _ = writeln!(self.out, "  # {labels} {value} {time:?}");
        Flow::Continue(())
    }
}

fn run(body: &[u8], format: Format, options: &Options) -> (String, Result<Outcome, Error>) {
    let mut printer = Printer::default();
    let outcome = parse(body, format, options, &mut printer);
    (printer.out, outcome)
}

/// What is given for an exposition that must parse.
fn taken(body: &str, format: Format) -> String {
    let (out, outcome) = run(body.as_bytes(), format, &Options::default());
    outcome.unwrap();
    out
}

/// The message for one that must not.
fn refused(body: &str, format: Format) -> String {
    run(body.as_bytes(), format, &Options::default())
        .1
        .unwrap_err()
        .to_string()
}
