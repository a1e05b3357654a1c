//! Columns of one series from several sources as one.

use std::ops::Range;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleColumns;

/// Bytes that order as label sets do when they are compared byte for byte.
pub(crate) fn sort_key(labels: &Labels) -> Box<[u8]> {
    let mut key = Vec::with_capacity(labels.as_encoded().len() + 32);
    let mut put = |text: &str| {
        for byte in text.bytes() {
            key.push(byte);
            if byte == 0 {
                key.push(1);
            }
        }
        key.extend_from_slice(&[0, 0]);
    };
    for (name, value) in labels.iter() {
        put(name);
        put(value);
    }
    key.into()
}

/// Adds one row to the end.
pub(crate) fn push_row(out: &mut SampleColumns, from: &SampleColumns, row: usize) {
    let start = from.start(row);
    match from.histogram(row) {
        Some(histogram) => out.push_histogram(from.times[row], Arc::clone(histogram), start),
        None => out.push_float(from.times[row], from.values[row], start),
    }
}

/// Adds a range of rows to the end.
pub(crate) fn push_rows(out: &mut SampleColumns, from: &SampleColumns, rows: Range<usize>) {
    let plain =
        |columns: &SampleColumns| columns.histograms.is_empty() && columns.starts.is_empty();
    if plain(out) && plain(from) {
        out.times.extend_from_slice(&from.times[rows.clone()]);
        out.values.extend_from_slice(&from.values[rows]);
        return;
    }
    for row in rows {
        push_row(out, from, row);
    }
}

/// The rows whose times lie in a range, both ends inclusive.
pub(crate) fn rows_in(columns: &SampleColumns, start_ms: i64, end_ms: i64) -> Range<usize> {
    let first = columns.times.partition_point(|time| *time < start_ms);
    let end = columns.times.partition_point(|time| *time <= end_ms);
    first..end.max(first)
}

/// Leaves only the samples of a range.
pub(crate) fn cut(columns: &mut SampleColumns, start_ms: i64, end_ms: i64) {
    keep(columns, rows_in(columns, start_ms, end_ms));
}

/// Leaves only the last sample.
pub(crate) fn keep_newest(columns: &mut SampleColumns) {
    let rows = columns.len();
    keep(columns, rows.saturating_sub(1)..rows);
}

/// Leaves only these rows.
fn keep(columns: &mut SampleColumns, rows: Range<usize>) {
    fn of<T>(column: &mut Vec<T>, rows: &Range<usize>) {
        column.truncate(rows.end);
        column.drain(..rows.start.min(column.len()));
    }
    if rows.len() == columns.len() {
        return;
    }
    of(&mut columns.times, &rows);
    of(&mut columns.values, &rows);
    of(&mut columns.histograms, &rows);
    of(&mut columns.starts, &rows);
    if columns.histograms.iter().all(Option::is_none) {
        columns.histograms.clear();
    }
    if columns.starts.iter().all(|start| *start == 0) {
        columns.starts.clear();
    }
}

/// Merges sources into `out`, which is cleared first: of samples at the same time the one of the
/// later source counts.
pub(crate) fn join(mut sources: Vec<SampleColumns>, out: &mut SampleColumns) {
    out.clear();
    sources.retain(|source| !source.is_empty());
    let apart = |list: &[SampleColumns]| {
        list.windows(2)
            .all(|pair| pair[0].times.last() < pair[1].times.first())
    };
    if !apart(&sources) {
        let mut sorted: Vec<usize> = (0..sources.len()).collect();
        sorted.sort_by_key(|index| sources[*index].times.first().copied());
        let disjoint = sorted
            .windows(2)
            .all(|pair| sources[pair[0]].times.last() < sources[pair[1]].times.first());
        if disjoint {
            for index in sorted {
                push_rows(out, &sources[index], 0..sources[index].len());
            }
            return;
        }
        while sources.len() > 1 {
            // Neighbours in order of importance, so that the later one of any two counts.
            let mut merged = Vec::with_capacity(sources.len().div_ceil(2));
            let mut pairs = sources.chunks(2);
            for pair in &mut pairs {
                match pair {
                    [earlier, later] => merged.push(join_two(earlier, later)),
                    rest => merged.extend(rest.iter().cloned()),
                }
            }
            sources = merged;
        }
    }
    for source in &sources {
        push_rows(out, source, 0..source.len());
    }
}

fn join_two(earlier: &SampleColumns, later: &SampleColumns) -> SampleColumns {
    let mut out = SampleColumns::default();
    let (mut a, mut b) = (0, 0);
    while let (Some(time_a), Some(time_b)) = (earlier.times.get(a), later.times.get(b)) {
        if time_a < time_b {
            push_row(&mut out, earlier, a);
            a += 1;
        } else {
            a += usize::from(time_a == time_b);
            push_row(&mut out, later, b);
            b += 1;
        }
    }
    push_rows(&mut out, earlier, a..earlier.len());
    push_rows(&mut out, later, b..later.len());
    out
}

#[cfg(test)]
mod tests {
    use super::{join, sort_key};
    use tacho_model::labels::Labels;
    use tacho_model::sample::SampleColumns;

    fn columns(pairs: &[(i64, f64)]) -> SampleColumns {
        let mut columns = SampleColumns::default();
        for (time, value) in pairs {
            columns.push_float(*time, *value, 0);
        }
        columns
    }

    fn joined(sources: &[&[(i64, f64)]]) -> Vec<(i64, f64)> {
        let mut out = SampleColumns::default();
        join(
            sources.iter().map(|pairs| columns(pairs)).collect(),
            &mut out,
        );
        out.times.into_iter().zip(out.values).collect()
    }

    #[test]
    fn keys_order_as_labels_do() {
        let texts = ["", "a", "a\0", "a\0b", "ab", "b", "\u{1}", "é"];
        let mut sets = Vec::new();
        for a in texts {
            for b in texts {
                sets.push(Labels::from_pairs([("x", a), ("xy", b)]));
                sets.push(Labels::from_pairs([("x\0", a), ("y", b)]));
            }
        }
        for a in &sets {
            for b in &sets {
                assert_eq!(sort_key(a).cmp(&sort_key(b)), a.cmp(b), "{a} {b}");
            }
        }
    }

    #[test]
    fn later_sources_win_and_times_ascend() {
        assert_eq!(joined(&[]), []);
        assert_eq!(
            joined(&[&[(3, 1.0)], &[(1, 2.0), (2, 2.0)]]),
            [(1, 2.0), (2, 2.0), (3, 1.0)]
        );
        let three: [&[(i64, f64)]; 3] = [
            &[(1, 1.0), (4, 1.0), (5, 1.0)],
            &[(4, 2.0), (6, 2.0)],
            &[(2, 3.0), (6, 3.0), (7, 3.0)],
        ];
        let expected = [(1, 1.0), (2, 3.0), (4, 2.0), (5, 1.0), (6, 3.0), (7, 3.0)];
        assert_eq!(joined(&three), expected);
    }
}
