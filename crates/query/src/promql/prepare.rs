//! Makes a parsed query ready for its times: `start()`, `end()`, `range()` and `step()` become numbers,
//! calculated durations get their values, `@ start()` and `@ end()` a time, and parentheses around
//! arguments go.

use crate::error::Result;
use crate::promql::failure;
use tacho_syntax::promql::duration;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{At, Expr, ExprKind, NumberLiteral};

/// The times of a query, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// First step.
    pub start_ms: i64,
    /// End of the range; the last step is at or before it.
    pub end_ms: i64,
    /// Time between steps; 0 for an instant query.
    pub step_ms: i64,
}

impl Times {
    /// One step.
    pub fn instant(time_ms: i64) -> Self {
        Self {
            start_ms: time_ms,
            end_ms: time_ms,
            step_ms: 0,
        }
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        if self.step_ms <= 0 {
            return 1;
        }
        let steps = self.end_ms.saturating_sub(self.start_ms) / self.step_ms + 1;
        usize::try_from(steps).unwrap_or(0)
    }
}

/// The query for these times.
pub(crate) fn prepare(expr: &Expr, times: Times) -> Result<Expr> {
    let mut expr = expr.clone();
    fold(&mut expr, times);
    let range_ms = times.end_ms.saturating_sub(times.start_ms);
    duration::resolve(&mut expr, times.step_ms, range_ms).map_err(failure::bad_data)?;
    settle(&mut expr, times);
    Ok(expr)
}

/// Milliseconds as seconds.
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

/// Puts numbers in the place of functions that tell about the query.
fn fold(expr: &mut Expr, times: Times) {
    if let ExprKind::Call(call) = &expr.kind {
        let value = match call.function.id {
            FunctionId::Start => Some(seconds(times.start_ms)),
            FunctionId::End => Some(seconds(times.end_ms)),
            FunctionId::Range => Some(seconds(times.end_ms.saturating_sub(times.start_ms))),
            FunctionId::Step if times.start_ms == times.end_ms => Some(0.0),
            FunctionId::Step => Some(seconds(times.step_ms)),
            _ => None,
        };
        if let Some(value) = value {
            expr.kind = ExprKind::Number(NumberLiteral {
                value,
                duration: false,
            });
            return;
        }
    }
    for child in expr.children_mut() {
        fold(child, times);
    }
}

/// Gives every `@` its time and takes parentheses around arguments away.
fn settle(expr: &mut Expr, times: Times) {
    let at = match &mut expr.kind {
        ExprKind::Vector(selector) => Some(&mut selector.at),
        ExprKind::Matrix(matrix) => Some(&mut matrix.selector.at),
        ExprKind::Subquery(subquery) => Some(&mut subquery.at),
        _ => None,
    };
    if let Some(at) = at {
        *at = at.map(|at| match at {
            At::Timestamp(time) => At::Timestamp(time),
            At::Start => At::Timestamp(times.start_ms),
            At::End => At::Timestamp(times.end_ms),
        });
    }
    if matches!(expr.kind, ExprKind::Call(_) | ExprKind::Aggregate(_)) {
        let in_call = matches!(expr.kind, ExprKind::Call(_));
        for child in expr.children_mut() {
            unwrap(child);
            if in_call && matches!(child.kind, ExprKind::Subquery(_)) {
                // Prometheus tells remarks about subqueries at the start of the text.
                child.range = 0..0;
            }
        }
    }
    for child in expr.children_mut() {
        settle(child, times);
    }
}

fn unwrap(expr: &mut Expr) {
    while let ExprKind::Paren(inner) = &mut expr.kind {
        let inner = std::mem::replace(
            inner.as_mut(),
            Expr {
                kind: ExprKind::String(String::new()),
                range: 0..0,
            },
        );
        *expr = inner;
    }
}
