//! Workflows, and how a request becomes tasks: batches that run one after the other, each with
//! tasks that run in parallel. The plan depends on the request and on what the tree really holds.

use std::fs;

use serde_json::json;

use crate::model::Role;
use crate::random::Random;
use crate::tree::Tree;

/// What can be triggered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Workflow {
    ScanAndNotify,
    FixAndTest,
    TestFailure,
    AlertNotification,
}

impl Workflow {
    pub(crate) const ALL: [Self; 4] = [
        Self::ScanAndNotify,
        Self::FixAndTest,
        Self::TestFailure,
        Self::AlertNotification,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ScanAndNotify => "scan-and-notify",
            Self::FixAndTest => "fix-and-test",
            Self::TestFailure => "test-failure",
            Self::AlertNotification => "alert-notification",
        }
    }

    /// The team that owns the workflow and pays for it.
    pub(crate) fn team(self) -> &'static str {
        match self {
            Self::ScanAndNotify => "quality",
            Self::FixAndTest => "maintenance",
            Self::TestFailure => "release",
            Self::AlertNotification => "on-call",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|workflow| workflow.name() == name)
    }
}

/// A change wanted in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) path: String,
    pub(crate) find: &'static str,
    pub(crate) replace: &'static str,
}

/// Ways in which `test-failure` fails; all of them are real failures of real tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    CheckNotPassed,
    EditConflict,
    FileMissing,
}

/// What a task is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    Survey,
    Scan {
        pattern: String,
    },
    Review {
        files: Vec<String>,
    },
    Fix(Fix),
    Verify {
        fixes: Vec<Fix>,
    },
    Report {
        path: String,
        channel: &'static str,
        findings: Vec<String>,
    },
    Fail {
        failure: Failure,
        marker: String,
    },
}

/// A unit of work for one agent.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) title: String,
    pub(crate) work: Work,
}

impl Task {
    /// `task_type` of events, `agent.action` of spans.
    pub(crate) fn kind(&self) -> &'static str {
        match self.work {
            Work::Survey => "survey",
            Work::Scan { .. } => "scan",
            Work::Review { .. } => "review",
            Work::Fix(_) => "fix",
            Work::Verify { .. } => "verify",
            Work::Report { .. } => "report",
            Work::Fail { .. } => "test",
        }
    }

    /// The files known to matter before the work begins.
    pub(crate) fn files(&self) -> Vec<String> {
        match &self.work {
            Work::Review { files } => files.clone(),
            Work::Fix(fix) => vec![fix.path.clone()],
            Work::Verify { fixes } => fixes.iter().map(|fix| fix.path.clone()).collect(),
            Work::Report { path, .. } => vec![path.clone()],
            Work::Survey | Work::Scan { .. } | Work::Fail { .. } => Vec::new(),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) workflow: Workflow,
    pub(crate) text: String,
    pub(crate) run_id: String,
}

/// Tasks in order: a batch begins when the one before it has ended well.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) batches: Vec<Vec<Task>>,
}

const LEFT_OVERS: &str = "TODO|FIXME|XXX";
const PANICS: &str = r"\.unwrap\(\)|\.expect\(|panic!";
const SECRETS: &str = r"(?i)(password|secret|token)\s*[:=]";
const FIX_COUNT_MAX: usize = 4;
const REVIEW_COUNT_MAX: usize = 4;
const RULES: [(&str, &str); 3] = [
    (".unwrap()", ".expect(\"checked above\")"),
    ("FIXME", "NOTE"),
    ("TODO", "NOTE"),
];

impl Plan {
    pub(crate) fn task_count(&self) -> usize {
        self.batches.iter().map(Vec::len).sum()
    }

    /// The most agents that work at the same time.
    pub(crate) fn width(&self) -> usize {
        self.batches.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The plan as the planning model words it.
    pub(crate) fn describe(&self) -> String {
        let batches: Vec<Vec<_>> = self
            .batches
            .iter()
            .map(|batch| {
                let row = |task: &Task| json!({"task": task.id, "agent": task.role.name(), "title": task.title});
                batch.iter().map(row).collect()
            })
            .collect();
        json!(batches).to_string()
    }

    /// Splits a request into tasks. Reads files of the tree.
    pub(crate) fn decompose(request: &Request, tree: &Tree, random: &mut Random) -> Self {
        let mut planner = Planner {
            request,
            next_id: 1,
        };
        let batches = match request.workflow {
            Workflow::ScanAndNotify => planner.scan_and_notify(tree),
            Workflow::FixAndTest => planner.fix_and_test(tree, random),
            Workflow::TestFailure => planner.test_failure(random),
            Workflow::AlertNotification => planner.alert_notification(),
        };
        Self {
            batches: batches
                .into_iter()
                .filter(|batch| !batch.is_empty())
                .collect(),
        }
    }
}

struct Planner<'a> {
    request: &'a Request,
    next_id: u32,
}

impl Planner<'_> {
    fn task(&mut self, role: Role, title: impl Into<String>, work: Work) -> Task {
        let run = self.request.run_id.trim_start_matches("run-");
        let id = format!("task-{run}-{:02}", self.next_id);
        self.next_id += 1;
        Task {
            id,
            role,
            title: title.into(),
            work,
        }
    }

    fn scan(&mut self, title: &str, pattern: &str) -> Task {
        self.task(
            Role::Analyzer,
            title,
            Work::Scan {
                pattern: pattern.to_owned(),
            },
        )
    }

    fn report(&mut self, channel: &'static str) -> Task {
        let path = format!("reports/{}.md", self.request.run_id);
        let work = Work::Report {
            path,
            channel,
            findings: Vec::new(),
        };
        self.task(Role::DevOps, "write the report and notify", work)
    }

    fn scan_and_notify(&mut self, tree: &Tree) -> Vec<Vec<Task>> {
        let mut first = vec![
            self.scan("find what was left unfinished", LEFT_OVERS),
            self.scan("find places that may end the process", PANICS),
            self.scan("find secrets in plain text", SECRETS),
            self.task(Role::Architect, "survey the project", Work::Survey),
        ];
        if let Some(wanted) = quoted(&self.request.text) {
            first.push(self.scan("find what the request names", &regex::escape(wanted)));
        }
        let files = files_with(tree, |content| {
            content.contains("TODO") || content.contains("FIXME")
        });
        let files = files.into_iter().take(REVIEW_COUNT_MAX).collect();
        let review = self.task(
            Role::Reviewer,
            "judge the files with most hits",
            Work::Review { files },
        );
        vec![first, vec![review], vec![self.report("team")]]
    }

    fn fix_and_test(&mut self, tree: &Tree, random: &mut Random) -> Vec<Vec<Task>> {
        let first = vec![
            self.task(Role::Architect, "survey the project", Work::Survey),
            self.scan("find places that may end the process", PANICS),
        ];
        let fixes = fixes(tree, random);
        let second = fixes
            .iter()
            .map(|fix| {
                let title = format!("replace {} in {}", fix.find, fix.path);
                self.task(Role::Coder, title, Work::Fix(fix.clone()))
            })
            .collect();
        let files: Vec<String> = fixes.iter().map(|fix| fix.path.clone()).collect();
        let third = vec![
            self.task(Role::DevOps, "check all changes", Work::Verify { fixes }),
            self.task(Role::Reviewer, "review the changes", Work::Review { files }),
        ];
        vec![first, second, third]
    }

    fn test_failure(&mut self, random: &mut Random) -> Vec<Vec<Task>> {
        let failures = [
            Failure::CheckNotPassed,
            Failure::EditConflict,
            Failure::FileMissing,
        ];
        let failure = failures[random.below(failures.len())];
        let marker = format!("all tests passed in {}", self.request.run_id);
        let role = if failure == Failure::EditConflict {
            Role::Coder
        } else {
            Role::DevOps
        };
        let work = Work::Fail { failure, marker };
        vec![vec![
            self.scan("find what was left unfinished", LEFT_OVERS),
            self.task(role, "run the acceptance test", work),
        ]]
    }

    fn alert_notification(&mut self) -> Vec<Vec<Task>> {
        vec![
            vec![
                self.task(
                    Role::Architect,
                    "survey what the alert touches",
                    Work::Survey,
                ),
                self.scan("find places that may end the process", PANICS),
            ],
            vec![self.report("on-call")],
        ]
    }
}

/// The first piece of text in quotes, which a request uses to name what it looks for.
fn quoted(text: &str) -> Option<&str> {
    ['"', '\'', '`'].into_iter().find_map(|quote| {
        let inner = text.split(quote).nth(1)?;
        (text.matches(quote).count() >= 2 && (2..=80).contains(&inner.len())).then_some(inner)
    })
}

fn files_with(tree: &Tree, holds: impl Fn(&str) -> bool) -> Vec<String> {
    let content = |path: &str| {
        tree.resolve(path)
            .and_then(|file| fs::read_to_string(file).ok())
    };
    tree.files()
        .iter()
        .filter(|file| content(&file.path).is_some_and(|content| holds(&content)))
        .map(|file| file.path.clone())
        .collect()
}

/// Up to four files to repair, each by one rule; which ones depends on the seed.
fn fixes(tree: &Tree, random: &mut Random) -> Vec<Fix> {
    let mut candidates: Vec<Fix> = Vec::new();
    for (find, replace) in RULES {
        for path in files_with(tree, |content| content.contains(find)) {
            if !candidates.iter().any(|fix| fix.path == path) {
                candidates.push(Fix {
                    path,
                    find,
                    replace,
                });
            }
        }
    }
    let mut chosen = Vec::new();
    while chosen.len() < FIX_COUNT_MAX && !candidates.is_empty() {
        chosen.push(candidates.swap_remove(random.below(candidates.len())));
    }
    chosen
}

#[cfg(test)]
mod tests;
