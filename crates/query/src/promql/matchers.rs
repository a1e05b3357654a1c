//! Compiled matchers of queries that are asked again and again: rules ask the same each interval, and
//! compiling a pattern takes longer than most of them need.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_syntax::promql::tree::Matcher;

/// Most patterns that are kept.
const PATTERNS_MAX: usize = 512;
/// Longest pattern that is kept, bytes.
const PATTERN_BYTES_MAX: usize = 256;

/// Patterns that were compiled before. Those that may take much memory are not kept.
#[derive(Debug, Default)]
pub(crate) struct CompiledMatchers {
    patterns: Mutex<HashMap<Matcher, LabelMatcher>>,
}

impl CompiledMatchers {
    /// A matcher that was kept.
    pub(crate) fn get(&self, matcher: &Matcher) -> Option<LabelMatcher> {
        let patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        patterns.get(matcher).cloned()
    }

    /// Keeps a matcher, if that is of use and takes little.
    pub(crate) fn keep(&self, matcher: &Matcher, compiled: &LabelMatcher) {
        let text = &matcher.value;
        let is_pattern = compiled.op.as_str().contains('~') && compiled.literal_values().is_none();
        let is_large = text.len() > PATTERN_BYTES_MAX
            || text.contains('{')
            || text.contains(r"\p")
            || text.contains(r"\P");
        if !is_pattern || is_large {
            return;
        }
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if patterns.len() >= PATTERNS_MAX {
            patterns.clear();
        }
        patterns.insert(matcher.clone(), compiled.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::CompiledMatchers;
    use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
    use tacho_syntax::promql::tree::{MatchOp as Written, Matcher};

    #[test]
    fn patterns_are_kept_and_large_ones_are_not() {
        let kept = CompiledMatchers::default();
        for (text, is_kept) in [("a.*", true), ("a|b", false), ("a{1000}", false)] {
            let matcher = Matcher {
                name: "x".to_owned(),
                op: Written::Regex,
                value: text.to_owned(),
            };
            let compiled = LabelMatcher::new("x", MatchOp::Regex, text).unwrap();
            kept.keep(&matcher, &compiled);
            let found = kept.get(&matcher);
            assert_eq!(found.is_some(), is_kept, "{text}");
            assert!(found.is_none_or(|found| found == compiled));
        }
    }
}
