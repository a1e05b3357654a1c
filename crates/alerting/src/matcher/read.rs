//! Matchers as they stand in YAML: the lists of today, and the mappings of old.

use super::{MATCHERS_MAX, Matcher, Op, Syntax, parse_matchers_as};
use tacho_model::labels::is_legacy_label_name;
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of, text_of};

/// Where matchers stand, and how they are read.
pub struct Source<'a> {
    /// Which syntax is taken.
    pub syntax: Syntax,
    /// Collects what authors should know.
    pub warnings: &'a mut Vec<Wrong>,
}

impl Source<'_> {
    /// Whether a name may be that of a label.
    pub fn is_label_name(&self, name: &str) -> bool {
        match self.syntax {
            Syntax::Classic => is_legacy_label_name(name),
            Syntax::Fallback | Syntax::Utf8 => !name.is_empty(),
        }
    }

    /// A list of texts, each with any number of matchers.
    ///
    /// # Errors
    /// If a text cannot be read.
    pub fn list(&mut self, node: &Node, key: &str) -> Read<Vec<Matcher>> {
        let mut matchers = Vec::new();
        for item in items_of(node, key)? {
            let text = text_of(item, key)?;
            let parsed =
                parse_matchers_as(&text, self.syntax).map_err(|error| error.at_line(item.line))?;
            matchers.extend(parsed.matchers);
            if let Some(message) = parsed.warning {
                let message = format!("{text}: {message}");
                self.warnings.push(Wrong::new(item.line, message));
            }
            check_count(matchers.len(), item.line)?;
        }
        Ok(matchers)
    }
}

/// Labels that must equal: `match`, `source_match`, `target_match`.
///
/// # Errors
/// If a name is no plain label name.
pub fn equal_map(section: &mut Section<'_>, key: &'static str) -> Read<Vec<Matcher>> {
    let pairs = named_values(section, key)?;
    Ok(pairs
        .into_iter()
        .map(|(name, value, _)| Matcher::equal(name, value.unwrap_or_default()))
        .collect())
}

/// Labels that must fit patterns: `match_re`, `source_match_re`, `target_match_re`.
///
/// # Errors
/// If a name is no plain label name, or a pattern is none.
pub fn pattern_map(section: &mut Section<'_>, key: &'static str) -> Read<Vec<Matcher>> {
    let pairs = named_values(section, key)?;
    let matchers = pairs.into_iter().map(|(name, value, line)| {
        let Some(value) = value else {
            let message = format!("invalid regexp value for {name:?}");
            let mut wrong = Wrong::new(line, message);
            wrong.hint = Some("write a pattern, or \"\" for an absent label".to_owned());
            return Err(wrong);
        };
        Matcher::new(name, Op::Regex, value).map_err(|error| error.at_line(line))
    });
    matchers.collect()
}

type NamedValue = (String, Option<String>, usize);

/// Names with values and lines; a value that is not there is none.
fn named_values(section: &mut Section<'_>, key: &'static str) -> Read<Vec<NamedValue>> {
    let Some(node) = section.node(key) else {
        return Ok(Vec::new());
    };
    let inner = Section::open(node, key)?;
    check_count(inner.entries().len(), node.line)?;
    let values = inner.entries().iter().map(|entry| {
        if !is_legacy_label_name(&entry.key) {
            let message = format!("invalid label name {:?}", entry.key);
            let mut wrong = Wrong::new(entry.line, message);
            wrong.hint = Some("use matchers for names with other characters".to_owned());
            return Err(wrong);
        }
        let value = match entry.value.data {
            tacho_yaml::node::Data::Null => None,
            _ => Some(text_of(&entry.value, &entry.key)?),
        };
        Ok((entry.key.clone(), value, entry.line))
    });
    values.collect()
}

fn check_count(count: usize, line: usize) -> Read<()> {
    if count <= MATCHERS_MAX {
        return Ok(());
    }
    let message = format!("{count} matchers, at most {MATCHERS_MAX} are taken");
    Err(Wrong::new(line, message))
}
