//! Reads conditions: `==`, `!=`, `=~`, `!~`, `!`, `&&`, `||` (also `and`, `or`, `not`) and parentheses over
//! `labels.x`, `annotations.x`, `alert_name` and `severity`. Errors name the column.

use super::{Condition, Field, Test, Tree};
use crate::error::{Error, Result};
use tacho_syntax::pattern::{Anchoring, PATTERNS_MAX, compile};
use tacho_yaml::problem::closest;

/// Longest condition that is taken, bytes.
const TEXT_BYTES_MAX: usize = 4 << 10;
/// Deepest nesting of parentheses and negations.
const DEPTH_MAX: usize = 32;
const FIELDS: [&str; 4] = ["labels", "annotations", "alert_name", "severity"];
const WHAT_FIELDS: &str = "ask for labels.NAME, annotations.NAME, alert_name or severity";

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What is wrong, with its column from 1, and what to write instead.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > TEXT_BYTES_MAX {
            let length = text.len();
            return Err(Error::limit(format!(
                "condition of {length} bytes, at most {TEXT_BYTES_MAX} are taken"
            )));
        }
        let tokens = scan(text)?;
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
            end: text.chars().count() + 1,
            patterns: 0,
        };
        let tree = parser.any(0)?;
        match parser.next() {
            None => Ok(Self {
                text: text.trim().to_owned(),
                tree,
            }),
            Some(token) => Err(wrong(
                token.column,
                &format!("unexpected {}", token.piece.describe()),
                "join comparisons with && or ||",
            )),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Word(String),
    Text(String),
    Sign(&'static str),
}

impl Piece {
    fn describe(&self) -> String {
        match self {
            Self::Word(word) => format!("{word:?}"),
            Self::Text(text) => format!("the text {text:?}"),
            Self::Sign(sign) => format!("{sign:?}"),
        }
    }
}

#[derive(Debug, Clone)]
struct Token {
    column: usize,
    piece: Piece,
}

/// Two characters before one, so that `!=` is not `!`.
const SIGNS: [&str; 13] = [
    "==", "!=", "=~", "!~", "&&", "||", "!", "(", ")", "[", "]", ".", "=",
];

fn scan(text: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut column = 1;
    while let Some(c) = rest.chars().next() {
        let (piece, bytes) = if c.is_whitespace() {
            (None, c.len_utf8())
        } else if c == '\'' || c == '"' {
            let (text, bytes) = quoted(rest, c, column)?;
            (Some(Piece::Text(text)), bytes)
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Some(Piece::Sign(sign)), sign.len())
        } else {
            let is_word = |c: char| c.is_alphanumeric() || "_-:/".contains(c);
            let bytes = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if bytes == 0 {
                let hint = "put texts into quotes";
                return Err(wrong(column, &format!("unexpected {c:?}"), hint));
            }
            let word = rest.get(..bytes).unwrap_or_default();
            (Some(Piece::Word(word.to_owned())), bytes)
        };
        if let Some(piece) = piece {
            tokens.push(Token { column, piece });
        }
        let (taken, after) = rest.split_at(bytes);
        column += taken.chars().count();
        rest = after;
    }
    Ok(tokens)
}

/// A text in quotes, and the bytes that it takes. A backslash keeps the next character from ending it; `\n`
/// and `\t` are what they are elsewhere, any other backslash stands for itself (patterns need it).
fn quoted(rest: &str, quote: char, column: usize) -> Result<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((text, at + 1)),
            '\\' => match chars.next() {
                Some((_, c)) if c == quote || c == '\\' => text.push(c),
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c)) => text.extend(['\\', c]),
                None => break,
            },
            c => text.push(c),
        }
    }
    let message = format!("the text has no end: {quote} is missing");
    Err(wrong(column, &message, "close the quotes"))
}

fn wrong(column: usize, message: &str, hint: &str) -> Error {
    Error::invalid(format!("column {column}: {message}")).with_hint(hint)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
    patterns: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self, depth: usize) -> Result<Tree> {
        let mut parts = vec![self.all(depth)?];
        while self.take_sign("||") || self.take_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(single(parts).unwrap_or_else(Tree::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Tree> {
        let mut parts = vec![self.one(depth)?];
        while self.take_sign("&&") || self.take_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(single(parts).unwrap_or_else(Tree::And))
    }

    fn one(&mut self, depth: usize) -> Result<Tree> {
        if depth > DEPTH_MAX {
            let message = format!("nested deeper than {DEPTH_MAX}");
            return Err(wrong(
                self.column(),
                &message,
                "say it with fewer parentheses",
            ));
        }
        if self.take_sign("!") || self.take_word("not") {
            return Ok(Tree::Not(Box::new(self.one(depth + 1)?)));
        }
        if !self.take_sign("(") {
            return self.comparison();
        }
        let inner = self.any(depth + 1)?;
        if self.take_sign(")") {
            return Ok(inner);
        }
        Err(wrong(
            self.column(),
            "a ) is missing",
            "close the parenthesis",
        ))
    }

    fn comparison(&mut self) -> Result<Tree> {
        let field = self.field()?;
        let column = self.column();
        let sign = match self.peek().map(|token| &token.piece) {
            Some(Piece::Sign(sign @ ("==" | "!=" | "=~" | "!~"))) => *sign,
            Some(Piece::Sign("=")) => {
                return Err(wrong(column, "\"=\" compares nothing", "write =="));
            }
            _ => {
                let test = Test::Present;
                return Ok(Tree::Compare { field, test });
            }
        };
        self.at += 1;
        let column = self.column();
        let value = match self.next().map(|token| &token.piece) {
            Some(Piece::Text(text) | Piece::Word(text)) => text.clone(),
            Some(other) => {
                let message = format!("a text was expected, not {}", other.describe());
                return Err(wrong(column, &message, "put it into quotes"));
            }
            None => {
                let message = format!("nothing to compare with after {sign}");
                return Err(wrong(column, &message, "write a text in quotes"));
            }
        };
        let test = self.test(sign, value, column)?;
        Ok(Tree::Compare { field, test })
    }

    fn test(&mut self, sign: &str, text: String, column: usize) -> Result<Test> {
        let wanted = !sign.starts_with('!');
        if !sign.ends_with('~') {
            return Ok(Test::Text { text, wanted });
        }
        self.patterns += 1;
        if self.patterns > PATTERNS_MAX {
            let message = format!("more than {PATTERNS_MAX} patterns");
            return Err(wrong(column, &message, "join them with |"));
        }
        let pattern = compile(&text, Anchoring::Whole).map_err(|reason| {
            let message = format!("invalid regular expression {text:?}: {reason}");
            wrong(column, &message, "the syntax is that of RE2")
        })?;
        Ok(Test::Pattern { pattern, wanted })
    }

    fn field(&mut self) -> Result<Field> {
        let column = self.column();
        let word = match self.next().map(|token| &token.piece) {
            Some(Piece::Word(word)) => word.as_str(),
            Some(other) => {
                let message = format!("a comparison was expected, not {}", other.describe());
                return Err(wrong(column, &message, WHAT_FIELDS));
            }
            None => return Err(wrong(column, "a comparison is missing", WHAT_FIELDS)),
        };
        match word {
            "labels" | "label" => self.member(word).map(Field::Label),
            "annotations" | "annotation" => self.member(word).map(Field::Annotation),
            "alert_name" | "alertname" => Ok(Field::AlertName),
            "severity" => Ok(Field::Severity),
            other => {
                let hint = closest(other, FIELDS.into_iter());
                let hint = match hint {
                    Some(near) => format!("did you mean {near}?"),
                    None => WHAT_FIELDS.to_owned(),
                };
                Err(wrong(column, &format!("{other:?} is not known"), &hint))
            }
        }
    }

    /// `.name` (with further dots) or `["name"]`.
    fn member(&mut self, of: &str) -> Result<String> {
        let column = self.column();
        let missing = |column| {
            let hint = format!("write {of}.NAME or {of}[\"NAME\"]");
            wrong(column, &format!("{of} needs the name of one"), &hint)
        };
        if self.take_sign("[") {
            let Some(Piece::Text(name)) = self.next().map(|token| &token.piece) else {
                return Err(missing(column));
            };
            let name = name.clone();
            return if self.take_sign("]") {
                Ok(name)
            } else {
                Err(wrong(self.column(), "a ] is missing", "close the bracket"))
            };
        }
        let mut names = Vec::new();
        while self.take_sign(".") {
            let column = self.column();
            let Some(Piece::Word(name)) = self.next().map(|token| &token.piece) else {
                return Err(missing(column));
            };
            names.push(name.as_str());
        }
        if names.is_empty() {
            return Err(missing(column));
        }
        Ok(names.join("."))
    }

    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn column(&self) -> usize {
        self.peek().map_or(self.end, |token| token.column)
    }

    fn take(&mut self, fits: impl Fn(&Piece) -> bool) -> bool {
        let found = self.peek().is_some_and(|token| fits(&token.piece));
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        self.take(|piece| matches!(piece, Piece::Sign(found) if *found == sign))
    }

    fn take_word(&mut self, word: &str) -> bool {
        self.take(|piece| matches!(piece, Piece::Word(found) if found.eq_ignore_ascii_case(word)))
    }
}

/// The only part, or all of them.
fn single(mut parts: Vec<Tree>) -> std::result::Result<Tree, Vec<Tree>> {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            parts.push(last);
            Err(parts)
        }
        (None, _) => Err(parts),
    }
}
