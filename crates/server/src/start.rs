//! Everything that a start decides before anything runs: configuration, own log, tokens, data
//! folder, certificates, addresses.

use crate::config::load::Loaded;
use crate::config::settings::Config;
use crate::config::shown::Shown;
use crate::error::{Error, ErrorKind};
use crate::exposure::is_loopback;
use crate::listener::{self, Bound, Kind, tls};
use crate::ready::{self, Addresses};
use crate::reload::Reloader;
use crate::run::{Options, ProcessUse, VERSION};
use crate::telemetry::log::{self, LogControl};
use crate::telemetry::process;
use crate::telemetry::spans::OwnSpans;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::time::Timestamp;
use tacho_storage::io::Io;
use tacho_storage::options;
use tokio_rustls::TlsAcceptor;

/// What was decided.
pub(crate) struct Start {
    /// The configuration, "auto" resolved.
    pub(crate) config: Config,
    /// The configuration as it was written: a reload compares with this.
    pub(crate) written: Config,
    /// The same as text that may be shown.
    pub(crate) shown: Shown,
    /// Own spans, if they are on.
    pub(crate) own_spans: Option<OwnSpans>,
    /// Changes the level of our own log.
    pub(crate) log: LogControl,
    /// `TACHO_TOKEN`.
    pub(crate) given_token: Option<String>,
    /// Whether listeners beyond loopback ask for tokens.
    pub(crate) tokens_needed: bool,
    /// The data folder; it exists.
    pub(crate) data_dir: PathBuf,
    /// Certificates, if TLS is on.
    pub(crate) tls: Option<TlsAcceptor>,
    reloader: Reloader,
}

impl Start {
    /// Takes what it needs of the options; removes an old ready file.
    pub(crate) fn prepare(options: &mut Options) -> Result<Self, Error> {
        let reloader = Reloader {
            io: Arc::clone(&options.io),
            path: options.config_path.take(),
            env: std::mem::take(&mut options.env),
            flags: std::mem::take(&mut options.flags),
            bound: Vec::new(),
        };
        let Loaded {
            config: written,
            warnings,
            mut shown,
        } = reloader
            .read()
            .map_err(|problems| Error::config(&problems))?;
        shown.loaded_at = Timestamp(options.clock.now_ns());
        let own_spans = match &written.tracing {
            Some(tracing) => Some(OwnSpans::start(tracing, VERSION)?),
            None => None,
        };
        let log = match options.process {
            ProcessUse::Whole => log::start(&written.logging, own_spans.as_ref(), &options.io)?,
            ProcessUse::Inside => LogControl::default(),
        };
        for warning in &warnings {
            tracing::warn!(%warning, "configuration");
        }
        let io = options.io.as_ref();
        if let Some(path) = &options.ready_file {
            ready::remove(io, path)?;
        }
        let token = reloader
            .env
            .get("TACHO_TOKEN")
            .filter(|token| !token.is_empty());
        let given_token = token.cloned();
        let tokens_needed = check_exposure(&written, given_token.is_some(), options.insecure)?;
        let mut config = written.clone();
        let data_dir = prepare(&mut config, io)?;
        let tls = match &config.http.tls {
            Some((cert, key)) => Some(tls::acceptor(io, cert, key)?),
            None => None,
        };
        Ok(Self {
            config,
            written,
            shown,
            own_spans,
            log,
            given_token,
            tokens_needed,
            data_dir,
            tls,
            reloader,
        })
    }

    /// Binds all listeners that are on.
    pub(crate) async fn bind(&self) -> Result<Vec<Bound>, Error> {
        let http = &self.config.http;
        let wanted = [
            (Kind::Http, &http.listen),
            (Kind::OtlpGrpc, &http.otlp_grpc),
            (Kind::OtlpHttp, &http.otlp_http),
            (Kind::Prometheus, &http.prometheus),
        ];
        let mut bound = Vec::new();
        for (kind, address) in wanted {
            if let Some(address) = address {
                bound.push(listener::bind(kind, address).await?);
            }
        }
        Ok(bound)
    }

    /// Reads the configuration again, for a server that listens on these addresses.
    pub(crate) fn reloader(&self, addresses: &Addresses) -> Reloader {
        let all = [
            addresses.http,
            addresses.otlp_grpc,
            addresses.otlp_http,
            addresses.prometheus,
        ];
        let bound = all
            .into_iter()
            .flatten()
            .map(|address| address.to_string())
            .collect();
        Reloader {
            bound,
            ..self.reloader.clone()
        }
    }
}

/// Refuses to be open to others without tokens. Gives whether listeners beyond loopback ask for
/// tokens.
fn check_exposure(config: &Config, token_given: bool, insecure: bool) -> Result<bool, Error> {
    let tokens = token_given || !config.tokens.is_empty();
    let http = &config.http;
    for address in [
        &http.listen,
        &http.otlp_grpc,
        &http.otlp_http,
        &http.prometheus,
    ]
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
