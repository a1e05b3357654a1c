//! From start to stop of one server.
//!
//! Order: configuration, own log, old ready file away, bind, announce, serve `/health` while the
//! log is replayed, then everything; ready file; wait; drain; close the store.

use crate::app::Apps;
use crate::auth;
use crate::config::load::{Flag, Loaded};
use crate::config::settings::Config;
use crate::error::{Error, ErrorKind};
use crate::exposure::is_loopback;
use crate::listener::{self, Bound, Kind, Shared, Times, tls};
use crate::memory;
use crate::pool::Pool;
use crate::ready::{self, Addresses};
use crate::reload::{self, Reloader};
use crate::state::{Core, Parts, ServerState};
use crate::telemetry::spans::OwnSpans;
use crate::telemetry::{log, process};
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::{self, Ingest};
use tacho_ingest::replay::ReplayDecoder;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_stdx::clock::{Clock, SystemClock};
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::options;
use tacho_storage::read::ReadStore;
use tacho_storage::store::{self, Store, Upkeep};
use tokio::signal::unix::{Signal, SignalKind, signal};
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
pub async fn run(options: Options) -> Result<(), Error> {
    let mut options = options;
    let reloader = Reloader {
        io: Arc::clone(&options.io),
        path: options.config_path.take(),
        env: std::mem::take(&mut options.env),
        flags: std::mem::take(&mut options.flags),
        bound: Vec::new(),
    };
    let Loaded {
        mut config,
        warnings,
    } = reloader
        .read()
        .map_err(|problems| Error::config(&problems))?;
    let own_spans = match &config.tracing {
        Some(tracing) => Some(OwnSpans::start(tracing, VERSION)?),
        None => None,
    };
    let log = match options.process {
        ProcessUse::Whole => log::start(&config.logging, own_spans.as_ref(), &options.io)?,
        ProcessUse::Inside => log::LogControl::default(),
    };
    for warning in &warnings {
        tracing::warn!(%warning, "configuration");
    }
    if let Some(path) = &options.ready_file {
        ready::remove(options.io.as_ref(), path)?;
    }
    let given_token = reloader
        .env
        .get("TACHO_TOKEN")
        .filter(|token| !token.is_empty())
        .cloned();
    let tokens_needed = check_exposure(&config, given_token.is_some(), options.insecure)?;
    // A reload compares with what was written, not with what "auto" came to.
    let written = config.clone();
    let data_dir = prepare(&mut config, options.io.as_ref())?;
    let tls = match &config.http.tls {
        Some((cert, key)) => Some(tls::acceptor(options.io.as_ref(), cert, key)?),
        None => None,
    };
    let bound = bind_all(&config).await?;
    let addresses = Addresses::of(&bound);
    let (stop, stopping) = watch::channel(false);
    let reloader = Reloader {
        bound: bound.iter().map(|one| one.address.to_string()).collect(),
        ..reloader
    };
    let state = Arc::new(ServerState::new(Parts {
        version: VERSION,
        clock: Arc::clone(&options.clock),
        changeable: reloader.changeable(written, None),
        pool: Pool::start(config.query.max_concurrent, config.query.max_waiting)?,
        log,
        own_spans: own_spans.is_some(),
        tokens_needed,
        stopping: stopping.clone(),
        reload: reloader,
    }));
    let apps = Arc::new(Apps::new(&state));
    let routers = Arc::clone(&apps);
    let shared = Shared {
        app: Arc::new(move |kind| routers.router(kind)),
        connections: Arc::clone(&state.connections),
        tls,
        places: Arc::new(Semaphore::new(config.http.max_connections)),
        clock: Arc::clone(&options.clock),
        times: Times::from(&config.http),
        streams_max: config.http.max_streams,
        stopping,
    };
    let mut listeners = JoinSet::new();
    for one in bound {
        listeners.spawn(listener::serve(one, shared.clone()));
    }
    if options.process == ProcessUse::Whole {
        addresses.announce();
    }
    let shutdown = options
        .shutdown
        .take()
        .unwrap_or_else(|| Box::pin(std::future::pending()));
    let on_ready = options.on_ready.take();
    let server = Server {
        io: options.io,
        clock: options.clock,
        ready_file: options.ready_file,
        process: options.process,
        state,
        apps,
        data_dir,
        addresses,
        given_token,
    };
    let outcome = server.until_stopped(&config, shutdown, on_ready).await;
    server.state.readiness.stop();
    if let Some(path) = &server.ready_file {
        let _ = ready::remove(server.io.as_ref(), path);
    }
    // A failed log is the one thing that is not to be drained: nothing can be made durable.
    let failed = matches!(&outcome, Err(error) if error.kind() == ErrorKind::Unavailable);
    if !failed {
        let _ = stop.send(true);
        let drained = tokio::time::timeout(config.http.shutdown_timeout, async {
            while listeners.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!("some requests were still running when their time was over");
        }
    }
    listeners.abort_all();
    let closed = if failed { Ok(()) } else { server.close().await };
    if let Some(own_spans) = own_spans {
        let _ = tokio::task::spawn_blocking(move || own_spans.stop()).await;
    }
    outcome.and(closed)
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
        if let Some(on_ready) = on_ready {
            on_ready(&self.addresses);
        }
        let watching = tokio::spawn(memory::watch(Arc::clone(&store)));
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
        watching.abort();
        outcome
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
                state.readiness.set_progress(share)
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
        let limits = Limits {
            groups_max: config.query.max_groups,
            page_bytes_max: config.query.response_bytes as u64,
            ..Limits::default()
        };
        let readable: Arc<dyn ReadStore> = Arc::clone(store) as Arc<dyn ReadStore>;
        let engine = Arc::new(Engine::new(readable, limits));
        self.apps.open(&self.state, &ingest);
        self.state.set_core(Core {
            store: Arc::clone(store),
            ingest,
            engine,
        });
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
        let store = Arc::clone(&core.store);
        match tokio::task::spawn_blocking(move || store.close()).await {
            Ok(closed) => Ok(closed?),
            Err(error) => Err(
                Error::new(ErrorKind::Internal, "close the store: it failed inside")
                    .with_source(error),
            ),
        }
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

/// Refuses to be open to others without tokens. Gives whether listeners beyond loopback ask for
/// tokens.
fn check_exposure(config: &Config, token_given: bool, insecure: bool) -> Result<bool, Error> {
    let tokens = token_given || !config.tokens.is_empty();
    let http = &config.http;
    for address in [&http.listen, &http.otlp_grpc, &http.otlp_http]
        .into_iter()
        .flatten()
    {
        if !is_loopback(address) && !tokens && !insecure {
            let message =
                format!("{address} can be reached from other machines, and there are no tokens");
            return Err(Error::new(ErrorKind::Invalid, message).with_hint(
                "configure auth.tokens, set TACHO_TOKEN, bind 127.0.0.1, or say --insecure",
            ));
        }
    }
    Ok(tokens || !insecure)
}

/// Makes the data folder and decides what stands as "auto".
fn prepare(config: &mut Config, io: &dyn Io) -> Result<PathBuf, Error> {
    let Some(data_dir) = config.data_dir.clone() else {
        return Err(Error::new(ErrorKind::Invalid, "there is no data folder")
            .with_hint("give --data-dir, or set HOME"));
    };
    io.create_dir_all(&data_dir)?;
    auto(&mut config.storage, io, &data_dir)?;
    Ok(data_dir)
}

fn auto(storage: &mut options::Config, io: &dyn Io, data_dir: &Path) -> Result<(), Error> {
    if storage.memory_limit == 0 {
        storage.memory_limit = process::machine_bytes().unwrap_or(4 << 30) / 2;
    }
    if storage.min_free_bytes == 0 {
        storage.min_free_bytes = (io.available_bytes(data_dir)? / 20).min(1 << 30);
    }
    Ok(())
}

async fn bind_all(config: &Config) -> Result<Vec<Bound>, Error> {
    let http = &config.http;
    let wanted = [
        (Kind::Http, &http.listen),
        (Kind::OtlpGrpc, &http.otlp_grpc),
        (Kind::OtlpHttp, &http.otlp_http),
    ];
    let mut bound = Vec::new();
    for (kind, address) in wanted {
        if let Some(address) = address {
            bound.push(listener::bind(kind, address).await?);
        }
    }
    Ok(bound)
}

/// What a signal of the process asks for.
enum Asked {
    Stop,
    Reload,
}

/// Signals of the process; none for a server inside another program.
struct Signals(Option<[Signal; 3]>);

impl Signals {
    fn new(process: ProcessUse) -> Result<Self, Error> {
        if process == ProcessUse::Inside {
            return Ok(Self(None));
        }
        let wrong = |error: std::io::Error| {
            let message = format!("listen for signals: {error}");
            Error::new(ErrorKind::Internal, message).with_source(error)
        };
        Ok(Self(Some([
            signal(SignalKind::terminate()).map_err(wrong)?,
            signal(SignalKind::interrupt()).map_err(wrong)?,
            signal(SignalKind::hangup()).map_err(wrong)?,
        ])))
    }

    async fn next(&mut self) -> Asked {
        let Some([terminate, interrupt, hangup]) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => Asked::Stop,
            _ = interrupt.recv() => Asked::Stop,
            _ = hangup.recv() => Asked::Reload,
        }
    }
}
