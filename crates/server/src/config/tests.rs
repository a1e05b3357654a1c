//! Wrong configurations with their exact messages, the whole tree of REQUIREMENTS S, sources and
//! their order, generated pages.

use super::load::{Flag, Loaded, Sources, load};
use super::problem::Problem;
use super::read_settings::default_value;
use super::settings::Config;
use super::{key, reference, table, variable};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn read_with(text: &str, pairs: &[(&str, &str)]) -> Result<Loaded, Vec<Problem>> {
    load(&Sources {
        file: Some(("t.yaml".to_owned(), text.to_owned())),
        env: env(pairs),
        flags: Vec::new(),
    })
}

fn read(text: &str) -> Result<Loaded, Vec<Problem>> {
    read_with(text, &[])
}

/// The keys below `observability`, indented.
fn below(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    format!("observability:\n{}\n", lines.join("\n"))
}

fn good(text: &str) -> Config {
    read(&below(text))
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
        .config
}

fn errors(text: &str) -> Vec<String> {
    match read(text) {
        Ok(_) => panic!("{text:?} is taken"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Keys are below the root key, so lines count from 2 and columns from 3.
fn check(text: &str, expected: &str) {
    assert_eq!(errors(&below(text)).join("\n"), expected, "{text}");
}

#[test]
fn unknown_keys_name_the_likely_right_one() {
    check(
        "storage:\n  durabilty: fsync",
        "t.yaml:3:5: storage.durabilty: unknown key \"durabilty\" (value \"fsync\"); did you mean storage.durability?",
    );
    check(
        "storge:\n  durability: fsync",
        "t.yaml:2:3: storge: unknown key \"storge\" (value a mapping of 1); did you mean storage?",
    );
    check(
        "durability: fsync",
        "t.yaml:2:3: durability: unknown key \"durability\" (value \"fsync\"); did you mean storage.durability?",
    );
    check(
        "http:\n  lisen: 127.0.0.1:1",
        "t.yaml:3:5: http.lisen: unknown key \"lisen\" (value \"127.0.0.1:1\"); did you mean http.listen?",
    );
    check(
        "logging:\n  rotaton:\n    max_files: 3",
        "t.yaml:3:5: logging.rotaton: unknown key \"rotaton\" (value a mapping of 1); did you mean logging.rotation?",
    );
    check(
        "memory:\n  completely_different: 1",
        "t.yaml:3:5: memory.completely_different: unknown key \"completely_different\" (value \"1\"); known here: limit",
    );
    assert_eq!(
        errors(&below(
            "auth:\n  tokens:\n    - name: a\n      tokn: secret-secret-secret"
        ))[0],
        "t.yaml:5:9: auth.tokens[0].tokn: unknown key \"tokn\" (value hidden); did you mean token?",
    );
}

#[test]
fn wrong_values_say_what_is_taken() {
    check(
        "storage:\n  durability: fsnc",
        "t.yaml:3:17: storage.durability: \"fsnc\" does not fit; did you mean fsync? (takes fsync, buffered)",
    );
    check(
        "storage:\n  durability: always",
        "t.yaml:3:17: storage.durability: \"always\" does not fit; takes fsync, buffered",
    );
    check(
        "http:\n  listen: 3000",
        "t.yaml:3:13: http.listen: \"3000\" does not fit; takes HOST:PORT such as 127.0.0.1:3000, or off",
    );
    check(
        "http:\n  listen: localhost:70000",
        "t.yaml:3:13: http.listen: \"localhost:70000\" does not fit; takes HOST:PORT such as 127.0.0.1:3000, or off",
    );
    check(
        "query:\n  timeout: 60",
        "t.yaml:3:14: query.timeout: \"60\" has no unit; write 60s, 60m, 60h or 60d",
    );
    check(
        "query:\n  timeout: soon",
        "t.yaml:3:14: query.timeout: \"soon\" does not fit; takes a duration such as 30s or 7d",
    );
    check(
        "query:\n  max_concurrent: 0",
        "t.yaml:3:21: query.max_concurrent: \"0\" does not fit; takes a whole number of 1 to 1024",
    );
    check(
        "query:\n  max_concurrent: \"4\"",
        "t.yaml:3:21: query.max_concurrent: \"4\" is text; takes a whole number of 1 to 1024: remove the quotes",
    );
    check(
        "tracing:\n  enabled: yes",
        "t.yaml:3:14: tracing.enabled: \"yes\" does not fit; write true",
    );
    check(
        "tracing:\n  sample_rate: 1.5",
        "t.yaml:3:18: tracing.sample_rate: \"1.5\" does not fit; takes a number of 0 to 1",
    );
    check(
        "tracing:\n  endpoint: localhost:4317",
        "t.yaml:3:15: tracing.endpoint: \"localhost:4317\" does not fit; takes an address such as http://localhost:4317",
    );
    check(
        "storage:\n  wal:\n    max_bytes: lots",
        "t.yaml:4:18: storage.wal.max_bytes: \"lots\" does not fit; takes a size such as 64MiB",
    );
    check(
        "storage:\n  wal: 2GiB",
        "t.yaml:3:10: storage.wal: \"2GiB\" does not fit; takes a mapping with max_bytes",
    );
    check(
        "http:\n  listen: [a, b]",
        "t.yaml:3:13: http.listen: a list of 2 does not fit; takes HOST:PORT such as 127.0.0.1:3000, or off",
    );
    check(
        "metrics:\n  labels: production",
        "t.yaml:3:13: metrics.labels: \"production\" does not fit; takes a mapping, each value text",
    );
    check(
        "suppressions:\n  - name: a\n    expires: tomorrow",
        "t.yaml:4:16: suppressions[0].expires: \"tomorrow\" does not fit; takes a time such as 2026-11-20T10:15:00Z",
    );
    check(
        "memory:\n  limit: 0",
        "t.yaml:3:12: memory.limit: must not be 0; leave it out for the default",
    );
}

#[test]
fn what_does_not_fit_together_is_told() {
    check(
        "http:\n  tls:\n    cert: a.pem",
        "t.yaml:4:13: http.tls.cert: has no http.tls.key beside it; give both, or neither",
    );
    check(
        "auth:\n  tokens:\n    - {name: a, token: short, scopes: [read]}",
        "t.yaml:4:7: auth.tokens: token \"a\" has a token that is too short or not plain; take at least 16 printable ASCII characters without blanks",
    );
    check(
        "auth:\n  tokens:\n    - {name: a, token: long-enough-token}",
        "t.yaml:4:7: auth.tokens: token \"a\" allows nothing; give scopes out of ingest, read, admin",
    );
    check(
        "http:\n  cors:\n    allowed_origins: [ops.example.com]",
        "t.yaml:4:24: http.cors.allowed_origins: \"ops.example.com\" is no origin; write SCHEME://HOST[:PORT], without a path",
    );
    check(
        "storage:\n  retention:\n    selectors:\n      - signal: logs",
        "t.yaml:5:9: storage.retention.selectors: entry 0 lacks a signal, attributes or an age over 0; give signal, attributes and age",
    );
}

#[test]
fn wrong_files_are_told_with_their_place() {
    for (text, expected) in [
        (
            "http:\n  listen: off\n",
            "t.yaml:1:1: http: unknown key \"http\" (value a mapping of 1); write it below the root key: observability.http",
        ),
        (
            "observabilty:\n  a: 1\n",
            "t.yaml:1:1: observabilty: unknown key \"observabilty\" (value a mapping of 1); the root key is observability",
        ),
        (
            "- a\n",
            "t.yaml:1:1: the file must be a mapping with the key observability",
        ),
        (
            "observability:\n\thttp: 1\n",
            "t.yaml:2:2: is no valid YAML: tabs disallowed",
        ),
        ("observability: {a: !x 1}\n", "t.yaml:1:"),
        ("observability:\n  http: [1\n", "is no valid YAML"),
        (
            "observability:\n  query:\n    timeout: 1s\n    timeout: 2s\n",
            "is no valid YAML",
        ),
    ] {
        let found = errors(text).join("\n");
        assert!(found.contains(expected), "{text:?}: {found}");
    }
    let deep = format!("{}1", "- ".repeat(5000));
    assert!(
        errors(&deep)[0].contains("is nested deeper than"),
        "deep nesting"
    );
    let flow = format!("observability: {}", "[".repeat(5000));
    assert!(read(&flow).is_err());
    assert!(errors(&"#".repeat(2 << 20))[0].contains("has 2097152 bytes"));
}

#[test]
fn all_problems_are_found_at_once() {
    let found = errors(&below(
        "query:\n  timeout: 5\n  nonsense: 1\nhttp:\n  listen: x",
    ));
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn variables_are_filled_in_after_the_yaml_was_read() {
    let text = below(
        "http:\n  listen: ${HOST:-127.0.0.1}:${PORT:-0}\nquery:\n  max_concurrent: ${N}\n  timeout: \"${T:-5s}\"\n\
         slack:\n  webhook_url: ${SLACK_WEBHOOK_URL}\nmetrics:\n  labels:\n    environment: ${ENVIRONMENT:-development}",
    );
    let loaded = read_with(&text, &[("PORT", "3001"), ("N", "3"), ("HOST", "")]).unwrap();
    assert_eq!(loaded.config.http.listen.as_deref(), Some("127.0.0.1:3001"));
    assert_eq!(loaded.config.query.max_concurrent, 3);
    assert_eq!(loaded.config.query.timeout, Duration::from_secs(5));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.contains(
            &"t.yaml:8:18: integrations.slack.webhook_url: variable SLACK_WEBHOOK_URL is not set, nothing stands for it; write ${SLACK_WEBHOOK_URL:-default} to give a default".to_owned()
        ),
        "{warnings:?}"
    );
    let wrong = read_with(&text, &[("N", "many")]).unwrap_err();
    assert_eq!(
        wrong[0].to_string(),
        "t.yaml:5:21: query.max_concurrent: \"many\" does not fit; takes a whole number of 1 to 1024"
    );
    assert_eq!(
        errors(&below("http:\n  listen: ${1A}"))[0],
        "t.yaml:3:13: http.listen: `${1A}` is no variable: write ${NAME} or ${NAME:-default}"
    );
}

#[test]
fn later_sources_win() {
    let file = below(
        "http:\n  listen: 127.0.0.1:1\nquery:\n  max_concurrent: 1\notlp:\n  grpc:\n    listen: off",
    );
    let sources = Sources {
        file: Some(("t.yaml".to_owned(), file)),
        env: env(&[
            ("TACHO_HTTP__LISTEN", "127.0.0.1:2"),
            ("TACHO_QUERY__MAX_CONCURRENT", "2"),
            ("TACHO_HTTP__ALLOWED_HOSTS", "a.example, b.example"),
            (
                "TACHO_AUTH__TOKENS",
                "[{name: ci, token: ci-token-ci-token, scopes: [ingest]}]",
            ),
            ("TACHO_SERVER", "http://elsewhere"),
            ("TACHO_STORAGE_DURABILITY", "fsync"),
            ("TACHO_NONSENSE", "1"),
            ("OTHER", "1"),
        ]),
        flags: vec![Flag {
            name: "--http".to_owned(),
            path: "http.listen".to_owned(),
            value: "127.0.0.1:3".to_owned(),
        }],
    };
    let Loaded {
        config, warnings, ..
    } = load(&sources).unwrap();
    assert_eq!(config.http.listen.as_deref(), Some("127.0.0.1:3"));
    assert_eq!(config.http.otlp_grpc, None);
    assert_eq!(config.query.max_concurrent, 2);
    assert_eq!(config.http.allowed_hosts, ["a.example", "b.example"]);
    assert!(config.tokens[0].ingest && !config.tokens[0].read);
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "variable TACHO_NONSENSE: is no key of the configuration",
            "variable TACHO_STORAGE_DURABILITY: is no key of the configuration; did you mean TACHO_STORAGE__DURABILITY?",
        ]
    );
    let wrong = load(&Sources {
        env: env(&[("TACHO_QUERY__TIMEOUT", "x")]),
        ..Sources::default()
    });
    assert_eq!(
        wrong.unwrap_err()[0].to_string(),
        "variable TACHO_QUERY__TIMEOUT: query.timeout: \"x\" does not fit; takes a duration such as 30s or 7d"
    );
}

#[test]
fn anchors_merge_keys_and_several_documents_work() {
    let text = "x-limits: &limits\n  timeout: 7s\n  max_concurrent: 3\nobservability:\n  query:\n    <<: *limits\n    max_concurrent: 4\n---\nobservability:\n  http:\n    listen: off\n---\n";
    let config = read(text).unwrap().config;
    assert_eq!(config.query.timeout, Duration::from_secs(7));
    assert_eq!(config.query.max_concurrent, 4);
    assert_eq!(config.http.listen, None);
}

#[test]
fn defaults_are_those_of_the_parts() {
    let config = load(&Sources::default()).unwrap().config;
    assert_eq!(config.http.listen.as_deref(), Some("127.0.0.1:3000"));
    assert_eq!(config.http.otlp_grpc.as_deref(), Some("127.0.0.1:4317"));
    assert_eq!(config.http.otlp_http.as_deref(), Some("127.0.0.1:4318"));
    assert_eq!(config.data_dir, None);
    assert_eq!(config.limits, tacho_ingest::limits::Limits::default());
    let storage = tacho_storage::options::Config {
        min_free_bytes: 0,
        ..tacho_storage::options::Config::default()
    };
    assert_eq!(format!("{:?}", config.storage), format!("{storage:?}"));
    assert!(config.tracing.is_none());
    for key in table::all().filter(|key| !key.default.is_empty()) {
        assert!(
            default_value(&key.kind, key.default).is_some(),
            "default of {}",
            key.path
        );
    }
    let home = load(&Sources {
        env: env(&[("HOME", "/home/a")]),
        ..Sources::default()
    })
    .unwrap();
    assert_eq!(
        home.config.data_dir.as_deref(),
        Some(Path::new("/home/a/.local/share/tachograph"))
    );
}

#[test]
fn tempo_and_dashboard_words_stand_for_ours() {
    let config = good(
        "storage:\n  traces:\n    block_retention: 168h\n    trace_idle_period: 10s\n    max_block_bytes: 1_000_000\n    max_block_duration: 5m\ndashboard:\n  port: 3456",
    );
    assert_eq!(
        config.storage.retention.spans.age,
        Some(Duration::from_secs(168 * 3600))
    );
    assert_eq!(config.storage.head_max_bytes, 1_000_000);
    assert_eq!(config.storage.head_max_age, Duration::from_secs(300));
    assert_eq!(config.http.listen.as_deref(), Some("127.0.0.1:3456"));
}

#[test]
fn logs_go_where_the_configuration_says() {
    let config = good(
        "logging:\n  level: WARN\n  format: json\n  output:\n    - type: file\n      path: /tmp/x.log\n    - type: console\n      format: pretty\n      level: INFO",
    );
    assert_eq!(config.logging.level, "warn");
    assert_eq!(config.logging.outputs.len(), 2);
    assert!(config.logging.outputs[0].json && !config.logging.outputs[1].json);
    assert_eq!(config.logging.outputs[1].level.as_deref(), Some("info"));
    let short = load(&Sources {
        file: Some(("t".to_owned(), below("logging:\n  output: [file, console]"))),
        env: env(&[("XDG_STATE_HOME", "/s")]),
        flags: Vec::new(),
    });
    let outputs = short.unwrap().config.logging.outputs;
    assert_eq!(
        outputs[0].file.as_deref(),
        Some(Path::new("/s/tachograph/tacho.log"))
    );
    let json = good("logging:\n  format: json");
    assert!(json.logging.outputs[0].json);
    assert!(
        !good("{}").logging.outputs[0].json,
        "people see the console by default"
    );
    assert!(
        !good("logging:\n  format: json\nenableStructuredLogging: false")
            .logging
            .outputs[0]
            .json
    );
}

/// Every block of REQUIREMENTS S, R330 to R343, in the words of the list.
const WHOLE_TREE: &str = include_str!("tests/whole_tree.yaml");

#[test]
fn the_whole_tree_of_the_requirements_validates() {
    let loaded = read(WHOLE_TREE).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    });
    let later: Vec<&str> = loaded
        .warnings
        .iter()
        .filter(|warning| warning.message == "read but not in force yet")
        .map(|warning| warning.key.as_str())
        .collect();
    for key in ["metrics.enabled", "enable_intelligent_alerting"] {
        assert!(later.contains(&key), "{key} warns");
    }
    for key in [
        "logging.level",
        "tracing.endpoint",
        "alerting.rules_file",
        "alert_routing.routes",
        "suppressions",
        "alerts",
    ] {
        assert!(!later.contains(&key), "{key} is in force");
    }
    assert_eq!(loaded.config.logging.level, "info");
}

#[test]
fn variables_have_names_that_lead_back() {
    for key in table::all() {
        let name = variable::name(key.path);
        match variable::meaning(&name) {
            variable::Meaning::Key(found) => assert_eq!(found.path, key.path),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(
        variable::name("storage.wal.max_bytes"),
        "TACHO_STORAGE__WAL__MAX_BYTES"
    );
}

#[test]
fn keys_in_records_have_kinds_that_can_be_checked() {
    for key in table::all() {
        if let key::Kind::Records(keys) = key.kind {
            assert!(!keys.is_empty());
            assert!(
                keys.iter().all(|inner| !inner.path.contains('.')),
                "{}",
                key.path
            );
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test may read the repository and a switch"
)]
fn golden(path: &str, printed: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::write(&path, printed).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == printed,
        "{} is old: run with UPDATE_GOLDEN=1",
        path.display()
    );
}

#[test]
fn the_committed_pages_are_current() {
    golden("docs/reference/configuration.md", &reference::page());
    golden(
        "docs/reference/environment.md",
        &reference::variables_page(),
    );
    golden(
        "docs/reference/configuration.schema.json",
        &reference::schema(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// No text is more than refused: pieces of the whole tree cut out, doubled and mixed with
    /// characters that mean something to YAML.
    #[test]
    fn no_text_breaks_the_reader(
        from in 0usize..4000,
        length in 0usize..200,
        middle in "[-:{}\\[\\]&*!|>'\"%@`#,? a-z0-9$\n\t]{0,40}",
        at in 0usize..4000,
    ) {
        let cut = |index: usize| (0..=index.min(WHOLE_TREE.len())).rev().find(|i| WHOLE_TREE.is_char_boundary(*i)).unwrap_or(0);
        let piece = &WHOLE_TREE[cut(from)..cut(from + length)];
        let text = format!("{}{middle}{piece}{}", &WHOLE_TREE[..cut(at)], &WHOLE_TREE[cut(at)..]);
        let _ = read(&text);
        let _ = read(&middle);
        let _ = read(&format!("{piece}{middle}"));
    }
}
