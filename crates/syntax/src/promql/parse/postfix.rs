//! What stands behind a selector or a subquery: brackets, `offset`, `@`, `anchored`, `smoothed`.

use super::duration::sign;
use super::{Built, Context, Parser, Result, above};
use crate::diagnostic::Diagnostic;
use crate::promql::token::{Builtin, Keyword, TokenKind};
use crate::promql::tree::{At, Duration, Expr, ExprKind, MatrixSelector, Subquery, VectorSelector};
use std::ops::Range;

const OFFSET: Context = Context {
    place: "offset",
    expected: &["number", "duration", "step()", "range()"],
};
const AT: Context = Context {
    place: "@",
    expected: &["timestamp"],
};
const BRACKET: Context = Context {
    place: "subquery or range selector",
    expected: &["number", "duration", "step()", "range()"],
};
const AFTER_RANGE: Context = Context {
    place: "subquery or range",
    expected: &["\":\"", "\"]\""],
};
const STEP: Context = Context {
    place: "subquery selector",
    expected: &["number", "duration", "step()", "range()", "\"]\""],
};
const AFTER_STEP: Context = Context {
    place: "subquery selector",
    expected: &["\"]\""],
};
/// Largest time of `@` in seconds, exclusive.
const AT_SECONDS_MAX: f64 = 9_223_372_036_854_775_807.0;

/// The offset, the `@` and the end of what can have them.
struct Modifiable<'a> {
    offset: &'a mut Duration,
    at: &'a mut Option<At>,
    end: &'a mut usize,
}

impl Parser<'_> {
    /// Takes everything that stands behind an operand.
    pub(super) fn postfix(&mut self, mut built: Built) -> Result<Built> {
        loop {
            match self.peek()?.kind {
                TokenKind::LeftBracket => built = self.bracket(built)?,
                TokenKind::Keyword(Keyword::Offset) => {
                    self.advance()?;
                    self.offset(&mut built.expr)?;
                }
                TokenKind::At => {
                    self.advance()?;
                    self.at(&mut built.expr)?;
                }
                TokenKind::Keyword(word @ (Keyword::Anchored | Keyword::Smoothed)) => {
                    self.advance()?;
                    extend_range(&mut built.expr, word == Keyword::Anchored)?;
                }
                _ => return Ok(built),
            }
        }
    }

    fn offset(&mut self, expr: &mut Expr) -> Result<()> {
        let outer = std::mem::replace(&mut self.context, OFFSET);
        let duration = self.offset_duration()?;
        self.context = outer;
        let end = self.taken_end;
        let duration = duration.into_duration();
        let range = expr.range.clone();
        let Some(modifiable) = modifiable(expr) else {
            return Err(no_selector("offset", range));
        };
        if modifiable.offset.ms != 0 || modifiable.offset.expr.is_some() {
            let message = "offset may not be set multiple times";
            return Err(Diagnostic::syntax(range, message));
        }
        *modifiable.offset = duration;
        *modifiable.end = end;
        Ok(())
    }

    fn at(&mut self, expr: &mut Expr) -> Result<()> {
        let outer = std::mem::replace(&mut self.context, AT);
        let mut token = self.advance()?;
        let range = expr.range.clone();
        let (at, end) = match token.kind {
            TokenKind::Builtin(builtin @ (Builtin::Start | Builtin::End)) => {
                self.expect(TokenKind::LeftParen)?;
                let closing = self.expect(TokenKind::RightParen)?;
                let at = if builtin == Builtin::Start {
                    At::Start
                } else {
                    At::End
                };
                (at, closing.range.end)
            }
            _ => {
                let negative = sign(&token);
                if negative.is_some() {
                    token = self.advance()?;
                }
                if !matches!(token.kind, TokenKind::Number | TokenKind::Duration) {
                    return Err(self.unexpected(&token));
                }
                let value = self.number_literal(&token)?.value;
                let seconds = if negative == Some(true) {
                    -value
                } else {
                    value
                };
                (timestamp(seconds, &range)?, token.range.end)
            }
        };
        self.context = outer;
        let Some(modifiable) = modifiable(expr) else {
            return Err(no_selector("@", range));
        };
        if modifiable.at.is_some() {
            let message = "@ <timestamp> may not be set multiple times";
            return Err(Diagnostic::syntax(range, message));
        }
        *modifiable.at = Some(at);
        *modifiable.end = end;
        Ok(())
    }

    /// `[5m]` or `[1h:5m]`; the bracket is next.
    fn bracket(&mut self, built: Built) -> Result<Built> {
        let opening = self.advance()?;
        let outer = std::mem::replace(&mut self.context, BRACKET);
        let range = self.duration(0)?.into_positive()?;
        self.context = AFTER_RANGE;
        let token = self.advance()?;
        let start = built.expr.range.start;
        let height = built.height;
        match token.kind {
            TokenKind::RightBracket => {
                self.context = outer;
                let brackets = opening.range.start..token.range.end;
                let selector_range = built.expr.range.clone();
                let selector = selector_for_range(built.expr, brackets)?;
                let kind = ExprKind::Matrix(MatrixSelector {
                    selector,
                    selector_range,
                    range,
                });
                above(kind, start..token.range.end, height)
            }
            TokenKind::Colon => {
                self.context = STEP;
                let step = if self.peek()?.kind == TokenKind::RightBracket {
                    None
                } else {
                    Some(self.duration(0)?.into_positive()?)
                };
                self.context = AFTER_STEP;
                let closing = self.expect(TokenKind::RightBracket)?;
                self.context = outer;
                let kind = ExprKind::Subquery(Subquery {
                    expr: Box::new(built.expr),
                    range,
                    step,
                    offset: Duration::default(),
                    at: None,
                });
                above(kind, start..closing.range.end, height)
            }
            _ => Err(self.unexpected(&token)),
        }
    }
}

/// The selector that gets a range; it must not have been moved in time yet.
fn selector_for_range(expr: Expr, brackets: Range<usize>) -> Result<VectorSelector> {
    let message = match expr.kind {
        ExprKind::Vector(selector) => {
            if selector.offset.ms != 0 || selector.offset.expr.is_some() {
                "no offset modifiers allowed before range"
            } else if selector.at.is_some() {
                "no @ modifiers allowed before range"
            } else {
                return Ok(selector);
            }
        }
        _ => {
            let message = "ranges only allowed for vector selectors";
            let hint = "write a subquery: add a colon behind the range, as in `[5m:]`";
            return Err(Diagnostic::syntax(brackets, message).with_hint(hint));
        }
    };
    Err(Diagnostic::syntax(brackets, message))
}

fn modifiable(expr: &mut Expr) -> Option<Modifiable<'_>> {
    let (offset, at) = match &mut expr.kind {
        ExprKind::Vector(selector) => (&mut selector.offset, &mut selector.at),
        ExprKind::Matrix(matrix) => (&mut matrix.selector.offset, &mut matrix.selector.at),
        ExprKind::Subquery(subquery) => (&mut subquery.offset, &mut subquery.at),
        _ => return None,
    };
    let end = &mut expr.range.end;
    Some(Modifiable { offset, at, end })
}

/// `anchored` and `smoothed`. As in Prometheus, they do not count to the bytes of the selector.
fn extend_range(expr: &mut Expr, anchored: bool) -> Result<()> {
    let word = if anchored { "anchored" } else { "smoothed" };
    let range = expr.range.clone();
    let selector = match &mut expr.kind {
        ExprKind::Vector(selector) => selector,
        ExprKind::Matrix(matrix) => &mut matrix.selector,
        ExprKind::Subquery(_) => {
            let message = format!("{word} modifier is not supported for subqueries");
            return Err(Diagnostic::syntax(range, message));
        }
        _ => {
            let message = format!("{word} modifier not implemented");
            return Err(Diagnostic::syntax(range, message));
        }
    };
    if anchored {
        selector.anchored = true;
    } else {
        selector.smoothed = true;
    }
    if selector.anchored && selector.smoothed {
        let message = "anchored and smoothed modifiers cannot be used together";
        return Err(Diagnostic::syntax(range, message));
    }
    Ok(())
}

fn timestamp(seconds: f64, range: &Range<usize>) -> Result<At> {
    if seconds.abs() < AT_SECONDS_MAX {
        return Ok(At::Timestamp((seconds * 1000.0).round() as i64));
    }
    let shown = if seconds.is_nan() {
        "NaN".to_owned()
    } else if seconds.is_infinite() {
        if seconds > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{seconds:.6}")
    };
    let message = format!("timestamp out of bounds for @ modifier: {shown}");
    Err(Diagnostic::syntax(range.clone(), message))
}

fn no_selector(modifier: &str, range: Range<usize>) -> Diagnostic {
    let message = format!(
        "{modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery"
    );
    Diagnostic::syntax(range, message)
}
