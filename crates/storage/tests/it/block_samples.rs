//! Blocks of samples: what is written is read, found, counted and merged.

use crate::block_samples_support::{
    NOW_MS, Random, SampleFolder, assert_same, between, histogram, items, text,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleColumns;
use tacho_storage::block::BlockId;
use tacho_storage::error::ErrorKind;
use tacho_storage::read::ReadStats;
use tacho_storage::samples::block::SeriesItem;
use tacho_storage::samples::block::read::SampleBlock;
use tacho_storage::samples::block::write::BlockWriter;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_storage::samples::merge::{MergedSeries, Removal, SeriesSource, write_series};
use tacho_storage::samples::read::SeriesData;

fn all_of(block: &std::sync::Arc<SampleBlock>) -> Vec<SeriesItem> {
    block
        .iter_all()
        .unwrap()
        .map(|item| item.unwrap())
        .collect()
}

#[test]
fn everything_that_is_written_comes_back() {
    let folder = SampleFolder::new();
    for (id, (count, samples_max)) in [(1, 1), (3, 9), (400, 60), (12, 9000)]
        .into_iter()
        .enumerate()
    {
        let items = items(id as u64 + 5, count, samples_max);
        let block = folder.block(id as u64, &items);
        block.verify().unwrap();
        assert_same(&all_of(&block), &items);
        let facts = block.facts();
        let samples: usize = items.iter().map(|it| it.samples.len()).sum();
        let exemplars: usize = items.iter().map(|it| it.exemplars.len()).sum();
        assert_eq!(facts.series, items.len() as u64);
        assert_eq!(facts.samples, samples as u64);
        assert_eq!(facts.exemplars, exemplars as u64);
        let times = items.iter().flat_map(|it| it.samples.times.iter().copied());
        assert_eq!(facts.time_min, times.clone().min().unwrap());
        assert_eq!(facts.time_max, times.max().unwrap());
        let found = SampleBlock::facts_of(&folder.io, &folder.dir(), block.id()).unwrap();
        assert_eq!(found, *facts);
        assert!(block.index_memory() > 0);
        block.release_index();
        assert_eq!(block.index_memory(), 0);
        assert_same(&all_of(&block), &items);
    }
}

#[test]
fn points_count_buckets_of_histograms() {
    let folder = SampleFolder::new();
    let mut item = SeriesItem {
        labels: Labels::from_pairs([("__name__", "h")]),
        ..SeriesItem::default()
    };
    item.samples.push_float(1, 1.0, 0);
    item.samples.push_histogram(2, histogram(3, 0), 0);
    let facts = folder.write(1, &[item]);
    assert_eq!((facts.samples, facts.points), (2, 1 + 3 + 3 + 2));
}

#[test]
fn series_without_samples_have_only_exemplars() {
    let folder = SampleFolder::new();
    let mut items: Vec<SeriesItem> = items(3, 20, 5);
    for item in &mut items {
        item.samples = SampleColumns::default();
    }
    items.retain(|item| !item.exemplars.is_empty());
    assert!(items.len() > 3);
    let block = folder.block(1, &items);
    assert_same(&all_of(&block), &items);
    let stats = ReadStats::default();
    assert_eq!(
        block.select(&[], i64::MIN, i64::MAX, &stats).unwrap().len(),
        0
    );
    assert_eq!(block.label_names(&[], i64::MIN, i64::MAX).unwrap().len(), 0);
    let found = block.exemplars(&[], i64::MIN, i64::MAX).unwrap();
    assert_eq!(found.len(), items.len());
    assert!(block.facts().time_min >= NOW_MS);
}

#[test]
fn wrong_input_is_refused() {
    let folder = SampleFolder::new();
    let (io, dir) = (&folder.io, folder.dir());
    let writer = BlockWriter::create(io, &dir, BlockId(1)).unwrap();
    assert_eq!(writer.finish().unwrap_err().kind(), ErrorKind::Invalid);
    let taken = BlockWriter::create(io, &dir, BlockId(1)).map(drop);
    assert_eq!(taken.unwrap_err().kind(), ErrorKind::Conflict);
    let mut writer = BlockWriter::create(io, &dir, BlockId(2)).unwrap();
    let (a, b) = (
        Labels::from_pairs([("__name__", "a")]),
        Labels::from_pairs([("__name__", "b")]),
    );
    let mut samples = SampleColumns::default();
    writer.series(&b, &samples, &[]).unwrap();
    assert_eq!(writer.series_count(), 0, "nothing to keep");
    samples.push_float(1, 1.0, 0);
    writer.series(&b, &samples, &[]).unwrap();
    for labels in [&a, &b] {
        let error = writer.series(labels, &samples, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    samples.push_float(1, 1.0, 0);
    let c = Labels::from_pairs([("__name__", "c")]);
    assert!(writer.series(&c, &samples, &[]).is_err(), "same time twice");
    writer.finish().unwrap();
}

/// Matchers of all kinds over names and values that are there and that are not.
fn matchers() -> Vec<LabelMatcher> {
    let names = ["__name__", "job", "le", "session_id", "n", "text", "gone"];
    let values = [
        "", "up", "a", "a.b", "0.5", "7", "a|b", "a|", ".*", ".+", "a.*", "[0-9]+", "x", "(a|b).*",
        "[0-7].*", "long .*",
    ];
    let mut list = Vec::new();
    for name in names {
        for value in values {
            for op in [
                MatchOp::Equal,
                MatchOp::NotEqual,
                MatchOp::Regex,
                MatchOp::NotRegex,
            ] {
                list.push(LabelMatcher::new(name, op, value).unwrap());
            }
        }
    }
    list
}

fn expected<'a>(items: &'a [SeriesItem], matchers: &[LabelMatcher]) -> Vec<&'a SeriesItem> {
    let fits = |item: &&SeriesItem| matchers.iter().all(|it| it.matches_labels(&item.labels));
    items.iter().filter(fits).collect()
}

#[test]
fn select_finds_what_comparing_every_series_finds() {
    let folder = SampleFolder::new();
    let items = items(77, 1100, 3);
    let block = folder.block(1, &items);
    let all = matchers();
    let mut random = Random::new(4);
    let singles = all.iter().map(|matcher| vec![matcher.clone()]);
    let mut lists: Vec<Vec<LabelMatcher>> = singles.collect();
    for _ in 0..120 {
        let mut pick = || all[random.below(all.len() as u64) as usize].clone();
        lists.push(vec![pick(), pick()]);
        lists.push(vec![pick(), pick(), pick()]);
    }
    lists.push(Vec::new());
    let stats = ReadStats::default();
    let mut not_empty = 0;
    for list in lists {
        let found = block.select(&list, i64::MIN, i64::MAX, &stats).unwrap();
        let found: Vec<&Labels> = found.iter().map(|series| &series.labels).collect();
        let expected = expected(&items, &list);
        let expected: Vec<&Labels> = expected.iter().map(|item| &item.labels).collect();
        assert_eq!(found, expected, "{list:?}");
        not_empty += usize::from(!expected.is_empty());
    }
    assert!(not_empty > 100, "{not_empty}");
    assert!(stats.bytes_read.load(Ordering::Relaxed) > 0);
}

#[test]
fn values_that_begin_alike_are_found_on_any_page() {
    let folder = SampleFolder::new();
    let long = "the same beginning of all values, ".repeat(9);
    let mut items: Vec<SeriesItem> = (0..1_500)
        .map(|number| {
            let mut item = SeriesItem {
                labels: Labels::from_pairs([
                    ("__name__", "m".to_owned()),
                    ("text", format!("{long}{number:04}")),
                    ("z", format!("{}", number % 2)),
                ]),
                ..SeriesItem::default()
            };
            item.samples.push_float(number, 1.0, 0);
            item
        })
        .collect();
    items.sort_by(|a, b| a.labels.cmp(&b.labels));
    let block = folder.block(1, &items);
    let stats = ReadStats::default();
    let find = |value: &str| {
        let matchers = [LabelMatcher::equal("text", value)];
        block.select(&matchers, i64::MIN, i64::MAX, &stats).unwrap()
    };
    for item in items.iter().step_by(7) {
        let found = find(item.labels.value("text"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].labels, item.labels);
    }
    for value in [
        "a",
        "z",
        &long,
        &format!("{long}0100a"),
        &format!("{long}9"),
    ] {
        assert!(find(value).is_empty(), "{value}");
    }
}

#[test]
fn ranges_give_the_samples_in_them() {
    let folder = SampleFolder::new();
    let items = items(9, 20, 5000);
    let block = folder.block(1, &items);
    let mut random = Random::new(1);
    let stats = ReadStats::default();
    for _ in 0..20 {
        let start = NOW_MS - 8_000_000 + random.below(20_000_000) as i64;
        let end = start + random.below(40_000_000) as i64 - 1_000;
        let found = block.select(&[], start, end, &stats).unwrap();
        let mut found = found.into_iter().peekable();
        let mut out = SampleColumns::default();
        for item in &items {
            let expected = between(&item.samples, start, end);
            let Some(series) = found.next_if(|it| it.labels == item.labels) else {
                assert!(expected.is_empty(), "{} is missing", item.labels);
                continue;
            };
            SeriesData::read(&series, start, end, &mut out).unwrap();
            assert_eq!(text(&out), text(&expected));
            assert!(series.samples_max() >= expected.len() as u64);
        }
        assert!(found.next().is_none());
    }
    let none = block.select(&[], NOW_MS + 1_000_000_000_000, i64::MAX, &stats);
    assert!(none.unwrap().is_empty());
}

#[test]
fn names_values_counts_and_exemplars_are_those_of_matching_series() {
    let folder = SampleFolder::new();
    let items = items(21, 1060, 3);
    let block = folder.block(1, &items);
    for matchers in matchers().chunks(5).map(|list| &list[..1]).chain([&[][..]]) {
        let expected = expected(&items, matchers);
        let sets = block.label_sets(matchers, i64::MIN, i64::MAX).unwrap();
        assert!(sets.iter().eq(expected.iter().map(|item| &item.labels)));
        let mut pairs: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for pair in expected.iter().flat_map(|item| item.labels.iter()) {
            *pairs.entry(pair).or_default() += 1;
        }
        let names: BTreeSet<&str> = pairs.keys().map(|(name, _)| *name).collect();
        let found = block.label_names(matchers, i64::MIN, i64::MAX).unwrap();
        assert!(found.iter().map(String::as_str).eq(names), "{matchers:?}");
        for name in ["job", "session_id", "gone"] {
            let of_name = pairs.keys().filter(|pair| pair.0 == name);
            let found = block.label_values(name, matchers, i64::MIN, i64::MAX);
            assert!(found.unwrap().iter().eq(of_name.map(|pair| pair.1)));
        }
        let mut found = Vec::new();
        let series = block.pair_counts(matchers, &mut |name, value, count| {
            found.push((name.to_owned(), value.to_owned(), count));
        });
        assert_eq!(series.unwrap(), expected.len() as u64);
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|((name, value), count)| (name.to_owned(), value.to_owned(), count));
        assert!(found.into_iter().eq(pairs));
        let (start, end) = (NOW_MS + 100_000, NOW_MS + 600_000);
        let found = block.exemplars(matchers, start, end).unwrap();
        let lists = expected.iter().filter_map(|item| {
            let mut list = item.exemplars.clone();
            list.retain(|it| (start..=end).contains(&(it.time_ns / 1_000_000)));
            (!list.is_empty()).then(|| (item.labels.clone(), list))
        });
        assert_eq!(found, lists.collect::<Vec<_>>());
    }
}

#[test]
fn short_series_with_ids_take_few_bytes() {
    let folder = SampleFolder::new();
    let mut random = Random::new(8);
    let mut list = Vec::new();
    let names = ["agent_tool_calls_total", "agent_tokens_total"];
    for number in 0..6_000 {
        let mut item = SeriesItem {
            labels: Labels::from_pairs([
                ("__name__", names[number % 2]),
                ("job", "shop/agents"),
                ("instance", ["a-1", "a-2", "a-3"][number % 3]),
                ("otel_scope_name", "agent.runtime"),
                ("tool", ["search", "edit", "run", "read"][number % 4]),
                ("session_id", &random.uuid()),
            ]),
            ..SeriesItem::default()
        };
        let start = NOW_MS + random.below(80_000_000) as i64;
        let (mut time, mut total) = (start, 0);
        for _ in 0..10 {
            time += 1_000 + random.below(120_000) as i64;
            total += 1 + random.below(9);
            item.samples.push_float(time, total as f64, start);
        }
        list.push(item);
    }
    list.sort_by(|a, b| a.labels.cmp(&b.labels));
    let block = folder.block(1, &list);
    let each = block.facts().bytes as f64 / list.len() as f64;
    println!("{each:.1} B a short series");
    assert!(each < 100.0, "{each}");
    assert_same(&all_of(&block), &list);
}

#[test]
fn scraped_series_share_their_times() {
    let folder = SampleFolder::new();
    let mut random = Random::new(3);
    let mut time = NOW_MS;
    let times: Vec<i64> = (0..960)
        .map(|_| {
            time += 15_000
                + if random.one_in(5) {
                    random.below(19) as i64 - 9
                } else {
                    0
                };
            time
        })
        .collect();
    let mut list = Vec::new();
    for number in 0..200 {
        let mut item = SeriesItem {
            labels: Labels::from_pairs([("__name__", format!("requests_{number:03}"))]),
            ..SeriesItem::default()
        };
        let mut total = 0;
        for time in &times {
            total += u64::from(random.one_in(30));
            // Some begin later, some miss a scrape now and then.
            if !random.one_in(500) && (number % 7 > 0 || *time > NOW_MS + 3_000_000) {
                item.samples.push_float(*time, total as f64, 0);
            }
        }
        list.push(item);
    }
    let block = folder.block(1, &list);
    assert_same(&all_of(&block), &list);
    let each = block.facts().bytes as f64 / block.facts().samples as f64;
    println!("{each:.3} B a sample");
    assert!(each < 0.3, "{each}");
}

#[test]
fn blocks_are_merged_into_blocks() {
    let folder = SampleFolder::new();
    let items = items(31, 300, 40);
    let parts = 3usize;
    let mut inputs: Vec<Vec<SeriesItem>> = vec![Vec::new(); parts];
    for (number, item) in items.iter().enumerate() {
        // Each series lies in one to three blocks, rows by turns.
        let spread = 1 + number % parts;
        for (place, input) in inputs.iter_mut().enumerate().take(spread) {
            let mut part = SeriesItem {
                labels: item.labels.clone(),
                ..SeriesItem::default()
            };
            for row in (0..item.samples.len()).filter(|row| row % spread == place) {
                let time = item.samples.times[row];
                let one = between(&item.samples, time, time);
                match one.histogram(0).cloned() {
                    Some(it) => part.samples.push_histogram(time, it, one.start(0)),
                    None => part.samples.push_float(time, one.values[0], one.start(0)),
                }
            }
            if place == 0 {
                part.exemplars = item.exemplars.clone();
            }
            input.push(part);
        }
    }
    let blocks = inputs
        .iter()
        .zip(1..)
        .map(|(input, id)| folder.block(id, input));
    let blocks: Vec<_> = blocks.collect();
    let sources = blocks.iter().map(|block| {
        let source: SeriesSource<'_> = Box::new(block.iter_all().unwrap());
        source
    });
    let gone = items[7].labels.clone();
    let removal = move |labels: &Labels| match *labels == gone {
        true => Removal::Series,
        false => Removal::Nothing,
    };
    let mut merged = MergedSeries::new(sources.collect(), Box::new(removal)).peekable();
    let mut found = Vec::new();
    for id in 10.. {
        let mut writer = BlockWriter::create(&folder.io, &folder.dir(), BlockId(id)).unwrap();
        let is_end = write_series(&mut merged, &mut writer, 60_000).unwrap();
        let facts = writer.finish().unwrap();
        let block = SampleBlock::open(&folder.io, &folder.dir(), BlockId(id), facts).unwrap();
        found.extend(all_of(&block));
        if is_end {
            assert!(id > 10, "the memory was enough for all");
            break;
        }
    }
    let mut expected = items.clone();
    expected.remove(7);
    assert_same(&found, &expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_series_come_back(seed in any::<u64>(), count in 1u64..30, samples_max in 1u64..200) {
        let folder = SampleFolder::new();
        let items = items(seed, count, samples_max);
        let block = folder.block(1, &items);
        assert_same(&all_of(&block), &items);
    }
}
