//! Counts of matching items in groups of time and value.

use super::catalog::BlockHandle;
use super::erase::surviving;
use super::eval::{EvalTable, eval, filter_projection};
use super::head::Place;
use super::mask::Mask;
use super::prune::Pruner;
use super::scan::{check_read_limit, in_range};
use super::snapshot::View;
use crate::columns::projection::{Column, Projection};
use crate::error::{Error, Result};
use crate::filter::{AttributeScope, Field, Filter};
use crate::read::{AggregateGroup, AggregateRequest, ReadContext, ReadStats};
use hashbrown::HashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::{Attributes, Value};

/// Counts by (bucket, value).
pub fn count<T: EvalTable + SplitTable>(
    view: &View<T>,
    request: &AggregateRequest,
    context: &ReadContext,
) -> Result<Vec<AggregateGroup>> {
    let mut groups = Groups::new(request);
    for (_, batch) in &view.heads {
        let mask = matching(view, request, &**batch, context);
        groups.add(&**batch, &mask)?;
    }
    for (place, handle) in view.blocks() {
        if context.cancel.is_cancelled() {
            return Err(Error::unavailable("go on with a query that was cancelled"));
        }
        match block_counts(view, request, &place, handle, context) {
            Ok(counted) => groups.merge(counted)?,
            Err(error) => view.set_aside(handle, error, &context.stats)?,
        }
    }
    Ok(groups.finish())
}

/// The counts of one block, apart, so that a block that breaks halfway adds nothing.
fn block_counts<'a, T: EvalTable + SplitTable>(
    view: &View<T>,
    request: &'a AggregateRequest,
    place: &Place,
    handle: &Arc<BlockHandle>,
    context: &ReadContext,
) -> Result<Groups<'a>> {
    let mut groups = Groups::new(request);
    let facts = handle.facts();
    let (first, last) = (
        facts.time_min.min(facts.end_min),
        facts.time_max.max(facts.end_max),
    );
    if !request.range.overlaps(Timestamp(first), Timestamp(last)) {
        ReadStats::add(&context.stats.blocks_skipped, 1);
        return Ok(groups);
    }
    let concerned = view
        .catalog
        .tombstones
        .iter()
        .any(|tombstone| tombstone.concerns(&place.0, T::SIGNAL, handle.id().0));
    let inside = request.range.start.0 <= first && last < request.range.end.0;
    if inside && !concerned && request.by.is_none() && matches!(request.filter, Filter::All) {
        let one_bucket = groups.bucket(facts.time_min) == groups.bucket(facts.time_max);
        if one_bucket {
            groups.add_rows(facts.time_min, u64::from(facts.rows))?;
            return Ok(groups);
        }
    }
    let wanted = wanted_pages(view, handle, &request.filter, request.range, context)?;
    if wanted.is_empty() {
        return Ok(groups);
    }
    let mut probe = probe_of::<T>(request);
    if concerned {
        for tombstone in &view.catalog.tombstones {
            probe = probe.union(&tombstone.projection::<T>());
        }
    }
    for pages in wanted.chunks(8) {
        check_read_limit(context)?;
        let batch = T::read_rows(&handle.block, pages, &probe, &context.stats)?;
        let mut mask = matching(view, request, &batch, context);
        if let Some(kept) = surviving(&view.catalog, place, handle, &batch, &view.values) {
            mask.and(&kept);
        }
        groups.add(&batch, &mask)?;
    }
    Ok(groups)
}

/// The rows of the pages of a block that may hold matches in a range; counts what was ruled out.
pub fn wanted_pages<T: EvalTable>(
    view: &View<T>,
    handle: &Arc<BlockHandle>,
    filter: &Filter,
    range: TimeRange,
    context: &ReadContext,
) -> Result<Vec<Range<u32>>> {
    view.recent.touch(handle);
    let pruner = Pruner::new(filter);
    let may = pruner.pages(&handle.block)?;
    let pages = handle.block.pages()?;
    let wanted: Vec<Range<u32>> = pages
        .iter()
        .enumerate()
        .filter(|(index, page)| {
            let (first, last) = (
                page.time_min.min(page.end_min),
                page.time_max.max(page.end_max),
            );
            may.has(*index) && range.overlaps(Timestamp(first), Timestamp(last))
        })
        .map(|(_, page)| page.rows.clone())
        .collect();
    let skipped = (pages.len() - wanted.len()) as u64;
    ReadStats::add(&context.stats.pages_skipped, skipped);
    let blocks = if wanted.is_empty() {
        &context.stats.blocks_skipped
    } else {
        &context.stats.blocks_read
    };
    ReadStats::add(blocks, 1);
    Ok(wanted)
}

/// The columns that counting reads.
fn probe_of<T: EvalTable>(request: &AggregateRequest) -> Projection {
    let mut probe = filter_projection::<T>(&request.filter).union(&Projection::of(&[Column::Time]));
    if request.range != TimeRange::ALL {
        probe = probe.union(&Projection::of(&[Column::EndTime]));
    }
    if let Some(field) = &request.by {
        probe = probe.union(&filter_projection::<T>(&Filter::Exists(field.clone())));
    }
    probe
}

fn matching<T: EvalTable>(
    view: &View<T>,
    request: &AggregateRequest,
    batch: &T,
    context: &ReadContext,
) -> Mask {
    ReadStats::add(&context.stats.rows_scanned, batch.rows() as u64);
    let mut mask = in_range(batch, request.range);
    mask.and(&eval(&request.filter, batch, &view.values));
    mask
}

struct Groups<'a> {
    request: &'a AggregateRequest,
    /// Values of the split, numbered; number 0 is "absent".
    values: HashMap<String, u32, foldhash::fast::RandomState>,
    counts: HashMap<(i64, u32), u64, foldhash::fast::RandomState>,
}

impl<'a> Groups<'a> {
    fn new(request: &'a AggregateRequest) -> Self {
        Self {
            request,
            values: HashMap::default(),
            counts: HashMap::default(),
        }
    }

    fn bucket(&self, time: i64) -> i64 {
        match self.request.step_ns {
            Some(step) if step > 0 => time - time.rem_euclid(step),
            _ => self.request.range.start.0,
        }
    }

    fn value(&mut self, text: &str) -> Result<u32> {
        if let Some(number) = self.values.get(text) {
            return Ok(*number);
        }
        self.check(self.values.len() + 1)?;
        let number = self.values.len() as u32 + 1;
        self.values.insert(text.to_owned(), number);
        Ok(number)
    }

    fn check(&self, groups: usize) -> Result<()> {
        if groups > self.request.group_limit {
            return Err(Error::limit(format!(
                "count in more than {} groups: use a longer step or narrow the filter",
                self.request.group_limit
            )));
        }
        Ok(())
    }

    fn bump(&mut self, bucket: i64, value: u32, by: u64) -> Result<()> {
        *self.counts.entry((bucket, value)).or_insert(0) += by;
        self.check(self.counts.len())
    }

    fn add_rows(&mut self, time: i64, rows: u64) -> Result<()> {
        self.bump(self.bucket(time), 0, rows)
    }

    fn add<T: EvalTable + SplitTable>(&mut self, batch: &T, mask: &Mask) -> Result<()> {
        let rows = mask.rows();
        let Some(field) = &self.request.by else {
            if self.request.step_ns.is_none() && !rows.is_empty() {
                return self.bump(self.request.range.start.0, 0, rows.len() as u64);
            }
            for row in rows {
                self.bump(self.bucket(batch.times()[row as usize]), 0, 1)?;
            }
            return Ok(());
        };
        let texts = split_values(batch, field);
        for row in rows {
            let number = match texts.get(batch, row as usize) {
                Some(text) => self.value(&text)?,
                None => 0,
            };
            self.bump(self.bucket(batch.times()[row as usize]), number, 1)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Groups<'_>) -> Result<()> {
        let mut names = vec![None; other.values.len() + 1];
        for (text, number) in other.values {
            names[number as usize] = Some(text);
        }
        for ((bucket, value), count) in other.counts {
            let number = match &names[value as usize] {
                Some(text) => self.value(text)?,
                None => 0,
            };
            self.bump(bucket, number, count)?;
        }
        Ok(())
    }

    fn finish(self) -> Vec<AggregateGroup> {
        let mut names = vec![None; self.values.len() + 1];
        for (text, number) in self.values {
            names[number as usize] = Some(text);
        }
        let mut groups: Vec<AggregateGroup> = self
            .counts
            .into_iter()
            .map(|((bucket, value), count)| AggregateGroup {
                time: Timestamp(bucket),
                value: names[value as usize].clone(),
                count,
            })
            .collect();
        groups.sort_unstable();
        groups
    }
}

/// The text of a field in each row of a batch.
enum Split {
    /// By row: values of items.
    Rows(Vec<Option<u32>>, Vec<String>),
    /// A fixed field.
    Fixed(Field),
}

impl Split {
    fn get<'a, T: SplitTable>(&'a self, batch: &'a T, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Split::Rows(rows, texts) => {
                let index = (*rows.get(row)?)?;
                texts
                    .get(index as usize)
                    .map(|text| Cow::Borrowed(text.as_str()))
            }
            Split::Fixed(field) => batch.fixed_text(field, row),
        }
    }
}

fn split_values<T: EvalTable>(batch: &T, field: &Field) -> Split {
    let Field::Attribute(scope, key) = field else {
        return Split::Fixed(field.clone());
    };
    let shared = batch.shared();
    let mut rows: Vec<Option<u32>> = vec![None; batch.rows()];
    let mut texts: Vec<String> = Vec::new();
    let mut known: HashMap<String, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut number = |text: &str, texts: &mut Vec<String>| match known.get(text) {
        Some(index) => *index,
        None => {
            let index = texts.len() as u32;
            known.insert(text.to_owned(), index);
            texts.push(text.to_owned());
            index
        }
    };
    if matches!(scope, AttributeScope::Any | AttributeScope::Item) {
        for column in shared.attributes.of_key(key) {
            for (index, row) in column.rows.iter().enumerate() {
                let slot = &mut rows[*row as usize];
                if slot.is_none() {
                    *slot = Some(number(&column.cells.text(index), &mut texts));
                }
            }
        }
    }
    let mut inherit = |items: Vec<Option<Value>>, index: &[u32], texts: &mut Vec<String>| {
        let numbers: Vec<Option<u32>> = items
            .iter()
            .map(|value| value.as_ref().map(|value| number(&value.to_text(), texts)))
            .collect();
        for (slot, item) in rows.iter_mut().zip(index) {
            if slot.is_none() {
                *slot = numbers.get(*item as usize).copied().flatten();
            }
        }
    };
    let find = |attributes: &Attributes| attributes.find(key).cloned();
    if matches!(scope, AttributeScope::Any | AttributeScope::Resource) {
        let values = shared
            .resources
            .iter()
            .map(|item| find(&item.attributes))
            .collect();
        inherit(values, &shared.resource_index, &mut texts);
    }
    if matches!(scope, AttributeScope::Any | AttributeScope::Scope) {
        let values = shared
            .scopes
            .iter()
            .map(|item| find(&item.attributes))
            .collect();
        inherit(values, &shared.scope_index, &mut texts);
    }
    Split::Rows(rows, texts)
}

/// Texts of fixed fields, for splits.
pub trait SplitTable {
    /// The text of a row; `None` if it has none.
    fn fixed_text(&self, field: &Field, row: usize) -> Option<Cow<'_, str>>;
}

fn some_text(text: &str) -> Option<Cow<'_, str>> {
    (!text.is_empty()).then_some(Cow::Borrowed(text))
}

impl SplitTable for crate::columns::span_batch::SpanBatch {
    fn fixed_text(&self, field: &Field, row: usize) -> Option<Cow<'_, str>> {
        use tacho_model::span::{SpanKind, SpanStatus};
        match field {
            Field::Name => some_text(self.names.cell(row)),
            Field::Kind => {
                let kind = SpanKind::from_number(i32::from(*self.kinds.get(row)?));
                Some(kind.as_str().into())
            }
            Field::Status => {
                let status = SpanStatus::from_number(i32::from(*self.statuses.get(row)?));
                Some(status.as_str().into())
            }
            Field::StatusMessage => some_text(self.status_messages.cell(row)),
            Field::Duration => {
                let duration = self.ends.get(row)?.saturating_sub(*self.starts.get(row)?);
                Some(duration.to_string().into())
            }
            Field::TraceId => Some(self.trace_ids.get(row)?.to_string().into()),
            Field::SpanId => Some(self.span_ids.get(row)?.to_string().into()),
            Field::ParentSpanId => {
                let id = self.parent_span_ids.get(row)?;
                (!id.is_zero()).then(|| id.to_string().into())
            }
            Field::ScopeName => some_text(&self.shared.scope(row)?.name),
            Field::ScopeVersion => some_text(&self.shared.scope(row)?.version),
            _ => None,
        }
    }
}

impl SplitTable for crate::columns::log_batch::LogBatch {
    fn fixed_text(&self, field: &Field, row: usize) -> Option<Cow<'_, str>> {
        match field {
            Field::Name => some_text(self.event_names.cell(row)),
            Field::Severity => {
                let number = tacho_model::log::SeverityNumber(*self.severities.get(row)?);
                Some(number.name().into())
            }
            Field::SeverityText => some_text(self.severity_texts.cell(row)),
            Field::Body => match self.body(row) {
                Value::Empty => None,
                body => Some(body.to_text().into()),
            },
            Field::TraceId => {
                let id = self.trace_ids.get(row)?;
                (!id.is_zero()).then(|| id.to_string().into())
            }
            Field::SpanId => {
                let id = self.span_ids.get(row)?;
                (!id.is_zero()).then(|| id.to_string().into())
            }
            Field::RecordId => Some(self.record_ids.get(row)?.to_string().into()),
            Field::ScopeName => some_text(&self.shared.scope(row)?.name),
            Field::ScopeVersion => some_text(&self.shared.scope(row)?.version),
            _ => None,
        }
    }
}
