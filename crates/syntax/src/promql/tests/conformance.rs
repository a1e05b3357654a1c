//! The queries of Prometheus' own test scripts, which lie beside the repository.

use crate::promql::fuzzing::normal_form;
use crate::promql::script::{self, CommandKind, Eval};
use crate::promql::{check, format, parse, print};
use std::path::{Path, PathBuf};

/// The folder of the scripts, if it is there.
fn folder() -> Option<PathBuf> {
    let root = match std::env::var_os("TACHO_CONFORMANCE_DIR") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    };
    let folder = root.join("promql/promqltest");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no conformance data at {}", folder.display());
    None
}

/// Every query with the name of its script and its line.
fn evals() -> Vec<(String, Eval)> {
    let mut evals = Vec::new();
    let Some(folder) = folder() else {
        return evals;
    };
    #[expect(clippy::disallowed_methods, reason = "outside data of a test")]
    let entries = std::fs::read_dir(folder).unwrap();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "test") {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "outside data of a test")]
        let text = std::fs::read_to_string(&path).unwrap();
        let script = script::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for command in script.commands {
            if let CommandKind::Eval(eval) = command.kind {
                let place = format!("{}:{}", path.display(), command.line);
                evals.push((place, *eval));
            }
        }
    }
    assert!(evals.len() > 1_500, "{} evals", evals.len());
    evals
}

#[test]
fn every_query_of_the_scripts_is_read() {
    let mut failed = Vec::new();
    for (place, eval) in evals() {
        if let Err(message) = parse(&eval.query) {
            failed.push(format!("{place}: {}: {message}", eval.query));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_query_of_the_scripts_reads_back_from_its_print() {
    for (place, eval) in evals() {
        let expr = check(&eval.query).unwrap();
        for text in [print(&expr), format(&expr)] {
            let again = check(&text).unwrap_or_else(|found| panic!("{place}: {text}: {found:?}"));
            assert_eq!(
                normal_form(again),
                normal_form(expr.clone()),
                "{place}: {text}"
            );
        }
    }
}
