//! What every question needs: a snapshot, limits, the caller's context; and the conditions of a
//! request as one condition.

use crate::compile::names::{Names, is_ambiguous};
use crate::compile::{compile_logql, compile_traceql};
use crate::condition::{Condition, any, service, text_equals};
use crate::count::Conditions;
use crate::error::{Error, Result};
use crate::large::Stored;
use crate::limits::Limits;
use crate::log::{LogConditions, SeverityCondition};
use crate::trace::SpanConditions;
use std::sync::Arc;
use tacho_model::log::SeverityNumber;
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};
use tacho_storage::read::{ReadContext, Snapshot};

/// One question while it is answered.
pub(crate) struct Run<'a> {
    pub(crate) snapshot: Arc<dyn Snapshot>,
    pub(crate) limits: &'a Limits,
    pub(crate) context: &'a ReadContext,
}

impl Run<'_> {
    pub(crate) fn stored(&self) -> Stored<'_> {
        Stored {
            snapshot: &*self.snapshot,
            context: self.context,
        }
    }

    /// `LimitExceeded` if more is asked for than one answer may give, `Invalid` for nothing.
    pub(crate) fn check_limit(&self, limit: usize) -> Result<()> {
        if limit == 0 {
            return Err(Error::invalid("limit", "limit 0 asks for nothing"));
        }
        if limit > self.limits.results_max {
            let max = self.limits.results_max;
            return Err(Error::limit(format!("limit {limit} is above {max}"))
                .with_hint("ask for less and follow the cursor"));
        }
        Ok(())
    }

    /// The names that occur, if any of these needs them.
    pub(crate) fn names(&self, signal: Signal, range: TimeRange, needed: bool) -> Result<Names> {
        if !needed {
            return Ok(Names::default());
        }
        Names::of_snapshot(&*self.snapshot, signal, range, self.context)
    }

    /// The field that a name stands for in splits, facets and lists of values. Fixed fields:
    /// `name`, `kind`, `status`, `status_message` of spans; `severity` (also `level`,
    /// `detected_level`), `severity_text`, `name` or `event_name` of log records; of both
    /// `trace_id`, `span_id`, `scope_name`, `scope_version`, and `service` for `service.name`.
    /// Everything else is an attribute of the item, else the resource, else the scope; a name
    /// with `_` may stand for the attribute that Loki would write so, the most frequent one.
    pub(crate) fn field(&self, signal: Signal, range: TimeRange, name: &str) -> Result<Field> {
        use tacho_storage::filter::AttributeScope::Any;
        Ok(match (signal, name) {
            (_, "") => return Err(Error::invalid("name", "the name is empty")),
            (Signal::Spans, "name") | (Signal::Logs, "name" | "event_name") => Field::Name,
            (Signal::Spans, "kind") => Field::Kind,
            (Signal::Spans, "status") => Field::Status,
            (Signal::Spans, "status_message") => Field::StatusMessage,
            (Signal::Logs, "severity" | "level" | "detected_level") => Field::Severity,
            (Signal::Logs, "severity_text") => Field::SeverityText,
            (_, "trace_id") => Field::TraceId,
            (_, "span_id") => Field::SpanId,
            (_, "scope_name") => Field::ScopeName,
            (_, "scope_version") => Field::ScopeVersion,
            (_, "service") => Field::Attribute(Any, "service.name".into()),
            (_, name) => {
                let names = self.names(signal, range, is_ambiguous(name))?;
                Field::Attribute(Any, names.best_key_of(name))
            }
        })
    }

    /// What the conditions of a request ask of one item.
    pub(crate) fn condition(&self, conditions: &Conditions) -> Result<Condition> {
        match conditions {
            Conditions::Spans(conditions) => of_spans(conditions),
            Conditions::Logs(conditions) => self.of_logs(conditions),
        }
    }

    pub(crate) fn of_logs(&self, conditions: &LogConditions) -> Result<Condition> {
        let plan = compile_logql(conditions.query.as_deref().unwrap_or_default())?;
        let names = self.names(Signal::Logs, conditions.range, plan.needs_names())?;
        let mut filter = Filter::All;
        if let Some(id) = conditions.trace_id {
            filter = filter.and(id_equals(Field::TraceId, Operand::TraceId(id)));
        }
        if let Some(id) = conditions.span_id {
            filter = filter.and(id_equals(Field::SpanId, Operand::SpanId(id)));
        }
        if let Some(name) = &conditions.service {
            filter = filter.and(service(name));
        }
        if let Some(name) = &conditions.name {
            filter = filter.and(text_equals(Field::Name, name));
        }
        if let Some(severity) = &conditions.severity {
            filter = filter.and(of_severity(severity));
        }
        for (key, text) in &conditions.attributes {
            filter = filter.and(Filter::attribute_text(key, text));
        }
        Ok(Condition::Item(filter).and(plan.condition(&names)?))
    }
}

/// The range of a request.
pub(crate) fn range_of(conditions: &Conditions) -> TimeRange {
    match conditions {
        Conditions::Spans(conditions) => conditions.range,
        Conditions::Logs(conditions) => conditions.range,
    }
}

/// What conditions on spans ask of one span.
pub(crate) fn of_spans(conditions: &SpanConditions) -> Result<Condition> {
    let query = compile_traceql(conditions.query.as_deref().unwrap_or_default())?;
    let mut filter = Filter::All;
    let int = |field, op, number| Filter::Compare(field, op, Operand::Int(number));
    if let Some(id) = conditions.trace_id {
        filter = filter.and(id_equals(Field::TraceId, Operand::TraceId(id)));
    }
    if let Some(name) = &conditions.service {
        filter = filter.and(service(name));
    }
    if let Some(name) = &conditions.name {
        filter = filter.and(text_equals(Field::Name, name));
    }
    if let Some(status) = conditions.status {
        filter = filter.and(int(Field::Status, CompareOp::Equal, status as i64));
    }
    if let Some(ns) = conditions.min_duration_ns {
        filter = filter.and(int(Field::Duration, CompareOp::GreaterEqual, ns));
    }
    if let Some(ns) = conditions.max_duration_ns {
        filter = filter.and(int(Field::Duration, CompareOp::LessEqual, ns));
    }
    for (key, text) in &conditions.attributes {
        filter = filter.and(Filter::attribute_text(key, text));
    }
    Ok(Condition::Item(filter).and(query))
}

fn id_equals(field: Field, id: Operand) -> Filter {
    Filter::Compare(field, CompareOp::Equal, id)
}

fn of_severity(severity: &SeverityCondition) -> Filter {
    let at = |op, number: u8| Filter::Compare(Field::Severity, op, Operand::Int(i64::from(number)));
    match severity {
        SeverityCondition::AtLeast(number) => at(CompareOp::GreaterEqual, number.0),
        SeverityCondition::OneOf(names) => any((0u8..=24)
            .filter(|number| names.contains(&SeverityNumber(*number).name()))
            .map(|number| at(CompareOp::Equal, number))),
    }
}

/// The resources and scopes that the items of a page point at.
#[derive(Default)]
pub(crate) struct Origins {
    pub(crate) resources: Vec<Arc<Resource>>,
    pub(crate) scopes: Vec<Arc<Scope>>,
}

impl Origins {
    /// Places of a row's resource and scope in the page.
    pub(crate) fn place(&mut self, shared: &SharedColumns, row: usize) -> (u32, u32) {
        let resource = shared.resource(row).cloned().unwrap_or_default();
        let scope = shared.scope(row).cloned().unwrap_or_default();
        (
            intern(&mut self.resources, resource),
            intern(&mut self.scopes, scope),
        )
    }
}

/// Neighbours mostly come from the same emitter, so the last known is tried first.
fn intern<T: PartialEq>(known: &mut Vec<Arc<T>>, item: Arc<T>) -> u32 {
    let same = |other: &Arc<T>| Arc::ptr_eq(other, &item);
    let found = known
        .iter()
        .rposition(same)
        .or_else(|| known.iter().position(|o| **o == *item));
    found.unwrap_or_else(|| {
        known.push(item);
        known.len() - 1
    }) as u32
}
