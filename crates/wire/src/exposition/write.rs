//! Prints families of metrics as Prometheus text 0.0.4 or OpenMetrics 1.0: what `/federate` and
//! `/api/v1/metrics/prometheus` answer. Native histograms have no place in either.

mod order;

use super::Format;
use std::fmt::Write as _;
use tacho_model::labels::{Labels, METRIC_NAME, is_legacy_label_name, is_legacy_metric_name};
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use tacho_model::number_text;

/// Content type of Prometheus text as it is printed here.
pub const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8";
/// Content type of OpenMetrics as it is printed here.
pub const OPEN_METRICS: &str =
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8";

/// A sample to print.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its labels with the name.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
    /// When, in milliseconds, if it is to be printed.
    pub time_ms: Option<i64>,
    /// Its exemplar; printed in OpenMetrics for counters and buckets only.
    pub exemplar: Option<Exemplar>,
}

/// Prints families one after the other.
#[derive(Debug)]
pub struct Writer {
    out: String,
    open_metrics: bool,
    kind: MetricKind,
}

impl Writer {
    /// Starts an exposition. Anything but OpenMetrics is printed as Prometheus text.
    pub fn new(format: Format) -> Self {
        Self {
            out: String::new(),
            open_metrics: format == Format::OpenMetrics,
            kind: MetricKind::Unknown,
        }
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// True before the first line.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes the text so far, so that a long answer can be sent in parts.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// Ends the exposition; gives what was not taken.
    pub fn finish(mut self) -> String {
        if self.open_metrics {
            self.out.push_str("# EOF\n");
        }
        self.out
    }

    /// Prints a family: its metadata and its samples in the order that the formats ask for, with the
    /// samples of one metric together, buckets ascending. `name` is the family's name; that of a counter may
    /// have the suffix `_total`. All samples are of this family.
    pub fn family(&mut self, name: &str, metadata: &Metadata, rows: &mut [Row]) {
        order::sort(rows, metadata.kind);
        self.head(name, metadata);
        for row in rows.iter() {
            self.row(row);
        }
    }

    /// Prints the metadata of a family: what follows are its samples. The kind is always told, the
    /// help if there is one, the unit in OpenMetrics if the name ends with it.
    pub fn head(&mut self, name: &str, metadata: &Metadata) {
        self.kind = metadata.kind;
        let name = if self.open_metrics {
            open_metrics_family(name, metadata.kind)
        } else {
            name
        };
        if !metadata.help.is_empty() {
            self.word("HELP", name);
            self.escaped(&metadata.help, self.open_metrics);
            self.out.push('\n');
        }
        self.word("TYPE", name);
        self.out.push_str(self.kind_word());
        self.out.push('\n');
        let unit = metadata.unit.as_str();
        let told = self.open_metrics
            && !unit.is_empty()
            && !matches!(self.kind, MetricKind::Info | MetricKind::StateSet)
            && name
                .strip_suffix(unit)
                .is_some_and(|base| base.ends_with('_'));
        if told {
            self.word("UNIT", name);
            self.out.push_str(unit);
            self.out.push('\n');
        }
    }

    fn word(&mut self, word: &str, name: &str) {
        let _ = write!(self.out, "# {word} ");
        if is_legacy_metric_name(name) {
            self.out.push_str(name);
        } else {
            self.quoted(name);
        }
        self.out.push(' ');
    }

    fn kind_word(&self) -> &'static str {
        match self.kind {
            kind if self.open_metrics => kind.as_str(),
            MetricKind::Unknown => "untyped",
            MetricKind::GaugeHistogram => "histogram",
            MetricKind::Info | MetricKind::StateSet => "gauge",
            kind => kind.as_str(),
        }
    }

    /// Prints a sample of the family whose metadata was printed last.
    pub fn row(&mut self, row: &Row) {
        self.series(&row.labels);
        self.out.push(' ');
        self.number(row.value);
        if let Some(time) = row.time_ms {
            self.out.push(' ');
            if self.open_metrics {
                push_seconds(&mut self.out, time);
            } else {
                let _ = write!(self.out, "{time}");
            }
        }
        if let Some(exemplar) = row.exemplar.as_ref().filter(|_| self.open_metrics) {
            self.exemplar(row.labels.metric_name(), exemplar);
        }
        self.out.push('\n');
    }

    fn series(&mut self, labels: &Labels) {
        let name = labels.metric_name();
        let total = self.open_metrics
            && self.kind == MetricKind::Counter
            && !name.ends_with("_total")
            && !name.ends_with("_created");
        let suffix = if total { "_total" } else { "" };
        let plain = is_legacy_metric_name(name);
        if plain {
            self.out.push_str(name);
            self.out.push_str(suffix);
        }
        let mut open = false;
        if !plain {
            self.out.push('{');
            self.quoted(&format!("{name}{suffix}"));
            open = true;
        }
        for (name, value) in labels.iter().filter(|(name, _)| *name != METRIC_NAME) {
            self.out.push(if open { ',' } else { '{' });
            open = true;
            self.label(name, value);
        }
        if open {
            self.out.push('}');
        }
    }

    fn label(&mut self, name: &str, value: &str) {
        if is_legacy_label_name(name) {
            self.out.push_str(name);
        } else {
            self.quoted(name);
        }
        self.out.push('=');
        self.quoted(value);
    }

    fn exemplar(&mut self, name: &str, exemplar: &Exemplar) {
        let allowed = match self.kind {
            MetricKind::Counter => true,
            MetricKind::Histogram | MetricKind::GaugeHistogram => name.ends_with("_bucket"),
            _ => false,
        };
        if !allowed {
            return;
        }
        self.out.push_str(" # {");
        for (index, (name, value)) in exemplar.labels.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.label(name, value);
        }
        self.out.push_str("} ");
        self.number(exemplar.value);
        if exemplar.time_ns != 0 {
            self.out.push(' ');
            push_seconds(&mut self.out, exemplar.time_ns.div_euclid(1_000_000));
        }
    }

    fn number(&mut self, value: f64) {
        // Zero has no sign in either format.
        let value = if value == 0.0 { 0.0 } else { value };
        let text = if self.open_metrics {
            number_text::open_metrics(value)
        } else {
            number_text::shortest(value)
        };
        self.out.push_str(&text);
    }

    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        self.escaped(text, true);
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str, quotes: bool) {
        for c in text.chars() {
            match c {
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '"' if quotes => self.out.push_str("\\\""),
                c => self.out.push(c),
            }
        }
    }
}

/// The name of a family in OpenMetrics: without what its samples add.
fn open_metrics_family(name: &str, kind: MetricKind) -> &str {
    match kind {
        MetricKind::Counter => name.strip_suffix("_total").unwrap_or(name),
        MetricKind::Info => name.strip_suffix("_info").unwrap_or(name),
        _ => name,
    }
}

/// Milliseconds as seconds with up to three digits after the point.
fn push_seconds(out: &mut String, time_ms: i64) {
    let sign = if time_ms < 0 { "-" } else { "" };
    let (seconds, ms) = (time_ms.unsigned_abs() / 1000, time_ms.unsigned_abs() % 1000);
    let _ = write!(out, "{sign}{seconds}");
    if ms > 0 {
        let digits = format!("{ms:03}");
        let _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
}
