//! Vector selectors: a name, matchers in braces, or both.

use super::{Built, Context, Parser, Result, leaf};
use crate::diagnostic::Diagnostic;
use crate::pattern::{Anchoring, compile};
use crate::promql::quote::unquote;
use crate::promql::regexp;
use crate::promql::token::{Token, TokenKind};
use crate::promql::tree::{BinaryOp, Duration, ExprKind, MatchOp, Matcher, VectorSelector};
use crate::promql::{METRIC_NAME, PATTERNS_MAX};
use std::ops::Range;

const PLACE: &str = "label matching";
const MATCHER: Context = Context {
    place: PLACE,
    expected: &["identifier", "\"}\""],
};
const OPERATOR: Context = Context {
    place: PLACE,
    expected: &["label matching operator"],
};
const VALUE: Context = Context {
    place: PLACE,
    expected: &["string"],
};
const AFTER_MATCHER: Context = Context {
    place: PLACE,
    expected: &["\",\"", "\"}\""],
};

impl Parser<'_> {
    /// `name` or `name{…}`, the name taken.
    pub(super) fn named_selector(&mut self, name: &Token) -> Result<Built> {
        let mut range = name.range.clone();
        let mut matchers = Vec::new();
        if self.peek()?.kind == TokenKind::LeftBrace {
            let opening = self.advance()?;
            (matchers, range.end) = self.matchers(&opening)?;
        }
        let name = self.word(name).to_owned();
        matchers.push(Matcher {
            name: METRIC_NAME.to_owned(),
            op: MatchOp::Equal,
            value: name.clone(),
        });
        Ok(selector(Some(name), matchers, range))
    }

    /// `{…}`, the opening brace taken.
    pub(super) fn braces_only(&mut self, opening: &Token) -> Result<Built> {
        let (matchers, end) = self.matchers(opening)?;
        Ok(selector(None, matchers, opening.range.start..end))
    }

    /// The matchers up to the closing brace, and where that ends.
    fn matchers(&mut self, opening: &Token) -> Result<(Vec<Matcher>, usize)> {
        debug_assert_eq!(opening.kind, TokenKind::LeftBrace, "the caller took it");
        let outer = std::mem::replace(&mut self.context, MATCHER);
        let mut matchers = Vec::new();
        loop {
            self.context = MATCHER;
            let token = self.advance()?;
            match token.kind {
                TokenKind::RightBrace => {
                    self.context = outer;
                    return Ok((matchers, token.range.end));
                }
                TokenKind::Identifier | TokenKind::String => {
                    matchers.push(self.matcher(&token)?);
                }
                _ => return Err(self.unexpected(&token)),
            }
            self.context = AFTER_MATCHER;
            match self.peek()?.kind {
                TokenKind::Comma => {
                    self.advance()?;
                }
                TokenKind::RightBrace => {}
                _ => {
                    let token = self.advance()?;
                    return Err(self.unexpected(&token));
                }
            }
        }
    }

    /// A matcher, its name taken; a string alone is the name of the metric.
    fn matcher(&mut self, name: &Token) -> Result<Matcher> {
        let quoted = name.kind == TokenKind::String;
        let op = match self.peek()?.kind {
            TokenKind::Assign => MatchOp::Equal,
            TokenKind::Operator(BinaryOp::NotEqual) => MatchOp::NotEqual,
            TokenKind::MatchRegex => MatchOp::Regex,
            TokenKind::NotMatchRegex => MatchOp::NotRegex,
            _ if quoted => {
                return Ok(Matcher {
                    name: METRIC_NAME.to_owned(),
                    op: MatchOp::Equal,
                    value: unquote(self.word(name)),
                });
            }
            _ => {
                self.context = OPERATOR;
                let token = self.advance()?;
                return Err(self.unexpected(&token));
            }
        };
        self.advance()?;
        self.context = VALUE;
        let token = self.expect(TokenKind::String)?;
        let value = unquote(self.word(&token));
        let range = name.range.start..token.range.end;
        if matches!(op, MatchOp::Regex | MatchOp::NotRegex) {
            self.check_pattern(&value, range)?;
        }
        let word = self.word(name);
        Ok(Matcher {
            name: if quoted {
                unquote(word)
            } else {
                word.to_owned()
            },
            op,
            value,
        })
    }

    fn check_pattern(&mut self, pattern: &str, range: Range<usize>) -> Result<()> {
        self.pattern_count += 1;
        if self.pattern_count > PATTERNS_MAX {
            let message = format!("more than {PATTERNS_MAX} patterns in one query");
            return Err(Diagnostic::limit(range, message));
        }
        match compile(pattern, Anchoring::WholeWithLineEnds) {
            Ok(_) => Ok(()),
            Err(reason) => {
                let message = format!("error parsing regexp: {}", regexp::reason(pattern, &reason));
                Err(Diagnostic::mismatch(range, message))
            }
        }
    }
}

fn selector(name: Option<String>, matchers: Vec<Matcher>, range: Range<usize>) -> Built {
    let selector = VectorSelector {
        name,
        matchers,
        offset: Duration::default(),
        at: None,
        anchored: false,
        smoothed: false,
    };
    leaf(ExprKind::Vector(selector), range)
}
