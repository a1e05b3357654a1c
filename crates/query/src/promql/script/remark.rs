//! Whether warnings and infos, or the message of a failure, read as a script expects.

use tacho_syntax::pattern::{Anchoring, compile};
use tacho_syntax::promql::script::{Expected, TextMatch};

/// Checks the warnings and infos of a result.
pub(super) fn check(
    expected: &Expected,
    warnings: &[String],
    infos: &[String],
) -> Result<(), String> {
    check_kind("warning", &expected.warn, expected.no_warn, warnings)?;
    check_kind("info", &expected.info, expected.no_info, infos)
}

fn check_kind(
    kind: &str,
    wanted: &[TextMatch],
    none: bool,
    texts: &[String],
) -> Result<(), String> {
    if none && let Some(first) = texts.first() {
        return Err(format!("expected no {kind} got {first:?}"));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    if let Some(text) = texts
        .iter()
        .find(|text| !wanted.iter().any(|it| fits(it, text)))
    {
        let wanted = describe_all(wanted);
        return Err(format!("expected only {kind}s {wanted} got {text:?}"));
    }
    match wanted
        .iter()
        .find(|it| !texts.iter().any(|text| fits(it, text)))
    {
        None => Ok(()),
        Some(missing) => Err(format!(
            "expected a {kind} {} got {texts:?}",
            describe(missing)
        )),
    }
}

/// Checks the message of a failure.
pub(super) fn check_failure(wanted: &TextMatch, message: &str) -> Result<(), String> {
    if fits(wanted, message) {
        return Ok(());
    }
    Err(format!(
        "expected a failure {} got {message:?}",
        describe(wanted)
    ))
}

fn fits(wanted: &TextMatch, text: &str) -> bool {
    match wanted {
        TextMatch::Any => true,
        TextMatch::Message(message) => message == text,
        TextMatch::Regex(pattern) => {
            compile(pattern, Anchoring::Part).is_ok_and(|regex| regex.is_match(text))
        }
    }
}

fn describe(wanted: &TextMatch) -> String {
    match wanted {
        TextMatch::Any => "of any text".to_owned(),
        TextMatch::Message(message) => format!("{message:?}"),
        TextMatch::Regex(pattern) => format!("that matches {pattern:?}"),
    }
}

fn describe_all(wanted: &[TextMatch]) -> String {
    let texts: Vec<String> = wanted.iter().map(describe).collect();
    texts.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::check_kind;
    use tacho_syntax::promql::script::TextMatch;

    #[test]
    fn every_remark_has_to_be_expected_and_every_expectation_met() {
        let wanted = [
            TextMatch::Message("a b".to_owned()),
            TextMatch::Regex("^c".to_owned()),
        ];
        let texts =
            |list: &[&str]| -> Vec<String> { list.iter().map(|text| (*text).to_owned()).collect() };
        let check = |list: &[&str]| check_kind("info", &wanted, false, &texts(list));
        assert_eq!(check(&["a b", "cd"]), Ok(()));
        assert!(check(&["a b"]).is_err());
        assert!(check(&["a b", "cd", "x"]).is_err());
        assert_eq!(check_kind("info", &[], false, &texts(&["x"])), Ok(()));
        assert!(check_kind("info", &[], true, &texts(&["x"])).is_err());
        assert!(check_kind("info", &[TextMatch::Any], false, &[]).is_err());
    }
}
