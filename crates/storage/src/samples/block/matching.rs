//! Which series of a block match: postings first, labels of what is left where that is cheaper.

use super::index::Index;
use super::layout::{Directory, LabelName, PAGE_SERIES};
use super::postings::{Postings, PostingsRows};
use super::series_page::SeriesRows;
use super::symbols_page::Symbols;
use super::table_page::{ChunkRow, TableRows};
use crate::error::{Error, Result};
use crate::samples::matcher::{LabelMatcher, MatchOp};
use roaring::RoaringBitmap;
use std::sync::Arc;
use tacho_model::labels::Labels;

/// A label with more values than this many times the series that are left is judged by looking at
/// these.
const VALUES_PER_SERIES: u64 = 4;

/// Looks things up in a block during one call; keeps the texts that it has used.
#[derive(Debug)]
pub(crate) struct Lookup<'a> {
    /// The index.
    pub index: &'a Index,
    /// Where everything is.
    pub directory: Arc<Directory>,
    symbols: Vec<Option<Arc<Symbols>>>,
}

/// Series that match.
#[derive(Debug, Default)]
pub(crate) struct Matching<'m> {
    /// These at most; `None` is all.
    pub series: Option<RoaringBitmap>,
    /// Their labels have still to match these.
    pub rest: Vec<&'m LabelMatcher>,
}

/// A series of a block.
#[derive(Debug)]
pub(crate) struct SeriesRow<'a> {
    /// Its chunks, by time.
    pub chunks: &'a [ChunkRow],
    /// Its label pairs, ascending.
    pub pairs: &'a [u32],
    /// So many of them are those of the row that was visited before.
    pub common: usize,
}

impl<'a> Lookup<'a> {
    /// Loads the directory if needed.
    pub(crate) fn new(index: &'a Index) -> Result<Self> {
        let directory = index.directory()?;
        let symbols = vec![None; directory.symbols.len()];
        Ok(Self {
            index,
            directory,
            symbols,
        })
    }

    /// Series that match all.
    pub(crate) fn matching<'m>(&mut self, matchers: &'m [LabelMatcher]) -> Result<Matching<'m>> {
        let mut ordered: Vec<&LabelMatcher> = matchers.iter().collect();
        // Lists of values first: they are cheap and leave few series.
        ordered.sort_by_key(|matcher| matcher.literal_values().is_none());
        let mut found = Matching::default();
        for matcher in ordered {
            self.narrow(matcher, &mut found)?;
            if found.series.as_ref().is_some_and(RoaringBitmap::is_empty) {
                break;
            }
        }
        Ok(found)
    }

    fn narrow<'m>(&mut self, matcher: &'m LabelMatcher, found: &mut Matching<'m>) -> Result<()> {
        let takes_absent = matcher.matches_absent();
        let Some(name) = self.name(&matcher.name) else {
            if !takes_absent {
                found.series = Some(RoaringBitmap::new());
            }
            return Ok(());
        };
        let all_fit = matcher.fits_all_values();
        match (all_fit, takes_absent) {
            (Some(true), true) => return Ok(()),
            (Some(false), false) => {
                found.series = Some(RoaringBitmap::new());
                return Ok(());
            }
            _ => {}
        }
        let left = found.series.as_ref().map_or(u64::MAX, RoaringBitmap::len);
        let values = match (matcher.literal_values(), matcher.op) {
            _ if all_fit.is_some() => (name.first..name.first + name.count).collect(),
            (Some(values), _) if !takes_absent => self.find_all(&name, &values)?,
            (_, MatchOp::NotEqual) if takes_absent => self.find_all(&name, &[&matcher.value])?,
            _ if left.saturating_mul(VALUES_PER_SERIES) < u64::from(name.count) => {
                found.rest.push(matcher);
                return Ok(());
            }
            _ => self.scan(&name, |value| matcher.matches(value) != takes_absent)?,
        };
        let of_values = self.series_of(&values)?;
        if takes_absent {
            let all = || RoaringBitmap::from_iter(0..self.index.series());
            *found.series.get_or_insert_with(all) -= of_values;
        } else {
            match &mut found.series {
                Some(series) => *series &= of_values,
                none => *none = Some(of_values),
            }
        }
        Ok(())
    }

    /// A label name.
    pub(crate) fn name(&self, name: &str) -> Option<LabelName> {
        let names = &self.directory.names;
        let place = names.binary_search_by(|it| it.name.as_str().cmp(name));
        place.ok().and_then(|place| names.get(place)).cloned()
    }

    /// The texts of a page.
    fn page(&mut self, number: usize) -> Result<Arc<Symbols>> {
        if let Some(Some(symbols)) = self.symbols.get(number) {
            return Ok(Arc::clone(symbols));
        }
        let symbols = self.index.symbols(&self.directory, number as u32)?;
        if let Some(place) = self.symbols.get_mut(number) {
            *place = Some(Arc::clone(&symbols));
        }
        Ok(symbols)
    }

    /// The page on which a pair is.
    fn page_of(&self, pair: u32) -> usize {
        let pages = &self.directory.symbols;
        let after = pages.partition_point(|page| page.page.first <= pair);
        after.saturating_sub(1)
    }

    fn first_of_page(&self, number: usize) -> u32 {
        let pages = &self.directory.symbols;
        pages.get(number).map_or(0, |page| page.page.first)
    }

    fn find_all(&mut self, name: &LabelName, values: &[&str]) -> Result<Vec<u32>> {
        let mut pairs = Vec::new();
        for value in values {
            pairs.extend(self.find(name, value)?);
        }
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// The pair of a name and value.
    fn find(&mut self, name: &LabelName, value: &str) -> Result<Option<u32>> {
        let end = name.first + name.count;
        let (low, high) = (self.page_of(name.first), self.page_of(end - 1));
        let pages = self.directory.symbols.get(low + 1..=high);
        let before = pages
            .unwrap_or_default()
            .partition_point(|page| page.value.as_str() <= value);
        // The directory has only the beginning of a value, so that the page may be one too late.
        for page in (low..=low + before).rev() {
            let symbols = self.page(page)?;
            let first = self.first_of_page(page);
            let from = name.first.max(first);
            let to = end.min(first + symbols.len() as u32);
            let (mut from, mut to) = (from, to);
            let start = from;
            while from < to {
                let middle = from + (to - from) / 2;
                match symbols.text((middle - first) as usize).cmp(value) {
                    std::cmp::Ordering::Less => from = middle + 1,
                    std::cmp::Ordering::Greater => to = middle,
                    std::cmp::Ordering::Equal => return Ok(Some(middle)),
                }
            }
            if from > start {
                break;
            }
        }
        Ok(None)
    }

    /// Pairs of a name with a value that is wanted.
    fn scan(&mut self, name: &LabelName, wanted: impl Fn(&str) -> bool) -> Result<Vec<u32>> {
        let mut pairs = Vec::new();
        let end = name.first + name.count;
        for page in self.page_of(name.first)..=self.page_of(end - 1) {
            // Not kept for this call: a scan may go over very many.
            let symbols = self.index.symbols(&self.directory, page as u32)?;
            let first = self.first_of_page(page);
            for pair in first.max(name.first)..end.min(first + symbols.len() as u32) {
                if wanted(symbols.text((pair - first) as usize)) {
                    pairs.push(pair);
                }
            }
        }
        Ok(pairs)
    }

    /// Series that have any of these pairs, which ascend.
    fn series_of(&self, pairs: &[u32]) -> Result<RoaringBitmap> {
        let mut series = RoaringBitmap::new();
        let mut wanted = pairs.iter().copied().peekable();
        self.visit_postings(
            |first, end| {
                while wanted.next_if(|pair| *pair < first).is_some() {}
                wanted.peek().is_some_and(|pair| *pair < end)
            },
            |pair, _, postings| {
                if pairs.binary_search(&pair).is_err() {
                    return Ok(());
                }
                match postings {
                    Postings::Bitmap(number) => {
                        series |= &*self.index.bitmap(&self.directory, number)?;
                    }
                    Postings::Ranges(ranges) => {
                        for (first, last) in ranges {
                            series.insert_range(first..=last);
                        }
                    }
                }
                Ok(())
            },
        )?;
        Ok(series)
    }

    /// Visits the postings of all pairs on pages that are wanted: pair, number of series, which.
    pub(crate) fn visit_postings(
        &self,
        mut wanted: impl FnMut(u32, u32) -> bool,
        mut visit: impl FnMut(u32, u64, Postings) -> Result<()>,
    ) -> Result<()> {
        let pages = &self.directory.postings;
        for (number, page) in pages.iter().enumerate() {
            let next = pages.get(number + 1);
            let end = next.map_or(self.directory.pairs(), |next| next.first);
            if !wanted(page.first, end) {
                continue;
            }
            let bytes = self.index.page(&page.part, number as u32)?;
            let mut rows = PostingsRows::new(&bytes, self.index.series());
            for pair in page.first..end {
                let (count, postings) = rows.next()?;
                visit(pair, count, postings)?;
            }
        }
        Ok(())
    }

    /// The name of a pair by its place among names, and the value.
    pub(crate) fn with_pair<T>(
        &mut self,
        pair: u32,
        run: impl FnOnce(&str, &str) -> T,
    ) -> Result<T> {
        let page = self.page_of(pair);
        let symbols = self.page(page)?;
        let value = symbols.text((pair - self.first_of_page(page)) as usize);
        let name = self.name_of(pair);
        let name = self.directory.names.get(name);
        Ok(run(name.map_or("", |it| it.name.as_str()), value))
    }

    fn name_of(&self, pair: u32) -> usize {
        let names = &self.directory.names;
        names
            .partition_point(|name| name.first <= pair)
            .saturating_sub(1)
    }

    /// Visits series that match and have a sample in the range, ascending; with no range, all that
    /// match.
    pub(crate) fn visit_series(
        &mut self,
        matching: &Matching<'_>,
        range: Option<(i64, i64)>,
        mut visit: impl FnMut(&mut Self, &SeriesRow<'_>, u32) -> Result<()>,
    ) -> Result<()> {
        let directory = Arc::clone(&self.directory);
        let all = self.index.series();
        for (number, page) in directory.table.iter().enumerate() {
            let first = number as u32 * PAGE_SERIES;
            let count = (all - first).min(PAGE_SERIES);
            let is_in_time =
                range.is_none_or(|(start, end)| page.time_min <= end && page.time_max >= start);
            let any = |set: &RoaringBitmap| set.range(first..first + count).next().is_some();
            if !is_in_time || !matching.series.as_ref().is_none_or(any) {
                continue;
            }
            let bytes = self.index.page(&page.part, number as u32)?;
            let place = (page.chunks_part, page.chunks_at);
            let table = TableRows::decode(&bytes, count, place, &directory.chunks)?;
            let is_wanted = |row: u32| {
                let matches = matching
                    .series
                    .as_ref()
                    .is_none_or(|it| it.contains(first + row));
                let overlaps = |chunk: &ChunkRow, (start, end): (i64, i64)| {
                    chunk.info.time_min <= end && chunk.info.time_max >= start
                };
                let chunks = table.chunks(row as usize);
                matches && range.is_none_or(|range| chunks.iter().any(|it| overlaps(it, range)))
            };
            let rows: Vec<u32> = (0..count).filter(|row| is_wanted(*row)).collect();
            if rows.is_empty() {
                continue;
            }
            self.visit_page(number, (&table, &rows), matching, &mut |lookup, row, at| {
                visit(lookup, row, first + at)
            })?;
        }
        Ok(())
    }

    fn visit_page(
        &mut self,
        number: usize,
        (table, wanted): (&TableRows, &[u32]),
        matching: &Matching<'_>,
        visit: &mut dyn FnMut(&mut Self, &SeriesRow<'_>, u32) -> Result<()>,
    ) -> Result<()> {
        let directory = Arc::clone(&self.directory);
        let part = directory.series.get(number);
        let part = part.ok_or_else(|| Error::corrupt("a page of labels is not there"))?;
        let bytes = self.index.page(part, number as u32)?;
        let mut rows = SeriesRows::new(&bytes, directory.pairs())?;
        let mut at = 0;
        // Nothing of what was visited on another page is shared.
        let mut common_since = 0;
        for wanted in wanted {
            let mut pairs = &[][..];
            while at <= *wanted {
                let shared;
                (shared, pairs) = rows.next()?;
                common_since = common_since.min(shared);
                at += 1;
            }
            if self.fits_rest(pairs, &matching.rest)? {
                let row = SeriesRow {
                    chunks: table.chunks(*wanted as usize),
                    pairs,
                    common: common_since,
                };
                visit(self, &row, *wanted)?;
                common_since = usize::MAX;
            }
        }
        Ok(())
    }

    fn fits_rest(&mut self, pairs: &[u32], rest: &[&LabelMatcher]) -> Result<bool> {
        for matcher in rest {
            let Some(name) = self.name(&matcher.name) else {
                continue;
            };
            let place = pairs.partition_point(|pair| *pair < name.first);
            let pair = pairs.get(place).filter(|it| **it < name.first + name.count);
            let fits = match pair {
                Some(pair) => self.with_pair(*pair, |_, value| matcher.matches(value))?,
                None => matcher.matches_absent(),
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Makes label sets of pairs, sharing the work for pairs that neighbours share.
#[derive(Debug, Default)]
pub(crate) struct LabelMaker {
    /// Of each pair: place of its name, page, place on the page.
    places: Vec<(u32, u32, u32)>,
}

impl LabelMaker {
    /// The labels of a series that was visited after the one of the last call.
    pub(crate) fn labels(
        &mut self,
        lookup: &mut Lookup<'_>,
        row: &SeriesRow<'_>,
    ) -> Result<Labels> {
        self.places.truncate(row.common);
        for pair in row.pairs.iter().skip(self.places.len()) {
            let (name, page) = (lookup.name_of(*pair) as u32, lookup.page_of(*pair));
            let is_sorted = self.places.last().is_none_or(|last| last.0 < name);
            if !is_sorted {
                return Err(Error::corrupt("a series has a label twice"));
            }
            lookup.page(page)?;
            let place = pair - lookup.first_of_page(page);
            self.places.push((name, page as u32, place));
        }
        let names = &lookup.directory.names;
        let pages = &lookup.symbols;
        Ok(Labels::from_sorted(self.places.iter().map(
            |(name, page, place)| {
                let name = names.get(*name as usize).map_or("", |it| it.name.as_str());
                let page = pages.get(*page as usize).and_then(Option::as_ref);
                (name, page.map_or("", |page| page.text(*place as usize)))
            },
        )))
    }
}
