//! The tools of an agent as the model asks for them: read, edit and search files of the scratch
//! tree, run a command, call a plugin. Each call is a span below `agent.execute_task`, named as in
//! REQUIREMENTS D and carrying the GenAI names for tools as well. `toolbox.rs` carries them out.

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;
use serde_json::{Value, json};

use crate::plugin::Invocation;
use crate::scope::Scope;

/// A call the model asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ToolCall {
    ReadFile {
        path: String,
    },
    /// Replaces the first `count_max` occurrences of `find`, or all of them.
    EditFile {
        path: String,
        find: String,
        replace: String,
        count_max: Option<usize>,
    },
    WriteFile {
        path: String,
        content: String,
    },
    Search {
        pattern: String,
    },
    /// The check is passed if the command ends with `expected_exit`.
    RunCommand {
        arguments: Vec<String>,
        expected_exit: i32,
    },
    Invoke(Invocation),
}

/// What came of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct ToolResult {
    /// What the model gets to read.
    pub(crate) text: String,
    /// False if a command ended otherwise than expected.
    pub(crate) passed: bool,
    /// Files with hits of a search, most hits first, with the number of hits.
    pub(crate) hits: Vec<(String, usize)>,
}

impl ToolCall {
    /// The name the model knows the tool by.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::ReadFile { .. } => "read_file",
            Self::EditFile { .. } => "edit_file",
            Self::WriteFile { .. } => "write_file",
            Self::Search { .. } => "search",
            Self::RunCommand { .. } => "run_command",
            Self::Invoke(invocation) => invocation.tool_name,
        }
    }

    pub(crate) fn arguments(&self) -> Value {
        match self {
            Self::ReadFile { path } => json!({"path": path}),
            Self::EditFile {
                path,
                find,
                replace,
                count_max,
            } => {
                let mut arguments = json!({"path": path, "find": find, "replace": replace});
                if let Some(count_max) = count_max {
                    arguments["countMax"] = json!(count_max);
                }
                arguments
            }
            Self::WriteFile { path, content } => json!({"path": path, "content": content}),
            Self::Search { pattern } => json!({"pattern": pattern}),
            Self::RunCommand { arguments, .. } => json!({"command": arguments}),
            Self::Invoke(invocation) => invocation.arguments.clone(),
        }
    }

    /// A failed call has done nothing, which its span says in the attribute where others tell how
    /// much they did.
    pub(crate) fn report_nothing_done(&self, scope: &Scope) {
        match self {
            Self::ReadFile { .. } => scope.set("size_bytes", 0),
            Self::EditFile { .. } | Self::WriteFile { .. } => scope.set("lines_changed", 0),
            Self::Search { .. } => scope.set("results_count", 0),
            Self::RunCommand { .. } | Self::Invoke(_) => {}
        }
    }

    /// What the call does to files, as the label `operation`.
    pub(crate) fn file_operation(&self) -> Option<&'static str> {
        match self {
            Self::ReadFile { .. } => Some("read"),
            Self::EditFile { .. } => Some("edit"),
            Self::WriteFile { .. } => Some("write"),
            Self::Search { .. } => Some("search"),
            Self::RunCommand { .. } | Self::Invoke(_) => None,
        }
    }

    pub(crate) fn span(&self) -> (&'static str, SpanKind) {
        match self {
            Self::ReadFile { .. } => ("agent.read_file", SpanKind::Internal),
            Self::EditFile { .. } | Self::WriteFile { .. } => {
                ("agent.edit_file", SpanKind::Internal)
            }
            Self::Search { .. } => ("agent.search", SpanKind::Internal),
            Self::RunCommand { .. } => ("agent.run_command", SpanKind::Internal),
            Self::Invoke(_) => ("mcp.invoke_tool", SpanKind::Client),
        }
    }

    pub(crate) fn attributes(&self, call_id: &str) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new("gen_ai.operation.name", "execute_tool"),
            KeyValue::new("gen_ai.tool.name", self.name()),
            KeyValue::new("gen_ai.tool.type", "function"),
            KeyValue::new("gen_ai.tool.call.id", call_id.to_owned()),
            KeyValue::new("gen_ai.tool.call.arguments", self.arguments().to_string()),
        ];
        match self {
            Self::ReadFile { path }
            | Self::EditFile { path, .. }
            | Self::WriteFile { path, .. } => {
                attributes.push(KeyValue::new("file.path", path.clone()));
            }
            Self::Search { pattern } => attributes.push(KeyValue::new("pattern", pattern.clone())),
            Self::RunCommand { arguments, .. } => {
                attributes.push(KeyValue::new("process.command_line", arguments.join(" ")));
            }
            Self::Invoke(invocation) => attributes.extend([
                KeyValue::new("plugin", invocation.plugin),
                KeyValue::new("tool_name", invocation.tool_name),
                KeyValue::new("mcp.method.name", "tools/call"),
            ]),
        }
        attributes
    }
}
