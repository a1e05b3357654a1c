//! Takes runs from the queue and carries them out, a bounded number at a time, and makes requests
//! of its own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::orchestrator::Orchestrator;
use crate::plan::Workflow;
use crate::queue::{NewRun, Queue, Run};
use crate::random::Random;

/// Own requests pause while this many runs are waiting.
const BACKLOG_MAX: u64 = 20;
const REMEMBERED_RUNS: usize = 1_000;

/// Requests as people would put them.
const REQUESTS: [(Workflow, &str); 10] = [
    (
        Workflow::ScanAndNotify,
        "scan the tree before the release and tell the team",
    ),
    (
        Workflow::ScanAndNotify,
        "which places still say 'sleep', and what else is unfinished?",
    ),
    (Workflow::FixAndTest, "make the import survive bad rows"),
    (
        Workflow::ScanAndNotify,
        "is there any password in the configuration?",
    ),
    (
        Workflow::FixAndTest,
        "nothing may end the process any more, repair what does",
    ),
    (Workflow::ScanAndNotify, "weekly health report"),
    (Workflow::FixAndTest, "clear the notes left in the code"),
    (
        Workflow::TestFailure,
        "run the acceptance test of the release candidate",
    ),
    (Workflow::ScanAndNotify, "who uses \"replace\" and why?"),
    (Workflow::FixAndTest, "prepare the code for review"),
];

/// What has been done since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) succeeded: AtomicU64,
    pub(crate) failed: AtomicU64,
    /// The last runs that ended, oldest first.
    pub(crate) run_ids: Mutex<VecDeque<String>>,
}

impl Tally {
    fn add(&self, run_id: &str, succeeded: bool) {
        let counter = if succeeded {
            &self.succeeded
        } else {
            &self.failed
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut ids = self.run_ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.push_back(run_id.to_owned());
        if ids.len() > REMEMBERED_RUNS {
            ids.pop_front();
        }
    }
}

/// Makes ids that no other run of any process has.
#[derive(Debug)]
pub(crate) struct IdSource {
    seed: u64,
    next: AtomicU64,
}

impl IdSource {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
        }
    }

    /// 16 hex digits.
    pub(crate) fn next(&self) -> String {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(now.as_nanos().to_le_bytes());
        hash.update(std::process::id().to_le_bytes());
        hash.update(self.next.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        hash.finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Carries one claimed run out and notes how it ended.
pub(crate) async fn carry_out(
    orchestrator: &Orchestrator,
    queue: &Queue,
    tally: &Tally,
    run: &Run,
) -> anyhow::Result<()> {
    let root = orchestrator.open(run);
    let metrics = root.metrics();
    metrics.run_began();
    queue
        .note_trace(&run.id, root.span_context().trace_id().to_string())
        .await?;
    let outcome = Box::pin(orchestrator.execute(&root, run)).await;
    metrics.run_ended(run, root.elapsed(), outcome.is_ok());
    tally.add(&run.id, outcome.is_ok());
    queue
        .finish(&run.id, outcome.err().map(|error| error.to_string()))
        .await
}

/// Works until stopped. Runs in progress then end as cancelled, waiting ones stay in the queue.
pub(crate) async fn work(
    orchestrator: Arc<Orchestrator>,
    queue: Queue,
    tally: Arc<Tally>,
    concurrency: usize,
) -> anyhow::Result<()> {
    let slots = Arc::new(Semaphore::new(concurrency));
    let mut running: JoinSet<anyhow::Result<()>> = JoinSet::new();
    let mut failure = None;
    while !orchestrator.pace.is_stopped() {
        while let Some(joined) = running.try_join_next() {
            failure = failure.or(joined.context("a run was lost").flatten().err());
        }
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => slot?,
            () = orchestrator.pace.stopped() => break,
        };
        let Some(run) = queue.claim(None).await? else {
            drop(slot);
            tokio::select! {
                () = queue.arrival() => {}
                () = orchestrator.pace.stopped() => {}
            }
            continue;
        };
        let (orchestrator, queue) = (Arc::clone(&orchestrator), queue.clone());
        let tally = Arc::clone(&tally);
        running.spawn(async move {
            let done = Box::pin(carry_out(&orchestrator, &queue, &tally, &run)).await;
            drop(slot);
            done
        });
    }
    while let Some(joined) = running.join_next().await {
        failure = failure.or(joined.context("a run was lost").flatten().err());
    }
    failure.map_or(Ok(()), Err)
}

/// Pushes `per_minute` requests a minute until stopped.
pub(crate) async fn generate(
    orchestrator: Arc<Orchestrator>,
    queue: Queue,
    ids: Arc<IdSource>,
    per_minute: f64,
) -> anyhow::Result<()> {
    if per_minute <= 0.0 {
        orchestrator.pace.stopped().await;
        return Ok(());
    }
    let mut random: Random = orchestrator.random.derive(u64::MAX);
    let mut index = 0;
    loop {
        if queue.counts().await?.pending < BACKLOG_MAX {
            let (workflow, text) = REQUESTS[index % REQUESTS.len()];
            index += 1;
            queue
                .push(own_run(&ids, workflow, text, "schedule"))
                .await?;
        }
        // Evenly spaced with some jitter; people do not send requests to the beat.
        let pause = Duration::from_secs_f64(60.0 / per_minute * (0.5 + random.unit()));
        if orchestrator.pace.sleep(pause).await.is_err() {
            return Ok(());
        }
    }
}

/// A run that nobody else asked for.
pub(crate) fn own_run(
    ids: &IdSource,
    workflow: Workflow,
    text: &str,
    cause: &'static str,
) -> NewRun {
    NewRun {
        id: format!("run-{}", ids.next()),
        workflow,
        request: text.to_owned(),
        cause,
        correlation_id: format!("corr-{}", ids.next()),
        traceparent: None,
        tracestate: None,
    }
}
