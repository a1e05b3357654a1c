//! How much of a range agents were busy: the union of the times of their spans.

use super::books::Times;
use super::{AGENTS_SHOWN, Agent};
use crate::tally::{Busy, Groups};

/// Agents that are told apart while counting.
const AGENTS_MAX: usize = 1_000;
/// Pieces of time that are held of one agent before they are joined.
const PIECES_MAX: usize = 4_096;
/// Gaps shorter than this part of the range are closed when there are too many pieces.
const GAP_PART: i64 = 10_000;

/// Agents by name.
pub(crate) struct Agents {
    groups: Groups<Work>,
    gap: i64,
}

/// What the agents of one name did.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Times at which one of their spans ran; may overlap.
    pieces: Vec<(i64, i64)>,
    spans: u64,
    errors: u64,
}

impl Busy for Work {
    fn weight(&self) -> u64 {
        self.spans
    }

    fn absorb(&mut self, other: &Self) {
        self.spans += other.spans;
        self.errors += other.errors;
    }
}

impl Agents {
    pub(crate) fn new(times: &Times) -> Self {
        Self {
            groups: Groups::new(AGENTS_MAX),
            gap: (times.end() - times.buckets.start.0) / GAP_PART,
        }
    }

    /// Adds a span that ran at this time.
    pub(crate) fn add(&mut self, name: &str, piece: (i64, i64), failed: bool) {
        let work = self.groups.of(0, name);
        work.spans += 1;
        work.errors += u64::from(failed);
        work.pieces.push(piece);
        if work.pieces.len() >= PIECES_MAX {
            join(&mut work.pieces, 0);
            if work.pieces.len() > PIECES_MAX / 2 {
                join(&mut work.pieces, self.gap);
            }
        }
    }

    /// The busiest agents.
    pub(crate) fn finish(self, times: &Times) -> Vec<Agent> {
        let (start, end) = (times.buckets.start.0, times.end());
        let groups = self.groups.busiest().into_iter();
        let mut agents: Vec<Agent> = groups
            .map(|group| {
                let mut work = group.value;
                join(&mut work.pieces, 0);
                let parts = work.pieces.iter();
                let busy: i64 = parts
                    .map(|(from, to)| ((*to).min(end) - (*from).max(start)).max(0))
                    .sum();
                Agent {
                    name: group.name.as_ref().to_owned(),
                    busy: busy as f64 / (end - start) as f64,
                    span_count: work.spans,
                    error_count: work.errors,
                }
            })
            .collect();
        agents.sort_by(|a, b| b.busy.total_cmp(&a.busy).then_with(|| a.name.cmp(&b.name)));
        agents.truncate(AGENTS_SHOWN);
        agents
    }
}

/// Joins pieces that overlap or are no more than a gap apart.
fn join(pieces: &mut Vec<(i64, i64)>, gap: i64) {
    pieces.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in pieces.drain(..) {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(gap) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    *pieces = joined;
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn times_that_overlap_count_once() {
        let mut pieces = vec![(5, 9), (0, 4), (3, 6), (20, 30), (22, 25), (33, 34)];
        join(&mut pieces, 0);
        assert_eq!(pieces, [(0, 9), (20, 30), (33, 34)]);
        join(&mut pieces, 3);
        assert_eq!(pieces, [(0, 9), (20, 34)]);
    }
}
