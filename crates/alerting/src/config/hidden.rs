//! A configuration as YAML text for people who may not see its secrets.

use tacho_yaml::node::{Data, Entry, Node};
use tacho_yaml::print::print;

/// What stands instead, as in Alertmanager.
const HIDDEN: &str = "<secret>";

/// Fields whose text is never shown; beside them those that `is_secret` knows by their end.
const SECRET_KEYS: [&str; 17] = [
    "slack_api_url",
    "mattermost_webhook_url",
    "api_url_secret",
    "token",
    "password",
    "secret",
    "credentials",
    "bearer_token",
    "client_secret",
    "webhook_url",
    "user_key",
    "hmac",
    "hmac_secret",
    "authorization",
    "headers",
    "http_headers",
    "proxy_connect_header",
];
/// Ends of the names of other such fields.
const SECRET_ENDS: [&str; 6] = [
    "_key",
    "_token",
    "_secret",
    "_password",
    "_token_id",
    "_url_secret",
];
/// Fields of that kind which hold no secret.
const OPEN_KEYS: [&str; 4] = ["dedup_key", "alias_key", "group_key", "label_key"];

/// The text, without comments and secrets.
pub(super) fn print_hidden(node: &Node) -> String {
    print(&hide(node, ""))
}

fn is_secret(key: &str, parent: &str) -> bool {
    // the address of a webhook is often all that keeps others out
    let address = match parent {
        "webhook_configs" | "receivers" => key == "url",
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
