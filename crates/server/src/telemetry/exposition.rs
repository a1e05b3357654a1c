//! Writes Prometheus text format 0.0.4: HELP and TYPE once a family, counters with `_total`.

use std::fmt::Write as _;

/// Type of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Grows only.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by upper bounds.
    Histogram,
}

/// The text so far.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
    suffix: &'static str,
}

impl Exposition {
    /// The content type of the text.
    pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family. `name` has no `_total`: counters get it here.
    pub fn family(&mut self, name: &str, kind: Type, help: &str) {
        let (word, suffix) = match kind {
            Type::Counter => ("counter", "_total"),
            Type::Gauge => ("gauge", ""),
            Type::Histogram => ("histogram", ""),
        };
        let suffix = if name.ends_with("_total") { "" } else { suffix };
        self.suffix = suffix;
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(
            self.text,
            "# HELP {name}{suffix} {help}\n# TYPE {name}{suffix} {word}"
        );
    }

    /// A sample of the family that was begun last.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let suffix = self.suffix;
        let _ = write!(self.text, "{name}{suffix}");
        if !labels.is_empty() {
            self.text.push('{');
            for (index, (label, text)) in labels.iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                let text = text
                    .replace('\\', "\\\\")
                    .replace('"', "\\\"")
                    .replace('\n', "\\n");
                let _ = write!(self.text, "{comma}{label}=\"{text}\"");
            }
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    /// A family of one sample without labels.
    pub fn single(&mut self, name: &str, kind: Type, help: &str, value: f64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::{Exposition, Type};

    #[test]
    fn families_print_as_the_format_says() {
        let mut out = Exposition::default();
        out.family("tacho_x", Type::Counter, "Back\\slash\nline.");
        out.sample("tacho_x", &[("a", "q\"b\\\n"), ("c", "d")], 3.0);
        out.single("tacho_y_seconds", Type::Gauge, "Y.", 0.25);
        let expected = "# HELP tacho_x_total Back\\\\slash\\nline.\n# TYPE tacho_x_total counter\n\
            tacho_x_total{a=\"q\\\"b\\\\\\n\",c=\"d\"} 3\n# HELP tacho_y_seconds Y.\n\
            # TYPE tacho_y_seconds gauge\ntacho_y_seconds 0.25\n";
        assert_eq!(out.into_text(), expected);
    }
}
