//! The graph while it grows, bounded; and the map that is made of it.

use super::{Calls, EDGES_MAX, Edge, NODES_MAX, Node, NodeKind, ServiceMap};
use crate::visit::FastMap;
use std::cmp::Reverse;

/// Nodes that are told apart while counting.
const HELD_NODES_MAX: usize = 10_000;
/// Edges that are told apart while counting.
const HELD_EDGES_MAX: usize = 50_000;
/// Bytes of an edge, about.
const EDGE_BYTES: usize = 600;
/// Name of the node that stands for the rest.
const OTHER: &str = "other";

/// Nodes and edges. Node 0 stands for all that are beyond the bounds.
pub(super) struct Graph {
    numbers: FastMap<(NodeKind, Box<str>), u32>,
    nodes: Vec<Node>,
    edges: FastMap<(u32, u32), Calls>,
}

impl Graph {
    pub(super) fn new() -> Self {
        Self {
            numbers: FastMap::default(),
            nodes: vec![node(NodeKind::External, OTHER)],
            edges: FastMap::default(),
        }
    }

    /// The number of a node.
    pub(super) fn node(&mut self, kind: NodeKind, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(&(kind, Box::from(name))) {
            return *number;
        }
        if self.nodes.len() >= HELD_NODES_MAX {
            return 0;
        }
        let number = self.nodes.len() as u32;
        self.numbers.insert((kind, name.into()), number);
        self.nodes.push(node(kind, name));
        number
    }

    /// Counts a span of a node.
    pub(super) fn span(&mut self, number: u32, failed: bool) {
        if let Some(node) = self.nodes.get_mut(number as usize) {
            node.span_count += 1;
            node.error_count += u64::from(failed);
        }
    }

    /// Counts a call.
    pub(super) fn call(&mut self, from: u32, to: u32, ns: i64, failed: bool) {
        let full = self.edges.len() >= HELD_EDGES_MAX && !self.edges.contains_key(&(from, to));
        let to = if full { 0 } else { to };
        self.edges.entry((from, to)).or_default().add(ns, failed);
    }

    /// Bytes that it takes, about.
    pub(super) fn memory(&self) -> usize {
        self.nodes.len() * 100 + self.edges.len() * EDGE_BYTES
    }

    /// The map: the largest nodes and the most frequent edges, the rest summed up.
    pub(super) fn finish(self) -> ServiceMap {
        let mut order: Vec<usize> = (1..self.nodes.len()).collect();
        let rank = |place: &usize| {
            let node = self.nodes.get(*place);
            node.map(|node| (Reverse(node.span_count), node.kind, node.name.as_str()))
        };
        order.sort_by(|a, b| rank(a).cmp(&rank(b)));
        // The last place stands for the rest.
        let kept = order.len().min(NODES_MAX - 1);
        let mut places = vec![kept; self.nodes.len()];
        let mut rest = node(NodeKind::External, OTHER);
        for (place, number) in order.iter().enumerate() {
            if place < kept {
                places[*number] = place;
            } else if let Some(node) = self.nodes.get(*number) {
                rest.span_count += node.span_count;
                rest.error_count += node.error_count;
            }
        }
        if let Some(zero) = self.nodes.first() {
            rest.span_count += zero.span_count;
            rest.error_count += zero.error_count;
        }
        let edges = placed(self.edges, &places, kept);
        let in_use = rest.span_count > 0 || edges.iter().any(|edge| edge.to == kept);
        let mut nodes: Vec<Node> = order
            .iter()
            .take(kept)
            .filter_map(|number| self.nodes.get(*number).cloned())
            .collect();
        nodes.extend(in_use.then_some(rest));
        ServiceMap {
            nodes,
            edges,
            ..ServiceMap::default()
        }
    }
}

fn node(kind: NodeKind, name: &str) -> Node {
    Node {
        kind,
        name: name.to_owned(),
        span_count: 0,
        error_count: 0,
    }
}

/// Edges between places, the most frequent first; those beyond the bound go to the rest.
fn placed(edges: FastMap<(u32, u32), Calls>, places: &[usize], rest: usize) -> Vec<Edge> {
    let place = |number: u32| places.get(number as usize).copied().unwrap_or(rest);
    let mut summed: FastMap<(usize, usize), Calls> = FastMap::default();
    for ((from, to), calls) in edges {
        let (from, to) = (place(from), place(to));
        // What the rest does among itself is nobody's news.
        if from != to {
            summed.entry((from, to)).or_default().merge(&calls);
        }
    }
    let mut sorted = by_count(summed);
    let room = EDGES_MAX - NODES_MAX;
    if sorted.len() > room {
        let mut cut: FastMap<(usize, usize), Calls> = FastMap::default();
        for (index, edge) in sorted.into_iter().enumerate() {
            let to = if index < room { edge.to } else { rest };
            if edge.from != to {
                cut.entry((edge.from, to)).or_default().merge(&edge.calls);
            }
        }
        sorted = by_count(cut);
    }
    sorted
}

fn by_count(edges: FastMap<(usize, usize), Calls>) -> Vec<Edge> {
    let edges = edges.into_iter();
    let mut sorted: Vec<Edge> = edges
        .map(|((from, to), calls)| Edge { from, to, calls })
        .collect();
    sorted.sort_by_key(|edge| (Reverse(edge.calls.count), edge.from, edge.to));
    sorted
}

#[cfg(test)]
mod tests {
    use super::{EDGES_MAX, Graph, NODES_MAX, NodeKind};

    #[test]
    fn what_is_beyond_the_bounds_is_summed_up() {
        let mut graph = Graph::new();
        let hub = graph.node(NodeKind::Service, "hub");
        graph.span(hub, false);
        graph.span(hub, false);
        for number in 0..700 {
            let leaf = graph.node(NodeKind::Database, &format!("db {number}"));
            graph.span(leaf, true);
            graph.call(hub, leaf, 5, true);
        }
        let map = graph.finish();
        assert_eq!(map.nodes.len(), NODES_MAX);
        assert!(map.edges.len() <= EDGES_MAX);
        assert_eq!(
            (map.nodes[0].name.as_str(), map.nodes[499].name.as_str()),
            ("hub", "other")
        );
        assert_eq!(
            map.nodes.iter().map(|node| node.span_count).sum::<u64>(),
            702
        );
        assert_eq!(
            map.edges.iter().map(|edge| edge.calls.count).sum::<u64>(),
            700
        );
        assert_eq!((map.edges[0].to, map.edges[0].calls.count), (499, 202));
    }

    #[test]
    fn without_a_rest_there_is_no_other() {
        let mut graph = Graph::new();
        let (a, b) = (
            graph.node(NodeKind::Service, "a"),
            graph.node(NodeKind::Service, "b"),
        );
        graph.span(b, false);
        graph.call(a, b, 5, false);
        let map = graph.finish();
        assert_eq!(map.nodes.len(), 2);
        assert_eq!((map.edges[0].from, map.edges[0].to), (1, 0));
    }
}
