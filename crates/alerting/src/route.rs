//! The routing tree: which receivers an alert reaches, with what grouping and at what pace.
//!
//! A node's settings are complete: what it does not set itself it has from its parent. `find` answers
//! as Alertmanager does; `way` also tells how the answer came about.

pub mod read;
pub mod way;

use crate::matcher::{Matcher, all_match, print_matchers};
use crate::suppression::condition::Condition;
use tacho_model::labels::Labels;

/// Time that a new group waits for more alerts, unless something is set.
pub const GROUP_WAIT_MS: i64 = 30_000;
/// Time between looks at a group that changed, unless something is set.
pub const GROUP_INTERVAL_MS: i64 = 5 * 60_000;
/// Time until an unchanged group is told again, unless something is set.
pub const REPEAT_INTERVAL_MS: i64 = 4 * 3_600_000;

/// Which labels alerts of one group share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// All of them (`...`): each label set is a group of its own.
    All,
    /// These, sorted; without any there is one group.
    Labels(Vec<String>),
}

impl GroupBy {
    /// The labels of an alert that name its group.
    pub fn group_labels(&self, labels: &Labels) -> Labels {
        match self {
            Self::All => labels.clone(),
            Self::Labels(names) => labels.filtered(|name| names.iter().any(|known| known == name)),
        }
    }
}

/// A node of the routing tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Unique in the tree; Alertmanager's route ID: `{}/{severity="critical"}/0`, the last number being
    /// the place among the children of the parent.
    pub id: String,
    /// Alertmanager's route key, the first part of a group key: `{}/{severity="critical"}`. Two nodes may
    /// share one.
    pub key: String,
    /// Its name, if it has one (routes of our own blocks may).
    pub name: Option<String>,
    /// Where to, never empty; Alertmanager knows one, our own blocks several.
    pub receivers: Vec<String>,
    /// What an alert has to fit, sorted.
    pub matchers: Vec<Matcher>,
    /// What it has to fit beside (our own blocks).
    pub condition: Option<Condition>,
    /// What makes a group.
    pub group_by: GroupBy,
    /// Wait before the first message of a group, ms.
    pub group_wait_ms: i64,
    /// Wait before a message about a group that changed, ms; above 0.
    pub group_interval_ms: i64,
    /// Wait before a message about an unchanged group, ms; above 0.
    pub repeat_interval_ms: i64,
    /// Whether the siblings behind it are tried although it matched.
    pub continues: bool,
    /// Names of the time intervals in which it is silent.
    pub mute: Vec<String>,
    /// Names of the time intervals in which alone it is not silent; without any it never is.
    pub active: Vec<String>,
    /// Labels for messages, those of the parents too, sorted by name. Values may be Go templates.
    pub labels: Vec<(String, String)>,
    /// The nodes below.
    pub routes: Vec<Route>,
}

impl Route {
    /// A root that sends everything to these receivers, with Alertmanager's times and no grouping.
    pub fn root(receivers: Vec<String>) -> Self {
        Self {
            id: "{}".to_owned(),
            key: "{}".to_owned(),
            name: None,
            receivers,
            matchers: Vec::new(),
            condition: None,
            group_by: GroupBy::Labels(Vec::new()),
            group_wait_ms: GROUP_WAIT_MS,
            group_interval_ms: GROUP_INTERVAL_MS,
            repeat_interval_ms: REPEAT_INTERVAL_MS,
            continues: false,
            mute: Vec::new(),
            active: Vec::new(),
            labels: Vec::new(),
            routes: Vec::new(),
        }
    }

    /// Whether an alert with these labels and annotations belongs here, whatever its parents say.
    pub fn fits(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds_for_labels(labels))
    }

    /// The nodes that an alert reaches, in order: children are tried first, the first one that fits ends
    /// the search among its siblings unless it continues, and a node without a fitting child is itself
    /// the answer. Empty only if the node itself does not fit (never at the root).
    pub fn find(&self, labels: &Labels) -> Vec<&Self> {
        let mut found = Vec::new();
        self.collect(labels, &mut found);
        found
    }

    fn collect<'a>(&'a self, labels: &Labels, found: &mut Vec<&'a Self>) -> bool {
        if !self.fits(labels) {
            return false;
        }
        let before = found.len();
        for child in &self.routes {
            if child.collect(labels, found) && !child.continues {
                break;
            }
        }
        if found.len() == before {
            found.push(self);
        }
        true
    }

    /// All nodes, parents before children.
    pub fn walk(&self) -> Walk<'_> {
        Walk {
            waiting: vec![self],
        }
    }

    /// The node with an id.
    pub fn by_id(&self, id: &str) -> Option<&Self> {
        self.walk().find(|route| route.id == id)
    }

    /// Names all nodes of a tree again, after nodes were added to it; for its root.
    pub fn rename(&mut self) {
        self.name_tree(None);
    }

    /// About how many bytes the names of the node and of all below it take, if those above it take so many
    /// in each: names grow with the depth of a tree.
    pub(crate) fn name_bytes(&self, above: usize) -> usize {
        let text = |matcher: &Matcher| matcher.name().len() + matcher.value().len() + 8;
        let own: usize = self.matchers.iter().map(text).sum();
        let own = above + own + 8;
        let below = self.routes.iter().map(|route| route.name_bytes(own));
        2 * own + below.sum::<usize>()
    }

    /// Names the node and all below it; the place counts the node among its siblings.
    pub(crate) fn name_tree(&mut self, parent: Option<(&str, &str, usize)>) {
        let own = print_matchers(&self.matchers);
        let own = match &self.condition {
            Some(condition) => format!("{own}[{}]", condition.text()),
            None => own,
        };
        (self.key, self.id) = match parent {
            None => (own.clone(), own),
            Some((key, id, place)) => (format!("{key}/{own}"), format!("{id}/{own}/{place}")),
        };
        for (place, child) in self.routes.iter_mut().enumerate() {
            child.name_tree(Some((&self.key, &self.id, place)));
        }
    }
}

/// All nodes of a tree, parents before children.
#[derive(Debug)]
pub struct Walk<'a> {
    waiting: Vec<&'a Route>,
}

impl<'a> Iterator for Walk<'a> {
    type Item = &'a Route;

    fn next(&mut self) -> Option<&'a Route> {
        let route = self.waiting.pop()?;
        self.waiting.extend(route.routes.iter().rev());
        Some(route)
    }
}

#[cfg(test)]
mod tests;
