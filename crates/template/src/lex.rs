//! The text of a template in tokens, with Go's rules for trim markers, comments and what may follow a
//! word. Source: the documentation of `text/template`, sections "Text and spaces" and "Actions".

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Identifier,
    Keyword(Keyword),
    Bool(bool),
    Nil,
    Dot,
    /// `.name`
    Field,
    /// `$` or `$name`
    Variable,
    Number,
    /// `'c'`
    Character,
    Quoted,
    Raw,
    LeftParenthesis,
    RightParenthesis,
    Pipe,
    Assign,
    Declare,
    Comma,
    Other,
    End,
    /// Nothing follows; the message says why.
    Error(String),
}

/// Words with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

/// A token and its place in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    parentheses: usize,
    tokens: Vec<Token>,
}

/// The tokens; the last is `End` or `Error`.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: 0,
        parentheses: 0,
        tokens: Vec::new(),
    };
    let last = match lexer.run() {
        Ok(()) => Kind::End,
        Err(message) => Kind::Error(message),
    };
    lexer.push(last, lexer.at);
    lexer.tokens
}

fn is_blank(c: char) -> bool {
    BLANKS.contains(&c)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// How Go shows a character: `U+0041 'A'`.
fn shown(c: char) -> String {
    format!("U+{:04X} '{c}'", u32::from(c))
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token {
            kind,
            start,
            end: self.at,
        });
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            let Some(length) = self.rest().find(LEFT) else {
                let start = self.at;
                self.at = self.text.len();
                if start < self.at {
                    self.push(Kind::Text, start);
                }
                return Ok(());
            };
            let (start, open) = (self.at, self.at + length);
            let after = &self.text[open + LEFT.len()..];
            let trims = after.starts_with('-') && after[1..].starts_with(is_blank);
            let mut text = &self.text[start..open];
            if trims {
                text = text.trim_end_matches(is_blank);
            }
            if !text.is_empty() {
                self.at = start + text.len();
                self.push(Kind::Text, start);
            }
            self.at = open + LEFT.len() + if trims { 2 } else { 0 };
            if self.rest().starts_with("/*") {
                self.comment()?;
            } else {
                self.push(Kind::LeftDelimiter, open);
                self.parentheses = 0;
                self.action()?;
            }
        }
    }

    fn comment(&mut self) -> Result<(), String> {
        let Some(length) = self.rest().find("*/") else {
            return Err("unclosed comment".to_owned());
        };
        self.at += length + 2;
        if self.take_right_delimiter() {
            return Ok(());
        }
        Err("comment ends before closing delimiter".to_owned())
    }

    /// Takes `}}` or ` -}}` with the blanks after the latter.
    fn take_right_delimiter(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with(RIGHT) {
            self.at += RIGHT.len();
            return true;
        }
        if !self.trims_right() {
            return false;
        }
        self.at += 2 + RIGHT.len();
        self.at = self.text.len() - self.rest().trim_start_matches(is_blank).len();
        true
    }

    fn trims_right(&self) -> bool {
        let rest = self.rest();
        rest.starts_with(is_blank)
            && rest[1..]
                .strip_prefix('-')
                .is_some_and(|r| r.starts_with(RIGHT))
    }

    fn action(&mut self) -> Result<(), String> {
        loop {
            let start = self.at;
            if self.take_right_delimiter() {
                if self.parentheses > 0 {
                    self.at = start;
                    return Err("unclosed left paren".to_owned());
                }
                self.push(Kind::RightDelimiter, start);
                return Ok(());
            }
            let Some(c) = self.rest().chars().next() else {
                return Err("unclosed action".to_owned());
            };
            let kind = self.token(c)?;
            self.push(kind, start);
        }
    }

    fn token(&mut self, c: char) -> Result<Kind, String> {
        match c {
            c if is_blank(c) => {
                while self.rest().starts_with(is_blank) && !self.trims_right() {
                    self.at += 1;
                }
                Ok(Kind::Space)
            }
            '"' => self.quoted('"', "quoted string").map(|()| Kind::Quoted),
            '\'' => self
                .quoted('\'', "character constant")
                .map(|()| Kind::Character),
            '`' => self.raw(),
            '$' => self.word(1).map(|()| Kind::Variable),
            '.' if !self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.field(),
            '.' | '+' | '-' | '0'..='9' => self.number(),
            c if is_word(c) => self.identifier(),
            c => self.sign(c),
        }
    }

    fn sign(&mut self, c: char) -> Result<Kind, String> {
        if c == ':' {
            if !self.rest().starts_with(":=") {
                return Err("expected :=".to_owned());
            }
            self.at += 2;
            return Ok(Kind::Declare);
        }
        if !c.is_ascii_graphic() {
            return Err(format!("unrecognized character in action: {}", shown(c)));
        }
        if c == ')' && self.parentheses == 0 {
            return Err("unexpected right paren".to_owned());
        }
        self.at += 1;
        Ok(match c {
            '=' => Kind::Assign,
            '|' => Kind::Pipe,
            ',' => Kind::Comma,
            '(' => {
                self.parentheses += 1;
                Kind::LeftParenthesis
            }
            ')' => {
                self.parentheses -= 1;
                Kind::RightParenthesis
            }
            _ => Kind::Other,
        })
    }

    fn quoted(&mut self, quote: char, what: &str) -> Result<(), String> {
        let mut escaped = false;
        for (index, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if c == quote => {
                    self.at += index + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(format!("unterminated {what}"))
    }

    fn raw(&mut self) -> Result<Kind, String> {
        let Some(length) = self.rest()[1..].find('`') else {
            return Err("unterminated raw quoted string".to_owned());
        };
        self.at += length + 2;
        Ok(Kind::Raw)
    }

    /// Takes a word after so many bytes; something that ends a word has to follow.
    fn word(&mut self, skip: usize) -> Result<(), String> {
        self.at += skip;
        let length = self
            .rest()
            .find(|c| !is_word(c))
            .unwrap_or(self.rest().len());
        self.at += length;
        match self.rest().chars().next() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => Ok(()),
            Some(_) if self.rest().starts_with(RIGHT) => Ok(()),
            Some(c) => Err(format!("bad character {}", shown(c))),
        }
    }

    fn field(&mut self) -> Result<Kind, String> {
        let start = self.at;
        self.word(1)?;
        Ok(if self.at == start + 1 {
            Kind::Dot
        } else {
            Kind::Field
        })
    }

    fn identifier(&mut self) -> Result<Kind, String> {
        let start = self.at;
        self.word(0)?;
        Ok(match &self.text[start..self.at] {
            "block" => Kind::Keyword(Keyword::Block),
            "break" => Kind::Keyword(Keyword::Break),
            "continue" => Kind::Keyword(Keyword::Continue),
            "define" => Kind::Keyword(Keyword::Define),
            "else" => Kind::Keyword(Keyword::Else),
            "end" => Kind::Keyword(Keyword::End),
            "if" => Kind::Keyword(Keyword::If),
            "range" => Kind::Keyword(Keyword::Range),
            "template" => Kind::Keyword(Keyword::Template),
            "with" => Kind::Keyword(Keyword::With),
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            "nil" => Kind::Nil,
            _ => Kind::Identifier,
        })
    }

    fn number(&mut self) -> Result<Kind, String> {
        let start = self.at;
        let mut previous = ' ';
        let prefixed = self.rest().trim_start_matches(['+', '-']);
        let hex = prefixed.starts_with("0x") || prefixed.starts_with("0X");
        for c in self.rest().chars() {
            let exponent = if hex {
                matches!(previous, 'p' | 'P')
            } else {
                matches!(previous, 'e' | 'E')
            };
            let sign = matches!(c, '+' | '-') && (previous == ' ' || exponent);
            if !(sign || c == '.' || is_word(c)) {
                break;
            }
            self.at += c.len_utf8();
            previous = c;
        }
        let text = &self.text[start..self.at];
        if crate::parse::literal::number(text).is_none() {
            self.at = start;
            return Err(format!("bad number syntax: {text:?}"));
        }
        Ok(Kind::Number)
    }
}
