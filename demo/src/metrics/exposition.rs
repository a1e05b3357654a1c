//! Prints the registry as a Prometheus server wants to read it: the text format 0.0.4, or
//! OpenMetrics 1.0 with units and exemplars if it asks for that.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::catalogue::{Definition, Kind};
use super::registry::{Distribution, Exemplar, Family, LabelValue, Value};

/// OpenMetrics allows this many characters in the labels of an exemplar.
const EXEMPLAR_CHARS_MAX: usize = 128;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    OpenMetrics,
}

impl Format {
    /// What an `Accept` header prefers; the text format if it says nothing about OpenMetrics.
    pub(crate) fn accepted(header: &str) -> Self {
        let (mut open_metrics, mut text) = (0.0, 0.0);
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |value| value.parse::<f64>().unwrap_or(0.0));
            if name.eq_ignore_ascii_case("application/openmetrics-text") {
                open_metrics = quality.max(open_metrics);
            } else if name.eq_ignore_ascii_case("text/plain") {
                text = quality.max(text);
            }
        }
        if open_metrics > 0.0 && open_metrics >= text {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Prints everything.
    pub(crate) fn print(self, families: &[(&'static Definition, Family)]) -> String {
        let mut printer = Printer {
            format: self,
            out: String::new(),
        };
        for (definition, family) in families {
            printer.head(definition);
            for (labels, value) in family {
                printer.series(definition, labels, value);
            }
        }
        if self == Self::OpenMetrics {
            printer.out.push_str("# EOF\n");
        }
        printer.out
    }
}

struct Printer {
    format: Format,
    out: String,
}

impl Printer {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
        self.out.push('\n');
    }

    fn head(&mut self, definition: &Definition) {
        let name = match self.format {
            Format::Text => definition.name,
            Format::OpenMetrics => definition.family_name(),
        };
        let kind = match definition.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        self.line(format_args!("# HELP {name} {}", definition.help));
        self.line(format_args!("# TYPE {name} {kind}"));
        if self.format == Format::OpenMetrics && !definition.unit.is_empty() {
            self.line(format_args!("# UNIT {name} {}", definition.unit));
        }
    }

    fn series(&mut self, definition: &Definition, labels: &[LabelValue], value: &Value) {
        let labels = print_labels(definition.labels, labels);
        let name = definition.name;
        match value {
            Value::Number(number) => {
                let labels = braced(&labels);
                self.line(format_args!("{name}{labels} {}", print_number(*number)));
            }
            Value::Distribution(distribution) => {
                if let Kind::Histogram(bounds) = definition.kind {
                    self.distribution(name, bounds, &labels, distribution);
                }
            }
        }
    }

    fn distribution(
        &mut self,
        name: &str,
        bounds: &[f64],
        labels: &str,
        distribution: &Distribution,
    ) {
        let separator = if labels.is_empty() { "" } else { "," };
        let mut total = 0;
        for (index, count) in distribution.counts.iter().enumerate() {
            total += count;
            let bound = self.bound(bounds.get(index).copied());
            let exemplar = match (self.format, distribution.exemplars.get(index)) {
                (Format::OpenMetrics, Some(Some(exemplar))) => print_exemplar(exemplar),
                _ => String::new(),
            };
            self.line(format_args!(
                "{name}_bucket{{{labels}{separator}le=\"{bound}\"}} {total}{exemplar}"
            ));
        }
        let labels = braced(labels);
        let sum = print_number(distribution.sum);
        self.line(format_args!("{name}_sum{labels} {sum}"));
        self.line(format_args!("{name}_count{labels} {total}"));
    }

    /// OpenMetrics wants `1.0` where the text format has always had `1`.
    fn bound(&self, bound: Option<f64>) -> String {
        match (bound, self.format) {
            (None, _) => "+Inf".to_owned(),
            (Some(bound), Format::Text) => bound.to_string(),
            (Some(bound), Format::OpenMetrics) => format!("{bound:?}"),
        }
    }
}

fn braced(labels: &str) -> String {
    if labels.is_empty() {
        String::new()
    } else {
        format!("{{{labels}}}")
    }
}

fn print_labels(names: &[&str], values: &[LabelValue]) -> String {
    let pairs = names.iter().zip(values);
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}=\"{}\"", escape(value)))
        .collect();
    pairs.join(",")
}

fn escape(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn print_number(number: f64) -> String {
    if number.is_infinite() {
        let sign = if number > 0.0 { '+' } else { '-' };
        format!("{sign}Inf")
    } else {
        number.to_string()
    }
}

fn print_exemplar(exemplar: &Exemplar) -> String {
    let chars = |text: &str| text.chars().count();
    let length: usize = exemplar
        .labels
        .iter()
        .map(|(name, value)| chars(name) + chars(value))
        .sum();
    if length > EXEMPLAR_CHARS_MAX {
        return String::new();
    }
    let pairs: Vec<String> = exemplar
        .labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escape(value)))
        .collect();
    let at = exemplar
        .at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!(
        " # {{{}}} {} {:.3}",
        pairs.join(","),
        print_number(exemplar.value),
        at.as_secs_f64()
    )
}

#[cfg(test)]
mod tests {
    use super::Format;
    use crate::metrics::catalogue::Exposed;
    use crate::metrics::registry::{Exemplar, Registry};
    use std::time::{Duration, SystemTime};

    fn printed(format: Format) -> String {
        let registry = Registry::new();
        let labels = vec!["Coder".into(), "a \"b\"\n\\".into()];
        registry.add(Exposed::TaskRetries, labels, 2.0);
        registry.observe(
            Exposed::TaskDuration,
            vec!["Coder".into(), "success".into()],
            Exemplar {
                labels: vec![("run_id", "run-1".to_owned())],
                value: 5.0,
                at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_500),
            },
        );
        format.print(&registry.snapshot())
    }

    #[test]
    fn text_format_has_buckets_that_add_up_and_escaped_labels() {
        let text = printed(Format::Text);
        for line in [
            "# TYPE orchestrator_task_retries_total counter",
            "orchestrator_task_retries_total{agent=\"Coder\",reason=\"a \\\"b\\\"\\n\\\\\"} 2",
            "# TYPE orchestrator_task_duration_seconds histogram",
            "orchestrator_task_duration_seconds_bucket{agent=\"Coder\",status=\"success\",le=\"1\"} 0",
            "orchestrator_task_duration_seconds_bucket{agent=\"Coder\",status=\"success\",le=\"5\"} 1",
            "orchestrator_task_duration_seconds_bucket{agent=\"Coder\",status=\"success\",le=\"+Inf\"} 1",
            "orchestrator_task_duration_seconds_sum{agent=\"Coder\",status=\"success\"} 5",
            "orchestrator_task_duration_seconds_count{agent=\"Coder\",status=\"success\"} 1",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line}\nin\n{text}"
            );
        }
        assert!(!text.contains("# UNIT") && !text.contains("# EOF") && !text.contains("run-1"));
    }

    #[test]
    fn open_metrics_has_units_exemplars_and_an_end() {
        let text = printed(Format::OpenMetrics);
        for line in [
            "# TYPE orchestrator_task_retries counter",
            "# UNIT orchestrator_task_duration_seconds seconds",
            "orchestrator_task_duration_seconds_bucket{agent=\"Coder\",status=\"success\",le=\"5.0\"} 1 \
             # {run_id=\"run-1\"} 5 1.500",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line}\nin\n{text}"
            );
        }
        assert!(text.ends_with("\n# EOF\n"));
    }

    #[test]
    fn format_follows_the_accept_header() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(
            Format::accepted("text/plain, application/openmetrics-text;q=0.5"),
            Format::Text
        );
        assert_eq!(
            Format::accepted("application/openmetrics-text;q=0"),
            Format::Text
        );
        assert_eq!(Format::accepted("*/*"), Format::Text);
    }
}
