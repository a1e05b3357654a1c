//! The rules that are shipped: compiled in, every one with a runbook and a test that makes it fire and
//! resolve. Their files lie in `builtin/`.

use crate::condition::Settings;
use crate::own::{Definition, OwnFile, read};
use crate::rule::{RuleGroup, Source, SourceKind, assign_ids};
use tacho_yaml::problem::Problem;

/// The files: name and text.
pub const FILES: [(&str, &str); 5] = [
    ("workflows.yaml", include_str!("../builtin/workflows.yaml")),
    (
        "orchestrator.yaml",
        include_str!("../builtin/orchestrator.yaml"),
    ),
    ("kpi.yaml", include_str!("../builtin/kpi.yaml")),
    ("host.yaml", include_str!("../builtin/host.yaml")),
    ("tacho.yaml", include_str!("../builtin/tacho.yaml")),
];

/// The path at which runbooks are served; the rest is their name.
pub const RUNBOOKS: &str = "/runbooks/";

/// The shipped rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Builtin {
    /// The groups; rules have identifiers that are unique among them.
    pub groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules, in the same order.
    pub definitions: Vec<Vec<Definition>>,
    /// What had to be assumed, or is off because a setting is missing.
    pub warnings: Vec<Problem>,
}

/// The shipped rules under these settings. The identifier of a rule is `GROUP/NAME`; the name with
/// underscores that REQUIREMENTS gives besides is one of its tags.
///
/// # Errors
/// None, as a test proves; what is wrong with a file otherwise.
pub fn builtin(settings: &Settings) -> Result<Builtin, Vec<Problem>> {
    let mut all = Builtin {
        groups: Vec::new(),
        definitions: Vec::new(),
        warnings: Vec::new(),
    };
    for (name, text) in FILES {
        let source = Source::new(SourceKind::Builtin, name);
        let OwnFile {
            groups,
            definitions,
            warnings,
        } = read(text, &source, settings)?;
        all.groups.extend(groups);
        all.definitions.extend(definitions);
        all.warnings.extend(warnings);
    }
    assign_ids(&mut all.groups);
    Ok(all)
}

/// The names of the runbooks that the shipped rules lead to, sorted, each once.
pub fn runbooks(builtin: &Builtin) -> Vec<&str> {
    let rules = builtin.groups.iter().flat_map(|group| &group.rules);
    let mut names: Vec<&str> = rules
        .filter_map(|rule| rule.runbook.as_deref()?.strip_prefix(RUNBOOKS))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests;
