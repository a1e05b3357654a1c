//! Relabelling: rules that rewrite, keep or drop a label set, as Prometheus carries them out.
//!
//! Rules are checked when they are made (`Rule::check`); applying them cannot fail.

#[cfg(test)]
mod tests;

use crate::scrape::md5::md5;
use regex::Regex;
use std::fmt;
use tacho_model::labels::{Labels, LabelsBuilder, is_legacy_label_name};

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Sets a label to the replacement if the pattern matches.
    Replace,
    /// Drops what does not match.
    Keep,
    /// Drops what matches.
    Drop,
    /// Drops if the source differs from the target label.
    KeepEqual,
    /// Drops if the source equals the target label.
    DropEqual,
    /// Sets a label to the hash of the source modulo a number.
    HashMod,
    /// Copies labels whose name matches to another name.
    LabelMap,
    /// Removes labels whose name matches.
    LabelDrop,
    /// Removes labels whose name does not match.
    LabelKeep,
    /// Sets a label to the source in lower case.
    Lowercase,
    /// Sets a label to the source in upper case.
    Uppercase,
}

impl Action {
    const ALL: [Action; 11] = [
        Action::Replace,
        Action::Keep,
        Action::Drop,
        Action::KeepEqual,
        Action::DropEqual,
        Action::HashMod,
        Action::LabelMap,
        Action::LabelDrop,
        Action::LabelKeep,
        Action::Lowercase,
        Action::Uppercase,
    ];

    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Replace => "replace",
            Action::Keep => "keep",
            Action::Drop => "drop",
            Action::KeepEqual => "keepequal",
            Action::DropEqual => "dropequal",
            Action::HashMod => "hashmod",
            Action::LabelMap => "labelmap",
            Action::LabelDrop => "labeldrop",
            Action::LabelKeep => "labelkeep",
            Action::Lowercase => "lowercase",
            Action::Uppercase => "uppercase",
        }
    }

    /// The action of a word of either case.
    pub fn parse(word: &str) -> Option<Self> {
        let lower = word.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == lower)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which names are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameValidation {
    /// Any text that is not empty.
    #[default]
    Utf8,
    /// `[a-zA-Z_][a-zA-Z0-9_]*`.
    Legacy,
}

impl NameValidation {
    /// Whether this is the name of a label.
    pub fn is_label_name(self, name: &str) -> bool {
        match self {
            NameValidation::Utf8 => !name.is_empty(),
            NameValidation::Legacy => is_legacy_label_name(name),
        }
    }
}

/// The pattern of a rule that names none.
pub const DEFAULT_PATTERN: &str = "(.*)";
/// The separator of a rule that names none.
pub const DEFAULT_SEPARATOR: &str = ";";
/// The replacement of a rule that names none.
pub const DEFAULT_REPLACEMENT: &str = "$1";

/// A pattern that has to match the whole text; `None` inside is the one of rules that name none,
/// which matches everything.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    given: bool,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.given) == (&other.text, other.given)
    }
}

impl Pattern {
    /// Compiles a pattern; the error says what is wrong with it. Without one, the default.
    pub fn new(text: Option<&str>) -> Result<Self, String> {
        let pattern = text.unwrap_or(DEFAULT_PATTERN);
        let anchoring = tacho_syntax::pattern::Anchoring::WholeWithLineEnds;
        Ok(Self {
            text: pattern.to_owned(),
            given: text.is_some(),
            regex: tacho_syntax::pattern::compile(pattern, anchoring)?,
        })
    }
}

/// A relabelling rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it does.
    pub action: Action,
    /// Labels whose values are joined to the source.
    pub source_labels: Vec<String>,
    /// What stands between them.
    pub separator: String,
    /// What the source has to match.
    pub pattern: Pattern,
    /// What the hash is divided by.
    pub modulus: u64,
    /// The label that is set.
    pub target_label: String,
    /// What it is set to.
    pub replacement: String,
    /// Which names are valid.
    pub validation: NameValidation,
}

/// Whether `$` makes parts of the source appear in a text.
fn has_variables(template: &str) -> bool {
    template.contains('$')
}

impl Rule {
    /// Whether the fields fit the action.
    ///
    /// # Errors
    /// Prometheus' words for what does not fit.
    pub fn check(&self) -> Result<(), String> {
        use Action::{
            DropEqual, HashMod, KeepEqual, LabelDrop, LabelKeep, LabelMap, Lowercase, Replace,
            Uppercase,
        };
        let action = self.action;
        if self.modulus == 0 && action == HashMod {
            return Err("relabel configuration for hashmod requires non-zero modulus".to_owned());
        }
        let sets_label = matches!(
            action,
            Replace | HashMod | Lowercase | Uppercase | KeepEqual | DropEqual
        );
        if sets_label && self.target_label.is_empty() {
            return Err(format!(
                "relabel configuration for {action} action requires 'target_label' value"
            ));
        }
        let valid = match action {
            Replace if has_variables(&self.target_label) => self.is_template(&self.target_label),
            _ if sets_label => self.validation.is_label_name(&self.target_label),
            _ => true,
        };
        if !valid {
            let target = &self.target_label;
            return Err(format!(
                "{target:?} is invalid 'target_label' for {action} action"
            ));
        }
        let fixed = matches!(action, Lowercase | Uppercase | KeepEqual | DropEqual);
        if fixed && self.replacement != DEFAULT_REPLACEMENT {
            return Err(format!("'replacement' can not be set for {action} action"));
        }
        if action == LabelMap && !self.is_template(&self.replacement) {
            let replacement = &self.replacement;
            return Err(format!(
                "{replacement:?} is invalid 'replacement' for {action} action"
            ));
        }
        let bare = self.modulus == 0
            && self.separator == DEFAULT_SEPARATOR
            && self.replacement == DEFAULT_REPLACEMENT;
        if matches!(action, KeepEqual | DropEqual) && (self.pattern.given || !bare) {
            return Err(format!(
                "{action} action requires only 'source_labels' and `target_label`, and no other fields"
            ));
        }
        let no_labels = self.source_labels.is_empty() && self.target_label.is_empty();
        if matches!(action, LabelDrop | LabelKeep) && !(bare && no_labels) {
            return Err(format!(
                "{action} action requires only 'regex', and no other fields"
            ));
        }
        Ok(())
    }

    /// Whether a text can become the name of a label once its variables are filled in.
    fn is_template(&self, text: &str) -> bool {
        match self.validation {
            NameValidation::Utf8 => !text.is_empty(),
            NameValidation::Legacy => is_legacy_template(text),
        }
    }

    /// Applies the rule; false drops the label set.
    fn apply(&self, labels: &mut LabelsBuilder) -> bool {
        let source = self.source(labels);
        let pattern = &self.pattern.regex;
        match self.action {
            Action::Drop => return !pattern.is_match(&source),
            Action::Keep => return pattern.is_match(&source),
            Action::DropEqual => return labels.value(&self.target_label) != source,
            Action::KeepEqual => return labels.value(&self.target_label) == source,
            Action::Replace => self.replace(&source, labels),
            Action::Lowercase => {
                let lower = source
                    .chars()
                    .map(|c| c.to_lowercase().next().unwrap_or(c))
                    .collect::<String>();
                labels.set(&self.target_label, &lower);
            }
            Action::Uppercase => {
                let upper = source.chars().map(upper).collect::<String>();
                labels.set(&self.target_label, &upper);
            }
            Action::HashMod => {
                let [.., a, b, c, d, e, f, g, h] = md5(source.as_bytes());
                let hash = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
                let value = hash.checked_rem(self.modulus).unwrap_or(0);
                labels.set(&self.target_label, &value.to_string());
            }
            Action::LabelMap => {
                for (name, value) in owned(labels) {
                    if pattern.is_match(&name) {
                        let target = pattern.replace(&name, self.replacement.as_str());
                        labels.set(&target, &value);
                    }
                }
            }
            Action::LabelDrop => remove(labels, |name| pattern.is_match(name)),
            Action::LabelKeep => remove(labels, |name| !pattern.is_match(name)),
        }
        true
    }

    fn source(&self, labels: &LabelsBuilder) -> String {
        let mut source = String::new();
        for (at, name) in self.source_labels.iter().enumerate() {
            if at > 0 {
                source.push_str(&self.separator);
            }
            source.push_str(labels.value(name));
        }
        source
    }

    fn replace(&self, source: &str, labels: &mut LabelsBuilder) {
        let Some(found) = self.pattern.regex.captures(source) else {
            return;
        };
        let mut target = String::new();
        found.expand(&self.target_label, &mut target);
        if !self.validation.is_label_name(&target) {
            return;
        }
        let mut value = String::new();
        found.expand(&self.replacement, &mut value);
        labels.set(&target, &value);
    }
}

/// One character in upper case; characters that become several stay.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

fn owned(labels: &LabelsBuilder) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = labels
        .pairs()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn remove(labels: &mut LabelsBuilder, unwanted: impl Fn(&str) -> bool) {
    for (name, _) in owned(labels) {
        if unwanted(&name) {
            labels.remove(&name);
        }
    }
}

/// `[a-zA-Z_]` or a variable first, then those and digits: what the legacy scheme takes as a target
/// with variables.
fn is_legacy_template(text: &str) -> bool {
    let mut rest = text;
    let mut first = true;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '$' => {
                let (name, after) = match after.strip_prefix('{') {
                    Some(inner) => match inner.split_once('}') {
                        Some(parts) => parts,
                        None => return false,
                    },
                    None => after.split_at(after.find(|c| !is_word(c)).unwrap_or(after.len())),
                };
                if name.is_empty() || !name.chars().all(is_word) {
                    return false;
                }
                after
            }
            '0'..='9' if first => return false,
            c if is_word(c) => after,
            _ => return false,
        };
        first = false;
    }
    !first
}

/// Applies rules in order; false drops the label set.
pub fn apply(rules: &[Rule], labels: &mut LabelsBuilder) -> bool {
    rules.iter().all(|rule| rule.apply(labels))
}

/// Applies rules to a label set; `None` if it was dropped.
pub fn relabel(rules: &[Rule], labels: &Labels) -> Option<Labels> {
    if rules.is_empty() {
        return Some(labels.clone());
    }
    let mut builder = LabelsBuilder::from(labels);
    apply(rules, &mut builder).then(|| builder.build())
}
