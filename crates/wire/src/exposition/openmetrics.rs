//! OpenMetrics text 1.0: one blank between parts, no blank lines, `# EOF` at the end, times in
//! seconds, exemplars after ` # `. Taken as Prometheus takes it; `strict` asks for the grammar.

use super::error::{Error, shown};
use super::number::{parse_float, seconds_to_ms};
use super::scan::{Comma, LabelRules, Scanner};
use super::series::{ExemplarRef, LabelSpan, SeriesRef, Span, unescape};
use super::start::{StartTimes, is_created_line};
use super::{CreatedLines, ExpositionSink, Fact, FamilyRef, Flow, Options, Outcome, Point};
use tacho_model::metric::MetricKind;

/// State between lines.
struct Parser<'a, 's> {
    scan: Scanner<'a>,
    sink: &'s mut dyn ExpositionSink,
    labels: Vec<LabelSpan>,
    exemplar_labels: Vec<LabelSpan>,
    rules: LabelRules,
    /// What the last lines of metadata are about.
    family: String,
    kind: MetricKind,
    starts: StartTimes,
    outcome: Outcome,
}

/// Value and time of an exemplar; its labels lie in the parser.
struct ExemplarValue {
    value: f64,
    time_ms: Option<i64>,
}

pub(super) fn parse(
    body: &[u8],
    options: &Options,
    sink: &mut dyn ExpositionSink,
) -> Result<Outcome, Error> {
    let starts = match options.created {
        CreatedLines::Series => StartTimes::default(),
        CreatedLines::StartTimes => StartTimes::collect(body, options),
    };
    if options.strict {
        check_utf8(body)?;
    }
    let mut parser = Parser {
        scan: Scanner::new(body, options.limits),
        sink,
        labels: Vec::new(),
        exemplar_labels: Vec::new(),
        rules: LabelRules {
            blanks: false,
            breaks: false,
            comma: if options.strict {
                Comma::Between
            } else {
                Comma::Trailing
            },
            metric_name: true,
        },
        family: String::new(),
        kind: MetricKind::Unknown,
        starts,
        outcome: Outcome::default(),
    };
    parser.lines(options.created)?;
    Ok(parser.outcome)
}

fn check_utf8(body: &[u8]) -> Result<(), Error> {
    let Err(error) = std::str::from_utf8(body) else {
        return Ok(());
    };
    let before = body.get(..error.valid_up_to()).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    Err(Error::invalid(line, "the line is not valid UTF-8"))
}

impl Parser<'_, '_> {
    fn lines(&mut self, created: CreatedLines) -> Result<(), Error> {
        loop {
            let flow = match self.scan.peek() {
                None => {
                    let message = "data does not end with # EOF";
                    return Err(Error::invalid(self.scan.line, message));
                }
                Some(b'#') => {
                    if self.scan.take_all(b"# EOF") {
                        return self.end();
                    }
                    self.metadata()?
                }
                Some(_) => self.sample(created)?,
            };
            if flow.is_break() {
                self.outcome.stopped = true;
                return Ok(());
            }
            if !self.scan.end_line()? {
                return Err(self.scan.expected("the end of the line"));
            }
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        let ended = self.scan.end_line()?;
        match self.scan.peek() {
            None => Ok(()),
            Some(_) if ended => Err(self.scan.expected("no more data after # EOF")),
            Some(_) => Err(self.scan.expected("the end of the line")),
        }
    }

    fn metadata(&mut self) -> Result<Flow, Error> {
        let word = [&b"# HELP "[..], b"# TYPE ", b"# UNIT "]
            .into_iter()
            .find(|word| self.scan.take_all(word));
        let Some(word) = word else {
            return Err(self.scan.expected("# HELP, # TYPE, # UNIT or # EOF"));
        };
        let quoted = self.scan.peek() == Some(b'"');
        let name = self.scan.family_name()?;
        if name.len() == 0 && !quoted {
            return Err(self.scan.expected("a metric name"));
        }
        if !self.scan.take(b' ') {
            return Err(self.scan.expected("a blank and a text"));
        }
        let text = self.scan.rest_of_line();
        let line = self.scan.line;
        let Ok(text) = std::str::from_utf8(text) else {
            let message = format!("the text {} is not valid UTF-8", shown(text));
            return Err(Error::invalid(line, message));
        };
        let name = unescape(std::str::from_utf8(name.of(self.scan.text)).unwrap_or_default());
        name.as_ref().clone_into(&mut self.family);
        let help;
        let fact = match word {
            b"# HELP " => {
                help = unescape(text);
                Fact::Help(&help)
            }
            b"# TYPE " => {
                self.kind = kind(text).ok_or_else(|| {
                    let message = format!("invalid metric type {}", shown(text.as_bytes()));
                    Error::invalid(line, message)
                })?;
                Fact::Kind(self.kind)
            }
            _ => {
                check_unit(&name, text, line)?;
                Fact::Unit(text)
            }
        };
        Ok(self.sink.family(&FamilyRef {
            name: &name,
            fact,
            line,
        }))
    }

    fn sample(&mut self, created: CreatedLines) -> Result<Flow, Error> {
        let scan = &mut self.scan;
        let start = scan.at;
        let plain = scan.plain_name(true);
        let mut name = (plain.len() > 0).then_some(plain);
        self.labels.clear();
        let braces = scan.take(b'{');
        if braces {
            scan.labels(self.rules, &mut name, &mut self.labels)?;
        }
        let Some(name) = name else {
            return Err(if braces {
                scan.fail("the metric has no name")
            } else {
                scan.expected("a metric name")
            });
        };
        let end = scan.at;
        let value = value(scan)?;
        let time_ms = optional_time(scan)?;
        let exemplar = if scan.take_all(b" # {") {
            Some(self.exemplar()?)
        } else {
            None
        };
        if !matches!(self.scan.peek(), None | Some(b'\n')) {
            return Err(self
                .scan
                .expected("a timestamp, an exemplar or the end of the line"));
        }
        let series = SeriesRef {
            text: self.scan.text,
            raw: Span { start, end },
            name,
            labels: &self.labels,
            escaped: true,
            kind: self.kind,
            line: self.scan.line,
        };
        let mut start_ms = None;
        if created == CreatedLines::StartTimes {
            if is_created_line(&series) {
                return Ok(Flow::Continue(()));
            }
            start_ms = self.starts.of(&series, &self.family);
        }
        self.outcome.samples += 1;
        let point = Point {
            value,
            time_ms,
            start_ms,
        };
        let flow = self.sink.sample(&series, &point);
        match exemplar {
            Some(exemplar) if flow.is_continue() => Ok(self.sink.exemplar(&ExemplarRef {
                text: self.scan.text,
                labels: &self.exemplar_labels,
                escaped: true,
                value: exemplar.value,
                time_ms: exemplar.time_ms,
            })),
            _ => Ok(flow),
        }
    }

    fn exemplar(&mut self) -> Result<ExemplarValue, Error> {
        let rules = LabelRules {
            metric_name: false,
            ..self.rules
        };
        self.exemplar_labels.clear();
        let scan = &mut self.scan;
        scan.labels(rules, &mut None, &mut self.exemplar_labels)?;
        Ok(ExemplarValue {
            value: value(scan)?,
            time_ms: optional_time(scan)?,
        })
    }
}

fn kind(word: &str) -> Option<MetricKind> {
    if word == "untyped" {
        return None;
    }
    MetricKind::parse(word)
}

fn check_unit(name: &str, unit: &str, line: usize) -> Result<(), Error> {
    let base = name.strip_suffix(unit);
    if unit.is_empty() || base.is_some_and(|base| base.ends_with('_')) {
        return Ok(());
    }
    let message = format!(
        "unit {} is not a suffix of metric {}",
        shown(unit.as_bytes()),
        shown(name.as_bytes())
    );
    Err(Error::invalid(line, message))
}

/// A blank and a value.
fn value(scan: &mut Scanner<'_>) -> Result<f64, Error> {
    if !scan.take(b' ') {
        return Err(scan.expected("a blank and a value"));
    }
    let text = scan.until(|byte| matches!(byte, b' ' | b'\n'));
    if text.is_empty() {
        return Err(scan.expected("a value"));
    }
    parse_float(text).ok_or_else(|| scan.fail(&format!("invalid value {}", shown(text))))
}

/// A blank and a time in seconds, unless an exemplar or the end of the line follows.
fn optional_time(scan: &mut Scanner<'_>) -> Result<Option<i64>, Error> {
    if scan.peek() != Some(b' ') || scan.rest().starts_with(b" # {") {
        return Ok(None);
    }
    scan.at += 1;
    let text = scan.until(|byte| matches!(byte, b' ' | b'\n'));
    match seconds_to_ms(text) {
        Some(time) => Ok(Some(time)),
        None => Err(scan.fail(&format!("invalid timestamp {}", shown(text)))),
    }
}
