//! The example orchestrator: agents that do real work on real files, instrumented with the official
//! OpenTelemetry SDK as any application would be. Only the language model is played (`model.rs`,
//! `script.rs`). Start reading at [`run`], then `orchestrator.rs`; the guide is
//! `docs/guide/demo.md`.

mod agent;
mod command;
mod conversation;
mod dispatch;
mod error;
mod events;
mod http;
mod llm;
mod model;
mod orchestrator;
mod pace;
mod plan;
mod plugin;
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

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::http::Api;
use crate::orchestrator::Orchestrator;
use crate::pace::Pace;
use crate::plan::Workflow;
use crate::queue::Queue;
use crate::random::Random;
use crate::scheduler::{IdSource, Tally, own_run};
use crate::telemetry::{Identity, Telemetry};
use crate::tree::{Tree, remove_folder};

const PORT: u16 = 9002;
const ENDPOINT: &str = "http://127.0.0.1:4317";
const CONCURRENCY: usize = 4;
const CONCURRENCY_MAX: usize = 256;
/// A run takes about 45 s and four run at once, so this keeps the queue short.
const RATE_PER_MINUTE: f64 = 4.0;
const PART_BROKE_OFF: &str = "a part of the demo broke off";
/// Open connections get this long to end after a stop.
const GRACE: Duration = Duration::from_secs(2);

/// Called with the address once the HTTP side listens.
pub type OnListening = Box<dyn FnOnce(SocketAddr) + Send>;
/// Called with the two messages that operators wait for: instrumentation started, shutdown
/// complete.
pub type OnMessage = Box<dyn Fn(&str) + Send + Sync>;

/// How the orchestrator runs.
pub struct Options {
    /// HTTP address; port 0 takes any free one. Not used with `once`.
    pub listen: SocketAddr,
    /// Source tree to work on, copied with limits and never changed; a built-in sample if absent.
    pub repo: Option<PathBuf>,
    /// Where queue, scratch trees, reports and notifications are kept; one process at a time.
    pub work_dir: PathBuf,
    /// OTLP over gRPC, for example `http://127.0.0.1:4317`.
    pub otlp_endpoint: String,
    /// Run one request (`fix-and-test`) to its end and return.
    pub once: bool,
    /// Requests a minute that the orchestrator makes by itself; 0 for none.
    pub rate: f64,
    /// Decides everything that looks like chance.
    pub seed: u64,
    /// Time compression: 10 makes every pause ten times shorter.
    pub speed: f64,
    /// Runs carried out at the same time; further ones wait in the queue.
    pub concurrency: usize,
    /// `deployment.environment`, usually `$ENVIRONMENT`.
    pub environment: String,
    /// How often things go wrong by chance.
    pub mishaps: Mishaps,
    /// Told the address once listening.
    pub on_listening: Option<OnListening>,
    /// Told what operators wait for; goes to `tracing` at level info if absent.
    pub on_message: Option<OnMessage>,
}

impl Options {
    /// Defaults: port 9002 on loopback, OTLP to port 4317, four requests a minute on the built-in
    /// tree.
    #[must_use]
    pub fn new(work_dir: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            repo: None,
            work_dir,
            otlp_endpoint: ENDPOINT.to_owned(),
            once: false,
            rate: RATE_PER_MINUTE,
            seed: 1,
            speed: 1.0,
            concurrency: CONCURRENCY,
            environment: "development".to_owned(),
            mishaps: Mishaps::default(),
            on_listening: None,
            on_message: None,
        }
    }

    fn validate(&self) -> anyhow::Result<()> {
        if !(self.speed.is_finite() && (0.001..=1_000_000.0).contains(&self.speed)) {
            bail!("speed {} is not between 0.001 and 1000000", self.speed);
        }
        if !(0.0..=60_000.0).contains(&self.rate) {
            bail!(
                "rate {} is not between 0 and 60000 requests a minute",
                self.rate
            );
        }
        if !(1..=CONCURRENCY_MAX).contains(&self.concurrency) {
            bail!(
                "concurrency {} is not between 1 and {CONCURRENCY_MAX}",
                self.concurrency
            );
        }
        Ok(())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("listen", &self.listen)
            .field("repo", &self.repo)
            .field("work_dir", &self.work_dir)
            .field("otlp_endpoint", &self.otlp_endpoint)
            .field("once", &self.once)
            .field("rate", &self.rate)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}

/// How often things go wrong, each between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mishaps {
    /// A model call is refused with status 429.
    pub rate_limit: f64,
    /// An agent falls into a loop: the same tool with the same arguments, four times.
    pub repeat: f64,
    /// An agent crashes in the middle of a task.
    pub crash: f64,
}

impl Default for Mishaps {
    fn default() -> Self {
        Self {
            rate_limit: 0.04,
            repeat: 0.03,
            crash: 0.01,
        }
    }
}

impl Mishaps {
    /// Nothing goes wrong by chance.
    pub const NONE: Self = Self {
        rate_limit: 0.0,
        repeat: 0.0,
        crash: 0.0,
    };
}

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
/// Spans and log records are flushed before it returns. Needs a multi-threaded Tokio runtime with
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
    let identity = Identity {
        environment: options.environment.clone(),
        instance_id: IdSource::new(options.seed).next(),
    };
    let telemetry = Arc::new(Telemetry::start(&options.otlp_endpoint, &identity)?);
    let on_message = options.on_message.take();
    let say = |message: &str| match &on_message {
        Some(tell) => tell(message),
        None => tracing::info!("{message}"),
    };
    say("[OpenTelemetry] Instrumentation started");
    let result = Box::pin(run_instrumented(options, Arc::clone(&telemetry), shutdown)).await;
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

async fn run_instrumented(
    options: Options,
    telemetry: Arc<Telemetry>,
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
    let orchestrator = Arc::new(Orchestrator {
        telemetry,
        template,
        work_dir: options.work_dir.clone(),
        pace: Pace::new(options.speed, stopped),
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

struct Parts {
    orchestrator: Arc<Orchestrator>,
    queue: Queue,
    tally: Arc<Tally>,
    ids: Arc<IdSource>,
}

impl Parts {
    async fn run_once(
        &self,
        stop: &watch::Sender<bool>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<()> {
        let text = "repair what may end the process and prove it";
        let run = own_run(&self.ids, Workflow::FixAndTest, text, "cli");
        let id = run.id.clone();
        if !self.queue.push(run).await? {
            bail!("too many runs are waiting in the queue");
        }
        let run = self
            .queue
            .claim(Some(id))
            .await?
            .context("the run is gone from the queue")?;
        let mut work = pin!(scheduler::carry_out(
            &self.orchestrator,
            &self.queue,
            &self.tally,
            &run
        ));
        tokio::select! {
            done = &mut work => done,
            () = shutdown => {
                stop.send_replace(true);
                work.await
            }
        }
    }

    async fn serve(
        self,
        options: Options,
        stop: watch::Sender<bool>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind(options.listen)
            .await
            .with_context(|| format!("failed to listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        let pace = self.orchestrator.pace.clone();
        let mut tasks: JoinSet<anyhow::Result<()>> = JoinSet::new();
        let api = Api {
            queue: self.queue.clone(),
            ids: Arc::clone(&self.ids),
            telemetry: Arc::clone(&self.orchestrator.telemetry),
            loopback: address.ip().is_loopback(),
        };
        let (draining, overdue) = (pace.clone(), pace);
        tasks.spawn(async move {
            let server = axum::serve(listener, http::router(api))
                .with_graceful_shutdown(async move { draining.stopped().await })
                .into_future();
            let late = async {
                overdue.stopped().await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                done = server => done.context("the HTTP side of the demo failed"),
                () = late => Ok(()),
            }
        });
        let Self {
            orchestrator,
            queue,
            tally,
            ids,
        } = self;
        tasks.spawn(Box::pin(scheduler::work(
            Arc::clone(&orchestrator),
            queue.clone(),
            tally,
            options.concurrency,
        )));
        tasks.spawn(scheduler::generate(orchestrator, queue, ids, options.rate));
        if let Some(announce) = options.on_listening {
            announce(address);
        }
        // Whatever ends first, be it the wish to stop or a broken part, ends the others.
        let mut result = tokio::select! {
            () = shutdown => Ok(()),
            Some(joined) = tasks.join_next() => joined.context(PART_BROKE_OFF).flatten(),
        };
        stop.send_replace(true);
        while let Some(joined) = tasks.join_next().await {
            result = result.and(joined.context(PART_BROKE_OFF).flatten());
        }
        result.map(|()| address)
    }
}
