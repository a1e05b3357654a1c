//! What the engine and the functions of the language agree on: the shapes of arguments and results,
//! the context of a call, and how a function is found. The engine evaluates arguments and slides
//! windows; functions only calculate.
//!
//! Nothing here looks at storage. All times are milliseconds since the epoch.

use crate::error::Result;
use crate::promql::annotation::{Annotation, Annotations};
use crate::promql::column::Series;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_stdx::cancel::CancelToken;
use tacho_syntax::promql::tree::Expr;

/// What is the same for all calls of a query.
#[derive(Debug, Clone)]
pub struct QueryInfo {
    /// Time of the first step of this evaluation. Inside of a subquery these are its own steps.
    pub start_ms: i64,
    /// Time between steps; 1 if there is only one.
    pub step_ms: i64,
    /// Number of steps, at least 1.
    pub steps: usize,
    /// How far back an instant selector looks.
    pub lookback_ms: i64,
    /// Whether metric types and units are labels (`__type__`, `__unit__`).
    pub type_and_unit_labels: bool,
    /// Stopped when the query is no longer wanted.
    pub cancel: CancelToken,
}

impl QueryInfo {
    /// The time of a step.
    pub fn time_ms(&self, step: usize) -> i64 {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        self.start_ms
            .saturating_add(self.step_ms.saturating_mul(step))
    }

    /// True if there is one step: the order of series is kept then.
    pub fn is_instant(&self) -> bool {
        self.steps == 1
    }
}

/// The surroundings of a call. Each worker has its own.
#[derive(Debug)]
pub struct CallContext<'a> {
    /// The query.
    pub query: &'a QueryInfo,
    /// The arguments as written, for positions and for functions that look at selectors.
    pub args: &'a [Expr],
    /// Bytes of the whole call in the text.
    pub range: Range<usize>,
    /// Where annotations go.
    pub annotations: Annotations,
    /// Memory that a function may use for sorting and the like; what is in it means nothing.
    pub scratch: Vec<f64>,
}

impl<'a> CallContext<'a> {
    /// A context without annotations.
    pub fn new(query: &'a QueryInfo, args: &'a [Expr], range: Range<usize>) -> Self {
        Self {
            query,
            args,
            range,
            annotations: Annotations::default(),
            scratch: Vec::new(),
        }
    }

    /// Adds an annotation at an argument; at the call if there is no such argument.
    pub fn annotate(&mut self, argument: usize, annotation: &Annotation<'_>) {
        let range = self.args.get(argument).map_or(&self.range, |it| &it.range);
        self.annotations.add(annotation, range);
    }
}

/// A value that is only looked at.
#[derive(Debug, Clone, Copy)]
pub enum ValueRef<'a> {
    /// A number.
    Float(f64),
    /// A native histogram.
    Histogram(&'a Arc<Histogram>),
}

/// An element of an instant vector.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    /// Its labels, with the name even if it is to be dropped at the end.
    pub labels: &'a Labels,
    /// Its value.
    pub value: ValueRef<'a>,
    /// The time of the step.
    pub time_ms: i64,
}

/// How a range selector reaches beyond its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Extension {
    /// It does not: samples of `(start, end]`.
    #[default]
    None,
    /// `anchored`: samples of `(start - lookback, end]`.
    Anchored,
    /// `smoothed`: samples of `(start - lookback, end + lookback]`.
    Smoothed,
}

/// Float samples of a window, by time.
#[derive(Debug, Clone, Copy, Default)]
pub struct FloatPoints<'a> {
    /// Times, strictly ascending.
    pub times: &'a [i64],
    /// Values, as many.
    pub values: &'a [f64],
    /// Start timestamps, as many, 0 where unknown; empty if none is known or they do not count.
    pub starts: &'a [i64],
    /// True if it is known that a counter was not reset between any of these samples, neither by
    /// their values nor by their start timestamps, which do not overlap with samples either: a rate
    /// needs the ends only. False says nothing.
    pub ascending: bool,
}

/// Histogram samples of a window, by time.
#[derive(Debug, Clone, Copy, Default)]
pub struct HistogramPoints<'a> {
    /// Times, strictly ascending.
    pub times: &'a [i64],
    /// Histograms, as many.
    pub values: &'a [Arc<Histogram>],
    /// Start timestamps, as many, 0 where unknown; empty if none is known or they do not count.
    pub starts: &'a [i64],
}

/// The samples of one series that a range selector gives at one step, without stale markers. It is
/// never empty.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Labels of the series, with its name.
    pub labels: &'a Labels,
    /// Floats.
    pub floats: FloatPoints<'a>,
    /// Histograms.
    pub histograms: HistogramPoints<'a>,
    /// The time of the step. Differs from `end_ms` with `offset` and `@`.
    pub time_ms: i64,
    /// Start of the range, exclusive: not reached back by `extension`.
    pub start_ms: i64,
    /// End of the range, inclusive.
    pub end_ms: i64,
    /// How far the samples reach beyond.
    pub extension: Extension,
}

impl Window<'_> {
    /// Length of the range in milliseconds.
    pub fn range_ms(&self) -> i64 {
        self.end_ms - self.start_ms
    }

    /// Length of the range in seconds.
    pub fn range_seconds(&self) -> f64 {
        self.range_ms() as f64 / 1_000.0
    }

    /// True if there are floats and histograms.
    pub fn is_mixed(&self) -> bool {
        !self.floats.times.is_empty() && !self.histograms.times.is_empty()
    }
}

/// An argument or a result over all steps.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A number for every step.
    Scalar(Vec<f64>),
    /// An instant vector for every step.
    Vector(Vec<Series>),
    /// A text.
    String(String),
}

/// Calculates from one element and the scalar arguments of the step (in their order, left-out ones
/// missing). No result leaves the element out.
pub type InstantFn = fn(&mut CallContext<'_>, &Element<'_>, &[f64]) -> Option<SampleValue>;

/// Calculates from a window and the scalar arguments of the step (in their order, left-out ones
/// missing). No result: the series has no sample at this step.
pub type RangeFn = fn(&mut CallContext<'_>, &Window<'_>, &[f64]) -> Option<SampleValue>;

/// Calculates one number from the time of the step and scalar arguments.
pub type ScalarFn = fn(time_ms: i64, &[f64]) -> f64;

/// Calculates from all arguments over all steps. Series of the result may have equal labels: the
/// engine then merges or refuses them. With one step the order of series is kept.
pub type WholeFn = fn(&mut CallContext<'_>, Vec<Operand>) -> Result<Operand>;

/// How a function is evaluated.
#[derive(Debug, Clone, Copy)]
pub enum Implementation {
    /// Element by element; the name of the metric is dropped. Without a vector argument, the
    /// argument is `vector(time())`.
    Instant(InstantFn),
    /// Window by window.
    Range {
        /// The calculation.
        function: RangeFn,
        /// Whether the name of the metric is kept, as for `last_over_time`.
        keeps_name: bool,
    },
    /// Step by step, to a scalar.
    Scalar(ScalarFn),
    /// All at once.
    Whole(WholeFn),
}
