//! The thread that runs through a request: the current span, the ids every span and log record
//! carries, and the ways to open child spans, record failures and send events. Everything that
//! works for a run gets a [`Scope`].

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _};
use opentelemetry::trace::{
    Link, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Context, Key, KeyValue};

use crate::error::TaskError;
use crate::events::{TaskEvent, level_code, missing_fields};
use crate::metrics::Metrics;
use crate::telemetry::Telemetry;

/// Ids shared by everything a run reports.
#[derive(Debug, Clone)]
pub(crate) struct RunIdentity {
    pub(crate) run_id: String,
    pub(crate) session_id: String,
    pub(crate) correlation_id: String,
    /// Who pays: the team that the workflow belongs to.
    pub(crate) team: &'static str,
}

/// Who works on which task.
#[derive(Debug, Clone)]
pub(crate) struct TaskIdentity {
    pub(crate) task_id: String,
    pub(crate) task_type: &'static str,
    pub(crate) files: Vec<String>,
    pub(crate) agent_id: String,
    pub(crate) agent_type: &'static str,
    pub(crate) model: &'static str,
}

/// An open span with its identity. Clones share the span; [`Scope::end`] closes it for all.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    telemetry: Arc<Telemetry>,
    run: Arc<RunIdentity>,
    task: Option<Arc<TaskIdentity>>,
    component: &'static str,
    context: Context,
    started: Instant,
}

/// A length as OTLP's integer type.
pub(crate) fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Scope {
    /// The root span of a request: child of `parent` if that carries a remote span.
    pub(crate) fn root(
        telemetry: Arc<Telemetry>,
        run: RunIdentity,
        parent: &Context,
        start: SystemTime,
        attributes: Vec<KeyValue>,
    ) -> Self {
        let none = Self {
            telemetry,
            run: Arc::new(run),
            task: None,
            component: "orchestrator",
            context: parent.clone(),
            started: Instant::now(),
        };
        let builder = SpanBuilder::from_name("orchestrator.execute_request")
            .with_kind(SpanKind::Server)
            .with_start_time(start);
        none.open(builder, attributes)
    }

    /// Opens a child span.
    pub(crate) fn child(
        &self,
        name: &'static str,
        kind: SpanKind,
        attributes: Vec<KeyValue>,
    ) -> Self {
        self.open(SpanBuilder::from_name(name).with_kind(kind), attributes)
    }

    /// Opens an internal child span that also points at another span of the trace.
    pub(crate) fn child_linked(
        &self,
        name: &'static str,
        linked: SpanContext,
        attributes: Vec<KeyValue>,
    ) -> Self {
        let builder = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Internal)
            .with_links(vec![Link::new(linked, Vec::new(), 0)]);
        self.open(builder, attributes)
    }

    /// The same span, seen by somebody who works on a task.
    pub(crate) fn for_task(&self, task: TaskIdentity) -> Self {
        let mut scope = self.clone();
        scope.task = Some(Arc::new(task));
        scope.component = "agent";
        scope
    }

    fn open(&self, builder: SpanBuilder, mut attributes: Vec<KeyValue>) -> Self {
        attributes.extend(self.common_attributes());
        let span = self
            .telemetry
            .tracer
            .build_with_context(builder.with_attributes(attributes), &self.context);
        let mut scope = self.clone();
        scope.context = self.context.with_span(span);
        scope.started = Instant::now();
        scope
    }

    fn common_attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![
            KeyValue::new("run_id", self.run.run_id.clone()),
            KeyValue::new("session_id", self.run.session_id.clone()),
            KeyValue::new("session.id", self.run.session_id.clone()),
            KeyValue::new("correlation_id", self.run.correlation_id.clone()),
            KeyValue::new("worker_type", self.worker_type()),
        ];
        if let Some(task) = &self.task {
            attributes.push(KeyValue::new("task_id", task.task_id.clone()));
        }
        attributes
    }

    fn worker_type(&self) -> &'static str {
        self.task
            .as_ref()
            .map_or("orchestrator", |task| task.agent_type)
    }

    pub(crate) fn run(&self) -> &RunIdentity {
        &self.run
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.telemetry.metrics
    }

    pub(crate) fn task(&self) -> Option<&TaskIdentity> {
        self.task.as_deref()
    }

    pub(crate) fn span_context(&self) -> SpanContext {
        self.context.span().span_context().clone()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn set(&self, key: &'static str, value: impl Into<opentelemetry::Value>) {
        self.context.span().set_attribute(KeyValue::new(key, value));
    }

    pub(crate) fn set_all(&self, attributes: Vec<KeyValue>) {
        self.context.span().set_attributes(attributes);
    }

    /// Adds a span event.
    pub(crate) fn note(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
        self.context.span().add_event(name, attributes);
    }

    /// Records the failure as an exception, marks the span as failed and ends it.
    pub(crate) fn fail(&self, error: &TaskError) {
        let span = self.context.span();
        span.add_event(
            "exception",
            vec![
                KeyValue::new("exception.type", error.code()),
                KeyValue::new("exception.message", error.message().to_owned()),
                KeyValue::new("exception.stacktrace", error.stacktrace()),
            ],
        );
        span.set_attribute(KeyValue::new("error.type", error.code()));
        span.set_status(Status::error(error.to_string()));
        span.end();
    }

    /// Marks the span as done well and ends it.
    pub(crate) fn end(&self) {
        let span = self.context.span();
        span.set_status(Status::Ok);
        span.end();
    }

    /// Ends the span by the outcome and hands the outcome on.
    #[track_caller]
    pub(crate) fn finish<T>(
        &self,
        name: &str,
        outcome: Result<T, TaskError>,
    ) -> Result<T, TaskError> {
        match outcome {
            Ok(value) => {
                self.end();
                Ok(value)
            }
            Err(error) => {
                let error = error.within(name);
                self.fail(&error);
                Err(error)
            }
        }
    }

    /// As [`Scope::finish`], with more attributes if all went well.
    #[track_caller]
    pub(crate) fn finish_with<T>(
        &self,
        name: &str,
        outcome: Result<T, TaskError>,
        attributes: impl FnOnce(&T) -> Vec<KeyValue>,
    ) -> Result<T, TaskError> {
        if let Ok(value) = &outcome {
            self.set_all(attributes(value));
        }
        self.finish(name, outcome)
    }

    /// Sends a log record with the common fields, tied to the current span. A missing required
    /// field is reported in the record itself (`event.violations`) and in our own log.
    pub(crate) fn emit(&self, event: TaskEvent) {
        let TaskEvent {
            kind,
            message,
            mut fields,
            tags,
        } = event;
        let definition = kind.definition();
        self.add_common_fields(&mut fields);
        if !tags.is_empty() {
            fields.push((Key::from_static_str("tags"), tags.into_iter().collect()));
        }
        let missing: Vec<&str> = missing_fields(kind, &fields).collect();
        if !missing.is_empty() {
            tracing::warn!(event = definition.name, missing = ?missing, "event lacks required fields");
            fields.push((
                Key::from_static_str("event.violations"),
                missing.into_iter().collect(),
            ));
        }
        let logger = &self.telemetry.logger;
        let mut record = logger.create_log_record();
        record.set_event_name(definition.name);
        record.set_timestamp(SystemTime::now());
        record.set_severity_number(definition.severity);
        record.set_severity_text(definition.severity.name());
        record.set_body(AnyValue::from(message));
        record.add_attribute("event", definition.name);
        record.add_attribute("level", definition.severity.name());
        record.add_attribute("level_code", level_code(definition.severity));
        record.add_attributes(fields);
        let span = self.context.span();
        let span_context = span.span_context();
        record.set_trace_context(
            span_context.trace_id(),
            span_context.span_id(),
            Some(span_context.trace_flags()),
        );
        logger.emit(record);
    }

    /// Adds what every record carries (REQUIREMENTS R89); a field the event already has wins.
    fn add_common_fields(&self, fields: &mut Vec<(Key, AnyValue)>) {
        let mut common: Vec<(&'static str, AnyValue)> = vec![
            ("correlation_id", self.run.correlation_id.clone().into()),
            ("session_id", self.run.session_id.clone().into()),
            ("session.id", self.run.session_id.clone().into()),
            ("run_id", self.run.run_id.clone().into()),
            ("worker_type", self.worker_type().into()),
            ("component", self.component.into()),
        ];
        if let Some(task) = &self.task {
            common.push(("agent", task.agent_id.clone().into()));
            common.push(("model", task.model.into()));
            common.push(("task_id", task.task_id.clone().into()));
            common.push(("metadata", self.metadata(task)));
        } else {
            common.push(("agent", "orchestrator".into()));
            common.push(("model", "none".into()));
        }
        common.push(("duration_ms", millis(self.elapsed()).into()));
        for (key, value) in common {
            if !fields.iter().any(|(present, _)| present.as_str() == key) {
                fields.push((Key::from_static_str(key), value));
            }
        }
    }

    fn metadata(&self, task: &TaskIdentity) -> AnyValue {
        let files: AnyValue = task.files.iter().cloned().collect();
        [
            ("task_id", AnyValue::from(task.task_id.clone())),
            ("task_type", task.task_type.into()),
            ("files_involved", files),
            ("parent_task", self.run.run_id.clone().into()),
        ]
        .into_iter()
        .collect()
    }
}
