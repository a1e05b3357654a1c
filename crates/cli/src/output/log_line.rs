//! A log record for people: one line, or with everything that it holds.

use super::screen::{Look, Style};
use super::{attribute, escape, width};
use crate::time::{Precision, Zone};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use tacho_api::log::LogRecord;
use tacho_api::resource::{Resource, Scope};

/// On a terminal the service takes at most one part in so many of the line, so that the message shows.
const SERVICE_SHARE: usize = 6;
/// It always gets so many columns.
const SERVICE_MIN: usize = 12;

/// How records are shown.
#[derive(Debug, Clone)]
pub(crate) struct LogStyle {
    /// Colour and width.
    pub look: Look,
    /// Zone of times.
    pub zone: Zone,
    /// How much of times is shown.
    pub precision: Precision,
    /// Everything on several lines, instead of one line.
    pub full: bool,
}

/// A record with who emitted it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Emitted<'a> {
    /// The record.
    pub record: &'a LogRecord,
    /// Who emitted it; only shown in full.
    pub resource: Option<&'a Resource>,
    /// The library that emitted it; only shown in full.
    pub scope: Option<&'a Scope>,
}

/// The record as text with a line end.
pub(crate) fn print(emitted: Emitted<'_>, style: &LogStyle) -> String {
    if style.full {
        full(emitted, style)
    } else {
        brief(emitted.record, style)
    }
}

/// Parts of one line, painted as long as there is room.
struct Line {
    out: String,
    look: Look,
    room: usize,
}

impl Line {
    fn new(look: Look) -> Self {
        Self {
            out: String::new(),
            look,
            room: look.width.unwrap_or(usize::MAX),
        }
    }

    fn add(&mut self, style: Style, text: &str) {
        let gap = if self.out.is_empty() { 0 } else { 1 };
        if text.is_empty() || self.room <= gap {
            return;
        }
        self.out.push_str(" ".repeat(gap).as_str());
        let text = width::cut(text, self.room - gap);
        self.room -= gap + width::of(&text);
        self.out.push_str(&self.look.paint(style, &text));
    }
}

fn head(record: &LogRecord, style: &LogStyle) -> Line {
    let mut line = Line::new(style.look);
    line.add(
        Style::Dim,
        &escape::line(&style.zone.show(&record.timestamp, style.precision)),
    );
    line.add(
        severity_style(&record.severity),
        &format!("{:<5}", escape::line(&record.severity)),
    );
    let service = escape::line(&record.service_name);
    let room = style
        .look
        .width
        .map_or(usize::MAX, |width| (width / SERVICE_SHARE).max(SERVICE_MIN));
    line.add(Style::Cyan, &width::cut(&service, room));
    let body = record.body.as_str().unwrap_or_default();
    if record.event_name != body {
        line.add(Style::Bold, &escape::line(&record.event_name));
    }
    line
}

fn brief(record: &LogRecord, style: &LogStyle) -> String {
    let mut line = head(record, style);
    line.add(Style::Plain, &escape::line(&attribute::text(&record.body)));
    for (key, value) in &record.attributes {
        // Many senders repeat the event name as an attribute.
        if value.as_str() == Some(record.event_name.as_str()) {
            continue;
        }
        line.add(Style::Dim, &pair(key, value));
    }
    line.out + "\n"
}

/// `key=value`, quoted where blanks would make it unclear.
fn pair(key: &str, value: &Value) -> String {
    let text = attribute::text(value);
    let clear = value.as_str().is_none()
        || !(text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '"'));
    let text = if clear {
        text
    } else {
        Value::String(text).to_string()
    };
    format!("{}={}", escape::line(key), escape::line(&text))
}

/// All attributes on one line.
pub(crate) fn pairs(attributes: &Map<String, Value>) -> String {
    let pairs: Vec<String> = attributes
        .iter()
        .map(|(key, value)| pair(key, value))
        .collect();
    pairs.join(" ")
}

fn full(emitted: Emitted<'_>, style: &LogStyle) -> String {
    let record = emitted.record;
    let mut out = head(record, style).out;
    out.push('\n');
    let look = style.look;
    for line in escape::lines(&attribute::text(&record.body)).lines() {
        let _ = writeln!(out, "    {line}");
    }
    print_attributes(&mut out, "    ", &record.attributes, look);
    let ids = [
        (
            "trace_id",
            record.trace_alias.as_ref().or(record.trace_id.as_ref()),
        ),
        (
            "span_id",
            record.span_alias.as_ref().or(record.span_id.as_ref()),
        ),
        ("observed", record.observed_timestamp.as_ref()),
        ("id", Some(&record.id)),
    ];
    for (key, value) in ids {
        if let Some(value) = value {
            print_field(&mut out, "    ", key, value, look);
        }
    }
    if let Some(resource) = emitted.resource {
        print_field(
            &mut out,
            "    ",
            "resource",
            &pairs(&resource.attributes),
            look,
        );
    }
    if let Some(scope) = emitted.scope.filter(|scope| !scope.name.is_empty()) {
        let text = format!(
            "{} {} {}",
            scope.name,
            scope.version,
            pairs(&scope.attributes)
        );
        print_field(&mut out, "    ", "scope", text.trim_end(), look);
    }
    out
}

/// One attribute a line; the lines of longer texts stand indented below the key.
pub(crate) fn print_attributes(
    out: &mut String,
    indent: &str,
    attributes: &Map<String, Value>,
    look: Look,
) {
    for (key, value) in attributes {
        print_field(out, indent, key, &attribute::text(value), look);
    }
}

/// `key: value`, or the lines of the value below the key.
pub(crate) fn print_field(out: &mut String, indent: &str, key: &str, text: &str, look: Look) {
    let key = look.paint(Style::Dim, &format!("{}:", escape::line(key)));
    let text = escape::lines(text);
    if text.contains('\n') {
        let _ = writeln!(out, "{indent}{key}");
        for line in text.lines() {
            let _ = writeln!(out, "{indent}    {line}");
        }
    } else {
        let _ = writeln!(out, "{indent}{key} {text}");
    }
}

fn severity_style(severity: &str) -> Style {
    match severity {
        "FATAL" | "ERROR" => Style::Red,
        "WARN" => Style::Yellow,
        "INFO" => Style::Green,
        _ => Style::Dim,
    }
}

#[cfg(test)]
mod tests {
    use super::{Emitted, LogStyle, print};
    use crate::output::screen::Look;
    use crate::time::{Precision, Zone};
    use serde_json::json;
    use tacho_api::log::LogRecord;
    use tacho_api::resource::Resource;

    fn record() -> LogRecord {
        serde_json::from_value(json!({
            "id": "00000000000000ab",
            "timestamp": "2026-11-20T11:03:12.345678901Z",
            "severity": "ERROR",
            "severityNumber": 17,
            "body": "edit failed:\u{1b}[31m no such file",
            "eventName": "task_failed",
            "serviceName": "planner",
            "traceId": "5b8efff798038103d269b633813fc60c",
            "attributes": {"event": "task_failed", "task_id": "t 1", "n": 3, "stack": "a\nb"},
        }))
        .unwrap()
    }

    fn style(width: Option<usize>, full: bool) -> LogStyle {
        let look = Look {
            color: false,
            width,
        };
        LogStyle {
            look,
            zone: Zone::utc(),
            precision: Precision::ClockMillis,
            full,
        }
    }

    fn shown(style: &LogStyle) -> String {
        let resource: Resource =
            serde_json::from_value(json!({"attributes": {"service.name": "planner"}})).unwrap();
        print(
            Emitted {
                record: &record(),
                resource: Some(&resource),
                scope: None,
            },
            style,
        )
    }

    #[test]
    fn a_record_is_one_line() {
        assert_eq!(
            shown(&style(None, false)),
            "11:03:12.345Z ERROR planner task_failed edit failed:\\u{1b}[31m no such file \
             n=3 stack=\"a\\nb\" task_id=\"t 1\"\n"
        );
        assert_eq!(
            shown(&style(Some(48), false)),
            "11:03:12.345Z ERROR planner task_failed edit fa…\n"
        );
    }

    #[test]
    fn in_full_nothing_is_left_out() {
        assert_eq!(
            shown(&style(Some(48), true)),
            "11:03:12.345Z ERROR planner task_failed\n    \
             edit failed:\\u{1b}[31m no such file\n    \
             event: task_failed\n    n: 3\n    stack:\n        a\n        b\n    task_id: t 1\n    \
             trace_id: 5b8efff798038103d269b633813fc60c\n    id: 00000000000000ab\n    \
             resource: service.name=planner\n"
        );
    }
}
