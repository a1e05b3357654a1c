//! Which samples a window holds. Since Prometheus 3, as here, one that is exactly as old as the range or the
//! look-back is out; in Prometheus 2 it was in, and unit tests of that time rely on it.

use crate::rule::{Expression, RuleGroup};
use std::sync::Arc;
use tacho_query::promql::engine::Query;
use tacho_syntax::promql::print;
use tacho_syntax::promql::tree::{Expr, ExprKind};

/// Which samples a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Windows {
    /// Those that are younger than the range.
    HalfOpen,
    /// Those that are exactly as old, too: times are whole milliseconds, so a millisecond more does it.
    Closed,
}

impl Windows {
    /// The look-back of selectors.
    pub(super) fn lookback_ms(self, lookback_ms: i64) -> i64 {
        match self {
            Self::HalfOpen => lookback_ms,
            Self::Closed => lookback_ms + 1,
        }
    }

    /// A query with these windows.
    pub(super) fn query(self, query: &Query) -> Query {
        if self == Self::HalfOpen {
            return query.clone();
        }
        let mut expr = query.expr().clone();
        close(&mut expr);
        Query::parse(&print(&expr)).unwrap_or_else(|_| query.clone())
    }

    /// A group whose queries have these windows.
    pub(super) fn group(self, group: &Arc<RuleGroup>) -> Arc<RuleGroup> {
        if self == Self::HalfOpen {
            return Arc::clone(group);
        }
        let mut group = RuleGroup::clone(group);
        for rule in &mut group.rules {
            if let Expression::PromQl(query) = &mut rule.expr {
                *query = self.query(query);
            }
        }
        Arc::new(group)
    }
}

fn close(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Matrix(matrix) if matrix.range.expr.is_none() => matrix.range.ms += 1,
        ExprKind::Subquery(subquery) => {
            if subquery.range.expr.is_none() {
                subquery.range.ms += 1;
            }
            close(&mut subquery.expr);
        }
        _ => expr.children_mut().into_iter().for_each(close),
    }
}

#[cfg(test)]
mod tests {
    use super::Windows;
    use tacho_query::promql::engine::Query;

    #[test]
    fn windows_are_a_millisecond_longer() {
        let query = Query::parse("rate(a[5m]) + max_over_time(b[1h:5m])").unwrap();
        let closed = Windows::Closed.query(&query);
        let expected = "rate(a[5m1ms]) + max_over_time(b[1h1ms:5m])";
        assert_eq!(closed.text(), expected);
    }
}
