//! Expressions of durations, as they stand after `offset` and in brackets. They know fewer operands
//! than other expressions, and numbers in them are seconds.

use super::{Parser, Result};
use crate::diagnostic::Diagnostic;
use crate::promql::HEIGHT_MAX;
use crate::promql::number;
use crate::promql::token::{Builtin, Token, TokenKind};
use crate::promql::tree::{
    BinaryOp, Duration, DurationExpr, DurationKind, DurationOp, NumberLiteral,
};
use std::ops::Range;

const UNARY_PRECEDENCE: u8 = 5;

/// An expression of durations and the number of nodes on its longest way down.
pub(super) struct BuiltDuration {
    expr: DurationExpr,
    height: usize,
}

impl BuiltDuration {
    fn number(&self) -> Option<f64> {
        match self.expr.kind {
            DurationKind::Number(literal) => Some(literal.value),
            _ => None,
        }
    }

    /// A duration that has to be above zero.
    pub(super) fn into_positive(self) -> Result<Duration> {
        match self.number() {
            // Less than a millisecond could not be told from zero.
            Some(seconds) if number::seconds_to_ms(seconds) <= 0 => Err(Diagnostic::syntax(
                self.expr.range,
                "duration must be greater than 0",
            )),
            _ => Ok(self.into_duration()),
        }
    }

    pub(super) fn into_duration(self) -> Duration {
        match self.number() {
            Some(seconds) => Duration {
                ms: number::seconds_to_ms(seconds),
                expr: None,
            },
            None => Duration {
                ms: 0,
                expr: Some(Box::new(self.expr)),
            },
        }
    }
}

impl Parser<'_> {
    /// What stands after `offset`. A number, `step()`, `range()`, `max_of()`, `min_of()`, or one of
    /// them or parentheses after a sign, ends there: operators behind it belong to the query.
    pub(super) fn offset_duration(&mut self) -> Result<BuiltDuration> {
        let token = self.advance()?;
        let Some(negative) = sign(&token) else {
            let operand = self.duration_operand(&token)?;
            return if token.kind == TokenKind::LeftParen {
                self.duration_operators(operand, 0)
            } else {
                Ok(operand)
            };
        };
        let next = self.advance()?;
        if sign(&next).is_some() {
            let operand = self.signed_duration(&next)?;
            let operand = signed(&token.range, negative, operand)?;
            return self.duration_operators(operand, 0);
        }
        let operand = self.duration_operand(&next)?;
        match next.kind {
            TokenKind::Builtin(_) => {
                let kind = DurationKind::Unary {
                    negative,
                    operand: Box::new(operand.expr.clone()),
                };
                let range = token.range.start..operand.expr.range.end;
                above(kind, range, operand.height)
            }
            _ => signed(&token.range, negative, operand),
        }
    }

    /// Operands and operators that bind at least as tightly as `min`.
    pub(super) fn duration(&mut self, min: u8) -> Result<BuiltDuration> {
        let token = self.advance()?;
        let operand = if sign(&token).is_some() {
            self.signed_duration(&token)?
        } else {
            self.duration_operand(&token)?
        };
        self.duration_operators(operand, min)
    }

    /// A sign and its operand, the sign taken.
    fn signed_duration(&mut self, token: &Token) -> Result<BuiltDuration> {
        self.enter()?;
        let operand = self.duration(UNARY_PRECEDENCE + 1)?;
        self.depth -= 1;
        let negative = sign(token).unwrap_or(false);
        signed(&token.range, negative, operand)
    }

    fn duration_operators(&mut self, mut lhs: BuiltDuration, min: u8) -> Result<BuiltDuration> {
        self.enter()?;
        while let TokenKind::Operator(binary) = self.peek()?.kind {
            let Some(op) = duration_op(binary) else {
                break;
            };
            let precedence = binary.precedence();
            if precedence < min {
                break;
            }
            let token = self.advance()?;
            let rhs = self.duration(if op == DurationOp::Pow {
                precedence
            } else {
                precedence + 1
            })?;
            if rhs.number() == Some(0.0) {
                let message = match op {
                    DurationOp::Div => Some("division by zero"),
                    DurationOp::Mod => Some("modulo by zero"),
                    _ => None,
                };
                if let Some(message) = message {
                    return Err(Diagnostic::syntax(token.range, message));
                }
            }
            lhs = join(op, lhs, rhs)?;
        }
        self.depth -= 1;
        Ok(lhs)
    }

    /// An operand without sign; the token is its first.
    fn duration_operand(&mut self, token: &Token) -> Result<BuiltDuration> {
        match token.kind {
            TokenKind::Number | TokenKind::Duration => {
                let literal = self.number_literal(token)?;
                duration_number(literal, token.range.clone(), &token.range)
            }
            TokenKind::LeftParen => {
                let inner = self.nested_duration()?;
                self.expect(TokenKind::RightParen)?;
                wrap(inner, token.range.start)
            }
            TokenKind::Builtin(builtin) => self.duration_builtin(builtin, token),
            _ => Err(self.unexpected(token)),
        }
    }

    fn duration_builtin(&mut self, builtin: Builtin, token: &Token) -> Result<BuiltDuration> {
        let op = match builtin {
            Builtin::MaxOf => DurationOp::MaxOf,
            Builtin::MinOf => DurationOp::MinOf,
            Builtin::Step | Builtin::Range => {
                self.expect(TokenKind::LeftParen)?;
                let closing = self.expect(TokenKind::RightParen)?;
                let kind = if builtin == Builtin::Step {
                    DurationKind::Step
                } else {
                    DurationKind::Range
                };
                return above(kind, token.range.start..closing.range.end, 0);
            }
            Builtin::Start | Builtin::End => return Err(self.unexpected(token)),
        };
        self.expect(TokenKind::LeftParen)?;
        let lhs = self.nested_duration()?;
        self.expect(TokenKind::Comma)?;
        let rhs = self.nested_duration()?;
        self.expect(TokenKind::RightParen)?;
        join(op, lhs, rhs)
    }

    fn nested_duration(&mut self) -> Result<BuiltDuration> {
        self.enter()?;
        let inner = self.duration(0)?;
        self.depth -= 1;
        Ok(inner)
    }
}

/// The sign that a token is; true is minus.
pub(super) fn sign(token: &Token) -> Option<bool> {
    match token.kind {
        TokenKind::Operator(BinaryOp::Add) => Some(false),
        TokenKind::Operator(BinaryOp::Sub) => Some(true),
        _ => None,
    }
}

fn duration_op(op: BinaryOp) -> Option<DurationOp> {
    match op {
        BinaryOp::Add => Some(DurationOp::Add),
        BinaryOp::Sub => Some(DurationOp::Sub),
        BinaryOp::Mul => Some(DurationOp::Mul),
        BinaryOp::Div => Some(DurationOp::Div),
        BinaryOp::Mod => Some(DurationOp::Mod),
        BinaryOp::Pow => Some(DurationOp::Pow),
        _ => None,
    }
}

/// A number of seconds; what does not fit is reported at `place`.
fn duration_number(
    literal: NumberLiteral,
    range: Range<usize>,
    place: &Range<usize>,
) -> Result<BuiltDuration> {
    if literal.value.is_nan() || number::seconds_out_of_range(literal.value) {
        return Err(Diagnostic::syntax(place.clone(), "duration out of range"));
    }
    above(DurationKind::Number(literal), range, 0)
}

/// An operand in parentheses, which begin at `start`.
fn wrap(mut inner: BuiltDuration, start: usize) -> Result<BuiltDuration> {
    if inner.number().is_none() {
        inner.expr.wrapped = true;
        return Ok(inner);
    }
    let range = start..inner.expr.range.end;
    let kind = DurationKind::Unary {
        negative: false,
        operand: Box::new(inner.expr),
    };
    let mut built = above(kind, range, inner.height)?;
    built.expr.wrapped = true;
    Ok(built)
}

/// An operand after a sign: numbers take it into their value, and plus changes nothing.
fn signed(sign: &Range<usize>, negative: bool, operand: BuiltDuration) -> Result<BuiltDuration> {
    let range = sign.start..operand.expr.range.end;
    if let DurationKind::Number(mut literal) = operand.expr.kind {
        if negative {
            literal.value = -literal.value;
        }
        return duration_number(literal, range, sign);
    }
    if !negative {
        return Ok(operand);
    }
    let kind = DurationKind::Unary {
        negative,
        operand: Box::new(operand.expr),
    };
    above(kind, range, operand.height)
}

fn join(op: DurationOp, lhs: BuiltDuration, rhs: BuiltDuration) -> Result<BuiltDuration> {
    let range = lhs.expr.range.start..rhs.expr.range.end;
    let height = lhs.height.max(rhs.height);
    let kind = DurationKind::Binary {
        op,
        lhs: Box::new(lhs.expr),
        rhs: Box::new(rhs.expr),
    };
    above(kind, range, height)
}

fn above(kind: DurationKind, range: Range<usize>, height: usize) -> Result<BuiltDuration> {
    if height >= HEIGHT_MAX {
        let message = format!("more than {HEIGHT_MAX} operators on top of each other");
        return Err(Diagnostic::limit(range, message));
    }
    let expr = DurationExpr {
        kind,
        wrapped: false,
        range,
    };
    Ok(BuiltDuration {
        expr,
        height: height + 1,
    })
}
