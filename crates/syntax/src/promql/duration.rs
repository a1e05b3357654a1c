//! Gives durations that are calculated, such as `rate(x[2 * step()])`, their value. Done once for a
//! query, before it is evaluated, since the value depends on the step and the range of the query.

use crate::promql::number::seconds_out_of_range;
use crate::promql::tree::{
    Duration, DurationExpr, DurationKind, DurationOp, Expr, ExprKind, Subquery,
};

/// Sets `Duration::ms` wherever there is an expression. Step and range of the query are in
/// milliseconds, zero for an instant query. The error is Prometheus' text with the bytes it is about.
pub fn resolve(expr: &mut Expr, step_ms: i64, range_ms: i64) -> Result<(), String> {
    let query = Query {
        step: crate::promql::number::ms_to_seconds(step_ms),
        range: crate::promql::number::ms_to_seconds(range_ms),
    };
    query.resolve_all(expr)
}

/// The query's own durations in seconds.
struct Query {
    step: f64,
    range: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Any,
    Positive,
}

impl Query {
    fn resolve_all(&self, expr: &mut Expr) -> Result<(), String> {
        match &mut expr.kind {
            ExprKind::Vector(selector) => self.set(&mut selector.offset, Sign::Any)?,
            ExprKind::Matrix(matrix) => {
                self.set(&mut matrix.range, Sign::Positive)?;
                self.set(&mut matrix.selector.offset, Sign::Any)?;
            }
            ExprKind::Subquery(Subquery {
                range,
                step,
                offset,
                ..
            }) => {
                self.set(offset, Sign::Any)?;
                if let Some(step) = step {
                    self.set(step, Sign::Positive)?;
                }
                self.set(range, Sign::Positive)?;
            }
            _ => {}
        }
        for child in expr.children_mut() {
            self.resolve_all(child)?;
        }
        Ok(())
    }

    fn set(&self, duration: &mut Duration, sign: Sign) -> Result<(), String> {
        let Some(expr) = &duration.expr else {
            return Ok(());
        };
        let seconds = self.seconds(expr)?;
        let wrong = if !seconds.is_finite() {
            "duration is NaN or infinite"
        } else if seconds <= 0.0 && sign == Sign::Positive {
            "duration must be greater than 0"
        } else if seconds_out_of_range(seconds) {
            "duration is out of range"
        } else {
            // Cuts what is below a millisecond.
            duration.ms = (seconds * 1000.0) as i64;
            return Ok(());
        };
        Err(at(expr, wrong))
    }

    fn seconds(&self, expr: &DurationExpr) -> Result<f64, String> {
        let (op, lhs, rhs) = match &expr.kind {
            DurationKind::Number(literal) => return Ok(literal.value),
            DurationKind::Step => return Ok(self.step),
            DurationKind::Range => return Ok(self.range),
            DurationKind::Unary { negative, operand } => {
                let seconds = self.seconds(operand)?;
                return Ok(if *negative { -seconds } else { seconds });
            }
            DurationKind::Binary { op, lhs, rhs } => (op, self.seconds(lhs)?, self.seconds(rhs)?),
        };
        match op {
            DurationOp::Add => Ok(lhs + rhs),
            DurationOp::Sub => Ok(lhs - rhs),
            DurationOp::Mul => Ok(lhs * rhs),
            DurationOp::Div if rhs == 0.0 => Err(at(expr, "division by zero")),
            DurationOp::Div => Ok(lhs / rhs),
            DurationOp::Mod if rhs == 0.0 => Err(at(expr, "modulo by zero")),
            DurationOp::Mod => Ok(lhs % rhs),
            DurationOp::Pow => Ok(lhs.powf(rhs)),
            DurationOp::MaxOf if lhs.is_nan() || rhs.is_nan() => Ok(f64::NAN),
            DurationOp::MaxOf => Ok(lhs.max(rhs)),
            DurationOp::MinOf if lhs.is_nan() || rhs.is_nan() => Ok(f64::NAN),
            DurationOp::MinOf => Ok(lhs.min(rhs)),
        }
    }
}

fn at(expr: &DurationExpr, message: &str) -> String {
    format!("{}:{}: {message}", expr.range.start, expr.range.end)
}
