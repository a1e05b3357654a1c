//! `tacho test promql`: needs no server.

use super::support::{Said, tacho};

fn run(scripts: &[(&str, &str)]) -> Said {
    let home = tempfile::tempdir().unwrap();
    let mut command = tacho(home.path());
    command.args(["test", "promql"]).current_dir(home.path());
    for (name, text) in scripts {
        if !text.is_empty() {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        command.arg(name);
    }
    command.output().unwrap().into()
}

const GOOD: &str = "load 1m\n  a 1 2\n\neval instant at 1m a + 1\n  {} 3\n";
const BAD: &str =
    "load 1m\n  a 1 2\n\neval instant at 1m a\n  a 2\n\neval instant at 0m a\n  a 2\n";

#[test]
fn passing_scripts_end_with_the_counts() {
    assert_eq!(run(&[("good.test", GOOD)]).done(), "1 passed, 0 failed\n");
}

#[test]
fn failures_tell_file_line_expectation_and_result() {
    let said = run(&[("good.test", GOOD), ("bad.test", BAD), ("gone.test", "")]);
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 3, "{said:?}");
    assert!(
        lines[0].starts_with("bad.test:7: expected 2 for a got 1"),
        "{said:?}"
    );
    assert!(
        lines[1].starts_with("gone.test:1: expected a script got"),
        "{said:?}"
    );
    assert_eq!(lines[2], "2 passed, 2 failed");
}

#[test]
fn no_script_is_wrong_usage() {
    assert_eq!(run(&[]).code, 2);
}
