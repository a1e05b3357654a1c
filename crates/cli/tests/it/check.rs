//! `tacho check`: needs no server.

use super::support::{Said, tacho};
use std::io::Write as _;
use std::process::Stdio;

fn check(args: &[&str], input: Option<&str>) -> Said {
    let home = tempfile::tempdir().unwrap();
    let mut command = tacho(home.path());
    command.arg("check").args(args);
    let Some(input) = input else {
        return command.output().unwrap().into();
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn good_queries_are_ok() {
    assert_eq!(
        check(&["traceql", "{ status = error }"], None).done(),
        "ok\n"
    );
    assert_eq!(
        check(&["logql", "{service_name=\"a\"} |= \"b\""], None).done(),
        "ok\n"
    );
    assert_eq!(
        check(
            &["promql", "sum by (job) (rate(tasks_total[5m] @ end()))"],
            None
        )
        .done(),
        "ok\n"
    );
    assert_eq!(
        check(&["traceql"], Some("{ status = error &&\n duration > 1s }")).done(),
        "ok\n"
    );
}

#[test]
fn wrong_queries_are_pointed_at() {
    let said = check(&["traceql", "{ duration = \"5s\" }"], None);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("1:14: "), "{said:?}");
    assert!(said.out.contains("\n               ^^^^\n"), "{said:?}");
    let json = check(&["traceql", "{ status = }", "--output", "json"], None).json();
    assert_eq!(json["valid"], false);
    assert_eq!(json["diagnostics"][0]["column"], 12);
}

#[test]
fn each_line_gets_a_verdict() {
    let said = check(&["logql", "-"], Some("{a=\"b\"}\n{a=}\n\n{c=~\"d\"}\n"));
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 4, "{said:?}");
    assert_eq!((lines[0], lines[3]), ("ok", "ok"));
    assert!(lines[1].starts_with("1:4: expected"), "{said:?}");
    assert!(lines[2].starts_with("1:1: "), "{said:?}");
    assert_eq!(check(&["logql", "-"], Some("{a=\"b\"}\n")).code, 0);
}

#[test]
fn unknown_languages_are_wrong_usage() {
    assert_eq!(check(&["sql", "select"], None).code, 2);
}

#[test]
fn prometheus_configurations_get_one_line_each() {
    let home = tempfile::tempdir().unwrap();
    let good = home.path().join("good.yml");
    let bad = home.path().join("bad.yml");
    let text = "scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: ['h:1']\nremote_write: [{url: 'http://h/w'}]\nrule_files: [x.rules]\n";
    std::fs::write(&good, text).unwrap();
    std::fs::write(&bad, "global:\n  scrape_interval: 15\n").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let said = check(&["prometheus-config", good], None);
    assert_eq!(said.done(), format!("{good}: ok\n"));
    let said = check(&["prometheus-config", "--warnings", good, bad], None);
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], format!("{good}: ok"));
    let warning = "remote_write is read but not in force (warning)";
    assert_eq!(lines[1], format!("{good}:5: {warning}"));
    let reason = "scrape_interval: not a valid duration string: \"15\"";
    assert_eq!(lines[2], format!("{bad}:2: {reason}"));
    let outer = home.path().join("outer.yml");
    std::fs::write(&outer, "scrape_config_files: [bad.yml]\n").unwrap();
    let outer = outer.to_str().unwrap();
    let said = check(&["prometheus-config", outer], None);
    let reason = "field global not found in scrape config file";
    assert_eq!(said.out, format!("{outer}: {bad}:1: {reason}\n"));
    assert_eq!(check(&["prometheus-config", "--agent", good], None).code, 1);
    assert_eq!(check(&["prometheus-config", "/no/such.yml"], None).code, 1);
    assert_eq!(check(&["prometheus-config"], None).code, 2);
    let json = check(&["prometheus-config", bad, "--output", "json"], None);
    assert!(json.out.contains("\"line\":2"), "{json:?}");
}

#[test]
fn metrics_get_one_line_a_file_and_advice_beside_it() {
    let home = tempfile::tempdir().unwrap();
    let text = home.path().join("good.txt");
    let open = home.path().join("bad.om");
    std::fs::write(&text, "# TYPE a counter\na 1\n").unwrap();
    std::fs::write(&open, "# TYPE a counter\na_total -1\n# EOF\n").unwrap();
    let (text, open) = (text.to_str().unwrap(), open.to_str().unwrap());
    let said = check(&["metrics", text, open], None);
    assert_eq!(said.code, 1);
    let reason = "\"a_total\": the value must not be negative";
    assert_eq!(said.out, format!("{text}: ok\n{open}:2: {reason}\n"));
    let advice = "a counter metrics should have \"_total\" suffix (warning)";
    let no_help = "a no help text (warning)";
    assert_eq!(
        said.err,
        format!("{text}:1: {advice}\n{text}:1: {no_help}\n")
    );
    assert_eq!(check(&["metrics", text], None).code, 0);
    assert_eq!(check(&["metrics", "--lint-fatal", text], None).code, 1);
    let said = check(&["metrics", "--no-lint", text], None);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let said = check(&["metrics", "-"], Some("a 1\nb\n"));
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("-:2: expected a value"), "{said:?}");
    let as_open = check(&["metrics", "--format", "openmetrics", text], None);
    assert_eq!(as_open.code, 1);
    let json = check(&["metrics", open, "--output", "json"], None).json();
    assert_eq!(json["format"], "openmetrics");
    assert_eq!(json["error"]["line"], 2);
    assert_eq!(check(&["metrics", "/no/such"], None).code, 1);
    assert_eq!(check(&["metrics"], None).code, 2);
}

#[test]
fn promql_is_checked_with_types() {
    let said = check(&["promql", "rate(tasks_total)"], None);
    assert_eq!(said.code, 1);
    let message =
        "1:6: expected type range vector in call to function \"rate\", got instant vector";
    assert!(said.out.starts_with(message), "{said:?}");
    let said = check(&["promql", "-"], Some("up\nup +\n"));
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "ok"));
    assert!(lines[1].starts_with("1:5: "), "{said:?}");
}
