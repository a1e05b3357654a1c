//! RE2 patterns, which Go and with it Prometheus, Tempo and Loki document, written for the `regex` crate. The two agree
//! but for details: `{` that is no repetition is itself, repetitions are not repeated again and count to
//! 1000 at most, `\d`, `\w`, `\s` and `\b` know only ASCII, `\Q…\E` quotes, `\<` is `<`, classes do not
//! nest, and the flags x, u and R do not exist.
//! Source: the syntax page of RE2.

use std::iter::Peekable;
use std::str::Chars;

/// Most repetitions that a count may ask for.
const REPETITIONS_MAX: u32 = 1_000;
const DIGITS: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const BLANKS: &str = r"\t\n\f\r\x20";

/// The same pattern for the `regex` crate; what is wrong with it beyond that, the crate will say.
///
/// ```
/// assert_eq!(tacho_stdx::re2::translate(r"a{\d"), Ok(r"a\{[0-9]".to_owned()));
/// ```
///
/// # Errors
/// The pattern asks for something that RE2 does not know: a lower-case fragment says what.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut repetition = None;
    while let Some(c) = chars.next() {
        let before = repetition.take();
        if matches!(c, '*' | '+' | '?') || c == '{' && starts_repetition(chars.clone()) {
            let operator = take_repetition(c, &mut chars)?;
            out.push_str(&operator);
            repetition = Some(match before {
                Some(before) => {
                    return Err(format!(
                        "invalid nested repetition operator: `{before}{operator}`"
                    ));
                }
                None => operator,
            });
            continue;
        }
        match c {
            '\\' => escape(&mut out, &mut chars, false)?,
            '[' => class(&mut out, &mut chars)?,
            '{' => out.push_str("\\{"),
            '(' => {
                out.push('(');
                flags(chars.clone())?;
                if chars.next_if_eq(&'?').is_some() {
                    out.push('?');
                }
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// A repetition with its counts and its question mark, the first character taken.
fn take_repetition(first: char, chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut operator = String::from(first);
    if first == '{' {
        operator.extend(chars.by_ref().take_while(|c| *c != '}'));
        operator.push('}');
        let inner = &operator[1..operator.len() - 1];
        let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
        let count = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
        let most = if most.is_empty() { least } else { most };
        if count(most) > REPETITIONS_MAX || count(least) > count(most) {
            return Err(format!("invalid repeat count: `{operator}`"));
        }
    }
    if chars.next_if_eq(&'?').is_some() {
        operator.push('?');
    }
    Ok(operator)
}

/// `{n}`, `{n,}` or `{n,m}`, the brace taken.
fn starts_repetition(chars: Peekable<Chars<'_>>) -> bool {
    let (mut digits, mut comma) = (0, false);
    for c in chars {
        match c {
            '0'..='9' => digits += 1,
            ',' if digits > 0 && !comma => comma = true,
            '}' => return digits > 0,
            _ => return false,
        }
    }
    false
}

/// Refuses flags that RE2 does not know; the parenthesis is taken.
fn flags(mut chars: Peekable<Chars<'_>>) -> Result<(), String> {
    if chars.next() != Some('?') {
        return Ok(());
    }
    for c in chars {
        match c {
            'i' | 'm' | 's' | 'U' | '-' => {}
            'x' | 'u' | 'R' => return Err(format!("unknown flag `{c}`")),
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// A character class, its opening bracket taken.
fn class(out: &mut String, chars: &mut Peekable<Chars<'_>>) -> Result<(), String> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    if chars.next_if_eq(&']').is_some() {
        out.push_str("\\]");
    }
    while let Some(c) = chars.next() {
        match c {
            ']' => {
                out.push(']');
                return Ok(());
            }
            '\\' => escape(out, chars, true)?,
            '[' => match posix_class(chars.clone()) {
                Some(name) => {
                    out.push('[');
                    out.extend(chars.by_ref().take(name));
                }
                None => out.push_str("\\["),
            },
            '&' | '~' => out.extend(['\\', c]),
            '-' if chars.peek() == Some(&'-') => out.push_str("\\-"),
            c => out.push(c),
        }
    }
    Ok(())
}

/// Characters of `:name:]` after its opening bracket.
fn posix_class(chars: Peekable<Chars<'_>>) -> Option<usize> {
    let mut previous = ' ';
    for (index, c) in chars.enumerate() {
        match c {
            ':' if index == 0 => {}
            _ if index == 0 => return None,
            ']' if previous == ':' && index > 1 => return Some(index + 1),
            ':' | '^' => {}
            c if c.is_ascii_alphabetic() => {}
            _ => return None,
        }
        previous = c;
    }
    None
}

/// A character that stands for itself.
fn literal(out: &mut String, c: char) {
    if r"\.+*?()|[]{}^$#&-~".contains(c) {
        out.push('\\');
    }
    out.push(c);
}

/// An escape, its backslash taken.
fn escape(out: &mut String, chars: &mut Peekable<Chars<'_>>, in_class: bool) -> Result<(), String> {
    let Some(c) = chars.next() else {
        out.push('\\');
        return Ok(());
    };
    let set = match c.to_ascii_lowercase() {
        'd' => Some(DIGITS),
        'w' => Some(WORD),
        's' => Some(BLANKS),
        _ => None,
    };
    if let Some(set) = set {
        match (c.is_ascii_lowercase(), in_class) {
            (true, true) => out.push_str(set),
            (true, false) => out.extend(["[", set, "]"]),
            (false, _) => out.extend(["[^", set, "]"]),
        }
        return Ok(());
    }
    match c {
        'Q' if !in_class => {
            let mut quoted = String::new();
            while let Some(c) = chars.next() {
                if c == '\\' && chars.next_if_eq(&'E').is_some() {
                    break;
                }
                quoted.push(c);
            }
            quoted.chars().for_each(|c| literal(out, c));
        }
        'b' if !in_class => out.push_str("(?-u:\\b)"),
        'C' | 'u' | 'U' => return Err(format!("unknown escape `\\{c}`")),
        c if c.is_ascii_punctuation() => literal(out, c),
        c => {
            out.extend(['\\', c]);
            if matches!(c, 'x' | 'p' | 'P') && chars.peek() == Some(&'{') {
                for c in chars.by_ref() {
                    out.push(c);
                    if c == '}' {
                        break;
                    }
                }
            }
        }
    }
    Ok(())
}
