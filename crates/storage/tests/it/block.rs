//! Blocks give back what was written, in whole and in parts, and never believe wrong bytes.

use crate::block_support::{
    Folder, log_batch, log_row, many_spans, record, resource, scope, span, span_batch, span_row,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::BTreeSet;
use std::ops::Range;
use std::slice::from_ref;
use std::sync::atomic::Ordering;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::Span;
use tacho_model::value::Value;
use tacho_storage::block::hash::{id_hash, key_hash, token_hash, tokens, trace_hash};
use tacho_storage::block::{INDEX_KEYS, PAGE_ROWS};
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::read::ReadStats;

fn all_rows(batch: &SpanBatch) -> Vec<u32> {
    (0..batch.len as u32).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn spans_come_back_as_they_were(
        spans in proptest::collection::vec(span(), 1..40),
        resources in proptest::collection::vec(resource(), 1..3),
        scopes in proptest::collection::vec(scope(), 1..3),
    ) {
        let folder = Folder::new();
        let batch = span_batch(&spans, &resources, &scopes);
        let stats = ReadStats::default();
        let mut seen = BTreeSet::new();
        for (block, rows) in folder.write_spans(&batch) {
            let read = block.read_all_spans(&stats).unwrap();
            prop_assert_eq!(read.len, rows.len());
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(span_row(&read, at), span_row(&batch, *row as usize));
                prop_assert!(block.may_contain_id(trace_hash(&batch.trace_ids[*row as usize])).unwrap());
                seen.insert(*row);
            }
            block.verify().unwrap();
        }
        // What is missing was the same span as a later one.
        for row in all_rows(&batch).into_iter().filter(|row| !seen.contains(row)) {
            let row = row as usize;
            let same = |other: &u32| {
                let other = *other as usize;
                other > row
                    && batch.trace_ids[other] == batch.trace_ids[row]
                    && batch.span_ids[other] == batch.span_ids[row]
            };
            prop_assert!(seen.iter().any(same));
        }
    }

    #[test]
    fn log_records_come_back_as_they_were(
        records in proptest::collection::vec(record(), 1..40),
        resources in proptest::collection::vec(resource(), 1..3),
        scopes in proptest::collection::vec(scope(), 1..3),
    ) {
        let folder = Folder::new();
        let batch = log_batch(&records, &resources, &scopes);
        let stats = ReadStats::default();
        let mut count = 0;
        for (block, rows) in folder.write_logs(&batch) {
            let read = block.read_all_logs(&stats).unwrap();
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(log_row(&read, at), log_row(&batch, *row as usize));
                if let Value::String(text) = &records[*row as usize].body {
                    for token in tokens(text) {
                        let large = block.pages_with_large_bodies().unwrap();
                        prop_assert!(large[0] || block.pages_with(token_hash(token)).unwrap()[0]);
                    }
                }
            }
            count += rows.len();
            block.verify().unwrap();
        }
        prop_assert_eq!(count, batch.len);
    }

    #[test]
    fn what_a_block_says_it_has_not_it_has_not(
        spans in proptest::collection::vec(span(), 1..30),
        resources in proptest::collection::vec(resource(), 1..3),
    ) {
        let folder = Folder::new();
        let batch = span_batch(&spans, &resources, &[Default::default()]);
        for (block, rows) in folder.write_spans(&batch) {
            let catalog = block.catalog().unwrap();
            for row in &rows {
                let row = *row as usize;
                for (key, value) in &batch.shared.attributes.row(row).0 {
                    let facts = block.column_facts(key).unwrap();
                    prop_assert!(facts.occurs);
                    let hash = id_hash(key, &value.to_text());
                    let found = block.pages_with(hash).unwrap()[0];
                    let is_reference = matches!(value, Value::Reference(_));
                    prop_assert!(found || is_reference || !facts.all_bloomed);
                    prop_assert!(found || !facts.texts_bloomed || !matches!(value, Value::String(_)));
                    if INDEX_KEYS.contains(&key.as_str()) && !is_reference {
                        prop_assert!(block.may_contain_id(hash).unwrap() && found);
                    }
                    let typed = catalog.items.iter().any(|item| &*item.key == key && item.typed);
                    prop_assert!(typed || facts.in_rest);
                    prop_assert!(typed || block.pages_with(key_hash(key)).unwrap()[0]);
                }
                let resource = batch.shared.resource(row).unwrap();
                for (key, value) in &resource.attributes.0 {
                    let is_large = value.to_text().len() > 4096;
                    if INDEX_KEYS.contains(&key.as_str()) && !is_large {
                        let hash = id_hash(key, &value.to_text());
                        prop_assert!(block.may_contain_id(hash).unwrap());
                        prop_assert!(block.pages_with(hash).unwrap()[0]);
                    }
                }
            }
        }
    }
}

/// Ranges of rows that are ascending and disjoint.
fn ranges(cuts: &BTreeSet<u32>) -> Vec<Range<u32>> {
    let cuts: Vec<u32> = cuts.iter().copied().collect();
    cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

#[test]
fn parts_of_a_block_equal_parts_of_the_whole() {
    let folder = Folder::new();
    let batch = many_spans(20_000);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    assert_eq!(rows.len(), 20_000);
    let whole = block.read_all_spans(&ReadStats::default()).unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let cuts = proptest::collection::btree_set(0u32..20_001, 2..8);
    let columns = proptest::sample::subsequence(Column::ALL.to_vec(), 0..15);
    let keys = proptest::sample::subsequence(vec!["call_id", "rare", "tokens", "none"], 0..4);
    for _ in 0..40 {
        let mut projection = Projection::of(&columns.new_tree(&mut runner).unwrap().current());
        for key in keys.new_tree(&mut runner).unwrap().current() {
            projection.want_attribute(key);
        }
        let wanted = ranges(&cuts.new_tree(&mut runner).unwrap().current());
        let part = block
            .read_spans(&wanted, &projection, &ReadStats::default())
            .unwrap();
        let list: Vec<u32> = wanted.into_iter().flatten().collect();
        assert_same(&part, &whole.select(&list), &projection);
    }
}

fn assert_same(part: &SpanBatch, whole: &SpanBatch, projection: &Projection) {
    assert_eq!(part.len, whole.len);
    for row in 0..part.len {
        let (part_span, mut expected) = (part.span(row), whole.span(row));
        let has = |column| projection.has(column);
        assert_eq!(
            part.trace_ids.len(),
            if has(Column::TraceId) { part.len } else { 0 }
        );
        assert_eq!(
            part.starts.len(),
            if has(Column::Time) { part.len } else { 0 }
        );
        if has(Column::TraceId) {
            assert_eq!(part_span.trace_id, expected.trace_id);
        }
        if has(Column::SpanId) {
            assert_eq!(part_span.span_id, expected.span_id);
        }
        if has(Column::Time) {
            assert_eq!(part_span.start, expected.start);
        }
        if has(Column::EndTime) {
            assert_eq!(part_span.end, expected.end);
        }
        if has(Column::Name) {
            assert_eq!(part_span.name, expected.name);
        }
        if has(Column::Resource) {
            assert_eq!(part.shared.resource(row), whole.shared.resource(row));
        }
        expected
            .attributes
            .0
            .retain(|(key, _)| projection.has_attribute(key));
        let sorted = crate::block_support::sorted;
        assert_eq!(sorted(part_span.attributes), sorted(expected.attributes));
    }
}

#[test]
fn a_trace_is_found_without_reading_columns() {
    let folder = Folder::new();
    let batch = many_spans(20_000);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let stats = ReadStats::default();
    for number in [0usize, 5_000, 19_990] {
        let id = batch.trace_ids[number];
        let found = block.rows_of_trace(&id).unwrap();
        assert_eq!(found.len(), 1);
        let ids: Vec<_> = found[0]
            .clone()
            .map(|row| batch.trace_ids[rows[row as usize] as usize])
            .collect();
        assert_eq!(ids, [id; 10]);
    }
    assert_eq!(stats.bytes_read.load(Ordering::Relaxed), 0);
    let unknown = tacho_model::id::TraceId([9; 16]);
    assert!(block.rows_of_trace(&unknown).unwrap().is_empty());
    let ruled_out = (0..1000u64).filter(|number| {
        !block
            .may_contain_id(id_hash("x", &number.to_string()))
            .unwrap()
    });
    assert!(ruled_out.count() > 950);
    block.load_filter().unwrap();
    assert!(block.memory() > 1000);
    assert!(
        block
            .may_contain_id(trace_hash(&batch.trace_ids[7]))
            .unwrap()
    );
    block.drop_caches();
    assert_eq!(block.memory(), 0);
}

#[test]
fn pages_and_blooms_rule_pages_out() {
    let folder = Folder::new();
    let batch = many_spans(20_000);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let pages = block.pages().unwrap();
    assert_eq!(pages.len(), 3);
    assert_eq!(pages[1].rows, PAGE_ROWS as u32..2 * PAGE_ROWS as u32);
    for page in pages.iter() {
        let starts = page
            .rows
            .clone()
            .map(|row| batch.starts[rows[row as usize] as usize]);
        assert_eq!(starts.clone().min(), Some(page.time_min));
        assert_eq!(starts.max(), Some(page.time_max));
    }
    let facts = block.column_facts("call_id").unwrap();
    assert!(facts.texts_bloomed && facts.all_bloomed && !facts.in_rest);
    let call = batch.shared.attributes.row(rows[100] as usize);
    let hash = id_hash("call_id", call.text("call_id").unwrap());
    assert_eq!(block.pages_with(hash).unwrap(), [true, false, false]);
    // Reading one page reads about a third of the bytes.
    let stats = ReadStats::default();
    let projection = Projection::of(&[]).with_attribute("call_id");
    let _ = block
        .read_spans(from_ref(&(0..10)), &projection, &stats)
        .unwrap();
    let page = stats.bytes_read.load(Ordering::Relaxed);
    let _ = block
        .read_spans(from_ref(&(0..20_000)), &projection, &stats)
        .unwrap();
    let all = stats.bytes_read.load(Ordering::Relaxed) - page;
    assert!(page * 2 < all, "{page} of {all}");
}

#[test]
fn a_block_of_many_large_resources_comes_back() {
    let folder = Folder::new();
    let mut batch = SpanBatch::default();
    for number in 0..600u32 {
        let mut resource = tacho_model::resource::Resource::default();
        let text = format!("{number} {}", "x".repeat(3000));
        resource.attributes.push("run_id", text.as_str());
        let resource = batch.shared.add_resource(resource);
        let scope = batch.shared.add_scope(Default::default());
        let mut span = tacho_model::span::Span::default();
        span.trace_id.0[..4].copy_from_slice(&(number + 1).to_be_bytes());
        span.span_id.0[..4].copy_from_slice(&(number + 1).to_be_bytes());
        batch.push_span(&span, resource, scope);
    }
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let read = block.read_all_spans(&ReadStats::default()).unwrap();
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(span_row(&read, at), span_row(&batch, *row as usize));
    }
    let hash = id_hash("run_id", &format!("17 {}", "x".repeat(3000)));
    assert!(block.may_contain_id(hash).unwrap());
}

#[test]
fn any_parquet_reader_reads_a_block() {
    use arrow::array::{Array, AsArray};
    let folder = Folder::new();
    let batch = many_spans(9_000);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let bytes = std::fs::read(block.id().parquet_path(&folder.dir())).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let mut row = 0;
    for part in reader.build().unwrap() {
        let part = part.unwrap();
        let text = |name: &str, at: usize| {
            let column = part.column_by_name(name).unwrap().as_string::<i32>();
            column.is_valid(at).then(|| column.value(at).to_owned())
        };
        let rest = part.column_by_name("rest").unwrap().as_map();
        let again = part.column_by_name("rest_again").unwrap();
        let again = again.as_list::<i32>();
        for at in 0..part.num_rows() {
            let from = rows[row] as usize;
            let span = batch.span(from);
            assert_eq!(text("name", at).unwrap(), span.name);
            assert_eq!(
                text("s.call_id", at).as_deref(),
                span.attributes.text("call_id")
            );
            let service = batch
                .shared
                .resource(from)
                .unwrap()
                .service_name()
                .to_owned();
            assert_eq!(text("r.service.name", at), Some(service));
            let rare = span
                .attributes
                .0
                .iter()
                .filter(|(key, _)| key == "rare")
                .count();
            assert_eq!(rest.value(at).len() + again.value(at).len(), rare);
            row += 1;
        }
    }
    assert_eq!(row, 9_000);
}

#[test]
fn no_map_has_a_key_twice_and_repetitions_come_back_in_order() {
    use arrow::array::{Array, AsArray};
    let mut spans = vec![Span::default(); 200];
    for (number, span) in spans.iter_mut().enumerate() {
        span.trace_id = TraceId([1; 16]);
        span.span_id = SpanId((number as u64 + 1).to_be_bytes());
    }
    let pairs = [
        ("twice", Value::from("a")),
        ("twice", Value::from("b")),
        ("twice", Value::from("c")),
        ("mixed", Value::Int(1)),
        ("mixed", Value::from("one")),
        ("once", Value::Bool(true)),
    ];
    for (key, value) in &pairs {
        spans[7].attributes.push(*key, value.clone());
    }
    spans[9].attributes.push("twice", "only here once");
    let folder = Folder::new();
    let batch = span_batch(&spans, &[Resource::default()], &[Scope::default()]);
    let (block, rows) = folder.write_spans(&batch).remove(0);
    let back = block.read_all_spans(&ReadStats::default()).unwrap();
    for (row, from) in rows.iter().enumerate() {
        assert_eq!(span_row(&back, row), span_row(&batch, *from as usize));
    }
    let bytes = std::fs::read(block.id().parquet_path(&folder.dir())).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
    let (mut in_map, mut beside) = (0, 0);
    for part in reader.build().unwrap() {
        let part = part.unwrap();
        let rest = part.column_by_name("rest").unwrap().as_map();
        for entries in rest.iter().flatten() {
            let keys: Vec<_> = entries.column(0).as_string::<i32>().iter().collect();
            let unique: BTreeSet<_> = keys.iter().collect();
            assert_eq!(unique.len(), keys.len(), "{keys:?}");
            in_map += keys.len();
        }
        let again = part.column_by_name("rest_again").unwrap();
        let lists = again.as_list::<i32>().iter().flatten();
        beside += lists.map(|list| list.len()).sum::<usize>();
    }
    // "twice" is in one percent of the rows and has a column: its first value is not in the map.
    assert_eq!((in_map, beside), (3, 2));
}
