//! Receivers of our own blocks. Nothing that is told to somebody is lost: a receiver that lacks its
//! settings, or that routes name and nobody defines, prints its messages on the console, with a warning.

use crate::config::default::{CONSOLE, LOG_ONLY};
use crate::route::read::Use;
use std::collections::BTreeSet;
use tacho_export::receiver::defaults::Defaults;
use tacho_export::receiver::own::read_blocks;
use tacho_export::receiver::{Receiver, Receivers};
use tacho_yaml::node::{Data, Entry, Node};
use tacho_yaml::problem::{Wrong, closest};
use tacho_yaml::section::{Read, items_of};

/// Most receivers.
const RECEIVERS_MAX: usize = 5_000;

/// Reads `alerting.receivers`.
///
/// # Errors
/// If a field of a block is not known, or is not what it should be.
pub(super) fn read_own_receivers(node: &Node, warnings: &mut Vec<Wrong>) -> Read<Vec<Receiver>> {
    let mut items = Vec::new();
    for item in items_of(node, "receivers")?.iter().take(RECEIVERS_MAX) {
        items.push(complete(item, warnings)?);
    }
    let mut receivers = read_list(node.line, items)?;
    warnings.append(&mut receivers.warnings);
    Ok(receivers.receivers)
}

/// The block itself, or the one that stands in for it.
fn complete(item: &Node, warnings: &mut Vec<Wrong>) -> Read<Node> {
    let item = match &item.data {
        // a plain name is that of a type, such as log_only
        Data::Scalar { text, .. } => block(item.line, text, text),
        _ => item.clone(),
    };
    let Err(wrong) = read_list(item.line, vec![item.clone()]) else {
        return Ok(item);
    };
    // switched off it needs no settings: what is wrong then is more than that they lack
    let Some(off) = switched_off(&item) else {
        return Err(wrong);
    };
    let Ok(read) = read_list(item.line, vec![off]) else {
        return Err(wrong);
    };
    let Some(receiver) = read.receivers.first() else {
        return Err(wrong);
    };
    let message = format!(
        "receiver {:?} prints its messages on the console: {}",
        receiver.name, wrong.message
    );
    warnings.push(Wrong {
        line: item.line,
        message,
        hint: wrong.hint,
    });
    Ok(block(item.line, &receiver.name, CONSOLE))
}

fn read_list(line: usize, items: Vec<Node>) -> Read<Receivers> {
    let data = Data::Sequence(items);
    read_blocks(&Node { line, data }, &Defaults::default())
}

fn entry(line: usize, key: &str, text: &str) -> Entry {
    let data = Data::Scalar {
        text: text.to_owned(),
        quoted: false,
    };
    Entry {
        key: key.to_owned(),
        line,
        value: Node { line, data },
    }
}

fn block(line: usize, name: &str, kind: &str) -> Node {
    let data = Data::Mapping(vec![entry(line, "name", name), entry(line, "type", kind)]);
    Node { line, data }
}

fn switched_off(item: &Node) -> Option<Node> {
    let Data::Mapping(entries) = &item.data else {
        return None;
    };
    let others = entries.iter().filter(|entry| entry.key != "enabled");
    let mut entries: Vec<Entry> = others.cloned().collect();
    entries.push(entry(item.line, "enabled", "false"));
    Some(Node {
        line: item.line,
        data: Data::Mapping(entries),
    })
}

/// Adds what is used and not defined: the built-in receivers, and stand-ins that print on the console.
///
/// # Errors
/// If a name looks like one that is there: most likely a slip.
pub(super) fn add_undefined(
    receivers: &mut Vec<Receiver>,
    uses: &[Use],
    user: &str,
    warnings: &mut Vec<Wrong>,
) -> Read<()> {
    for Use { name, line } in uses {
        if receivers.iter().any(|receiver| receiver.name == *name) {
            continue;
        }
        let names = receivers.iter().map(|receiver| receiver.name.as_str());
        let known: BTreeSet<&str> = names.chain([CONSOLE, LOG_ONLY]).collect();
        let kind = if name == LOG_ONLY { LOG_ONLY } else { CONSOLE };
        if !known.contains(name.as_str()) {
            let message = format!("undefined receiver {name:?} used in {user}");
            let mut wrong = Wrong::new(*line, message);
            if let Some(near) = closest(name, known.iter().copied()) {
                wrong.hint = Some(format!("did you mean {near}?"));
                return Err(wrong);
            }
            wrong.message += ": its messages are printed on the console";
            wrong.hint = Some("define it under alerting.receivers".to_owned());
            warnings.push(wrong);
        }
        let added = read_list(*line, vec![block(*line, name, kind)])?;
        receivers.extend(added.receivers);
    }
    Ok(())
}
