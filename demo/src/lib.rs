//! The example orchestrator: agents that do real work on real files, instrumented with the official
//! OpenTelemetry SDK as any application would be. Only the language model is played (`model.rs`,
//! `script.rs`). Start reading at [`run`], then `orchestrator.rs`; the guide is
//! `docs/guide/demo.md`.

mod agent;
mod approval;
mod command;
mod connection;
mod conversation;
mod dispatch;
mod error;
mod events;
mod guard;
mod http;
mod inbox;
mod llm;
mod metrics;
mod model;
pub mod options;
mod orchestrator;
mod pace;
mod parts;
mod plan;
mod plugin;
mod probe;
mod queue;
mod random;
mod sample_tree;
mod scheduler;
mod scope;
mod script;
mod telemetry;
mod tool;
mod toolbox;
mod tree;
mod webhook;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fs;
use std::future::Future;
use std::mem;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::metrics::endpoint::{self, Endpoint};
use crate::options::{MetricsListen, Options};
use crate::orchestrator::Orchestrator;
use crate::pace::Pace;
use crate::parts::Parts;
use crate::queue::Queue;
use crate::random::Random;
use crate::scheduler::{IdSource, Tally};
use crate::telemetry::{Identity, Telemetry};
use crate::tree::{Tree, remove_folder};

/// The workspace of agents that work on the built-in tree.
const SAMPLE: &str = "sample";

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Where the HTTP side listened; absent with `once`.
    pub address: Option<SocketAddr>,
    /// Runs that ended, oldest first, the last 1,000 at most.
    pub run_ids: Vec<String>,
    /// Runs that ended well.
    pub succeeded_count: u64,
    /// Runs that failed.
    pub failed_count: u64,
    /// Runs still waiting in the queue; the next start resumes them.
    pub pending_count: u64,
}

/// Runs the orchestrator until `shutdown` is ready, or with `once` until its request has ended.
/// Spans, log records and metrics are flushed before it returns. Needs a multi-threaded Tokio runtime with
/// time and I/O.
///
/// # Errors
/// Options out of range, a work folder that cannot be used or is in use, a taken port, a broken
/// queue. Telemetry that could not be delivered is a warning in our log, not an error.
pub async fn run(
    mut options: Options,
    shutdown: impl Future<Output = ()> + Send,
) -> anyhow::Result<Summary> {
    options.validate()?;
    let scraped = endpoint::open(mem::replace(
        &mut options.metrics_listen,
        MetricsListen::Off,
    ))?;
    let identity = Identity {
        environment: options.environment.clone(),
        instance_id: IdSource::new(options.seed).next(),
        workspace: workspace(options.repo.as_deref()),
    };
    let telemetry = Arc::new(Telemetry::start(
        &options.otlp_endpoint,
        &identity,
        options.speed,
    )?);
    let on_message = options.on_message.take();
    let say = |message: &str| match &on_message {
        Some(tell) => tell(message),
        None => tracing::info!("{message}"),
    };
    say("[OpenTelemetry] Instrumentation started");
    let work = run_instrumented(options, Arc::clone(&telemetry), scraped, shutdown);
    let result = Box::pin(work).await;
    let flushed = tokio::task::spawn_blocking(move || telemetry.shutdown()).await;
    if let Err(error) = flushed.context("the flush broke off").flatten() {
        tracing::warn!(
            error = format!("{error:#}"),
            "telemetry of the demo was lost"
        );
    }
    say("Shutdown complete");
    result
}

/// The name of the tree that agents work on.
fn workspace(repo: Option<&Path>) -> String {
    let name = repo.and_then(|repo| fs::canonicalize(repo).ok());
    let name = name.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || SAMPLE.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

async fn run_instrumented(
    options: Options,
    telemetry: Arc<Telemetry>,
    scraped: Option<(TcpListener, SocketAddr)>,
    shutdown: impl Future<Output = ()> + Send,
) -> anyhow::Result<Summary> {
    let (stop, stopped) = watch::channel(false);
    let work_dir = options.work_dir.clone();
    let repo = options.repo.clone();
    let (queue, template) = tokio::task::spawn_blocking(move || {
        fs::create_dir_all(&work_dir)
            .with_context(|| format!("failed to create {}", work_dir.display()))?;
        let queue = Queue::open(&work_dir.join("queue.db"))?;
        remove_folder(&work_dir.join("runs"))?;
        let template = Tree::template(repo.as_deref(), &work_dir.join("template"))?;
        anyhow::Ok((queue, template))
    })
    .await
    .context("the preparation broke off")??;
    let metrics = Arc::clone(&telemetry.metrics);
    let queue = queue.measured(Arc::clone(&metrics));
    let pace = Pace::new(options.speed, stopped);
    let endpoint = Endpoint {
        metrics,
        queue: queue.clone(),
        pace: pace.clone(),
        work_dir: options.work_dir.clone(),
        loopback: true,
    };
    // Ends when it is dropped.
    let _aside = measure(endpoint, scraped);
    let orchestrator = Arc::new(Orchestrator {
        telemetry,
        template,
        work_dir: options.work_dir.clone(),
        pace,
        mishaps: options.mishaps,
        random: Random::new(options.seed),
        scratch_trees: Mutex::new(VecDeque::new()),
    });
    let tally = Arc::new(Tally::default());
    let ids = Arc::new(IdSource::new(options.seed));
    let parts = Parts {
        orchestrator,
        queue: queue.clone(),
        tally: Arc::clone(&tally),
        ids,
    };
    let address = if options.once {
        parts.run_once(&stop, shutdown).await?;
        None
    } else {
        Some(Box::pin(parts.serve(options, stop, shutdown)).await?)
    };
    let run_ids = tally
        .run_ids
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .cloned()
        .collect();
    Ok(Summary {
        address,
        run_ids,
        succeeded_count: tally.succeeded.load(Ordering::Relaxed),
        failed_count: tally.failed.load(Ordering::Relaxed),
        pending_count: queue.counts().await?.pending,
    })
}

/// Answers scrapes and measures how late the runtime is.
fn measure(mut endpoint: Endpoint, scraped: Option<(TcpListener, SocketAddr)>) -> JoinSet<()> {
    let mut aside = JoinSet::new();
    aside.spawn(Arc::clone(&endpoint.metrics).probe());
    if let Some((listener, address)) = scraped {
        endpoint.loopback = address.ip().is_loopback();
        aside.spawn(async move {
            if let Err(error) = endpoint::serve(listener, endpoint).await {
                tracing::error!(
                    error = format!("{error:#}"),
                    "metrics are not exposed any more"
                );
            }
        });
    }
    aside
}
