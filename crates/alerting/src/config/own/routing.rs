//! Reads `alert_routing`: the routing tree of our own blocks (R202 to R208).
//!
//! Unlike Alertmanager's a route here may have several receivers, severities and a condition.

use super::fields::{MatchValues, names, read_who, refuse_annotations};
use crate::config::InhibitRule;
use crate::config::alertmanager::read_inhibit_rules;
use crate::config::default;
use crate::matcher::read::Source;
use crate::route::read::{ROUTES_MAX, Use, read_group_by, read_times};
use crate::route::{GroupBy, Route};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// `alert_routing` as it was read.
#[derive(Debug, Clone)]
pub struct Routing {
    /// The tree; its root may have no receivers, which then follow from what receivers there are.
    pub root: Route,
    /// Whether nothing is said about times or routes, so that the built-in ones hold.
    pub plain: bool,
    /// Receivers that routes use.
    pub receivers: Vec<Use>,
    /// Alerts that silence others, if that is said.
    pub inhibit_rules: Option<Vec<InhibitRule>>,
}

/// Where messages go, by any of its names.
const RECEIVER_KEYS: [&str; 4] = ["receiver", "receivers", "channels", "notify"];

/// Reads `alert_routing`.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn read_routing(node: &Node, source: &mut Source<'_>) -> Read<Routing> {
    let mut reader = Reader {
        source,
        count: 0,
        receivers: Vec::new(),
    };
    let mut section = Section::open(node, "alert_routing")?;
    let usual = default::root(Vec::new());
    let mut root = usual.clone();
    // what stands in `default` holds unless the block itself says otherwise
    let mut base = usual.clone();
    match section.node("default") {
        Some(node) if matches!(node.data, Data::Mapping(_)) => {
            let mut inner = Section::open(node, "default of alert_routing")?;
            reader.settings(&mut inner, &mut base, &usual)?;
            inner.finish()?;
        }
        Some(_) => base.receivers = reader.names(&mut section, &["default"])?,
        None => {}
    }
    let also = reader.names(&mut section, &["default_receiver"])?;
    if !also.is_empty() {
        base.receivers = also;
    }
    reader.settings(&mut section, &mut root, &base)?;
    let inhibit_rules = match section.node("inhibit_rules") {
        Some(node) => Some(read_inhibit_rules(node, reader.source)?),
        None => None,
    };
    let children = section.items("routes")?;
    section.finish()?;
    let same_times = Route {
        receivers: Vec::new(),
        ..root.clone()
    } == usual;
    for child in children.unwrap_or_default() {
        let child = reader.route(child, &root)?;
        root.routes.push(child);
    }
    Ok(Routing {
        plain: children.is_none() && same_times,
        root,
        receivers: reader.receivers,
        inhibit_rules,
    })
}

struct Reader<'a, 'b> {
    source: &'a mut Source<'b>,
    count: usize,
    receivers: Vec<Use>,
}

impl Reader<'_, '_> {
    /// Receivers, grouping and times of a node; what is not set is the parent's.
    fn settings(
        &mut self,
        section: &mut Section<'_>,
        route: &mut Route,
        parent: &Route,
    ) -> Read<()> {
        let receivers = self.names(section, &RECEIVER_KEYS)?;
        route.receivers = match receivers.is_empty() {
            true => parent.receivers.clone(),
            false => receivers,
        };
        let group_by = read_group_by(section, self.source)?;
        route.group_by = match group_by {
            Some(GroupBy::Labels(labels)) => GroupBy::Labels(labels_of(labels)),
            Some(all) => all,
            None => parent.group_by.clone(),
        };
        read_times(section, route, parent, self.source)
    }

    fn route(&mut self, node: &Node, parent: &Route) -> Read<Route> {
        self.count += 1;
        if self.count > ROUTES_MAX {
            let message = format!("more than {ROUTES_MAX} routes");
            return Err(Wrong::new(node.line, message));
        }
        let mut section = Section::open(node, "route")?;
        let mut route = Route::root(Vec::new());
        route.name = section.text("name")?.filter(|name| !name.is_empty());
        let who = read_who(&mut section, MatchValues::Exact, self.source)?;
        refuse_annotations(&who, &section)?;
        route.matchers = who.matchers;
        route.condition = who.condition;
        self.settings(&mut section, &mut route, parent)?;
        route.continues = section.flag("continue")?.unwrap_or(false);
        let children = section.items("routes")?.unwrap_or_default();
        section.finish()?;
        for child in children {
            let child = self.route(child, &route)?;
            route.routes.push(child);
        }
        Ok(route)
    }

    fn names(&mut self, section: &mut Section<'_>, keys: &[&'static str]) -> Read<Vec<String>> {
        let found = names(section, keys)?;
        let line = keys.iter().map(|key| section.line_of(key)).max();
        let line = line.unwrap_or(section.line);
        let uses = found.iter().cloned();
        self.receivers.extend(uses.map(|name| Use { name, line }));
        Ok(found)
    }
}

/// The labels that `group_by` names: `alert_name` is `alertname`.
fn labels_of(names: Vec<String>) -> Vec<String> {
    let names = names.into_iter().map(|name| match name.as_str() {
        "alert_name" => tacho_model::alert::ALERT_NAME.to_owned(),
        _ => name,
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}
