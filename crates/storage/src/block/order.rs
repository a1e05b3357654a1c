//! The order of rows in blocks and where a block ends.

use super::{COLUMN_BYTES_MAX, DECODED_BYTES_MAX, ROWS_MAX};
use crate::columns::attribute::Cells;
use crate::columns::log_batch::LogBatch;
use crate::columns::shared::SharedColumns;
use crate::columns::span_batch::SpanBatch;
use crate::columns::text::{BytesColumn, SparseText, TextColumn};
use hashbrown::HashMap;
use std::ops::Range;
use tacho_model::id::TraceId;
use tacho_model::span::SpanKind;

/// Rows of a batch of spans, ordered and cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanSplit {
    /// For each block to write, the rows of the batch in their order.
    pub groups: Vec<Vec<u32>>,
    /// Rows left out because a later row is the same span (trace id, span id, SERVER or not).
    pub duplicates: u64,
}

/// Orders spans by (start of the trace in this batch, trace id, start, span id) and cuts them
/// into blocks within the limits; a trace is split only if it alone is beyond them. Of rows that
/// are the same span only the last in the batch is kept. Needs ids, starts and kinds.
pub fn split_spans(batch: &SpanBatch) -> SpanSplit {
    let mut split = SpanSplit::default();
    let traces = gather_traces(batch, &mut split.duplicates);
    let sizes = RowSizes::of_spans(batch);
    let units = traces.iter().map(|trace| trace.rows.as_slice());
    split.groups = cut(units, &sizes);
    split
}

/// Orders log records by (time, record id) and cuts them into blocks within the limits.
pub fn split_logs(batch: &LogBatch) -> Vec<Vec<u32>> {
    let mut rows: Vec<u32> = (0..batch.len as u32).collect();
    let key = |row: &u32| {
        let row = *row as usize;
        (batch.times[row], batch.record_id(row), row)
    };
    if !rows.is_sorted_by_key(key) {
        rows.sort_unstable_by_key(key);
    }
    let sizes = RowSizes::of_logs(batch);
    cut(rows.chunks(1), &sizes)
}

struct TraceRows {
    start: i64,
    id: TraceId,
    rows: Vec<u32>,
}

/// The rows of each trace in the order of blocks, traces in theirs, duplicates left out.
fn gather_traces(batch: &SpanBatch, duplicates: &mut u64) -> Vec<TraceRows> {
    let mut numbers: HashMap<TraceId, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut traces: Vec<TraceRows> = Vec::new();
    for row in 0..batch.len {
        let id = batch.trace_ids[row];
        let number = *numbers.entry(id).or_insert_with(|| {
            traces.push(TraceRows {
                start: i64::MAX,
                id,
                rows: Vec::new(),
            });
            traces.len() as u32 - 1
        });
        let trace = &mut traces[number as usize];
        trace.start = trace.start.min(batch.starts[row]);
        trace.rows.push(row as u32);
    }
    for trace in &mut traces {
        *duplicates += merge_duplicates(batch, &mut trace.rows);
        let start = trace.rows.iter().map(|row| batch.starts[*row as usize]);
        trace.start = start.min().unwrap_or(trace.start);
        trace.rows.sort_unstable_by_key(|row| {
            let at = *row as usize;
            (batch.starts[at], batch.span_ids[at], *row)
        });
    }
    traces.sort_unstable_by_key(|trace| (trace.start, trace.id));
    traces
}

/// Leaves the last row of each span; `rows` is ascending before, in any order after.
fn merge_duplicates(batch: &SpanBatch, rows: &mut Vec<u32>) -> u64 {
    let before = rows.len();
    let identity = |row: &u32| {
        let row = *row as usize;
        let server = batch.kinds[row] == SpanKind::Server as u8;
        (batch.span_ids[row], server)
    };
    rows.sort_unstable_by_key(|row| (identity(row), u32::MAX - row));
    rows.dedup_by_key(|row| identity(row));
    (before - rows.len()) as u64
}

/// Decoded bytes by row: of all columns together, and of each column that is too large for one
/// block.
struct RowSizes {
    total: Vec<u32>,
    heavy: Vec<Vec<u32>>,
}

impl RowSizes {
    fn of_spans(batch: &SpanBatch) -> Self {
        let mut sizes = Self::with_fixed(batch.len, 80);
        sizes.add_dense(&batch.names);
        for column in [
            &batch.status_messages,
            &batch.trace_states,
            &batch.events,
            &batch.links,
        ] {
            sizes.add_sparse(column);
        }
        sizes.add_shared(&batch.shared);
        sizes
    }

    fn of_logs(batch: &LogBatch) -> Self {
        let mut sizes = Self::with_fixed(batch.len, 80);
        sizes.add_dense(&batch.severity_texts);
        sizes.add_dense(&batch.bodies);
        sizes.add_sparse(&batch.event_names);
        sizes.add_shared(&batch.shared);
        sizes
    }

    fn with_fixed(rows: usize, bytes: u32) -> Self {
        Self {
            total: vec![bytes; rows],
            heavy: Vec::new(),
        }
    }

    /// Adds cells, each given as its row and bytes.
    fn add(&mut self, bytes_in_all: usize, cells: impl Iterator<Item = (u32, u32)>) {
        let mut heavy = if bytes_in_all > COLUMN_BYTES_MAX {
            vec![0u32; self.total.len()]
        } else {
            Vec::new()
        };
        for (row, bytes) in cells {
            if let Some(total) = self.total.get_mut(row as usize) {
                *total = total.saturating_add(bytes);
            }
            if let Some(sum) = heavy.get_mut(row as usize) {
                *sum = sum.saturating_add(bytes);
            }
        }
        if !heavy.is_empty() {
            self.heavy.push(heavy);
        }
    }

    fn add_dense(&mut self, column: &TextColumn) {
        let bytes = column.as_bytes();
        let cells = lengths(bytes).enumerate();
        self.add(
            bytes.bytes.len(),
            cells.map(|(row, length)| (row as u32, length + 4)),
        );
    }

    fn add_sparse(&mut self, column: &SparseText) {
        let bytes = column.texts.as_bytes();
        let cells = column.rows.iter().copied().zip(lengths(bytes));
        self.add(
            bytes.bytes.len(),
            cells.map(|(row, length)| (row, length + 8)),
        );
    }

    /// Attributes; rare ones end up in one column, so all keys but the most common count as one.
    fn add_shared(&mut self, shared: &SharedColumns) {
        let rows = self.total.len();
        let is_rare = |cells: usize| cells * 100 < rows;
        let mut rare: Vec<u32> = Vec::new();
        let mut rare_bytes = 0;
        for column in shared.attributes.columns() {
            let key = column.key.len() as u32;
            let each = |length: u32| length + 8;
            let (bytes, in_all) = match &column.cells {
                Cells::String(cells) | Cells::Json(cells) | Cells::Reference(cells) => {
                    (Some(cells.as_bytes()), cells.as_bytes().bytes.len())
                }
                Cells::Bytes(cells) => (Some(cells), cells.bytes.len()),
                _ => (None, column.rows.len() * 8),
            };
            let lengths: Box<dyn Iterator<Item = u32>> = match bytes {
                Some(bytes) => Box::new(lengths(bytes)),
                None => Box::new(std::iter::repeat(8)),
            };
            let cells = column.rows.iter().copied().zip(lengths);
            if is_rare(column.rows.len()) {
                rare.resize(rows, 0);
                let cells: Vec<(u32, u32)> = cells
                    .map(|(row, length)| (row, each(length) + key))
                    .collect();
                for (row, length) in &cells {
                    rare_bytes += *length as usize;
                    if let Some(sum) = rare.get_mut(*row as usize) {
                        *sum = sum.saturating_add(*length);
                    }
                }
                self.add(0, cells.into_iter());
            } else {
                self.add(in_all, cells.map(|(row, length)| (row, each(length))));
            }
        }
        if rare_bytes > COLUMN_BYTES_MAX {
            self.heavy.push(rare);
        }
    }
}

fn lengths(column: &BytesColumn) -> impl Iterator<Item = u32> {
    (0..column.len()).map(|index| {
        let Range { start, end } = column.range(index);
        (end - start) as u32
    })
}

/// What a block under construction holds so far.
#[derive(Clone)]
struct Load {
    rows: usize,
    total: usize,
    heavy: Vec<usize>,
}

impl Load {
    fn of(rows: &[u32], sizes: &RowSizes) -> Self {
        let sum = |sizes: &[u32]| -> usize {
            let each = rows.iter().filter_map(|row| sizes.get(*row as usize));
            each.map(|size| *size as usize).sum()
        };
        Self {
            rows: rows.len(),
            total: sum(&sizes.total),
            heavy: sizes.heavy.iter().map(|column| sum(column)).collect(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.total += other.total;
        for (sum, more) in self.heavy.iter_mut().zip(&other.heavy) {
            *sum += more;
        }
    }

    fn fits_with(&self, other: &Self) -> bool {
        let heavy = self.heavy.iter().zip(&other.heavy);
        self.rows + other.rows <= ROWS_MAX
            && self.total + other.total <= DECODED_BYTES_MAX
            && heavy
                .map(|(sum, more)| sum + more)
                .all(|sum| sum <= COLUMN_BYTES_MAX)
    }
}

/// Puts units (traces, or single records) into groups; only a unit too large by itself is split.
fn cut<'a>(units: impl Iterator<Item = &'a [u32]>, sizes: &RowSizes) -> Vec<Vec<u32>> {
    let empty = Load::of(&[], sizes);
    let mut groups = Vec::new();
    let mut current: Vec<u32> = Vec::new();
    let mut load = empty.clone();
    let mut take = |rows: &[u32], more: &Load| {
        if !current.is_empty() && !load.fits_with(more) {
            groups.push(std::mem::take(&mut current));
            load = empty.clone();
        }
        current.extend_from_slice(rows);
        load.add(more);
    };
    for unit in units {
        let more = Load::of(unit, sizes);
        if empty.fits_with(&more) {
            take(unit, &more);
        } else {
            for row in unit.chunks(1) {
                take(row, &Load::of(row, sizes));
            }
        }
    }
    if !current.is_empty() {
        groups.push(current);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{split_logs, split_spans};
    use crate::block::ROWS_MAX;
    use crate::columns::log_batch::LogBatch;
    use crate::columns::span_batch::SpanBatch;
    use tacho_model::id::{RecordId, SpanId, TraceId};
    use tacho_model::log::LogRecord;
    use tacho_model::span::{Span, SpanKind};
    use tacho_model::time::Timestamp;
    use tacho_model::value::{Attributes, Value};

    fn span(trace: u8, id: u8, start: i64) -> Span {
        Span {
            trace_id: TraceId([trace; 16]),
            span_id: SpanId([id; 8]),
            start: Timestamp(start),
            end: Timestamp(start + 1),
            ..Span::default()
        }
    }

    fn batch(spans: &[Span]) -> SpanBatch {
        let mut batch = SpanBatch::default();
        for span in spans {
            batch.push_span(span, 0, 0);
        }
        batch
    }

    #[test]
    fn spans_sort_by_start_of_their_trace() {
        let spans = [
            span(2, 1, 30),
            span(1, 1, 20),
            span(2, 2, 10),
            span(1, 2, 20),
        ];
        let split = split_spans(&batch(&spans));
        assert_eq!(split.groups, [vec![2, 0, 1, 3]]);
        assert_eq!(split.duplicates, 0);
    }

    #[test]
    fn of_the_same_span_the_last_stays_but_both_halves_of_a_call_do() {
        let mut server = span(1, 1, 5);
        server.kind = SpanKind::Server;
        let spans = [span(1, 1, 1), server, span(1, 1, 9), span(1, 2, 7)];
        let split = split_spans(&batch(&spans));
        assert_eq!(split.groups, [vec![1, 3, 2]]);
        assert_eq!(split.duplicates, 1);
    }

    #[test]
    fn blocks_end_at_their_limits_and_traces_stay_whole() {
        let mut large = SpanBatch::default();
        let mut one = span(0, 0, 0);
        for number in 0..6u32 {
            for part in 0..1000u32 {
                one.trace_id.0[..4].copy_from_slice(&(number + 1).to_be_bytes());
                one.span_id.0[..4].copy_from_slice(&(part + 1).to_be_bytes());
                one.attributes = Attributes(vec![(
                    "a".to_owned(),
                    Value::from("x".repeat(4000).as_str()),
                )]);
                large.push_span(&one, 0, 0);
            }
        }
        let split = split_spans(&large);
        let lengths: Vec<usize> = split.groups.iter().map(Vec::len).collect();
        // 16 MiB a column: four traces of four million bytes fit.
        assert_eq!(lengths, [4000, 2000]);
    }

    #[test]
    fn a_trace_too_large_by_itself_is_split() {
        let mut large = SpanBatch::default();
        let mut one = span(1, 0, 0);
        for number in 0..ROWS_MAX as u32 + 10 {
            one.span_id.0[..4].copy_from_slice(&number.to_be_bytes());
            large.push_span(&one, 0, 0);
        }
        let split = split_spans(&large);
        let lengths: Vec<usize> = split.groups.iter().map(Vec::len).collect();
        assert_eq!(lengths, [ROWS_MAX, 10]);
    }

    #[test]
    fn logs_sort_by_time_and_id() {
        let mut logs = LogBatch::default();
        for (time, id) in [(5, 1), (3, 2), (5, 0)] {
            let record = LogRecord {
                time: Timestamp(time),
                ..LogRecord::default()
            };
            logs.push_record(&record, RecordId(id), 0, 0);
        }
        assert_eq!(split_logs(&logs), [vec![1, 2, 0]]);
    }
}
