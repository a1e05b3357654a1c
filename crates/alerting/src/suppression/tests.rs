//! Tests of suppressions and of their conditions.

use super::Suppression;
use super::condition::Condition;
use crate::matcher::parse_matchers;
use crate::time_interval::TimeInterval;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq};
use proptest::proptest;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;
use tacho_yaml::node::parse;

fn alert(labels: &[(&str, &str)]) -> Alert {
    Alert {
        labels: Labels::from_pairs(labels.iter().copied()),
        annotations: Labels::from_pairs([("summary", "disk is full")]),
        starts_at_ms: 0,
        ends_at_ms: i64::MAX,
        timeout: false,
        generator_url: String::new(),
    }
}

fn always(name: &str) -> Suppression {
    Suppression {
        name: name.to_owned(),
        matchers: Vec::new(),
        condition: None,
        start_ms: None,
        end_ms: None,
        schedule: Vec::new(),
        reason: String::new(),
        expires_ms: None,
        enabled: true,
    }
}

#[test]
fn a_suppression_holds_in_its_times_only() {
    let one = alert(&[("severity", "LOW")]);
    let mut suppression = always("scheduled_maintenance");
    assert!(suppression.hides(&one, 0));
    suppression.matchers = parse_matchers("severity=~\"LOW|MEDIUM\"").unwrap();
    assert!(suppression.hides(&one, 0));
    assert!(!suppression.hides(&alert(&[("severity", "HIGH")]), 0));
    (suppression.start_ms, suppression.end_ms) = (Some(10), Some(20));
    let held: Vec<i64> = (0..30).filter(|at| suppression.hides(&one, *at)).collect();
    assert_eq!(held, (10..20).collect::<Vec<_>>());
    assert!(suppression.is_over(20) && !suppression.is_over(19));
    suppression.expires_ms = Some(15);
    assert!(!suppression.hides(&one, 15) && suppression.is_over(15));
    suppression.enabled = false;
    assert!(!suppression.hides(&one, 12));
}

#[test]
fn a_schedule_repeats() {
    let mut nights = always("nights");
    let text = "times: [{start_time: '00:00', end_time: '06:00'}]";
    nights.schedule = vec![TimeInterval::read(&parse(text).unwrap()).unwrap()];
    let hour = 3_600_000;
    let held: Vec<i64> = (0..48).filter(|at| nights.in_force(at * hour)).collect();
    let expected: Vec<i64> = (0..6).chain(24..30).collect();
    assert_eq!(held, expected);
}

#[test]
fn conditions_are_evaluated() {
    let one = alert(&[
        ("alertname", "QueueBacklog"),
        ("agent_type", "Architect"),
        ("severity", "warning"),
        ("k8s.pod", "p-1"),
    ]);
    for (text, expected) in [
        ("labels.agent_type == 'Architect'", true),
        ("labels.agent_type == \"Coder\"", false),
        ("labels.agent_type != 'Coder'", true),
        ("labels.agent_type =~ 'Arch.*'", true),
        ("labels.agent_type =~ 'Arch'", false),
        ("labels.agent_type !~ 'Arch'", true),
        ("labels.gone == ''", true),
        ("labels.gone", false),
        ("labels.agent_type", true),
        ("!labels.gone && alert_name == QueueBacklog", true),
        ("labels[\"k8s.pod\"] == 'p-1'", true),
        ("labels.k8s.pod == 'p-1'", true),
        ("annotations.summary =~ '.*disk.*'", true),
        ("severity == 'warning'", true),
        ("severity == 'MEDIUM'", true),
        ("severity != 'MEDIUM'", false),
        ("severity == 'HIGH' || severity == 'Warning'", true),
        // and binds closer than or
        ("labels.agent_type || labels.gone && labels.gone", true),
        ("(labels.agent_type || labels.gone) && labels.gone", false),
        (
            "not (labels.gone or labels.gone) and alertname == 'QueueBacklog'",
            true,
        ),
        ("!!labels.agent_type", true),
        ("labels.agent_type == 'Arch\\'itect'", false),
        ("labels.agent_type =~ '\\w+'", true),
    ] {
        let condition = Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(condition.holds(&one), expected, "{text}");
        assert_eq!(condition.to_string(), text);
    }
    assert!(
        Condition::parse("annotations.x && severity")
            .unwrap()
            .needs_annotations()
    );
    let labels = Condition::parse("annotations.summary == ''").unwrap();
    assert!(labels.holds_for_labels(&one.labels) && !labels.holds(&one));
}

#[test]
fn wrong_conditions_are_refused_with_their_column() {
    for (text, message, hint) in [
        ("", "column 1: a comparison is missing", "labels.NAME"),
        (
            "label.x == 'a' &&",
            "column 18: a comparison is missing",
            "",
        ),
        (
            "labels == 'a'",
            "column 8: labels needs the name of one",
            "labels.NAME",
        ),
        (
            "labels.x = 'a'",
            "column 10: \"=\" compares nothing",
            "write ==",
        ),
        (
            "labels.x == ",
            "column 13: nothing to compare with after ==",
            "in quotes",
        ),
        (
            "labels.x == (",
            "column 13: a text was expected, not \"(\"",
            "quotes",
        ),
        (
            "labels.x == 'a",
            "column 13: the text has no end: ' is missing",
            "close",
        ),
        ("(labels.x == 'a'", "column 17: a ) is missing", "close"),
        (
            "labels.x == 'a' 'b'",
            "column 17: unexpected the text \"b\"",
            "&& or ||",
        ),
        (
            "severty == 'a'",
            "column 1: \"severty\" is not known",
            "did you mean severity?",
        ),
        (
            "labels.x =~ '['",
            "column 13: invalid regular expression \"[\": unclosed character class",
            "RE2",
        ),
        (
            "labels[x] == 'a'",
            "column 7: labels needs the name of one",
            "labels",
        ),
        ("labels['x' == 'a'", "column 12: a ] is missing", "bracket"),
        ("ü{ == 'a'", "column 2: unexpected '{'", "quotes"),
    ] {
        let error = Condition::parse(text).expect_err(text);
        assert_eq!(error.message, message, "{text}");
        assert!(error.hint.unwrap_or_default().contains(hint), "{text}");
    }
    let deep = format!("{}labels.x", "!".repeat(100));
    assert!(
        Condition::parse(&deep)
            .unwrap_err()
            .message
            .contains("nested deeper")
    );
    let deep = format!("{}labels.x", "(".repeat(4_000));
    assert!(Condition::parse(&deep).is_err());
    assert!(Condition::parse(&"x".repeat(5_000)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}|(labels\\.[ab]|severity|==|!=|=~|&&|\\|\\||!|\\(|\\)|'[ab]'| ){0,12}") {
        if let Ok(condition) = Condition::parse(&text) {
            let one = alert(&[("a", "b")]);
            let holds = condition.holds(&one);
            let negated = Condition::parse(&format!("!({text})"));
            prop_assert!(negated.is_ok(), "{text}");
            prop_assert_eq!(negated.unwrap().holds(&one), !holds);
        }
    }
}
