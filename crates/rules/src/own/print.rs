//! Definitions as text: rules of Prometheus' `groups:`, with fields of our own where a rule has them, or
//! items of an `alerts:` list.

use super::fields::{TEXTS, is_default};
use super::{Definition, fields};
use crate::file::print::{duration, map, scalar};
use crate::rule::{NoData, RuleGroup};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tacho_model::alert::SEVERITY;
use tacho_model::number_text::shortest;
use tacho_model::signal::Signal;

/// How the fields of a rule are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// The rule is an item of a list: group and interval are fields of it.
    pub(super) in_list: bool,
    /// `severity` stands beside the other fields, not in `labels`.
    pub(super) severity_beside: bool,
    /// These annotations stand beside the other fields.
    pub(super) texts_beside: Vec<&'static str>,
    /// Keys as they are written in the text that is changed, by the key that would be written.
    pub(super) keys: BTreeMap<&'static str, String>,
}

/// A field: its usual key, and its lines.
pub(super) type Field = (&'static str, String);

impl Style {
    /// As in Prometheus' files.
    pub(super) fn in_group() -> Self {
        Self::default()
    }

    /// As in a list of rules.
    pub(super) fn in_list() -> Self {
        Self {
            in_list: true,
            severity_beside: true,
            texts_beside: TEXTS.to_vec(),
            keys: BTreeMap::new(),
        }
    }
}

/// The text of a file with these groups; `definitions` are those of their rules, in the same order.
pub fn print(groups: &[RuleGroup], definitions: &[Vec<Definition>]) -> String {
    if groups.is_empty() {
        return "groups: []\n".to_owned();
    }
    let mut out = String::from("groups:\n");
    for (at, (group, rules)) in groups.iter().zip(definitions).enumerate() {
        if at > 0 {
            out.push('\n');
        }
        group_text(&mut out, group, rules, 2);
    }
    out
}

/// One rule as an item of a group's `rules:`, from its dash on, without indentation.
pub fn rule_text(definition: &Definition) -> String {
    item(definition, &Style::in_group(), 0)
}

/// A group as an item, its dash behind so many blanks.
pub(super) fn group_text(out: &mut String, group: &RuleGroup, rules: &[Definition], indent: usize) {
    let pad = " ".repeat(indent);
    let _ = write!(out, "{pad}- name: ");
    scalar(out, &group.name, indent + 2);
    if let Some(interval) = group.interval_ms {
        let _ = writeln!(out, "{pad}  interval: {}", duration(interval));
    }
    if let Some(offset) = group.query_offset_ms {
        let _ = writeln!(out, "{pad}  query_offset: {}", duration(offset));
    }
    if group.limit > 0 {
        let _ = writeln!(out, "{pad}  limit: {}", group.limit);
    }
    map(out, "labels", &group.labels, indent + 2);
    if rules.is_empty() {
        let _ = writeln!(out, "{pad}  rules: []");
        return;
    }
    let _ = writeln!(out, "{pad}  rules:");
    for rule in rules {
        out.push_str(&item(rule, &Style::in_group(), indent + 4));
    }
}

/// A rule as an item of a list, its dash behind so many blanks.
pub(super) fn item(definition: &Definition, style: &Style, indent: usize) -> String {
    let fields = fields_of(definition, style, indent + 2);
    let text: String = fields.into_iter().map(|(_, text)| text).collect();
    let rest = text.get(indent + 2..).unwrap_or_default();
    format!("{}- {rest}", " ".repeat(indent))
}

/// The fields of a rule, in their usual order; keys stand behind so many blanks.
pub(super) fn fields_of(definition: &Definition, style: &Style, indent: usize) -> Vec<Field> {
    let mut printer = Printer {
        style,
        indent,
        fields: Vec::new(),
    };
    let name = if definition.records {
        "record"
    } else {
        "alert"
    };
    printer.text(name, &definition.name);
    printer.text("id", &definition.id);
    if style.in_list && !is_default(&definition.group) {
        printer.text("group", &definition.group);
    }
    printer.asks(definition);
    let ms = |value: i64| (value > 0).then_some(value);
    printer.duration("window", definition.window_ms);
    printer.duration("for", ms(definition.for_ms));
    printer.duration("keep_firing_for", ms(definition.keep_firing_for_ms));
    if style.in_list {
        printer.duration("interval", definition.interval_ms);
    }
    printer.duration("cooldown", ms(definition.cooldown_ms));
    printer.plain("on_arrival", definition.on_arrival.then_some("true"));
    printer.plain("enabled", (!definition.enabled).then_some("false"));
    let no_data = definition.no_data;
    printer.plain("no_data", (no_data != NoData::Ok).then(|| no_data.as_str()));
    printer.words(definition);
    printer.list("receivers", &definition.receivers);
    printer.list("tags", &definition.tags);
    printer.fields
}

struct Printer<'a> {
    style: &'a Style,
    indent: usize,
    fields: Vec<Field>,
}

impl Printer<'_> {
    fn begin(&self, key: &'static str) -> String {
        let pad = " ".repeat(self.indent);
        let written = self.style.keys.get(key).map_or(key, String::as_str);
        format!("{pad}{written}:")
    }

    fn text(&mut self, key: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut out = self.begin(key) + " ";
        scalar(&mut out, text, self.indent);
        self.fields.push((key, out));
    }

    fn plain(&mut self, key: &'static str, word: Option<&str>) {
        if let Some(word) = word {
            let out = format!("{} {word}\n", self.begin(key));
            self.fields.push((key, out));
        }
    }

    fn duration(&mut self, key: &'static str, ms: Option<i64>) {
        self.plain(key, ms.map(duration).as_deref());
    }

    fn asks(&mut self, definition: &Definition) {
        if let Some(query) = &definition.query {
            let key = match query.signal {
                Signal::Logs => "logs",
                _ => "traces",
            };
            let mut out = self.begin(key) + " ";
            scalar(&mut out, &query.text, self.indent);
            self.fields.push((key, out));
            let word = if key == "logs" { "record" } else { "span" };
            self.plain("per", definition.per_item.then_some(word));
        }
        self.text("expr", &definition.expr);
        self.text("metric", &definition.metric);
        self.text("condition", &definition.condition);
        self.text("operator", &definition.operator);
        self.plain("threshold", definition.threshold.map(shortest).as_deref());
        self.list("by", &definition.by);
    }

    fn words(&mut self, definition: &Definition) {
        let mut labels = definition.labels.clone();
        if self.style.severity_beside {
            let severity = labels.remove(SEVERITY).unwrap_or_default();
            self.text("severity", &severity);
        }
        let mut annotations = definition.annotations.clone();
        for key in fields::TEXTS {
            let beside = self.style.texts_beside.contains(&key);
            if let Some(text) = annotations
                .get(key)
                .filter(|text| beside && !text.is_empty())
            {
                self.text(key, &text.clone());
                annotations.remove(key);
            }
        }
        for (key, texts) in [("labels", &labels), ("annotations", &annotations)] {
            let mut out = String::new();
            map(&mut out, key, texts, self.indent);
            if !out.is_empty() {
                self.fields.push((key, out));
            }
        }
    }

    fn list(&mut self, key: &'static str, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        let mut out = self.begin(key) + "\n";
        let pad = " ".repeat(self.indent);
        for text in texts {
            let _ = write!(out, "{pad}  - ");
            scalar(&mut out, text, self.indent + 2);
        }
        self.fields.push((key, out));
    }
}
