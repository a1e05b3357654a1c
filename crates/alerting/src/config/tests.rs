//! Tests of reading configurations: the shared files, and what we say about wrong ones.

use super::Config;
use crate::route::GroupBy;
use proptest::prelude::{ProptestConfig, proptest};
use tacho_model::labels::Labels;

mod conformance;

const MINIMAL: &str = "route: {receiver: a}\nreceivers: [{name: a}]\n";

fn read(text: &str) -> Config {
    Config::from_alertmanager(text).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"))
}

/// What is wrong with a text: line, message, hint.
fn refused(text: &str) -> (usize, String, String) {
    let wrong = Config::from_alertmanager(text).expect_err(text);
    (wrong.line, wrong.message, wrong.hint.unwrap_or_default())
}

#[test]
fn defaults_are_those_of_alertmanager() {
    let config = read(MINIMAL);
    assert_eq!(config.global.resolve_timeout_ms, 300_000);
    let route = &config.route;
    let times = (
        route.group_wait_ms,
        route.group_interval_ms,
        route.repeat_interval_ms,
    );
    assert_eq!(times, (30_000, 300_000, 14_400_000));
    assert_eq!(route.group_by, GroupBy::Labels(Vec::new()));
    assert_eq!((route.id.as_str(), route.key.as_str()), ("{}", "{}"));
    assert_eq!(config.storm.limit("a"), 30);
    assert!(config.warnings.is_empty());
}

#[test]
fn children_take_over_what_they_do_not_set() {
    let config = read(
        "route:
  receiver: a
  group_by: [x, b]
  group_wait: 1s
  labels: {team: t, tier: '1'}
  routes:
  - matchers: [severity=\"critical\", 'zone=~\"a|b\"']
    receiver: b
    group_by: ['...']
    group_interval: 2m
    mute_time_intervals: [nights]
    labels: {tier: '2'}
    routes:
    - match: {app: web}
      continue: true
    - group_by: []
      repeat_interval: 1h
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]}]
receivers: [{name: a}, {name: b}]
",
    );
    let root = &config.route;
    assert_eq!(root.group_by, GroupBy::Labels(vec!["b".into(), "x".into()]));
    let critical = &root.routes[0];
    assert_eq!(critical.id, r#"{}/{severity="critical",zone=~"a|b"}/0"#);
    assert_eq!(critical.key, r#"{}/{severity="critical",zone=~"a|b"}"#);
    assert_eq!(critical.group_by, GroupBy::All);
    assert_eq!(critical.group_wait_ms, 1_000);
    let labels: Vec<_> = critical.labels.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(labels, [("team", "t"), ("tier", "2")]);
    let [web, rest] = &critical.routes[..] else {
        panic!("two routes");
    };
    assert_eq!(
        web.id,
        r#"{}/{severity="critical",zone=~"a|b"}/0/{app="web"}/0"#
    );
    assert_eq!(
        (&web.group_by, web.group_interval_ms),
        (&GroupBy::All, 120_000)
    );
    assert!(web.continues && web.mute.is_empty() && web.receivers == ["b"]);
    assert_eq!(rest.group_by, GroupBy::Labels(Vec::new()));
    assert_eq!(rest.repeat_interval_ms, 3_600_000);
    assert_eq!(root.walk().count(), 4);
    assert_eq!(root.by_id(&rest.id), Some(rest));
}

const WRONG: &[(&str, usize, &str, &str)] = &[
    ("", 1, "no route provided in config", "add route:"),
    (
        "route: {}\n",
        1,
        "root route must specify a default receiver",
        "receiver: NAME",
    ),
    (
        "route: {receiver: a}\n",
        1,
        "undefined receiver \"a\" used in route",
        "",
    ),
    (
        "route:\n  receiver: a\n  routes:\n  - receiver: operatons\nreceivers: [{name: a}, {name: operations}]\n",
        4,
        "undefined receiver \"operatons\" used in route",
        "did you mean operations?",
    ),
    (
        "route: {receiver: a, continue: true}\nreceivers: [{name: a}]\n",
        1,
        "cannot have continue in root route",
        "leave it out",
    ),
    (
        "route:\n  receiver: a\n  matchers: [x=y]\nreceivers: [{name: a}]\n",
        2,
        "root route must not have any matchers",
        "below it",
    ),
    (
        "route:\n  receiver: a\n  recieve: b\nreceivers: [{name: a}]\n",
        3,
        "field recieve not found in route",
        "did you mean receiver?",
    ),
    (
        "route:\n  receiver: a\n  group_interval: 0s\nreceivers: [{name: a}]\n",
        3,
        "group_interval cannot be zero",
        "leave it out",
    ),
    (
        "route:\n  receiver: a\n  repeat_interval: 0s\nreceivers: [{name: a}]\n",
        3,
        "repeat_interval cannot be zero",
        "",
    ),
    (
        "route: {receiver: a, group_by: [x, x]}\nreceivers: [{name: a}]\n",
        1,
        "duplicated label \"x\" in group_by",
        "",
    ),
    (
        "route: {receiver: a, group_by: [x, ...]}\nreceivers: [{name: a}]\n",
        1,
        "cannot have wildcard group_by (`...`) and other labels at the same time",
        "",
    ),
    (
        "route: {receiver: a, group_by: ['']}\nreceivers: [{name: a}]\n",
        1,
        "invalid label name \"\" in group_by list",
        "",
    ),
    (
        "route:\n  receiver: a\n  routes:\n  - match: {'a.b': x}\nreceivers: [{name: a}]\n",
        4,
        "invalid label name \"a.b\"",
        "use matchers",
    ),
    (
        "route:\n  receiver: a\n  routes:\n  - mute_time_intervals: [nigths]\nreceivers: [{name: a}]\ntime_intervals: [{name: nights}]\n",
        4,
        "undefined time interval \"nigths\" used in route",
        "did you mean nights?",
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals:\n- name: x\n- name: x\n",
        5,
        "time interval \"x\" is not unique",
        "",
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals:\n- time_intervals: []\n",
        4,
        "missing name in time interval",
        "",
    ),
    (
        "route: {receiver: a}\nreceivers:\n- name: a\n- name: a\n",
        4,
        "notification config name \"a\" is not unique",
        "",
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules:\n- source_match_re: {a: '['}\n",
        4,
        "invalid regular expression \"[\": unclosed character class",
        "",
    ),
    (
        "route: {receiver: a}\nreceivers: [{name: a}]\ninhibit_rules:\n- equal: ['']\n",
        4,
        "invalid label name \"\" in equal list",
        "",
    ),
];

#[test]
fn what_is_wrong_is_said_with_line_and_remedy() {
    for &(text, line, message, hint) in WRONG {
        let (at, said, remedy) = refused(text);
        assert_eq!((at, said.as_str()), (line, message), "{text}");
        assert!(remedy.contains(hint), "{text}: {remedy}");
    }
}

#[test]
fn what_is_not_in_force_is_a_warning() {
    let config = read(
        "route: {receiver: a, group_interval: 5h}
receivers: [{name: a}]
tracing: {endpoint: localhost:4317, insecure: true}
inhibit_rules:
- {name: x, source_matchers: ['a=~x\\d']}
- {name: x}
",
    );
    let said: Vec<_> = config
        .warnings
        .iter()
        .map(|w| (w.line, w.message.as_str()))
        .collect();
    assert!(said[0].1.starts_with("repeat_interval is less"), "{said:?}");
    assert_eq!(said[1].0, 3);
    assert!(said[1].1.starts_with("tracing is not in force"));
    assert!(said[2].1.contains("only the classic syntax"), "{said:?}");
    assert!(said[2].1.contains(r#"{a=~"x\\d"}"#), "{said:?}");
    assert_eq!(said[3], (6, "inhibition rule name \"x\" is not unique"));
}

#[test]
fn paths_are_relative_to_the_file() {
    let mut config = read(
        "route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['t/*.tmpl', /etc/x.tmpl]\n",
    );
    config.set_folder(std::path::Path::new("/etc/am"));
    assert_eq!(config.template_globs, ["/etc/am/t/*.tmpl", "/etc/x.tmpl"]);
}

#[test]
fn names_that_grow_with_the_depth_are_limited() {
    let long = "x".repeat(60_000);
    let children = "  - {}\n".repeat(2_000).replace("{}", "{match: {a: b}}");
    let children = children.replace("  -", "    -");
    let text = format!(
        "route:\n  receiver: a\n  routes:\n  - match: {{a: {long}}}\n    routes:\n{children}receivers: [{{name: a}}]\n"
    );
    let (_, message, _) = refused(&text);
    assert_eq!(
        message,
        "the matchers of the routes are too long for their depth"
    );
}

#[test]
fn secrets_are_not_shown() {
    let config = read(
        "global: {slack_api_url: 'http://hidden.example/1', smtp_auth_password: hidden2}
route: {receiver: a, labels: {dedup_key: shown}}
receivers:
- name: a
  webhook_configs: [{url: 'http://hidden.example/3', http_config: {authorization: {credentials: hidden4}}}]
  pagerduty_configs: [{routing_key: hidden5, url: 'http://shown.example'}]
  slack_configs: [{channel: '#shown'}]
  telegram_configs: [{bot_token: hidden6, chat_id: 7}]
",
    );
    let text = &config.source_text;
    assert!(!text.contains("hidden"), "{text}");
    assert_eq!(text.matches("shown").count(), 3, "{text}");
    assert_eq!(text.matches("<secret>").count(), 6, "{text}");
    assert!(Config::from_alertmanager(text).is_ok() || text.contains("<secret>"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}|[a-z_:{}\\[\\],'\"!=~ \n.-]{0,120}") {
        let _ = Config::from_alertmanager(&text);
        let route = format!("route: {{receiver: a, {text}}}\nreceivers: [{{name: a}}]\n");
        if let Ok(config) = Config::from_alertmanager(&route) {
            config.route.find(&Labels::default());
        }
    }
}
