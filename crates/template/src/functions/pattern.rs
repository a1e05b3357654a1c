//! `match` and `reReplaceAll`: regular expressions with the syntax of RE2, and with limits.

use crate::format::check_length;
use regex::{Regex, RegexBuilder};
use tacho_stdx::re2;

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of a pattern.
const NESTING_MAX: u32 = 100;

fn compile(pattern: &str) -> Result<Regex, String> {
    let invalid = |reason: &str| format!("invalid regular expression {pattern:?}: {reason}");
    let translated = re2::translate(pattern).map_err(|reason| invalid(&reason))?;
    RegexBuilder::new(&translated)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(COMPILED_BYTES_MAX)
        .nest_limit(NESTING_MAX)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            invalid(last.trim().trim_start_matches("error: "))
        })
}

/// Whether a part of the text matches.
pub(super) fn is_match(pattern: &str, text: &str) -> Result<bool, String> {
    Ok(compile(pattern)?.is_match(text))
}

/// The text with every match replaced; `$1` and `${name}` stand for groups.
pub(super) fn replace_all(pattern: &str, replacement: &str, text: &str) -> Result<String, String> {
    let pattern = compile(pattern)?;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for found in pattern.captures_iter(text) {
        let Some(whole) = found.get(0) else {
            continue;
        };
        out.push_str(&text[end..whole.start()]);
        found.expand(replacement, &mut out);
        end = whole.end();
        check_length(&out)?;
    }
    out.push_str(&text[end..]);
    Ok(out)
}
