//! Tables of rules and what they make of labels; and rules that are refused.

use super::{Action, NameValidation, Pattern, Rule, relabel};
use tacho_model::labels::Labels;

/// A rule with the defaults of a file: `action sources pattern target replacement`.
fn rule(
    action: &str,
    sources: &[&str],
    pattern: Option<&str>,
    target: &str,
    replacement: &str,
) -> Rule {
    Rule {
        action: Action::parse(action).unwrap(),
        source_labels: sources.iter().map(|name| (*name).to_owned()).collect(),
        separator: ";".to_owned(),
        pattern: Pattern::new(pattern).unwrap(),
        modulus: 0,
        target_label: target.to_owned(),
        replacement: replacement.to_owned(),
        validation: NameValidation::Utf8,
    }
}

#[track_caller]
fn check(rules: &[Rule], given: &[(&str, &str)], expected: Option<&[(&str, &str)]>) {
    for rule in rules {
        assert_eq!(rule.check(), Ok(()));
    }
    let labels = Labels::from_pairs(given.iter().copied());
    let expected = expected.map(|pairs| Labels::from_pairs(pairs.iter().copied()));
    assert_eq!(relabel(rules, &labels), expected);
}

const AGENT: &[(&str, &str)] = &[("a", "foo"), ("b", "bar"), ("c", "baz")];

#[test]
fn replace_sets_a_label_from_what_matched() {
    check(
        &[rule("replace", &["a"], Some("f(.*)"), "d", "ch${1}-ch${1}")],
        AGENT,
        Some(&[("a", "foo"), ("b", "bar"), ("c", "baz"), ("d", "choo-choo")]),
    );
    check(
        &[
            rule(
                "replace",
                &["a", "b"],
                Some("f(.*);(.*)r"),
                "a",
                "b${1}${2}m",
            ),
            rule(
                "replace",
                &["c", "a"],
                Some("(b).*b(.*)ba(.*)"),
                "d",
                "$1$2$2$3",
            ),
        ],
        AGENT,
        Some(&[("a", "boobam"), ("b", "bar"), ("c", "baz"), ("d", "boooom")]),
    );
    // no match: nothing happens
    check(
        &[rule("replace", &["a"], Some("o"), "d", "x")],
        AGENT,
        Some(AGENT),
    );
    // the target may be made of the source, and an empty value removes it
    check(
        &[rule("replace", &["a"], Some("(.).*"), "${1}_x", "$0")],
        &[("a", "foo")],
        Some(&[("a", "foo"), ("f_x", "foo")]),
    );
    check(
        &[rule("replace", &["zz"], None, "a", "$1")],
        &[("a", "1"), ("b", "2")],
        Some(&[("b", "2")]),
    );
    // a static value, and a dot that matches line ends
    check(
        &[rule("replace", &[], None, "env", "prod")],
        &[],
        Some(&[("env", "prod")]),
    );
    check(
        &[rule("replace", &["a"], Some("x(.*)"), "b", "$1")],
        &[("a", "x\ny")],
        Some(&[("a", "x\ny"), ("b", "\ny")]),
    );
}

#[test]
fn keep_and_drop_look_at_the_whole_source() {
    for (action, pattern, kept) in [
        ("drop", "foo", false),
        ("drop", "fo", true),
        ("drop", ".*o.*", false),
        ("keep", "foo", true),
        ("keep", "fo", false),
        ("keep", "no-match|foo", true),
    ] {
        check(
            &[rule(action, &["a"], Some(pattern), "", "$1")],
            AGENT,
            kept.then_some(AGENT),
        );
    }
    check(
        &[rule("keep", &["a", "zz"], Some("foo;"), "", "$1")],
        AGENT,
        Some(AGENT),
    );
}

#[test]
fn equality_with_another_label_keeps_or_drops() {
    let labels: &[(&str, &str)] = &[("port", "80"), ("wanted", "80"), ("other", "81")];
    for (action, target, kept) in [
        ("keepequal", "wanted", true),
        ("keepequal", "other", false),
        ("dropequal", "wanted", false),
        ("dropequal", "other", true),
    ] {
        check(
            &[rule(action, &["port"], None, target, "$1")],
            labels,
            kept.then_some(labels),
        );
    }
}

#[test]
fn hashmod_is_the_end_of_md5() {
    let mut hash = rule("hashmod", &["c"], None, "d", "$1");
    hash.modulus = 1000;
    check(
        &[hash.clone()],
        AGENT,
        Some(&[("a", "foo"), ("b", "bar"), ("c", "baz"), ("d", "976")]),
    );
    hash.modulus = 0;
    assert!(hash.check().unwrap_err().contains("non-zero modulus"));
}

#[test]
fn labels_are_mapped_removed_and_kept_by_name() {
    let meta: &[(&str, &str)] = &[("__meta_x", "1"), ("__meta_my_y", "2"), ("z", "3")];
    check(
        &[rule("labelmap", &[], Some("__meta_(.*)"), "", "$1")],
        meta,
        Some(&[
            ("__meta_x", "1"),
            ("__meta_my_y", "2"),
            ("z", "3"),
            ("x", "1"),
            ("my_y", "2"),
        ]),
    );
    check(
        &[rule("labeldrop", &[], Some("__meta_.*"), "", "$1")],
        meta,
        Some(&[("z", "3")]),
    );
    check(
        &[rule("labelkeep", &[], Some("z|q"), "", "$1")],
        meta,
        Some(&[("z", "3")]),
    );
}

#[test]
fn case_is_changed_letter_by_letter() {
    let labels: &[(&str, &str)] = &[("a", "bAr123Foo-ß")];
    check(
        &[
            rule("lowercase", &["a"], None, "low", "$1"),
            rule("uppercase", &["a"], None, "up", "$1"),
        ],
        labels,
        Some(&[
            ("a", "bAr123Foo-ß"),
            ("low", "bar123foo-ß"),
            ("up", "BAR123FOO-ß"),
        ]),
    );
}

#[test]
fn rules_that_do_not_fit_their_action_are_refused() {
    let refused = |rule: &Rule, part: &str| {
        let message = rule.check().unwrap_err();
        assert!(message.contains(part), "{message}");
    };
    refused(
        &rule("replace", &["a"], None, "", "x"),
        "requires 'target_label' value",
    );
    refused(
        &rule("lowercase", &["a"], None, "b", "x"),
        "'replacement' can not be set",
    );
    refused(
        &rule("keepequal", &["a"], Some("x"), "b", "$1"),
        "requires only 'source_labels'",
    );
    refused(
        &rule("labeldrop", &["a"], Some("x"), "", "$1"),
        "requires only 'regex'",
    );
    refused(
        &rule("labelmap", &[], Some("x"), "", ""),
        "is invalid 'replacement'",
    );
    let mut legacy = rule("replace", &["a"], None, "my.label", "$1");
    assert_eq!(legacy.check(), Ok(()));
    legacy.validation = NameValidation::Legacy;
    refused(
        &legacy,
        "\"my.label\" is invalid 'target_label' for replace action",
    );
    for (target, fits) in [
        ("${1}", true),
        ("a_${1}_b9", true),
        ("$1", true),
        ("9$1", false),
        ("a-$1", false),
        ("${}", false),
        ("a${1", false),
    ] {
        target.clone_into(&mut legacy.target_label);
        assert_eq!(legacy.check().is_ok(), fits, "{target}");
    }
    assert!(Pattern::new(Some("abc(def")).is_err());
}
