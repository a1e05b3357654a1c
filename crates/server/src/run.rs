//! From start to stop of one server.
//!
//! Order: configuration, own log, old ready file away, bind, announce, serve `/health` while the
//! log is replayed, then everything; ready file; wait; drain; close the store.

use crate::alerts::evaluator::Ground;
use crate::alerts::facts::Facts;
use crate::alerts::sources::Reader;
use crate::alerts::{self, Alerts};
use crate::app::Apps;
use crate::auth;
use crate::config::load::Flag;
use crate::config::settings::Config;
use crate::error::{Error, ErrorKind};
use crate::flows;
use crate::listener::{self, Shared, Times};
use crate::memory;
use crate::own;
use crate::pool::Pool;
use crate::ready::{self, Addresses};
use crate::reload;
use crate::scrape::setup::{self, Scraping};
use crate::signals::{Asked, Signals};
use crate::slots;
use crate::start::Start;
use crate::state::{Core, Parts, ServerState};
use crate::telemetry::process;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::{self, Ingest};
use tacho_ingest::metrics::settings::{LabelLimits, SampleSettings};
use tacho_ingest::replay::ReplayDecoder;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_stdx::clock::{Clock, SystemClock};
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::read::ReadStore;
use tacho_storage::state::SmallState;
use tacho_storage::state::sqlite::SqliteState;
use tacho_storage::store::{self, Store, Upkeep};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Time between looks at whether the store has failed.
const FAILURE_LOOK: Duration = Duration::from_millis(100);

/// How a server is to be started.
pub struct Options {
    /// The configuration file; the usual ones are tried if absent.
    pub config_path: Option<PathBuf>,
    /// Keys given on the command line.
    pub flags: Vec<Flag>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The ready file.
    pub ready_file: Option<PathBuf>,
    /// Lets listeners beyond loopback open without tokens.
    pub insecure: bool,
    /// Stops the server when it completes, beside signals.
    pub shutdown: Option<BoxFuture<'static, ()>>,
    /// Called once everything answers.
    pub on_ready: Option<OnReady>,
    /// What is this process's and not only this server's.
    pub process: ProcessUse,
    /// Touches files.
    pub io: Arc<dyn Io>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Called with the real addresses.
pub type OnReady = Box<dyn FnOnce(&Addresses) + Send>;

/// Which things of the process a server may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessUse {
    /// Signals, standard output, the log: the server is the program.
    Whole,
    /// None of them: the server runs inside another program or test.
    Inside,
}

impl Options {
    /// The machine's files and clock, the process as a whole, nothing given.
    pub fn standard(env: BTreeMap<String, String>) -> Self {
        Self {
            config_path: None,
            flags: Vec::new(),
            env,
            ready_file: None,
            insecure: false,
            shutdown: None,
            on_ready: None,
            process: ProcessUse::Whole,
            io: Arc::new(StdIo),
            clock: Arc::new(SystemClock::new()),
        }
    }
}

/// Runs a server until it is told to stop. `Ok` means that everything is on disk.
///
/// # Errors
/// `Invalid` for a wrong configuration, `Conflict` if folder or address are in use, `Unavailable`
/// if the log failed while running: then the process must exit at once.
pub async fn run(mut options: Options) -> Result<(), Error> {
    let shutdown = options
        .shutdown
        .take()
        .unwrap_or_else(|| Box::pin(std::future::pending()));
    let on_ready = options.on_ready.take();
    let start = Start::prepare(&mut options)?;
    let bound = start.bind().await?;
    let own_spans = start.own_spans.clone();
    let config = start.config.clone();
    let (stop, stopping) = watch::channel(false);
    let (server, shared) = Server::assemble(options, start, Addresses::of(&bound), stopping)?;
    let mut listeners = JoinSet::new();
    for one in bound {
        listeners.spawn(listener::serve(one, shared.clone()));
    }
    if server.process == ProcessUse::Whole {
        process::raise_open_files_limit();
        server.addresses.announce();
    }
    let outcome = server.until_stopped(&config, shutdown, on_ready).await;
    server.state.readiness.stop();
    if let Some(path) = &server.ready_file {
        let _ = ready::remove(server.io.as_ref(), path);
    }
    // A failed log is the one thing that is not to be drained: nothing can be made durable.
    let failed = matches!(&outcome, Err(error) if error.kind() == ErrorKind::Unavailable);
    let closed = if failed {
        Ok(())
    } else {
        let _ = stop.send(true);
        drain(&mut listeners, config.http.shutdown_timeout).await;
        server.close().await
    };
    listeners.abort_all();
    if let Some(own_spans) = own_spans {
        let _ = tokio::task::spawn_blocking(move || own_spans.stop()).await;
    }
    outcome.and(closed)
}

/// Lets running requests end, but not for ever.
async fn drain(listeners: &mut JoinSet<()>, time: Duration) {
    let drained = tokio::time::timeout(time, async {
        while listeners.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!("some requests were still running when their time was over");
    }
}

struct Server {
    io: Arc<dyn Io>,
    clock: Arc<dyn Clock>,
    ready_file: Option<PathBuf>,
    process: ProcessUse,
    state: Arc<ServerState>,
    apps: Arc<Apps>,
    data_dir: PathBuf,
    addresses: Addresses,
    given_token: Option<String>,
}

impl Server {
    /// Puts the parts together; nothing runs yet but the threads of the query pool.
    fn assemble(
        options: Options,
        start: Start,
        addresses: Addresses,
        stopping: watch::Receiver<bool>,
    ) -> Result<(Self, Shared), Error> {
        let config = &start.config;
        let state = Arc::new(ServerState::new(Parts {
            version: VERSION,
            clock: Arc::clone(&options.clock),
            changeable: start
                .reloader(&addresses)
                .changeable(start.written.clone(), None),
            pool: Pool::start(config.query.max_concurrent, config.query.max_waiting)?,
            log: start.log.clone(),
            own_spans: start.own_spans.is_some(),
            tokens_needed: start.tokens_needed,
            stopping: stopping.clone(),
            reload: start.reloader(&addresses),
        }));
        *state.shown.write() = start.shown.clone();
        let apps = Arc::new(Apps::new(&state));
        let routers = Arc::clone(&apps);
        let shared = Shared {
            app: Arc::new(move |kind| routers.router(kind)),
            connections: Arc::clone(&state.connections),
            places: Arc::new(Semaphore::new(config.http.max_connections)),
            clock: Arc::clone(&options.clock),
            times: Times::from(&config.http),
            streams_max: config.http.max_streams,
            tls: start.tls,
            stopping,
        };
        let server = Self {
            io: options.io,
            clock: options.clock,
            ready_file: options.ready_file,
            process: options.process,
            state,
            apps,
            data_dir: start.data_dir,
            addresses,
            given_token: start.given_token,
        };
        Ok((server, shared))
    }

    /// Opens the store and serves until something says stop.
    async fn until_stopped(
        &self,
        config: &Config,
        mut shutdown: BoxFuture<'static, ()>,
        on_ready: Option<OnReady>,
    ) -> Result<(), Error> {
        let mut signals = Signals::new(self.process)?;
        let opened = {
            let mut opening = std::pin::pin!(self.open_store(config));
            loop {
                tokio::select! {
                    store = &mut opening => break Some(store?),
                    asked = signals.next() => if matches!(asked, Asked::Stop) { break None },
                    () = &mut shutdown => break None,
                }
            }
        };
        let Some(store) = opened else { return Ok(()) };
        self.open_routes(config, &store)?;
        if let Some(core) = self.state.core_if_ready() {
            core.scraping.apply(config.scrape.prometheus.as_ref()).await;
        }
        if let Some(on_ready) = on_ready {
            on_ready(&self.addresses);
        }
        let mut background = self.background(&store);
        let outcome = loop {
            tokio::select! {
                asked = signals.next() => match asked {
                    Asked::Stop => break Ok(()),
                    Asked::Reload => self.reload().await,
                },
                () = &mut shutdown => break Ok(()),
                reason = failure(&store) => {
                    tracing::error!(reason, "the store has failed: exiting without delay");
                    let message = format!("the store has failed: {reason}");
                    break Err(Error::new(ErrorKind::Unavailable, message)
                        .with_hint("start again: the log is replayed"));
                }
            }
        };
        background.abort_all();
        outcome
    }

    /// Starts what goes on beside requests.
    fn background(&self, store: &Arc<Store>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(memory::watch(Arc::clone(store)));
        tasks.spawn(slots::keep(Arc::clone(self.state.slots())));
        tasks.spawn(own::metrics::keep(
            Arc::clone(&self.state),
            Arc::clone(&self.io),
        ));
        if let Some(core) = self.state.core_if_ready() {
            tasks.spawn(Arc::clone(&core.alerts.notifier).keep());
            let (flows, ingest) = (Arc::clone(&self.state.flows), Arc::clone(&core.ingest));
            tasks.spawn(flows::watch(flows, ingest, Arc::clone(&self.clock)));
        }
        tasks
    }

    async fn open_store(&self, config: &Config) -> Result<Arc<Store>, Error> {
        let parts = store::Parts {
            io: Arc::clone(&self.io),
            clock: Arc::clone(&self.clock),
            dir: self.data_dir.clone(),
            config: config.storage.clone(),
            upkeep: Upkeep::Thread,
        };
        let state = Arc::clone(&self.state);
        let opened = tokio::task::spawn_blocking(move || {
            Store::open(parts, &ReplayDecoder, &|share| {
                state.readiness.set_progress(share);
            })
        });
        match opened.await {
            Ok(store) => Ok(store?),
            Err(error) => Err(
                Error::new(ErrorKind::Internal, "open the store: it failed inside")
                    .with_source(error),
            ),
        }
    }

    fn open_routes(&self, config: &Config, store: &Arc<Store>) -> Result<(), Error> {
        let io = self.io.as_ref();
        let admin = auth::admin_token(io, &self.data_dir, self.given_token.as_deref())?;
        let written = self.state.changeable().config.clone();
        let changeable = self.state.reload.changeable(written, Some(&admin));
        *self.state.changeable.write() = Arc::new(changeable);
        let ingest_config = ingest::Config {
            limits: config.limits,
            config_epoch: 0,
        };
        let ingest = Arc::new(Ingest::new(
            Arc::clone(store),
            ingest_config,
            Arc::clone(&self.clock),
        ));
        ingest.set_sample_settings(sample_settings(config, &ingest.sample_settings()));
        self.state
            .slots()
            .open(Arc::clone(&self.io), &self.data_dir)?;
        let limits = Limits {
            groups_max: config.query.max_groups,
            page_bytes_max: config.query.response_bytes as u64,
            ..Limits::default()
        };
        let readable: Arc<dyn ReadStore> = Arc::clone(store) as Arc<dyn ReadStore>;
        let engine = Arc::new(Engine::new(readable, limits));
        self.apps.open(&self.state, &ingest);
        let ground = Ground {
            store: Arc::clone(store),
            engine: Arc::clone(&engine),
            ingest: Arc::clone(&ingest),
            tenant: self.state.tenant.clone(),
        };
        let alerts = Arc::new(self.open_alerts(ground)?);
        self.state.set_core(Core {
            store: Arc::clone(store),
            scraping: self.start_scraping(config, &ingest),
            alerts: Arc::clone(&alerts),
            ingest: Arc::clone(&ingest),
            engine,
        });
        alerts.start(&ingest)?;
        if let Some(path) = &self.ready_file {
            ready::write(io, path, &self.addresses, VERSION)?;
        }
        tracing::info!(
            version = VERSION,
            data_dir = %self.data_dir.display(),
            addresses = self.addresses.line(),
            "ready"
        );
        Ok(())
    }

    /// Reads rules and routes; a server with wrong ones does not start.
    fn open_alerts(&self, ground: Ground) -> Result<Alerts, Error> {
        let config = self.state.changeable().config.clone();
        let facts = Facts::default().at(self.clock.monotonic_ns(), &ground);
        let reader = Reader {
            io: self.io.as_ref(),
            data_dir: &self.data_dir,
            facts: &facts,
        };
        let sources = reader
            .read(&config)
            .map_err(|problems| Error::config(&problems))?;
        for warning in &sources.warnings {
            tracing::warn!(warning, "rules and routes");
        }
        let state: Arc<dyn SmallState> = Arc::new(SqliteState::open(&self.data_dir)?);
        ground.store.attach_state(Arc::clone(&state));
        Alerts::open(alerts::Parts {
            io: Arc::clone(&self.io),
            clock: Arc::clone(&self.clock),
            data_dir: self.data_dir.clone(),
            state,
            ground,
            prom: self.state.prom_engine_of(&config),
            address: self.addresses.url(&config.http.base_path),
            env: self.state.reload.env.clone(),
            process: self.process,
            config,
            sources,
        })
    }

    fn start_scraping(&self, config: &Config, ingest: &Arc<Ingest>) -> Scraping {
        let surroundings = setup::Surroundings {
            io: Arc::clone(&self.io),
            clock: Arc::clone(&self.clock),
            ingest: Arc::clone(ingest),
            env: self.state.reload.env.clone(),
            tenant: self.state.tenant.clone(),
            data_dir: &self.data_dir,
        };
        Scraping::start(config, surroundings)
    }

    async fn reload(&self) {
        let state = Arc::clone(&self.state);
        let outcome = tokio::task::spawn_blocking(move || reload::reload(&state)).await;
        if let Ok(Err(problems)) = outcome {
            for problem in problems {
                tracing::error!(%problem, "the configuration is wrong, nothing was changed");
            }
        }
    }

    /// Closes the store, if it was opened.
    async fn close(&self) -> Result<(), Error> {
        let Some(core) = self.state.core_if_ready() else {
            return Ok(());
        };
        core.scraping.scraper.stop().await;
        let store = Arc::clone(&core.store);
        let slots = Arc::clone(self.state.slots());
        let alerts = Arc::clone(&core.alerts);
        let closing = move || {
            alerts.stop();
            if let Err(error) = slots.save() {
                tracing::warn!(%error, "colour slots could not be saved");
            }
            store.close()
        };
        match tokio::task::spawn_blocking(closing).await {
            Ok(closed) => Ok(closed?),
            Err(error) => Err(
                Error::new(ErrorKind::Internal, "close the store: it failed inside")
                    .with_source(error),
            ),
        }
    }
}

/// How samples are taken, as the configuration has it.
fn sample_settings(config: &Config, standard: &SampleSettings) -> SampleSettings {
    SampleSettings {
        translation: config.otlp_metrics.clone(),
        labels: LabelLimits {
            labels: config.series_labels_max,
            ..standard.labels
        },
        future: config.limits.future,
    }
}

/// Completes with the reason once the store has failed.
async fn failure(store: &Store) -> String {
    let mut ticks = tokio::time::interval(FAILURE_LOOK);
    loop {
        ticks.tick().await;
        if let Some(reason) = store.failed() {
            return reason;
        }
    }
}
