//! The form of a TraceQL query to evaluate: comparisons with the field on the left and a literal on
//! the right, joined by logic. Literals compared with literals are folded away.

use super::tree::{
    Comparison, ComparisonOperator, Expr, FieldName, LiteralValue, LogicalOperator, Query, Spanset,
};
use super::validate;
use crate::diagnostic::Diagnostic;
use crate::pattern::{Anchoring, compile};
use std::cmp::Ordering;

/// What one span has to meet.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every span meets it, or none does.
    Constant(bool),
    /// All of two or more.
    All(Vec<Filter>),
    /// One or more of two or more.
    Any(Vec<Filter>),
    /// It does not meet this.
    Not(Box<Filter>),
    /// A field compares with a value.
    Compare(FieldComparison),
}

/// A field compared with a value of a fitting type.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldComparison {
    /// What is compared, on the left of the operator.
    pub field: FieldName,
    /// How. With `Match` and `NotMatch` the value is a string that `pattern::compile` takes with
    /// `Anchoring::Whole`; with `Nil` it is `Equal` (absent) or `NotEqual` (present).
    pub operator: ComparisonOperator,
    /// What it is compared with.
    pub value: LiteralValue,
}

impl Filter {
    /// The filter of a query. A query that does not validate gives the diagnostics of `validate`.
    pub fn from_query(query: &Query) -> Result<Filter, Vec<Diagnostic>> {
        validate(query)?;
        let Spanset::Filter(filter) = &query.spanset;
        match &filter.condition {
            None => Ok(Filter::Constant(true)),
            Some(condition) => lower(condition).map_err(|diagnostic| vec![diagnostic]),
        }
    }
}

fn lower(expr: &Expr) -> Result<Filter, Diagnostic> {
    match expr {
        Expr::Literal(literal) => Ok(Filter::Constant(literal.value == LiteralValue::Bool(true))),
        Expr::Field(field) => Ok(Filter::Compare(FieldComparison {
            field: field.name.clone(),
            operator: ComparisonOperator::Equal,
            value: LiteralValue::Bool(true),
        })),
        Expr::Unary(unary) => Ok(match lower(&unary.operand)? {
            Filter::Constant(value) => Filter::Constant(!value),
            Filter::Not(inner) => *inner,
            other => Filter::Not(Box::new(other)),
        }),
        Expr::Logical(logical) => {
            let operands = logical
                .operands
                .iter()
                .map(lower)
                .collect::<Result<_, _>>()?;
            Ok(join(logical.operator, operands))
        }
        Expr::Comparison(node) => comparison(node),
    }
}

/// Joins filters: constants are folded, and a filter of the same kind is taken in.
fn join(operator: LogicalOperator, operands: Vec<Filter>) -> Filter {
    let decisive = operator == LogicalOperator::Or;
    let mut joined = Vec::with_capacity(operands.len());
    for operand in operands {
        match (operand, operator) {
            (Filter::Constant(value), _) if value == decisive => return Filter::Constant(decisive),
            (Filter::Constant(_), _) => {}
            (Filter::All(inner), LogicalOperator::And)
            | (Filter::Any(inner), LogicalOperator::Or) => {
                joined.extend(inner);
            }
            (other, _) => joined.push(other),
        }
    }
    match (joined.len(), operator) {
        (0, _) => Filter::Constant(!decisive),
        (1, _) => joined.remove(0),
        (_, LogicalOperator::And) => Filter::All(joined),
        (_, LogicalOperator::Or) => Filter::Any(joined),
    }
}

fn comparison(node: &Comparison) -> Result<Filter, Diagnostic> {
    let (field, operator, value) = match (&*node.left, &*node.right) {
        (Expr::Field(field), Expr::Literal(literal)) => (field, node.operator, literal),
        (Expr::Literal(literal), Expr::Field(field)) => (field, node.operator.exchanged(), literal),
        (Expr::Literal(left), Expr::Literal(right)) => {
            return Ok(Filter::Constant(fold(
                node.operator,
                &left.value,
                &right.value,
            )));
        }
        _ => {
            return Err(Diagnostic::unsupported(
                node.range.clone(),
                "comparing other than a field with a value is",
            ));
        }
    };
    Ok(Filter::Compare(FieldComparison {
        field: field.name.clone(),
        operator,
        value: value.value.clone(),
    }))
}

/// Compares two literals whose types fit.
fn fold(operator: ComparisonOperator, left: &LiteralValue, right: &LiteralValue) -> bool {
    let order = order(left, right);
    match operator {
        ComparisonOperator::Equal => order == Some(Ordering::Equal),
        ComparisonOperator::NotEqual => order != Some(Ordering::Equal),
        ComparisonOperator::Less => order == Some(Ordering::Less),
        ComparisonOperator::LessOrEqual => order.is_some_and(Ordering::is_le),
        ComparisonOperator::Greater => order == Some(Ordering::Greater),
        ComparisonOperator::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        ComparisonOperator::Match => matches(left, right),
        ComparisonOperator::NotMatch => !matches(left, right),
    }
}

fn matches(text: &LiteralValue, pattern: &LiteralValue) -> bool {
    let (LiteralValue::String(text), LiteralValue::String(pattern)) = (text, pattern) else {
        return false;
    };
    compile(pattern, Anchoring::Whole).is_ok_and(|regex| regex.is_match(text))
}

/// How two literals lie to each other; for those without order, equal or nothing.
fn order(left: &LiteralValue, right: &LiteralValue) -> Option<Ordering> {
    match (left, right) {
        (LiteralValue::String(left), LiteralValue::String(right)) => Some(left.cmp(right)),
        (
            LiteralValue::Int(left) | LiteralValue::Duration(left),
            LiteralValue::Int(right) | LiteralValue::Duration(right),
        ) => Some(left.cmp(right)),
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => (left == right).then_some(Ordering::Equal),
        },
    }
}

fn number(value: &LiteralValue) -> Option<f64> {
    match value {
        LiteralValue::Int(value) | LiteralValue::Duration(value) => Some(*value as f64),
        LiteralValue::Float(value) => Some(*value),
        _ => None,
    }
}
