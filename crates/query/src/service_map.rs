//! Who calls whom, from assembled traces: services with their databases, queues, models, tools and
//! others, or agents with their models and tools. Start at `read.rs`.

mod graph;
mod kin;
mod peer;
pub(crate) mod read;

use crate::sketch::Sketch;
use tacho_model::time::TimeRange;

/// Nodes of one map; the rest is summed up in one called `other`.
pub const NODES_MAX: usize = 500;
/// Edges of one map; the rest of each caller is summed up in one to `other`.
pub const EDGES_MAX: usize = 2_000;

/// Which map is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapRequest {
    /// Of traces with a span in this range.
    pub range: TimeRange,
    /// What nodes are.
    pub kind: MapKind,
    /// At most so many traces, the newest; above 0.
    pub traces: usize,
}

/// What the nodes of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKind {
    /// Services and what they call.
    Services,
    /// Agents, their models and tools.
    Agents,
}

/// Who calls whom.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceMap {
    /// The nodes, those with the most spans first.
    pub nodes: Vec<Node>,
    /// The edges, the most frequent first.
    pub edges: Vec<Edge>,
    /// Traces that were looked at.
    pub traces: u64,
    /// There are more in the range.
    pub sampled: bool,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A service.
    Service,
    /// An agent.
    Agent,
    /// A database.
    Database,
    /// A queue or topic.
    Queue,
    /// A model.
    Model,
    /// A tool.
    Tool,
    /// Something else that was called and sends nothing itself.
    External,
}

impl NodeKind {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            NodeKind::Service => "service",
            NodeKind::Agent => "agent",
            NodeKind::Database => "database",
            NodeKind::Queue => "queue",
            NodeKind::Model => "model",
            NodeKind::Tool => "tool",
            NodeKind::External => "external",
        }
    }
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its name, unique among those of its kind.
    pub name: String,
    /// Its spans; of what sends none itself the spans that called it.
    pub span_count: u64,
    /// Those with status `ERROR`.
    pub error_count: u64,
}

/// Calls from one node to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Place of the caller in `nodes`.
    pub from: usize,
    /// Place of who is called.
    pub to: usize,
    /// The calls.
    pub calls: Calls,
}

/// Calls summed up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calls {
    /// How many.
    pub count: u64,
    /// Those with status `ERROR`.
    pub errors: u64,
    /// How long they took.
    pub durations: Sketch,
}

impl Calls {
    fn add(&mut self, ns: i64, failed: bool) {
        self.count += 1;
        self.errors += u64::from(failed);
        self.durations.add(ns);
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.errors += other.errors;
        self.durations.merge(&other.durations);
    }
}
