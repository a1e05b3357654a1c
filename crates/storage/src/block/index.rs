//! Gathers what the sidecar of a block holds: facts of pages, hashes for filter and blooms, rows
//! of traces, the catalog.

use super::bloom::HashSet64;
use super::catalog::{CATALOG_ITEMS_MAX, Catalog, CatalogItem};
use super::hash::{KeyHasher, key_hash, token_hash, tokens, trace_hash};
use super::origin::Origins;
use super::plan::Plan;
use super::rows::Rows;
use super::{INDEX_KEYS, PAGE_ROWS, PageFacts};
use crate::columns::attribute::{AttributeColumn, CellType};
use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::read::CatalogPlace;
use std::sync::Arc;
use tacho_model::id::TraceId;

/// A column of texts gets blooms if it has more different values than this.
const BLOOM_VALUES_MIN: usize = 4096;

/// What the sidecar holds, apart from checksums of the Parquet file.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Facts of pages.
    pub pages: Vec<PageFacts>,
    /// Pages with bodies in the value store.
    pub large_bodies: Vec<bool>,
    /// Hashes of the filter of ids.
    pub ids: HashSet64,
    /// Hashes of the bloom of each page.
    pub blooms: Vec<HashSet64>,
    /// Runs of rows of one trace: upper 40 bits of `trace_hash`, first row.
    pub traces: Vec<(u64, u32)>,
    /// The attributes.
    pub catalog: Catalog,
}

/// Whether values of a key are looked up like ids.
pub(crate) fn is_index_key(key: &str) -> bool {
    INDEX_KEYS.contains(&key)
}

/// Gathers for a block of spans.
pub(crate) fn gather_spans(
    batch: &SpanBatch,
    rows: &Rows<'_>,
    plan: &Plan<'_>,
    origins: [&Origins; 2],
) -> Gathered {
    let mut gathered = Gathered::with_pages(rows, |row| {
        (batch.starts[row as usize], batch.ends[row as usize])
    });
    let mut last: Option<TraceId> = None;
    for (row, from) in rows.list.iter().enumerate() {
        let id = batch.trace_ids[*from as usize];
        if last != Some(id) {
            let hash = trace_hash(&id);
            gathered.ids.insert(hash);
            gathered.traces.push((hash >> 24, row as u32));
            last = Some(id);
        }
    }
    gathered.traces.sort_unstable();
    gathered.add_attributes(rows, batch.shared.attributes.columns(), plan);
    gathered.add_origins(origins);
    gathered
}

/// Gathers for a block of logs.
pub(crate) fn gather_logs(
    batch: &LogBatch,
    rows: &Rows<'_>,
    plan: &Plan<'_>,
    origins: [&Origins; 2],
) -> Gathered {
    let mut gathered = Gathered::with_pages(rows, |row| {
        let time = batch.times[row as usize];
        (time, time)
    });
    for (row, from) in rows.list.iter().enumerate() {
        let from = *from as usize;
        let id = batch.trace_ids[from];
        let bloom = &mut gathered.blooms[row / PAGE_ROWS];
        if !id.is_zero() {
            let hash = trace_hash(&id);
            if bloom.insert(hash) {
                gathered.ids.insert(hash);
            }
        }
        match batch.body_types[from] {
            CellType::Reference => gathered.large_bodies[row / PAGE_ROWS] = true,
            CellType::Empty => {}
            _ => bloom.extend(tokens(batch.bodies.cell(from)).map(token_hash)),
        }
    }
    gathered.add_attributes(rows, batch.shared.attributes.columns(), plan);
    gathered.add_origins(origins);
    gathered
}

impl Gathered {
    fn with_pages(rows: &Rows<'_>, times: impl Fn(u32) -> (i64, i64)) -> Self {
        let mut gathered = Self::default();
        for (page, list) in rows.list.chunks(PAGE_ROWS).enumerate() {
            let first = (page * PAGE_ROWS) as u32;
            let mut facts = PageFacts {
                rows: first..first + list.len() as u32,
                time_min: i64::MAX,
                time_max: i64::MIN,
                end_min: i64::MAX,
                end_max: i64::MIN,
            };
            for row in list {
                let (time, end) = times(*row);
                facts.time_min = facts.time_min.min(time);
                facts.time_max = facts.time_max.max(time);
                facts.end_min = facts.end_min.min(end);
                facts.end_max = facts.end_max.max(end);
            }
            gathered.pages.push(facts);
            gathered.large_bodies.push(false);
            gathered.blooms.push(HashSet64::default());
        }
        gathered
    }

    fn add_attributes(&mut self, rows: &Rows<'_>, columns: &[AttributeColumn], plan: &Plan<'_>) {
        for (index, column) in columns.iter().enumerate() {
            let used = plan.uses[index];
            if used.count.rows == 0 {
                continue;
            }
            let bloomed = used.typed && self.add_typed(rows, column, used.sample.is_small());
            self.catalog.items.push(CatalogItem {
                place: CatalogPlace::Item,
                key: Arc::clone(&column.key),
                cell_type: column.cells.cell_type(),
                count: used.count.rows as u32,
                typed: used.typed,
                rest: !used.typed || used.count.cells > used.count.rows,
                bloomed: !used.typed || bloomed,
            });
        }
        for entry in &plan.rest {
            let column = &columns[entry.column as usize];
            let bloom = &mut self.blooms[entry.row as usize / PAGE_ROWS];
            bloom.insert(key_hash(&column.key));
            if column.cells.cell_type() != CellType::Reference {
                let text = column.cells.text(entry.cell as usize);
                let hash = KeyHasher::new(&column.key).hash(&text);
                bloom.insert(hash);
                if is_index_key(&column.key) {
                    self.ids.insert(hash);
                }
            }
        }
    }

    /// Adds the values of a column of its own; says whether they were added.
    fn add_typed(&mut self, rows: &Rows<'_>, column: &AttributeColumn, few_values: bool) -> bool {
        let cell_type = column.cells.cell_type();
        let is_index = is_index_key(&column.key);
        let may_be_large = cell_type == CellType::String && !few_values;
        if cell_type == CellType::Reference || !(is_index || may_be_large) {
            return false;
        }
        let hasher = KeyHasher::new(&column.key);
        let mut hashes: Vec<(u32, u64)> = Vec::new();
        let mut distinct = HashSet64::default();
        let mut last = None;
        for (cell, from) in column.rows.iter().enumerate() {
            let Some(row) = rows.place(*from) else {
                continue;
            };
            let hash = hasher.hash(&column.cells.text(cell));
            let entry = (row / PAGE_ROWS as u32, hash);
            if last != Some(entry) {
                hashes.push(entry);
                if is_index || distinct.len() <= BLOOM_VALUES_MIN {
                    distinct.insert(hash);
                }
                last = Some(entry);
            }
        }
        if is_index {
            self.ids.extend(&distinct);
        } else if distinct.len() <= BLOOM_VALUES_MIN {
            return false;
        }
        for (page, hash) in hashes {
            self.blooms[page as usize].insert(hash);
        }
        true
    }

    fn add_origins(&mut self, origins: [&Origins; 2]) {
        for (origins, place) in origins
            .into_iter()
            .zip([CatalogPlace::Resource, CatalogPlace::Scope])
        {
            for column in origins.attributes.columns() {
                let is_index = is_index_key(&column.key);
                self.catalog.items.push(CatalogItem {
                    place,
                    key: Arc::clone(&column.key),
                    cell_type: column.cells.cell_type(),
                    count: origins.rows_with(&column.rows) as u32,
                    typed: false,
                    rest: false,
                    bloomed: is_index,
                });
                if is_index && column.cells.cell_type() != CellType::Reference {
                    self.add_origin_ids(origins, column);
                }
            }
        }
        let items = &mut self.catalog.items;
        if items.len() > CATALOG_ITEMS_MAX {
            // What is most common is worth most.
            items.sort_by_key(|item| std::cmp::Reverse((item.typed, item.count)));
            items.truncate(CATALOG_ITEMS_MAX);
            self.catalog.truncated = true;
        }
        items.sort_by(|a, b| (a.place, &a.key, a.cell_type).cmp(&(b.place, &b.key, b.cell_type)));
    }

    fn add_origin_ids(&mut self, origins: &Origins, column: &AttributeColumn) {
        let hasher = KeyHasher::new(&column.key);
        let mut hashes: Vec<Vec<u64>> = vec![Vec::new(); origins.texts.len()];
        for (cell, place) in column.rows.iter().enumerate() {
            let hash = hasher.hash(&column.cells.text(cell));
            self.ids.insert(hash);
            hashes[*place as usize].push(hash);
        }
        for (places, bloom) in origins.by_row.chunks(PAGE_ROWS).zip(&mut self.blooms) {
            for place in places {
                bloom.extend(&hashes[*place as usize]);
            }
        }
    }
}
