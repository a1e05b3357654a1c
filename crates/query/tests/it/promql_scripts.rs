//! Test scripts of PromQL: the shared ones of Prometheus, our own, and some that have to fail.
#![expect(clippy::disallowed_methods, reason = "scripts are files")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tacho_query::promql::script::{self, Report};

/// Scripts of a folder, by name.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "test"))
        .collect();
    files.sort();
    files
}

fn run(file: &Path) -> (Report, String) {
    let report = script::run(&fs::read_to_string(file).unwrap());
    let name = file.file_name().unwrap().to_string_lossy();
    let mut problems = String::new();
    for problem in &report.problems {
        let _ = writeln!(problems, "{name}:{}: {}", problem.line, problem.message);
    }
    (report, problems)
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The folder of outside data; nothing, with a notice, if it is not there.
fn conformance(area: &str) -> Option<PathBuf> {
    let (root, named) = match std::env::var_os("TACHO_CONFORMANCE_DIR") {
        Some(root) => (PathBuf::from(root), true),
        None => (own("../../../shared/conformance"), false),
    };
    let folder = root.join(area);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        !named,
        "TACHO_CONFORMANCE_DIR is set, but {} is missing",
        folder.display()
    );
    let notice = format!("SKIPPED: {} is not there\n", folder.display());
    // Past the capture of outputs, so that it is seen.
    let _ = std::io::stderr().write_all(notice.as_bytes());
    None
}

#[test]
fn scripts_of_prometheus_pass() {
    let Some(folder) = conformance("promql/promqltest") else {
        return;
    };
    let (mut passed, mut failed, mut problems) = (0, 0, String::new());
    for file in scripts(&folder) {
        let (report, texts) = run(&file);
        let name = file.file_name().unwrap().to_string_lossy();
        println!("{name}: {} passed, {} failed", report.passed, report.failed);
        passed += report.passed;
        failed += report.failed;
        problems.push_str(&texts);
    }
    println!("{passed} passed, {failed} failed");
    assert!(failed == 0, "{problems}");
}

#[test]
fn own_scripts_pass() {
    let mut problems = String::new();
    for file in scripts(&own("tests/promql")) {
        let (report, texts) = run(&file);
        assert!(report.passed > 0, "{}", file.display());
        problems.push_str(&texts);
    }
    assert!(problems.is_empty(), "{problems}");
}

/// The first line of a script that has to fail is `# N passed, M failed`.
#[test]
fn scripts_that_have_to_fail_fail_as_often_as_they_say() {
    for file in scripts(&own("tests/promql/failing")) {
        let text = fs::read_to_string(&file).unwrap();
        let expected = text.lines().next().unwrap();
        let (report, problems) = run(&file);
        let found = format!("# {} passed, {} failed", report.passed, report.failed);
        assert_eq!(found, expected, "{}:\n{problems}", file.display());
        assert!(report.failed > 0, "{}", file.display());
        assert_eq!(report.failed, report.problems.len());
    }
}
