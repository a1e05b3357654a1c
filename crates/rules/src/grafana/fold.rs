//! Thresholds of Grafana, and how they go together with a comparison that the query has already
//! (decision C4): `a > 0.1` tested for `> 0` or `> 0.1` is `a > 0.1`.

use crate::condition::threshold::{Threshold, threshold_of};
use tacho_model::number_text::shortest;
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{BinaryOp, Expr, ExprKind};

/// What a value is tested for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Test {
    /// A comparison, by its symbol.
    Compare(&'static str, f64),
    /// Between the two.
    Within(f64, f64),
    /// Below the first or above the second.
    Outside(f64, f64),
}

impl Test {
    /// Of the words of an evaluator.
    pub(super) fn of(kind: &str, params: &[f64]) -> Result<Self, String> {
        let symbol = match kind {
            "gt" => ">",
            "lt" => "<",
            "gte" => ">=",
            "lte" => "<=",
            "eq" => "==",
            "ne" => "!=",
            "within_range" | "outside_range" => {
                let [low, high] = params else {
                    return Err(format!("the evaluator {kind} needs two numbers"));
                };
                let (low, high) = (low.min(*high), low.max(*high));
                return Ok(match kind {
                    "within_range" => Self::Within(low, high),
                    _ => Self::Outside(low, high),
                });
            }
            other => return Err(format!("the evaluator {other:?} cannot be taken over")),
        };
        let value = params
            .first()
            .ok_or(format!("the evaluator {kind} needs a number"))?;
        Ok(Self::Compare(symbol, *value))
    }

    /// Whether small values are what is wrong.
    pub(super) fn is_below(self) -> bool {
        matches!(self, Self::Compare("<" | "<=", _))
    }

    /// 1 where a value passes, 0 where it does not.
    pub(super) fn as_bool(self, text: &str) -> String {
        match self {
            Self::Compare(op, value) => format!("(({text}) {op} bool {})", shortest(value)),
            Self::Within(low, high) => {
                let (low, high) = (shortest(low), shortest(high));
                format!("((({text}) > bool {low}) * (({text}) < bool {high}))")
            }
            Self::Outside(low, high) => {
                let (low, high) = (shortest(low), shortest(high));
                format!("((({text}) < bool {low}) + (({text}) > bool {high}))")
            }
        }
    }

    fn filter(self, text: &str) -> String {
        match self {
            Self::Compare(op, value) => format!("({text}) {op} {}", shortest(value)),
            Self::Within(low, high) => {
                format!("(({text}) > {}) < {}", shortest(low), shortest(high))
            }
            Self::Outside(low, high) => {
                let (low, high) = (shortest(low), shortest(high));
                format!("(({text}) < {low}) or (({text}) > {high})")
            }
        }
    }

    fn passes(self, value: f64) -> bool {
        match self {
            Self::Compare(">", limit) => value > limit,
            Self::Compare("<", limit) => value < limit,
            Self::Compare(">=", limit) => value >= limit,
            Self::Compare("<=", limit) => value <= limit,
            Self::Compare("==", limit) => value == limit,
            Self::Compare(_, limit) => value != limit,
            Self::Within(low, high) => value > low && value < high,
            Self::Outside(low, high) => value < low || value > high,
        }
    }
}

/// The condition of a query and a test of its value.
pub(super) fn fold(text: &str, test: Test, notes: &mut Vec<String>) -> Result<String, String> {
    let expr =
        promql::parse(text).map_err(|message| format!("{text:?} is no PromQL: {message}"))?;
    let Some(inner) = comparison(&expr) else {
        return Ok(plain(text, &expr, test));
    };
    let Inner {
        threshold,
        returns_bool,
    } = inner;
    let kept = |threshold: &Threshold| {
        let left = &threshold.left_text;
        format!(
            "{left} {} {}",
            threshold.op.text(),
            shortest(threshold.value)
        )
    };
    if returns_bool {
        // the value is 1 or 0
        return Ok(match (test.passes(1.0), test.passes(0.0)) {
            (true, false) => kept(&threshold),
            (false, true) => {
                let opposite = opposite(threshold.op);
                format!(
                    "{} {opposite} {}",
                    threshold.left_text,
                    shortest(threshold.value)
                )
            }
            _ => plain(text, &expr, test),
        });
    }
    if threshold.op == BinaryOp::Equal {
        if !test.passes(threshold.value) {
            let value = shortest(threshold.value);
            notes.push(format!(
                "never fires: the query gives only {value}, which the threshold does not take"
            ));
            return Ok(plain(text, &expr, test));
        }
        return Ok(kept(&threshold));
    }
    let Test::Compare(op, limit) = test else {
        return Ok(plain(text, &expr, test));
    };
    let (up, down) = ([">", ">="], ["<", "<="]);
    let own = threshold.op.text();
    let same_way =
        (up.contains(&own) && up.contains(&op)) || (down.contains(&own) && down.contains(&op));
    if !same_way {
        return Ok(plain(text, &expr, test));
    }
    let outer_is_stricter = if up.contains(&own) {
        limit > threshold.value || (limit == threshold.value && op == ">")
    } else {
        limit < threshold.value || (limit == threshold.value && op == "<")
    };
    if outer_is_stricter {
        return Ok(format!("{} {op} {}", threshold.left_text, shortest(limit)));
    }
    Ok(kept(&threshold))
}

struct Inner {
    threshold: Threshold,
    returns_bool: bool,
}

/// The comparison with a number that an expression is as a whole.
fn comparison(expr: &Expr) -> Option<Inner> {
    let ExprKind::Binary(binary) = &expr.unwrap_parens().kind else {
        return None;
    };
    if matches!(binary.op, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless) {
        return None;
    }
    Some(Inner {
        threshold: threshold_of(expr)?,
        returns_bool: binary.return_bool,
    })
}

fn plain(text: &str, expr: &Expr, test: Test) -> String {
    // parentheses only where they are needed
    match (&expr.unwrap_parens().kind, test) {
        (ExprKind::Binary(binary), Test::Compare(..)) if !is_arithmetic(binary.op) => {
            test.filter(text)
        }
        (_, Test::Compare(op, value)) => format!("{text} {op} {}", shortest(value)),
        _ => test.filter(text),
    }
}

fn is_arithmetic(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Mod
            | BinaryOp::Pow
    )
}

fn opposite(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Greater => "<=",
        BinaryOp::GreaterEqual => "<",
        BinaryOp::Less => ">=",
        BinaryOp::LessEqual => ">",
        BinaryOp::Equal => "!=",
        _ => "==",
    }
}
