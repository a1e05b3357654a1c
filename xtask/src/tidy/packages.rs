//! The budget of the lock file: how many packages there are, and how many in two versions.

use super::Report;
use crate::workspace;
use anyhow::Result;
use std::collections::BTreeMap;

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
