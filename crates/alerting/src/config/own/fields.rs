//! Fields that our own blocks share: who an alert must be, lists of names, times.

use crate::matcher::read::{Source, pattern_map};
use crate::matcher::{Matcher, Op};
use crate::suppression::condition::Condition;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use tacho_model::alert::{ALERT_NAME, SEVERITY};
use tacho_model::severity::Severity;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of, text_of};

/// What the values of `match` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchValues {
    /// The label has this text.
    Exact,
    /// The same, but `A|B` is either, and `A.*` begins so.
    Alternatives,
}

/// What an alert must be.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Who {
    /// Sorted.
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) condition: Option<Condition>,
}

impl Who {
    /// Whether every alert is meant.
    pub(crate) fn is_everybody(&self) -> bool {
        self.matchers.is_empty() && self.condition.is_none()
    }
}

/// `match`, `match_re`, `matchers`, `object_matchers`, `severity` and `condition`; all must fit.
pub(crate) fn read_who(
    section: &mut Section<'_>,
    values: MatchValues,
    source: &mut Source<'_>,
) -> Read<Who> {
    let mut matchers = read_match(section, values, source)?;
    matchers.extend(pattern_map(section, "match_re")?);
    for key in ["matchers", "object_matchers"] {
        if let Some(node) = section.node(key) {
            matchers.extend(read_list(node, key, source)?);
        }
    }
    let severities = names(section, &["severity", "severities"])?;
    if !severities.is_empty() {
        let pattern = severity_pattern(&severities);
        let matcher = Matcher::new(SEVERITY, Op::Regex, pattern);
        let line = section.line_of("severity");
        matchers.push(matcher.map_err(|error| error.at_line(line))?);
    }
    matchers.sort();
    matchers.dedup();
    let condition = match section
        .text("condition")?
        .filter(|text| !text.trim().is_empty())
    {
        Some(text) => {
            let line = section.line_of("condition");
            let condition = Condition::parse(&text).map_err(|mut error| {
                error.message = format!("condition {text:?}: {}", error.message);
                error.at_line(line)
            })?;
            Some(condition)
        }
        None => None,
    };
    Ok(Who {
        matchers,
        condition,
    })
}

/// Refuses conditions where the annotations of an alert are not known.
pub(crate) fn refuse_annotations(who: &Who, section: &Section<'_>) -> Read<()> {
    let needs = who
        .condition
        .as_ref()
        .is_some_and(Condition::needs_annotations);
    if !needs {
        return Ok(());
    }
    let message = "condition asks for annotations, but alerts are sorted by their labels here";
    let mut wrong = section.wrong("condition", message);
    wrong.hint = Some("let the rule set a label, and ask for labels.NAME".to_owned());
    Err(wrong)
}

/// The label that a key of `match` names.
fn label_of(key: &str) -> &str {
    match key {
        "alert_name" | "alertName" | "alert" => ALERT_NAME,
        key => key,
    }
}

fn read_match(
    section: &mut Section<'_>,
    values: MatchValues,
    source: &Source<'_>,
) -> Read<Vec<Matcher>> {
    let Some(node) = section.node("match") else {
        return Ok(Vec::new());
    };
    let inner = Section::open(node, "match")?;
    let matchers = inner.entries().iter().map(|entry| {
        let name = label_of(&entry.key);
        if !source.is_label_name(name) {
            let message = format!("invalid label name {name:?}");
            return Err(Wrong::new(entry.line, message));
        }
        let (op, value) = match &entry.value.data {
            // a list is any of its texts
            Data::Sequence(items) => {
                let texts = items.iter().map(|item| text_of(item, name));
                let texts: Read<Vec<String>> = texts.collect();
                let texts: Vec<_> = texts?.iter().map(|text| regex::escape(text)).collect();
                (Op::Regex, texts.join("|"))
            }
            _ => {
                let text = text_of(&entry.value, name)?;
                let is_pattern = ["|", ".*", ".+"].iter().any(|sign| text.contains(sign));
                match is_pattern && values == MatchValues::Alternatives {
                    true => (Op::Regex, text),
                    false => (Op::Equal, text),
                }
            }
        };
        Matcher::new(name, op, value).map_err(|error| error.at_line(entry.line))
    });
    matchers.collect()
}

/// A text with matchers, a list of them, or a list of `[name, operator, value]` as Grafana writes it.
fn read_list(node: &Node, key: &str, source: &mut Source<'_>) -> Read<Vec<Matcher>> {
    if let Data::Scalar { .. } = node.data {
        let list = Node {
            line: node.line,
            data: Data::Sequence(vec![node.clone()]),
        };
        return source.list(&list, key);
    }
    let mut matchers = Vec::new();
    for item in items_of(node, key)? {
        let Data::Sequence(parts) = &item.data else {
            let list = Node {
                line: item.line,
                data: Data::Sequence(vec![item.clone()]),
            };
            matchers.extend(source.list(&list, key)?);
            continue;
        };
        let malformed = || {
            let mut wrong = Wrong::new(item.line, format!("{key}: not a matcher"));
            wrong.hint = Some("write [name, operator, value] with =, !=, =~ or !~".to_owned());
            wrong
        };
        let [name, op, value] = &parts[..] else {
            return Err(malformed());
        };
        let op = Op::parse(&text_of(op, key)?).ok_or_else(malformed)?;
        let (name, value) = (text_of(name, key)?, text_of(value, key)?);
        let matcher = Matcher::new(label_of(&name), op, value);
        matchers.push(matcher.map_err(|error| error.at_line(item.line))?);
    }
    Ok(matchers)
}

/// Words that labels use for severities, each with those of the same meaning nearby.
const SEVERITY_WORDS: [&str; 21] = [
    "critical",
    "crit",
    "page",
    "emergency",
    "fatal",
    "disaster",
    "high",
    "error",
    "major",
    "medium",
    "warning",
    "warn",
    "moderate",
    "average",
    "low",
    "minor",
    "ticket",
    "info",
    "information",
    "informational",
    "none",
];

/// A pattern that fits every word for one of some severities (`HIGH` is also `error`), in any case.
fn severity_pattern(wanted: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    for one in wanted {
        let severity = Severity::of_label(one);
        let same = SEVERITY_WORDS
            .iter()
            .filter(|word| severity.is_some() && Severity::of_label(word) == severity);
        let mut same: Vec<String> = same.map(|word| (*word).to_owned()).collect();
        if same.is_empty() {
            same.push(regex::escape(one));
        }
        words.extend(same);
    }
    words.dedup();
    format!("(?i:{})", words.join("|"))
}

/// Names under any of some keys: a text, or a list of texts. Each name once, in order.
pub(crate) fn names(section: &mut Section<'_>, keys: &[&'static str]) -> Read<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for key in keys {
        let Some(node) = section.node(key) else {
            continue;
        };
        let found = match &node.data {
            Data::Scalar { text, .. } => vec![text.clone()],
            _ => {
                let items = items_of(node, key)?.iter();
                items.map(|item| text_of(item, key)).collect::<Read<_>>()?
            }
        };
        for name in found.into_iter().filter(|name| !name.is_empty()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    Ok(all)
}

/// A time: RFC 3339, or a date or a date with a time in a time zone. As ms.
pub(crate) fn read_time(
    section: &mut Section<'_>,
    key: &'static str,
    zone: &TimeZone,
) -> Read<Option<i64>> {
    let Some(text) = section.text(key)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match parse_time(&text, zone) {
        Some(at) => Ok(Some(at.as_millisecond())),
        None => {
            let mut wrong = section.wrong(key, format!("{key}: {text:?} is not a time"));
            wrong.hint = Some("write it as 2026-11-20T18:00:00Z".to_owned());
            Err(wrong)
        }
    }
}

pub(super) fn parse_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let date = text
        .parse::<Date>()
        .ok()
        .filter(|_| text.len() == "2026-11-20".len());
    let local = match date {
        Some(date) => date.at(0, 0, 0, 0),
        None => text.parse::<DateTime>().ok()?,
    };
    let zoned = local.to_zoned(zone.clone()).ok()?;
    Some(zoned.timestamp())
}

/// Refuses a name that came before.
pub(crate) fn check_unique(
    name: &str,
    before: impl IntoIterator<Item = impl AsRef<str>>,
    what: &str,
    line: usize,
) -> Read<()> {
    match before.into_iter().any(|known| known.as_ref() == name) {
        true => Err(Wrong::new(
            line,
            format!("{what} name {name:?} is not unique"),
        )),
        false => Ok(()),
    }
}

/// Refuses a list that is too long.
pub(crate) fn check_count(node: &Node, key: &str, max: usize) -> Read<()> {
    match items_of(node, key)?.len() {
        count if count > max => {
            let message = format!("{key} has {count} entries, at most {max} are taken");
            Err(Wrong::new(node.line, message))
        }
        _ => Ok(()),
    }
}
