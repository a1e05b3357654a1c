//! What people see: escaping, widths, colours, tables, traces, log lines. Everything here makes text
//! of values; `screen.rs` alone writes it.

pub(crate) mod alert;
pub(crate) mod attribute;
pub(crate) mod escape;
pub(crate) mod log_line;
pub(crate) mod next_page;
pub(crate) mod prometheus;
pub(crate) mod screen;
pub(crate) mod sparkline;
pub(crate) mod table;
pub(crate) mod trace_tree;
pub(crate) mod width;

/// A number with its word: `1 span`, `2 spans`.
pub(crate) fn counted(count: u64, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_groups() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123_456), "123,456");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
