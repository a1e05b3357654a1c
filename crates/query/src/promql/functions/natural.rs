//! Natural order of texts: runs of digits compare as numbers, so that `a2` comes before `a10`.

use std::cmp::Ordering;

/// Compares two texts.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    while !rest_a.is_empty() && !rest_b.is_empty() {
        let (chunk_a, after_a) = chunk(rest_a);
        let (chunk_b, after_b) = chunk(rest_b);
        let order = match (is_number(chunk_a), is_number(chunk_b)) {
            (true, true) => compare_numbers(chunk_a, chunk_b),
            _ => chunk_a.cmp(chunk_b),
        };
        if order != Ordering::Equal {
            return order;
        }
        (rest_a, rest_b) = (after_a, after_b);
    }
    let by_length = rest_a.is_empty().cmp(&rest_b.is_empty()).reverse();
    by_length.then_with(|| a.cmp(b))
}

fn is_number(chunk: &str) -> bool {
    chunk.starts_with(|c: char| c.is_ascii_digit())
}

/// The longest beginning of only digits or only others.
fn chunk(text: &str) -> (&str, &str) {
    let digits = is_number(text);
    let end = text.find(|c: char| c.is_ascii_digit() != digits);
    text.split_at(end.unwrap_or(text.len()))
}

fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn digits_compare_as_numbers() {
        let mut texts = [
            "a10", "a2", "", "b1", "a2b", "10", "9", "a02", "4.10", "4.9",
        ];
        texts.sort_by(|a, b| compare(a, b));
        assert_eq!(
            texts,
            [
                "", "4.9", "4.10", "9", "10", "a02", "a2", "a2b", "a10", "b1"
            ]
        );
    }
}
