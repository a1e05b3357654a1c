//! Tests of our own blocks: the rows of the requirements, and what we say about slips.

use super::OwnBlocks;
use crate::config::Config;
use crate::config::rota::Handover;
use crate::route::GroupBy;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use proptest::prelude::{ProptestConfig, any, prop_assert};
use proptest::proptest;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;

const RECEIVERS: &str = "
alerting:
  enabled: true
  rules_file: rules.yml
  receivers:
  - {name: slack_critical, type: slack, webhook_url: 'http://hidden.example/1', channel: '#oncall'}
  - {name: slack_alerts, type: slack, webhook_url: 'http://hidden.example/2', channel: '#orchestrator-alerts'}
  - {name: primary_oncall, type: email, to: [oncall@example.org], from: t@example.org, smarthost: 'localhost:25'}
  - {type: pagerduty, routing_key: hidden3}
  - {name: contact, type: webhook, settings: {url: 'http://hidden.example/4'}}
";

const ROUTES: &str = "
alert_routing:
  receiver: slack_alerts
  routes:
  - {match: {severity: CRITICAL}, receivers: [primary_oncall, slack_critical, pagerduty], group_wait: 10s, group_interval: 1m, repeat_interval: 5m}
  - {match: {severity: HIGH}, receivers: [primary_oncall, slack_alerts], group_wait: 30s, group_interval: 5m, repeat_interval: 30m}
  - {match: {severity: MEDIUM}, receivers: [slack_alerts], group_wait: 5m, group_interval: 30m, repeat_interval: 4h}
  - {match: {severity: LOW}, receivers: [log_only], group_wait: 10m, group_interval: 1h, repeat_interval: 24h}
";

fn blocks(text: &str) -> OwnBlocks {
    OwnBlocks::parse(text).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"))
}

fn config(text: &str) -> Config {
    Config::from_own(&blocks(text)).unwrap_or_else(|wrong| panic!("{wrong:?}\n{text}"))
}

/// What is wrong with a text: line, message, hint.
fn refused(text: &str) -> (usize, String, String) {
    let wrong = OwnBlocks::parse(text)
        .and_then(|blocks| Config::from_own(&blocks))
        .expect_err(text);
    (wrong.line, wrong.message, wrong.hint.unwrap_or_default())
}

/// Receivers and the three times in seconds.
fn told(config: &Config, labels: &[(&str, &str)]) -> (String, [i64; 3]) {
    let labels = Labels::from_pairs(labels.iter().copied());
    let found = config.route.find(&labels);
    assert_eq!(found.len(), 1);
    let route = found[0];
    let times = [
        route.group_wait_ms,
        route.group_interval_ms,
        route.repeat_interval_ms,
    ];
    (route.receivers.join(" "), times.map(|ms| ms / 1_000))
}

fn alert(labels: &[(&str, &str)]) -> Alert {
    Alert {
        labels: Labels::from_pairs(labels.iter().copied()),
        annotations: Labels::default(),
        starts_at_ms: 0,
        ends_at_ms: i64::MAX,
        timeout: false,
        generator_url: String::new(),
    }
}

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

#[test]
fn routes_by_severity_reach_several_receivers() {
    let config = config(&format!("{RECEIVERS}{ROUTES}"));
    for (severity, expected, times) in [
        (
            "CRITICAL",
            "primary_oncall slack_critical pagerduty",
            [10, 60, 300],
        ),
        ("HIGH", "primary_oncall slack_alerts", [30, 300, 1_800]),
        ("MEDIUM", "slack_alerts", [300, 1_800, 14_400]),
        ("LOW", "log_only", [600, 3_600, 86_400]),
        // raw labels are routed by what they say
        ("critical", "slack_alerts", [30, 300, 14_400]),
    ] {
        let found = told(&config, &[("severity", severity)]);
        assert_eq!(found, (expected.to_owned(), times), "{severity}");
    }
    let by = GroupBy::Labels(vec!["alertname".into(), "severity".into()]);
    assert!(config.route.walk().all(|route| route.group_by == by));
    assert_eq!(config.integrations("pagerduty").len(), 1);
    assert_eq!(config.integrations("log_only")[0].kind, "log");
    assert!(
        !config.source_text.contains("hidden"),
        "{}",
        config.source_text
    );
    let said: Vec<_> = config
        .warnings
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    assert_eq!(
        said,
        ["receiver \"contact\" is told nothing: no route names it"]
    );
}

#[test]
fn nothing_configured_is_a_line_on_the_console() {
    let built_in = Config::built_in().unwrap();
    for (severity, times) in [
        ("critical", [10, 60, 3_600]),
        ("warning", [30, 300, 14_400]),
        ("CRITICAL", [10, 60, 300]),
        ("HIGH", [30, 300, 1_800]),
        ("MEDIUM", [300, 1_800, 14_400]),
        ("LOW", [600, 3_600, 86_400]),
        ("odd", [30, 300, 14_400]),
    ] {
        let found = told(&built_in, &[("severity", severity)]);
        assert_eq!(found, ("console".to_owned(), times), "{severity}");
    }
    assert_eq!(built_in.integrations("console")[0].kind, "console");
    assert!(blocks("").is_silent_about_routes());
}

#[test]
fn receivers_without_routes_all_get_everything() {
    let all = config(RECEIVERS);
    let everybody = "slack_critical slack_alerts primary_oncall pagerduty contact".to_owned();
    assert_eq!(told(&all, &[]), (everybody.clone(), [30, 300, 14_400]));
    assert_eq!(
        told(&all, &[("severity", "CRITICAL")]),
        (everybody, [10, 60, 300])
    );
    let notifier = "alerting.receivers: [{name: webhook-notifier, type: webhook, url: 'http://h/'}, {name: c, type: console}]";
    let notifier = config(notifier);
    assert_eq!(told(&notifier, &[]).0, "webhook-notifier");
    assert_eq!(
        notifier.warnings[0].message,
        "receiver \"c\" is told nothing: no route names it"
    );
    // times of its own keep the built-in routes out
    let timed = config(&format!(
        "{RECEIVERS}alert_routing: {{receiver: pagerduty, group_wait: 5s}}\n"
    ));
    assert_eq!(
        told(&timed, &[("severity", "LOW")]),
        ("pagerduty".to_owned(), [5, 300, 14_400])
    );
}

/// The configuration of the wish list: it names receivers that it does not define.
const WISHES: &str = "
alerting:
  enabled: true
  rules_file: alert_rules.yaml
  receivers:
  - {name: slack_alerts, type: slack, webhook_url: '', channel: '#orchestrator-alerts'}
  - {name: pagerduty, type: pagerduty, routing_key: key}
  - type: email
  - {name: webhook-notifier, uid: webhook_notifier, type: webhook, url: 'http://host:9002/api/webhooks/grafana'}
  - log_only
alert_routing:
  receiver: webhook-notifier
  routes:
  - {match: {severity: CRITICAL}, receivers: [primary_oncall, slack_critical, pagerduty]}
  - {match: {severity: HIGH}, receivers: [primary_oncall, slack_alerts]}
  - {severity: LOW, receiver: log_only}
";

#[test]
fn receivers_that_lack_something_print_on_the_console() {
    let config = config(WISHES);
    let kinds = |name: &str| {
        let all = config.integrations(name);
        assert_eq!(all.len(), 1, "{name}");
        all[0].kind.clone()
    };
    for name in ["primary_oncall", "slack_critical", "slack_alerts", "email"] {
        assert_eq!(kinds(name), "console", "{name}");
    }
    assert_eq!(
        (kinds("log_only").as_str(), kinds("pagerduty").as_str()),
        ("log", "pagerduty")
    );
    assert_eq!(
        told(&config, &[("severity", "MEDIUM")]).0,
        "webhook-notifier"
    );
    assert_eq!(told(&config, &[("severity", "LOW")]).0, "log_only");
    let said: Vec<_> = config
        .warnings
        .iter()
        .map(|warning| warning.message.clone())
        .collect();
    let expected = [
        "receiver \"slack_alerts\" prints its messages on the console: receiver of type slack needs",
        "receiver \"email\" prints its messages on the console: receiver of type email needs to",
        "undefined receiver \"primary_oncall\" used in route: its messages are printed on the console",
        "undefined receiver \"slack_critical\" used in route: its messages are printed on the console",
        "receiver \"email\" is told nothing: no route names it",
    ];
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}");
    }
    let unknown = "alerting: {receivers: [{name: x, type: slack, webhook: y}]}";
    assert_eq!(refused(unknown).1, "field webhook not found in receiver");
}

#[test]
fn grafana_writes_routes_otherwise() {
    let text = format!(
        "{RECEIVERS}alert_routing:
  default: {{receiver: slack_alerts, group_by: [alert_name], repeat_interval: 2h}}
  routes:
  - object_matchers: [[severity, '=', critical]]
    receiver: pagerduty
    continue: true
  - matchers: team=~\"a|b\"
    name: by team
    notify: slack_critical
  - severity: [HIGH]
    condition: labels.env != 'dev'
    channels: [primary_oncall]
    routes:
    - {{match: {{app: [web, api]}}, receiver: log_only, group_by: ['...']}}
"
    );
    let config = config(&text);
    let names = |labels: &[(&str, &str)]| {
        let labels = Labels::from_pairs(labels.iter().copied());
        let found = config.route.find(&labels);
        let names: Vec<String> = found
            .iter()
            .map(|route| route.receivers.join(" "))
            .collect();
        names.join(", ")
    };
    assert_eq!(names(&[("severity", "critical")]), "pagerduty");
    assert_eq!(
        names(&[("severity", "critical"), ("team", "b")]),
        "pagerduty, slack_critical"
    );
    // severity means what the word means, in either vocabulary
    for word in ["HIGH", "high", "error", "Major"] {
        assert_eq!(names(&[("severity", word)]), "primary_oncall", "{word}");
    }
    assert_eq!(names(&[("severity", "high"), ("app", "api")]), "log_only");
    assert_eq!(
        names(&[("severity", "high"), ("env", "dev")]),
        "slack_alerts"
    );
    assert_eq!(
        config.route.group_by,
        GroupBy::Labels(vec!["alertname".into()])
    );
    assert_eq!(config.route.routes[2].repeat_interval_ms, 7_200_000);
    assert_eq!(config.route.routes[1].name.as_deref(), Some("by team"));
    assert_eq!(config.route.routes[2].routes[0].group_by, GroupBy::All);
}

#[test]
fn suppressions_of_the_requirements_hide_what_they_say() {
    let blocks = blocks(
        "suppressions:
- name: scheduled_maintenance
  match: {severity: LOW|MEDIUM}
  time_range: {start: 2026-11-21T02:00:00Z, end: '2026-11-21T04:00:00+00:00'}
  reason: database upgrade
- name: known_issue_suppression
  match: {alert_name: agent_error_spike}
  condition: labels.agent_type == 'Architect'
  reason: 'Known issue: ARCH-1234'
  expires: 2026-12-31
- name: nights
  matchers: [team=web]
  schedule: {times: [{start_time: '00:00', end_time: '06:00'}], location: Europe/Berlin}
- {name: off, match: {a: b}, enabled: false}
",
    );
    let [maintenance, known, nights, off] = &blocks.suppressions[..] else {
        panic!("four suppressions");
    };
    let low = alert(&[("severity", "LOW")]);
    assert!(maintenance.hides(&low, ms("2026-11-21T03:00:00Z")));
    assert!(!maintenance.hides(&low, ms("2026-11-21T04:00:00Z")));
    let lower = alert(&[("severity", "LOWER")]);
    assert!(!maintenance.hides(&lower, ms("2026-11-21T03:00:00Z")));
    let spike = |kind| alert(&[("alertname", "agent_error_spike"), ("agent_type", kind)]);
    let before = ms("2026-12-30T23:59:00Z");
    assert!(known.hides(&spike("Architect"), before));
    assert!(!known.hides(&spike("Coder"), before));
    assert!(!known.hides(&spike("Architect"), ms("2026-12-31T00:00:00Z")));
    assert_eq!(known.reason, "Known issue: ARCH-1234");
    let web = alert(&[("team", "web")]);
    assert!(nights.hides(&web, ms("2026-11-20T23:30:00Z")));
    assert!(!nights.hides(&web, ms("2026-11-20T22:30:00Z")));
    assert!(!off.hides(&alert(&[("a", "b")]), 0));
    assert_eq!(
        Config::from_own(&blocks).unwrap().suppressions,
        blocks.suppressions
    );
}

const ESCALATION: &str = "
escalation:
  policies:
  - name: page
    severity: CRITICAL
    levels:
    - {after: 5m, receivers: [pagerduty]}
    - {after: 15m, rota: primary, receivers: slack_critical}
    repeat: 15m
    repeat_times: 3
  - {match: {team: web|app}, steps: [{delay: 1h, receiver: console}]}
  rotas:
  - name: primary
    time_zone: Europe/Berlin
    starts: 2026-01-05T12:00:00+01:00
    handover: Mon 09:00
    turn: 2w
    members:
    - {name: ada, receivers: [slack_critical, pagerduty]}
    - slack_alerts
    restrictions: {weekdays: ['monday:friday']}
  - {name: nights, turn: 1d, handover: '20:30', members: [{name: bob, receiver: primary_oncall}]}
  overrides:
  - {rota: primary, start: 2026-02-01, end: '2026-02-02T12:00', member: bob, reason: swap}
storm: {groups_per_minute: 10, receivers: {pagerduty: 0}}
";

#[test]
fn escalation_is_read_with_rotas_and_overrides() {
    let config = config(&format!("{RECEIVERS}{ROUTES}{ESCALATION}"));
    let [page, web] = &config.escalation.policies[..] else {
        panic!("two policies");
    };
    assert_eq!((page.repeat_ms, page.repeat_times), (Some(900_000), 3));
    assert_eq!(
        (page.levels[0].after_ms, page.levels[1].after_ms),
        (300_000, 900_000)
    );
    assert_eq!(page.levels[1].rota.as_deref(), Some("primary"));
    let labels = Labels::from_pairs([("severity", "page"), ("team", "app")]);
    assert_eq!(config.escalation.policy_for(&labels), Some(page));
    let labels = Labels::from_pairs([("team", "app")]);
    assert_eq!(config.escalation.policy_for(&labels), Some(web));
    assert_eq!(
        (web.name.as_str(), web.levels[0].after_ms),
        ("policy 2", 3_600_000)
    );
    let [primary, nights] = &config.escalation.rotas[..] else {
        panic!("two rotas");
    };
    // noon is behind the hand-over of that Monday
    assert_eq!(primary.starts, Date::constant(2026, 1, 6));
    let handover = Handover {
        weekday: Some(Weekday::Monday),
        minute: 540,
    };
    assert_eq!((primary.handover, primary.turn_days), (handover, 14));
    assert_eq!(primary.members[1].receivers, ["slack_alerts"]);
    let place = primary.restrictions[0].location.as_ref().unwrap();
    assert_eq!(place.name, "Europe/Berlin");
    assert_eq!(
        (nights.handover.weekday, nights.handover.minute),
        (None, 1_230)
    );
    let swap = &config.escalation.overrides[0];
    assert_eq!(
        (swap.start_ms, swap.end_ms),
        (ms("2026-01-31T23:00:00Z"), ms("2026-02-02T11:00:00Z"))
    );
    assert_eq!(swap.member.receivers, ["primary_oncall"]);
    let overrides = &config.escalation.overrides;
    let on_call = primary
        .on_call(ms("2026-02-01T00:00:00Z"), overrides)
        .unwrap();
    assert_eq!(
        (on_call.member.name.as_str(), on_call.on_duty),
        ("bob", false)
    );
    assert_eq!(
        (config.storm.limit("pagerduty"), config.storm.limit("x")),
        (0, 10)
    );
}

#[test]
fn an_alertmanager_file_takes_escalation_over() {
    let file = "route: {receiver: a}\nreceivers: [{name: a}]\n";
    let own = blocks(&format!(
        "{RECEIVERS}{ESCALATION}alert_routing: {{receiver: pagerduty}}\n"
    ));
    let config = Config::from_alertmanager(file)
        .unwrap()
        .with_own(&own)
        .unwrap();
    assert_eq!(config.route.receivers, ["a"]);
    assert_eq!(config.escalation.policies.len(), 2);
    assert!(config.receiver("pagerduty").is_some() && config.receiver("console").is_some());
    let said = config
        .warnings
        .iter()
        .map(|warning| warning.message.as_str());
    assert!(
        said.into_iter()
            .any(|text| text.starts_with("alert_routing is not in force"))
    );
}

const SLIPS: &[(&str, usize, &str, &str)] = &[
    (
        "alert_routng: {}",
        1,
        "field alert_routng not found in configuration",
        "alert_routing?",
    ),
    (
        "alert_routing:\n  recevier: a\n",
        2,
        "field recevier not found in alert_routing",
        "receiver?",
    ),
    (
        "alert_routing:\n  receiver: consle\n",
        2,
        "undefined receiver \"consle\" used in route",
        "did you mean console?",
    ),
    (
        "alert_routing: {repeat_interval: 0}",
        1,
        "repeat_interval cannot be zero",
        "",
    ),
    (
        "alert_routing: {routes: [{condition: 'severty == 1'}]}",
        1,
        "condition \"severty == 1\": column 1: \"severty\" is not known",
        "severity?",
    ),
    (
        "alert_routing: {routes: [{condition: annotations.x}]}",
        1,
        "condition asks for annotations, but alerts are sorted by their labels here",
        "label",
    ),
    (
        "alert_routing: {routes: [{object_matchers: [[a, '~', b]]}]}",
        1,
        "object_matchers: not a matcher",
        "[name, operator, value]",
    ),
    (
        "suppressions:\n- {name: x}\n",
        2,
        "suppression \"x\" hides every alert for ever",
        "add match",
    ),
    (
        "suppressions:\n- {name: x, match: {a: b}}\n- {name: x, match: {a: b}}\n",
        3,
        "suppression name \"x\" is not unique",
        "",
    ),
    (
        "suppressions: [{match: {a: b}, start: tomorrow}]",
        1,
        "start: \"tomorrow\" is not a time",
        "2026-11-20T18:00:00Z",
    ),
    (
        "suppressions: [{match: {a: b}, time_range: {start: 2026-01-02, end: 2026-01-01}}]",
        1,
        "end is not after start",
        "",
    ),
    (
        "suppressions: [{match: {a: b}, schedule: {weekdays: [someday]}}]",
        1,
        "someday is not a valid weekday",
        "",
    ),
    (
        "escalation: {policies: [{name: x}]}",
        1,
        "an escalation policy needs levels",
        "levels:",
    ),
    (
        "escalation: {policies: [{levels: [{after: 5m}]}]}",
        1,
        "an escalation level tells nobody",
        "rota",
    ),
    (
        "escalation: {policies: [{levels: [{after: 5m, receivers: console}, {after: 1m, receivers: console}]}]}",
        1,
        "a level comes before the one above it",
        "first message",
    ),
    (
        "escalation: {policies: [{levels: [{rota: x}]}]}",
        1,
        "undefined rota \"x\" used in policy \"policy 1\"",
        "",
    ),
    (
        "escalation: {policies: [{levels: [{receiver: consol}]}]}",
        1,
        "undefined receiver \"consol\" used in escalation",
        "did you mean console?",
    ),
    (
        "escalation: {policies: [{levels: [{receiver: console}], repeat_times: 2}]}",
        1,
        "repeat_times without repeat",
        "repeat: 15m",
    ),
    (
        "escalation: {rotas: [{name: x}]}",
        1,
        "rota \"x\" has no members",
        "members:",
    ),
    (
        "escalation: {rotas: [{name: x, turn: 12h, members: [console]}]}",
        1,
        "a turn is a whole number of days, at most ten years",
        "restrictions",
    ),
    (
        "escalation: {rotas: [{name: x, turn: 3d, handover: monday 09:00, members: [console]}]}",
        1,
        "a turn of 3 days cannot end on one day of the week",
        "weeks",
    ),
    (
        "escalation: {rotas: [{name: x, handover: 9am, members: [console]}]}",
        1,
        "handover \"9am\" is no day and time",
        "monday 09:00",
    ),
    (
        "escalation: {rotas: [{name: x, time_zone: Mars, members: [console]}]}",
        1,
        "unknown time zone Mars",
        "Europe/Berlin",
    ),
    (
        "escalation: {rotas: [{name: x, members: [console, console]}]}",
        1,
        "member name \"console\" is not unique",
        "",
    ),
    (
        "escalation: {rotas: [{name: x, members: [console]}], overrides: [{rota: y}]}",
        1,
        "undefined rota \"y\" used in override",
        "",
    ),
    (
        "escalation: {rotas: [{name: x, members: [console]}], overrides: [{rota: x, start: 2026-01-01, end: 2026-01-02, member: consol}]}",
        1,
        "\"consol\" is no member of a rota",
        "did you mean console?",
    ),
    (
        "storm: {receivers: {a: many}}",
        1,
        "a: a number of groups a minute was expected",
        "",
    ),
];

#[test]
fn slips_are_refused_with_line_and_remedy() {
    for &(text, line, message, hint) in SLIPS {
        let (at, said, remedy) = refused(text);
        assert_eq!((at, said.as_str()), (line, message), "{text}");
        assert!(remedy.contains(hint), "{text}: {remedy}");
    }
}

#[test]
fn a_suppression_of_everything_needs_an_end() {
    let all = blocks("suppressions: [{name: x, end: 2026-11-20T18:00:00Z}]");
    assert_eq!(
        all.warnings[0].message,
        "suppression \"x\" hides every alert while it holds"
    );
    assert!(all.suppressions[0].hides(&alert(&[("a", "b")]), 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_answered(
        key in "alerting|alert_routing|suppressions|escalation|storm|escalation_policies",
        text in "[a-z_:{}\\[\\],'=~|0-9 \n.-]{0,100}|(\\{|\\}|\\[|\\]|, |: |match|routes|policies|levels|after|rotas|members|x|5m|condition){0,20}",
        at in any::<i64>(),
    ) {
        let Ok(read) = OwnBlocks::parse(&format!("{key}: {text}")) else {
            return Ok(());
        };
        if let Ok(config) = Config::from_own(&read) {
            prop_assert!(!config.route.find(&Labels::default()).is_empty());
            for rota in &config.escalation.rotas {
                prop_assert!(rota.on_call(at, &[]).is_some());
            }
            for suppression in &config.suppressions {
                suppression.hides(&alert(&[("a", "b")]), at);
            }
        }
    }
}
