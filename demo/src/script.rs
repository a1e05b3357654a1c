//! What the stand-in for the model decides: the next tool call of an agent, given its task and what
//! the tools have answered so far.

use std::collections::VecDeque;

use serde_json::json;

use crate::error::TaskError;
use crate::plan::{Failure, Fix, Task, Work};
use crate::plugin::Invocation;
use crate::random::Random;
use crate::tool::{ToolCall, ToolResult};
use crate::tree::Tree;

/// How many files with hits an analyzer looks into.
const READ_COUNT_MAX: usize = 4;
/// How often a coder first changes one place only, and learns from the check that there are more.
const HALF_FIX_CHANCE: f64 = 0.4;

/// The next step of an agent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    Call(ToolCall),
    Finish(String),
}

/// One agent's way through its task.
#[derive(Debug)]
pub(crate) struct Script {
    task: Task,
    queue: VecDeque<ToolCall>,
    notes: Vec<String>,
    edits_left: u32,
}

fn read(path: &str) -> ToolCall {
    ToolCall::ReadFile {
        path: path.to_owned(),
    }
}

fn invoke(plugin: &'static str, tool_name: &'static str, arguments: serde_json::Value) -> ToolCall {
    ToolCall::Invoke(Invocation {
        plugin,
        tool_name,
        arguments,
    })
}

/// `grep` ends with 1 if the text is gone.
fn check_gone(fix: &Fix) -> ToolCall {
    let arguments = [
        "grep", "-n", "-F", "-m", "20", "-e", fix.find, "--", &fix.path,
    ];
    ToolCall::RunCommand {
        arguments: arguments.into_iter().map(str::to_owned).collect(),
        expected_exit: 1,
    }
}

fn edit(fix: &Fix, count_max: Option<usize>) -> ToolCall {
    ToolCall::EditFile {
        path: fix.path.clone(),
        find: fix.find.to_owned(),
        replace: fix.replace.to_owned(),
        count_max,
    }
}

impl Script {
    pub(crate) fn new(task: &Task, tree: &Tree, random: &mut Random) -> Self {
        let mut script = Self {
            task: task.clone(),
            queue: VecDeque::new(),
            notes: Vec::new(),
            edits_left: 0,
        };
        script.plan(tree, random);
        script
    }

    fn plan(&mut self, tree: &Tree, random: &mut Random) {
        let some_file = |random: &mut Random| {
            let files = tree.files();
            files
                .get(random.below(files.len()))
                .map(|file| file.path.clone())
        };
        match self.task.work.clone() {
            Work::Survey => {
                self.queue
                    .push_back(invoke("project_stats", "summarize", json!({})));
                let mut files: Vec<_> = tree.files().iter().collect();
                files.sort_by_key(|file| std::cmp::Reverse(file.size_bytes));
                self.queue
                    .extend(files.iter().take(3).map(|file| read(&file.path)));
            }
            Work::Scan { pattern } => self.queue.push_back(ToolCall::Search { pattern }),
            Work::Review { files } => {
                for path in &files {
                    self.queue.push_back(read(path));
                }
                if let Some(path) = files.first() {
                    self.queue
                        .push_back(invoke("file_stats", "describe", json!({"path": path})));
                }
            }
            Work::Fix(fix) => {
                self.queue.push_back(read(&fix.path));
                self.queue.extend(
                    some_file(random)
                        .filter(|path| *path != fix.path)
                        .map(|p| read(&p)),
                );
                // The check comes first: a former attempt may have got further than it could say.
                self.queue.push_back(check_gone(&fix));
                self.edits_left = if random.chance(HALF_FIX_CHANCE) { 2 } else { 1 };
            }
            Work::Verify { fixes } => {
                self.queue.extend(fixes.iter().map(check_gone));
                let mut arguments = vec!["wc".to_owned(), "-l".to_owned(), "--".to_owned()];
                arguments.extend(fixes.into_iter().map(|fix| fix.path));
                arguments.extend(some_file(random));
                self.queue.push_back(ToolCall::RunCommand {
                    arguments,
                    expected_exit: 0,
                });
            }
            Work::Report {
                path,
                channel,
                findings,
            } => self.report(path, channel, &findings),
            Work::Fail { failure, marker } => self.fail(failure, marker, some_file(random)),
        }
    }

    fn report(&mut self, path: String, channel: &'static str, findings: &[String]) {
        let mut content = format!("# {}\n\n", self.task.title);
        for finding in findings {
            content.push_str(&format!("- {finding}\n"));
        }
        let lines = [
            "wc".to_owned(),
            "-l".to_owned(),
            "--".to_owned(),
            path.clone(),
        ];
        let message = format!("{} findings, see {path}", findings.len());
        self.queue.extend([
            ToolCall::WriteFile { path, content },
            ToolCall::RunCommand {
                arguments: lines.to_vec(),
                expected_exit: 0,
            },
            invoke(
                "notifier",
                "send",
                json!({"channel": channel, "message": message}),
            ),
        ]);
    }

    fn fail(&mut self, failure: Failure, marker: String, file: Option<String>) {
        let path = file.unwrap_or_else(|| "README.md".to_owned());
        self.queue.push_back(read(&path));
        self.queue.push_back(match failure {
            Failure::CheckNotPassed => ToolCall::RunCommand {
                arguments: ["grep", "-F", "-e", &marker, "--", &path]
                    .map(str::to_owned)
                    .to_vec(),
                expected_exit: 0,
            },
            Failure::EditConflict => ToolCall::EditFile {
                path,
                find: marker,
                replace: "all tests passed".to_owned(),
                count_max: Some(1),
            },
            Failure::FileMissing => {
                read(&format!("target/reports/{}.json", marker.replace(' ', "-")))
            }
        });
    }

    /// What to do now.
    pub(crate) fn next(&mut self) -> Decision {
        match self.queue.pop_front() {
            Some(call) => Decision::Call(call),
            None if self.notes.is_empty() => Decision::Finish(format!("{}: done", self.task.title)),
            None => Decision::Finish(format!("{}: {}", self.task.title, self.notes.join("; "))),
        }
    }

    /// Takes in what a tool has answered; an error means that the agent gives up.
    pub(crate) fn observe(
        &mut self,
        call: &ToolCall,
        result: &ToolResult,
    ) -> Result<(), TaskError> {
        match call {
            ToolCall::Search { pattern } => self.look_into(pattern, &result.hits),
            ToolCall::RunCommand { arguments, .. } if !result.passed => {
                self.repair(&arguments.join(" "), result)?;
            }
            ToolCall::EditFile { .. } | ToolCall::WriteFile { .. } => {
                self.notes.push(result.text.clone());
            }
            _ => {}
        }
        Ok(())
    }

    /// After a check that was not passed: another edit, if there is one to make. With two edits to
    /// go the first changes one place only, and the check tells that there are more.
    fn repair(&mut self, command: &str, result: &ToolResult) -> Result<(), TaskError> {
        match &self.task.work {
            Work::Fix(fix) if self.edits_left > 0 => {
                let count_max = (self.edits_left > 1).then_some(1);
                self.queue.extend([edit(fix, count_max), check_gone(fix)]);
                self.edits_left -= 1;
                Ok(())
            }
            _ => {
                let first = result.text.lines().next().unwrap_or_default();
                Err(TaskError::new(
                    "check_failed",
                    format!("{command}: {first}"),
                ))
            }
        }
    }

    fn look_into(&mut self, pattern: &str, hits: &[(String, usize)]) {
        let total: usize = hits.iter().map(|(_, count)| count).sum();
        self.notes.push(format!(
            "{total} lines match {pattern} in {} files",
            hits.len()
        ));
        for (path, count) in hits.iter().take(READ_COUNT_MAX) {
            self.notes.push(format!("{path} has {count}"));
            self.queue.push_back(read(path));
        }
        if let Some((path, _)) = hits.first() {
            self.queue
                .push_back(invoke("file_stats", "describe", json!({"path": path})));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Script};
    use crate::model::Role;
    use crate::plan::{Fix, Task, Work};
    use crate::random::Random;
    use crate::tool::{ToolCall, ToolResult};
    use crate::tree::Tree;

    /// The tools used, when the first `failures` checks are not passed.
    fn steps(failures: usize) -> (Vec<&'static str>, bool) {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::template(None, &folder.path().join("t")).unwrap();
        let path = "orders/src/cart.rs".to_owned();
        let work = Work::Fix(Fix {
            path,
            find: ".unwrap()",
            replace: ".expect(\"x\")",
        });
        let task = Task {
            id: "t".to_owned(),
            role: Role::Coder,
            title: "repair".to_owned(),
            work,
        };
        let mut script = Script::new(&task, &tree, &mut Random::new(1));
        script.edits_left = 2;
        let (mut names, mut failed) = (Vec::new(), 0);
        while let Decision::Call(call) = script.next() {
            names.push(call.name());
            let check = matches!(call, ToolCall::RunCommand { .. });
            let passed = !(check && failed < failures);
            failed += usize::from(!passed);
            let result = ToolResult {
                passed,
                ..ToolResult::default()
            };
            if script.observe(&call, &result).is_err() {
                return (names, false);
            }
        }
        names.retain(|name| *name != "read_file");
        (names, true)
    }

    #[test]
    fn coder_edits_until_the_check_passes() {
        assert_eq!(steps(0), (vec!["run_command"], true));
        assert_eq!(
            steps(1),
            (vec!["run_command", "edit_file", "run_command"], true)
        );
        let (names, done) = steps(2);
        assert_eq!((names.len(), done), (5, true));
    }

    #[test]
    fn coder_gives_up_when_edits_do_not_help() {
        assert!(!steps(3).1);
    }
}
