//! Waiting for an approval before agents change files. Who approves is played: the answer is always
//! yes, after a pause as somebody would make who looks at the list of files first. The wait itself
//! is real, and so are the span and the metric about it.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

use crate::error::TaskError;
use crate::pace::Pace;
use crate::plan::{Task, Work};
use crate::random::Random;
use crate::scope::{Scope, count};

const PAUSE_MEDIAN_S: f64 = 3.0;
const PAUSE_MIN_S: f64 = 0.5;
const PAUSE_MAX_S: f64 = 12.0;

/// Waits below `workflow` if the batch would change files that somebody else has written.
pub(crate) async fn obtain(
    workflow: &Scope,
    batch: &[Task],
    pace: &Pace,
    mut random: Random,
) -> Result<(), TaskError> {
    let changes = batch
        .iter()
        .filter(|task| matches!(task.work, Work::Fix(_)));
    let changes = changes.count();
    if changes == 0 {
        return Ok(());
    }
    let span = workflow.child(
        "workflow.await_approval",
        SpanKind::Internal,
        vec![
            KeyValue::new("workflow.run.id", workflow.run().run_id.clone()),
            KeyValue::new("approval.reason", "agents are going to change files"),
            KeyValue::new("approval.file_count", count(changes)),
            KeyValue::new("approval.played", true),
        ],
    );
    let seconds = random.lognormal(PAUSE_MEDIAN_S, 0.6);
    let pause = Duration::from_secs_f64(seconds.clamp(PAUSE_MIN_S, PAUSE_MAX_S));
    let waited = pace.sleep(pause).await;
    if waited.is_ok() {
        span.set("approval.status", "APPROVED");
        span.metrics().approval_given(span.elapsed());
    }
    span.finish("workflow.await_approval", waited)
}
