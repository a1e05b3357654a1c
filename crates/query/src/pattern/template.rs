//! What several lines have in common, word by word.

use super::mask::{ANY, Words, push_any};

/// How well a line fits, in halves of words: at least its number of words to be taken in.
pub(super) fn likeness(template: &Words, line: &Words) -> usize {
    let pairs = template.words.iter().zip(&line.words);
    pairs
        .map(|(known, word)| match known == word {
            true => 2,
            false if is_any(known) => 1,
            false if fits(known, word) => 2,
            false => 0,
        })
        .sum()
}

fn is_any(word: &str) -> bool {
    word.chars().eq([ANY])
}

/// Whether a word has the constant beginning and end of another that has variable parts.
fn fits(known: &str, word: &str) -> bool {
    let (Some(first), Some(last)) = (known.find(ANY), known.rfind(ANY)) else {
        return false;
    };
    let (begin, end) = (&known[..first], &known[last + ANY.len_utf8()..]);
    word.len() >= begin.len() + end.len() && word.starts_with(begin) && word.ends_with(end)
}

/// Takes a line of as many words in: what differs becomes variable.
pub(super) fn merge(template: &mut Words, line: &Words) {
    for (known, word) in template.words.iter_mut().zip(&line.words) {
        if known != word {
            *known = common(known, word);
        }
    }
    for (known, gap) in template.gaps.iter_mut().zip(&line.gaps) {
        if known != gap {
            *known = ANY.to_string();
        }
    }
}

/// The common beginning and end of two words, with something variable in between. Both are cut
/// where letters and digits meet something else, so that no half of a name stays.
fn common(left: &str, right: &str) -> String {
    let same = left.chars().zip(right.chars());
    let begin: usize = same
        .take_while(|(a, b)| a == b)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let begin = left[..begin]
        .rfind(|letter: char| !letter.is_alphanumeric())
        .map_or(0, |at| {
            at + left[at..].chars().next().map_or(0, char::len_utf8)
        });
    let (left_rest, right_rest) = (&left[begin..], &right[begin..]);
    let same = left_rest.chars().rev().zip(right_rest.chars().rev());
    let end: usize = same
        .take_while(|(a, b)| a == b)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let end = &left_rest[left_rest.len() - end..];
    let end = end
        .find(|letter: char| !letter.is_alphanumeric())
        .map_or("", |at| &end[at..]);
    let mut out = left[..begin].to_owned();
    push_any(&mut out);
    match end.strip_prefix(ANY) {
        Some(after) => out.push_str(after),
        None => out.push_str(end),
    }
    out
}

/// The line with `<*>` for what is variable.
pub(super) fn print(template: &Words) -> String {
    let mut out = String::new();
    for (at, (gap, word)) in template.gaps.iter().zip(&template.words).enumerate() {
        match gap.contains(ANY) {
            true if at > 0 => out.push(' '),
            true => {}
            false => out.push_str(gap),
        }
        for letter in word.chars() {
            match letter {
                ANY => out.push_str("<*>"),
                letter => out.push(letter),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{common, likeness, merge, print};
    use crate::pattern::mask::{ANY, split};

    #[test]
    fn words_keep_what_they_have_in_common() {
        let both = |left: &str, right: &str| {
            let any = |text: &str| text.replace('*', &ANY.to_string());
            let merged = common(&any(left), &any(right));
            assert_eq!(merged, common(&any(right), &any(left)), "{left} {right}");
            merged.replace(ANY, "*")
        };
        assert_eq!(both("user=alice,", "user=bob,"), "user=*,");
        assert_eq!(both("src/a.rs", "src/b.rs"), "src/*.rs");
        assert_eq!(both("foo", "foobar"), "*");
        assert_eq!(both("coder-*", "tester-*"), "*-*");
        assert_eq!(both("a=*", "a=b"), "a=*");
        assert_eq!(both("a=", "a=b"), "a=*");
        assert_eq!(both("x/*/y", "x/*/z/y"), "x/*");
        assert_eq!(both("aa", "aaa"), "*");
        assert_eq!(both("--", "---"), "--*");
    }

    #[test]
    fn lines_merge_and_gaps_may_differ() {
        let mut template = split("agent Coder finished  in 3s");
        let line = split("agent Tester finished in 5s");
        assert_eq!(likeness(&template, &line), 8);
        merge(&mut template, &line);
        assert_eq!(print(&template), "agent <*> finished in <*>");
        assert_eq!(likeness(&template, &line), 9);
    }
}
