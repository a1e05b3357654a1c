//! Reads the configuration again while running: puts in force what can change, names what cannot.

use crate::auth::Tokens;
use crate::config::key::Force;
use crate::config::load::{Flag, Loaded, Sources, find_file, load};
use crate::config::problem::{Place, Problem};
use crate::config::settings::Config;
use crate::exposure::AllowedHosts;
use crate::state::{Changeable, ServerState};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tacho_api::admin::ReloadReport;
use tacho_ingest::scrape::config::load as prometheus;
use tacho_storage::io::Io;
use tacho_storage::options;
use tacho_yaml::problem as scrape;

/// Where the configuration comes from, and what was decided at start.
#[derive(Clone)]
pub struct Reloader {
    /// Reads files.
    pub io: Arc<dyn Io>,
    /// The file that was asked for.
    pub path: Option<PathBuf>,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// Flags of the command line.
    pub flags: Vec<Flag>,
    /// Addresses that are bound.
    pub bound: Vec<String>,
}

impl Reloader {
    /// Reads all sources.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn read(&self) -> Result<Loaded, Vec<Problem>> {
        let file = find_file(self.io.as_ref(), self.path.as_deref(), &self.env)
            .map_err(|problem| vec![problem])?;
        let name = file.as_ref().map(|(name, _)| name.clone());
        let mut loaded = load(&Sources {
            file,
            env: self.env.clone(),
            flags: self.flags.clone(),
        })?;
        self.read_prometheus(&mut loaded)
            .map_err(|problem| vec![problem])?;
        loaded.shown.file = name;
        loaded.shown.warnings = loaded.warnings.iter().map(ToString::to_string).collect();
        Ok(loaded)
    }

    /// Reads the `prometheus.yml`, if there is one.
    fn read_prometheus(&self, loaded: &mut Loaded) -> Result<(), Problem> {
        let Some(file) = &loaded.config.scrape.file else {
            return Ok(());
        };
        let sources = prometheus::Sources {
            io: self.io.as_ref(),
            env: &|name| self.env.get(name).cloned(),
            agent: false,
        };
        let read = prometheus::load(file, &sources).map_err(|wrong| problem_of(&wrong))?;
        loaded.warnings.extend(read.warnings.iter().map(problem_of));
        loaded.config.scrape.prometheus = Some(Arc::new(read.config));
        Ok(())
    }

    /// What a reload can change, made of a configuration.
    pub fn changeable(&self, config: Config, admin_token: Option<&str>) -> Changeable {
        Changeable {
            tokens: Tokens::new(&config.tokens, admin_token),
            hosts: AllowedHosts::new(
                &config.http.allowed_hosts,
                &self.bound,
                &config.http.cors_origins,
            ),
            query: (&config.query).into(),
            config,
        }
    }
}

/// What is wrong with a `prometheus.yml` as a problem of the configuration.
fn problem_of(wrong: &scrape::Problem) -> Problem {
    let place = Place::File {
        file: Arc::clone(&wrong.file),
        line: wrong.line.max(1),
        column: 1,
    };
    let mut problem = Problem::new(place, "", wrong.message.clone());
    problem.hint.clone_from(&wrong.hint);
    problem
}

/// Reads the configuration again and puts in force what can change. Not to be called from a task.
///
/// # Errors
/// All that is wrong; then nothing changes.
pub fn reload(state: &ServerState) -> Result<ReloadReport, Vec<Problem>> {
    let mut loaded = state.reload.read().inspect_err(|_| {
        state.reloads.refused.fetch_add(1, Ordering::Relaxed);
        state.reloads.last_refused.store(true, Ordering::Relaxed);
    })?;
    let old = state.changeable();
    let sources = match state.core_if_ready() {
        Some(core) => Some(core.alerts.read(&loaded.config).inspect_err(|_| {
            state.reloads.refused.fetch_add(1, Ordering::Relaxed);
            state.reloads.last_refused.store(true, Ordering::Relaxed);
        })?),
        None => None,
    };
    let mut report = differences(&old.config, &loaded.config);
    report.warnings = loaded.warnings.iter().map(ToString::to_string).collect();
    loaded.shown.loaded_at = state.now();
    state.shown.write().reload(loaded.shown);
    let config = mix(&old.config, loaded.config);
    state.log.set_level(&config.logging.level);
    if let Some(core) = state.core_if_ready() {
        core.store
            .reconfigure(|storage| mix_storage(storage, &config.storage));
        core.scraping
            .apply_blocking(config.scrape.prometheus.as_ref());
        if let Some(sources) = sources {
            report.warnings.extend(sources.warnings.iter().cloned());
            core.alerts
                .apply(sources, &config, state.prom_engine_of(&config));
        }
    }
    let mut new = state.reload.changeable(config, None);
    new.tokens = old.tokens.with_configured(&new.config.tokens);
    *state.changeable.write() = Arc::new(new);
    state.reloads.applied.fetch_add(1, Ordering::Relaxed);
    state.reloads.last_refused.store(false, Ordering::Relaxed);
    tracing::info!(applied = ?report.applied, restart_needed = ?report.restart_needed, "configuration read again");
    Ok(report)
}

/// The old configuration with what can change taken from the new one.
fn mix(old: &Config, new: Config) -> Config {
    let mut config = old.clone();
    config.http.allowed_hosts = new.http.allowed_hosts;
    config.tokens = new.tokens;
    config.logging.level = new.logging.level;
    config.external_labels = new.external_labels;
    config.scrape.file = new.scrape.file;
    config.scrape.prometheus = new.scrape.prometheus;
    config.alerting = new.alerting;
    let fixed = (config.query.max_concurrent, config.query.max_waiting);
    config.query = new.query;
    (config.query.max_concurrent, config.query.max_waiting) = fixed;
    (config.query.max_groups, config.query.response_bytes) =
        (old.query.max_groups, old.query.response_bytes);
    mix_storage(&mut config.storage, &new.storage);
    config
}

/// Takes over what the store can change while it runs.
fn mix_storage(old: &mut options::Config, new: &options::Config) {
    old.retention = new.retention.clone();
    old.head_max_bytes = new.head_max_bytes;
    old.head_max_age = new.head_max_age;
    old.wal_max_bytes = new.wal_max_bytes;
    old.compaction_debt_max_bytes = new.compaction_debt_max_bytes;
}

/// Keys that a reload puts in force, and whether they differ.
fn reloadable(old: &Config, new: &Config) -> [(&'static str, bool); 10] {
    let (o, n) = (&old.query, &new.query);
    let file = |config: &Config| (config.scrape.file.clone(), config.scrape.prometheus.clone());
    [
        ("auth.tokens", old.tokens != new.tokens),
        (
            "http.allowed_hosts",
            old.http.allowed_hosts != new.http.allowed_hosts,
        ),
        ("logging.level", old.logging.level != new.logging.level),
        ("scrape.prometheus_config", file(old) != file(new)),
        ("alerting", old.alerting != new.alerting),
        ("metrics.labels", old.external_labels != new.external_labels),
        ("query.promql", o.promql != n.promql),
        ("query.timeout", o.timeout != n.timeout),
        ("query.memory", o.memory_bytes != n.memory_bytes),
        ("query.read_bytes", o.read_bytes != n.read_bytes),
    ]
}

/// Which parts differ, by the key or block that people would look for.
fn differences(old: &Config, new: &Config) -> ReloadReport {
    let mut report = ReloadReport::default();
    let mut differ = |name: &str, force: Force, different: bool| {
        if different {
            match force {
                Force::Reload => report.applied.push(name.to_owned()),
                Force::Start | Force::Later => report.restart_needed.push(name.to_owned()),
            }
        }
    };
    for (name, different) in reloadable(old, new) {
        differ(name, Force::Reload, different);
    }
    differ(
        "scrape.allow_link_local",
        Force::Start,
        old.scrape.allow_link_local != new.scrape.allow_link_local,
    );
    let (o, n) = (&old.query, &new.query);
    let pool = (o.max_concurrent, o.max_waiting) != (n.max_concurrent, n.max_waiting);
    let answers = (o.max_groups, o.response_bytes) != (n.max_groups, n.response_bytes);
    differ("query", Force::Start, pool || answers);
    let mut http = new.http.clone();
    http.allowed_hosts = old.http.allowed_hosts.clone();
    differ("http", Force::Start, http != old.http);
    let mut logging = new.logging.clone();
    logging.level = old.logging.level.clone();
    differ("logging", Force::Start, logging != old.logging);
    differ("tracing", Force::Start, new.tracing != old.tracing);
    differ("stream", Force::Start, new.stream != old.stream);
    differ("ingest.limits", Force::Start, new.limits != old.limits);
    differ(
        "storage.data_dir",
        Force::Start,
        new.data_dir != old.data_dir,
    );
    // These have no equality of their own; their text has all fields.
    let text = |config: &options::Config| format!("{config:?}");
    let mut mixed = old.storage.clone();
    mix_storage(&mut mixed, &new.storage);
    differ("storage", Force::Reload, text(&mixed) != text(&old.storage));
    differ("storage", Force::Start, text(&mixed) != text(&new.storage));
    report
}
