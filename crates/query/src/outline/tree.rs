//! The tree of a trace out of ids and parents. Whatever senders give becomes a tree: a span whose
//! parent has not arrived is a root, and of parents that go in a circle the earliest span becomes
//! one. Nothing recurses, so depth costs nothing.

use std::collections::HashMap;
use tacho_model::id::SpanId;
use tacho_model::span::{SpanKind, SpanStatus};

/// Parent of a root.
pub(crate) const ROOT: i32 = -1;
/// Parent of a span whose parent has not arrived.
pub(crate) const MISSING: i32 = -2;

/// The columns that a tree is made of, of equal length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) ids: &'a [SpanId],
    pub(crate) parents: &'a [SpanId],
    pub(crate) starts: &'a [i64],
    pub(crate) kinds: &'a [u8],
    pub(crate) statuses: &'a [u8],
}

/// A tree of rows.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Row of the parent, or `ROOT`, or `MISSING`.
    pub(crate) parents: Vec<i32>,
    /// Spans without a parent here, by start.
    pub(crate) roots: Vec<u32>,
    /// All rows depth first, children by start.
    pub(crate) order: Vec<u32>,
    /// Spans below each row.
    pub(crate) below: Vec<u32>,
    /// Spans with status `Error` below each row.
    pub(crate) errors_below: Vec<u32>,
    /// Where the children of each row begin in `children`; one more at the end.
    begins: Vec<u32>,
    children: Vec<u32>,
}

impl Tree {
    pub(crate) fn build(columns: &Columns<'_>) -> Self {
        let by_start = by_start(columns);
        let mut parents = parents_of(columns, &by_start);
        break_circles(&mut parents, columns);
        let mut tree = Self {
            parents,
            ..Self::default()
        };
        tree.add_children(&by_start);
        tree.add_order();
        tree.add_sums(columns);
        tree
    }

    /// Children of a row by start.
    pub(crate) fn children(&self, row: u32) -> &[u32] {
        let at = |row: usize| self.begins.get(row).map_or(0, |begin| *begin as usize);
        self.children
            .get(at(row as usize)..at(row as usize + 1))
            .unwrap_or_default()
    }

    fn add_children(&mut self, by_start: &[u32]) {
        let rows = self.parents.len();
        self.begins = vec![0; rows + 1];
        for parent in &self.parents {
            if let Ok(parent) = usize::try_from(*parent) {
                self.begins[parent + 1] += 1;
            }
        }
        for row in 0..rows {
            self.begins[row + 1] += self.begins[row];
        }
        let mut next = self.begins.clone();
        self.children = vec![0; self.begins[rows] as usize];
        for row in by_start {
            match usize::try_from(self.parents[*row as usize]) {
                Ok(parent) => {
                    self.children[next[parent] as usize] = *row;
                    next[parent] += 1;
                }
                Err(_) => self.roots.push(*row),
            }
        }
    }

    fn add_order(&mut self) {
        let mut order = Vec::with_capacity(self.parents.len());
        let mut stack: Vec<u32> = self.roots.iter().rev().copied().collect();
        while let Some(row) = stack.pop() {
            order.push(row);
            stack.extend(self.children(row).iter().rev());
        }
        self.order = order;
    }

    fn add_sums(&mut self, columns: &Columns<'_>) {
        let rows = self.parents.len();
        self.below = vec![0; rows];
        self.errors_below = vec![0; rows];
        for row in self.order.iter().rev().map(|row| *row as usize) {
            let Ok(parent) = usize::try_from(self.parents[row]) else {
                continue;
            };
            let error = columns.statuses.get(row) == Some(&(SpanStatus::Error as u8));
            self.below[parent] += self.below[row] + 1;
            self.errors_below[parent] += self.errors_below[row] + u32::from(error);
        }
    }
}

/// Rows by start, then id; of two halves of one span the server's comes last.
fn by_start(columns: &Columns<'_>) -> Vec<u32> {
    let key = |row: &u32| {
        let row = *row as usize;
        let server = columns.kinds.get(row) == Some(&(SpanKind::Server as u8));
        (columns.starts[row], columns.ids[row], server, row)
    };
    let mut rows: Vec<u32> = (0..columns.ids.len() as u32).collect();
    if !rows.is_sorted_by_key(key) {
        rows.sort_unstable_by_key(key);
    }
    rows
}

/// Rows of an id: two where client and server share it, as Zipkin's do.
#[derive(Clone, Copy)]
struct Halves {
    /// The client's, or the only one.
    first: u32,
    /// The server's, or the only one: what happens inside is below it.
    last: u32,
}

fn parents_of(columns: &Columns<'_>, by_start: &[u32]) -> Vec<i32> {
    let is_server = |row: u32| columns.kinds.get(row as usize) == Some(&(SpanKind::Server as u8));
    let mut rows_of: HashMap<SpanId, Halves> = HashMap::with_capacity(by_start.len());
    for row in by_start {
        let alone = Halves {
            first: *row,
            last: *row,
        };
        let known = rows_of.entry(columns.ids[*row as usize]).or_insert(alone);
        match (known.first == *row, is_server(*row)) {
            (true, _) => {}
            (false, true) => known.last = *row,
            (false, false) => known.first = *row,
        }
    }
    let parent = |row: u32| {
        let own = rows_of.get(&columns.ids[row as usize]);
        if let Some(own) = own.filter(|own| own.last == row && own.first != row) {
            return own.first as i32;
        }
        let id = columns.parents[row as usize];
        match rows_of.get(&id) {
            _ if id.is_zero() => ROOT,
            Some(of) if of.last == row || of.first == row => ROOT,
            Some(of) => of.last as i32,
            None => MISSING,
        }
    };
    (0..columns.ids.len() as u32).map(parent).collect()
}

/// Makes the earliest span of every circle a root.
fn break_circles(parents: &mut [i32], columns: &Columns<'_>) {
    const NEW: u32 = 0;
    let mut walk_of = vec![NEW; parents.len()];
    for start in 0..parents.len() {
        let walk = start as u32 + 1;
        let mut at = start as i32;
        while let Ok(row) = usize::try_from(at) {
            if walk_of[row] != NEW {
                break;
            }
            walk_of[row] = walk;
            at = parents[row];
        }
        let Ok(met) = usize::try_from(at) else {
            continue;
        };
        if walk_of[met] == walk {
            let earliest = earliest_of_circle(parents, columns, met);
            parents[earliest] = ROOT;
        }
    }
}

fn earliest_of_circle(parents: &[i32], columns: &Columns<'_>, met: usize) -> usize {
    let key = |row: usize| (columns.starts[row], columns.ids[row], row);
    let (mut earliest, mut row) = (met, met);
    while let Ok(above) = usize::try_from(parents[row]) {
        if key(above) < key(earliest) {
            earliest = above;
        }
        row = above;
        if row == met {
            break;
        }
    }
    earliest
}

#[cfg(test)]
pub(super) mod tests;
