//! Edits of a rule file: one rule changes, the rest of the text stays.

use super::{Place, append_rule, remove_rule, replace_rule};
use crate::condition::Settings;
use crate::own::{Definition, read};
use crate::rule::{Source, SourceKind};
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};

const TEXT: &str = "\
# Rules of the team.
groups:
  # The first group.
  - name: a   # its name
    interval: 1m
    rules:
      # Somebody asked for this.
      - alert: Down
        # one minute is enough
        expr: up == 0
        for: 1m # not more
        labels:
          severity: critical
      # The second.
      - record: job:up:sum
        expr: |
          sum by (job) (
            # all of them
            up
          )

  - name: b
    rules:
      - alert: Slow
        expr: latency > 5
# The end.
";

fn definitions(text: &str) -> Vec<Definition> {
    let source = Source::new(SourceKind::Own, "r.yaml");
    let file = read(text, &source, &Settings::default());
    file.unwrap_or_else(|found| panic!("{found:?}\n{text}"))
        .definitions
        .concat()
}

fn place<'a>(group: &'a str, name: &'a str) -> Place<'a> {
    Place {
        group,
        name,
        before: 0,
    }
}

#[test]
fn a_change_touches_only_the_lines_it_has_to() {
    let mut down = definitions(TEXT)[0].clone();
    down.for_ms = 120_000;
    down.cooldown_ms = 600_000;
    down.labels.insert("team".into(), "x".into());
    let changed = replace_rule(TEXT, place("a", "Down"), &down).unwrap();
    let expected = TEXT
        .replace(
            "for: 1m # not more",
            "for: 2m # not more\n        cooldown: 10m",
        )
        .replace(
            "severity: critical",
            "severity: critical\n          team: x",
        );
    assert_eq!(changed, expected);
    let same = replace_rule(TEXT, place("a", "Down"), &definitions(TEXT)[0]).unwrap();
    assert_eq!(same, TEXT);
}

#[test]
fn the_name_and_the_interval_of_the_group_change_too() {
    let mut record = definitions(TEXT)[1].clone();
    record.name = "job:up:count".into();
    record.interval_ms = Some(15_000);
    let changed = replace_rule(TEXT, place("a", "job:up:sum"), &record).unwrap();
    let expected = TEXT
        .replace("job:up:sum", "job:up:count")
        .replace("interval: 1m", "interval: 15s");
    assert_eq!(changed, expected);
    record.interval_ms = None;
    let changed = replace_rule(TEXT, place("a", "job:up:sum"), &record).unwrap();
    assert!(!changed.contains("interval"));
}

#[test]
fn rules_are_removed_with_their_comments_and_the_last_takes_its_group_along() {
    let changed = remove_rule(TEXT, place("a", "Down")).unwrap();
    let start = TEXT.find("      # Somebody").unwrap();
    let end = TEXT.find("      # The second").unwrap();
    assert_eq!(changed, TEXT[..start].to_owned() + &TEXT[end..]);
    let changed = remove_rule(TEXT, place("b", "Slow")).unwrap();
    assert!(!changed.contains("name: b") && changed.contains("# The end."));
    let only = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up\n";
    assert_eq!(remove_rule(only, place("a", "A")).unwrap(), "groups: []\n");
    let error = remove_rule(TEXT, place("b", "Down")).unwrap_err();
    assert!(error.message.contains("no rule \"Down\" in group \"b\""));
}

#[test]
fn rules_are_added_where_they_belong() {
    let mut new = Definition::new("New");
    new.group = "b".into();
    new.expr = "x > 1".into();
    let changed = append_rule(TEXT, &new).unwrap();
    let expected = TEXT.replace(
        "latency > 5\n",
        "latency > 5\n      - alert: New\n        expr: x > 1\n",
    );
    assert_eq!(changed, expected);
    new.group = "c".into();
    new.interval_ms = Some(30_000);
    let changed = append_rule(TEXT, &new).unwrap();
    let group =
        "\n  - name: c\n    interval: 30s\n    rules:\n      - alert: New\n        expr: x > 1\n";
    assert_eq!(
        changed,
        TEXT.replace("latency > 5\n", &format!("latency > 5\n{group}"))
    );
    let empty = append_rule("# nothing yet\n", &new).unwrap();
    assert!(
        empty.starts_with("# nothing yet\ngroups:\n  - name: c\n"),
        "{empty}"
    );
    let moved = replace_rule(
        &changed,
        place("c", "New"),
        &Definition {
            group: "b".into(),
            interval_ms: None,
            ..new
        },
    );
    let moved = moved.unwrap();
    assert!(!moved.contains("name: c"), "{moved}");
    assert_eq!(definitions(&moved).last().unwrap().group, "b");
}

#[test]
fn lists_keep_their_spelling() {
    let text = "\
alerts:
- name: High Error Rate # R185
  metric: agent_execution_total{status='failed'}
  condition: rate(5m) > 0.1
  severity: warning
  notify: [email, slack]
  evaluationWindow: 5m
- {name: Other, expr: up}
";
    let mut rule = definitions(text)[0].clone();
    rule.condition = "rate(5m) > 0.2".into();
    rule.window_ms = Some(600_000);
    rule.labels.insert("severity".into(), "critical".into());
    let changed = replace_rule(text, place("default", "High Error Rate"), &rule).unwrap();
    let expected = text
        .replace("rate(5m) > 0.1", "rate(5m) > 0.2")
        .replace("evaluationWindow: 5m", "evaluationWindow: 10m")
        .replace("warning", "critical");
    assert_eq!(changed, expected);
    let mut other = definitions(text)[1].clone();
    other.for_ms = 60_000;
    // flow style is written anew, and nothing is lost
    let changed = replace_rule(text, place("default", "Other"), &other).unwrap();
    let found = definitions(&changed);
    assert!(found.iter().any(|one| one.same_as(&other)), "{changed}");
    assert_eq!(found.len(), 2);
}

#[test]
fn carriage_returns_stay() {
    let text = TEXT.replace('\n', "\r\n");
    let mut down = definitions(&text)[0].clone();
    down.expr = "up < 1".into();
    let changed = replace_rule(&text, place("a", "Down"), &down).unwrap();
    assert_eq!(changed, text.replace("up == 0", "up < 1"));
}

/// A change of a definition.
fn change() -> impl Strategy<Value = fn(&mut Definition)> {
    prop_oneof![
        Just((|it| it.for_ms = 90_000) as fn(&mut Definition)),
        Just(
            (|it| {
                it.expr = "sum(\n  up # all\n) == 0".to_owned();
                it.metric.clear();
                it.condition.clear();
            }) as fn(&mut Definition)
        ),
        Just((|it| it.name = "other: name #1".to_owned()) as fn(&mut Definition)),
        Just((|it| it.interval_ms = Some(45_000)) as fn(&mut Definition)),
        Just((|it| it.receivers = vec!["a".to_owned(), "- b".to_owned()]) as fn(&mut Definition)),
        Just((|it| it.group = "b".to_owned()) as fn(&mut Definition)),
        Just((|it| it.labels.clear()) as fn(&mut Definition)),
        Just((|it| it.enabled = false) as fn(&mut Definition)),
        Just(
            (|it| {
                it.annotations.insert(
                    "summary".to_owned(),
                    "'{{ $value }}'\nis: too much".to_owned(),
                );
            }) as fn(&mut Definition)
        ),
    ]
}

/// Two files, and what stands in front of them.
fn files() -> impl Strategy<Value = String> {
    let list = "alerts:\n# one\n- name: Down # 1\n  expr: up == 0\n  labels: {a: b}\n-\n  # two\n  alert: Slow\n  metric: x\n  condition: '> 5 %'\n  severity: LOW\n";
    let nested = TEXT.to_owned();
    let flow = "groups: [{name: a, rules: [{alert: Down, expr: up, for: 5m}]}]\nalerts: [{name: Slow, expr: x}]\n";
    let anchors = "groups:\n- name: a\n  rules:\n  - &r\n    alert: Down\n    expr: up == 0\n    labels: {s: t}\n  - <<: *r\n    alert: Slow\n";
    prop_oneof![
        Just(list.to_owned()),
        Just(nested),
        Just(flow.to_owned()),
        Just(anchors.to_owned())
    ]
}

proptest! {
    #[test]
    fn after_any_change_the_file_says_what_was_asked_for(
        text in files(),
        changes in proptest::collection::vec((0..3usize, change(), 0..4u8), 1..5),
    ) {
        let mut text = text;
        for (at, change, what) in changes {
            let before = definitions(&text);
            let Some(old) = before.get(at % before.len().max(1)).cloned() else { break };
            let source = Source::new(SourceKind::Own, "r");
            let file = read(&text, &source, &Settings::default()).unwrap();
            let mut groups = file.groups.iter().zip(&file.definitions);
            let (group, rules) = groups.find(|(_, rules)| rules.contains(&old)).unwrap();
            let position = rules.iter().position(|one| *one == old).unwrap();
            let before_it = rules[..position].iter().filter(|one| one.name == old.name).count();
            let place = Place { group: &group.name, name: &old.name, before: before_it };
            let mut new = old.clone();
            change(&mut new);
            if new.to_rule(&Settings::default()).is_err() {
                continue;
            }
            let (changed, count) = match what {
                0 => (remove_rule(&text, place).unwrap(), before.len() - 1),
                1 => (append_rule(&text, &new).unwrap(), before.len() + 1),
                _ => (replace_rule(&text, place, &new).unwrap(), before.len()),
            };
            let after = definitions(&changed);
            assert_eq!(after.len(), count, "{changed}");
            if what > 0 {
                assert!(after.iter().any(|one| says(one, &new)), "{new:?}\n{changed}\n{after:?}");
            }
            text = changed;
        }
    }
}

/// Whether two are the same but for the interval, which may be that of their group.
fn says(one: &Definition, two: &Definition) -> bool {
    let plain = |it: &Definition| Definition {
        interval_ms: None,
        ..it.clone()
    };
    plain(one).same_as(&plain(two))
}
