//! How patterns of RE2 are understood, and that none makes the compiler panic.

use crate::pattern::{Anchoring, compile};
use proptest::prelude::any;
use proptest::{prop_assert, proptest};

#[track_caller]
fn matches(pattern: &str, text: &str) -> bool {
    compile(pattern, Anchoring::Whole)
        .expect(pattern)
        .is_match(text)
}

#[test]
fn details_are_those_of_re2() {
    let cases: [(&str, &str, bool); 26] = [
        ("{.*}", "{a}", true),
        ("a{,2}", "a{,2}", true),
        ("a{2}", "aa", true),
        ("a{1,}", "aaa", true),
        (r"\d+", "12", true),
        (r"\d", "٣", false),
        (r"\D", "٣", true),
        (r"\w", "é", false),
        (r"[\w-]+", "a-b", true),
        (r"[^\s]+", "ab", true),
        (r"[\D]", "5", false),
        (r"\S+\s\S+", "a b", true),
        (r"\Qa.b\E.", "a.bx", true),
        (r"\Qa.b", "a.b", true),
        (r"\<a\>", "<a>", true),
        (r"a\/b\-c\_d", "a/b-c_d", true),
        ("[a[b]+", "a[b", true),
        ("[[:alpha:]]+", "ab", true),
        ("[[:^digit:]]", "5", false),
        ("[]a]+", "]a", true),
        ("[^]a]", "]", false),
        ("[a&&b~~]+", "a&b~", true),
        ("[--/]+", "-./", true),
        (r"\x{61}\x62\p{Greek}", "abα", true),
        ("(?i)aB(?-i)c(?P<n>d)", "Abcd", true),
        (r"a\bc|.*\b", "ab", true),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn what_re2_does_not_know_is_refused() {
    for pattern in [
        "(?x)a", "(?i-u)a", r"\C", r"\u0041", r"(?=a)", r"\1", "[", "[a", r"a\", "a{2,1}", r"\Q\E*",
    ] {
        assert!(compile(pattern, Anchoring::Part).is_err(), "{pattern}");
    }
}

proptest! {
    #[test]
    fn any_pattern_is_answered(pattern in "\\PC{0,20}|[\\[\\]{}()\\\\^:a-d0-9,&~?*QE-]{0,20}") {
        for anchoring in [Anchoring::Part, Anchoring::Whole, Anchoring::WholeWithLineEnds] {
            let _ = compile(&pattern, anchoring);
        }
    }

    #[test]
    fn escaped_text_matches_itself(text in any::<String>()) {
        let pattern: String = text
            .chars()
            .flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]))
            .collect();
        prop_assert!(matches(&pattern, &text));
    }
}
