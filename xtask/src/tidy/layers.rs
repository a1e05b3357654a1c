//! Which crate uses which: the layers, the crates beside them and the fences of ARCHITECTURE.md
//! against the manifests. Direct dependencies only; what a dependency drags in is its own matter.

use super::table::{Row, rows};
use super::{Report, read};
use crate::workspace;
use anyhow::Result;
use cargo_metadata::{DependencyKind, Metadata, Package};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = "ARCHITECTURE.md";

/// The tables, read.
struct Plan {
    /// Crate → row, 0 at the top.
    layers: BTreeMap<String, usize>,
    /// Crate → who may use it, and whether as a dev-dependency only.
    beside: BTreeMap<String, Beside>,
    fences: Vec<Fence>,
}

struct Beside {
    users: Vec<String>,
    dev_only: bool,
}

struct Fence {
    name: String,
    allowed: Vec<String>,
    tests_too: bool,
    reason: String,
}

/// A direct dependency of a crate of ours.
struct Edge<'a> {
    from: &'a str,
    manifest: &'a str,
    to: &'a str,
    dev: bool,
}

/// Compares the tables with the manifests.
pub(crate) fn check(report: &mut Report) -> Result<()> {
    let plan = plan(&read(PAGE)?)?;
    let metadata = workspace::metadata()?;
    let folders = folders(&metadata);
    for (package, folder) in &folders {
        if !plan.layers.contains_key(folder) && !plan.beside.contains_key(folder) {
            let message = format!("`{package}` is in no row; add `{folder}` to a layer");
            report.error(PAGE, 0, message);
        }
    }
    let known: BTreeSet<&String> = folders.values().collect();
    for name in plan.layers.keys().chain(plan.beside.keys()) {
        if !known.contains(name) {
            report.error(
                PAGE,
                0,
                format!("there is no crate `{name}`; remove it from the table"),
            );
        }
    }
    for package in metadata.workspace_packages() {
        check_package(&plan, &folders, package, report);
    }
    Ok(())
}

/// Every manifest takes lints, version and edition from the workspace.
pub(crate) fn check_manifests(report: &mut Report) -> Result<()> {
    for file in workspace::files()?
        .iter()
        .filter(|file| file.ends_with("/Cargo.toml"))
    {
        let text = read(file)?;
        if !text.contains("[package]") || text.contains("[workspace]") {
            continue;
        }
        let squeezed: String = text.split_whitespace().collect();
        if !squeezed.contains("[lints]workspace=true") {
            report.error(
                file,
                0,
                "lints are not those of the workspace; add `[lints] workspace = true`",
            );
        }
        for key in ["edition", "license", "rust-version"] {
            if !text.contains(&format!("{key}.workspace = true")) {
                report.error(file, 0, format!("write `{key}.workspace = true`"));
            }
        }
        if !text.lines().any(|line| line.starts_with("description = ")) {
            report.error(
                file,
                0,
                "has no description; say in one line what the crate is for",
            );
        }
    }
    Ok(())
}

fn plan(text: &str) -> Result<Plan> {
    let mut layers = BTreeMap::new();
    for (depth, row) in rows(text, "layers")?.iter().enumerate() {
        layers.extend(
            row.names(1)
                .into_iter()
                .map(|name| (name.to_owned(), depth)),
        );
    }
    let mut beside = BTreeMap::new();
    for row in rows(text, "beside")? {
        let users = owned(&row, 1);
        let dev_only = row
            .cells
            .get(2)
            .is_some_and(|cell| cell == "dev-dependency");
        for name in row.names(0) {
            beside.insert(
                name.to_owned(),
                Beside {
                    users: users.clone(),
                    dev_only,
                },
            );
        }
    }
    let mut fences = Vec::new();
    for row in rows(text, "fences")? {
        for name in row.names(0) {
            fences.push(Fence {
                name: name.to_owned(),
                allowed: owned(&row, 1),
                tests_too: row.cells.get(2).is_some_and(|cell| cell == "same"),
                reason: row.cells.get(3).cloned().unwrap_or_default(),
            });
        }
    }
    Ok(Plan {
        layers,
        beside,
        fences,
    })
}

fn owned(row: &Row, cell: usize) -> Vec<String> {
    row.names(cell).into_iter().map(str::to_owned).collect()
}

/// Package name → name of its folder.
fn folders(metadata: &Metadata) -> BTreeMap<String, String> {
    let folder = |package: &Package| {
        package
            .manifest_path
            .parent()
            .and_then(|path| path.file_name())
            .unwrap_or("")
            .to_owned()
    };
    let packages = metadata.workspace_packages();
    packages
        .iter()
        .map(|package| (package.name.to_string(), folder(package)))
        .collect()
}

fn check_package(
    plan: &Plan,
    folders: &BTreeMap<String, String>,
    package: &Package,
    report: &mut Report,
) {
    let Some(from) = folders.get(package.name.as_str()) else {
        return;
    };
    let root = workspace::root();
    let manifest = package.manifest_path.as_std_path();
    let manifest = manifest
        .strip_prefix(&root)
        .unwrap_or(manifest)
        .display()
        .to_string();
    for dependency in &package.dependencies {
        let dev = dependency.kind == DependencyKind::Development;
        let to = folders.get(&dependency.name).unwrap_or(&dependency.name);
        let edge = Edge {
            from,
            manifest: &manifest,
            to,
            dev,
        };
        if folders.contains_key(&dependency.name) {
            check_inner(plan, &edge, report);
        } else {
            check_fence(plan, &edge, report);
        }
    }
}

fn check_inner(plan: &Plan, edge: &Edge<'_>, report: &mut Report) {
    let Edge { from, to, dev, .. } = *edge;
    if let Some(beside) = plan.beside.get(to) {
        let listed = beside.users.iter().any(|user| user == from);
        if !(dev && beside.dev_only || listed && !beside.dev_only) {
            let message = format!(
                "`{from}` may not use `{to}` like this; see the table beside the layers in {PAGE}"
            );
            report.error(edge.manifest, 0, message);
        }
        return;
    }
    let (Some(above), Some(below)) = (plan.layers.get(from), plan.layers.get(to)) else {
        return;
    };
    if !dev && above >= below {
        let message =
            format!("`{from}` may not use `{to}`: only crates in rows below its own in {PAGE}");
        report.error(edge.manifest, 0, message);
    }
}

fn check_fence(plan: &Plan, edge: &Edge<'_>, report: &mut Report) {
    let covers = |fence: &&Fence| {
        edge.to == fence.name
            || edge
                .to
                .strip_prefix(&fence.name)
                .is_some_and(|rest| rest.starts_with('-'))
    };
    // The longest name wins: `tokio-stream` before `tokio`.
    let Some(fence) = plan
        .fences
        .iter()
        .filter(covers)
        .max_by_key(|fence| fence.name.len())
    else {
        return;
    };
    let free = edge.dev && !fence.tests_too;
    if !free && !fence.allowed.iter().any(|name| name == edge.from) {
        let allowed = if fence.allowed.is_empty() {
            "tests".to_owned()
        } else {
            fence.allowed.join(", ")
        };
        let message = format!(
            "`{}` may not use `{}`: only {allowed} ({})",
            edge.from, edge.to, fence.reason
        );
        report.error(edge.manifest, 0, message);
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Report, check_fence, check_inner, plan};

    const PAGE: &str = "
<!-- tidy: layers -->
| layer | crates |
|---|---|
| top | `cli` |
| base | `model`, `stdx` |

<!-- tidy: beside -->
| crate | used by | as |
|---|---|---|
| `demo` | `cli` | dependency |
| `testkit` | any | dev-dependency |

<!-- tidy: fences -->
| crate | only in | tests | reason |
|---|---|---|---|
| `axum` | `server` | same | edge |
| `tokio` | `cli` | free | edge |
| `tokio-stream` | `server` | free | edge |
";

    /// `from -> to`, with `(dev)` behind it for a dev-dependency; the number of errors.
    fn check(edge: &str) -> usize {
        let plan = plan(PAGE).expect("the tables are there");
        let (pair, dev) = match edge.strip_suffix(" (dev)") {
            Some(pair) => (pair, true),
            None => (edge, false),
        };
        let (from, to) = pair.split_once(" -> ").expect("an arrow");
        let mut report = Report::default();
        let edge = Edge {
            from,
            manifest: "x/Cargo.toml",
            to,
            dev,
        };
        if plan.layers.contains_key(to) || plan.beside.contains_key(to) {
            check_inner(&plan, &edge, &mut report);
        } else {
            check_fence(&plan, &edge, &mut report);
        }
        report.errors.len()
    }

    #[test]
    fn only_rows_below_may_be_used() {
        assert_eq!(check("cli -> model"), 0);
        assert_eq!(check("model -> cli"), 1);
        assert_eq!(check("model -> stdx"), 1);
        assert_eq!(check("model -> cli (dev)"), 0);
    }

    #[test]
    fn crates_beside_the_layers_are_used_as_the_table_says() {
        assert_eq!(check("cli -> demo"), 0);
        assert_eq!(check("model -> demo"), 1);
        assert_eq!(check("model -> testkit"), 1);
        assert_eq!(check("model -> testkit (dev)"), 0);
    }

    #[test]
    fn fences_hold_and_the_longest_name_wins() {
        assert_eq!(check("model -> axum (dev)"), 1);
        assert_eq!(check("model -> axum-core"), 1);
        assert_eq!(check("model -> tokio"), 1);
        assert_eq!(check("model -> tokio (dev)"), 0);
        assert_eq!(check("cli -> tokio-stream"), 1);
        assert_eq!(check("model -> serde"), 0);
    }
}
