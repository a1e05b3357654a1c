//! Other ways to ask the same: a query with `@ T` on its selectors gives the same at any time.

use tacho_syntax::promql;
use tacho_syntax::promql::function::FunctionId;
use tacho_syntax::promql::tree::{At, Expr, ExprKind};

/// Words of the language that tell about the query itself, before `()`.
const QUERY_WORDS: [&str; 4] = ["start", "end", "range", "step"];

/// True if the query asks for its own times: `start()`, `end()`, `range()` or `step()`.
pub(super) fn asks_for_its_times(query: &str) -> bool {
    QUERY_WORDS.iter().any(|word| {
        query.match_indices(word).any(|(at, _)| {
            let before = query[..at].chars().next_back();
            let starts = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
            let rest = query[at + word.len()..].trim_start();
            let inside = rest.strip_prefix('(').map(str::trim_start);
            starts && inside.is_some_and(|inside| inside.starts_with(')'))
        })
    })
}

/// The query with `@` this time on every selector and outermost subquery that has none, and the times at
/// which it has to give the same; nothing if it depends on the time anyway, or cannot be read.
pub(super) fn pinned(query: &str, time_ms: i64) -> Option<(String, Vec<i64>)> {
    let mut expr = promql::check(query).ok()?;
    if asks_for_its_times(query) || depends_on_time(&expr) {
        return None;
    }
    pin(&mut expr, At::Timestamp(time_ms));
    let times = if time_ms == 0 {
        vec![-1_000, 0, 1_000]
    } else {
        let far = time_ms.saturating_mul(10);
        vec![far.saturating_neg(), 0, time_ms / 5, time_ms, far]
    };
    Some((promql::print(&expr), times))
}

fn pin(expr: &mut Expr, at: At) {
    match &mut expr.kind {
        ExprKind::Vector(selector) => {
            selector.at.get_or_insert(at);
        }
        ExprKind::Matrix(matrix) => {
            matrix.selector.at.get_or_insert(at);
        }
        ExprKind::Subquery(subquery) => {
            subquery.at.get_or_insert(at);
        }
        _ => {
            for child in expr.children_mut() {
                pin(child, at);
            }
        }
    }
}

fn depends_on_time(expr: &Expr) -> bool {
    use FunctionId as F;
    let here = matches!(&expr.kind, ExprKind::Call(call) if matches!(
        call.function.id,
        F::Time
            | F::Timestamp
            | F::PredictLinear
            | F::DaysInMonth
            | F::DayOfMonth
            | F::DayOfWeek
            | F::DayOfYear
            | F::Hour
            | F::Minute
            | F::Month
            | F::Year
    ));
    here || expr.children().into_iter().any(depends_on_time)
}

#[cfg(test)]
mod tests {
    use super::{asks_for_its_times, pinned};

    #[test]
    fn selectors_and_outermost_subqueries_are_pinned() {
        let (query, times) =
            pinned("a + sum_over_time(b[5m:1m]) - rate(c[1m] @ 5)", 50_000).unwrap();
        assert_eq!(
            query,
            "a @ 50.000 + sum_over_time(b[5m:1m] @ 50.000) - rate(c[1m] @ 5.000)"
        );
        assert_eq!(times, [-500_000, 0, 10_000, 50_000, 500_000]);
        assert_eq!(pinned("time()", 0), None);
        assert_eq!(pinned("a @ end()", 0), None);
    }

    #[test]
    fn words_inside_of_others_do_not_count() {
        assert!(asks_for_its_times("x - step ( )"));
        assert!(!asks_for_its_times("my_start() + start_total"));
    }
}
