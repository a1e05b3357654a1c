//! Carries out one run: decomposes the request, forms a team, dispatches batches of tasks to agents
//! in parallel, retries what fails, and says all of it in spans and events.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::SpanKind;
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;

use crate::agent::AgentPool;
use crate::approval;
use crate::conversation::Conversation;
use crate::dispatch::Dispatcher;
use crate::error::TaskError;
use crate::events::{EventKind, TaskEvent};
use crate::llm::{self, Answer, Speaker};
use crate::model::{Role, StandIn};
use crate::options::Mishaps;
use crate::pace::Pace;
use crate::plan::{Plan, Request, Task, Work, Workflow};
use crate::plugin::Outbox;
use crate::queue::Run;
use crate::random::Random;
use crate::scope::{RunIdentity, Scope, TaskIdentity, count, millis};
use crate::telemetry::Telemetry;
use crate::toolbox::Toolbox;
use crate::tree::{Tree, remove_folder};

const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// Scratch trees of older runs are removed.
const KEPT_TREES: usize = 20;

/// Sets the randomness of the approval apart from that of tasks.
const APPROVAL_SALT: u64 = u64::MAX;

/// What all runs share.
#[derive(Debug)]
pub(crate) struct Orchestrator {
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) template: Tree,
    pub(crate) work_dir: PathBuf,
    pub(crate) pace: Pace,
    pub(crate) mishaps: Mishaps,
    pub(crate) random: Random,
    pub(crate) scratch_trees: Mutex<VecDeque<PathBuf>>,
}

impl Orchestrator {
    /// Opens the root span of a run. It starts when the request came in, so that waiting is part of
    /// it.
    pub(crate) fn open(&self, run: &Run) -> Scope {
        let suffix = run.id.trim_start_matches("run-");
        let identity = RunIdentity {
            run_id: run.id.clone(),
            session_id: format!("sess-{suffix}"),
            correlation_id: run.correlation_id.clone(),
            team: Workflow::from_name(&run.workflow).map_or("none", Workflow::team),
        };
        let created = SystemTime::UNIX_EPOCH
            + Duration::from_millis(u64::try_from(run.created_at_ms).unwrap_or_default());
        let waited_ms = run.started_at_ms.unwrap_or(run.created_at_ms) - run.created_at_ms;
        let mut attributes = vec![
            KeyValue::new("request.type", run.workflow.clone()),
            KeyValue::new("request.text", run.request.clone()),
            KeyValue::new("workflow.run.id", run.id.clone()),
            KeyValue::new("workflow.trigger", run.cause.clone()),
            KeyValue::new("queue.duration.ms", waited_ms),
            KeyValue::new("gen_ai.operation.name", "invoke_workflow"),
            KeyValue::new("gen_ai.workflow.name", run.workflow.clone()),
        ];
        if run.cause == "http" {
            attributes.extend([
                KeyValue::new("http.request.method", "POST"),
                KeyValue::new("http.route", "/api/workflows/{name}/trigger"),
                KeyValue::new(
                    "url.path",
                    format!("/api/workflows/{}/trigger", run.workflow),
                ),
                KeyValue::new("http.response.status_code", 202),
            ]);
        }
        let telemetry = Arc::clone(&self.telemetry);
        Scope::root(
            telemetry,
            identity,
            &remote_parent(run),
            created,
            attributes,
        )
    }

    /// Carries the run out. `root` ends with it.
    pub(crate) async fn execute(&self, root: &Scope, run: &Run) -> Result<(), TaskError> {
        root.emit(
            TaskEvent::new(
                EventKind::SessionStart,
                format!("session for {} started", run.workflow),
            )
            .tag("session"),
        );
        let workflow = root.child(
            "workflow.execute",
            SpanKind::Internal,
            vec![
                KeyValue::new("workflow.run.id", run.id.clone()),
                KeyValue::new("workflow.id", format!("wf-{}", run.workflow)),
                KeyValue::new("workflow.name", run.workflow.clone()),
                KeyValue::new("workflow.trigger", run.cause.clone()),
                KeyValue::new("gen_ai.operation.name", "invoke_workflow"),
                KeyValue::new("gen_ai.workflow.name", run.workflow.clone()),
            ],
        );
        let outcome = Box::pin(self.carry_out(root, &workflow, run)).await;
        let status = if outcome.is_ok() { "SUCCESS" } else { "FAILED" };
        workflow.set("workflow.status", status);
        workflow.set("workflow.duration.ms", millis(workflow.elapsed()));
        let outcome = workflow.finish("workflow.execute", outcome);
        root.emit(
            TaskEvent::new(
                EventKind::SessionEnd,
                format!("session ended with {status}"),
            )
            .with("status", status)
            .with("duration_ms", millis(root.elapsed()))
            .tag("session"),
        );
        root.finish("orchestrator.execute_request", outcome)
    }

    async fn carry_out(&self, root: &Scope, workflow: &Scope, run: &Run) -> Result<(), TaskError> {
        let Some(kind) = Workflow::from_name(&run.workflow) else {
            return Err(TaskError::new(
                "unknown_workflow",
                format!("no workflow {}", run.workflow),
            ));
        };
        let request = Request {
            workflow: kind,
            text: run.request.clone(),
            run_id: run.id.clone(),
        };
        let random = self.random.derive(run.sequence.unsigned_abs());
        let toolbox = self.scratch_toolbox(&run.id).await?;
        let plan = self
            .decompose(root, &request, &toolbox, random.clone())
            .await?;
        let parallel = plan.width() > 1;
        root.set("parallel", parallel);
        let pool = AgentPool::new(
            workflow.clone(),
            if parallel { "parallel" } else { "single" },
        );
        let dispatcher = Dispatcher {
            root: root.clone(),
            pool: Arc::clone(&pool),
            toolbox,
            pace: self.pace.clone(),
            mishaps: self.mishaps,
            random,
            request: request.text,
        };
        let team = form_team(root, &plan);
        let outcome = Box::pin(dispatch_all(&dispatcher, workflow, &team, plan)).await;
        pool.shut_down();
        root.set("agent.count", count(pool.spawned_count()));
        team.emit(
            TaskEvent::new(EventKind::TeamShutdown, "the team has ended its work")
                .with("team_id", team_id(root))
                .with("duration_ms", millis(team.elapsed()))
                .tag("team"),
        );
        team.finish("team.coordinate", outcome)
    }

    /// A copy of the tree for this run; the oldest copies are removed.
    async fn scratch_toolbox(&self, run_id: &str) -> Result<Toolbox, TaskError> {
        let target = self.work_dir.join("runs").join(run_id);
        let removed = {
            let mut kept = self
                .scratch_trees
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            kept.push_back(target.clone());
            if kept.len() > KEPT_TREES {
                kept.pop_front()
            } else {
                None
            }
        };
        let template = self.template.clone();
        let copied = tokio::task::spawn_blocking(move || {
            if let Some(folder) = removed {
                remove_folder(&folder)?;
            }
            template.scratch_copy(&target)
        });
        let tree = match copied.await {
            Ok(Ok(tree)) => tree,
            Ok(Err(error)) => {
                return Err(TaskError::new("scratch_copy_failed", format!("{error:#}")));
            }
            Err(error) => return Err(TaskError::new("scratch_copy_failed", error.to_string())),
        };
        Ok(Toolbox {
            tree: Arc::new(tree),
            outbox: Outbox::new(&self.work_dir),
            command_timeout: COMMAND_TIMEOUT,
        })
    }

    /// Asks a planning model and makes the plan.
    async fn decompose(
        &self,
        root: &Scope,
        request: &Request,
        toolbox: &Toolbox,
        mut random: Random,
    ) -> Result<Plan, TaskError> {
        let profile = Role::Architect.profile();
        let speaker = Speaker {
            agent_id: "planner".to_owned(),
            agent_type: "Planner",
        };
        let mut attributes = speaker.attributes(profile.model);
        attributes.push(KeyValue::new("gen_ai.operation.name", "plan"));
        let span = root.child("orchestrator.decompose", SpanKind::Internal, attributes);
        let mut stand_in = StandIn::new(profile, self.mishaps, random.derive(1));
        let tree = Arc::clone(&toolbox.tree);
        let copy = request.clone();
        let planned =
            tokio::task::spawn_blocking(move || Plan::decompose(&copy, &tree, &mut random))
                .await
                .map_err(|error| TaskError::new("planning_failed", error.to_string()));
        let outcome = match planned {
            Ok(plan) => {
                let text = format!("{}: {}", request.workflow.name(), request.text);
                let id = format!("conv-{}-plan", request.run_id);
                let mut conversation =
                    Conversation::new(id, "You split a request into tasks for agents.", &text);
                let wording = plan.describe();
                let answer = Answer {
                    text: &wording,
                    call: None,
                };
                llm::ask(
                    &span,
                    &speaker,
                    &mut stand_in,
                    &mut conversation,
                    answer,
                    &self.pace,
                )
                .await
                .map(|_| plan)
            }
            Err(error) => Err(error),
        };
        if let Ok(plan) = &outcome {
            span.set("task.count", count(plan.task_count()));
            plan.batches
                .iter()
                .flatten()
                .for_each(|task| announce(&span, task));
        }
        span.finish("orchestrator.decompose", outcome)
    }
}

fn announce(span: &Scope, task: &Task) {
    let role = task.role;
    let identity = TaskIdentity {
        task_id: task.id.clone(),
        task_type: task.kind(),
        files: task.files(),
        agent_id: role.name().to_owned(),
        agent_type: role.name(),
        model: role.profile().model,
    };
    span.for_task(identity).emit(
        TaskEvent::new(
            EventKind::TaskCreated,
            format!("task created: {}", task.title),
        )
        .with("component", "orchestrator")
        .tag("task"),
    );
}

/// The span of whoever sent the request, if the request said so in W3C trace context.
fn remote_parent(run: &Run) -> Context {
    let mut carrier = std::collections::HashMap::new();
    if let Some(traceparent) = &run.traceparent {
        carrier.insert("traceparent".to_owned(), traceparent.clone());
        carrier.extend(
            run.tracestate
                .iter()
                .map(|state| ("tracestate".to_owned(), state.clone())),
        );
    }
    TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier)
}

fn team_id(root: &Scope) -> String {
    root.run().run_id.replacen("run-", "team-", 1)
}

/// Opens `team.coordinate`: everybody the plan needs at the same time.
fn form_team(root: &Scope, plan: &Plan) -> Scope {
    let members = count(plan.width());
    let team = root.child(
        "team.coordinate",
        SpanKind::Internal,
        vec![
            KeyValue::new("team.id", team_id(root)),
            KeyValue::new("team.name", root.run().team),
            KeyValue::new("member_count", members),
            KeyValue::new("batch.count", count(plan.batches.len())),
        ],
    );
    team.emit(
        TaskEvent::new(EventKind::TeamCreated, format!("team of {members} formed"))
            .with("team_id", team_id(root))
            .with("member_count", members)
            .tag("team"),
    );
    team
}

/// Runs batch after batch; the first batch with a failed task ends it. A report gets to know what
/// was found before.
async fn dispatch_all(
    dispatcher: &Dispatcher,
    workflow: &Scope,
    team: &Scope,
    plan: Plan,
) -> Result<(), TaskError> {
    let mut found: Vec<String> = Vec::new();
    let mut batches: VecDeque<Vec<Task>> = plan.batches.into();
    let mut index = 0;
    while let Some(mut batch) = batches.pop_front() {
        for task in &mut batch {
            if let Work::Report { findings, .. } = &mut task.work {
                findings.clone_from(&found);
            }
        }
        let random = dispatcher.random.derive(APPROVAL_SALT);
        approval::obtain(workflow, &batch, &dispatcher.pace, random).await?;
        let results = dispatcher.dispatch(index, batch).await;
        let size = results.len();
        for result in results {
            found.push(result?.summary);
        }
        team.note(
            "batch_merged",
            vec![
                KeyValue::new("batch.index", count(index)),
                KeyValue::new("batch.size", count(size)),
                KeyValue::new("findings", count(found.len())),
            ],
        );
        dispatcher
            .pool
            .keep(|role| batches.iter().flatten().any(|task| task.role == role));
        index += 1;
    }
    Ok(())
}
