//! A configuration as YAML text for people who may not see its secrets.

use tacho_yaml::node::{Data, Entry, Node};
use tacho_yaml::print::print;

/// What stands instead, as in Alertmanager.
const HIDDEN: &str = "<secret>";

/// Fields whose text is never shown, with all that is below them; beside them those that `SECRET_ENDS` knows.
const SECRET_KEYS: [&str; 15] = [
    "slack_api_url",
    "mattermost_webhook_url",
    "webhook_url",
    "token",
    "bot_token",
    "password",
    "secret",
    "credentials",
    "bearer_token",
    "client_secret",
    "authorization_credentials",
    "headers",
    "http_headers",
    "proxy_connect_header",
    "secureSettings",
];
/// Ends of the names of other such fields.
const SECRET_ENDS: [&str; 7] = [
    "_key",
    "_token",
    "_token_id",
    "_secret",
    "_password",
    "Key",
    "Token",
];
/// Fields that end so and hold no secret.
const OPEN_KEYS: [&str; 3] = ["dedup_key", "group_key", "project_key"];

/// The text, without comments and secrets.
pub(super) fn print_hidden(node: &Node) -> String {
    print(&hide(node, ""))
}

fn is_secret(key: &str, parent: &str) -> bool {
    // the address of a webhook is often all that keeps others out
    let address = match parent {
        "webhook_configs" | "receivers" | "settings" | "config" => key == "url",
        "slack_configs" => key == "api_url",
        _ => false,
    };
    address
        || SECRET_KEYS.contains(&key)
        || SECRET_ENDS.iter().any(|end| key.ends_with(end)) && !OPEN_KEYS.contains(&key)
}

/// The same tree with secrets replaced; `parent` is the key that the node stands under.
fn hide(node: &Node, parent: &str) -> Node {
    let data = match &node.data {
        Data::Sequence(items) => {
            Data::Sequence(items.iter().map(|item| hide(item, parent)).collect())
        }
        Data::Mapping(entries) => {
            let entries = entries.iter().map(|entry| Entry {
                key: entry.key.clone(),
                line: entry.line,
                value: match is_secret(&entry.key, parent) {
                    true => blank(&entry.value),
                    false => hide(&entry.value, &entry.key),
                },
            });
            Data::Mapping(entries.collect())
        }
        other => other.clone(),
    };
    Node {
        line: node.line,
        data,
    }
}

/// The same tree with every text replaced.
fn blank(node: &Node) -> Node {
    let data = match &node.data {
        Data::Null => Data::Null,
        Data::Scalar { text, .. } if text.is_empty() => node.data.clone(),
        Data::Scalar { .. } => Data::Scalar {
            text: HIDDEN.to_owned(),
            quoted: true,
        },
        Data::Sequence(items) => Data::Sequence(items.iter().map(blank).collect()),
        Data::Mapping(entries) => {
            let entries = entries.iter().map(|entry| Entry {
                key: entry.key.clone(),
                line: entry.line,
                value: blank(&entry.value),
            });
            Data::Mapping(entries.collect())
        }
    };
    Node {
        line: node.line,
        data,
    }
}
