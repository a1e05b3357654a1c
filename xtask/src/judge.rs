//! `cargo xtask judge`: the outside data (`../shared/conformance`) through the commands that a user
//! has: `tacho test promql`, `tacho check prometheus-config`, `tacho check metrics`.

use crate::report::Report;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is judged.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_enum)]
    area: Area,
}

/// The areas of the outside data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Area {
    /// Prometheus' own scripts
    Promql,
    /// Files `prometheus.yml`, good and bad
    ConfigFiles,
    /// Pages of metrics, good and bad
    Expositions,
}

/// Judges one area; false if a verdict is wrong.
///
/// # Errors
/// The binary cannot be run.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let data = match workspace::conformance() {
        Ok(data) => data,
        Err((why, error)) => {
            if error {
                bail!(why);
            }
            report.skipped(&why);
            return Ok(report.end());
        }
    };
    match arguments.area {
        Area::Promql => scripts(&data.join("promql/promqltest"), &mut report)?,
        Area::ConfigFiles => config_files(&data.join("prometheus-config"), &mut report)?,
        Area::Expositions => expositions(&data.join("exposition-format"), &mut report)?,
    }
    Ok(report.end())
}

/// Standard output of `tacho`, and whether it ended with 0.
fn tacho(words: &[&str], files: &[PathBuf]) -> Result<(String, bool)> {
    let output = Command::new(workspace::program("tacho")?)
        .args(words)
        .args(files)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok((text, output.status.success()))
}

/// The files of a folder whose name ends so, sorted.
fn files(folder: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("failed to list {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(end) {
            files.push(path);
        }
    }
    files.sort();
    ensure!(!files.is_empty(), "no file *{end} in {}", folder.display());
    Ok(files)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Each `eval` counts.
fn scripts(folder: &Path, report: &mut Report) -> Result<()> {
    for file in files(folder, ".test")? {
        let (text, success) = tacho(&["test", "promql"], std::slice::from_ref(&file))?;
        let last = text.lines().last().unwrap_or_default().to_owned();
        let passed = last
            .split_once(" passed, 0 failed")
            .and_then(|(number, _)| number.parse::<u32>().ok());
        match passed {
            Some(passed) if success && passed > 0 => {
                report.passed(passed);
                report.note(&format!("ok     {}: {last}", name(&file)));
            }
            _ => {
                let start = text.lines().take(20).collect::<Vec<_>>().join("\n  ");
                report.check(&name(&file), Err(anyhow::anyhow!("{last}\n  {start}")));
            }
        }
    }
    Ok(())
}

/// The verdict on each file: its path and whether it is good.
type Verdicts = BTreeMap<PathBuf, (bool, String)>;

/// One run over many files: lines `FILE: ok`, else `FILE:LINE: why` or `FILE: why`.
fn verdicts(words: &[&str], files: &[PathBuf]) -> Result<Verdicts> {
    let (text, success) = tacho(words, files)?;
    let mut out = Verdicts::new();
    for file in files {
        let path = file.display().to_string();
        let own = |line: &&str| {
            line.strip_prefix(&path)
                .is_some_and(|rest| rest.starts_with(':'))
        };
        let mut lines = text.lines().filter(own);
        let line = lines
            .next()
            .with_context(|| format!("no verdict on {path}"))?;
        let good = line == format!("{path}: ok");
        out.insert(file.clone(), (good, line[path.len()..].to_owned()));
    }
    let all_good = out.values().all(|(good, _)| *good);
    ensure!(
        success == all_good,
        "the exit code does not fit the verdicts"
    );
    Ok(out)
}

fn config_files(folder: &Path, report: &mut Report) -> Result<()> {
    let files = files(folder, ".yml")?;
    let agent = |file: &PathBuf| name(file).starts_with("agent_mode.");
    for (file, verdict) in verdicts(&["check", "prometheus-config"], &files)? {
        let name = name(&file);
        let bad = name.ends_with(".bad.yml")
            || name.ends_with(".incompatible.yml")
            || name.starts_with("config_with_deprecated_");
        judge(report, &name, !bad, verdict);
    }
    let files: Vec<PathBuf> = files.into_iter().filter(agent).collect();
    for (file, verdict) in verdicts(&["check", "prometheus-config", "--agent"], &files)? {
        let name = name(&file);
        let good = !name.starts_with("agent_mode.with_");
        judge(report, &format!("{name} for an agent"), good, verdict);
    }
    Ok(())
}

fn expositions(folder: &Path, report: &mut Report) -> Result<()> {
    let mut pages = Vec::new();
    let mut expected = BTreeMap::new();
    for case in files(&folder.join("openmetrics-parsers"), "")? {
        let text = std::fs::read_to_string(case.join("test.json"))?;
        let about: serde_json::Value = serde_json::from_str(&text)?;
        let good = about["shouldParse"]
            .as_bool()
            .context("a case without verdict")?;
        pages.push(case.join("metrics"));
        expected.insert(case.join("metrics"), good);
    }
    let open = &["check", "metrics", "--format", "openmetrics"];
    for (page, verdict) in verdicts(open, &pages)? {
        let case = page.parent().map(name).unwrap_or_default();
        judge(report, &case, expected[&page], verdict);
    }
    let large = files(&folder.join("textparse"), ".prom.txt")?;
    let linted = files(&folder.join("promtool-dump"), "metrics-test.prom")?;
    for (page, verdict) in verdicts(&["check", "metrics"], &[large, linted].concat())? {
        judge(report, &name(&page), true, verdict);
    }
    let large = files(&folder.join("textparse"), ".om.txt")?;
    for (page, verdict) in verdicts(open, &large)? {
        judge(report, &name(&page), true, verdict);
    }
    Ok(())
}

fn judge(report: &mut Report, name: &str, good: bool, (said_good, said): (bool, String)) {
    match (good, said_good) {
        (true, true) | (false, false) => report.passed(1),
        (true, false) => report.check(name, Err(anyhow::anyhow!("is good, but{said}"))),
        (false, true) => report.check(name, Err(anyhow::anyhow!("is bad, but got ok"))),
    }
}
