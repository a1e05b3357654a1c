//! What a query asks of an item: storage's filter, and around it what storage cannot judge.
//!
//! Two things it cannot: tests of a whole trace (its fragments lie in many blocks) and texts read
//! as numbers (LogQL's `| size > 2MiB`). For these a condition gives storage a wider filter and
//! judges what comes back.

use crate::compile::reading::Reading;
use std::sync::Arc;
use tacho_model::value::Value;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::filter::{
    AttributeScope, CompareOp, Field, FieldSource, Filter, Operand, compare_value, matches,
};

/// A condition on one item.
#[derive(Debug, Clone)]
pub enum Condition {
    /// What storage judges.
    Item(Filter),
    /// A field, read as a number, compares so.
    Reading(Reading),
    /// The trace of the span compares so.
    Trace(TraceTest),
    /// All of these; true if empty.
    All(Vec<Condition>),
    /// One of these; false if empty.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// A test of a whole trace.
#[derive(Debug, Clone)]
pub struct TraceTest {
    /// What is compared.
    pub field: TraceField,
    /// How.
    pub op: CompareOp,
    /// With what; durations as nanoseconds.
    pub operand: Operand,
}

/// What can be asked of a whole trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceField {
    /// From the earliest start to the latest end.
    Duration,
    /// Name of the root span.
    RootName,
    /// `service.name` of the root span.
    RootServiceName,
}

/// What is known of a whole trace.
#[derive(Debug, Clone, Copy)]
pub struct TraceFacts<'a> {
    /// From the earliest start to the latest end, in nanoseconds.
    pub duration_ns: i64,
    /// Name of the root span.
    pub root_name: &'a str,
    /// `service.name` of the root span.
    pub root_service: &'a str,
}

impl Condition {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Condition) -> Condition {
        match (self, other) {
            (Condition::Item(left), Condition::Item(right)) => Condition::Item(left.and(right)),
            (Condition::All(mut parts), other) => {
                parts.push(other);
                Condition::All(parts)
            }
            (left, right) => Condition::All(vec![left, right]),
        }
    }

    /// Whether storage can judge all of it.
    pub fn is_exact(&self) -> bool {
        match self {
            Condition::Item(_) => true,
            Condition::Reading(_) | Condition::Trace(_) => false,
            Condition::All(parts) | Condition::Any(parts) => parts.iter().all(Self::is_exact),
            Condition::Not(part) => part.is_exact(),
        }
    }

    /// Whether it asks about whole traces.
    pub fn asks_of_traces(&self) -> bool {
        match self {
            Condition::Item(_) | Condition::Reading(_) => false,
            Condition::Trace(_) => true,
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(Self::asks_of_traces),
            Condition::Not(part) => part.asks_of_traces(),
        }
    }

    /// A filter that lets every item pass that meets the condition, and maybe more. Exactly those
    /// if `is_exact`.
    pub fn wider(&self) -> Filter {
        self.filter(true)
    }

    /// With `wide` a filter that every item meeting the condition passes, else one that only
    /// items meeting the condition pass.
    fn filter(&self, wide: bool) -> Filter {
        match self {
            Condition::Item(filter) => filter.clone(),
            Condition::Reading(reading) if wide => any(reading
                .fields
                .iter()
                .map(|field| Filter::Exists(field.clone()))),
            Condition::Trace(_) if wide => Filter::All,
            Condition::Reading(_) | Condition::Trace(_) => Filter::Nothing,
            Condition::All(parts) => all(parts.iter().map(|part| part.filter(wide))),
            Condition::Any(parts) => any(parts.iter().map(|part| part.filter(wide))),
            Condition::Not(part) => negated(part.filter(!wide)),
        }
    }

    /// The condition for the spans of one trace, with everything about the trace decided.
    #[must_use]
    pub fn of_trace(&self, facts: &TraceFacts<'_>) -> Condition {
        let each = |parts: &[Condition]| parts.iter().map(|part| part.of_trace(facts)).collect();
        match self {
            Condition::Item(_) | Condition::Reading(_) => self.clone(),
            Condition::Trace(test) if test.holds(facts) => Condition::Item(Filter::All),
            Condition::Trace(_) => Condition::Item(Filter::Nothing),
            Condition::All(parts) => Condition::All(each(parts)),
            Condition::Any(parts) => Condition::Any(each(parts)),
            Condition::Not(part) => Condition::Not(Box::new(part.of_trace(facts))),
        }
    }

    /// Whether an item meets it; what it asks of the trace must have been decided before, and is
    /// false otherwise.
    pub fn is_met_by(&self, item: &dyn FieldSource) -> bool {
        match self {
            Condition::Item(filter) => matches(filter, item),
            Condition::Reading(reading) => reading.holds(item),
            Condition::Trace(_) => false,
            Condition::All(parts) => parts.iter().all(|part| part.is_met_by(item)),
            Condition::Any(parts) => parts.iter().any(|part| part.is_met_by(item)),
            Condition::Not(part) => !part.is_met_by(item),
        }
    }

    /// Adds the columns that `is_met_by` looks at.
    pub fn want_columns(&self, projection: &mut Projection) {
        match self {
            Condition::Item(filter) => want_filter(filter, projection),
            Condition::Reading(reading) => {
                reading
                    .fields
                    .iter()
                    .for_each(|field| want_field(field, projection));
            }
            Condition::Trace(_) => {}
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.want_columns(projection));
            }
            Condition::Not(part) => part.want_columns(projection),
        }
    }
}

impl TraceTest {
    fn holds(&self, facts: &TraceFacts<'_>) -> bool {
        let value = match self.field {
            TraceField::Duration => Value::Int(facts.duration_ns),
            TraceField::RootName => Value::from(facts.root_name),
            TraceField::RootServiceName => Value::from(facts.root_service),
        };
        compare_value(&value, self.op, &self.operand)
    }
}

/// All of these filters, constants folded.
pub(crate) fn all(parts: impl Iterator<Item = Filter>) -> Filter {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Filter::All => {}
            Filter::Nothing => return Filter::Nothing,
            Filter::And(inner) => kept.extend(inner),
            other => kept.push(other),
        }
    }
    match kept.len() {
        0 => Filter::All,
        1 => kept.remove(0),
        _ => Filter::And(kept),
    }
}

/// One of these filters, likewise.
pub(crate) fn any(parts: impl Iterator<Item = Filter>) -> Filter {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            Filter::Nothing => {}
            Filter::All => return Filter::All,
            Filter::Or(inner) => kept.extend(inner),
            other => kept.push(other),
        }
    }
    match kept.len() {
        0 => Filter::Nothing,
        1 => kept.remove(0),
        _ => Filter::Or(kept),
    }
}

/// Not this filter, likewise.
pub(crate) fn negated(filter: Filter) -> Filter {
    match filter {
        Filter::All => Filter::Nothing,
        Filter::Nothing => Filter::All,
        Filter::Not(inner) => *inner,
        other => Filter::Not(Box::new(other)),
    }
}

/// `service.name` of the resource is this; what has none is shown as `unknown_service` and found
/// by that, too.
pub(crate) fn service(name: &str) -> Filter {
    let field = Field::Attribute(AttributeScope::Resource, "service.name".into());
    let equal = Filter::Compare(field.clone(), CompareOp::Equal, Operand::Text(name.into()));
    if name == "unknown_service" {
        any([equal, negated(Filter::Exists(field))].into_iter())
    } else {
        equal
    }
}

/// A fixed field equals a text.
pub(crate) fn text_equals(field: Field, text: &str) -> Filter {
    Filter::Compare(field, CompareOp::Equal, Operand::String(Arc::from(text)))
}

fn want_filter(filter: &Filter, projection: &mut Projection) {
    match filter {
        Filter::All | Filter::Nothing => {}
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().for_each(|part| want_filter(part, projection));
        }
        Filter::Not(part) => want_filter(part, projection),
        Filter::Exists(field) | Filter::Compare(field, _, _) => want_field(field, projection),
    }
}

/// Adds the columns in which a field lies, of either signal.
pub(crate) fn want_field(field: &Field, projection: &mut Projection) {
    let column = match field {
        Field::Attribute(scope, key) => {
            if matches!(scope, AttributeScope::Any | AttributeScope::Item) {
                projection.want_attribute(key);
            }
            if matches!(scope, AttributeScope::Any | AttributeScope::Resource) {
                projection.columns.insert(Column::Resource);
            }
            if matches!(scope, AttributeScope::Any | AttributeScope::Scope) {
                projection.columns.insert(Column::Scope);
            }
            return;
        }
        Field::Name => Column::Name,
        Field::Kind => Column::Kind,
        Field::Status | Field::Severity => Column::Status,
        Field::StatusMessage | Field::SeverityText => Column::StatusText,
        Field::Duration => {
            projection.columns.insert(Column::Time);
            Column::EndTime
        }
        Field::Body => Column::Body,
        Field::TraceId => Column::TraceId,
        Field::SpanId => Column::SpanId,
        Field::ParentSpanId => Column::ParentSpanId,
        Field::RecordId => Column::RecordId,
        Field::ScopeName | Field::ScopeVersion => Column::Scope,
    };
    projection.columns.insert(column);
}
