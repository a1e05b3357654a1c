//! Our own blocks of receivers (`alerting.receivers`), also as Grafana exports contact points:
//! `type` says what it is, fields have the names that people try first.
//!
//! `settings` and `config` are fields of the block itself; what stands in the block wins.

mod block;
mod build;

use super::defaults::Defaults;
use super::{Integration, Receiver, Receivers, Template};
use crate::notification::IntegrationKey;
use block::Block;
use std::sync::Arc;
use std::time::Duration;
use tacho_yaml::node::{Data, Entry, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, items_of, text_of};

/// A program that is run with the notification as JSON on its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program; no shell reads it.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// When it is stopped.
    pub timeout: Duration,
}

/// A line on standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// The line; ours if absent.
    pub line: Option<Template>,
}

/// How long a program may run unless its block says.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads a list of blocks. Blocks of one name are one receiver; a block that is not enabled is a
/// receiver without ways.
///
/// # Errors
/// The first field that is not known, is not what it should be, or lacks.
pub fn read_blocks(node: &Node, defaults: &Defaults) -> Read<Receivers> {
    let mut out = Receivers::default();
    for item in items_of(node, "receivers")? {
        read_block(item, defaults, &mut out)?;
    }
    Ok(out)
}

/// Reads one block, or a contact point of Grafana with blocks in its `receivers`.
fn read_block(node: &Node, defaults: &Defaults, out: &mut Receivers) -> Read<()> {
    let Data::Mapping(entries) = &node.data else {
        return Err(Wrong::new(node.line, "receiver must be a mapping"));
    };
    let find = |key: &str| entries.iter().find(|entry| entry.key == key);
    let Some(inner) = find("receivers") else {
        let block = Block::read(node)?;
        return add(&block, defaults, out);
    };
    let name = match find("name") {
        Some(name) => text_of(&name.value, "name")?,
        None => return Err(Wrong::new(node.line, "missing name in receiver")),
    };
    for item in items_of(&inner.value, "receivers")? {
        let mut block = Block::read(item)?;
        if !block.name.is_empty() && block.name != name {
            block.uid = std::mem::take(&mut block.name);
        }
        block.name.clone_from(&name);
        add(&block, defaults, out)?;
    }
    Ok(())
}

fn add(block: &Block, defaults: &Defaults, out: &mut Receivers) -> Read<()> {
    let name = match (block.name.as_str(), block.uid.as_str()) {
        ("", "") => block.kind.clone(),
        ("", uid) => uid.to_owned(),
        (name, _) => name.to_owned(),
    };
    let known = out.receivers.iter().position(|known| known.name == name);
    let at = known.unwrap_or_else(|| {
        out.receivers.push(Receiver {
            labels: vec![("name".to_owned(), name.clone())],
            name,
            integrations: Vec::new(),
        });
        out.receivers.len() - 1
    });
    let Some(receiver) = out.receivers.get_mut(at) else {
        return Ok(());
    };
    if !block.uid.is_empty() && block.uid != receiver.name {
        receiver.labels.push(("uid".to_owned(), block.uid.clone()));
    }
    if !block.enabled {
        return Ok(());
    }
    let of_kind = |one: &&Arc<Integration>| one.key.kind == block.kind;
    let key = IntegrationKey {
        receiver: receiver.name.clone(),
        kind: block.kind.clone(),
        index: receiver.integrations.iter().filter(of_kind).count(),
    };
    let integration = Integration {
        key,
        send_resolved: block.send_resolved,
        severities: block.severities.clone(),
        settings: build::settings(block, defaults)?,
        http: build::http(block, defaults)?,
        timeout: block.timeout,
    };
    receiver.integrations.push(Arc::new(integration));
    Ok(())
}

/// The language that a template of ours is written in: Go's where it reads like that.
pub(crate) fn template_of(text: &str) -> Template {
    let reads_like_go = text.split("{{").skip(1).any(|rest| {
        let rest = rest.trim_start_matches('-').trim_start();
        let words = ["template ", "range ", "with ", "define ", "if ", "end "];
        rest.starts_with(['.', '$']) || words.iter().any(|word| rest.starts_with(word))
    });
    match reads_like_go {
        true => Template::Go(text.to_owned()),
        false => Template::Jinja(text.to_owned()),
    }
}

/// The fields of a block with those of `settings` and `config`, by the names that we use.
fn flatten(node: &Node) -> Read<Node> {
    let Data::Mapping(entries) = &node.data else {
        return Err(Wrong::new(node.line, "receiver must be a mapping"));
    };
    let is_nested = |key: &str| ["settings", "secureSettings", "config"].contains(&key);
    let (nested, own): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| is_nested(&entry.key));
    let mut all: Vec<Entry> = own
        .into_iter()
        .cloned()
        .map(|entry| renamed(entry, false))
        .collect();
    for entry in nested {
        let more = match &entry.value.data {
            Data::Null => continue,
            Data::Mapping(more) => more,
            _ => {
                return Err(Wrong::new(
                    entry.line,
                    format!("{} must be a mapping", entry.key),
                ));
            }
        };
        for entry in more.iter().cloned().map(|entry| renamed(entry, true)) {
            if all.iter().all(|known| known.key != entry.key) {
                all.push(entry);
            }
        }
    }
    Ok(Node {
        line: node.line,
        data: Data::Mapping(all),
    })
}

/// An entry by the name that we use for what Grafana calls otherwise.
fn renamed(mut entry: Entry, nested: bool) -> Entry {
    let key = match entry.key.as_str() {
        "httpMethod" => "method",
        "maxAlerts" => "max_alerts",
        "recipient" => "channel",
        "integrationKey" => "integration_key",
        "bottoken" | "bot_token" => "token",
        "bot_token_file" => "token_file",
        "chatid" => "chat_id",
        "apiKey" => "api_key",
        "apiUrl" => "api_url",
        "subject" | "summary" => "title",
        "text" => "message",
        "recipients" => "to",
        "severity" if nested => "pagerduty_severity",
        _ => return entry,
    };
    key.clone_into(&mut entry.key);
    entry
}

#[cfg(test)]
mod tests;
