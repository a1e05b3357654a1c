//! TraceQL's meaning. A comparison with an absent attribute is false, also `!=`; `= nil` finds it.

use crate::condition::{Condition, TraceField, TraceTest, negated};
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_syntax::pattern::{Anchoring, compile};
use tacho_syntax::traceql::filter as syntax;
use tacho_syntax::traceql::tree::{
    AttributeScope as Scope, ComparisonOperator, FieldName, Intrinsic, LiteralValue,
};

pub(super) fn condition(filter: &syntax::Filter) -> Result<Condition> {
    let each = |parts: &[syntax::Filter]| parts.iter().map(condition).collect::<Result<Vec<_>>>();
    Ok(match filter {
        syntax::Filter::Constant(true) => Condition::Item(Filter::All),
        syntax::Filter::Constant(false) => Condition::Item(Filter::Nothing),
        syntax::Filter::All(parts) => Condition::All(each(parts)?),
        syntax::Filter::Any(parts) => Condition::Any(each(parts)?),
        syntax::Filter::Not(part) => Condition::Not(Box::new(condition(part)?)),
        syntax::Filter::Compare(comparison) => compare(comparison)?,
    })
}

fn compare(comparison: &syntax::FieldComparison) -> Result<Condition> {
    let (op, value) = (comparison.operator, &comparison.value);
    let filter = match &comparison.field {
        FieldName::Attribute { scope, name } => attribute(*scope, name, op, value)?,
        FieldName::Intrinsic(intrinsic) => match intrinsic {
            Intrinsic::Name => plain(Field::Name, op, value)?,
            Intrinsic::Status => plain(Field::Status, op, value)?,
            Intrinsic::StatusMessage => plain(Field::StatusMessage, op, value)?,
            Intrinsic::Kind => plain(Field::Kind, op, value)?,
            Intrinsic::Duration => plain(Field::Duration, op, value)?,
            Intrinsic::Parent => nil(Field::ParentSpanId, op),
            Intrinsic::SpanId => id(Field::SpanId, op, value)?,
            Intrinsic::ParentId => id(Field::ParentSpanId, op, value)?,
            Intrinsic::TraceId => id(Field::TraceId, op, value)?,
            Intrinsic::InstrumentationName => plain(Field::ScopeName, op, value)?,
            Intrinsic::InstrumentationVersion => plain(Field::ScopeVersion, op, value)?,
            Intrinsic::TraceDuration => return trace(TraceField::Duration, op, value),
            Intrinsic::RootName => return trace(TraceField::RootName, op, value),
            Intrinsic::RootServiceName => return trace(TraceField::RootServiceName, op, value),
            Intrinsic::ChildCount
            | Intrinsic::NestedSetLeft
            | Intrinsic::NestedSetRight
            | Intrinsic::NestedSetParent
            | Intrinsic::EventName
            | Intrinsic::EventTimeSinceStart
            | Intrinsic::LinkTraceId
            | Intrinsic::LinkSpanId => return Err(beyond(intrinsic.as_str())),
        },
    };
    Ok(Condition::Item(filter))
}

/// What the syntax crate refuses already.
fn beyond(what: &str) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("`{what}` passed the check but cannot be run"),
    )
}

fn attribute(
    scope: Scope,
    name: &str,
    op: ComparisonOperator,
    value: &LiteralValue,
) -> Result<Filter> {
    let scope = match scope {
        Scope::Any => AttributeScope::Any,
        Scope::Span => AttributeScope::Item,
        Scope::Resource => AttributeScope::Resource,
        Scope::Instrumentation => AttributeScope::Scope,
        Scope::Event | Scope::Link => return Err(beyond(scope.as_str())),
    };
    let field = Field::Attribute(scope, name.into());
    match value {
        LiteralValue::Nil => Ok(nil(field, op)),
        // No attribute is a status or a kind.
        LiteralValue::Status(_) | LiteralValue::Kind(_) => Ok(match op {
            ComparisonOperator::NotEqual => Filter::Exists(field),
            _ => Filter::Nothing,
        }),
        _ => plain(field, op, value),
    }
}

fn nil(field: Field, op: ComparisonOperator) -> Filter {
    match op {
        ComparisonOperator::NotEqual => Filter::Exists(field),
        _ => negated(Filter::Exists(field)),
    }
}

fn plain(field: Field, op: ComparisonOperator, value: &LiteralValue) -> Result<Filter> {
    Ok(Filter::Compare(field, compare_op(op), operand(op, value)?))
}

/// Ids compare as ids where the text is one, which storage has an index for.
fn id(field: Field, op: ComparisonOperator, value: &LiteralValue) -> Result<Filter> {
    let LiteralValue::String(text) = value else {
        return plain(field, op, value);
    };
    let operand = match (op, &field) {
        (ComparisonOperator::Equal | ComparisonOperator::NotEqual, Field::TraceId) => {
            TraceId::parse(text).ok().map(Operand::TraceId)
        }
        (ComparisonOperator::Equal | ComparisonOperator::NotEqual, _) => {
            SpanId::parse(text).ok().map(Operand::SpanId)
        }
        _ => None,
    };
    match operand {
        Some(operand) => Ok(Filter::Compare(field, compare_op(op), operand)),
        None => plain(field, op, value),
    }
}

fn trace(field: TraceField, op: ComparisonOperator, value: &LiteralValue) -> Result<Condition> {
    let operand = operand(op, value)?;
    Ok(Condition::Trace(TraceTest {
        field,
        op: compare_op(op),
        operand,
    }))
}

fn compare_op(op: ComparisonOperator) -> CompareOp {
    match op {
        ComparisonOperator::Equal => CompareOp::Equal,
        ComparisonOperator::NotEqual => CompareOp::NotEqual,
        ComparisonOperator::Less => CompareOp::Less,
        ComparisonOperator::LessOrEqual => CompareOp::LessEqual,
        ComparisonOperator::Greater => CompareOp::Greater,
        ComparisonOperator::GreaterOrEqual => CompareOp::GreaterEqual,
        ComparisonOperator::Match => CompareOp::Match,
        ComparisonOperator::NotMatch => CompareOp::NotMatch,
    }
}

fn operand(op: ComparisonOperator, value: &LiteralValue) -> Result<Operand> {
    Ok(match value {
        LiteralValue::String(pattern) if op.is_pattern() => {
            let regex = compile(pattern, Anchoring::Whole)
                .map_err(|reason| beyond(&format!("pattern {pattern:?} ({reason})")))?;
            Operand::Regex(Arc::new(regex))
        }
        LiteralValue::String(text) => Operand::String(text.as_str().into()),
        LiteralValue::Int(number) | LiteralValue::Duration(number) => Operand::Int(*number),
        LiteralValue::Float(number) => Operand::Double(*number),
        LiteralValue::Bool(flag) => Operand::Bool(*flag),
        LiteralValue::Status(status) => Operand::Int(*status as i64),
        LiteralValue::Kind(kind) => Operand::Int(*kind as i64),
        LiteralValue::Nil => return Err(beyond("nil")),
    })
}
