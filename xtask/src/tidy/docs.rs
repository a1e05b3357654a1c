//! Relative links between Markdown files: the file exists, and so does the heading. A folder with a
//! README names every page in it.

use super::{Report, read};
use crate::workspace;
use anyhow::Result;
use std::path::{Component, Path, PathBuf};

/// Checks every Markdown file of the repository.
pub(crate) fn check(report: &mut Report) -> Result<()> {
    let mut files = workspace::files()?;
    files.retain(|file| file.ends_with(".md"));
    for file in &files {
        let links = links(&read(file)?);
        for (line, target) in &links {
            check_link(file, *line, target, report);
        }
        if let Some(folder) = file
            .strip_suffix("README.md")
            .filter(|folder| !folder.is_empty())
        {
            let pages: Vec<&str> = files
                .iter()
                .filter_map(|page| page.strip_prefix(folder))
                .collect();
            check_index(file, &links, &pages, report);
        }
    }
    Ok(())
}

/// A README that lies beside pages names each of them.
fn check_index(file: &str, links: &[(usize, String)], pages: &[&str], report: &mut Report) {
    for page in pages
        .iter()
        .filter(|page| !page.contains('/') && **page != "README.md")
    {
        if !links
            .iter()
            .any(|(_, target)| target.split('#').next() == Some(page))
        {
            report.error(
                file,
                0,
                format!("does not name `{page}`; add a line for it"),
            );
        }
    }
}

fn check_link(file: &str, line: usize, target: &str, report: &mut Report) {
    if target.contains("://") || target.starts_with("mailto:") {
        return;
    }
    // Runbooks are served beside the web UI and lead into it; a test of the server knows its pages.
    if file.starts_with("docs/runbooks/") && target.starts_with('/') {
        return;
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() {
        PathBuf::from(file)
    } else {
        normal(&Path::new(file).parent().unwrap_or(Path::new("")).join(path))
    };
    let full = workspace::root().join(&path);
    if !full.exists() {
        let message = format!("link to `{target}`, which does not exist; mend or remove it");
        report.error(file, line, message);
        return;
    }
    if heading.is_empty() || path.extension().is_none_or(|extension| extension != "md") {
        return;
    }
    let text = std::fs::read_to_string(full).unwrap_or_default();
    if !headings(&text).iter().any(|known| known == heading) {
        let message = format!("link to `{target}`, which has no such heading; mend or remove it");
        report.error(file, line, message);
    }
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// Lines outside fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

/// The targets of `[text](target)` outside code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for piece in plain.split("](").skip(1) {
            if let Some((target, _)) = piece.split_once(')') {
                let target = target.split_whitespace().next().unwrap_or("");
                found.push((number, target.to_owned()));
            }
        }
    }
    found
}

/// The anchors of the headings, as GitHub makes them.
fn headings(text: &str) -> Vec<String> {
    prose(text)
        .filter_map(|(_, line)| line.strip_prefix('#'))
        .map(|rest| rest.trim_start_matches('#').trim().to_lowercase())
        .map(|title| {
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Report, check_index, headings, links, normal};
    use std::path::Path;

    #[test]
    fn links_in_code_are_none() {
        let text = "see [a](b.md#c) and `[x](y)`\n```\n[no](no.md)\n```\n[d](<e>) [f](g \"t\")\n";
        let found: Vec<String> = links(text).into_iter().map(|(_, target)| target).collect();
        assert_eq!(found, ["b.md#c", "<e>", "g"]);
    }

    #[test]
    fn an_index_names_its_pages() {
        let mut report = Report::default();
        let links = [(1, "a.md#x".to_owned())];
        check_index(
            "d/README.md",
            &links,
            &["README.md", "a.md", "b.md", "e/c.md"],
            &mut report,
        );
        let errors: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            ["d/README.md: does not name `b.md`; add a line for it"]
        );
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(
            headings("# A page\n## What, where?\n"),
            ["a-page", "what-where"]
        );
    }

    #[test]
    fn parents_are_resolved() {
        assert_eq!(
            normal(Path::new("docs/guide/../adr/./x.md")),
            Path::new("docs/adr/x.md")
        );
    }
}
