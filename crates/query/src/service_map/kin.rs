//! Parents and children of the spans of one trace. Client and server halves that share one id (as
//! Zipkin sends them) are parent and child.

use crate::visit::FastMap;
use tacho_model::id::SpanId;
use tacho_model::span::SpanKind;
use tacho_storage::columns::span_batch::SpanBatch;

/// Parents by row.
pub(super) struct Kin {
    parents: Vec<Option<u32>>,
}

impl Kin {
    pub(super) fn of(batch: &SpanBatch) -> Self {
        let mut rows: FastMap<SpanId, Vec<u32>> = FastMap::default();
        for (row, id) in batch.span_ids.iter().enumerate() {
            rows.entry(*id).or_default().push(row as u32);
        }
        let parents = (0..batch.len).map(|row| parent(batch, row, &rows));
        Self {
            parents: parents.collect(),
        }
    }

    /// The row of the parent, if it is in the trace.
    pub(super) fn parent(&self, row: usize) -> Option<usize> {
        self.parents
            .get(row)
            .copied()
            .flatten()
            .map(|row| row as usize)
    }

    /// For every row the nearest value of itself and those above it; circles end where they began.
    pub(super) fn nearest(&self, own: impl Fn(usize) -> Option<u32>) -> Vec<Option<u32>> {
        let len = self.parents.len();
        let mut found: Vec<Option<u32>> = vec![None; len];
        let mut done = vec![false; len];
        let mut path = Vec::new();
        for row in 0..len {
            let (mut at, mut value) = (Some(row), None);
            while let Some(here) = at {
                if done[here] {
                    value = found[here];
                    break;
                }
                done[here] = true;
                path.push(here);
                value = own(here);
                if value.is_some() {
                    break;
                }
                at = self.parent(here);
            }
            // What lies on the way has nothing of its own but the last.
            for here in path.drain(..) {
                found[here] = value;
            }
        }
        found
    }
}

fn parent(batch: &SpanBatch, row: usize, rows: &FastMap<SpanId, Vec<u32>>) -> Option<u32> {
    let id = batch.span_ids.get(row)?;
    let kind = |row: u32| batch.kinds.get(row as usize).copied();
    if kind(row as u32) == Some(SpanKind::Server as u8) {
        let twins = rows.get(id).into_iter().flatten();
        let mut clients = twins.filter(|twin| kind(**twin) == Some(SpanKind::Client as u8));
        if let Some(client) = clients.next() {
            return Some(*client);
        }
    }
    let parent = batch.parent_span_ids.get(row)?;
    let halves = rows.get(parent)?;
    let service = |row: u32| {
        batch
            .shared
            .resource(row as usize)
            .map(|one| one.service_name())
    };
    let own = service(row as u32);
    let same = halves.iter().find(|half| service(**half) == own);
    let server = halves
        .iter()
        .find(|half| kind(**half) == Some(SpanKind::Server as u8));
    let found = same.or(server).or(halves.first()).copied();
    found.filter(|found| *found as usize != row)
}
