//! Spans visited for sums: rows of batches under a condition, in no particular order, with what
//! sums ask of a row.

use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::item::SpanRow;
use crate::run::Run;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::id::SpanId;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::time::TimeRange;
use tacho_model::value::{Attributes, Value};
use tacho_storage::columns::attribute::Cells;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::error as storage;
use tacho_storage::read::VisitRequest;

/// A fast map for counting; its keys are not chosen by who could attack it with all of them: maps
/// are bounded.
pub(crate) type FastMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Which spans, and what of them.
pub(crate) struct SpanVisit<'a> {
    /// Spans that overlap it.
    pub(crate) range: TimeRange,
    /// The condition; not about whole traces.
    pub(crate) condition: &'a Condition,
    /// Fixed columns.
    pub(crate) columns: &'a [Column],
    /// Attributes of items.
    pub(crate) keys: &'a [&'a str],
}

/// Shows batches with the rows that meet the condition, ascending.
pub(crate) fn visit(
    run: &Run<'_>,
    what: &SpanVisit<'_>,
    each: &mut dyn FnMut(&SpanBatch, &[u32]) -> Result<()>,
) -> Result<()> {
    let condition = what.condition;
    if condition.asks_of_traces() {
        let message = "conditions on whole traces cannot be counted";
        return Err(Error::invalid("q", message)
            .with_hint("leave out traceDuration, rootName and rootServiceName"));
    }
    let mut projection = Projection::of(what.columns);
    for key in what.keys {
        projection.want_attribute(key);
    }
    let exact = condition.is_exact();
    if !exact {
        condition.want_columns(&mut projection);
    }
    let request = VisitRequest {
        range: what.range,
        filter: condition.wider(),
        projection,
    };
    let values = run.stored();
    let mut failure = None;
    let visited = run
        .snapshot
        .visit_spans(&request, run.context, &mut |batch, rows| {
            let shown = if exact {
                each(batch, rows)
            } else {
                let met = |row: &u32| {
                    condition.is_met_by(&SpanRow {
                        batch,
                        row: *row as usize,
                        values: &values,
                    })
                };
                let rows: Vec<u32> = rows.iter().copied().filter(met).collect();
                each(batch, &rows)
            };
            shown.map_err(|error| {
                let message = error.message().to_owned();
                failure = Some(error);
                storage::Error::limit(message)
            })
        });
    match (failure, visited) {
        (Some(error), _) => Err(error),
        (None, visited) => Ok(visited?),
    }
}

/// Whether a span is one that a service was asked for: a root, a server or a consumer.
pub(crate) fn is_entry(batch: &SpanBatch, row: usize) -> bool {
    const SERVER: u8 = SpanKind::Server as u8;
    const CONSUMER: u8 = SpanKind::Consumer as u8;
    matches!(batch.kinds.get(row), Some(&(SERVER | CONSUMER)))
        || batch.parent_span_ids.get(row).is_some_and(SpanId::is_zero)
}

/// Whether the status of a span is `ERROR`.
pub(crate) fn failed(batch: &SpanBatch, row: usize) -> bool {
    batch.statuses.get(row) == Some(&(SpanStatus::Error as u8))
}

/// Start of a span.
pub(crate) fn start(batch: &SpanBatch, row: usize) -> i64 {
    batch.starts.get(row).copied().unwrap_or_default()
}

/// End of a span.
pub(crate) fn end(batch: &SpanBatch, row: usize) -> i64 {
    batch.ends.get(row).copied().unwrap_or_default()
}

/// Duration of a span, not below 0.
pub(crate) fn duration(batch: &SpanBatch, row: usize) -> i64 {
    end(batch, row).saturating_sub(start(batch, row)).max(0)
}

/// `LimitExceeded` if sums would hold more than the query may.
pub(crate) fn check_memory(run: &Run<'_>, bytes: usize) -> Result<()> {
    let max = run.context.memory_bytes_max;
    if max > 0 && bytes as u64 > max {
        let max = tacho_stdx::size::print_bytes(max);
        return Err(Error::limit(format!("the sums take more than {max}"))
            .with_hint("ask for a shorter range or narrow the filter"));
    }
    Ok(())
}

/// Names of services, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Services {
    numbers: FastMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Services {
    /// For each resource of a batch the number of its service. `LimitExceeded` for more services
    /// than the limits allow.
    pub(crate) fn of_batch(&mut self, run: &Run<'_>, batch: &SpanBatch) -> Result<Vec<u32>> {
        let resources = batch.shared.resources.iter();
        let numbers = resources.map(|resource| self.number(resource.service_name()));
        let numbers = numbers.collect();
        if self.names.len() > run.limits.groups_max {
            let max = run.limits.groups_max;
            return Err(
                Error::limit(format!("more than {max} services in the range"))
                    .with_hint("ask for a shorter range"),
            );
        }
        Ok(numbers)
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(name.into(), number);
        self.names.push(name.into());
        number
    }

    /// The name of a number.
    pub(crate) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |name| name)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// The number that `of_batch` gave for a row.
pub(crate) fn of_row(numbers: &[u32], batch: &SpanBatch, row: usize) -> u32 {
    let index = batch.shared.resource_index.get(row);
    index
        .and_then(|index| numbers.get(*index as usize))
        .copied()
        .unwrap_or_default()
}

/// Texts of the rows of a batch: the first of some keys that the span has, else its resource, else
/// its scope.
pub(crate) struct RowTexts {
    /// By row, place in `texts`.
    rows: Vec<u32>,
    texts: Vec<Arc<str>>,
}

const NONE: u32 = u32::MAX;

impl RowTexts {
    /// Of these keys, the earlier ones first. Empty texts count as absent.
    pub(crate) fn of(batch: &SpanBatch, keys: &[&str]) -> Self {
        let mut out = Self {
            rows: Vec::new(),
            texts: Vec::new(),
        };
        let mut known: FastMap<Arc<str>, u32> = FastMap::default();
        for key in keys {
            out.of_items(batch, key, &mut known);
            let shared = &batch.shared;
            let of_resources = shared.resources.iter().map(|one| &one.attributes);
            let of_resources = of_resources.map(|all| text_in(all, key)).collect();
            out.inherit(of_resources, &shared.resource_index, &mut known);
            let of_scopes = shared.scopes.iter().map(|one| &one.attributes);
            let of_scopes = of_scopes.map(|all| text_in(all, key)).collect();
            out.inherit(of_scopes, &shared.scope_index, &mut known);
        }
        out
    }

    /// Of the spans themselves only.
    pub(crate) fn of_spans(batch: &SpanBatch, keys: &[&str]) -> Self {
        let mut out = Self {
            rows: Vec::new(),
            texts: Vec::new(),
        };
        let mut known = FastMap::default();
        for key in keys {
            out.of_items(batch, key, &mut known);
        }
        out
    }

    fn number(&mut self, text: &str, known: &mut FastMap<Arc<str>, u32>) -> u32 {
        if let Some(number) = known.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        let text: Arc<str> = text.into();
        known.insert(Arc::clone(&text), number);
        self.texts.push(text);
        number
    }

    fn set(&mut self, row: usize, number: u32, rows: usize) {
        if self.rows.is_empty() {
            self.rows = vec![NONE; rows];
        }
        if let Some(slot) = self.rows.get_mut(row)
            && *slot == NONE
        {
            *slot = number;
        }
    }

    fn of_items(&mut self, batch: &SpanBatch, key: &str, known: &mut FastMap<Arc<str>, u32>) {
        for column in batch.shared.attributes.of_key(key) {
            if matches!(column.cells, Cells::Empty(_)) {
                continue;
            }
            for (index, row) in column.rows.iter().enumerate() {
                let text = column.cells.text(index);
                if !text.is_empty() {
                    let number = self.number(&text, known);
                    self.set(*row as usize, number, batch.len);
                }
            }
        }
    }

    fn inherit(
        &mut self,
        texts: Vec<Option<String>>,
        index: &[u32],
        known: &mut FastMap<Arc<str>, u32>,
    ) {
        if texts.iter().all(Option::is_none) {
            return;
        }
        let numbers = texts.iter().map(|text| match text {
            Some(text) => self.number(text, known),
            None => NONE,
        });
        let numbers: Vec<u32> = numbers.collect();
        for (row, item) in index.iter().enumerate() {
            match numbers.get(*item as usize) {
                Some(number) if *number != NONE => self.set(row, *number, index.len()),
                _ => {}
            }
        }
    }

    /// The text of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.texts.get(*self.rows.get(row)? as usize)
    }
}

fn text_in(attributes: &Attributes, key: &str) -> Option<String> {
    match attributes.find(key)? {
        Value::Empty => None,
        value => Some(value.to_text()).filter(|text| !text.is_empty()),
    }
}
