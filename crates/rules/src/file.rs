//! Rule files of Prometheus: YAML to groups of rules, judged as Prometheus 3.14 does and in its words.
//!
//! `read` gives groups or everything that is wrong; `print` writes groups back. What is suspicious but
//! allowed is found by `check.rs`.

pub mod print;

mod read;
mod verdict;

use crate::rule::{RuleGroup, Source, assign_ids};
use std::sync::Arc;
use tacho_yaml::node::{Node, parse};
use tacho_yaml::problem::Problem;

/// How files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Names of metrics and labels are held to `[a-zA-Z_:][a-zA-Z0-9_:]*`, as before Prometheus 3.
    pub legacy_names: bool,
    /// Fields that are not known are passed over.
    pub ignore_unknown: bool,
}

/// A rule file.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleFile {
    /// Its groups; rules have identifiers that are unique in this file.
    pub groups: Vec<RuleGroup>,
    /// What is allowed but hardly meant.
    pub warnings: Vec<Problem>,
}

/// Reads a rule file. All that is wrong is told, in order of the file, with line and remedy.
///
/// # Errors
/// What Prometheus refuses: no YAML, unknown fields, rules without expression, expressions and templates
/// that cannot be read, names that cannot be.
pub fn read(text: &str, source: &Source, options: ReadOptions) -> Result<RuleFile, Vec<Problem>> {
    let name = &source.file;
    let (first, more_at) = first_document(text);
    let node = parse(first).map_err(|wrong| vec![wrong.in_file(name)])?;
    let mut file = read_node(&node, source, options)?;
    if let Some(line) = more_at {
        let problem = Problem {
            file: Arc::clone(name),
            line,
            message: "multiple document yaml rules files are not supported, only the first \
                      document is processed"
                .to_owned(),
            hint: Some("put its groups into the first document, or into a file".to_owned()),
        };
        file.warnings.push(problem);
    }
    Ok(file)
}

/// As `read`, of a document that was parsed already.
///
/// # Errors
/// As `read`.
pub fn read_node(
    node: &Node,
    source: &Source,
    options: ReadOptions,
) -> Result<RuleFile, Vec<Problem>> {
    let mut groups = read::groups(node, source, options).map_err(|found| {
        found
            .into_iter()
            .map(|it| it.in_file(&source.file))
            .collect::<Vec<_>>()
    })?;
    assign_ids(&mut groups);
    Ok(RuleFile {
        groups,
        warnings: Vec::new(),
    })
}

/// The first document of a text, and the line at which another one begins.
fn first_document(text: &str) -> (&str, Option<usize>) {
    let is_marker = |line: &str, marker: &str| {
        line.strip_prefix(marker)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    let (mut at, mut content, mut ended) = (0, false, None);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end_matches(['\n', '\r']);
        let is_start = is_marker(bare, "---");
        if is_start && (content || ended.is_some()) {
            let end = ended.unwrap_or(at);
            return (text.get(..end).unwrap_or(text), Some(index + 1));
        }
        if is_marker(bare, "...") && content {
            ended = ended.or(Some(at));
        }
        let is_remark = bare.trim_start().starts_with('#') || bare.trim().is_empty();
        content |= is_start || (!is_remark && !bare.starts_with('%'));
        at += line.len();
    }
    (text, None)
}

#[cfg(test)]
mod tests;
