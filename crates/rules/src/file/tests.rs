//! Rule files: what is refused where, and that what is printed reads back the same.

use super::print::print;
use super::{ReadOptions, first_document, read};
use crate::rule::{Expression, Rule, RuleGroup, RuleKind, Source, SourceKind, assign_ids};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Strategy, any, prop_oneof, proptest};
use tacho_query::promql::engine::Query;

fn source() -> Source {
    Source::new(SourceKind::Prometheus, "r.yml")
}

fn problems(text: &str) -> Vec<String> {
    match read(text, &source(), ReadOptions::default()) {
        Ok(_) => Vec::new(),
        Err(found) => found.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let text = "\
groups:
- name: a
  limits: 5
  rules:
  - alert: X
    expr: up ==
    for: 5
  - alert: Y
    expr: |
      up
      and )
    labels: {__name__: y}
  - record: z{a=\"b\"}
    expr: up
    for: 1m
  - expr: up
- name: a
";
    let found = problems(text);
    let expected = [
        "r.yml:3: field limits not found in rule group; did you mean limit?",
        "r.yml:7: for: not a valid duration string: \"5\"",
        "r.yml:11: group \"a\", rule 2, \"Y\": could not parse expression: 2:6: parse error: unexpected right parenthesis ')'",
        "r.yml:12: group \"a\", rule 2, \"Y\": invalid label name: __name__",
        "r.yml:13: group \"a\", rule 3, \"z{a=\\\"b\\\"}\": invalid field 'for' in recording rule; only alerts have it: remove it",
        "r.yml:13: group \"a\", rule 3, \"z{a=\\\"b\\\"}\": braces present in the recording rule name; should it be in expr?: z{a=\"b\"}; labels of the recorded series belong into labels",
        "r.yml:16: group \"a\", rule 4, \"\": one of 'record' or 'alert' must be set; name the alert or the metric that is recorded",
        "r.yml:17: groupname: \"a\" is repeated in the same file; put the rules into one group, or rename one",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_said_is_absent() {
    assert_eq!(problems(""), [""; 0]);
    assert_eq!(problems("groups:\n"), [""; 0]);
    let text = "groups: [{name: a, interval: 1m, limit: 3, query_offset: 0, rules: [{alert: 5, expr: 1, for: 0}]}]";
    let file = read(text, &source(), ReadOptions::default()).unwrap();
    let group = &file.groups[0];
    assert_eq!(group.interval_ms, Some(60_000));
    assert_eq!((group.limit, group.query_offset_ms), (3, Some(0)));
    let rule = &group.rules[0];
    assert_eq!((rule.name(), rule.expr.text(), rule.for_ms), ("5", "1", 0));
    assert_eq!((rule.id.as_str(), rule.line), ("a/5", 1));
}

#[test]
fn only_the_first_document_counts() {
    let text = "# x\n---\ngroups:\n- name: a\n--- # more\ngroups: [broken\n";
    let (first, more) = first_document(text);
    assert_eq!(first, "# x\n---\ngroups:\n- name: a\n");
    assert_eq!(more, Some(5));
    assert_eq!(first_document("a: 1\n...\n---\nb: 2").1, Some(3));
    assert_eq!(first_document("a: 1\n").1, None);
    let file = read(text, &source(), ReadOptions::default()).unwrap();
    assert_eq!((file.groups.len(), file.warnings[0].line), (1, 5));
}

#[test]
fn unknown_fields_are_passed_over_only_if_wanted() {
    let text = "groups: [{name: a, owner: me, rules: [{alert: A, expr: up, team: x}]}]";
    assert_eq!(problems(text).len(), 2);
    let options = ReadOptions {
        ignore_unknown: true,
        legacy_names: false,
    };
    let file = read(text, &source(), options).unwrap();
    assert_eq!(file.groups[0].rules.len(), 1);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_ .:/-]{1,20}",
        "[ -~]{0,30}",
        "[ -~]{1,10}(\n[ -~]{0,12}){1,4}\n?",
        "(\n| |\t|#|-|:|a|\u{e9}|\u{85}|\u{2028}|\u{1f600}|\\\\|\"|'){0,12}",
        "(true|no|null|~|1|0x1f|1e3|\\.inf|- a|a: b|\\? x|!!str|&a|\\*a|%a|@a|`a|---|\\.\\.\\.)",
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let texts = [
        "up == 0",
        "sum by (job) (rate(a_total[5m])) > 0.1",
        "up{job=\"a\"}\n  # the others\n  unless on (job) down\n",
        "1",
        "{\"my.metric\", x=~\".*: #.*\"}",
        "\n\n  up",
    ];
    proptest::sample::select(texts.to_vec())
        .prop_map(|text| Expression::PromQl(Query::parse(text).unwrap()))
}

fn rule() -> impl Strategy<Value = Rule> {
    let name = "[a-zA-Z0-9_: .é#-]{1,12}".prop_filter("a name", |name| !name.is_empty());
    let names = "[a-zA-Z_.é -]{1,8}";
    let maps = (
        btree_map(names, text(), 0..3),
        btree_map(names, text(), 0..3),
    );
    (name, expression(), any::<bool>(), 0..9i64, maps).prop_map(
        |(name, expr, is_alert, minutes, (labels, annotations))| {
            let plain = |texts: std::collections::BTreeMap<String, String>| {
                let braces = |(key, text): (String, String)| (key, text.replace("{{", "{ "));
                texts.into_iter().map(braces).collect()
            };
            let kind = if is_alert {
                RuleKind::Alert { name }
            } else {
                RuleKind::Record { name }
            };
            let mut rule = Rule::new(kind, expr);
            rule.labels = plain(labels);
            if is_alert {
                rule.for_ms = minutes * 90_000;
                rule.keep_firing_for_ms = minutes * 1_001;
                rule.annotations = plain(annotations);
            }
            rule
        },
    )
}

fn groups() -> impl Strategy<Value = Vec<RuleGroup>> {
    let group = (
        option::of(1..4_000_000i64),
        option::of(0..4_000i64),
        0..3usize,
        btree_map("[a-z]{1,5}", text(), 0..2),
        vec(rule(), 0..4),
    );
    btree_map(text(), group, 0..3).prop_map(|groups| {
        let named = groups.into_iter().filter(|(name, _)| !name.is_empty());
        let mut groups: Vec<RuleGroup> = named
            .map(
                |(name, (interval_ms, query_offset_ms, limit, labels, rules))| RuleGroup {
                    name,
                    source: source(),
                    interval_ms,
                    query_offset_ms,
                    limit,
                    labels,
                    rules,
                },
            )
            .collect();
        assign_ids(&mut groups);
        groups
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_the_same(groups in groups()) {
        let printed = print(&groups);
        let file = read(&printed, &source(), ReadOptions::default());
        let file = file.unwrap_or_else(|found| panic!("{found:?}\n{printed}"));
        assert_eq!(file.groups, groups, "\n{printed}");
    }
}
