//! The budget of the lock file: how many packages there are, and how many in two versions. And no
//! crate asks for a dependency that it does not use.

use super::{Report, read};
use crate::workspace;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

const PACKAGES_MAX: usize = 500;
const DUPLICATES_MAX: usize = 25;

/// Counts packages and names with more than one version.
pub(crate) fn check(report: &mut Report) -> Result<()> {
    let metadata = workspace::metadata()?;
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &metadata.packages {
        *versions.entry(package.name.as_str()).or_default() += 1;
    }
    let duplicates: Vec<&str> = versions
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(name, _)| *name)
        .collect();
    let packages = metadata.packages.len();
    report.note(format!(
        "{packages} packages of at most {PACKAGES_MAX}, {} in several versions of at most {DUPLICATES_MAX}: {}",
        duplicates.len(),
        duplicates.join(", ")
    ));
    if packages > PACKAGES_MAX {
        let message = format!("{packages} packages, more than {PACKAGES_MAX}; do without one");
        report.error("Cargo.lock", 0, message);
    }
    if duplicates.len() > DUPLICATES_MAX {
        let message = format!(
            "{} packages in several versions, more than {DUPLICATES_MAX}; align what asks for them",
            duplicates.len()
        );
        report.error("Cargo.lock", 0, message);
    }
    Ok(())
}

/// Every dependency is named in the crate's code, or its line in the manifest says why it is there.
pub(crate) fn check_used(report: &mut Report) -> Result<()> {
    let files = workspace::files()?;
    for manifest in files.iter().filter(|file| file.ends_with("/Cargo.toml")) {
        let folder = manifest.trim_end_matches("Cargo.toml");
        let mut words = BTreeSet::new();
        for file in files
            .iter()
            .filter(|file| file.starts_with(folder) && file.ends_with(".rs"))
        {
            collect_words(&read(file)?, &mut words);
        }
        for (line, name) in dependencies(&read(manifest)?) {
            if !words.contains(&name.replace('-', "_")) {
                let message = format!(
                    "`{name}` is not used; remove it, or say behind its line why it is there"
                );
                report.error(manifest, line, message);
            }
        }
    }
    Ok(())
}

fn collect_words(text: &str, words: &mut BTreeSet<String>) {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    for line in code {
        let pieces = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.extend(pieces.filter(|piece| !piece.is_empty()).map(str::to_owned));
    }
}

/// The dependencies of a manifest whose line has no comment, with their line numbers.
fn dependencies(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]") && !line.contains("workspace");
        } else if inside && !line.is_empty() && !line.contains('#') {
            let end = line.find(['.', ' ', '=']).unwrap_or(line.len());
            found.push((index + 1, line[..end].to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{collect_words, dependencies};
    use std::collections::BTreeSet;

    #[test]
    fn dependencies_are_read_from_their_tables() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\n\
                    # a comment\nring = \"1\" # the provider\n[dev-dependencies]\nq-r = { path = \"q\" }\n";
        let found: Vec<String> = dependencies(text)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(found, ["serde", "q-r"]);
    }

    #[test]
    fn words_in_comments_do_not_count() {
        let mut words = BTreeSet::new();
        collect_words("// serde\nuse tokio::net;\n", &mut words);
        assert!(words.contains("tokio") && !words.contains("serde"));
    }
}
