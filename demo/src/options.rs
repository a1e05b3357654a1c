//! What can be chosen: addresses, the tree, how much and how fast, and how often things go wrong.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::bail;

const PORT: u16 = 9002;
const METRICS_PORT: u16 = 9464;
const ENDPOINT: &str = "http://127.0.0.1:4317";
const CONCURRENCY: usize = 4;
const CONCURRENCY_MAX: usize = 256;
/// A run takes about 45 s and four run at once, so this keeps the queue short.
const RATE_PER_MINUTE: f64 = 4.0;

/// Called with the address once the HTTP side listens.
pub type OnListening = Box<dyn FnOnce(SocketAddr) + Send>;
/// Called with the two messages that operators wait for: instrumentation started, shutdown
/// complete.
pub type OnMessage = Box<dyn Fn(&str) + Send + Sync>;

/// Where `/metrics` is served.
#[derive(Debug)]
pub enum MetricsListen {
    /// Nowhere.
    Off,
    /// On this address; port 0 takes any free one.
    At(SocketAddr),
    /// On a listener that is open already, so that its address is known before the start.
    Open(TcpListener),
}

impl Default for MetricsListen {
    /// Port 9464 on loopback.
    fn default() -> Self {
        Self::At(SocketAddr::from((Ipv4Addr::LOCALHOST, METRICS_PORT)))
    }
}

/// How the orchestrator runs.
pub struct Options {
    /// HTTP address; port 0 takes any free one. Not used with `once`.
    pub listen: SocketAddr,
    /// A listener that is open already, so that its address is known before the start; instead of `listen`.
    pub listener: Option<TcpListener>,
    /// Where mail about alerts is taken (SMTP); nowhere if absent.
    pub mail: Option<TcpListener>,
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
    /// Where `/metrics` is served, with `once` too.
    pub metrics_listen: MetricsListen,
    /// Told the address once listening.
    pub on_listening: Option<OnListening>,
    /// Told what operators wait for; goes to `tracing` at level info if absent.
    pub on_message: Option<OnMessage>,
}

impl Options {
    /// Defaults: port 9002 on loopback, `/metrics` on port 9464, OTLP to port 4317, four requests a
    /// minute on the built-in tree.
    #[must_use]
    pub fn new(work_dir: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            listener: None,
            mail: None,
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
            metrics_listen: MetricsListen::default(),
            on_listening: None,
            on_message: None,
        }
    }

    pub(crate) fn validate(&self) -> anyhow::Result<()> {
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
            .field("metrics_listen", &self.metrics_listen)
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
