//! What stands around operators and aggregations: `bool`, `on`, `group_left`, `fill`, `by`.

use super::{Context, Parser, Result};
use crate::diagnostic::Diagnostic;
use crate::promql::quote::{quote, unquote};
use crate::promql::token::{Keyword, TokenKind};
use crate::promql::tree::{BinaryOp, Cardinality, VectorMatching};

const PLACE: &str = "grouping opts";
const OPENING: Context = Context {
    place: PLACE,
    expected: &["\"(\""],
};
const LABEL: Context = Context {
    place: PLACE,
    expected: &["label"],
};
const AFTER_LABEL: Context = Context {
    place: PLACE,
    expected: &["\",\"", "\")\""],
};

/// What stands between a binary operator and its right operand.
pub(super) struct BinaryModifiers {
    pub(super) return_bool: bool,
    pub(super) matching: VectorMatching,
}

impl Parser<'_> {
    pub(super) fn binary_modifiers(&mut self) -> Result<BinaryModifiers> {
        let return_bool = self.take_keyword(Keyword::Bool)?;
        let mut matching = VectorMatching {
            card: Cardinality::OneToOne,
            on: false,
            labels: Vec::new(),
            include: Vec::new(),
            fill_lhs: None,
            fill_rhs: None,
        };
        let on = self.take_keyword(Keyword::On)?;
        if on || self.take_keyword(Keyword::Ignoring)? {
            matching.on = on;
            (matching.labels, _) = self.label_names()?;
            if self.take_keyword(Keyword::GroupLeft)? {
                matching.card = Cardinality::ManyToOne;
            } else if self.take_keyword(Keyword::GroupRight)? {
                matching.card = Cardinality::OneToMany;
            }
            let grouped = matching.card != Cardinality::OneToOne;
            // Labels may be left out, but only if what follows is an operand.
            let next = self.peek()?;
            let labelled = next.kind == TokenKind::LeftParen || !next.starts_expression();
            if grouped && labelled {
                (matching.include, _) = self.label_names()?;
            }
        }
        self.fill_modifiers(&mut matching)?;
        Ok(BinaryModifiers {
            return_bool,
            matching,
        })
    }

    fn fill_modifiers(&mut self, matching: &mut VectorMatching) -> Result<()> {
        if self.take_keyword(Keyword::Fill)? {
            let value = self.fill_value()?;
            matching.fill_lhs = Some(value);
            matching.fill_rhs = Some(value);
        } else if self.take_keyword(Keyword::FillLeft)? {
            matching.fill_lhs = Some(self.fill_value()?);
            if self.take_keyword(Keyword::FillRight)? {
                matching.fill_rhs = Some(self.fill_value()?);
            }
        } else if self.take_keyword(Keyword::FillRight)? {
            matching.fill_rhs = Some(self.fill_value()?);
            if self.take_keyword(Keyword::FillLeft)? {
                matching.fill_lhs = Some(self.fill_value()?);
            }
        }
        Ok(())
    }

    /// `(5)`, `(-5)`.
    fn fill_value(&mut self) -> Result<f64> {
        self.expect(TokenKind::LeftParen)?;
        let mut token = self.advance()?;
        let negative = token.kind == TokenKind::Operator(BinaryOp::Sub);
        if negative || token.kind == TokenKind::Operator(BinaryOp::Add) {
            token = self.advance()?;
        }
        if !matches!(token.kind, TokenKind::Number | TokenKind::Duration) {
            return Err(self.unexpected(&token));
        }
        let value = self.number_literal(&token)?.value;
        self.expect(TokenKind::RightParen)?;
        Ok(if negative { -value } else { value })
    }

    /// `by (…)` or `without (…)`: the labels, if it is `without`, and where it ends.
    pub(super) fn grouping_modifier(&mut self) -> Result<Option<(Vec<String>, bool, usize)>> {
        let without = self.take_keyword(Keyword::Without)?;
        if !without && !self.take_keyword(Keyword::By)? {
            return Ok(None);
        }
        let (labels, end) = self.label_names()?;
        Ok(Some((labels, without, end)))
    }

    /// `(a, "b.c")` and where it ends.
    fn label_names(&mut self) -> Result<(Vec<String>, usize)> {
        let outer = std::mem::replace(&mut self.context, OPENING);
        self.expect(TokenKind::LeftParen)?;
        let mut labels = Vec::new();
        loop {
            self.context = LABEL;
            let token = self.advance()?;
            let word = self.word(&token);
            let label = match token.kind {
                TokenKind::RightParen => {
                    self.context = outer;
                    return Ok((labels, token.range.end));
                }
                TokenKind::String => unquote(word),
                _ if token.is_label_name() => word.to_owned(),
                _ => return Err(self.unexpected(&token)),
            };
            if label.is_empty() {
                let message = format!("invalid label name for grouping: {}", quote(&label));
                return Err(Diagnostic::syntax(token.range, message));
            }
            labels.push(label);
            self.context = AFTER_LABEL;
            match self.peek()?.kind {
                TokenKind::Comma => {
                    self.advance()?;
                }
                TokenKind::RightParen => {}
                _ => {
                    let token = self.advance()?;
                    return Err(self.unexpected(&token));
                }
            }
        }
    }

    /// Takes the keyword if it is next.
    fn take_keyword(&mut self, keyword: Keyword) -> Result<bool> {
        let there = self.peek()?.kind == TokenKind::Keyword(keyword);
        if there {
            self.advance()?;
        }
        Ok(there)
    }
}
