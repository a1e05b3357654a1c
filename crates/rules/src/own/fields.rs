//! Rule files of our own: nodes to definitions, nothing judged but their form.

use super::{DEFAULT_GROUP, Definition, DefinitionProblem};
use crate::signal_rule::SignalText;
use std::collections::BTreeMap;
use std::time::Duration;
use tacho_model::alert::SEVERITY;
use tacho_model::signal::Signal;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::scalar::print_duration;
use tacho_yaml::section::{Read, Section};
use value::{list, no_data, receivers, snake, texts, to_ms};

pub(super) mod value;

/// Most rules of a file.
const RULES_MAX: usize = 100_000;
/// Annotations that may stand beside the other fields of a rule.
pub(super) const TEXTS: [&str; 4] = ["summary", "description", "message", "runbook_url"];

/// A group as it is written.
pub(super) struct RawGroup {
    pub(super) name: String,
    pub(super) interval_ms: Option<i64>,
    pub(super) query_offset_ms: Option<i64>,
    pub(super) limit: usize,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) rules: Vec<Written>,
}

/// A definition with the lines of its fields.
pub(super) struct Written {
    pub(super) definition: Definition,
    lines: BTreeMap<String, usize>,
}

impl Written {
    /// A problem of a field at its line.
    pub(super) fn wrong(&self, problem: DefinitionProblem) -> Wrong {
        let known = spellings(problem.field)
            .iter()
            .find_map(|key| self.lines.get(*key));
        let line = known.copied().unwrap_or(self.definition.line);
        let column = problem.span.as_ref().map_or(String::new(), |span| {
            format!(" (at character {})", span.start + 1)
        });
        let DefinitionProblem { field, message, .. } = &problem;
        let name = &self.definition.name;
        let mut wrong = Wrong::new(line, format!("rule {name:?}: {field}: {message}{column}"));
        wrong.hint = problem.hint;
        wrong
    }
}

/// Keys under which a field may be written, the usual one first.
pub(super) fn spellings(field: &str) -> &'static [&'static str] {
    match field {
        "name" => &["alert", "record", "name", "id"],
        "for" => &["for", "duration"],
        "window" => &["window", "evaluation_window"],
        "cooldown" => &["cooldown", "cooldown_period"],
        "receivers" => &["receivers", "notify", "notifications", "channels"],
        "query" => &["traces", "logs"],
        "expr" => &["expr"],
        "metric" => &["metric"],
        "condition" => &["condition"],
        "operator" => &["operator"],
        "threshold" => &["threshold"],
        "by" => &["by"],
        "labels" => &["labels", "severity"],
        "annotations" => &["annotations", "summary", "description", "message"],
        _ => &[],
    }
}

/// All groups of a file, or all that is wrong with its form.
pub(super) fn groups(node: &Node) -> Result<Vec<RawGroup>, Vec<Wrong>> {
    let mut reader = Reader {
        found: Vec::new(),
        groups: Vec::new(),
        rules: 0,
    };
    if let Err(wrong) = reader.file(node) {
        reader.found.push(wrong);
    }
    if reader.found.is_empty() {
        Ok(reader.groups)
    } else {
        Err(reader.found)
    }
}

struct Reader {
    found: Vec<Wrong>,
    groups: Vec<RawGroup>,
    rules: usize,
}

impl Reader {
    fn file(&mut self, node: &Node) -> Read<()> {
        if let Data::Sequence(items) = &node.data {
            self.list(items);
            return Ok(());
        }
        let node = snake(node)?;
        let mut root = Section::open(&node, "rule file")?;
        for item in root.items("groups")?.unwrap_or_default() {
            self.keep(|reader| reader.group(item));
        }
        for key in ["alerts", "rules"] {
            let items = root.items(key)?.unwrap_or_default();
            self.list(items);
        }
        root.finish()
    }

    /// Reads on after what is wrong, so that all of it is told.
    fn keep(&mut self, read: impl FnOnce(&mut Self) -> Read<()>) {
        if let Err(wrong) = read(self) {
            self.found.push(wrong);
        }
    }

    fn group(&mut self, node: &Node) -> Read<()> {
        let node = snake(node)?;
        let mut section = Section::open(&node, "rule group")?;
        let name = section.text_or_empty("name")?;
        if name.is_empty() {
            return Err(Wrong::new(node.line, "the group has no name"));
        }
        if self.groups.iter().any(|group| group.name == name) {
            let message = format!("group {name:?} is there twice");
            let mut wrong = Wrong::new(node.line, message);
            wrong.hint = Some("put the rules into one group, or rename one".to_owned());
            return Err(wrong);
        }
        let mut group = empty_group(&name);
        let ms = |duration: Option<Duration>| duration.map(to_ms);
        group.interval_ms = ms(section.duration("interval")?).filter(|ms| *ms > 0);
        group.query_offset_ms = ms(section.duration("query_offset")?);
        let limit = section.count("limit")?.unwrap_or_default();
        group.limit = usize::try_from(limit).unwrap_or(usize::MAX);
        group.labels = texts(section.text_map("labels")?);
        let items = section.items("rules")?.unwrap_or_default();
        section.finish()?;
        for item in items {
            self.count(item)?;
            match written(item) {
                Ok(mut rule) => {
                    rule.definition.group.clone_from(&name);
                    rule.definition.interval_ms = group.interval_ms;
                    group.rules.push(rule);
                }
                Err(wrong) => self.found.push(wrong),
            }
        }
        self.groups.push(group);
        Ok(())
    }

    fn list(&mut self, items: &[Node]) {
        for item in items {
            self.keep(|reader| {
                reader.count(item)?;
                reader.place(written(item)?);
                Ok(())
            });
        }
    }

    /// Puts a rule of a list into the group of its name and interval.
    fn place(&mut self, rule: Written) {
        let interval = rule.definition.interval_ms;
        let own = rule.definition.group_name().to_owned();
        let apart = interval.map_or_else(
            || format!("{own}-server"),
            |ms| {
                format!(
                    "{own}-{}",
                    print_duration(Duration::from_millis(ms.unsigned_abs()))
                )
            },
        );
        for name in [own, apart] {
            let known = self.groups.iter_mut().find(|group| group.name == name);
            match known {
                Some(group) if group.interval_ms == interval => {
                    group.rules.push(rule);
                    return;
                }
                Some(_) => {}
                None => {
                    let mut group = empty_group(&name);
                    group.interval_ms = interval;
                    group.rules.push(rule);
                    self.groups.push(group);
                    return;
                }
            }
        }
    }

    fn count(&mut self, node: &Node) -> Read<()> {
        self.rules += 1;
        if self.rules > RULES_MAX {
            let message = format!("the file has more than {RULES_MAX} rules");
            return Err(Wrong::new(node.line, message));
        }
        Ok(())
    }
}

fn empty_group(name: &str) -> RawGroup {
    RawGroup {
        name: name.to_owned(),
        interval_ms: None,
        query_offset_ms: None,
        limit: 0,
        labels: BTreeMap::new(),
        rules: Vec::new(),
    }
}

/// One rule.
fn written(node: &Node) -> Read<Written> {
    let node = snake(node)?;
    let mut section = Section::open(&node, "rule")?;
    let mut rule = Definition::new("");
    names(&mut section, &mut rule)?;
    asks(&mut section, &mut rule)?;
    let duration = |section: &mut Section<'_>, keys: &[&'static str]| -> Read<Option<i64>> {
        let mut value = None;
        for key in keys {
            value = value.or(section.duration(key)?.map(to_ms));
        }
        Ok(value)
    };
    rule.window_ms = duration(&mut section, &["window", "evaluation_window"])?;
    rule.for_ms = duration(&mut section, &["for", "duration"])?.unwrap_or(0);
    rule.keep_firing_for_ms = duration(&mut section, &["keep_firing_for"])?.unwrap_or(0);
    rule.interval_ms = duration(&mut section, &["interval"])?.filter(|ms| *ms > 0);
    rule.cooldown_ms = duration(&mut section, &["cooldown", "cooldown_period"])?.unwrap_or(0);
    words(&mut section, &mut rule)?;
    rule.enabled = section.flag("enabled")?.unwrap_or(true);
    rule.on_arrival = section.flag("on_arrival")?.unwrap_or(false);
    if let Some(word) = section.text("no_data")?.filter(|word| !word.is_empty()) {
        rule.no_data = no_data(&word).ok_or_else(|| {
            let mut wrong = section.wrong("no_data", format!("no_data: {word:?} is not known"));
            wrong.hint = Some("ok, alert or keep".to_owned());
            wrong
        })?;
    }
    for key in ["receivers", "notify", "notifications", "channels"] {
        if let Some(list) = section.node(key) {
            rule.receivers.extend(receivers(list, key)?);
        }
    }
    rule.tags = list(&mut section, "tags")?;
    rule.line = node.line;
    let entries = section.entries().iter();
    let lines = entries
        .map(|entry| (entry.key.clone(), entry.line))
        .collect();
    section.finish()?;
    Ok(Written {
        definition: rule,
        lines,
    })
}

fn names(section: &mut Section<'_>, rule: &mut Definition) -> Read<()> {
    let record = section.text_or_empty("record")?;
    let alert = section.text_or_empty("alert")?;
    let name = section.text_or_empty("name")?;
    let id = section.text_or_empty("id")?;
    if !record.is_empty() && !alert.is_empty() {
        return Err(section.wrong("record", "only one of record and alert can be set"));
    }
    rule.group = section.text_or_empty("group")?;
    rule.records = !record.is_empty();
    let mut given = [record, alert, name, id]
        .into_iter()
        .filter(|text| !text.is_empty());
    rule.name = given.next().unwrap_or_default();
    rule.id = given.next_back().unwrap_or_default();
    if rule.name.is_empty() {
        let mut wrong = Wrong::new(section.line, "the rule has no name");
        wrong.hint = Some("give it one: `alert: HighErrorRate`".to_owned());
        return Err(wrong);
    }
    Ok(())
}

fn asks(section: &mut Section<'_>, rule: &mut Definition) -> Read<()> {
    rule.expr = section.text_or_empty("expr")?;
    rule.metric = section.text_or_empty("metric")?;
    rule.condition = section.text_or_empty("condition")?;
    rule.operator = section.text_or_empty("operator")?;
    rule.threshold = section.number("threshold")?;
    let queries = [("traces", Signal::Spans), ("logs", Signal::Logs)];
    for (key, signal) in queries {
        let Some(text) = section.text(key)? else {
            continue;
        };
        if rule.query.is_some() {
            return Err(section.wrong(key, "a rule asks for traces or for logs, not for both"));
        }
        rule.query = Some(SignalText { signal, text });
    }
    if let Some(word) = section.text("per")? {
        rule.per_item = match word.as_str() {
            "span" | "record" | "log" => true,
            "" | "count" => false,
            _ => {
                let mut wrong = section.wrong("per", format!("per: {word:?} is not known"));
                wrong.hint = Some("span or record, or leave it out to count".to_owned());
                return Err(wrong);
            }
        };
    }
    rule.by = list(section, "by")?;
    Ok(())
}

/// Labels and annotations, wherever they stand.
fn words(section: &mut Section<'_>, rule: &mut Definition) -> Read<()> {
    rule.labels = texts(section.text_map("labels")?);
    rule.annotations = texts(section.text_map("annotations")?);
    if let Some(severity) = section.text("severity")?.filter(|text| !text.is_empty()) {
        rule.labels.insert(SEVERITY.to_owned(), severity);
    }
    for key in TEXTS {
        if let Some(text) = section.text(key)?.filter(|text| !text.is_empty()) {
            rule.annotations.insert(key.to_owned(), text);
        }
    }
    Ok(())
}

/// The name of the group that a rule of a list stands in when it names none.
pub(super) fn is_default(group: &str) -> bool {
    group.is_empty() || group == DEFAULT_GROUP
}
