//! The one table of configuration keys: validation, defaults, names of variables, the reference
//! page and the JSON schema all come from it. `table/engine.rs` has what stores and serves,
//! `table/signal.rs`, `table/alert.rs` and `table/outside.rs` the blocks of the other parts.

mod alert;
mod engine;
mod outside;
mod signal;

use super::key::Key;

/// Other spellings of paths, each with the path it stands for. A prefix stands for all below it.
pub const ALIASES: &[(&str, &str)] = &[
    ("tracing.sampling_rate", "tracing.sample_rate"),
    (
        "metrics.collection_interval",
        "metrics.collection_interval_ms",
    ),
    ("integration", "integrations"),
    ("grafana", "integrations.grafana"),
    ("jaeger", "integrations.jaeger"),
    ("slack", "integrations.slack"),
    ("pipeline.processors", "processors"),
    ("dashboards", "dashboard"),
    ("exports", "export"),
    ("resources.memory_mb", "resources.memory"),
    ("resources.cpu_percent", "resources.cpu"),
    ("resources.disk_percent", "resources.disk"),
    ("resources.fd", "resources.file_descriptors"),
    ("resources.memory.warn", "resources.memory.warning"),
    ("resources.memory.crit", "resources.memory.critical"),
    ("resources.memory.warning_mb", "resources.memory.warning"),
    ("resources.memory.critical_mb", "resources.memory.critical"),
    ("resources.cpu.warn", "resources.cpu.warning"),
    ("resources.cpu.crit", "resources.cpu.critical"),
    ("resources.cpu.warning_percent", "resources.cpu.warning"),
    ("resources.cpu.critical_percent", "resources.cpu.critical"),
    ("resources.disk.warn", "resources.disk.warning"),
    ("resources.disk.crit", "resources.disk.critical"),
    ("resources.disk.warning_percent", "resources.disk.warning"),
    ("resources.disk.critical_percent", "resources.disk.critical"),
    (
        "resources.file_descriptors.warn",
        "resources.file_descriptors.warning",
    ),
    (
        "resources.file_descriptors.crit",
        "resources.file_descriptors.critical",
    ),
];

/// All keys, in the order of the reference page.
pub fn all() -> impl Iterator<Item = &'static Key> {
    engine::KEYS
        .iter()
        .chain(signal::KEYS)
        .chain(alert::KEYS)
        .chain(outside::KEYS)
}

/// The key of a path.
pub fn find(path: &str) -> Option<&'static Key> {
    all().find(|key| key.path == path)
}

/// Whether a path has keys below it.
pub fn is_group(path: &str) -> bool {
    all().any(|key| is_below(key.path, path))
}

/// Names directly below a path (the root if it is empty), each once.
pub fn children(path: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for key in all() {
        let rest = if path.is_empty() {
            Some(key.path)
        } else {
            key.path
                .strip_prefix(path)
                .and_then(|rest| rest.strip_prefix('.'))
        };
        if let Some(name) = rest.and_then(|rest| rest.split('.').next())
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The path that a written one stands for: other spellings resolved, the longest first.
pub fn resolve_alias(path: &str) -> String {
    let hit = ALIASES
        .iter()
        .filter(|(alias, _)| path == *alias || is_below(path, alias))
        .max_by_key(|(alias, _)| alias.len());
    match hit {
        Some((alias, target)) => format!("{target}{}", &path[alias.len()..]),
        None => path.to_owned(),
    }
}

fn is_below(path: &str, group: &str) -> bool {
    path.strip_prefix(group)
        .is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, all, children, find, is_group, resolve_alias};
    use std::collections::BTreeSet;

    #[test]
    fn paths_are_unique_and_no_key_is_also_a_group() {
        let mut paths = BTreeSet::new();
        for key in all() {
            assert!(paths.insert(key.path), "{} twice", key.path);
            assert!(!is_group(key.path), "{} is key and group", key.path);
            assert!(key.doc.ends_with('.'), "{} has no sentence", key.path);
        }
    }

    #[test]
    fn other_spellings_lead_to_keys() {
        for (alias, target) in ALIASES {
            assert!(
                find(target).is_some() || is_group(target),
                "{alias} leads nowhere"
            );
            assert!(find(alias).is_none(), "{alias} is a key itself");
        }
        assert_eq!(resolve_alias("slack.channel"), "integrations.slack.channel");
        assert_eq!(resolve_alias("slacker.channel"), "slacker.channel");
    }

    #[test]
    fn children_are_listed_once() {
        assert!(children("storage").contains(&"wal"));
        assert_eq!(children("storage.wal"), ["max_bytes"]);
    }
}
