//! Spans over time: how many, how many failed, how long they took, split by a name.

use crate::buckets::{Buckets, Heat};
use crate::condition::want_field;
use crate::error::{Error, Result};
use crate::run::{Run, of_spans};
use crate::tally::{GROUP_BYTES, Groups, Tally};
use crate::trace::SpanConditions;
use crate::visit::{
    RowTexts, Services, SpanVisit, check_memory, duration, failed, is_entry, of_row, start, visit,
};
use std::borrow::Cow;
use tacho_model::signal::Signal;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_storage::columns::projection::{AttributeSelection, Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::Field;

/// Bytes that the groups of one histogram may take, about.
const GROUPS_BYTES_MAX: usize = 64 << 20;

/// What to count. Spans count at their start.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramRequest {
    /// The conditions; those on whole traces are `Invalid`. Their range is that of the buckets.
    pub conditions: SpanConditions,
    /// The buckets.
    pub buckets: Buckets,
    /// Splits by a name; an attribute or a fixed field, see `label`.
    pub by: Option<String>,
    /// Only entry spans: roots, servers and consumers.
    pub entries: bool,
    /// At most so many values of the split, above 0.
    pub limit: usize,
}

/// Spans over time.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanHistogram {
    /// All of them.
    pub total: Tally,
    /// One for each value of the split, the most frequent first; then one without value for spans
    /// that lack the name and for values beyond the limit. Without a split only that.
    pub groups: Vec<HistogramGroup>,
    /// There are values beyond the limit.
    pub cut: bool,
    /// Durations over time.
    pub durations: Heat,
}

/// Spans with one value of the split.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramGroup {
    /// The value.
    pub value: Option<String>,
    /// The sums.
    pub tally: Tally,
}

/// Counts spans over time.
pub(crate) fn histogram(run: &Run<'_>, request: &HistogramRequest) -> Result<SpanHistogram> {
    if request.limit == 0 {
        return Err(Error::invalid("limit", "limit 0 asks for nothing"));
    }
    let buckets = request.buckets;
    let field = match &request.by {
        Some(name) => Some(run.field(Signal::Spans, buckets.range(), name).map_err(
            // The field of the request is called otherwise here.
            |error| error.with_field("by"),
        )?),
        None => None,
    };
    let group_bytes = GROUP_BYTES + buckets.count * 8;
    let groups_max = run.limits.groups_max.min(GROUPS_BYTES_MAX / group_bytes);
    let mut sums = Sums {
        splitter: Splitter {
            field,
            services: Services::default(),
        },
        total: Tally::default(),
        absent: Tally::default(),
        groups: Groups::new(groups_max),
        durations: Heat::of(buckets.count),
    };
    let (columns, keys) = wanted(sums.splitter.field.as_ref());
    let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
    let what = SpanVisit {
        range: buckets.range(),
        condition: &of_spans(&SpanConditions {
            range: buckets.range(),
            ..request.conditions.clone()
        })?,
        columns: &columns,
        keys: &keys,
    };
    visit(run, &what, &mut |batch, rows| {
        sums.add(run, request, batch, rows)?;
        check_memory(run, sums.groups.len() * group_bytes)
    })?;
    Ok(sums.finish(request.limit))
}

/// The columns and attributes that are read.
fn wanted(field: Option<&Field>) -> (Vec<Column>, Vec<std::sync::Arc<str>>) {
    let mut projection = Projection::of(&[
        Column::Time,
        Column::EndTime,
        Column::ParentSpanId,
        Column::Kind,
        Column::Status,
    ]);
    if let Some(field) = field {
        want_field(field, &mut projection);
    }
    let keys = match projection.attributes {
        AttributeSelection::Keys(keys) => keys.into_iter().collect(),
        AttributeSelection::All => Vec::new(),
    };
    (projection.columns.into_iter().collect(), keys)
}

struct Sums {
    splitter: Splitter,
    total: Tally,
    absent: Tally,
    groups: Groups<Tally>,
    durations: Heat,
}

impl Sums {
    fn add(
        &mut self,
        run: &Run<'_>,
        request: &HistogramRequest,
        batch: &SpanBatch,
        rows: &[u32],
    ) -> Result<()> {
        let split = self.splitter.of_batch(run, batch)?;
        for row in rows.iter().map(|row| *row as usize) {
            let Some(bucket) = request.buckets.index(start(batch, row)) else {
                continue;
            };
            if request.entries && !is_entry(batch, row) {
                continue;
            }
            let (ns, failed) = (duration(batch, row), failed(batch, row));
            self.total.add(bucket, ns, failed);
            self.durations.add(bucket, ns);
            let group = match self.splitter.text(&split, batch, row) {
                _ if self.splitter.field.is_none() => continue,
                Some(text) => self.groups.of(0, &text),
                None => &mut self.absent,
            };
            group.add(bucket, ns, failed);
        }
        Ok(())
    }

    fn finish(mut self, limit: usize) -> SpanHistogram {
        let cut = self.groups.dropped || self.groups.len() > limit;
        let mut rest = self.absent;
        rest.merge(&std::mem::take(&mut self.groups.rest));
        let mut groups = Vec::new();
        for (place, group) in self.groups.busiest().into_iter().enumerate() {
            if place < limit {
                groups.push(HistogramGroup {
                    value: Some(group.name.as_ref().to_owned()),
                    tally: group.value,
                });
            } else {
                rest.merge(&group.value);
            }
        }
        if self.splitter.field.is_none() {
            rest = self.total.clone();
        }
        if self.splitter.field.is_none() || rest.count > 0 {
            groups.push(HistogramGroup {
                value: None,
                tally: rest,
            });
        }
        SpanHistogram {
            total: self.total,
            groups,
            cut,
            durations: self.durations,
        }
    }
}

/// Gives rows the text they are split by.
struct Splitter {
    field: Option<Field>,
    services: Services,
}

/// What is known of the rows of a batch.
enum Split {
    /// Nothing: the row itself tells.
    Row,
    /// Number of the service by resource.
    Services(Vec<u32>),
    /// Values of an attribute.
    Texts(RowTexts),
}

impl Splitter {
    fn of_batch(&mut self, run: &Run<'_>, batch: &SpanBatch) -> Result<Split> {
        use tacho_storage::filter::AttributeScope::{Any, Resource};
        Ok(match &self.field {
            Some(Field::Attribute(Any | Resource, key)) if &**key == "service.name" => {
                Split::Services(self.services.of_batch(run, batch)?)
            }
            Some(Field::Attribute(_, key)) => Split::Texts(RowTexts::of(batch, &[key])),
            _ => Split::Row,
        })
    }

    fn text<'a>(
        &'a self,
        split: &'a Split,
        batch: &'a SpanBatch,
        row: usize,
    ) -> Option<Cow<'a, str>> {
        match split {
            Split::Services(numbers) => {
                Some(self.services.name(of_row(numbers, batch, row)).into())
            }
            Split::Texts(texts) => texts.get(row).map(|text| Cow::Borrowed(&**text)),
            Split::Row => fixed(self.field.as_ref()?, batch, row),
        }
    }
}

/// The text of a fixed field.
fn fixed<'a>(field: &Field, batch: &'a SpanBatch, row: usize) -> Option<Cow<'a, str>> {
    let some = |text: &'a str| (!text.is_empty()).then_some(Cow::Borrowed(text));
    match field {
        Field::Name => some(batch.names.cell(row)),
        Field::Kind => {
            let kind = SpanKind::from_number(i32::from(*batch.kinds.get(row)?));
            some(kind.as_str())
        }
        Field::Status => {
            let status = SpanStatus::from_number(i32::from(*batch.statuses.get(row)?));
            some(status.as_str())
        }
        Field::StatusMessage => some(batch.status_messages.cell(row)),
        Field::TraceId => Some(batch.trace_ids.get(row)?.to_string().into()),
        Field::SpanId => Some(batch.span_ids.get(row)?.to_string().into()),
        Field::ScopeName => some(&batch.shared.scope(row)?.name),
        Field::ScopeVersion => some(&batch.shared.scope(row)?.version),
        _ => None,
    }
}
