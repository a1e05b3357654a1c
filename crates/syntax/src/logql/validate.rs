//! LogQL: are the patterns of a query regular expressions?

use super::tree::{LabelExpr, LabelTest, MatchOperator, Query, Stage, Text};
use crate::DIAGNOSTICS_MAX;
use crate::diagnostic::Diagnostic;
use crate::pattern::{Anchoring, Checker};

pub(super) fn validate(query: &Query) -> Result<(), Vec<Diagnostic>> {
    let Query::Log(query) = query;
    let mut validator = Validator {
        found: Vec::new(),
        patterns: Checker::default(),
    };
    for matcher in &query.selector.matchers {
        validator.label(matcher.operator, &matcher.value);
    }
    for stage in &query.stages {
        match stage {
            Stage::LabelFilter(filter) => validator.expr(&filter.condition),
            Stage::LineFilter(filter) if filter.operator.is_pattern() => {
                for text in &filter.alternatives {
                    validator.pattern(text, Anchoring::Part);
                }
            }
            Stage::LineFilter(_) => {}
        }
    }
    if validator.found.is_empty() {
        Ok(())
    } else {
        Err(validator.found)
    }
}

struct Validator {
    found: Vec<Diagnostic>,
    patterns: Checker,
}

impl Validator {
    fn expr(&mut self, expr: &LabelExpr) {
        match expr {
            LabelExpr::And(operands) | LabelExpr::Or(operands) => {
                operands.iter().for_each(|operand| self.expr(operand));
            }
            LabelExpr::Condition(condition) => {
                if let LabelTest::Text { operator, value } = &condition.test {
                    self.label(*operator, value);
                }
            }
        }
    }

    fn label(&mut self, operator: MatchOperator, value: &Text) {
        if operator.is_pattern() {
            self.pattern(value, Anchoring::WholeWithLineEnds);
        }
    }

    fn pattern(&mut self, text: &Text, anchoring: Anchoring) {
        if self.found.len() < DIAGNOSTICS_MAX
            && let Err(error) = self.patterns.check(&text.value, &text.range, anchoring)
        {
            self.found.push(error);
        }
    }
}
