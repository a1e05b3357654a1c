//! Reads the routing tree of an `alertmanager.yml`, with Alertmanager's checks and inheritance.

use super::{GroupBy, Route};
use crate::matcher::read::{Source, equal_map, pattern_map};
use std::collections::BTreeSet;
use tacho_yaml::node::Node;
use tacho_yaml::problem::{Wrong, closest};
use tacho_yaml::section::{Read, Section};

/// Most nodes of a tree.
pub const ROUTES_MAX: usize = 10_000;

/// Bytes of the names of all nodes of a tree.
const NAME_BYTES_MAX: usize = 32 << 20;

/// A tree, and the names that it uses.
#[derive(Debug)]
pub struct Tree {
    /// Its root.
    pub root: Route,
    /// Receivers.
    pub receivers: Vec<Use>,
    /// Time intervals.
    pub time_intervals: Vec<Use>,
}

/// A name that must be defined elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The name.
    pub name: String,
    /// Line where it is used.
    pub line: usize,
}

/// Reads the tree; the root has every setting that is not set by default.
///
/// # Errors
/// The first thing that Alertmanager would refuse too.
pub fn read_tree(node: &Node, source: &mut Source<'_>) -> Read<Tree> {
    let mut reader = Reader {
        source,
        count: 0,
        receivers: Vec::new(),
        time_intervals: Vec::new(),
    };
    let mut root = reader.route(node, &Route::root(Vec::new()))?;
    check_root(&root, node.line)?;
    name_all(&mut root, node.line)?;
    Ok(Tree {
        root,
        receivers: reader.receivers,
        time_intervals: reader.time_intervals,
    })
}

/// Names all nodes of a tree.
///
/// # Errors
/// If the matchers are so long, and nested so deep, that the names would take too much memory.
pub(crate) fn name_all(root: &mut Route, line: usize) -> Read<()> {
    if root.name_bytes(0) > NAME_BYTES_MAX {
        let message = "the matchers of the routes are too long for their depth";
        let mut wrong = Wrong::new(line, message);
        wrong.hint = Some("nest less, or shorten the matchers of outer routes".to_owned());
        return Err(wrong);
    }
    root.name_tree(None);
    Ok(())
}

fn check_root(root: &Route, line: usize) -> Read<()> {
    let below = "put them on a route below it";
    let (message, hint) = if root.continues {
        let hint = "nothing stands beside it: leave it out";
        ("cannot have continue in root route", hint)
    } else if root.receivers.is_empty() {
        let hint = "name one of the receivers: receiver: NAME";
        ("root route must specify a default receiver", hint)
    } else if !root.matchers.is_empty() {
        ("root route must not have any matchers", below)
    } else if !root.mute.is_empty() {
        ("root route must not have any mute time intervals", below)
    } else if !root.active.is_empty() {
        ("root route must not have any active time intervals", below)
    } else {
        return Ok(());
    };
    let mut wrong = Wrong::new(line, message);
    wrong.hint = Some(hint.to_owned());
    Err(wrong)
}

struct Reader<'a, 'b> {
    source: &'a mut Source<'b>,
    count: usize,
    receivers: Vec<Use>,
    time_intervals: Vec<Use>,
}

impl Reader<'_, '_> {
    /// Reads a node; `parent` lends what the node does not set.
    fn route(&mut self, node: &Node, parent: &Route) -> Read<Route> {
        self.count += 1;
        if self.count > ROUTES_MAX {
            let message = format!("more than {ROUTES_MAX} routes");
            return Err(Wrong::new(node.line, message));
        }
        let mut section = Section::open(node, "route")?;
        let mut route = Route::root(parent.receivers.clone());
        let receiver = section.text_or_empty("receiver")?;
        if !receiver.is_empty() {
            let line = section.line_of("receiver");
            route.receivers = vec![receiver.clone()];
            self.receivers.push(Use {
                name: receiver,
                line,
            });
        }
        let group_by = read_group_by(&mut section, self.source)?;
        route.group_by = group_by.unwrap_or_else(|| parent.group_by.clone());
        route.matchers = equal_map(&mut section, "match")?;
        route
            .matchers
            .extend(pattern_map(&mut section, "match_re")?);
        if let Some(node) = section.node("matchers") {
            route.matchers.extend(self.source.list(node, "matchers")?);
        }
        route.matchers.sort();
        route.mute = self.intervals(&mut section, "mute_time_intervals")?;
        route.active = self.intervals(&mut section, "active_time_intervals")?;
        route.continues = section.flag("continue")?.unwrap_or(false);
        read_times(&mut section, &mut route, parent, self.source)?;
        route.labels = read_labels(&mut section, &parent.labels, self.source)?;
        let children = section.items("routes")?.unwrap_or_default();
        section.finish()?;
        for child in children {
            let child = self.route(child, &route)?;
            route.routes.push(child);
        }
        Ok(route)
    }

    fn intervals(&mut self, section: &mut Section<'_>, key: &'static str) -> Read<Vec<String>> {
        let names = section.texts(key)?.unwrap_or_default();
        let line = section.line_of(key);
        let uses = names.iter().cloned();
        self.time_intervals
            .extend(uses.map(|name| Use { name, line }));
        Ok(names)
    }
}

/// The times of a node; what is not set is the parent's.
pub(crate) fn read_times(
    section: &mut Section<'_>,
    route: &mut Route,
    parent: &Route,
    source: &mut Source<'_>,
) -> Read<()> {
    let wait = duration_ms(section, "group_wait")?;
    route.group_wait_ms = wait.unwrap_or(parent.group_wait_ms);
    let interval = duration_ms(section, "group_interval")?;
    route.group_interval_ms = interval.unwrap_or(parent.group_interval_ms);
    let repeat = duration_ms(section, "repeat_interval")?;
    route.repeat_interval_ms = repeat.unwrap_or(parent.repeat_interval_ms);
    for (key, value) in [("group_interval", interval), ("repeat_interval", repeat)] {
        if value == Some(0) {
            let mut wrong = section.wrong(key, format!("{key} cannot be zero"));
            wrong.hint = Some("leave it out to take over that of the route above".to_owned());
            return Err(wrong);
        }
    }
    let sets = interval.is_some() || repeat.is_some();
    if sets && route.repeat_interval_ms < route.group_interval_ms {
        let message = "repeat_interval is less than group_interval: messages repeat each \
                       group_interval only";
        let key = if repeat.is_some() {
            "repeat_interval"
        } else {
            "group_interval"
        };
        source.warnings.push(section.wrong(key, message));
    }
    Ok(())
}

/// A duration in ms.
pub(crate) fn duration_ms(section: &mut Section<'_>, key: &'static str) -> Read<Option<i64>> {
    let duration = section.duration(key)?;
    Ok(duration.map(|duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
}

/// `group_by`; nothing if it is not set.
pub(crate) fn read_group_by(
    section: &mut Section<'_>,
    source: &Source<'_>,
) -> Read<Option<GroupBy>> {
    const KEY: &str = "group_by";
    let Some(names) = section.texts(KEY)? else {
        return Ok(None);
    };
    let mut all = false;
    let mut labels = BTreeSet::new();
    for name in names {
        if name == "..." {
            all = true;
            continue;
        }
        if !source.is_label_name(&name) {
            let message = format!("invalid label name {name:?} in group_by list");
            return Err(section.wrong(KEY, message));
        }
        if labels.contains(&name) {
            let message = format!("duplicated label {name:?} in group_by");
            return Err(section.wrong(KEY, message));
        }
        labels.insert(name);
    }
    if all && !labels.is_empty() {
        let message = "cannot have wildcard group_by (`...`) and other labels at the same time";
        return Err(section.wrong(KEY, message));
    }
    Ok(Some(match all {
        true => GroupBy::All,
        false => GroupBy::Labels(labels.into_iter().collect()),
    }))
}

/// The labels of a node with those of its parents, its own first in doubt; sorted.
fn read_labels(
    section: &mut Section<'_>,
    parent: &[(String, String)],
    source: &Source<'_>,
) -> Read<Vec<(String, String)>> {
    let own = section.text_map("labels")?.unwrap_or_default();
    if let Some((name, _)) = own.iter().find(|(name, _)| !source.is_label_name(name)) {
        let message = format!("invalid label name {name:?} in route labels");
        return Err(section.wrong("labels", message));
    }
    let inherited = parent
        .iter()
        .filter(|(name, _)| own.iter().all(|(known, _)| known != name));
    let mut labels: Vec<_> = inherited.cloned().collect();
    labels.extend(own);
    labels.sort();
    Ok(labels)
}

/// Refuses names that are not there; `what` says of what kind they are, `user` who uses them.
///
/// # Errors
/// Names the first one, and the most similar one that is there.
pub fn check_uses(uses: &[Use], known: &BTreeSet<&str>, what: &str, user: &str) -> Read<()> {
    for Use { name, line } in uses {
        if !known.contains(name.as_str()) {
            let message = format!("undefined {what} {name:?} used in {user}");
            let mut wrong = Wrong::new(*line, message);
            let near = closest(name, known.iter().copied());
            wrong.hint = near.map(|near| format!("did you mean {near}?"));
            return Err(wrong);
        }
    }
    Ok(())
}
