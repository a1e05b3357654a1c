//! Selectors of series as parameters: `match[]=up{job="x"}`, and those inside of a query.

use super::answer::{PromAnswer, PromError};
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_syntax::promql;
use tacho_syntax::promql::tree::{self, Expr, ExprKind, Matcher};

/// The matchers of a selector that may match everything.
pub fn parse_any(text: &str) -> PromAnswer<Vec<LabelMatcher>> {
    compile(&promql::parse_selector(text).map_err(PromError::bad_data)?)
}

/// The matchers of one selector. At least one must not match the empty value.
pub fn parse(text: &str) -> PromAnswer<Vec<LabelMatcher>> {
    let matchers = promql::parse_selector(text).map_err(PromError::bad_data)?;
    let compiled = compile(&matchers)?;
    if compiled.iter().all(LabelMatcher::matches_absent) {
        return Err(PromError::bad_data(
            "match[] must contain at least one non-empty matcher",
        ));
    }
    Ok(compiled)
}

/// The selectors of a query.
pub fn of_query(text: &str) -> PromAnswer<Vec<Vec<LabelMatcher>>> {
    let expr = promql::parse(text).map_err(PromError::bad_data)?;
    let mut found = Vec::new();
    collect(&expr, &mut found)?;
    Ok(found)
}

fn collect(expr: &Expr, found: &mut Vec<Vec<LabelMatcher>>) -> PromAnswer<()> {
    match &expr.kind {
        ExprKind::Vector(selector) => found.push(compile(&selector.matchers)?),
        ExprKind::Matrix(matrix) => found.push(compile(&matrix.selector.matchers)?),
        _ => {}
    }
    for child in expr.children() {
        collect(child, found)?;
    }
    Ok(())
}

fn compile(matchers: &[Matcher]) -> PromAnswer<Vec<LabelMatcher>> {
    matchers
        .iter()
        .map(|matcher| {
            let op = match matcher.op {
                tree::MatchOp::Equal => MatchOp::Equal,
                tree::MatchOp::NotEqual => MatchOp::NotEqual,
                tree::MatchOp::Regex => MatchOp::Regex,
                tree::MatchOp::NotRegex => MatchOp::NotRegex,
            };
            LabelMatcher::new(&matcher.name, op, &matcher.value)
                .map_err(|error| PromError::bad_data(error.to_string()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{of_query, parse};

    #[test]
    fn selectors_are_found_wherever_they_stand() {
        let found = of_query("sum(rate(a{x=\"1\"}[5m])) / on() b offset 5m").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(parse("up{job=~\".+\"}").unwrap().len(), 2);
        let error = parse("{job=~\".*\"}").unwrap_err();
        assert_eq!(
            error.message,
            "match[] must contain at least one non-empty matcher"
        );
        assert!(parse("up{").unwrap_err().message.contains("parse error"));
    }
}
