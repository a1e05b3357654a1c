//! "Who gets this?": the search through the routing tree, step by step.

use super::Route;
use crate::matcher::Matcher;
use tacho_model::labels::Labels;

/// How the receivers of an alert came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Way<'a> {
    /// Every node that was looked at, in order.
    pub steps: Vec<Step<'a>>,
}

/// A node that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// The node.
    pub route: &'a Route,
    /// Nodes above it.
    pub depth: usize,
    /// What did not fit first; nothing if all did.
    pub failed: Option<Failed<'a>>,
    /// Whether the alert stops here: this node's receivers are told.
    pub taken: bool,
}

/// What kept an alert out of a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Failed<'a> {
    /// A matcher, and the value that the label has (empty if it is absent).
    Matcher {
        /// The matcher.
        matcher: &'a Matcher,
        /// The value.
        value: String,
    },
    /// The node's condition, as it is written.
    Condition(&'a str),
}

impl Step<'_> {
    /// Whether the alert fits the node.
    pub fn matched(&self) -> bool {
        self.failed.is_none()
    }
}

impl<'a> Way<'a> {
    /// The nodes whose receivers are told, in order: what `Route::find` answers.
    pub fn taken(&self) -> Vec<&'a Route> {
        let taken = self.steps.iter().filter(|step| step.taken);
        taken.map(|step| step.route).collect()
    }

    /// Names of the receivers, in order, each once for every node that tells it.
    pub fn receivers(&self) -> Vec<&'a str> {
        let receivers = self.taken().into_iter().flat_map(|route| &route.receivers);
        receivers.map(String::as_str).collect()
    }
}

impl Route {
    /// The way of an alert from this node down.
    pub fn way(&self, labels: &Labels) -> Way<'_> {
        let mut steps = Vec::new();
        visit(self, labels, 0, &mut steps);
        Way { steps }
    }

    /// What keeps an alert with these labels out of this node.
    pub fn failure(&self, labels: &Labels) -> Option<Failed<'_>> {
        let failed = self
            .matchers
            .iter()
            .find(|matcher| !matcher.matches(labels));
        if let Some(matcher) = failed {
            let value = labels.value(matcher.name()).to_owned();
            return Some(Failed::Matcher { matcher, value });
        }
        let condition = self.condition.as_ref()?;
        let holds = condition.holds_for_labels(labels);
        (!holds).then(|| Failed::Condition(condition.text()))
    }
}

/// Looks at a node; true if it fits.
fn visit<'a>(route: &'a Route, labels: &Labels, depth: usize, steps: &mut Vec<Step<'a>>) -> bool {
    let failed = route.failure(labels);
    let fits = failed.is_none();
    let own = steps.len();
    steps.push(Step {
        route,
        depth,
        failed,
        taken: false,
    });
    if !fits {
        return false;
    }
    let mut below = false;
    for child in &route.routes {
        if visit(child, labels, depth + 1, steps) {
            below = true;
            if !child.continues {
                break;
            }
        }
    }
    if !below && let Some(step) = steps.get_mut(own) {
        step.taken = true;
    }
    true
}
