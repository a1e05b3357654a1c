//! One method for each thing that happens and is measured. Ids of runs and tasks never become
//! labels; they go into the exemplars of histograms.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::KeyValue;

use super::Metrics;
use super::catalogue::Exposed;
use super::instruments::tags;
use super::price::cost_usd;
use super::registry::Exemplar;
use super::window::Operation;
use crate::error::{CANCELLED, TaskError};
use crate::llm::Speaker;
use crate::model::{Profile, Role, Usage};
use crate::plan::Task;
use crate::queue::Run;
use crate::scope::Scope;

/// The only gateway there is: the HTTP side of the orchestrator.
pub(crate) const GATEWAY: &str = "api";
/// The methods that keep their names; whatever else a client may think of is one.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

/// `status` of what is exposed.
fn outcome(error: Option<&TaskError>) -> &'static str {
    match error {
        None => "success",
        Some(error) if error.code() == CANCELLED => "cancelled",
        Some(_) => "failed",
    }
}

/// `status` of what is pushed.
fn status(succeeded: bool) -> &'static str {
    if succeeded { "SUCCESS" } else { "FAILED" }
}

fn exemplar(scope: &Scope, task_id: &str, took: Duration) -> Exemplar {
    let span = scope.span_context();
    Exemplar {
        labels: vec![
            ("trace_id", span.trace_id().to_string()),
            ("span_id", span.span_id().to_string()),
            ("run_id", scope.run().run_id.clone()),
            ("task_id", task_id.to_owned()),
        ],
        value: took.as_secs_f64(),
        at: SystemTime::now(),
    }
}

/// Memory that an agent holds; given back when dropped, be it by a crash.
#[derive(Debug)]
pub(crate) struct HeldMemory {
    metrics: Arc<Metrics>,
    role: Role,
    bytes: usize,
}

impl HeldMemory {
    pub(crate) fn new(metrics: Arc<Metrics>, role: Role) -> Self {
        let bytes = 0;
        Self {
            metrics,
            role,
            bytes,
        }
    }

    pub(crate) fn set(&mut self, bytes: usize) {
        let change = bytes as f64 - self.bytes as f64;
        self.bytes = bytes;
        let labels = vec![self.role.name().into()];
        self.metrics
            .registry
            .add(Exposed::AgentMemory, labels, change);
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        self.set(0);
    }
}

impl Metrics {
    fn took(&self, operation: Operation, took: Duration) {
        self.windows().add(Instant::now(), operation, took);
    }

    pub(crate) fn run_began(&self) {
        self.instruments.workflows_active.add(1, &[]);
    }

    pub(crate) fn run_ended(&self, run: &Run, took: Duration, succeeded: bool) {
        let workflow = format!("wf-{}", run.workflow);
        let mut tags = tags([("workflow_id", &workflow), ("status", status(succeeded))]);
        self.instruments.workflows_active.add(-1, &[]);
        self.instruments
            .workflow_duration
            .record(millis(took), &tags);
        tags.push(KeyValue::new("trigger_type", run.cause.clone()));
        self.instruments.workflow_runs.add(1, &tags);
        self.took(Operation::Workflow, took);
    }

    pub(crate) fn approval_given(&self, waited: Duration) {
        self.instruments.approval_wait.record(millis(waited), &[]);
    }

    pub(crate) fn task_began(&self, task: &Task) {
        let labels = vec![task.role.name().into()];
        self.registry.add(Exposed::TasksActive, labels, 1.0);
    }

    /// A task has ended for good; `batch` is the span above all its attempts.
    pub(crate) fn task_ended(
        &self,
        batch: &Scope,
        task: &Task,
        took: Duration,
        error: Option<&TaskError>,
    ) {
        let (agent, status) = (task.role.name(), outcome(error));
        self.registry
            .add(Exposed::TasksActive, vec![agent.into()], -1.0);
        let model = task.role.profile().model;
        let labels = vec![agent.into(), status.into(), model.into()];
        self.registry.add(Exposed::Tasks, labels, 1.0);
        let labels = vec![agent.into(), status.into()];
        let exemplar = exemplar(batch, &task.id, took);
        self.registry
            .observe(Exposed::TaskDuration, labels, exemplar);
        self.took(Operation::Task, took);
    }

    pub(crate) fn task_retried(&self, task: &Task, reason: &TaskError) {
        let labels = vec![task.role.name().into(), reason.code().into()];
        self.registry.add(Exposed::TaskRetries, labels, 1.0);
        self.instruments.agent_retries.add(1, &[]);
    }

    /// All tasks of a batch have ended: `agents` of them were there for all of `wall`.
    pub(crate) fn batch_ended(&self, worked: Duration, agents: usize, wall: Duration) {
        let agents = u32::try_from(agents).unwrap_or(u32::MAX);
        self.windows()
            .add_batch(Instant::now(), worked, wall.saturating_mul(agents));
    }

    pub(crate) fn agent_spawned(&self, role: Role, mode: &'static str) {
        let labels = vec![role.name().into(), mode.into()];
        self.registry.add(Exposed::AgentSpawn, labels, 1.0);
        let labels = vec![role.name().into()];
        self.registry.add(Exposed::AgentActive, labels, 1.0);
    }

    pub(crate) fn agent_ended(&self, role: Role) {
        let labels = vec![role.name().into()];
        self.registry.add(Exposed::AgentActive, labels, -1.0);
    }

    /// An attempt has ended; `scope` is its `agent.execute_task` span.
    pub(crate) fn attempt_ended(&self, scope: &Scope, error: Option<&TaskError>) {
        let Some(task) = scope.task() else { return };
        let took = scope.elapsed();
        let agent = task.agent_id.as_str();
        let tags_of_run = tags([
            ("agent_id", agent),
            ("action", task.task_type),
            ("status", status(error.is_none())),
        ]);
        self.instruments.agent_runs.add(1, &tags_of_run);
        self.instruments
            .agent_duration
            .record(millis(took), &tags_of_run);
        if let Some(error) = error {
            let tags = tags([("agent_id", agent), ("error_type", error.code())]);
            self.instruments.agent_errors.add(1, &tags);
            let labels = vec![task.agent_type.into(), error.code().into()];
            self.registry.add(Exposed::AgentErrors, labels, 1.0);
        }
        let labels = || {
            let (agent, workspace) = (agent.to_owned(), self.workspace.clone());
            vec![agent.into(), workspace.into(), outcome(error).into()]
        };
        self.registry.add(Exposed::Executions, labels(), 1.0);
        let exemplar = exemplar(scope, &task.task_id, took);
        self.registry
            .observe(Exposed::ExecutionDuration, labels(), exemplar);
    }

    /// A call to the model has ended; `scope` is its `llm_call` span.
    pub(crate) fn model_called(
        &self,
        scope: &Scope,
        speaker: &Speaker,
        profile: Profile,
        result: Result<Usage, &TaskError>,
    ) {
        let took = scope.elapsed();
        let mut common = tags([
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", profile.provider),
            ("gen_ai.request.model", profile.model),
            ("gen_ai.response.model", profile.model),
            ("server.address", profile.server),
        ]);
        let timed = &self.instruments.model_duration;
        match result {
            Ok(usage) => {
                timed.record(took.as_secs_f64(), &common);
                self.tokens_used(speaker, profile, usage, common);
                if let Some(cost) = cost_usd(profile.model, usage) {
                    let labels = vec![scope.run().team.into()];
                    self.registry.add(Exposed::TeamSpend, labels, cost);
                }
            }
            Err(error) => {
                common.push(KeyValue::new("error.type", error.code()));
                timed.record(took.as_secs_f64(), &common);
            }
        }
        self.took(Operation::LlmCall, took);
    }

    fn tokens_used(
        &self,
        speaker: &Speaker,
        profile: Profile,
        usage: Usage,
        common: Vec<KeyValue>,
    ) {
        for (direction, tokens) in [("input", usage.input), ("output", usage.output)] {
            let tokens = tokens.unsigned_abs();
            let labels = vec![
                profile.provider.into(),
                profile.model.into(),
                direction.into(),
            ];
            self.registry.add(Exposed::LlmTokens, labels, tokens as f64);
            let labels = vec![speaker.agent_type.into(), profile.model.into()];
            self.registry
                .add(Exposed::AgentTokens, labels, tokens as f64);
            let mut tags = common.clone();
            tags.push(KeyValue::new("gen_ai.token.type", direction));
            self.instruments.token_usage.record(tokens, &tags);
        }
    }

    /// A tool call has ended; `file_operation` if it was one on files.
    pub(crate) fn tool_called(
        &self,
        file_operation: Option<&'static str>,
        took: Duration,
        succeeded: bool,
    ) {
        if let Some(operation) = file_operation {
            let status = if succeeded { "success" } else { "failed" };
            let labels = vec![operation.into(), status.into()];
            self.registry.add(Exposed::FileOperations, labels, 1.0);
        }
        self.took(Operation::ToolCall, took);
    }

    pub(crate) fn request_answered(
        &self,
        method: &str,
        route: Option<&str>,
        status: u16,
        took: Duration,
    ) {
        let known = METHODS.iter().find(|known| **known == method);
        let method = known.copied().unwrap_or("_OTHER");
        let text = status.to_string();
        let mut counted = tags([("status", &text), ("method", method)]);
        let mut timed = tags([("http.request.method", method), ("url.scheme", "http")]);
        timed.push(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
        if let Some(route) = route {
            counted.push(KeyValue::new("route", route.to_owned()));
            timed.push(KeyValue::new("http.route", route.to_owned()));
        }
        self.instruments.http_requests.add(1, &counted);
        self.instruments.http_duration.record(millis(took), &timed);
        let labels = vec![GATEWAY.into(), method.into(), text.into()];
        self.registry.add(Exposed::GatewayRequests, labels, 1.0);
        self.took(Operation::HttpRequest, took);
    }

    /// The HTTP side was asked for its health.
    pub(crate) fn http_side_asked(&self, healthy: bool) {
        let value = f64::from(u8::from(healthy));
        let labels = vec!["http".into()];
        self.registry.set(Exposed::HealthStatus, labels, value);
    }

    /// A connection of the HTTP side was opened (1) or closed (-1).
    pub(crate) fn connections_changed(&self, by: f64) {
        let labels = vec![GATEWAY.into()];
        self.registry.add(Exposed::GatewayConnections, labels, by);
    }

    /// An operation on the queue's database has ended.
    pub(crate) fn database_used(&self, operation: &'static str, took: Duration, succeeded: bool) {
        let mut tags = tags([
            ("db.system.name", "sqlite"),
            ("db.collection.name", "runs"),
            ("db.operation.name", operation),
        ]);
        if !succeeded {
            tags.push(KeyValue::new("error.type", "sqlite_error"));
        }
        let seconds = took.as_secs_f64();
        self.instruments.database_duration.record(seconds, &tags);
    }
}
