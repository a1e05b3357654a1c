//! Native histograms of a chunk in a block file: one layout, counts as columns. Format:
//! `docs/formats/samples-chunk.md`, section "Histograms".

use super::floats::{self, HAS_EXCEPTIONS, HAS_STARTS};
use super::{exceptions, pco_codec, starts};
use crate::error::{Error, Result};
use crate::varint::{Reader, put_signed, put_unsigned};
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::sample::{SampleColumns, is_stale, stale_nan};

/// Most counts of all histograms of a chunk.
pub(crate) const COUNTS_MAX: usize = pco_codec::NUMBERS_MAX;
/// Columns before those of buckets: count and zero count.
const FIXED_COLUMNS: usize = 2;
/// Hints by their code.
const HINTS: [CounterResetHint; 4] = [
    CounterResetHint::Unknown,
    CounterResetHint::Reset,
    CounterResetHint::NotReset,
    CounterResetHint::Gauge,
];
/// Flags of the layout beside the hint.
const HAS_THRESHOLD: u8 = 0x04;
const HAS_BOUNDS: u8 = 0x08;
const NAME: &str = "chunk of histograms";

/// Whether it marks the end of the series and says nothing else.
pub(crate) fn is_plain_stale(histogram: &Histogram) -> bool {
    is_stale(histogram.sum)
        && histogram.counter_reset_hint == CounterResetHint::Unknown
        && histogram.schema == 0
        && histogram.zero_threshold.to_bits() == 0
        && histogram.zero_count.to_bits() == 0
        && histogram.count.to_bits() == 0
        && histogram.positive == Buckets::default()
        && histogram.negative == Buckets::default()
        && histogram.custom_bounds.is_empty()
}

/// Whether two histograms can be in one chunk: hint, schema, threshold, bounds and spans agree.
pub(crate) fn same_layout(a: &Histogram, b: &Histogram) -> bool {
    let same_bits = |a: &[f64], b: &[f64]| {
        let bits = |list: &[f64]| list.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        a.len() == b.len() && (std::ptr::eq(a, b) || bits(a) == bits(b))
    };
    let same_side =
        |a: &Buckets, b: &Buckets| a.spans == b.spans && a.counts.len() == b.counts.len();
    a.counter_reset_hint == b.counter_reset_hint
        && a.schema == b.schema
        && a.zero_threshold.to_bits() == b.zero_threshold.to_bits()
        && same_side(&a.positive, &b.positive)
        && same_side(&a.negative, &b.negative)
        && same_bits(&a.custom_bounds, &b.custom_bounds)
}

/// Number of counts of a histogram.
pub(crate) fn columns(histogram: &Histogram) -> usize {
    FIXED_COLUMNS + histogram.positive.counts.len() + histogram.negative.counts.len()
}

/// Appends a chunk of histograms (at least one) of one layout, plain stale ones between them.
pub(crate) fn encode(
    histograms: &[&Histogram],
    start_times: &[i64],
    base_ms: i64,
    out: &mut Vec<u8>,
) -> Result<()> {
    let stale: Vec<bool> = histograms.iter().map(|it| is_plain_stale(it)).collect();
    let shown = histograms.iter().zip(&stale).find(|(_, stale)| !**stale);
    let layout = Histogram::default();
    let layout = shown.map_or(&layout, |(histogram, _)| *histogram);
    if histograms.len() * columns(layout) > COUNTS_MAX {
        return Err(Error::invalid(format!(
            "a histogram has {} buckets, too many to store",
            columns(layout) - FIXED_COLUMNS
        )));
    }
    let has_stale = stale.contains(&true);
    let has_starts = start_times.iter().any(|start| *start != 0);
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    out.push(flag(has_stale, HAS_EXCEPTIONS) | flag(has_starts, HAS_STARTS));
    if has_stale {
        let marks = stale.iter().map(|it| if *it { stale_nan() } else { 0.0 });
        exceptions::encode(&marks.collect::<Vec<_>>(), out);
    }
    if has_starts {
        starts::encode(start_times, base_ms, out);
    }
    put_layout(layout, out)?;
    // A stale row repeats the one before, which costs next to nothing.
    let mut rows = Vec::with_capacity(histograms.len());
    let mut last = layout;
    for (histogram, is_stale) in histograms.iter().zip(&stale) {
        last = if *is_stale { last } else { histogram };
        rows.push(last);
    }
    put_column(&counts_by_column(&rows), out)?;
    let sums: Vec<f64> = rows.iter().map(|row| row.sum).collect();
    floats::encode(&sums, &[], 0, out)
}

/// All counts of one bucket, then those of the next.
fn counts_by_column(rows: &[&Histogram]) -> Vec<f64> {
    let mut counts: Vec<f64> = rows.iter().map(|row| row.count).collect();
    counts.extend(rows.iter().map(|row| row.zero_count));
    let sides: [fn(&Histogram) -> &[f64]; 2] =
        [|row| &row.positive.counts, |row| &row.negative.counts];
    for side in sides {
        let buckets = rows.first().map_or(0, |row| side(row).len());
        for bucket in 0..buckets {
            let column = rows.iter().filter_map(|row| side(row).get(bucket));
            counts.extend(column);
        }
    }
    counts
}

fn put_column(numbers: &[f64], out: &mut Vec<u8>) -> Result<()> {
    let mut column = Vec::new();
    floats::encode(numbers, &[], 0, &mut column)?;
    put_unsigned(out, column.len() as u64);
    out.extend_from_slice(&column);
    Ok(())
}

fn put_layout(layout: &Histogram, out: &mut Vec<u8>) -> Result<()> {
    let hint = HINTS
        .iter()
        .position(|hint| *hint == layout.counter_reset_hint);
    let mut head = hint.unwrap_or(0) as u8;
    if layout.zero_threshold.to_bits() != 0 {
        head |= HAS_THRESHOLD;
    }
    if !layout.custom_bounds.is_empty() {
        head |= HAS_BOUNDS;
    }
    out.push(head);
    put_signed(out, i64::from(layout.schema));
    if head & HAS_THRESHOLD != 0 {
        out.extend_from_slice(&layout.zero_threshold.to_bits().to_le_bytes());
    }
    for side in [&layout.positive, &layout.negative] {
        put_unsigned(out, side.spans.len() as u64);
        for span in &side.spans {
            put_signed(out, i64::from(span.offset));
            put_unsigned(out, u64::from(span.length));
        }
        put_unsigned(out, side.counts.len() as u64);
    }
    if head & HAS_BOUNDS != 0 {
        put_unsigned(out, layout.custom_bounds.len() as u64);
        put_column(&layout.custom_bounds, out)?;
    }
    Ok(())
}

/// Appends the `count` histograms of exactly these bytes, and their starts. Times are the caller's:
/// it has appended them already.
pub(crate) fn decode(
    bytes: &[u8],
    base_ms: i64,
    count: usize,
    out: &mut SampleColumns,
) -> Result<()> {
    let mut reader = Reader::new(bytes, NAME);
    let head = reader.byte()?;
    let stale = if head & HAS_EXCEPTIONS == 0 {
        Vec::new()
    } else {
        exceptions::decode(&mut reader, count)?
    };
    floats::decode_starts(&mut reader, head, (base_ms, count), out)?;
    let layout = take_layout(&mut reader)?;
    let numbers = columns(&layout)
        .checked_mul(count)
        .filter(|it| *it <= COUNTS_MAX);
    let numbers = numbers.ok_or_else(|| reader.wrong("there are too many counts"))?;
    let counts = take_column(&mut reader, numbers)?;
    let mut sums = SampleColumns::default();
    floats::decode(reader.rest(), 0, count, &mut sums)?;
    let mut marks = vec![0.0; count];
    exceptions::apply(&stale, &mut marks);
    let stale = Arc::new(Histogram {
        sum: stale_nan(),
        ..Histogram::default()
    });
    out.histograms.resize(out.values.len(), None);
    for (row, (sum, mark)) in sums.values.iter().zip(&marks).enumerate() {
        let histogram = if is_stale(*mark) {
            Arc::clone(&stale)
        } else {
            Arc::new(row_of(&layout, &counts, (row, count), *sum))
        };
        out.histograms.push(Some(histogram));
    }
    out.values.resize(out.histograms.len(), 0.0);
    Ok(())
}

fn row_of(layout: &Histogram, counts: &[f64], (row, rows): (usize, usize), sum: f64) -> Histogram {
    let mut column = counts.iter().skip(row).step_by(rows).copied();
    let mut histogram = layout.clone();
    histogram.count = column.next().unwrap_or(0.0);
    histogram.zero_count = column.next().unwrap_or(0.0);
    histogram.sum = sum;
    let sides = [&mut histogram.positive, &mut histogram.negative];
    for count in sides.into_iter().flat_map(|side| side.counts.iter_mut()) {
        *count = column.next().unwrap_or(0.0);
    }
    histogram
}

fn take_column(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f64>> {
    let length = reader.unsigned()?;
    let mut column = SampleColumns::default();
    floats::decode(reader.bytes(length)?, 0, count, &mut column)?;
    Ok(column.values)
}

fn take_layout(reader: &mut Reader<'_>) -> Result<Histogram> {
    let head = reader.byte()?;
    let hint = HINTS.get(usize::from(head & 3)).copied();
    let schema = i32::try_from(reader.signed()?);
    let mut layout = Histogram {
        counter_reset_hint: hint.unwrap_or_default(),
        schema: schema.map_err(|_| reader.wrong("the schema is out of range"))?,
        ..Histogram::default()
    };
    if head & HAS_THRESHOLD != 0 {
        let bytes = reader.bytes(8)?.first_chunk::<8>().copied();
        layout.zero_threshold = f64::from_bits(bytes.map_or(0, u64::from_le_bytes));
    }
    layout.positive = take_side(reader)?;
    layout.negative = take_side(reader)?;
    if head & HAS_BOUNDS != 0 {
        let count = reader.unsigned()?;
        if count == 0 || count > COUNTS_MAX as u64 {
            return Err(reader.wrong("the number of bounds is out of range"));
        }
        layout.custom_bounds = take_column(reader, count as usize)?.into();
    }
    Ok(layout)
}

/// Spans, and zeros for the counts.
fn take_side(reader: &mut Reader<'_>) -> Result<Buckets> {
    let wrong = |reader: &Reader<'_>| reader.wrong("a span is out of range");
    let mut spans = Vec::new();
    for _ in 0..reader.count(2)? {
        let offset = i32::try_from(reader.signed()?).map_err(|_| wrong(reader))?;
        let length = u32::try_from(reader.unsigned()?).map_err(|_| wrong(reader))?;
        spans.push(BucketSpan { offset, length });
    }
    let counts = reader.unsigned()?;
    if counts > COUNTS_MAX as u64 {
        return Err(reader.wrong("there are too many buckets"));
    }
    Ok(Buckets {
        spans,
        counts: vec![0.0; counts as usize],
    })
}
