//! Gives metric families to the sink: series with values in the order in which text shows them.

use super::super::error::{Error, shown};
use super::super::series::{ExemplarRef, LabelSpan, SeriesRef, Span};
use super::super::{
    ExpositionSink, Fact, FamilyRef, Flow, HistogramForm, HistogramPoint, Options, Outcome, Point,
};
use super::histogram::{ClassicBucket, RawHistogram};
use super::message::{
    Family, GAUGE_HISTOGRAM, Metric, RawExemplar, double, exemplar, kind, quantile, read_family,
    read_metric, timestamp_ms,
};
use crate::error::Malformed;
use crate::pb::Reader;
use tacho_model::labels::{BUCKET_LABEL, QUANTILE_LABEL};
use tacho_model::metric::MetricKind;
use tacho_model::number_text::open_metrics;

/// What differs between the series of one metric.
struct Part<'p> {
    suffix: &'p str,
    label: Option<(&'p str, &'p str)>,
    kind: MetricKind,
}

/// Lays series out and gives them to the sink.
pub(super) struct Output<'s> {
    sink: &'s mut dyn ExpositionSink,
    options: Options,
    raw: Vec<u8>,
    spans: Vec<LabelSpan>,
    pub(super) outcome: Outcome,
}

fn malformed(line: usize, error: Malformed) -> Error {
    Error::invalid(line, format!("the metric family is no protobuf: {error}"))
}

impl<'s> Output<'s> {
    pub(super) fn new(options: &Options, sink: &'s mut dyn ExpositionSink) -> Self {
        Self {
            sink,
            options: *options,
            raw: Vec::new(),
            spans: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// Gives everything of a family to the sink; nothing of one without metrics.
    pub(super) fn family(&mut self, reader: Reader<'_>, line: usize) -> Result<Flow, Error> {
        let wrong = |error| malformed(line, error);
        let mut family = read_family(reader, line).map_err(wrong)?;
        let Some((kind, content)) = kind(family.type_number) else {
            let name = shown(family.name.as_bytes());
            let message = format!("metric {name} has unknown type {}", family.type_number);
            return Err(Error::invalid(line, message));
        };
        family.kind = kind;
        let mut told = false;
        for field in reader {
            let field = field.map_err(wrong)?;
            if field.number != 4 {
                continue;
            }
            if !std::mem::replace(&mut told, true) && self.facts(&family)?.is_break() {
                return Ok(Flow::Break(()));
            }
            let metric = field.message().and_then(|m| read_metric(m, content));
            let metric = metric.map_err(wrong)?;
            self.check(&family, &metric)?;
            let flow = match kind {
                MetricKind::Summary => self.summary(&family, &metric),
                MetricKind::Histogram | MetricKind::GaugeHistogram => {
                    self.histogram(&family, &metric)
                }
                _ => self.simple(&family, &metric),
            }?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(Flow::Continue(()))
    }

    fn facts(&mut self, family: &Family<'_>) -> Result<Flow, Error> {
        let (name, line) = (family.name, family.line);
        if name.is_empty() {
            return Err(Error::invalid(line, "a metric family has no name"));
        }
        let unit = (!family.unit.is_empty()).then_some(Fact::Unit(family.unit));
        let facts = [Fact::Help(family.help)].into_iter().chain(unit);
        for fact in facts.chain([Fact::Kind(family.kind)]) {
            if self.sink.family(&FamilyRef { name, fact, line }).is_break() {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    fn check(&self, family: &Family<'_>, metric: &Metric<'_>) -> Result<(), Error> {
        let limits = &self.options.limits;
        let name = shown(family.name.as_bytes());
        if metric.labels.len() > limits.labels_max {
            let message = format!("metric {name} has more than {} labels", limits.labels_max);
            return Err(Error::limit(family.line, message));
        }
        for (label, value) in &metric.labels {
            if label.is_empty() {
                let message = format!("metric {name} has a label without a name");
                return Err(Error::invalid(family.line, message));
            }
            if label.len() > limits.name_bytes_max || value.len() > limits.value_bytes_max {
                let label = shown(label.as_bytes());
                let message = format!("label {label} of metric {name} is too long");
                return Err(Error::limit(family.line, message));
            }
        }
        Ok(())
    }

    fn simple(&mut self, family: &Family<'_>, metric: &Metric<'_>) -> Result<Flow, Error> {
        let wrong = |error| malformed(family.line, error);
        let (mut value, mut start_ms, mut found) = (0.0, None, None);
        for field in metric.content.into_iter().flatten() {
            let field = field.map_err(wrong)?;
            let counter = family.kind == MetricKind::Counter;
            match field.number {
                1 => value = double(&field).map_err(wrong)?,
                2 if counter => {
                    found = Some(field.message().and_then(exemplar).map_err(wrong)?);
                }
                3 if counter => start_ms = Some(timestamp_ms(&field).map_err(wrong)?),
                _ => {}
            }
        }
        let point = Point {
            value,
            time_ms: metric.time_ms,
            start_ms,
        };
        let part = Part {
            suffix: "",
            label: None,
            kind: family.kind,
        };
        let flow = self.sample(family, metric, &part, &point);
        Ok(self.with_exemplar(flow, found.as_ref()))
    }

    fn summary(&mut self, family: &Family<'_>, metric: &Metric<'_>) -> Result<Flow, Error> {
        let wrong = |error| malformed(family.line, error);
        let (mut count, mut sum, mut start_ms) = (0, 0.0, None);
        let mut quantiles = Vec::new();
        for field in metric.content.into_iter().flatten() {
            let field = field.map_err(wrong)?;
            match field.number {
                1 => count = field.varint().map_err(wrong)?,
                2 => sum = double(&field).map_err(wrong)?,
                3 => quantiles.push(quantile(&field).map_err(wrong)?),
                4 => start_ms = Some(timestamp_ms(&field).map_err(wrong)?),
                _ => {}
            }
        }
        let mut give = |suffix, quantile: Option<&str>, value| {
            let part = Part {
                suffix,
                label: quantile.map(|text| (QUANTILE_LABEL, text)),
                kind: family.kind,
            };
            let point = Point {
                value,
                time_ms: metric.time_ms,
                start_ms,
            };
            self.sample(family, metric, &part, &point)
        };
        if give("_count", None, count as f64).is_break() || give("_sum", None, sum).is_break() {
            return Ok(Flow::Break(()));
        }
        for (quantile, value) in quantiles {
            if give("", Some(&open_metrics(quantile)), value).is_break() {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    fn histogram(&mut self, family: &Family<'_>, metric: &Metric<'_>) -> Result<Flow, Error> {
        let raw = match metric.content {
            Some(reader) => {
                RawHistogram::read(reader).map_err(|error| malformed(family.line, error))?
            }
            None => RawHistogram::default(),
        };
        let form = self.options.histograms;
        let native = form != HistogramForm::Classic && raw.is_native();
        if native {
            let is_gauge = family.type_number == GAUGE_HISTOGRAM;
            let (histogram, integer) = raw.to_native(is_gauge).map_err(|error| {
                let name = shown(family.name.as_bytes());
                Error::invalid(family.line, format!("histogram {name}: {error}"))
            })?;
            let point = HistogramPoint {
                histogram,
                integer,
                time_ms: metric.time_ms,
                start_ms: raw.start_ms,
            };
            let part = Part {
                suffix: "",
                label: None,
                kind: family.kind,
            };
            self.lay_out(family.name, &part, &metric.labels);
            self.outcome.samples += 1;
            let series = series(&self.raw, &self.spans, &part, family);
            let mut flow = self.sink.histogram(&series, point);
            for found in raw.native_exemplars() {
                flow = self.with_exemplar(flow, Some(found));
            }
            if flow.is_break() || form != HistogramForm::Both || raw.buckets.is_empty() {
                return Ok(flow);
            }
        }
        Ok(self.classic(family, metric, &raw))
    }

    fn classic(
        &mut self,
        family: &Family<'_>,
        metric: &Metric<'_>,
        raw: &RawHistogram<'_>,
    ) -> Flow {
        let count = raw.total();
        let mut give = |suffix, le: Option<&str>, value, found: Option<&RawExemplar<'_>>| {
            let part = Part {
                suffix,
                label: le.map(|text| (BUCKET_LABEL, text)),
                kind: family.kind,
            };
            let point = Point {
                value,
                time_ms: metric.time_ms,
                start_ms: raw.start_ms,
            };
            let flow = self.sample(family, metric, &part, &point);
            self.with_exemplar(flow, found)
        };
        let flow = give("_count", None, count, None);
        if flow.is_break() || give("_sum", None, raw.sum, None).is_break() {
            return Flow::Break(());
        }
        for ClassicBucket {
            bound,
            count,
            exemplar,
        } in &raw.buckets
        {
            let le = open_metrics(*bound);
            if give("_bucket", Some(&le), *count, exemplar.as_ref()).is_break() {
                return Flow::Break(());
            }
            if *bound == f64::INFINITY {
                return Flow::Continue(());
            }
        }
        give("_bucket", Some("+Inf"), count, None)
    }

    fn sample(
        &mut self,
        family: &Family<'_>,
        metric: &Metric<'_>,
        part: &Part<'_>,
        point: &Point,
    ) -> Flow {
        self.lay_out(family.name, part, &metric.labels);
        self.outcome.samples += 1;
        self.sink
            .sample(&series(&self.raw, &self.spans, part, family), point)
    }

    fn with_exemplar(&mut self, flow: Flow, found: Option<&RawExemplar<'_>>) -> Flow {
        let Some(found) = found.filter(|_| flow.is_continue()) else {
            return flow;
        };
        self.raw.clear();
        self.spans.clear();
        for (name, value) in &found.labels {
            push_label(&mut self.raw, &mut self.spans, name, value);
        }
        self.sink.exemplar(&ExemplarRef {
            text: &self.raw,
            labels: &self.spans,
            escaped: false,
            value: found.value,
            time_ms: found.time_ms,
        })
    }

    /// Writes name and labels one after the other, apart by a byte that no text has.
    fn lay_out(&mut self, name: &str, part: &Part<'_>, labels: &[(&str, &str)]) {
        self.raw.clear();
        self.spans.clear();
        self.raw.extend_from_slice(name.as_bytes());
        self.raw.extend_from_slice(part.suffix.as_bytes());
        for (name, value) in labels.iter().chain(part.label.iter()) {
            push_label(&mut self.raw, &mut self.spans, name, value);
        }
    }
}

fn push_label(raw: &mut Vec<u8>, spans: &mut Vec<LabelSpan>, name: &str, value: &str) {
    let mut push = |text: &str| {
        raw.push(0xff);
        let start = raw.len();
        raw.extend_from_slice(text.as_bytes());
        Span {
            start,
            end: raw.len(),
        }
    };
    let name = push(name);
    let value = push(value);
    spans.push(LabelSpan { name, value });
}

fn series<'a>(
    raw: &'a [u8],
    spans: &'a [LabelSpan],
    part: &Part<'_>,
    family: &Family<'_>,
) -> SeriesRef<'a> {
    SeriesRef {
        text: raw,
        raw: Span {
            start: 0,
            end: raw.len(),
        },
        name: Span {
            start: 0,
            end: family.name.len() + part.suffix.len(),
        },
        labels: spans,
        escaped: false,
        kind: part.kind,
        line: family.line,
    }
}
