//! The commands against a real `tacho serve`: one binary, one module a subject.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "it/alerts.rs"]
mod alerts;
#[path = "it/answers.rs"]
mod answers;
#[path = "it/check.rs"]
mod check;
#[path = "it/config.rs"]
mod config;
#[path = "it/demo.rs"]
mod demo;
#[path = "it/import.rs"]
mod import;
#[path = "it/keeping.rs"]
mod keeping;
#[path = "it/logs.rs"]
mod logs;
#[path = "it/process.rs"]
mod process;
#[path = "it/support.rs"]
mod support;
#[path = "it/test_promql.rs"]
mod test_promql;
#[path = "it/traces.rs"]
mod traces;

#[test]
fn no_file_of_this_suite_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            include_str!("it.rs").contains(&format!("\"it/{name}\"")),
            "{name} is not named in it.rs"
        );
    }
}
