//! A line as words, with what is variable by its looks masked: numbers with their units, times,
//! addresses, UUIDs, hexadecimal and other ids, quoted texts.

/// Stands for anything in a word. No character; where a line has it, it is taken as variable.
pub(super) const ANY: char = '\u{ffff}';
/// Words of a line; of longer ones the rest is variable.
const WORDS_MAX: usize = 64;
/// Bytes of a line that are looked at; the rest is variable.
pub(super) const LINE_BYTES_MAX: usize = 4096;
/// Longest quoted text that is taken as one word, in bytes.
const QUOTED_BYTES_MAX: usize = 512;

/// A line as words and what stands before each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    /// White space before the word, `ANY` where lines differ in it; empty before the first.
    pub(super) gaps: Vec<String>,
}

/// Splits a line and masks its words.
pub(super) fn split(line: &str) -> Words {
    let mut cut = line.len().min(LINE_BYTES_MAX);
    while !line.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut splitter = Splitter {
        out: Words::default(),
        word: String::new(),
        gap: String::new(),
    };
    let text = line[..cut].trim();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if splitter.out.words.len() >= WORDS_MAX {
            break;
        }
        rest = splitter.take(letter, rest);
    }
    if splitter.out.words.len() < WORDS_MAX {
        splitter.end_word();
    }
    if cut < line.len() || !rest.is_empty() {
        splitter.out.words.push(ANY.to_string());
        splitter.out.gaps.push(ANY.to_string());
    }
    splitter.out
}

struct Splitter {
    out: Words,
    word: String,
    gap: String,
}

impl Splitter {
    /// Takes what stands at the beginning of the rest; gives what follows.
    fn take<'a>(&mut self, letter: char, rest: &'a str) -> &'a str {
        let after = &rest[letter.len_utf8()..];
        match letter {
            letter if letter.is_whitespace() => {
                self.end_word();
                self.gap.push(letter);
            }
            '"' | '\'' | '`' if self.may_begin_quoted() => {
                if let Some(end) = end_of_quoted(after, letter) {
                    return self.quoted(letter, &after[..end], &after[end + 1..]);
                }
                self.word.push(letter);
            }
            ',' | ';' | '{' | '[' | '(' => {
                self.word.push(letter);
                self.end_word();
            }
            '}' | ']' | ')' => {
                self.end_word();
                self.word.push(letter);
            }
            letter => self.word.push(letter),
        }
        after
    }

    fn may_begin_quoted(&self) -> bool {
        self.word
            .chars()
            .next_back()
            .is_none_or(|last| "=:([{,<>".contains(last))
    }

    /// Keys and values of JSON stay, as words of their own; other quoted texts are variable.
    fn quoted<'a>(&mut self, quote: char, text: &str, after: &'a str) -> &'a str {
        let before = self.word.chars().next_back();
        let before = before.or_else(|| self.out.words.last()?.chars().next_back());
        let in_json = quote == '"'
            && (after.trim_start().starts_with(':')
                || before.is_some_and(|last| ":{[,".contains(last)));
        self.word.push(quote);
        if in_json {
            self.word.push_str(text);
        } else {
            self.word.push(ANY);
        }
        self.word.push(quote);
        after
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        self.out.words.push(mask(&self.word));
        self.out.gaps.push(std::mem::take(&mut self.gap));
        self.word.clear();
    }
}

/// Where a quoted text ends, if it does so soon.
fn end_of_quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if at > QUOTED_BYTES_MAX => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// A word with its variable parts masked.
fn mask(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if first == ANY {
            push_any(&mut out);
            rest = &rest[first.len_utf8()..];
        } else if let Some(after) = rest.get(36..).filter(|_| is_uuid(&rest.as_bytes()[..36])) {
            push_any(&mut out);
            rest = after;
        } else if first.is_alphanumeric() {
            let end = rest.find(|letter: char| !letter.is_alphanumeric());
            let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
            if is_variable(run) {
                push_any(&mut out);
            } else {
                out.push_str(run);
            }
            rest = after;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// Adds a variable part; one with the variable part before it where only a point, a hyphen or the
/// like stands between them. A sign belongs to it.
pub(super) fn push_any(out: &mut String) {
    if out.ends_with(ANY) {
        return;
    }
    let mut letters = out.chars().rev();
    match (letters.next(), letters.next()) {
        (Some('.' | ':' | '-' | '/' | '+' | '_'), Some(ANY)) => {
            out.pop();
            return;
        }
        (Some('-' | '+'), None | Some('=' | ':' | '(' | '[' | ',')) => {
            out.pop();
        }
        _ => {}
    }
    out.push(ANY);
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// Whether letters and digits in a row look like a number or an id.
fn is_variable(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = run.bytes().all(|byte| byte.is_ascii_hexdigit());
    run.starts_with(|first: char| first.is_ascii_digit())
        || (hexadecimal && run.len() >= 6 && digits > 0)
        || (hexadecimal && run.len() >= 16)
        || (run.len() >= 10 && digits >= 3)
}

#[cfg(test)]
mod tests {
    use super::{ANY, WORDS_MAX, split};

    fn shown(line: &str) -> String {
        split(line).words.join("|").replace(ANY, "*")
    }

    #[test]
    fn what_looks_variable_is_masked() {
        for (line, expected) in [
            ("took 35ms, 1.5 s or -7", "took|*,|*|s|or|*"),
            ("2026-11-20T10:15:00.5Z ok", "*|ok"),
            ("from 10.0.0.1:443 to [::1]", "from|*|to|[|::*|]"),
            ("id 5b8efff7-9803-abcd-efab-d269b633813f end", "id|*|end"),
            ("trace 00f067aa0ba902b7 task-44a3-02", "trace|*|task-*"),
            ("user=alice try=3", "user=alice|try=*"),
            (
                r#"failed "no such file" for 'x y'"#,
                r#"failed|"*"|for|'*'"#,
            ),
            (r#"{"level":"info","n":5}"#, r#"{|"level":"info",|"n":*|}"#),
            ("don't mask gpt4 utf8 v2", "don't|mask|gpt4|utf8|v2"),
            ("GET /api/users/42/posts", "GET|/api/users/*/posts"),
            ("decade deadbeef", "decade|deadbeef"),
            ("", ""),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn long_lines_end_in_something_variable() {
        let many = "w ".repeat(500);
        let words = split(&many);
        assert_eq!(words.words.len(), WORDS_MAX + 1);
        assert_eq!(words.gaps.len(), words.words.len());
        assert_eq!(words.words.last().unwrap(), &ANY.to_string());
        let long = "ä".repeat(5000);
        assert_eq!(split(&long).words.len(), 2);
    }
}
