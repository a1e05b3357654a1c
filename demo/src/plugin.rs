//! Plugins that agents call as they would call MCP servers. They run in this process, but do real
//! work: counting, hashing, listing, and delivering notifications to an outbox file.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::error::TaskError;
use crate::tree::Tree;

const OUTBOX_BYTES_MAX: u64 = 1024 * 1024;

/// A call as the model words it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) plugin: &'static str,
    pub(crate) tool_name: &'static str,
    pub(crate) arguments: Value,
}

/// Every tool there is, by plugin.
pub(crate) const TOOLS: [(&str, &str); 3] = [
    ("file_stats", "describe"),
    ("project_stats", "summarize"),
    ("notifier", "send"),
];

/// Where notifications are delivered: one JSON object a line, one older file kept.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    path: PathBuf,
}

impl Outbox {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("notifications.jsonl"),
        }
    }

    fn deliver(&self, message: &Value) -> std::io::Result<()> {
        if fs::metadata(&self.path).is_ok_and(|metadata| metadata.len() > OUTBOX_BYTES_MAX) {
            fs::rename(&self.path, self.path.with_extension("jsonl.1"))?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?;
        // One write a line, so that lines of parallel runs do not mix.
        file.write_all(format!("{message}\n").as_bytes())
    }
}

/// Carries out a call. Blocks on file access.
pub(crate) fn invoke(
    invocation: &Invocation,
    tree: &Tree,
    outbox: &Outbox,
) -> Result<Value, TaskError> {
    match (invocation.plugin, invocation.tool_name) {
        ("file_stats", "describe") => describe(&invocation.arguments, tree),
        ("project_stats", "summarize") => Ok(summarize(tree)),
        ("notifier", "send") => send(&invocation.arguments, outbox),
        (plugin, tool) => Err(TaskError::new(
            "invalid_call",
            format!("no tool {tool} in plugin {plugin}"),
        )),
    }
}

fn text<'a>(arguments: &'a Value, key: &str) -> Result<&'a str, TaskError> {
    arguments[key]
        .as_str()
        .ok_or_else(|| TaskError::new("invalid_call", format!("argument {key} is missing")))
}

fn describe(arguments: &Value, tree: &Tree) -> Result<Value, TaskError> {
    let path = text(arguments, "path")?;
    let content = tree
        .resolve(path)
        .ok_or_else(|| TaskError::new("invalid_call", format!("{path} is outside the tree")))
        .and_then(|file| {
            fs::read(file).map_err(|error| {
                TaskError::new("tool_error", format!("failed to read {path}: {error}"))
            })
        })?;
    let printable = String::from_utf8_lossy(&content);
    let digest = Sha256::digest(&content);
    Ok(json!({
        "path": path,
        "sizeBytes": content.len(),
        "lines": printable.lines().count(),
        "words": printable.split_whitespace().count(),
        "longestLine": printable.lines().map(str::len).max().unwrap_or(0),
        "sha256": digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    }))
}

fn summarize(tree: &Tree) -> Value {
    let mut by_extension: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for file in tree.files() {
        let extension = file
            .path
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        let entry = by_extension.entry(extension).or_default();
        entry.0 += 1;
        entry.1 += file.size_bytes;
    }
    let rows: Vec<Value> = by_extension
        .into_iter()
        .map(|(extension, (files, bytes))| json!({"extension": extension, "files": files, "bytes": bytes}))
        .collect();
    json!({"files": tree.files().len(), "byExtension": rows})
}

fn send(arguments: &Value, outbox: &Outbox) -> Result<Value, TaskError> {
    let channel = text(arguments, "channel")?;
    let message = text(arguments, "message")?;
    let sent_at_ms = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as u64);
    let line = json!({"sentAtMs": sent_at_ms, "channel": channel, "message": message});
    outbox
        .deliver(&line)
        .map_err(|error| TaskError::new("tool_error", format!("failed to notify: {error}")))?;
    Ok(json!({"delivered": true, "channel": channel}))
}

#[cfg(test)]
mod tests {
    use super::{Invocation, Outbox, TOOLS, invoke};
    use crate::error::TaskError;
    use crate::tree::Tree;
    use serde_json::json;

    #[test]
    fn plugins_do_what_they_say() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::template(None, &folder.path().join("t")).unwrap();
        let outbox = Outbox::new(folder.path());
        let call = |plugin, tool_name, arguments| {
            invoke(
                &Invocation {
                    plugin,
                    tool_name,
                    arguments,
                },
                &tree,
                &outbox,
            )
        };
        let stats = call("file_stats", "describe", json!({"path": "README.md"})).unwrap();
        assert_eq!(stats["lines"], 16);
        let summary = call("project_stats", "summarize", json!({})).unwrap();
        assert_eq!(summary["files"], tree.files().len());
        call(
            "notifier",
            "send",
            json!({"channel": "ops", "message": "hello"}),
        )
        .unwrap();
        let sent = std::fs::read_to_string(folder.path().join("notifications.jsonl")).unwrap();
        assert!(sent.contains("\"message\":\"hello\""));
        assert!(call("file_stats", "describe", json!({"path": "../x"})).is_err());
        assert!(call("nope", "x", json!({})).is_err());
        for (plugin, tool) in TOOLS {
            let answer = call(plugin, tool, json!({}));
            let unknown = |error: &TaskError| error.message().starts_with("no tool");
            assert!(
                !answer.is_err_and(|error| unknown(&error)),
                "{plugin}.{tool}"
            );
        }
    }
}
