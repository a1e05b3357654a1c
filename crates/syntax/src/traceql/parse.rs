//! TraceQL: tokens to tree. Recursion and the height of the tree are bounded by `DEPTH_MAX`, so
//! that whoever walks the tree may recurse.

use super::token::{Punctuation, Token, TokenKind, find_intrinsic, tokenize, unknown_intrinsic};
use super::tree::{
    Comparison, ComparisonOperator, Expr, Field, FieldName, Literal, LiteralValue, Logical,
    LogicalOperator, Query, Spanset, SpansetFilter, Unary, UnaryOperator,
};
use crate::DEPTH_MAX;
use crate::diagnostic::Diagnostic;
use crate::scan::{Number, check_length};
use std::ops::Range;
use tacho_model::span::{SpanKind, SpanStatus};

/// Functions that start or follow a pipeline; not supported yet.
const FUNCTIONS: &[&str] = &[
    "count",
    "avg",
    "max",
    "min",
    "sum",
    "by",
    "select",
    "coalesce",
    "rate",
    "count_over_time",
    "min_over_time",
    "max_over_time",
    "avg_over_time",
    "sum_over_time",
    "quantile_over_time",
    "histogram_over_time",
    "compare",
    "topk",
    "bottomk",
];

pub(super) fn parse(text: &str) -> Result<Query, Diagnostic> {
    check_length(text)?;
    let (tokens, token_error) = tokenize(text);
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
    };
    let result = parser.query();
    match (result, token_error) {
        // The list of tokens ends early: what the grammar misses there is explained by the token.
        (Err(error), Some(token_error)) if error.range.start >= text.len() => Err(token_error),
        (Ok(_), Some(token_error)) => Err(token_error),
        (result, _) => result,
    }
}

/// An expression and the height of its tree.
struct Tall {
    expr: Expr,
    height: usize,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn query(&mut self) -> Result<Query, Diagnostic> {
        if !self.take(Punctuation::OpenBrace) {
            return Err(self.no_filter());
        }
        let start = self.last_range().start;
        let condition = if self.is_at(Punctuation::CloseBrace) {
            None
        } else {
            Some(self.logical()?.expr)
        };
        if !self.take(Punctuation::CloseBrace) {
            return Err(self.unexpected_in_filter());
        }
        let range = start..self.last_range().end;
        match self.peek() {
            TokenKind::End => {}
            _ => return Err(self.beyond_filter()),
        }
        Ok(Query {
            spanset: Spanset::Filter(SpansetFilter { condition, range }),
        })
    }

    fn logical(&mut self) -> Result<Tall, Diagnostic> {
        self.enter()?;
        let mut left = self.comparison()?;
        // Operators that group from the left: only what this loop has joined may be joined further.
        let mut joined: Option<LogicalOperator> = None;
        while let Some(operator) = self.take_logical() {
            let right = self.comparison()?;
            let end = right.expr.range().end;
            left.height = self.checked_height(if joined == Some(operator) {
                left.height.max(right.height + 1)
            } else {
                left.height.max(right.height) + 1
            })?;
            match &mut left.expr {
                Expr::Logical(node) if joined == Some(operator) => {
                    node.operands.push(right.expr);
                    node.range.end = end;
                }
                _ => {
                    let range = left.expr.range().start..end;
                    let operands = vec![left.expr, right.expr];
                    left.expr = Expr::Logical(Logical {
                        operator,
                        operands,
                        range,
                    });
                    joined = Some(operator);
                }
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Tall, Diagnostic> {
        let mut left = self.unary()?;
        while let Some(operator) = self.take_comparison() {
            let right = self.unary()?;
            let height = self.checked_height(left.height.max(right.height) + 1)?;
            let range = left.expr.range().start..right.expr.range().end;
            let (left_expr, right_expr) = (Box::new(left.expr), Box::new(right.expr));
            let node = Comparison {
                operator,
                left: left_expr,
                right: right_expr,
                range,
            };
            left = Tall {
                expr: Expr::Comparison(node),
                height,
            };
        }
        match self.peek() {
            TokenKind::Punctuation(Punctuation::Arithmetic | Punctuation::Minus) => {
                Err(Diagnostic::unsupported(self.range(), "arithmetic is"))
            }
            _ => Ok(left),
        }
    }

    fn unary(&mut self) -> Result<Tall, Diagnostic> {
        if !self.take(Punctuation::Not) {
            return self.primary();
        }
        let start = self.last_range().start;
        self.enter()?;
        let operand = self.unary()?;
        self.depth -= 1;
        let range = start..operand.expr.range().end;
        let height = self.checked_height(operand.height + 1)?;
        let operand = Box::new(operand.expr);
        let expr = Expr::Unary(Unary {
            operator: UnaryOperator::Not,
            operand,
            range,
        });
        Ok(Tall { expr, height })
    }

    fn primary(&mut self) -> Result<Tall, Diagnostic> {
        let range = self.range();
        let expr = match self.peek().clone() {
            TokenKind::Punctuation(Punctuation::OpenParen) => {
                self.at += 1;
                let inner = self.logical()?;
                if !self.take(Punctuation::CloseParen) {
                    return Err(self.unexpected(&["`)`", "`&&`", "`||`"]));
                }
                return Ok(inner);
            }
            TokenKind::Punctuation(Punctuation::Minus) => {
                self.at += 1;
                return self.negative(range);
            }
            TokenKind::String(text) => literal(LiteralValue::String(text), range),
            TokenKind::Number(number) => literal(self.number(number, false, &range)?, range),
            TokenKind::Field(name) => Expr::Field(Field { name, range }),
            TokenKind::Word(word) => word_expr(&word, range)?,
            TokenKind::Punctuation(_) | TokenKind::End => {
                return Err(self.unexpected(&["a field", "a value"]));
            }
        };
        self.at += 1;
        Ok(Tall { expr, height: 1 })
    }

    fn negative(&mut self, minus: Range<usize>) -> Result<Tall, Diagnostic> {
        match self.peek().clone() {
            TokenKind::Number(number) => {
                let range = minus.start..self.range().end;
                let value = self.number(number, true, &range)?;
                self.at += 1;
                Ok(Tall {
                    expr: literal(value, range),
                    height: 1,
                })
            }
            TokenKind::Field(_)
            | TokenKind::Word(_)
            | TokenKind::Punctuation(Punctuation::OpenParen) => {
                Err(Diagnostic::unsupported(minus, "arithmetic is"))
            }
            _ => Err(self.unexpected(&["a number"])),
        }
    }

    fn number(
        &self,
        number: Number,
        negative: bool,
        range: &Range<usize>,
    ) -> Result<LiteralValue, Diagnostic> {
        let too_large = || {
            let text = &self.text[range.clone()];
            Diagnostic::syntax(range.clone(), format!("number `{text}` is too large"))
        };
        let signed = |value: u64| {
            let value = i128::from(value) * if negative { -1 } else { 1 };
            i64::try_from(value).map_err(|_| too_large())
        };
        match number {
            Number::Int(value) => signed(value).map(LiteralValue::Int),
            Number::Float(value) => Ok(LiteralValue::Float(if negative { -value } else { value })),
            Number::Duration(ns) => signed(ns).map(LiteralValue::Duration),
            Number::Bytes(_) => Err(too_large()),
        }
    }

    fn take_logical(&mut self) -> Option<LogicalOperator> {
        let operator = match self.peek() {
            TokenKind::Punctuation(Punctuation::And) => LogicalOperator::And,
            TokenKind::Punctuation(Punctuation::Or) => LogicalOperator::Or,
            _ => return None,
        };
        self.at += 1;
        Some(operator)
    }

    fn take_comparison(&mut self) -> Option<ComparisonOperator> {
        let TokenKind::Punctuation(punctuation) = self.peek() else {
            return None;
        };
        let operator = match punctuation {
            Punctuation::Equal => ComparisonOperator::Equal,
            Punctuation::NotEqual => ComparisonOperator::NotEqual,
            Punctuation::Less => ComparisonOperator::Less,
            Punctuation::LessOrEqual => ComparisonOperator::LessOrEqual,
            Punctuation::Greater => ComparisonOperator::Greater,
            Punctuation::GreaterOrEqual => ComparisonOperator::GreaterOrEqual,
            Punctuation::Match => ComparisonOperator::Match,
            Punctuation::NotMatch => ComparisonOperator::NotMatch,
            _ => return None,
        };
        self.at += 1;
        Some(operator)
    }

    /// The text does not start with `{`.
    fn no_filter(&self) -> Diagnostic {
        match self.peek() {
            TokenKind::Word(word) if FUNCTIONS.contains(&word.as_str()) => {
                Diagnostic::unsupported(self.range(), format!("pipelines (`{word}`) are"))
            }
            TokenKind::Number(_) | TokenKind::Punctuation(Punctuation::Minus) => {
                Diagnostic::unsupported(self.range(), "arithmetic over metrics is")
            }
            TokenKind::Punctuation(Punctuation::OpenParen) => {
                Diagnostic::unsupported(self.range(), "parentheses around spansets are")
            }
            TokenKind::Word(_) | TokenKind::Field(_) => self
                .unexpected(&["`{`"])
                .with_hint("conditions stand in braces: `{ status = error }`"),
            _ => self.unexpected(&["`{`"]),
        }
    }

    /// The filter is complete, and more follows.
    fn beyond_filter(&self) -> Diagnostic {
        let text = &self.text[self.range()];
        let TokenKind::Punctuation(punctuation) = self.peek() else {
            return match self.peek() {
                TokenKind::Word(word) if word == "with" => {
                    Diagnostic::unsupported(self.range(), "query hints (`with`) are")
                }
                _ => self.unexpected(&["the end of the query"]),
            };
        };
        match punctuation {
            Punctuation::Pipe => match self.tokens.get(self.at + 1).map(|token| &token.kind) {
                Some(TokenKind::Word(word)) => {
                    Diagnostic::unsupported(self.range(), format!("pipelines (`| {word}`) are"))
                }
                _ => Diagnostic::unsupported(self.range(), "pipelines are"),
            },
            Punctuation::And | Punctuation::Or => Diagnostic::unsupported(
                self.range(),
                format!("combining spansets with `{text}` is"),
            )
            .with_hint("conditions on one span go into one pair of braces"),
            Punctuation::Structural
            | Punctuation::Less
            | Punctuation::Greater
            | Punctuation::NotMatch => Diagnostic::unsupported(
                self.range(),
                format!("structural operators (`{text}`) are"),
            ),
            _ => self.unexpected(&["the end of the query"]),
        }
    }

    /// The condition is complete, and something else than `}` follows.
    fn unexpected_in_filter(&self) -> Diagnostic {
        let error = self.unexpected(&["`}`", "`&&`", "`||`"]);
        match self.peek() {
            TokenKind::Word(word) if word.eq_ignore_ascii_case("and") => {
                error.with_hint("and is written `&&`")
            }
            TokenKind::Word(word) if word.eq_ignore_ascii_case("or") => {
                error.with_hint("or is written `||`")
            }
            TokenKind::Punctuation(Punctuation::Pipe) => error.with_hint("or is written `||`"),
            TokenKind::Punctuation(Punctuation::Comma) => {
                error.with_hint("conditions are joined by `&&`")
            }
            _ => error,
        }
    }

    fn unexpected(&self, expected: &[&str]) -> Diagnostic {
        let range = self.range();
        let found = match self.peek() {
            TokenKind::End => "the end of the query".to_owned(),
            TokenKind::String(_) => "a string".to_owned(),
            _ => format!("`{}`", &self.text[range.clone()]),
        };
        let error = Diagnostic::expected(range.clone(), expected, &found);
        let doubled = self.at > 0
            && self.is_at(Punctuation::Equal)
            && self.last_range() == (range.start.saturating_sub(1)..range.start)
            && self.text.as_bytes().get(range.start.saturating_sub(1)) == Some(&b'=');
        if doubled {
            error.with_hint("equality is written `=`")
        } else {
            error
        }
    }

    fn enter(&mut self) -> Result<(), Diagnostic> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            Err(too_deep(self.range()))
        } else {
            Ok(())
        }
    }

    fn checked_height(&self, height: usize) -> Result<usize, Diagnostic> {
        if height > DEPTH_MAX {
            Err(too_deep(self.last_range()))
        } else {
            Ok(height)
        }
    }

    fn peek(&self) -> &TokenKind {
        self.tokens
            .get(self.at)
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn range(&self) -> Range<usize> {
        let end = self.text.len();
        self.tokens
            .get(self.at)
            .map_or(end..end, |token| token.range.clone())
    }

    /// Bytes of the token taken last.
    fn last_range(&self) -> Range<usize> {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.map_or(0..0, |token| token.range.clone())
    }

    fn is_at(&self, punctuation: Punctuation) -> bool {
        *self.peek() == TokenKind::Punctuation(punctuation)
    }

    fn take(&mut self, punctuation: Punctuation) -> bool {
        let found = self.is_at(punctuation);
        self.at += usize::from(found);
        found
    }
}

fn literal(value: LiteralValue, range: Range<usize>) -> Expr {
    Expr::Literal(Literal { value, range })
}

fn word_expr(word: &str, range: Range<usize>) -> Result<Expr, Diagnostic> {
    let statuses = [SpanStatus::Ok, SpanStatus::Error, SpanStatus::Unset];
    let value = match word {
        "true" => LiteralValue::Bool(true),
        "false" => LiteralValue::Bool(false),
        "nil" => LiteralValue::Nil,
        _ => {
            if let Some(intrinsic) = find_intrinsic(word) {
                return Ok(Expr::Field(Field {
                    name: FieldName::Intrinsic(intrinsic),
                    range,
                }));
            }
            let status = statuses.into_iter().find(|status| status.as_str() == word);
            let kind = SpanKind::ALL.into_iter().find(|kind| kind.as_str() == word);
            match (status, kind) {
                (Some(status), _) => LiteralValue::Status(status),
                (None, Some(kind)) => LiteralValue::Kind(kind),
                (None, None) => return Err(unknown_intrinsic(range, word)),
            }
        }
    };
    Ok(literal(value, range))
}

fn too_deep(range: Range<usize>) -> Diagnostic {
    Diagnostic::limit(range, format!("nested deeper than {DEPTH_MAX}"))
}
