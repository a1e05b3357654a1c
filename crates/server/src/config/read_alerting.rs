//! The blocks about rules and alerts as settings. What they mean is read by `rules` and `alerting`:
//! they get the values as a YAML tree, so that a file of theirs and a block of ours are read alike.

use super::load::Values;
use super::problem::Place;
use super::settings::Alerting;
use super::value::Value;
use tacho_yaml::node::{Data, Entry, Node};

/// Keys of each block, as `(key below observability, path in the tree)`.
const ROUTING: &[(&str, &[&str])] = &[
    ("alerting.receivers", &["alerting", "receivers"]),
    ("alert_routing.receiver", &["alert_routing", "receiver"]),
    ("alert_routing.receivers", &["alert_routing", "receivers"]),
    ("alert_routing.default", &["alert_routing", "default"]),
    (
        "alert_routing.default_receiver",
        &["alert_routing", "default_receiver"],
    ),
    ("alert_routing.group_by", &["alert_routing", "group_by"]),
    ("alert_routing.group_wait", &["alert_routing", "group_wait"]),
    (
        "alert_routing.group_interval",
        &["alert_routing", "group_interval"],
    ),
    (
        "alert_routing.repeat_interval",
        &["alert_routing", "repeat_interval"],
    ),
    ("alert_routing.routes", &["alert_routing", "routes"]),
    (
        "alert_routing.inhibit_rules",
        &["alert_routing", "inhibit_rules"],
    ),
    ("suppressions", &["suppressions"]),
    ("escalation.policies", &["escalation", "policies"]),
    ("escalation_policies", &["escalation_policies"]),
    ("escalation.rotas", &["escalation", "rotas"]),
    ("escalation.overrides", &["escalation", "overrides"]),
    (
        "alerting.storm.groups_per_minute",
        &["alerting", "storm", "groups_per_minute"],
    ),
    (
        "alerting.max_notifications",
        &["alerting", "max_notifications"],
    ),
];

const RULES: &[(&str, &[&str])] = &[
    ("alerts", &["alerts"]),
    ("budgets.limits", &["budgets", "limits"]),
];

/// Fills in what is a tree; the plain values are the caller's.
pub(super) fn blocks(values: &Values, settings: &mut Alerting) {
    let mut routing = tree(values, ROUTING);
    if let Some(slack) = slack(values) {
        let root = routing.get_or_insert_with(|| Node {
            line: slack.line,
            data: Data::Mapping(Vec::new()),
        });
        add_receiver(root, slack);
    }
    settings.routing_block = routing;
    settings.rules_block = tree(values, RULES);
}

/// `integrations.slack` as a receiver of this name, if it has an address and is on.
fn slack(values: &Values) -> Option<Node> {
    let given = |key: &str| values.given(&format!("integrations.slack.{key}"));
    let url = given("webhook_url")?;
    if given("enabled").is_some_and(|given| given.value == Value::Bool(false)) {
        return None;
    }
    let line = line_of(&url.place);
    let text = |text: &str| node(&Value::Text(text.to_owned()), line);
    let mut fields = Vec::new();
    put(&mut fields, &["name"], text("slack"));
    put(&mut fields, &["type"], text("slack"));
    put(&mut fields, &["webhook_url"], node(&url.value, line));
    if let Some(channel) = given("channel") {
        put(&mut fields, &["channel"], node(&channel.value, line));
    }
    Some(Node {
        line,
        data: Data::Mapping(fields),
    })
}

fn add_receiver(root: &mut Node, receiver: Node) {
    let Data::Mapping(entries) = &mut root.data else {
        return;
    };
    let line = receiver.line;
    let list = entries
        .iter_mut()
        .find(|entry| entry.key == "alerting")
        .and_then(|entry| match &mut entry.value.data {
            Data::Mapping(inner) => inner.iter_mut().find(|entry| entry.key == "receivers"),
            _ => None,
        });
    match list {
        Some(Entry {
            value:
                Node {
                    data: Data::Sequence(items),
                    ..
                },
            ..
        }) => items.push(receiver),
        _ => put(
            entries,
            &["alerting", "receivers"],
            Node {
                line,
                data: Data::Sequence(vec![receiver]),
            },
        ),
    }
}

/// What was given of these keys, nothing if none was.
fn tree(values: &Values, keys: &[(&str, &[&str])]) -> Option<Node> {
    let mut root = Vec::new();
    for (key, path) in keys {
        if let Some(given) = values.given(key) {
            put(&mut root, path, node(&given.value, line_of(&given.place)));
        }
    }
    (!root.is_empty()).then_some(Node {
        line: 1,
        data: Data::Mapping(root),
    })
}

fn put(entries: &mut Vec<Entry>, path: &[&str], value: Node) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let line = value.line;
    if rest.is_empty() {
        entries.push(Entry {
            key: (*first).to_owned(),
            line,
            value,
        });
        return;
    }
    let at = entries.iter().position(|entry| entry.key == *first);
    let at = at.unwrap_or_else(|| {
        entries.push(Entry {
            key: (*first).to_owned(),
            line,
            value: Node {
                line,
                data: Data::Mapping(Vec::new()),
            },
        });
        entries.len() - 1
    });
    if let Some(Entry {
        value: Node {
            data: Data::Mapping(inner),
            ..
        },
        ..
    }) = entries.get_mut(at)
    {
        put(inner, rest, value);
    }
}

fn line_of(place: &Place) -> usize {
    match place {
        Place::File { line, .. } => *line,
        _ => 0,
    }
}

/// A value as a node; every part of it has the line of its key.
fn node(value: &Value, line: usize) -> Node {
    let scalar = |text: String, quoted: bool| Data::Scalar { text, quoted };
    let data = match value {
        Value::Bool(truth) => scalar(truth.to_string(), false),
        Value::Integer(number) => scalar(number.to_string(), false),
        Value::Number(number) => scalar(number.to_string(), false),
        Value::Text(text) => scalar(text.clone(), true),
        Value::Duration(ns) => scalar(duration_text(*ns), false),
        Value::Bytes(bytes) => scalar(bytes.to_string(), false),
        Value::Word(word) => scalar((*word).to_owned(), false),
        Value::List(items) => Data::Sequence(items.iter().map(|item| node(item, line)).collect()),
        Value::Map(pairs) => Data::Mapping(
            pairs
                .iter()
                .map(|(key, value)| Entry {
                    key: key.clone(),
                    line,
                    value: node(value, line),
                })
                .collect(),
        ),
    };
    Node { line, data }
}

/// Nanoseconds as Prometheus writes durations: whole milliseconds.
fn duration_text(ns: i64) -> String {
    format!("{}ms", ns / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{node, put};
    use crate::config::value::Value;
    use tacho_yaml::node::{Data, Node};
    use tacho_yaml::print::print;

    #[test]
    fn values_become_a_tree_by_their_paths() {
        let mut root = Vec::new();
        put(
            &mut root,
            &["alert_routing", "group_wait"],
            node(&Value::Duration(30_000_000_000), 3),
        );
        let route = Value::Map(vec![("receiver".to_owned(), Value::Text("a".to_owned()))]);
        put(
            &mut root,
            &["alert_routing", "routes"],
            node(&Value::List(vec![route]), 4),
        );
        let text = print(&Node {
            line: 1,
            data: Data::Mapping(root),
        });
        assert_eq!(
            text,
            "alert_routing:\n  group_wait: 30000ms\n  routes:\n  - receiver: \"a\"\n"
        );
    }
}
