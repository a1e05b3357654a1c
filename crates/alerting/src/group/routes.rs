//! The nodes of the routing tree as groups need them: flat, numbered, with their integrations.

use crate::config::Config;
use crate::route::{GroupBy, Route};
use std::collections::HashMap;
use std::sync::Arc;
use tacho_export::notification::IntegrationKey;
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// An integration that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) to: Arc<IntegrationKey>,
    /// Whether it wants to know that alerts are over.
    pub(crate) send_resolved: bool,
    /// The severities that it takes; all if empty.
    pub(crate) severities: Vec<Severity>,
}

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: Arc<str>,
    pub(crate) key: Arc<str>,
    pub(crate) receivers: Vec<String>,
    /// The integrations of all its receivers, each once.
    pub(crate) targets: Vec<Target>,
    pub(crate) group_by: GroupBy,
    pub(crate) group_wait_ms: i64,
    pub(crate) group_interval_ms: i64,
    pub(crate) repeat_interval_ms: i64,
    pub(crate) mute: Vec<String>,
    pub(crate) active: Vec<String>,
}

/// All nodes.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    nodes: Vec<Node>,
    by_id: HashMap<Arc<str>, u32>,
    /// Sets of nodes that alerts reach, so that alerts share them.
    sets: HashMap<Vec<u32>, Arc<[u32]>>,
}

impl Routes {
    pub(crate) fn new(config: &Config) -> Self {
        let mut routes = Self::default();
        for route in config.route.walk() {
            let node = node_of(config, route);
            let number = u32::try_from(routes.nodes.len()).unwrap_or(u32::MAX);
            routes.by_id.insert(Arc::clone(&node.id), number);
            routes.nodes.push(node);
        }
        routes
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Node> {
        self.nodes.get(number as usize)
    }

    /// All nodes with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Node)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(|(number, node)| Some((u32::try_from(number).ok()?, node)))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The nodes that labels reach.
    pub(crate) fn find(&mut self, config: &Config, labels: &Labels) -> Arc<[u32]> {
        let found = config.route.find(labels);
        let numbers = found.iter().filter_map(|route| self.by_id(&route.id));
        let numbers: Vec<u32> = numbers.collect();
        if let Some(known) = self.sets.get(&numbers) {
            return Arc::clone(known);
        }
        let set: Arc<[u32]> = Arc::from(numbers.as_slice());
        self.sets.insert(numbers, Arc::clone(&set));
        set
    }
}

/// The integrations of a receiver.
pub(crate) fn targets_of(config: &Config, receiver: &str) -> Vec<Target> {
    let found = config.receiver(receiver);
    let integrations = found.map(|found| &found.integrations);
    let integrations = integrations.into_iter().flatten();
    let target = |one: &Arc<tacho_export::receiver::Integration>| Target {
        to: Arc::new(one.key.clone()),
        send_resolved: one.send_resolved,
        severities: one.severities.clone(),
    };
    integrations.map(target).collect()
}

fn node_of(config: &Config, route: &Route) -> Node {
    let mut targets: Vec<Target> = Vec::new();
    for receiver in &route.receivers {
        for target in targets_of(config, receiver) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
    Node {
        id: Arc::from(route.id.as_str()),
        key: Arc::from(route.key.as_str()),
        receivers: route.receivers.clone(),
        targets,
        group_by: route.group_by.clone(),
        group_wait_ms: route.group_wait_ms.max(0),
        group_interval_ms: route.group_interval_ms.max(1_000),
        repeat_interval_ms: route.repeat_interval_ms.max(1_000),
        mute: route.mute.clone(),
        active: route.active.clone(),
    }
}
