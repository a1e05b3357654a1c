//! All series of a block, one after the other, in bounded memory: a page of labels and a few reads of
//! chunks at a time.

use super::SeriesItem;
use super::exemplar_page;
use super::layout::PAGE_SERIES;
use super::matching::{LabelMaker, Lookup, Matching};
use super::plan::Planner;
use super::read::{BlockSeries, SampleBlock};
use crate::error::Result;
use std::collections::VecDeque;
use std::sync::Arc;
use tacho_model::metric::Exemplar;

/// All series of a block with all they hold, sorted by labels; an error ends it.
#[derive(Debug)]
pub struct BlockIter {
    block: Arc<SampleBlock>,
    next_page: u32,
    series: VecDeque<(u32, BlockSeries)>,
    next_exemplars: usize,
    exemplars: VecDeque<(u32, Vec<Exemplar>)>,
    is_over: bool,
}

impl SampleBlock {
    /// All series with all they hold, sorted by labels, in bounded memory.
    pub fn iter_all(self: &Arc<Self>) -> Result<BlockIter> {
        self.found(|| self.index.directory())?;
        Ok(BlockIter {
            block: Arc::clone(self),
            next_page: 0,
            series: VecDeque::new(),
            next_exemplars: 0,
            exemplars: VecDeque::new(),
            is_over: false,
        })
    }
}

impl BlockIter {
    fn load_page(&mut self) -> Result<bool> {
        let index = &self.block.index;
        let first = self.next_page * PAGE_SERIES;
        if first >= index.series() {
            return Ok(false);
        }
        let end = first.saturating_add(PAGE_SERIES).min(index.series());
        self.next_page += 1;
        let mut lookup = Lookup::new(index)?;
        let directory = Arc::clone(&lookup.directory);
        let mut planner = Planner::new(&index.file, &directory.chunks);
        let mut maker = LabelMaker::default();
        let mut all_labels = Vec::new();
        let matching = Matching {
            series: Some((first..end).collect()),
            rest: Vec::new(),
        };
        lookup.visit_series(&matching, None, |lookup, row, _| {
            all_labels.push(maker.labels(lookup, row)?);
            planner.push(row.chunks.iter().copied())
        })?;
        let (planned, _) = planner.finish();
        let series = all_labels.into_iter().zip(planned);
        self.series = (first..)
            .zip(series.map(|(labels, chunks)| self.block.series(labels, chunks)))
            .collect();
        Ok(true)
    }

    fn exemplars_of(&mut self, series: u32) -> Result<Vec<Exemplar>> {
        let directory = self.block.index.directory()?;
        let mut found = Vec::new();
        loop {
            while let Some((number, _)) = self.exemplars.front()
                && *number <= series
            {
                found.extend(self.exemplars.pop_front().map(|(_, list)| list));
            }
            let page = directory.exemplars.get(self.next_exemplars);
            let Some(page) = page.filter(|it| it.first <= series && self.exemplars.is_empty())
            else {
                break;
            };
            let bytes = page.part.read(&*self.block.index.file)?;
            self.exemplars = exemplar_page::decode(&bytes, page.first)?.into();
            self.next_exemplars += 1;
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn next_item(&mut self) -> Result<Option<SeriesItem>> {
        if self.series.is_empty() {
            let block = Arc::clone(&self.block);
            if !block.found(|| self.load_page())? {
                return Ok(None);
            }
        }
        let Some((number, series)) = self.series.pop_front() else {
            return Ok(None);
        };
        let mut item = SeriesItem::default();
        series.read(i64::MIN, i64::MAX, &mut item.samples)?;
        let block = Arc::clone(&self.block);
        item.exemplars = block.found(|| self.exemplars_of(number))?;
        item.labels = series.labels;
        Ok(Some(item))
    }
}

impl Iterator for BlockIter {
    type Item = Result<SeriesItem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let item = self.next_item().transpose();
        self.is_over = !matches!(item, Some(Ok(_)));
        item
    }
}
