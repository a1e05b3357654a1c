//! LogQL stages out of the constant parts of a pattern.

use super::mask::{ANY, Words};
use tacho_syntax::logql::string_literal;

/// Line filters of one query.
const FILTERS_MAX: usize = 6;
/// Letters and digits that a constant part must have to be worth a filter.
const TELLING_MIN: usize = 2;

/// Line filters that every line of a pattern passes; empty if nothing is constant.
pub(super) fn of_lines(template: &Words) -> String {
    if template.words.is_empty() {
        return r#"|~ "^\\s*$""#.to_owned();
    }
    let all = constants(template);
    let telling = |text: &&String| {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .count()
            >= TELLING_MIN
    };
    let mut chosen: Vec<(usize, &String)> = all.iter().filter(telling).enumerate().collect();
    if chosen.is_empty() {
        chosen.extend(all.iter().enumerate().max_by_key(|(_, text)| text.len()));
    }
    chosen.sort_by_key(|(place, text)| (std::cmp::Reverse(text.len()), *place));
    let mut kept: Vec<(usize, &String)> = Vec::new();
    for (place, text) in chosen {
        let said = kept.iter().any(|(_, other)| other.contains(text.as_str()));
        if kept.len() < FILTERS_MAX && !said {
            kept.push((place, text));
        }
    }
    kept.sort_unstable();
    let filters = kept
        .iter()
        .map(|(_, text)| format!("|= {}", string_literal(text)));
    filters.collect::<Vec<_>>().join(" ")
}

/// A filter for records without body and with this event name.
pub(super) fn of_event(name: &str) -> String {
    format!("| event_name={}", string_literal(name))
}

/// Texts that stand in every line as they are, in their order.
fn constants(template: &Words) -> Vec<String> {
    let mut texts = vec![String::new()];
    let pieces = template.gaps.iter().zip(&template.words);
    for letter in pieces.flat_map(|(gap, word)| gap.chars().chain(word.chars())) {
        match (letter, texts.last_mut()) {
            (ANY, _) => texts.push(String::new()),
            (letter, Some(text)) => text.push(letter),
            (_, None) => {}
        }
    }
    let trimmed = texts.iter().map(|text| text.trim().to_owned());
    trimmed.filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::of_lines;
    use crate::pattern::mask::split;

    #[test]
    fn constant_parts_become_filters() {
        for (line, expected) in [
            ("chat completed in 35ms", r#"|= "chat completed in""#),
            (r#"say \ "x" twice"#, r#"|= "say \\ \"" |= "\" twice""#),
            ("7", ""),
            ("a 7 b 8", r#"|= "b""#),
            ("aa 7 aaa", r#"|= "aaa""#),
            (" ", r#"|~ "^\\s*$""#),
        ] {
            assert_eq!(of_lines(&split(line)), expected, "{line}");
        }
    }
}
