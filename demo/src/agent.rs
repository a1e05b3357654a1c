//! Agents: the loop of asking the model and carrying out what it wants, and the pool of agents of
//! one run, each of which is an `agent.execute` span from its first task to its shutdown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

use crate::conversation::Conversation;
use crate::error::TaskError;
use crate::events::{EventKind, TaskEvent};
use crate::llm::{self, Answer, Speaker};
use crate::metrics::record::HeldMemory;
use crate::model::{Role, StandIn, Usage};
use crate::pace::Pace;
use crate::plan::Task;
use crate::scope::{Scope, millis};
use crate::script::{Decision, Script};
use crate::tool::ToolCall;
use crate::toolbox::Toolbox;

/// An agent that has not finished after so many turns is stopped.
const TURN_COUNT_MAX: usize = 40;
/// A loop repeats the same call this many times after the first.
const REPEAT_COUNT: usize = 3;
/// How much of the list of files the task text shows.
const LISTED_FILES_MAX: usize = 150;

/// Everything an agent needs for one attempt at a task.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) task: Task,
    pub(crate) request: String,
    pub(crate) speaker: Speaker,
    pub(crate) stand_in: StandIn,
    pub(crate) script: Script,
    pub(crate) toolbox: Toolbox,
    pub(crate) pace: Pace,
}

/// What a task brought.
#[derive(Debug, Clone)]
pub(crate) struct TaskOutcome {
    pub(crate) summary: String,
    pub(crate) usage: Usage,
}

impl Assignment {
    /// Works until the model is done or something fails. `scope` is the `agent.execute_task` span.
    pub(crate) async fn work(mut self, scope: Scope) -> Result<TaskOutcome, TaskError> {
        let mut conversation = self.conversation(&scope);
        let mut memory = HeldMemory::new(Arc::clone(scope.metrics()), self.task.role);
        let mut usage = Usage::default();
        let mut repeated: Option<(ToolCall, usize)> = None;
        for turn in 1..=TURN_COUNT_MAX {
            memory.set(conversation.prompt_bytes());
            let repeats = repeated.is_some();
            let decision = match repeated.take() {
                Some((call, left)) => {
                    repeated = (left > 1).then(|| (call.clone(), left - 1));
                    Decision::Call(call)
                }
                None => self.script.next(),
            };
            let call_id = self.stand_in.call_id();
            usage.add(
                self.think(&scope, &mut conversation, (turn, &call_id), &decision)
                    .await?,
            );
            let call = match decision {
                Decision::Finish(summary) => return Ok(TaskOutcome { summary, usage }),
                Decision::Call(call) => call,
            };
            if self.stand_in.crashes() {
                crash(&self.speaker.agent_id, call.name());
            }
            let result = self.toolbox.call(&scope, &call, &call_id).await?;
            conversation.push_tool_result(&call_id, &result.text);
            if !repeats {
                self.script.observe(&call, &result)?;
                let harmless = matches!(call, ToolCall::ReadFile { .. } | ToolCall::Search { .. });
                if harmless && self.stand_in.falls_into_loop() {
                    repeated = Some((call, REPEAT_COUNT));
                }
            }
        }
        Err(TaskError::new(
            "turn_limit",
            format!("not done after {TURN_COUNT_MAX} turns"),
        ))
    }

    fn conversation(&self, scope: &Scope) -> Conversation {
        let mut text = format!(
            "Request: {}\n\nYour task: {}\n\nFiles:\n",
            self.request, self.task.title
        );
        for file in self.toolbox.tree.files().iter().take(LISTED_FILES_MAX) {
            text.push_str(&format!("{} ({} bytes)\n", file.path, file.size_bytes));
        }
        let id = format!("conv-{}-{}", self.task.id, scope.span_context().span_id());
        Conversation::new(id, self.task.role.instructions(), &text)
    }

    /// One turn of the model, as an `agent_execution` span around its calls.
    async fn think(
        &mut self,
        scope: &Scope,
        conversation: &mut Conversation,
        (turn, call_id): (usize, &str),
        decision: &Decision,
    ) -> Result<Usage, TaskError> {
        let mut attributes = self.speaker.attributes(self.stand_in.profile.model);
        attributes.push(KeyValue::new("turn", crate::scope::count(turn)));
        let span = scope.child("agent_execution", SpanKind::Internal, attributes);
        let text = match decision {
            Decision::Finish(summary) => summary.clone(),
            Decision::Call(call) => format!("Next I use {}.", call.name()),
        };
        let call = match decision {
            Decision::Finish(_) => None,
            Decision::Call(call) => Some((call_id, call)),
        };
        let answer = Answer { text: &text, call };
        let asked = llm::ask(
            &span,
            &self.speaker,
            &mut self.stand_in,
            conversation,
            answer,
            &self.pace,
        );
        let outcome = asked.await;
        span.finish("agent_execution", outcome)
    }
}

/// Unwinds the agent's task as a bug in it would, without the noise of the panic hook.
fn crash(agent_id: &str, tool: &str) -> ! {
    std::panic::resume_unwind(Box::new(format!(
        "agent {agent_id} crashed before {tool}: lost the connection to its worker process"
    )))
}

/// An agent of a run.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) role: Role,
    /// The `agent.execute` span.
    pub(crate) scope: Scope,
    tasks_completed: u32,
    last_error: Option<TaskError>,
}

/// The agents of one run: idle ones are used again, a crashed one never.
#[derive(Debug)]
pub(crate) struct AgentPool {
    workflow: Scope,
    mode: &'static str,
    idle: Mutex<Vec<Agent>>,
    spawned: AtomicUsize,
}

impl AgentPool {
    /// `workflow` is the span above all `agent.execute` spans.
    pub(crate) fn new(workflow: Scope, mode: &'static str) -> Arc<Self> {
        Arc::new(Self {
            workflow,
            mode,
            idle: Mutex::default(),
            spawned: AtomicUsize::new(0),
        })
    }

    pub(crate) fn spawned_count(&self) -> usize {
        self.spawned.load(Ordering::Relaxed)
    }

    /// An idle agent of that kind, or a new one.
    pub(crate) fn acquire(&self, role: Role, action: &'static str) -> Agent {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let found = idle.iter().position(|agent| agent.role == role);
        match found {
            Some(position) => idle.swap_remove(position),
            None => self.spawn(role, action),
        }
    }

    fn spawn(&self, role: Role, action: &'static str) -> Agent {
        let number = self.spawned.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{}-{number}", role.name().to_lowercase());
        self.workflow.metrics().agent_spawned(role, self.mode);
        let run_id = &self.workflow.run().run_id;
        let attributes = vec![
            KeyValue::new("agent.id", id.clone()),
            KeyValue::new("agent.type", role.name()),
            KeyValue::new("agent.action", action),
            KeyValue::new("agent.model", role.profile().model),
            KeyValue::new("workflow.run.id", run_id.clone()),
            KeyValue::new("agent.run.id", format!("{run_id}/{id}")),
        ];
        let scope = self
            .workflow
            .child("agent.execute", SpanKind::Internal, attributes);
        scope.emit(
            TaskEvent::new(EventKind::AgentSpawned, format!("agent {id} is ready"))
                .with("agent", id.clone())
                .with("agent_type", role.name())
                .with("model", role.profile().model)
                .with("mode", self.mode)
                .tag("agent"),
        );
        Agent {
            id,
            role,
            scope,
            tasks_completed: 0,
            last_error: None,
        }
    }

    /// Takes an agent back after it did its task.
    pub(crate) fn release(&self, mut agent: Agent) {
        agent.tasks_completed += 1;
        agent.last_error = None;
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(agent);
    }

    /// Takes an agent back after a failed attempt; a crashed one is shut down.
    pub(crate) fn release_failed(&self, mut agent: Agent, error: TaskError) {
        let crashed = error.code() == crate::error::AGENT_CRASHED;
        agent.last_error = Some(error);
        if crashed {
            shut_down(&agent);
        } else {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(agent);
        }
    }

    /// Ends idle agents of the kinds that are not needed any more.
    pub(crate) fn keep(&self, needed: impl Fn(Role) -> bool) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let ended: Vec<Agent> = idle.extract_if(.., |agent| !needed(agent.role)).collect();
        drop(idle);
        ended.iter().for_each(shut_down);
    }

    /// Ends all agents that are left.
    pub(crate) fn shut_down(&self) {
        self.keep(|_| false);
    }
}

fn shut_down(agent: &Agent) {
    let Agent {
        id,
        role,
        scope,
        tasks_completed,
        last_error,
    } = agent;
    scope.metrics().agent_ended(*role);
    scope.emit(
        TaskEvent::new(EventKind::AgentShutdown, format!("agent {id} ended"))
            .with("agent", id.clone())
            .with("agent_type", role.name())
            .with("model", role.profile().model)
            .with("tasks_completed", *tasks_completed)
            .tag("agent"),
    );
    scope.set("agent.duration.ms", millis(scope.elapsed()));
    scope.set("agent.tasks_completed", i64::from(*tasks_completed));
    match last_error {
        None => {
            scope.set("agent.status", "SUCCESS");
            scope.end();
        }
        Some(error) => {
            scope.set("agent.status", "FAILED");
            scope.set("error.message", error.message().to_owned());
            scope.fail(error);
        }
    }
}
