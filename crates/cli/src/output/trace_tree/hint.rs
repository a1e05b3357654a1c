//! What tells a span from others of the same name: one attribute, the most telling one first.

use crate::output::{attribute, escape, width};
use serde_json::{Map, Value};
use tacho_api::trace::Span;

/// Columns that it takes at most.
const WIDTH_MAX: usize = 30;

/// Attributes by how telling they are: what the work was about, who did it, with what.
const GROUPS: [Group; 10] = [
    Group::end_of(&["file.path", "code.file.path"]),
    Group::of(&["pattern", "search.query", "gen_ai.retrieval.query.text"]),
    Group::of(&["process.command_line"]),
    Group::of(&["db.query.summary", "db.query.text", "db.statement"]),
    Group::of(&["http.route", "url.path", "url.full"]),
    Group::of(&["mcp.tool", "tool_name", "gen_ai.tool.name"]),
    Group::new_of(&[
        "agent.id",
        "gen_ai.agent.id",
        "agent.name",
        "gen_ai.agent.name",
        "agent.type",
    ]),
    Group::new_of(&["task.title", "workflow.name", "gen_ai.workflow.name"]),
    Group::of(&["messaging.destination.name", "rpc.method"]),
    Group::of(&["gen_ai.request.model", "model"]),
];

/// Attributes that mean the same.
struct Group {
    keys: &'static [&'static str],
    /// Whether it is passed on to spans below and tells nothing there.
    inherited: bool,
    /// Whether its end tells more than its beginning.
    keeps_end: bool,
}

impl Group {
    const fn of(keys: &'static [&'static str]) -> Self {
        Self {
            keys,
            inherited: false,
            keeps_end: false,
        }
    }

    const fn end_of(keys: &'static [&'static str]) -> Self {
        Self {
            keeps_end: true,
            ..Self::of(keys)
        }
    }

    const fn new_of(keys: &'static [&'static str]) -> Self {
        Self {
            inherited: true,
            ..Self::of(keys)
        }
    }

    fn value(&self, attributes: &Map<String, Value>) -> Option<String> {
        self.keys.iter().find_map(|key| {
            let text = attribute::text(attributes.get(*key)?);
            (!text.is_empty()).then_some(text)
        })
    }
}

/// The attribute in a few columns; none if no attribute says more than name and parent do.
pub(super) fn of(span: &Span, parent: Option<&Span>) -> Option<String> {
    GROUPS.iter().find_map(|group| {
        let value = group.value(&span.attributes)?;
        let above = parent.and_then(|parent| group.value(&parent.attributes));
        if span.operation_name.contains(&value) || (group.inherited && above == Some(value.clone()))
        {
            return None;
        }
        // Far more than fits is not looked at.
        let text = if group.keeps_end {
            end(&value)
        } else {
            let beginning: String = value.chars().take(2 * WIDTH_MAX).collect();
            width::cut(&escape::line(&beginning), WIDTH_MAX)
        };
        Some(text)
    })
}

/// The end of a text, with `…` where it is cut.
fn end(text: &str) -> String {
    let tail: Vec<char> = text.chars().rev().take(WIDTH_MAX + 1).collect();
    let all = tail.len() <= WIDTH_MAX;
    let kept = if all { tail.len() } else { WIDTH_MAX - 1 };
    let tail: String = tail.into_iter().take(kept).rev().collect();
    let tail = escape::line(&tail);
    let tail = width::cut(&tail, WIDTH_MAX);
    if all { tail } else { format!("…{tail}") }
}
