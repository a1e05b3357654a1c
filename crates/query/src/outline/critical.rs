//! The critical path: at every moment of a trace the one span that everything waited for.
//!
//! From the end backwards: of the children of a span the one that finished last is what the span
//! waited for; from its end on the span itself was at work, before its start the next such child
//! is looked for. Children that were still running then were not waited for.
//!
//! - A child that outlives its parent (it was started and not waited for) is followed to its end:
//!   the trace took that long. Where that end lies behind the moment looked at, its parent's own
//!   end counts instead.
//! - A child that starts before its parent (clocks differ) counts from the parent's start.
//! - Times that this leaves open although spans were running go to the one of them that runs
//!   longest. So the path has gaps only where no span was running.

use super::tree::Tree;

/// A piece of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The row of the span.
    pub(crate) row: u32,
    /// Nanoseconds since the epoch.
    pub(crate) start: i64,
    /// Likewise, above `start`.
    pub(crate) end: i64,
}

/// Starts and ends of all rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times<'a> {
    pub(crate) starts: &'a [i64],
    pub(crate) ends: &'a [i64],
}

impl Times<'_> {
    fn start(&self, row: u32) -> i64 {
        self.starts[row as usize]
    }

    /// Where a clock went back, the span took no time.
    fn end(&self, row: u32) -> i64 {
        self.ends[row as usize].max(self.start(row))
    }
}

/// The path of the whole tree, or of a row and what is below it, by time. O(n log n).
pub(crate) fn path(tree: &Tree, times: &Times<'_>, root: Option<u32>) -> Vec<Piece> {
    let last_ends = last_ends(tree, times);
    let mut walk = Walk {
        tree,
        times,
        last_ends: &last_ends,
        entries: Vec::new(),
        pieces: Vec::new(),
    };
    let (start, end, rows) = match root {
        Some(root) => {
            let place = tree.order.iter().position(|row| *row == root).unwrap_or(0);
            let below = tree.below[root as usize] as usize;
            let rows = &tree.order[place..=place + below];
            (times.start(root), last_ends[root as usize], rows)
        }
        None => {
            let start = times.starts.iter().copied().min().unwrap_or(0);
            let end = last_ends.iter().copied().max().unwrap_or(start);
            (start, end, tree.order.as_slice())
        }
    };
    walk.run(root, start, end);
    walk.pieces.reverse();
    let pieces = fill(&walk.pieces, times, rows, (start, end));
    join(pieces)
}

/// The latest end of every row and what is below it.
fn last_ends(tree: &Tree, times: &Times<'_>) -> Vec<i64> {
    let mut ends: Vec<i64> = (0..tree.parents.len() as u32)
        .map(|row| times.end(row))
        .collect();
    for row in tree.order.iter().rev().map(|row| *row as usize) {
        if let Ok(parent) = usize::try_from(tree.parents[row]) {
            ends[parent] = ends[parent].max(ends[row]);
        }
    }
    ends
}

struct Walk<'a> {
    tree: &'a Tree,
    times: &'a Times<'a>,
    last_ends: &'a [i64],
    /// Ends of the children of all frames: (end, row), each frame's from the latest on.
    entries: Vec<(i64, u32)>,
    /// What was found, from the end on.
    pieces: Vec<Piece>,
}

/// A span whose time up to `cursor` is being looked at.
struct Frame {
    /// `None` stands above all roots.
    row: Option<u32>,
    /// Nothing before this is looked at.
    start: i64,
    cursor: i64,
    /// Its entries, and the next of them.
    entries: usize,
    next: usize,
}

impl Walk<'_> {
    fn run(&mut self, root: Option<u32>, start: i64, end: i64) {
        let mut stack = vec![self.enter(root, start, end)];
        while let Some(mut frame) = stack.pop() {
            match self.last_child(&mut frame) {
                Some((child, end)) => {
                    self.own(&frame, end, frame.cursor);
                    let start = self.times.start(child).max(frame.start);
                    frame.cursor = start;
                    stack.push(frame);
                    stack.push(self.enter(Some(child), start, end));
                }
                None => {
                    self.own(&frame, frame.start, frame.cursor);
                    self.entries.truncate(frame.entries);
                }
            }
        }
    }

    fn enter(&mut self, row: Option<u32>, start: i64, cursor: i64) -> Frame {
        let entries = self.entries.len();
        let tree = self.tree;
        let children = row.map_or(tree.roots.as_slice(), |row| tree.children(row));
        for child in children {
            let (last, own) = (self.last_ends[*child as usize], self.times.end(*child));
            self.entries.push((last, *child));
            if own < last {
                self.entries.push((own, *child));
            }
        }
        let starts = self.times.starts;
        self.entries[entries..].sort_unstable_by_key(|(end, row)| {
            (std::cmp::Reverse(*end), starts[*row as usize], *row)
        });
        Frame {
            row,
            start,
            cursor,
            entries,
            next: entries,
        }
    }

    /// The child that finished last before the cursor, and when. A child that was taken is not met
    /// again: its other end lies behind the cursor, which is its start.
    fn last_child(&self, frame: &mut Frame) -> Option<(u32, i64)> {
        while let Some((end, child)) = self.entries.get(frame.next).copied() {
            frame.next += 1;
            let start = self.times.start(child).max(frame.start);
            if end <= frame.start {
                return None;
            }
            if end <= frame.cursor && start < end {
                return Some((child, end));
            }
        }
        None
    }

    /// The frame's own span was at work then, as far as it was running.
    fn own(&mut self, frame: &Frame, from: i64, to: i64) {
        let Some(row) = frame.row else { return };
        let start = from.max(self.times.start(row));
        let end = to.min(self.times.end(row));
        if start < end {
            self.pieces.push(Piece { row, start, end });
        }
    }
}

/// Puts what is running into the gaps between the pieces.
fn fill(pieces: &[Piece], times: &Times<'_>, rows: &[u32], whole: (i64, i64)) -> Vec<Piece> {
    let mut gaps: Vec<(i64, i64)> = Vec::new();
    let mut at = whole.0;
    for piece in pieces {
        if at < piece.start {
            gaps.push((at, piece.start));
        }
        at = piece.end;
    }
    if at < whole.1 {
        gaps.push((at, whole.1));
    }
    if gaps.is_empty() {
        return pieces.to_vec();
    }
    let mut by_start: Vec<u32> = rows.to_vec();
    by_start.sort_unstable_by_key(|row| (times.start(*row), *row));
    let mut waiting = by_start.into_iter().peekable();
    let mut longest: Option<u32> = None;
    let mut found = pieces.to_vec();
    for (mut at, gap_end) in gaps {
        while at < gap_end {
            while let Some(row) = waiting.next_if(|row| times.start(*row) <= at) {
                let longer = longest.is_none_or(|known| times.end(row) > times.end(known));
                longest = if longer { Some(row) } else { longest };
            }
            let running = longest.filter(|row| times.end(*row) > at);
            let end = match (running, waiting.peek()) {
                (Some(row), _) => times.end(row),
                (None, Some(next)) => times.start(*next),
                (None, None) => break,
            };
            let end = end.min(gap_end);
            if let Some(row) = running {
                found.push(Piece {
                    row,
                    start: at,
                    end,
                });
            }
            at = end;
        }
    }
    found.sort_unstable_by_key(|piece| piece.start);
    found
}

/// Joins pieces of one span that touch.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if last.row == piece.row && last.end == piece.start => last.end = piece.end,
            _ => joined.push(piece),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
