//! Following what arrives, filtered by a query.

use crate::compile::logql::LogPlan;
use crate::compile::names::Names;
use crate::compile::{compile_logql, compile_traceql};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::item::{LogRow, SpanRow};
use crate::large::{Filler, LoadValue, Stored};
use crate::log::LogDocument;
use crate::page::Values;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::json;
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::Span;
use tacho_model::value::{ReferenceKind, Value};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::shared::{LargeContent, SharedColumns};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::read::{ReadContext, ReadStore, Snapshot, Tail, TailItem};

/// What a live query gives.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// Spans that arrived and match, in the order of their arrival; none if all were filtered out.
    Spans(Vec<LiveSpan>),
    /// Log records that arrived and match, likewise.
    Logs(Vec<LogDocument>),
    /// So many items were lost because nobody fetched them; some may have matched.
    Lost(u64),
    /// Nothing came in time.
    Idle,
    /// The store is closing; nothing more comes.
    Closed,
}

/// A span by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSpan {
    /// The span.
    pub span: Span,
    /// Who emitted it.
    pub resource: Arc<Resource>,
    /// The library that emitted it.
    pub scope: Arc<Scope>,
}

/// A live query: a bounded queue in the store and a compiled filter.
pub struct Live {
    store: Arc<dyn ReadStore>,
    tenant: TenantId,
    tail: Tail,
    filter: LiveFilter,
    values: Values,
    /// Bytes of one event, about; see `Limits::page_bytes_max`.
    bytes_max: u64,
}

enum LiveFilter {
    Spans(Condition),
    /// Names that occur later change the meaning: the condition is made anew for them.
    Logs {
        plan: LogPlan,
        names: Names,
        condition: Condition,
    },
}

impl Live {
    pub(crate) fn new(
        store: Arc<dyn ReadStore>,
        tenant: &TenantId,
        signal: Signal,
        query: &str,
        values: Values,
        bytes_max: u64,
    ) -> Result<Self> {
        let filter = match signal {
            Signal::Samples => {
                return Err(Error::invalid(
                    "signal",
                    "samples are asked for with PromQL",
                ));
            }
            Signal::Spans => {
                let condition = compile_traceql(query)?;
                if condition.asks_of_traces() {
                    let message = "conditions on whole traces cannot be counted or followed";
                    return Err(Error::invalid("q", message)
                        .with_hint("leave out traceDuration, rootName and rootServiceName"));
                }
                LiveFilter::Spans(condition)
            }
            Signal::Logs => {
                let (plan, names) = (compile_logql(query)?, Names::default());
                let condition = plan.condition(&names)?;
                LiveFilter::Logs {
                    plan,
                    names,
                    condition,
                }
            }
        };
        let tail = store.tail(tenant, signal);
        Ok(Self {
            store,
            tenant: tenant.clone(),
            tail,
            filter,
            values,
            bytes_max,
        })
    }

    /// Waits at most so long for the next event. Call it again soon: the queue is bounded.
    pub fn next(&mut self, wait: Duration) -> Result<LiveEvent> {
        match (self.tail.source.next(wait), &mut self.filter) {
            (TailItem::Spans(batch), LiveFilter::Spans(condition)) => {
                let snapshot = self.store.snapshot(&self.tenant)?;
                let context = ReadContext::default();
                let arrived = Arrived::new(&batch.shared, &*snapshot, &context);
                let mut filler = Filler::new(&arrived, self.values, self.bytes_max);
                spans(&batch, condition, &arrived, &mut filler).map(LiveEvent::Spans)
            }
            (
                TailItem::Logs(batch),
                LiveFilter::Logs {
                    plan,
                    names,
                    condition,
                },
            ) => {
                if learn(names, plan, &batch.shared) {
                    *condition = plan.condition(names)?;
                }
                let snapshot = self.store.snapshot(&self.tenant)?;
                let context = ReadContext::default();
                let arrived = Arrived::new(&batch.shared, &*snapshot, &context);
                let mut filler = Filler::new(&arrived, self.values, self.bytes_max);
                logs(&batch, condition, &arrived, &mut filler).map(LiveEvent::Logs)
            }
            (TailItem::Lost(count), _) => Ok(LiveEvent::Lost(count)),
            (TailItem::Closed, _) => Ok(LiveEvent::Closed),
            (TailItem::Idle | TailItem::Spans(_) | TailItem::Logs(_), _) => Ok(LiveEvent::Idle),
        }
    }
}

fn spans(
    batch: &SpanBatch,
    condition: &Condition,
    values: &dyn LoadValue,
    filler: &mut Filler<'_>,
) -> Result<Vec<LiveSpan>> {
    let mut found = Vec::new();
    for row in 0..batch.len {
        if condition.is_met_by(&SpanRow { batch, row, values }) {
            let mut span = batch.span(row);
            filler.fill_span(&mut span)?;
            let resource = batch.shared.resource(row).cloned().unwrap_or_default();
            let scope = batch.shared.scope(row).cloned().unwrap_or_default();
            found.push(LiveSpan {
                span,
                resource,
                scope,
            });
        }
    }
    Ok(found)
}

fn logs(
    batch: &LogBatch,
    condition: &Condition,
    values: &dyn LoadValue,
    filler: &mut Filler<'_>,
) -> Result<Vec<LogDocument>> {
    let mut found = Vec::new();
    for row in 0..batch.len {
        if condition.is_met_by(&LogRow { batch, row, values }) {
            let mut record = batch.record(row);
            filler.fill_record(&mut record)?;
            let resource = batch.shared.resource(row).cloned().unwrap_or_default();
            let scope = batch.shared.scope(row).cloned().unwrap_or_default();
            found.push(LogDocument {
                id: batch.record_id(row),
                record,
                resource,
                scope,
            });
        }
    }
    Ok(found)
}

/// Notes keys of a batch that names of the query may stand for; true if one is new.
fn learn(names: &mut Names, plan: &LogPlan, shared: &SharedColumns) -> bool {
    let mut new = false;
    let mut note = |key: &str| {
        if plan.names(key) {
            new |= names.add(key, true, 1);
        }
    };
    shared
        .attributes
        .columns()
        .iter()
        .for_each(|column| note(&column.key));
    for resource in &shared.resources {
        resource.attributes.0.iter().for_each(|(key, _)| note(key));
    }
    for scope in &shared.scopes {
        scope.attributes.0.iter().for_each(|(key, _)| note(key));
    }
    new
}

/// Large values of what just arrived: mostly they are still beside the batch.
struct Arrived<'a> {
    large: &'a [LargeContent],
    stored: Stored<'a>,
}

impl<'a> Arrived<'a> {
    fn new(
        shared: &'a SharedColumns,
        snapshot: &'a dyn Snapshot,
        context: &'a ReadContext,
    ) -> Self {
        Self {
            large: &shared.large,
            stored: Stored { snapshot, context },
        }
    }
}

impl LoadValue for Arrived<'_> {
    fn load(&self, reference: &tacho_model::value::ValueReference) -> Result<Option<Value>> {
        let Some(content) = self
            .large
            .iter()
            .find(|content| content.hash == reference.hash)
        else {
            return self.stored.load(reference);
        };
        let text = || String::from_utf8_lossy(&content.bytes);
        Ok(match reference.kind {
            ReferenceKind::String => Some(Value::String(text().into_owned())),
            ReferenceKind::Bytes => Some(Value::Bytes(content.bytes.to_vec())),
            ReferenceKind::Nested => json::parse(&text()).ok(),
        })
    }
}
