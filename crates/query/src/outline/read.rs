//! Reads a trace and makes its outline.

use super::choose::{Chosen, choose};
use super::critical::{Times, path};
use super::tree::{Columns, ROOT, Tree};
use super::{Outline, OutlineRequest, OutlineRow, Segment, detail, party};
use crate::error::{Error, Result};
use crate::role;
use crate::run::Run;
use crate::trace::summary;
use crate::usage::{self, Usage};
use std::collections::HashMap;
use tacho_model::id::{SpanId, TraceId};
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;

/// The outline of a trace.
pub(crate) fn outline(run: &Run<'_>, request: &OutlineRequest) -> Result<Outline> {
    if request.limit == 0 {
        return Err(Error::invalid("limit", "limit 0 asks for nothing"));
    }
    if request.skip > 0 && request.root.is_none() {
        return Err(Error::invalid("skip", "skip has no meaning without root")
            .with_hint("name the span whose first children are to be left out"));
    }
    let ids = [request.trace_id];
    let batches = run
        .snapshot
        .traces_by_id(&ids, &projection(), run.context)?;
    for batch in batches {
        let batch = batch?;
        if batch.len > 0 {
            return make(&batch, request);
        }
    }
    Err(summary::unknown(request.trace_id))
}

fn projection() -> Projection {
    let mut projection = summary::projection();
    projection.columns.insert(Column::Kind);
    projection.columns.insert(Column::Events);
    let keys = usage::keys().chain(role::keys()).chain(detail::keys());
    for key in keys.chain(party::AGENT_KEYS) {
        projection.want_attribute(key);
    }
    projection
}

/// The outline of all spans of a trace.
fn make(batch: &SpanBatch, request: &OutlineRequest) -> Result<Outline> {
    let summary = summary::summarise(batch).ok_or_else(|| summary::unknown(request.trace_id))?;
    let tree = Tree::build(&Columns {
        ids: &batch.span_ids,
        parents: &batch.parent_span_ids,
        starts: &batch.starts,
        kinds: &batch.kinds,
        statuses: &batch.statuses,
    });
    let root = match request.root {
        Some(id) => Some(row_of(batch, &tree, id).ok_or_else(|| unknown(request.trace_id, id))?),
        None => None,
    };
    let roles = role::roles(batch);
    let used = party::usages(&tree, &roles, &usage::told(batch));
    let services = party::services(batch, &used);
    let agents = party::agents(batch, &tree, &used);
    let chosen = choose(&tree, root, request.skip, request.limit);
    let places = places(&chosen, batch.len);
    let mut details = detail::details(batch, &roles);
    let mut names = Names::default();
    let start = summary.start.0;
    let row = |row: &u32| {
        let at = *row as usize;
        let asked = root == Some(*row);
        let parent = if asked { ROOT } else { tree.parents[at] };
        OutlineRow {
            id: batch.span_ids[at],
            parent: usize::try_from(parent).map_or(parent, |parent| places[parent]),
            start_ns: batch.starts[at].saturating_sub(start),
            duration_ns: batch.ends[at].saturating_sub(batch.starts[at]),
            name: names.place(batch.names.cell(at)),
            service: u32::try_from(services.of_row[at]).unwrap_or_default(),
            agent: agents.of_row[at],
            kind: batch.kinds[at],
            status: batch.statuses[at],
            events: count_items(batch.events.cell(at)),
            children: tree.children(*row).len() as u32,
            below: tree.below[at],
            errors_below: tree.errors_below[at],
            role: roles[at],
            detail: std::mem::take(&mut details[at]),
        }
    };
    let rows = chosen.rows.iter().map(row).collect();
    let times = Times {
        starts: &batch.starts,
        ends: &batch.ends,
    };
    let critical_path = segments(&path(&tree, &times, root), &places, start);
    let mut usage = Usage::default();
    used.iter().for_each(|(_, used)| usage.add(used));
    Ok(Outline {
        critical_path,
        services: services.list,
        agents: agents.list,
        usage,
        names: names.names,
        rows,
        cut: chosen.cut,
        summary,
    })
}

/// The row of a span id; of two halves the upper one.
fn row_of(batch: &SpanBatch, tree: &Tree, id: SpanId) -> Option<u32> {
    let mut order = tree.order.iter().copied();
    order.find(|row| batch.span_ids.get(*row as usize) == Some(&id))
}

/// A span that nobody knows.
pub(super) fn unknown(trace_id: TraceId, span_id: SpanId) -> Error {
    Error::not_found(format!("no span {span_id} in trace {trace_id}"))
}

/// For every row its place in the answer; -1 where it is not there.
fn places(chosen: &Chosen, rows: usize) -> Vec<i32> {
    let mut places = vec![-1; rows];
    for (row, place) in chosen.rows.iter().zip(0..) {
        places[*row as usize] = place;
    }
    places
}

/// Pieces of the path with places of the answer; pieces that touch and are not in it are one.
fn segments(pieces: &[super::critical::Piece], places: &[i32], start: i64) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let segment = Segment {
            row: places[piece.row as usize],
            start_ns: piece.start.saturating_sub(start),
            end_ns: piece.end.saturating_sub(start),
        };
        match segments.last_mut() {
            Some(last) if last.row == segment.row && last.end_ns == segment.start_ns => {
                last.end_ns = segment.end_ns;
            }
            _ => segments.push(segment),
        }
    }
    segments
}

/// Names of spans, each once.
#[derive(Default)]
struct Names {
    places: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len() as u32;
        self.places.insert(name.to_owned(), place);
        self.names.push(name.to_owned());
        place
    }
}

/// Number of items of a list in JSON, without reading them.
fn count_items(text: &str) -> u32 {
    let (mut depth, mut count, mut in_text, mut escaped, mut empty) = (0u32, 0, false, false, true);
    for byte in text.bytes() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'[' | b'{' => {
                empty &= depth == 0;
                depth += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => count += 1,
            byte => {
                in_text = byte == b'"';
                empty &= depth == 0 || byte.is_ascii_whitespace();
            }
        }
    }
    if empty { 0 } else { count + 1 }
}

#[cfg(test)]
mod tests {
    use super::count_items;

    #[test]
    fn items_are_counted_without_reading_them() {
        for (text, count) in [
            ("", 0),
            ("[]", 0),
            ("[ ]", 0),
            ("[1]", 1),
            (r#"["a,b]\",",{"a":[1,2],"b":"}"}]"#, 2),
            (r#"[[0,"n",[]],[1,"m",[["k","v"]]],[]]"#, 3),
        ] {
            assert_eq!(count_items(text), count, "{text}");
        }
    }
}
