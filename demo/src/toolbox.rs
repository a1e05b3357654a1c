//! Carries out tool calls on the scratch tree
//! and records what came of them.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use regex::Regex;

use crate::command;
use crate::error::TaskError;
use crate::events::{EventKind, TaskEvent};
use crate::plugin::{self, Invocation, Outbox};
use crate::scope::{Scope, count, millis};
use crate::tool::{ToolCall, ToolResult};
use crate::tree::Tree;

/// A tool result longer than this is cut before the model sees it.
const RESULT_BYTES_MAX: usize = 32 * 1024;
const HIT_COUNT_MAX: usize = 200;
const LINE_BYTES_MAX: usize = 200;

/// What tools work on.
#[derive(Debug, Clone)]
pub(crate) struct Toolbox {
    pub(crate) tree: Arc<Tree>,
    pub(crate) outbox: Outbox,
    pub(crate) command_timeout: Duration,
}

impl Toolbox {
    /// Carries out one call below `task` and records it.
    pub(crate) async fn call(
        &self,
        task: &Scope,
        call: &ToolCall,
        call_id: &str,
    ) -> Result<ToolResult, TaskError> {
        let (name, kind) = call.span();
        let scope = task.child(name, kind, call.attributes(call_id));
        if let Some(task) = task.task() {
            scope.set_all(vec![
                KeyValue::new("agent.id", task.agent_id.clone()),
                KeyValue::new("gen_ai.agent.name", task.agent_type),
            ]);
        }
        let outcome = match call {
            ToolCall::RunCommand {
                arguments,
                expected_exit,
            } => self.run_command(&scope, arguments, *expected_exit).await,
            _ => self.run_blocking(&scope, call.clone()).await,
        };
        if let ToolCall::Invoke(invocation) = call {
            report_invocation(&scope, invocation, outcome.is_ok());
        }
        match &outcome {
            Ok(result) => scope.set("gen_ai.tool.call.result", result.text.clone()),
            Err(_) => call.report_nothing_done(&scope),
        }
        scope
            .metrics()
            .tool_called(call.file_operation(), scope.elapsed(), outcome.is_ok());
        scope.finish(name, outcome)
    }

    async fn run_command(
        &self,
        scope: &Scope,
        arguments: &[String],
        expected_exit: i32,
    ) -> Result<ToolResult, TaskError> {
        let done = command::run(arguments, self.tree.root(), self.command_timeout).await?;
        scope.set("process.exit.code", i64::from(done.exit_code));
        let passed = done.exit_code == expected_exit;
        scope.emit(
            TaskEvent::new(
                EventKind::CommandFinished,
                format!("ran {}", arguments.join(" ")),
            )
            .with("command", arguments.join(" "))
            .with("exit_code", done.exit_code)
            .with("duration_ms", millis(scope.elapsed()))
            .tag("command"),
        );
        let verdict = if passed { "passed" } else { "not passed" };
        let text = format!("exit code {} ({verdict})\n{}", done.exit_code, done.output);
        Ok(ToolResult {
            text,
            passed,
            hits: Vec::new(),
        })
    }

    async fn run_blocking(&self, scope: &Scope, call: ToolCall) -> Result<ToolResult, TaskError> {
        let toolbox = self.clone();
        let inner = scope.clone();
        tokio::task::spawn_blocking(move || toolbox.run_file_tool(&inner, &call))
            .await
            .map_err(|error| TaskError::new("tool_error", format!("the tool broke off: {error}")))?
    }

    fn run_file_tool(&self, scope: &Scope, call: &ToolCall) -> Result<ToolResult, TaskError> {
        let (text, hits) = match call {
            ToolCall::ReadFile { path } => (self.read(scope, path)?, Vec::new()),
            ToolCall::EditFile {
                path,
                find,
                replace,
                count_max,
            } => (
                self.edit(scope, path, (find, replace), *count_max)?,
                Vec::new(),
            ),
            ToolCall::WriteFile { path, content } => {
                (self.write(scope, path, content)?, Vec::new())
            }
            ToolCall::Search { pattern } => self.search(scope, pattern)?,
            ToolCall::Invoke(invocation) => (
                plugin::invoke(invocation, &self.tree, &self.outbox)?.to_string(),
                Vec::new(),
            ),
            ToolCall::RunCommand { .. } => {
                return Err(TaskError::new("invalid_call", "commands do not run here"));
            }
        };
        Ok(ToolResult {
            text,
            passed: true,
            hits,
        })
    }

    fn content(&self, path: &str) -> Result<String, TaskError> {
        let file = self
            .tree
            .resolve(path)
            .ok_or_else(|| TaskError::new("invalid_call", format!("{path} is outside the tree")))?;
        fs::read_to_string(file).map_err(|error| {
            TaskError::new("file_unreadable", format!("failed to read {path}: {error}"))
        })
    }

    fn store(&self, path: &str, content: &str) -> Result<(), TaskError> {
        let file = self
            .tree
            .resolve(path)
            .ok_or_else(|| TaskError::new("invalid_call", format!("{path} is outside the tree")))?;
        let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(file, content))
            .map_err(|error| {
                TaskError::new(
                    "file_unwritable",
                    format!("failed to write {path}: {error}"),
                )
            })
    }

    fn read(&self, scope: &Scope, path: &str) -> Result<String, TaskError> {
        let mut content = self.content(path)?;
        scope.set("size_bytes", count(content.len()));
        cut(&mut content, RESULT_BYTES_MAX);
        Ok(content)
    }

    fn edit(
        &self,
        scope: &Scope,
        path: &str,
        (find, replace): (&str, &str),
        count_max: Option<usize>,
    ) -> Result<String, TaskError> {
        let before = self.content(path)?;
        if find.is_empty() || !before.contains(find) {
            return Err(TaskError::new(
                "edit_conflict",
                format!("{path} does not hold {find:?}"),
            ));
        }
        let after = before.replacen(find, replace, count_max.unwrap_or(usize::MAX));
        let changed = before
            .lines()
            .zip(after.lines())
            .filter(|(old, new)| old != new)
            .count();
        self.store(path, &after)?;
        scope.set("lines_changed", count(changed));
        Ok(format!("{changed} lines changed in {path}"))
    }

    fn write(&self, scope: &Scope, path: &str, content: &str) -> Result<String, TaskError> {
        self.store(path, content)?;
        let lines = content.lines().count();
        scope.set("lines_changed", count(lines));
        Ok(format!("wrote {lines} lines to {path}"))
    }

    fn search(
        &self,
        scope: &Scope,
        pattern: &str,
    ) -> Result<(String, Vec<(String, usize)>), TaskError> {
        let expression = Regex::new(pattern).map_err(|error| {
            TaskError::new(
                "invalid_call",
                format!("pattern {pattern} is wrong: {error}"),
            )
        })?;
        let mut text = String::new();
        let mut total = 0;
        let mut hits = Vec::new();
        for file in self.tree.files() {
            // A file that another agent has removed meanwhile has no hits.
            let Ok(content) = self.content(&file.path) else {
                continue;
            };
            let mut in_file = 0;
            for (index, line) in content.lines().enumerate() {
                if expression.is_match(line) {
                    in_file += 1;
                    if total + in_file <= HIT_COUNT_MAX {
                        let mut line = line.trim().to_owned();
                        cut(&mut line, LINE_BYTES_MAX);
                        text.push_str(&format!("{}:{}: {line}\n", file.path, index + 1));
                    }
                }
            }
            total += in_file;
            if in_file > 0 {
                hits.push((file.path.clone(), in_file));
            }
        }
        hits.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        scope.set("results_count", count(total));
        text.push_str(&format!("{total} lines in {} files\n", hits.len()));
        cut(&mut text, RESULT_BYTES_MAX);
        Ok((text, hits))
    }
}

fn report_invocation(scope: &Scope, invocation: &Invocation, succeeded: bool) {
    let Invocation {
        plugin,
        tool_name,
        arguments,
    } = invocation;
    let outcome = if succeeded { "answered" } else { "failed" };
    scope.emit(
        TaskEvent::new(
            EventKind::McpToolInvoked,
            format!("{plugin}.{tool_name} {outcome}"),
        )
        .with("plugin", *plugin)
        .with("tool_name", *tool_name)
        .with("duration_ms", millis(scope.elapsed()))
        .tag("mcp"),
    );
    if succeeded && *plugin == "notifier" {
        let channel = arguments["channel"]
            .as_str()
            .unwrap_or("unknown")
            .to_owned();
        scope.emit(
            TaskEvent::new(
                EventKind::NotificationSent,
                format!("notification sent to {channel}"),
            )
            .with("channel", channel)
            .tag("notification"),
        );
    }
}

/// Cuts at a character boundary and says so.
fn cut(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push('…');
    }
}
