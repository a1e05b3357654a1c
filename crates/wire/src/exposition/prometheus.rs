//! Prometheus text, 0.0.4 and 1.0.0 with names in quotes, taken as Prometheus takes it: blanks are
//! free, unknown comments are skipped, the last line needs no end.

use super::error::{Error, shown};
use super::number::parse_float;
use super::scan::{Comma, LabelRules, Scanner};
use super::series::{LabelSpan, SeriesRef, Span, unescape, unescape_with};
use super::{ExpositionSink, Fact, FamilyRef, Flow, Options, Outcome, Point};
use tacho_model::metric::MetricKind;

const RULES: LabelRules = LabelRules {
    blanks: true,
    breaks: true,
    comma: Comma::Optional,
    metric_name: true,
};

/// State between lines.
struct Parser<'a, 's> {
    scan: Scanner<'a>,
    sink: &'s mut dyn ExpositionSink,
    labels: Vec<LabelSpan>,
    kind: MetricKind,
    outcome: Outcome,
}

pub(super) fn parse(
    body: &[u8],
    options: &Options,
    sink: &mut dyn ExpositionSink,
) -> Result<Outcome, Error> {
    let mut parser = Parser {
        scan: Scanner::new(body, options.limits),
        sink,
        labels: Vec::new(),
        kind: MetricKind::Unknown,
        outcome: Outcome::default(),
    };
    loop {
        parser.scan.skip_blanks();
        let flow = match parser.scan.peek() {
            None => break,
            Some(b'\n') => Flow::Continue(()),
            Some(b'#') => parser.comment()?,
            Some(_) => parser.sample()?,
        };
        if flow.is_break() {
            parser.outcome.stopped = true;
            break;
        }
        if !parser.scan.end_line()? && parser.scan.peek().is_some() {
            return Err(parser.scan.expected("the end of the line"));
        }
    }
    Ok(parser.outcome)
}

impl Parser<'_, '_> {
    /// A line that starts with `#`: help, type, or something to skip.
    fn comment(&mut self) -> Result<Flow, Error> {
        self.scan.at += 1;
        let word = if self.scan.skip_blanks() {
            self.scan.until(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
        } else {
            b""
        };
        let is_help = word == b"HELP";
        let known = is_help || word == b"TYPE";
        if !known || !self.scan.skip_blanks() {
            self.scan.rest_of_line();
            return Ok(Flow::Continue(()));
        }
        let line = self.scan.line;
        let name = self.scan.family_name()?;
        if name.len() == 0 && self.scan.text.get(name.start.wrapping_sub(1)) != Some(&b'"') {
            return Err(self.scan.expected("a metric name"));
        }
        let text = self.scan.rest_of_line();
        // One blank stands between name and text.
        let text = text.get(1..).unwrap_or_default();
        let name = unescape(std::str::from_utf8(name.of(self.scan.text)).unwrap_or_default());
        if is_help {
            let Ok(help) = std::str::from_utf8(text) else {
                let message = format!("the help text {} is not valid UTF-8", shown(text));
                return Err(Error::invalid(line, message));
            };
            let help = unescape_with(help, false);
            let fact = Fact::Help(&help);
            return Ok(self.tell(&name, fact, line));
        }
        let kind = match text {
            b"counter" => MetricKind::Counter,
            b"gauge" => MetricKind::Gauge,
            b"histogram" => MetricKind::Histogram,
            b"summary" => MetricKind::Summary,
            b"untyped" => MetricKind::Unknown,
            _ => {
                let message = format!("invalid metric type {}", shown(text));
                return Err(Error::invalid(line, message));
            }
        };
        self.kind = kind;
        Ok(self.tell(&name, Fact::Kind(kind), line))
    }

    fn tell(&mut self, name: &str, fact: Fact<'_>, line: usize) -> Flow {
        self.sink.family(&FamilyRef { name, fact, line })
    }

    fn sample(&mut self) -> Result<Flow, Error> {
        let scan = &mut self.scan;
        let (start, line) = (scan.at, scan.line);
        let plain = scan.plain_name(true);
        let mut name = (plain.len() > 0).then_some(plain);
        let mut end = scan.at;
        scan.skip_blanks();
        self.labels.clear();
        if scan.take(b'{') {
            scan.labels(RULES, &mut name, &mut self.labels)?;
            end = scan.at;
            scan.skip_blanks();
        }
        let Some(name) = name else {
            return Err(if end == start {
                scan.expected("a metric name")
            } else {
                scan.fail("the metric has no name")
            });
        };
        let text = scan.until(|byte| matches!(byte, b'{' | b' ' | b'\t' | b'\n'));
        if text.is_empty() {
            return Err(scan.expected("a value"));
        }
        let Some(value) = parse_float(text) else {
            return Err(scan.fail(&format!("invalid value {}", shown(text))));
        };
        scan.skip_blanks();
        let time_ms = timestamp(scan)?;
        scan.skip_blanks();
        let series = SeriesRef {
            text: scan.text,
            raw: Span { start, end },
            name,
            labels: &self.labels,
            escaped: true,
            kind: self.kind,
            line,
        };
        let point = Point {
            value,
            time_ms,
            start_ms: None,
        };
        if !matches!(scan.peek(), None | Some(b'\n')) {
            return Err(scan.expected("a timestamp or the end of the line"));
        }
        self.outcome.samples += 1;
        Ok(self.sink.sample(&series, &point))
    }
}

/// Milliseconds without a sign.
fn timestamp(scan: &mut Scanner<'_>) -> Result<Option<i64>, Error> {
    let digits = scan.until(|byte| !byte.is_ascii_digit());
    if digits.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(digits).unwrap_or_default();
    match text.parse() {
        Ok(time) => Ok(Some(time)),
        Err(_) => Err(scan.fail(&format!("timestamp {} is out of range", shown(digits)))),
    }
}
