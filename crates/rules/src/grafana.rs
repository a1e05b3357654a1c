//! Rules that were provisioned for Grafana (its documented file format, YAML or JSON, and the list that its
//! provisioning API gives) become rules of ours.
//!
//! Query, reduce, math, threshold and classic steps are folded into one PromQL condition (decision C4:
//! also where the query has a comparison already). Contact points and policies are not read here.

use crate::condition::Settings;
use crate::grafana::data::{Converter, Step};
use crate::grafana::field::Fields;
use crate::own::Definition;
use crate::rule::{NoData, RuleGroup, Source, assign_ids};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_yaml::node::{Data, Node, parse};
use tacho_yaml::problem::{Problem, Wrong};
use tacho_yaml::scalar::parse_duration;

mod data;
mod field;
mod fold;
mod math;

/// The label under which Grafana tells the folder of a rule.
const FOLDER_LABEL: &str = "grafana_folder";

/// Rules of Grafana, taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct GrafanaFile {
    /// The groups; rules have identifiers that are unique in this file.
    pub groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules, in the same order.
    pub definitions: Vec<Vec<Definition>>,
    /// Rules that could not be taken over, and why.
    pub problems: Vec<Problem>,
    /// What had to be assumed, or is left out.
    pub warnings: Vec<Problem>,
}

/// Whether a text looks like a provisioning file of Grafana's rules.
pub fn is_grafana(node: &Node) -> bool {
    let rule_is = |node: &Node| {
        let fields = Fields::of(node);
        fields.get("title").is_some() && fields.get("data").is_some()
    };
    match &node.data {
        Data::Sequence(items) => items.first().is_some_and(rule_is),
        _ => {
            let groups = Fields::of(node).items("groups");
            let mut rules = groups
                .iter()
                .flat_map(|group| Fields::of(group).items("rules"));
            rules.next().is_some_and(rule_is)
        }
    }
}

/// Takes the rules of a file over. A rule that cannot be is a problem, the others go on.
///
/// # Errors
/// If the text is no YAML or JSON, or holds no rules of Grafana.
pub fn read(text: &str, source: &Source) -> Result<GrafanaFile, Vec<Problem>> {
    let in_file = |wrong: Wrong| wrong.in_file(&source.file);
    let root = parse(text).map_err(|wrong| vec![in_file(wrong)])?;
    if !is_grafana(&root) {
        let mut wrong = Wrong::new(root.line, "holds no rules of Grafana");
        wrong.hint = Some("export them as provisioning file, YAML or JSON".to_owned());
        return Err(vec![in_file(wrong)]);
    }
    let mut reader = Reader {
        source,
        file: GrafanaFile {
            groups: Vec::new(),
            definitions: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
        },
    };
    match &root.data {
        Data::Sequence(rules) => {
            for rule in rules {
                let fields = Fields::of(rule);
                let name = fields.text("ruleGroup").unwrap_or_default();
                reader.rule(
                    rule,
                    &name,
                    (None, &fields.text("folderUID").unwrap_or_default()),
                );
            }
        }
        _ => {
            for group in Fields::of(&root).items("groups") {
                reader.group(group);
            }
        }
    }
    assign_ids(&mut reader.file.groups);
    Ok(reader.file)
}

struct Reader<'a> {
    source: &'a Source,
    file: GrafanaFile,
}

impl Reader<'_> {
    fn group(&mut self, node: &Node) {
        let fields = Fields::of(node);
        let name = fields.text("name").or(fields.text("title"));
        let folder = fields.text("folder").unwrap_or_default();
        let interval = fields.text("interval").and_then(|text| duration_ms(&text));
        for rule in fields.items("rules") {
            self.rule(
                rule,
                name.as_deref().unwrap_or_default(),
                (interval, &folder),
            );
        }
    }

    fn rule(&mut self, node: &Node, group: &str, (interval_ms, folder): (Option<i64>, &str)) {
        let fields = Fields::of(node);
        let title = fields.text("title").unwrap_or_default();
        let mut notes = Vec::new();
        let definition = definition(&fields, &mut notes).and_then(|mut definition| {
            definition.line = node.line;
            definition.group = if group.is_empty() { "grafana" } else { group }.to_owned();
            definition.interval_ms = interval_ms;
            if !folder.is_empty() {
                let label = definition.labels.entry(FOLDER_LABEL.to_owned());
                label.or_insert_with(|| folder.to_owned());
            }
            let rule = definition.to_rule(&Settings::default());
            let (rule, more) = rule.map_err(|found| {
                let first = found.into_iter().next();
                first.map_or_else(String::new, |it| format!("{}: {}", it.field, it.message))
            })?;
            notes.extend(more);
            Ok((definition, rule))
        });
        let told = |message: String| Problem {
            file: Arc::clone(&self.source.file),
            line: node.line,
            message: format!("rule {title:?}: {message}"),
            hint: None,
        };
        self.file.warnings.extend(notes.into_iter().map(told));
        match definition {
            Ok((definition, rule)) => {
                let at = self.place(&definition);
                if let (Some(group), Some(definitions)) = (
                    self.file.groups.get_mut(at),
                    self.file.definitions.get_mut(at),
                ) {
                    group.rules.push(rule);
                    definitions.push(definition);
                }
            }
            Err(message) => self.file.problems.push(told(message)),
        }
    }

    /// The group of a rule, made where it is not there yet.
    fn place(&mut self, definition: &Definition) -> usize {
        let name = definition.group_name();
        let known = self.file.groups.iter().position(|group| group.name == name);
        known.unwrap_or_else(|| {
            let mut group = RuleGroup::new(name, self.source.clone());
            group.interval_ms = definition.interval_ms;
            self.file.groups.push(group);
            self.file.definitions.push(Vec::new());
            self.file.groups.len() - 1
        })
    }
}

/// A rule, or why it cannot be taken over.
fn definition(fields: &Fields<'_>, notes: &mut Vec<String>) -> Result<Definition, String> {
    let title = fields.text("title").filter(|title| !title.is_empty());
    let mut definition = Definition::new(&title.ok_or("it has no title")?);
    definition.id = fields.text("uid").unwrap_or_default();
    let mut converter = Converter::new(
        fields
            .items("data")
            .iter()
            .map(Step::of)
            .collect::<Result<_, _>>()?,
    );
    let record = fields.get("record").map(Fields::of);
    if let Some(record) = &record {
        let from = record.text("from").ok_or("record names no step")?;
        definition.records = true;
        definition.name = record.text("metric").ok_or("record names no metric")?;
        definition.expr = converter.value(&from)?;
    } else {
        let condition = fields.text("condition").ok_or("it has no condition")?;
        definition.expr = converter.condition(&condition)?;
    }
    definition.window_ms = converter.window_ms();
    notes.append(&mut converter.notes);
    definition.labels = fields.texts("labels");
    if definition.records {
        return Ok(definition);
    }
    let duration = |key: &str| fields.text(key).and_then(|text| duration_ms(&text));
    definition.for_ms = duration("for").unwrap_or(0);
    let keep = duration("keepFiringFor").or(duration("keep_firing_for"));
    definition.keep_firing_for_ms = keep.unwrap_or(0);
    definition.enabled = fields.text("isPaused").as_deref() != Some("true");
    definition.no_data = no_data(&fields.text("noDataState").unwrap_or_default());
    for texts in [&mut definition.labels, &mut definition.annotations] {
        for text in texts.values_mut() {
            *text = template(text);
        }
    }
    definition.annotations = annotations(fields);
    for key in ["notification_settings", "notificationSettings"] {
        let receiver = fields
            .get(key)
            .and_then(|node| Fields::of(node).text("receiver"));
        definition.receivers.extend(receiver);
    }
    if matches!(
        fields.text("execErrState").as_deref(),
        Some("Alerting" | "Error")
    ) {
        let note = "execErrState is left out: a failed evaluation shows in the list of rules, \
                    and the rule TachoRulesFail tells it";
        notes.push(note.to_owned());
    }
    Ok(definition)
}

fn annotations(fields: &Fields<'_>) -> BTreeMap<String, String> {
    let mut annotations: BTreeMap<String, String> = fields
        .texts("annotations")
        .into_iter()
        .map(|(name, text)| (name, template(&text)))
        .collect();
    for (key, name) in [
        ("dashboardUid", "__dashboardUid__"),
        ("panelId", "__panelId__"),
    ] {
        if let Some(text) = fields.text(key).filter(|text| !text.is_empty()) {
            annotations.entry(name.to_owned()).or_insert(text);
        }
    }
    annotations
}

/// In Grafana missing data are a state of their own unless it is said otherwise.
fn no_data(word: &str) -> NoData {
    match word {
        "OK" | "Ok" | "ok" => NoData::Ok,
        "KeepLast" | "KeepLastState" => NoData::Keep,
        _ => NoData::Alert,
    }
}

/// Templates name the value of a step (`$values.B.Value`); a rule of ours has one value.
fn template(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("$values.") {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        out.push_str("$value");
        let name = found.get("$values.".len()..).unwrap_or_default();
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
        let after = name.get(end.unwrap_or(name.len())..).unwrap_or_default();
        rest = after.strip_prefix(".Value").unwrap_or(after);
    }
    out + rest
}

/// A duration as Grafana writes it: `60s`, or seconds.
fn duration_ms(text: &str) -> Option<i64> {
    let ms = match text.parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1_000)?,
        Err(_) => i64::try_from(parse_duration(text).ok()?.as_millis()).ok()?,
    };
    (ms > 0).then_some(ms)
}

#[cfg(test)]
mod tests;
