//! Pages of log records, and one record by its id.

use super::{LogDocument, LogPage, LogSearch, PlacedRecord};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::item::LogRow;
use crate::large::{Filler, LoadValue};
use crate::page::Values;
use crate::page::cursor::{Mark, decode, encode};
use crate::run::{Origins, Run};
use tacho_model::id::RecordId;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::Projection;
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};
use tacho_storage::read::{Cursor, Order, ScanRequest};

/// Records that are asked for together at least where storage cannot judge the whole condition.
const SCAN_MIN: usize = 1024;

/// A page of log records.
pub(crate) fn search(run: &Run<'_>, search: &LogSearch) -> Result<LogPage> {
    run.check_limit(search.page.limit)?;
    let mark = match search.order {
        Order::NewestFirst => Mark::LogsNewest,
        Order::OldestFirst => Mark::LogsOldest,
    };
    let after = match &search.page.cursor {
        Some(text) => Some(decode(mark, text)?),
        None => None,
    };
    let listing = Listing {
        condition: run.of_logs(&search.conditions)?,
        range: search.conditions.range,
        order: search.order,
        after,
        limit: search.page.limit,
    };
    let stored = run.stored();
    let mut collector = Collector::new(run, &stored, search.values);
    collector.collect(run, &listing, None)?;
    Ok(collector.finish(mark))
}

/// One log record.
pub(crate) fn document(run: &Run<'_>, id: RecordId, values: Values) -> Result<LogDocument> {
    let by_id = Filter::Compare(Field::RecordId, CompareOp::Equal, Operand::RecordId(id));
    let listing = Listing {
        condition: Condition::Item(by_id),
        range: TimeRange::ALL,
        order: Order::NewestFirst,
        after: None,
        limit: 1,
    };
    let stored = run.stored();
    let mut collector = Collector::new(run, &stored, values);
    collector.collect(run, &listing, None)?;
    let mut page = collector.finish(Mark::LogsNewest);
    let (Some(placed), Some(resource), Some(scope)) =
        (page.records.pop(), page.resources.pop(), page.scopes.pop())
    else {
        return Err(Error::not_found(format!("no log record {id}")));
    };
    Ok(LogDocument {
        id: placed.id,
        record: placed.record,
        resource,
        scope,
    })
}

/// Whether a row is wanted that meets the condition.
pub(crate) type Keep<'a> = &'a dyn Fn(&LogBatch, usize) -> bool;

/// Which records to collect.
pub(crate) struct Listing {
    pub(crate) condition: Condition,
    pub(crate) range: TimeRange,
    pub(crate) order: Order,
    pub(crate) after: Option<Cursor>,
    pub(crate) limit: usize,
}

/// Collects the records of a page.
pub(crate) struct Collector<'a> {
    pub(crate) records: Vec<PlacedRecord>,
    origins: Origins,
    filler: Filler<'a>,
    more: bool,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(run: &Run<'_>, loader: &'a dyn LoadValue, values: Values) -> Self {
        Self {
            records: Vec::new(),
            origins: Origins::default(),
            filler: Filler::new(loader, values, run.limits.page_bytes_max),
            more: false,
        }
    }

    /// Adds records until the listing's limit or the page's bytes are reached. `keep` may refuse
    /// rows.
    pub(crate) fn collect(
        &mut self,
        run: &Run<'_>,
        listing: &Listing,
        keep: Option<Keep<'_>>,
    ) -> Result<()> {
        let mut request = ScanRequest {
            range: listing.range,
            filter: listing.condition.wider(),
            order: listing.order,
            after: listing.after,
            limit: None,
            projection: Projection::all(),
        };
        let most = self.records.len() + listing.limit;
        let values = run.stored();
        let exact = listing.condition.is_exact();
        let least = if exact && keep.is_none() { 1 } else { SCAN_MIN };
        loop {
            let chunk = (most + 1 - self.records.len()).max(least);
            request.limit = Some(chunk);
            let mut rows = 0;
            for batch in run.snapshot.logs(&request, run.context)? {
                let batch = batch?;
                for row in 0..batch.len {
                    rows += 1;
                    let item = LogRow {
                        batch: &batch,
                        row,
                        values: &values,
                    };
                    let met = exact || listing.condition.is_met_by(&item);
                    if !met || keep.is_some_and(|keep| !keep(&batch, row)) {
                        continue;
                    }
                    if self.records.len() >= most
                        || (!self.records.is_empty() && self.filler.is_full())
                    {
                        self.more = true;
                        return Ok(());
                    }
                    self.add(&batch, row)?;
                }
                if let Some(last) = batch.len.checked_sub(1) {
                    let id = batch.record_id(last);
                    request.after = batch
                        .times
                        .get(last)
                        .map(|time| Cursor::Log(Timestamp(*time), id));
                }
            }
            if rows < chunk {
                return Ok(());
            }
        }
    }

    fn add(&mut self, batch: &LogBatch, row: usize) -> Result<()> {
        let mut record = batch.record(row);
        self.filler.fill_record(&mut record)?;
        let (resource, scope) = self.origins.place(&batch.shared, row);
        let id = batch.record_id(row);
        self.records.push(PlacedRecord {
            id,
            record,
            resource,
            scope,
        });
        Ok(())
    }

    pub(crate) fn finish(self, mark: Mark) -> LogPage {
        let last = self.records.last().filter(|_| self.more);
        let next_cursor = last.map(|last| encode(mark, Cursor::Log(last.record.time, last.id)));
        LogPage {
            records: self.records,
            resources: self.origins.resources,
            scopes: self.origins.scopes,
            next_cursor,
            omitted: self.filler.omitted,
        }
    }
}
