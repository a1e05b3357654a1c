//! Rules and alerts at work: what was read is put in force, rules are evaluated, alerts are told.
//!
//! `sources.rs` reads, `running.rs` evaluates, `notifier.rs` drives the state machine, `history.rs` keeps what
//! happened, `outbound.rs` sends. Everything that decides lives in the crates `rules` and `alerting`.

pub mod board;
pub mod chart;
pub mod evaluator;
pub mod facts;
pub mod history;
pub mod managed;
pub mod notifier;
pub mod outbound;
pub mod running;
pub mod seen;
pub mod sources;
pub mod unit;
pub mod versions;

use crate::config::problem::Problem;
use crate::config::settings::Config;
use crate::error::Error;
use crate::run::ProcessUse;
use evaluator::Ground;
use facts::Facts;
use history::History;
use notifier::Notifier;
use outbound::Outbound;
use parking_lot::{Mutex, RwLock};
use running::{Running, Setting};
use sources::{Base, Reader, Sources};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tacho_alerting::config::Config as Routing;
use tacho_api::alert::AlertNotice;
use tacho_ingest::ingest::Ingest;
use tacho_model::signal::Signal;
use tacho_query::promql::engine::PromEngine;
use tacho_rules::condition::MetricFacts;
use tacho_rules::own::Definition;
use tacho_rules::rule::SourceKind;
use tacho_stdx::clock::Clock;
use tacho_storage::error::Result as StorageResult;
use tacho_storage::io::Io;
use tacho_storage::state::SmallState;

/// Rules and alerts of a server.
pub struct Alerts {
    /// Rules at work.
    pub running: Arc<Running>,
    /// Who is told what.
    pub notifier: Arc<Notifier>,
    /// What happened.
    pub history: Arc<History>,
    /// Channels.
    pub outbound: Arc<Outbound>,
    /// Small state: silences, rule versions, and what is above.
    pub state: Arc<dyn SmallState>,
    /// What is in force.
    in_force: RwLock<Arc<InForce>>,
    /// Held while rules are changed, so that two changes do not mix.
    pub editing: Mutex<()>,
    io: Arc<dyn Io>,
    clock: Arc<dyn Clock>,
    data_dir: PathBuf,
    address: String,
    facts: Facts,
    /// Counts of alerts that were told last, with their revision.
    pub counted: Mutex<Option<AlertNotice>>,
}

/// What is in force, apart from the groups.
pub struct InForce {
    /// Who is told what.
    pub routing: Arc<Routing>,
    /// Rules as they are written, by their identifiers.
    pub definitions: Arc<BTreeMap<String, Definition>>,
    /// All but the file that the editor writes.
    pub base: Arc<Base>,
    /// What is odd.
    pub warnings: Vec<String>,
    /// Why the newest text is not in force.
    pub error: Option<String>,
    /// When it was read, ns since the epoch.
    pub loaded_ns: i64,
}

/// What the server gives.
pub struct Parts {
    /// Touches files.
    pub io: Arc<dyn Io>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// Small state.
    pub state: Arc<dyn SmallState>,
    /// What evaluations read and write.
    pub ground: Ground,
    /// The configuration.
    pub config: Config,
    /// What was read of it.
    pub sources: Sources,
    /// Runs PromQL.
    pub prom: PromEngine,
    /// Address of the server as people reach it, where the configuration names none.
    pub address: String,
    /// The environment, for proxies and programs.
    pub env: BTreeMap<String, String>,
    /// Whether standard output is ours.
    pub process: ProcessUse,
}

impl Alerts {
    /// Puts the parts together and in force; nothing runs yet.
    ///
    /// # Errors
    /// If the state cannot be read.
    pub fn open(parts: Parts) -> Result<Self, Error> {
        let Parts {
            io,
            clock,
            data_dir,
            state,
            ground,
            config,
            sources,
            prom,
            address,
            env,
            process,
        } = parts;
        let setting = setting(&config, prom, &address);
        let history = Arc::new(History::open(Arc::clone(&state), Arc::clone(&clock))?);
        let outbound = Arc::new(Outbound::new(
            &config,
            outbound::Parts {
                io: Arc::clone(&io),
                clock: Arc::clone(&clock),
                history: Arc::clone(&history),
                env,
                process,
                external_url: setting.external_url.clone(),
            },
        )?);
        let template_warnings = outbound.configure(&sources.routing, io.as_ref());
        let notifier = Arc::new(Notifier::open(
            Arc::clone(&sources.routing),
            notifier::Parts {
                state: Arc::clone(&state),
                clock: Arc::clone(&clock),
                sender: outbound.sender(),
                history: Arc::clone(&history),
            },
        )?);
        let waiting = notifier.read(|machine, _| machine.outbox());
        history.settle(&waiting.iter().map(|one| one.id).collect());
        let running = Arc::new(Running::new(
            ground,
            setting.clone(),
            Arc::clone(&notifier),
            Arc::clone(&clock),
        ));
        let in_force = InForce::of(&sources, template_warnings, clock.now_ns());
        let alerts = Self {
            running,
            notifier,
            history,
            outbound,
            state,
            in_force: RwLock::new(Arc::new(in_force)),
            editing: Mutex::new(()),
            io,
            clock,
            data_dir,
            address,
            facts: Facts::default(),
            counted: Mutex::new(None),
        };
        alerts.running.set_paused(!config.alerting.enabled);
        alerts.sync_versions(&sources, versions::BY_FILE)?;
        alerts.running.apply(sources.groups, setting);
        Ok(alerts)
    }

    /// Starts evaluating and telling. Has to be called inside the runtime.
    ///
    /// # Errors
    /// If no thread can be made.
    pub fn start(&self, ingest: &Ingest) -> Result<(), Error> {
        self.outbound.start(&self.notifier)?;
        self.notifier.begin();
        let running = Arc::clone(&self.running);
        ingest.set_arrival_notice(Box::new(move |signal| {
            if signal == Signal::Samples {
                running.arrived();
            }
        }));
        self.running.start()
    }

    /// Whether rules are evaluated.
    pub fn is_enabled(&self) -> bool {
        !self.running.is_paused()
    }

    /// Ends evaluations and deliveries; what was not sent is sent after the next start. Waits.
    pub fn stop(&self) {
        self.running.stop();
        self.outbound.stop();
    }

    /// What is in force.
    pub fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.in_force.read())
    }

    /// Reads everything again without putting it in force.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn read(&self, config: &Config) -> Result<Sources, Vec<Problem>> {
        let reader = Reader {
            io: self.io.as_ref(),
            data_dir: &self.data_dir,
            facts: &self.metric_facts(),
        };
        reader.read(config).inspect_err(|problems| {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let mut in_force = self.in_force.write();
            *in_force = Arc::new(InForce {
                error: Some(all.join("; ")),
                ..in_force.again()
            });
        })
    }

    /// Puts in force what was read. Waits for the disk.
    pub fn apply(&self, sources: Sources, config: &Config, prom: PromEngine) {
        if let Err(error) = self.sync_versions(&sources, versions::BY_FILE) {
            tracing::warn!(%error, "versions of rules could not be kept");
        }
        let setting = setting(config, prom, &self.address);
        self.outbound.set_external_url(&setting.external_url);
        let warnings = self.outbound.configure(&sources.routing, self.io.as_ref());
        let in_force = InForce::of(&sources, warnings, self.clock.now_ns());
        *self.in_force.write() = Arc::new(in_force);
        let routing = Arc::clone(&sources.routing);
        self.notifier
            .change(|machine, now_ms| machine.reload(routing, now_ms));
        self.running.apply(sources.groups, setting);
        self.running.set_paused(!config.alerting.enabled);
        self.notifier.touch();
    }

    /// Puts in force what the editor changed; nothing else is read again. Waits for the disk.
    pub fn apply_edit(&self, sources: Sources, config: &Config, prom: PromEngine) {
        let setting = setting(config, prom, &self.address);
        let before = self.in_force();
        // Rules that name receivers have routes of their own.
        let same_routes = before.routing.route == sources.routing.route;
        let routing = match same_routes {
            true => Arc::clone(&before.routing),
            false => Arc::clone(&sources.routing),
        };
        *self.in_force.write() = Arc::new(InForce {
            routing: Arc::clone(&routing),
            definitions: Arc::clone(&sources.definitions),
            warnings: sources.warnings,
            ..before.again()
        });
        if !same_routes {
            self.notifier
                .change(|machine, now_ms| machine.reload(routing, now_ms));
        }
        self.running.apply(sources.groups, setting);
        self.notifier.touch();
    }

    /// Keeps versions of rules that changed.
    ///
    /// # Errors
    /// If the state cannot be read or written.
    pub fn sync_versions(&self, sources: &Sources, by: &str) -> StorageResult<()> {
        let own = sources.groups.iter();
        let own = own.filter(|group| group.source.kind == SourceKind::Api);
        let rules = own.flat_map(|group| &group.rules).filter_map(|rule| {
            let id = rule.id.as_str();
            Some((id, sources.definitions.get(id)?))
        });
        versions::sync(self.state.as_ref(), rules, (by, self.clock.now_ns()))
    }

    /// What is known about metrics. Reads the store now and then; not to be called from a task.
    pub fn metric_facts(&self) -> Arc<MetricFacts> {
        let now_ns = self.clock.monotonic_ns();
        self.facts.at(now_ns, self.running.ground())
    }

    /// Nanoseconds that only go forwards.
    pub fn monotonic_ns(&self) -> i64 {
        self.clock.monotonic_ns()
    }

    /// What was read but the editor's file, with what is known about metrics now. Not to be called from a
    /// task.
    pub fn base(&self) -> Arc<Base> {
        let facts = self.metric_facts();
        Arc::new(self.in_force().base.with_facts(&facts))
    }

    /// Touches files.
    pub fn io(&self) -> &dyn Io {
        self.io.as_ref()
    }
}

impl InForce {
    fn of(sources: &Sources, more_warnings: Vec<String>, loaded_ns: i64) -> Self {
        for warning in &more_warnings {
            tracing::warn!(warning, "rules and routes");
        }
        let mut warnings = sources.warnings.clone();
        warnings.extend(more_warnings);
        Self {
            routing: Arc::clone(&sources.routing),
            definitions: Arc::clone(&sources.definitions),
            base: Arc::clone(&sources.base),
            warnings,
            error: None,
            loaded_ns,
        }
    }

    fn again(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            definitions: Arc::clone(&self.definitions),
            base: Arc::clone(&self.base),
            warnings: self.warnings.clone(),
            error: self.error.clone(),
            loaded_ns: self.loaded_ns,
        }
    }
}

fn setting(config: &Config, prom: PromEngine, address: &str) -> Setting {
    let given = config.alerting.external_url.clone();
    Setting {
        prom,
        memory_bytes: config.query.memory_bytes,
        read_bytes: config.query.read_bytes,
        external_labels: config.labels_for_others(),
        external_url: given.unwrap_or_else(|| address.to_owned()),
        interval_ms: i64::try_from(config.alerting.interval.as_millis()).unwrap_or(i64::MAX),
    }
}
