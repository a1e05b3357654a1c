//! Dispatches a batch of tasks to agents in parallel, each attempt in a task of its own, so that an
//! agent that crashes takes nothing down but itself; failed attempts are repeated with backoff.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;
use tokio::task::JoinSet;

use crate::agent::{Agent, AgentPool, Assignment, TaskOutcome};
use crate::error::{AGENT_CRASHED, TaskError};
use crate::events::{EventKind, TaskEvent};
use crate::llm::{Speaker, usage_attributes};
use crate::model::StandIn;
use crate::options::Mishaps;
use crate::pace::Pace;
use crate::plan::Task;
use crate::random::Random;
use crate::scope::{Scope, TaskIdentity, count, millis};
use crate::script::Script;
use crate::toolbox::Toolbox;

const ATTEMPT_COUNT_MAX: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(500);

/// What the tasks of one run share.
#[derive(Debug, Clone)]
pub(crate) struct Dispatcher {
    pub(crate) root: Scope,
    pub(crate) pool: Arc<AgentPool>,
    pub(crate) toolbox: Toolbox,
    pub(crate) pace: Pace,
    pub(crate) mishaps: Mishaps,
    pub(crate) random: Random,
    pub(crate) request: String,
}

impl Dispatcher {
    /// Runs all tasks of a batch at the same time and waits for all of them; results in the order
    /// of tasks.
    pub(crate) async fn dispatch(
        &self,
        index: usize,
        batch: Vec<Task>,
    ) -> Vec<Result<TaskOutcome, TaskError>> {
        let run = self.root.run().run_id.trim_start_matches("run-");
        let batch_id = format!("batch-{run}-{}", index + 1);
        let size = batch.len();
        let span = self.root.child(
            "orchestrator.dispatch_batch",
            SpanKind::Internal,
            vec![
                KeyValue::new("batch.id", batch_id.clone()),
                KeyValue::new("batch.size", count(size)),
            ],
        );
        span.emit(
            TaskEvent::new(
                EventKind::ParallelBatchStart,
                format!("batch of {size} tasks started"),
            )
            .with("batch_id", batch_id.clone())
            .with("task_count", count(size))
            .tag("batch"),
        );
        let mut tasks = JoinSet::new();
        for (position, task) in batch.into_iter().enumerate() {
            let dispatcher = self.clone();
            let span = span.clone();
            span.metrics().task_began(&task);
            let salt = (index as u64) << 32 | position as u64;
            let random = self.random.derive(salt.wrapping_add(2));
            tasks.spawn(async move {
                let start = Instant::now();
                let result = Box::pin(dispatcher.run_task(&span, &task, random)).await;
                let took = start.elapsed();
                span.metrics()
                    .task_ended(&span, &task, took, result.as_ref().err());
                (position, took, result)
            });
        }
        let mut results = Vec::with_capacity(size);
        while let Some(joined) = tasks.join_next().await {
            results.push(joined.unwrap_or_else(|error| {
                (
                    usize::MAX,
                    Duration::ZERO,
                    Err(TaskError::new(
                        "internal",
                        format!("a task was lost: {error}"),
                    )),
                )
            }));
        }
        results.sort_by_key(|(position, ..)| *position);
        let worked = results.iter().map(|(_, took, _)| *took).sum();
        span.metrics().batch_ended(worked, size, span.elapsed());
        let results: Vec<_> = results.into_iter().map(|(.., result)| result).collect();
        close(&span, batch_id, &results);
        results
    }

    /// Tries a task until it is done, fails for good, or the orchestrator is stopped.
    async fn run_task(
        &self,
        batch: &Scope,
        task: &Task,
        random: Random,
    ) -> Result<TaskOutcome, TaskError> {
        let mut attempt = 1;
        loop {
            let outcome = self.attempt(batch, task, attempt, &random).await;
            let error = match outcome {
                Ok(done) => return Ok(done),
                Err((scope, error)) => {
                    report_failure(&scope, task, &error);
                    if attempt == ATTEMPT_COUNT_MAX || !error.retryable() {
                        return Err(error);
                    }
                    scope.metrics().task_retried(task, &error);
                    scope.emit(
                        TaskEvent::new(
                            EventKind::TaskRetried,
                            format!("{} is tried again", task.id),
                        )
                        .with("retry_count", attempt)
                        .with("error_code", error.code())
                        .tag("task")
                        .tag("retry"),
                    );
                    error
                }
            };
            let factor = 1.0 + random.derive(u64::from(attempt)).unit() / 2.0;
            let pause = BACKOFF.mul_f64(factor) * 2_u32.pow(attempt - 1);
            if self.pace.sleep(pause).await.is_err() {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// One attempt by one agent: an `agent.execute_task` span.
    async fn attempt(
        &self,
        batch: &Scope,
        task: &Task,
        attempt: u32,
        random: &Random,
    ) -> Result<TaskOutcome, (Scope, TaskError)> {
        let agent = self.pool.acquire(task.role, task.kind());
        let scope = open_attempt(batch, &agent, task, attempt);
        let title = &task.title;
        scope.emit(
            TaskEvent::new(
                EventKind::TaskDispatched,
                format!("{title} goes to {}", agent.id),
            )
            .tag("task"),
        );
        let mut random = random.derive(u64::from(attempt) << 8);
        let assignment = Assignment {
            task: task.clone(),
            request: self.request.clone(),
            speaker: Speaker {
                agent_id: agent.id.clone(),
                agent_type: task.role.name(),
            },
            stand_in: StandIn::new(task.role.profile(), self.mishaps, random.derive(1)),
            script: Script::new(task, &self.toolbox.tree, &mut random),
            toolbox: self.toolbox.clone(),
            pace: self.pace.clone(),
        };
        scope.emit(
            TaskEvent::new(
                EventKind::TaskStarted,
                format!("{} started: {title}", agent.id),
            )
            .tag("task"),
        );
        let work = tokio::spawn(Box::pin(assignment.work(scope.clone())));
        let outcome = match work.await {
            Ok(outcome) => outcome,
            Err(error) => Err(TaskError::new(AGENT_CRASHED, crash_message(error))),
        };
        scope
            .metrics()
            .attempt_ended(&scope, outcome.as_ref().err());
        match scope.finish_with("agent.execute_task", outcome, |done| {
            usage_attributes(done.usage)
        }) {
            Ok(done) => {
                scope.emit(
                    TaskEvent::new(EventKind::TaskCompleted, done.summary.clone())
                        .with("duration_ms", millis(scope.elapsed()))
                        .tag("task"),
                );
                self.pool.release(agent);
                Ok(done)
            }
            Err(error) => {
                self.pool.release_failed(agent, error.clone());
                Err((scope, error))
            }
        }
    }
}

fn open_attempt(batch: &Scope, agent: &Agent, task: &Task, attempt: u32) -> Scope {
    let model = task.role.profile().model;
    let identity = TaskIdentity {
        task_id: task.id.clone(),
        task_type: task.kind(),
        files: task.files(),
        agent_id: agent.id.clone(),
        agent_type: task.role.name(),
        model,
    };
    let speaker = Speaker {
        agent_id: agent.id.clone(),
        agent_type: task.role.name(),
    };
    let mut attributes = speaker.attributes(model);
    attributes.extend([
        KeyValue::new("gen_ai.operation.name", "invoke_agent"),
        KeyValue::new("task.id", task.id.clone()),
        KeyValue::new("task.type", task.kind()),
        KeyValue::new("task.title", task.title.clone()),
        KeyValue::new("task.attempt", i64::from(attempt)),
    ]);
    batch.for_task(identity).child_linked(
        "agent.execute_task",
        agent.scope.span_context(),
        attributes,
    )
}

fn report_failure(scope: &Scope, task: &Task, error: &TaskError) {
    scope.emit(
        TaskEvent::new(
            EventKind::TaskFailed,
            format!("{} failed: {}", task.title, error.message()),
        )
        .with("error_code", error.code())
        .with("exception.type", error.code())
        .with("exception.message", error.message().to_owned())
        .with("exception.stacktrace", error.stacktrace())
        .with("duration_ms", millis(scope.elapsed()))
        .tag("task"),
    );
}

fn close(span: &Scope, batch_id: String, results: &[Result<TaskOutcome, TaskError>]) {
    let failed = results.iter().filter(|result| result.is_err()).count();
    let succeeded = results.len() - failed;
    span.set("batch.success_count", count(succeeded));
    span.set("batch.failed_count", count(failed));
    span.emit(
        TaskEvent::new(
            EventKind::ParallelBatchEnd,
            format!("batch ended, {succeeded} done, {failed} failed"),
        )
        .with("batch_id", batch_id)
        .with("success_count", count(succeeded))
        .with("failed_count", count(failed))
        .tag("batch"),
    );
    match results.iter().find_map(|result| result.as_ref().err()) {
        Some(error) => span.fail(error),
        None => span.end(),
    }
}

fn crash_message(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast::<&str>().map_or_else(
                |_| "the agent crashed".to_owned(),
                |text| (*text).to_owned(),
            ),
        },
        Err(error) => error.to_string(),
    }
}
