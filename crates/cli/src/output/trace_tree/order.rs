//! Who is whose child. Spans whose parent is not there are roots; circles are cut; deep nesting is
//! shown with a number instead of ever longer guides.

use std::collections::HashMap;
use tacho_api::trace::{Span, SpanKind};

/// Deeper levels are not indented further.
const INDENT_MAX: usize = 24;

/// Where a span stands in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// What stands there.
    pub node: Node<'a>,
    /// Index of its parent, if that is there.
    pub parent: Option<usize>,
    /// What stands before its name.
    pub guide: String,
    /// What stands before lines that belong to it.
    pub below: String,
}

/// What stands in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node<'a> {
    /// The span of this index.
    Span(usize),
    /// A span that others name as their parent and that is not there.
    Missing(&'a str),
}

/// The places of all spans, each once, parents before children, siblings in the given order.
pub(super) fn places(spans: &[Span]) -> Vec<Place<'_>> {
    let Parents { of, missing } = parents(spans);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); spans.len() + missing.len()];
    let mut roots = Vec::new();
    for (index, parent) in of.iter().enumerate() {
        let Some((parent, siblings)) = parent.and_then(|p| Some((p, children.get_mut(p)?))) else {
            roots.push(index);
            continue;
        };
        // A missing parent stands where its first child would.
        if parent >= spans.len() && siblings.is_empty() {
            roots.push(parent);
        }
        siblings.push(index);
    }
    let seen = vec![false; children.len()];
    let mut walk = Walk {
        parents: &of,
        missing: &missing,
        children: &children,
        seen,
        places: Vec::new(),
    };
    for root in roots {
        walk.descend(root);
    }
    // What was not reached lies on a circle, or hangs on one: each circle begins somewhere.
    for index in 0..spans.len() {
        walk.descend(index);
    }
    walk.places
}

/// Who is whose parent.
struct Parents<'a> {
    /// The parent of each span; from the number of spans on they count in `missing`.
    of: Vec<Option<usize>>,
    /// Ids of parents that are not there.
    missing: Vec<&'a str>,
}

/// Zipkin's halves share an id: the SERVER half is the child of the other, and the parent of what
/// names the id.
fn parents(spans: &[Span]) -> Parents<'_> {
    let mut servers: HashMap<&str, usize> = HashMap::new();
    let mut others: HashMap<&str, usize> = HashMap::new();
    for (index, span) in spans.iter().enumerate() {
        let half = if span.kind == SpanKind::Server {
            &mut servers
        } else {
            &mut others
        };
        half.entry(&span.span_id).or_insert(index);
    }
    let mut missing = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut find = |id| {
        let found = servers.get(id).or_else(|| others.get(id)).copied();
        found.unwrap_or_else(|| {
            *numbers.entry(id).or_insert_with(|| {
                missing.push(id);
                spans.len() + missing.len() - 1
            })
        })
    };
    let mut of = Vec::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        let twin = others
            .get(span.span_id.as_str())
            .filter(|_| span.kind == SpanKind::Server);
        of.push(match (twin, span.parent_span_id.as_deref()) {
            (Some(twin), _) => Some(*twin),
            (None, Some(id)) => Some(find(id)).filter(|parent| *parent != index),
            (None, None) => None,
        });
    }
    Parents { of, missing }
}

struct Walk<'w, 'a> {
    parents: &'w [Option<usize>],
    missing: &'w [&'a str],
    children: &'w [Vec<usize>],
    seen: Vec<bool>,
    places: Vec<Place<'a>>,
}

/// A node that is to be placed.
struct Waiting {
    index: usize,
    depth: usize,
    lead: String,
    last: bool,
}

impl Walk<'_, '_> {
    fn descend(&mut self, root: usize) {
        let mut waiting = vec![Waiting {
            index: root,
            depth: 0,
            lead: String::new(),
            last: true,
        }];
        while let Some(next) = waiting.pop() {
            match self.seen.get_mut(next.index) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let place = self.place(&next);
            let children = self.children.get(next.index).map_or(&[][..], Vec::as_slice);
            for (position, &index) in children.iter().enumerate().rev() {
                waiting.push(Waiting {
                    index,
                    depth: next.depth + 1,
                    lead: place.below.clone(),
                    last: position + 1 == children.len(),
                });
            }
            self.places.push(place);
        }
    }
}

impl<'a> Walk<'_, 'a> {
    fn place(&self, waiting: &Waiting) -> Place<'a> {
        let &Waiting {
            index,
            depth,
            ref lead,
            last,
        } = waiting;
        let (guide, below) = match depth {
            0 => (String::new(), String::new()),
            depth if depth > INDENT_MAX => (format!("{lead}· {depth} "), lead.clone()),
            _ if last => (format!("{lead}└─ "), format!("{lead}   ")),
            _ => (format!("{lead}├─ "), format!("{lead}│  ")),
        };
        let missing = index
            .checked_sub(self.parents.len())
            .and_then(|number| self.missing.get(number));
        let node = missing.map_or(Node::Span(index), |id| Node::Missing(id));
        Place {
            node,
            parent: self.parents.get(index).copied().flatten(),
            guide,
            below,
        }
    }
}
