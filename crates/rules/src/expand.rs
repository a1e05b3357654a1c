//! Templates in labels and annotations of alerts: whether they can be read, what they depend on, and
//! what they give. `needs` lets texts that cannot have changed be kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_model::time::Timestamp;
use tacho_template::functions::{Functions, PrometheusSurroundings, QueryFunction, QuerySample};
use tacho_template::prometheus_data::{RuleData, RuleTemplate};
use tacho_template::value::{Object, Value};

/// Most different queries that the templates of a group ask in one evaluation.
const QUERIES_MAX: usize = 1_000;
/// Most queries that one text asks, each after it has seen what the one before gave.
const ROUNDS_MAX: usize = 50;
/// What a template's `query` says while its answer is still being asked.
const ASKED: &str = "the query is being asked";

/// Asks a query of a template, at the time of the evaluation.
pub type QueryAt<'a> = dyn Fn(&str) -> Result<Vec<(Labels, SampleValue)>, String> + 'a;

/// The series that a template is expanded for.
pub struct Seen<'a> {
    /// `$labels`.
    pub labels: &'a Labels,
    /// `$value`.
    pub value: &'a SampleValue,
    /// The function `query`.
    pub query: &'a QueryAt<'a>,
}

/// A text of a rule that was read.
pub struct Text {
    text: Arc<str>,
    needs: Needs,
    /// Nothing for plain text.
    template: Option<Result<RuleTemplate, String>>,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl Text {
    /// Reads a text. One that is no template says so whenever it is expanded.
    pub fn read(text: &str, alert: &str, functions: &Functions) -> Self {
        let needs = needs(text);
        let read = || parse(text, alert, functions);
        Self {
            text: text.into(),
            needs,
            template: (needs != Needs::Nothing).then(read),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// What it depends on.
    pub fn needs(&self) -> Needs {
        self.needs
    }
}

/// The functions of rules' templates, for reading only.
pub fn functions() -> Functions {
    Functions::go().with_prometheus(PrometheusSurroundings::default())
}

/// Whether a text can be read as a template; the error is in Prometheus' words.
///
/// # Errors
/// What is wrong with the text.
pub fn check(text: &str, alert: &str) -> Result<(), String> {
    if text.contains("{{") {
        parse(text, alert, &functions()).map(drop)
    } else {
        Ok(())
    }
}

fn parse(text: &str, alert: &str, functions: &Functions) -> Result<RuleTemplate, String> {
    let name = format!("__alert_{alert}");
    RuleTemplate::parse(&name, text, functions)
        .map_err(|error| format!("error parsing template {name}: {error}"))
}

/// Expands the texts of a group in one evaluation.
#[derive(Debug)]
pub struct Expander {
    functions: Functions,
    asked: Arc<Asked>,
    external_labels: Labels,
    external_url: Arc<str>,
}

impl Expander {
    /// Expands for a time, ms.
    pub fn new(external_labels: &Labels, external_url: &str, now_ms: i64) -> Self {
        let asked = Arc::new(Asked::default());
        let query = Arc::clone(&asked) as Arc<dyn QueryFunction>;
        let url = external_url.trim_end_matches('/');
        let surroundings = PrometheusSurroundings {
            query: Some(query),
            now: Timestamp(now_ms.saturating_mul(1_000_000)),
            external_url: url.to_owned(),
            path_prefix: path_of(url).to_owned(),
        };
        Self {
            functions: Functions::go().with_prometheus(surroundings),
            asked,
            external_labels: external_labels.clone(),
            external_url: external_url.into(),
        }
    }

    /// The text with its templates expanded.
    ///
    /// # Errors
    /// Why it cannot be, with the words of Prometheus.
    pub fn expand(&self, text: &Text, alert: &str, seen: &Seen<'_>) -> Result<Arc<str>, String> {
        let template = match &text.template {
            None => return Ok(Arc::clone(&text.text)),
            Some(template) => template.as_ref().map_err(Clone::clone)?,
        };
        let data = RuleData {
            labels: seen.labels.clone(),
            external_labels: self.external_labels.clone(),
            external_url: Arc::clone(&self.external_url),
            value: value_of(seen.value),
        };
        let mut rounds = 0;
        loop {
            let expanded = template.expand(&data, &self.functions);
            let Some(query) = self.asked.take_missing() else {
                return expanded
                    .map(Arc::from)
                    .map_err(|error| format!("error executing template __alert_{alert}: {error}"));
            };
            rounds += 1;
            if rounds > ROUNDS_MAX {
                return Err(format!("template asks more than {ROUNDS_MAX} queries"));
            }
            let samples = (seen.query)(&query).map(|samples| {
                let sample = |(labels, value): (Labels, SampleValue)| QuerySample {
                    labels,
                    value: value_of(&value),
                };
                samples.into_iter().map(sample).collect()
            });
            self.asked.answer(query, samples);
        }
    }
}

/// The path of a URL.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("")
}

fn value_of(value: &SampleValue) -> Value {
    match value {
        SampleValue::Float(value) => Value::Float(*value),
        SampleValue::Histogram(histogram) => Value::object(HistogramValue(Arc::clone(histogram))),
    }
}

/// A native histogram in a template: prints itself.
#[derive(Debug)]
struct HistogramValue(Arc<Histogram>);

impl Object for HistogramValue {
    fn type_name(&self) -> &'static str {
        "*histogram.FloatHistogram"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Count" => Some(self.0.count.into()),
            "Sum" => Some(self.0.sum.into()),
            "ZeroCount" => Some(self.0.zero_count.into()),
            "ZeroThreshold" => Some(self.0.zero_threshold.into()),
            "Schema" => Some(self.0.schema.into()),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        self.0.to_string()
    }
}

type Samples = Result<Vec<QuerySample>, String>;

/// Answers to the queries of templates. A query without answer fails the expansion and is noted; the
/// expander asks it and expands again.
#[derive(Debug, Default)]
struct Asked {
    answers: Mutex<HashMap<String, Samples>>,
    missing: Mutex<Option<String>>,
}

impl Asked {
    fn take_missing(&self) -> Option<String> {
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing.take()
    }

    fn answer(&self, query: String, samples: Samples) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= QUERIES_MAX {
            answers.clear();
        }
        answers.insert(query, samples);
    }
}

impl QueryFunction for Asked {
    fn query(&self, text: &str) -> Samples {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(samples) = answers.get(text) {
            return samples.clone();
        }
        let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        *missing = Some(text.to_owned());
        Err(ASKED.to_owned())
    }
}

/// What the text of a template depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing: it is plain text.
    Nothing,
    /// The labels of the result.
    Labels,
    /// The value, the time or other queries: it may change each time.
    Everything,
}

/// Words in an action that mean more than labels.
const MORE_THAN_LABELS: [&str; 7] = [
    "alue", "query", "now", "Time", "template", "define", "block",
];

/// What a text depends on. In doubt it depends on everything.
pub fn needs(text: &str) -> Needs {
    if !text.contains("{{") {
        return Needs::Nothing;
    }
    let says_more = MORE_THAN_LABELS.iter().any(|word| text.contains(word));
    if says_more || uses_all_data(text) {
        Needs::Everything
    } else {
        Needs::Labels
    }
}

/// Whether all data are used as a whole: a dot or a `$` that no name follows.
fn uses_all_data(text: &str) -> bool {
    let mut inside = false;
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        match (c, next) {
            ('{', '{') => inside = true,
            ('}', '}') => inside = false,
            ('.', next) if inside => {
                let of_something = before.is_alphanumeric() || "_)$".contains(before);
                if !(of_something || next.is_alphabetic() || next == '_') {
                    return true;
                }
            }
            ('$', next) if inside && !(next.is_alphabetic() || next == '_' || next == '.') => {
                return true;
            }
            _ => {}
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Expander, Needs, Seen, Text, check, functions, needs};
    use tacho_model::labels::Labels;
    use tacho_model::sample::SampleValue;

    fn expand(text: &str) -> Result<String, String> {
        let external = Labels::from_pairs([("site", "here")]);
        let expander = Expander::new(&external, "http://h:1/p/", 5_000);
        let text = Text::read(text, "Down", &functions());
        let labels = Labels::from_pairs([("job", "a")]);
        let query = |text: &str| match text {
            "up" => Ok(vec![(labels.clone(), SampleValue::Float(3.0))]),
            "a" => Ok(Vec::new()),
            _ => Err(format!("no query {text:?}")),
        };
        let seen = Seen {
            labels: &labels,
            value: &SampleValue::Float(0.25),
            query: &query,
        };
        let expanded = expander.expand(&text, "Down", &seen);
        expanded.map(|text| text.to_string())
    }

    #[test]
    fn templates_see_labels_value_and_queries() {
        for (text, expected) in [
            ("{{ $labels.job }} {{ $labels.no }}.", "a ."),
            ("{{ $value | humanizePercentage }}", "25%"),
            (
                "{{ $externalLabels.site }} {{ $externalURL }}",
                "here http://h:1/p/",
            ),
            (
                "{{ with query \"up\" }}{{ . | first | value }}{{ end }}",
                "3",
            ),
            (
                "{{ $q := query \"up\" }}{{ query (index $q 0).Labels.job | len }}",
                "0",
            ),
        ] {
            assert_eq!(expand(text).as_deref(), Ok(expected), "{text}");
        }
        let error = expand("{{ query \"down\" }}").unwrap_err();
        assert!(
            error.starts_with("error executing template __alert_Down: "),
            "{error}"
        );
        assert!(error.ends_with("no query \"down\""), "{error}");
    }

    #[test]
    fn what_cannot_be_read_is_told_as_prometheus_does() {
        let error = check("{{ $label.job }}", "Down").unwrap_err();
        assert!(
            error.starts_with("error parsing template __alert_Down: template: "),
            "{error}"
        );
        assert!(error.contains("undefined variable \"$label\""), "{error}");
        assert!(check("$label }}", "Down").is_ok());
    }

    #[test]
    fn what_a_text_needs_is_told_in_doubt_too_much() {
        for (text, expected) in [
            ("down", Needs::Nothing),
            ("a.b $ c }}", Needs::Nothing),
            ("{{ $labels.job }} is down. Really", Needs::Labels),
            ("{{ .Labels.job }}{{ $.Labels.x }}", Needs::Labels),
            (
                "{{ $labels.a | reReplaceAll \"x\" \"$1\" }}",
                Needs::Everything,
            ),
            ("{{ $value }}", Needs::Everything),
            ("{{ . }}", Needs::Everything),
            ("{{ printf \"%v\" $ }}", Needs::Everything),
            ("{{ query \"up\" | len }}", Needs::Everything),
            ("{{ with $labels }}{{ .job }}{{ end }}", Needs::Labels),
            ("{{ range $labels }}{{ . }}{{ end }}", Needs::Everything),
        ] {
            assert_eq!(needs(text), expected, "{text}");
        }
    }
}
