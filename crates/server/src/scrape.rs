//! Scraping, the part with sockets: finds targets, asks each at its times, and hands what comes of
//! the answers to the store. What an answer means is decided in `tacho_ingest::scrape`.
//!
//! One task (`manager.rs`) owns all pools; each target and each discovery has a task of its own.
//! `Scraper` is the handle: it takes configurations and tells the state.

pub mod counters;
mod discovery;
mod fetch;
mod manager;
mod pool;
pub mod setup;
pub mod sink;
pub mod status;
mod target;
#[cfg(test)]
mod tests;

use crate::secret_files::SecretFiles;
use counters::Counters;
use manager::{Manager, Message};
use parking_lot::RwLock;
use pool::View;
use sink::SampleSink;
use status::{ActiveTarget, DroppedTarget, TargetMetadata, Targets};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tacho_export::dial::Surroundings;
use tacho_ingest::scrape::config::load::PrometheusConfig;
use tacho_model::labels::Labels;
use tacho_stdx::clock::Clock;
use tacho_storage::io::Io;
use target::Common;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Messages that may wait for the manager.
const MESSAGES_MAX: usize = 256;
/// Answers that are parsed at a time.
const PARSING_MAX: usize = 4;

/// What scraping needs.
pub struct Parts {
    /// Reads files of credentials and discovery.
    pub io: Arc<dyn Io>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Takes samples.
    pub sink: Arc<dyn SampleSink>,
    /// Proxies, where a job leaves them to the environment.
    pub env: BTreeMap<String, String>,
    /// Whether link-local addresses may be dialled.
    pub allow_link_local: bool,
    /// Largest answer, decompressed, where a job sets no limit.
    pub body_bytes_max: u64,
    /// Spreads the scrapes of several servers over time.
    pub seed: u64,
}

/// What lies outside: files of discovery, and what dialling needs.
#[derive(Clone)]
pub(crate) struct Outside {
    /// Reads files.
    pub(crate) io: Arc<dyn Io>,
    /// For clients.
    pub(crate) dial: Surroundings,
}

/// The handle of all scraping.
pub struct Scraper {
    messages: mpsc::Sender<Message>,
    views: Arc<Views>,
    counters: Arc<Counters>,
}

/// What is known of each pool, by job.
pub(crate) type Views = RwLock<BTreeMap<String, View>>;

impl Scraper {
    /// Starts without any job. Has to be called inside the runtime.
    pub fn start(parts: Parts) -> Self {
        let (messages, inbox) = mpsc::channel(MESSAGES_MAX);
        let views = Arc::new(Views::default());
        let counters = Arc::new(Counters::default());
        let dial = Surroundings {
            files: Arc::new(SecretFiles(Arc::clone(&parts.io))),
            env: Arc::new(parts.env),
            clock: Arc::clone(&parts.clock),
            allow_link_local: parts.allow_link_local,
            other_hosts: true,
        };
        let outside = Outside { io: parts.io, dial };
        let common = Common {
            clock: parts.clock,
            sink: parts.sink,
            counters: Arc::clone(&counters),
            held: Arc::new(AtomicU64::new(0)),
            parsing: Semaphore::new(PARSING_MAX),
            body_bytes_max: parts.body_bytes_max,
            seed: parts.seed,
        };
        let manager = Manager::new(
            Arc::new(common),
            outside,
            Arc::clone(&views),
            messages.clone(),
        );
        tokio::spawn(manager.run(inbox));
        Self {
            messages,
            views,
            counters,
        }
    }

    /// Puts a configuration in force. Targets that it has as before keep their times.
    pub async fn apply(&self, config: Arc<PrometheusConfig>) {
        let (done, applied) = oneshot::channel();
        let message = Message::Apply { config, done };
        if self.messages.send(message).await.is_ok() {
            let _ = applied.await;
        }
    }

    /// The same from a thread that may wait; not from a task.
    pub fn apply_blocking(&self, config: Arc<PrometheusConfig>) {
        let (done, _) = oneshot::channel();
        let _ = self.messages.blocking_send(Message::Apply { config, done });
    }

    /// Ends all tasks. Series get no stale markers: the next start goes on with them.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.messages.send(Message::Stop { done }).await.is_ok() {
            let _ = stopped.await;
        }
    }

    /// Counters for `/metrics`.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Number of targets that are up, down, not scraped yet.
    pub fn health_counts(&self) -> [u64; 3] {
        let mut counts = [0; 3];
        for entry in self
            .views
            .read()
            .values()
            .flat_map(|view| view.active.values())
        {
            let place = match entry.state.lock().health {
                status::Health::Up => 0,
                status::Health::Down => 1,
                status::Health::Unknown => 2,
            };
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        counts
    }

    /// Names of the jobs, sorted.
    pub fn pools(&self) -> Vec<String> {
        self.views.read().keys().cloned().collect()
    }

    /// All targets, or those of one job.
    pub fn targets(&self, pool: Option<&str>) -> Targets {
        let mut targets = Targets::default();
        for (name, view) in self.views.read().iter() {
            if pool.is_some_and(|pool| pool != name) {
                continue;
            }
            let mut active: Vec<ActiveTarget> = view
                .active
                .values()
                .map(|entry| entry.to_status(name))
                .collect();
            active.sort_by(|a, b| a.scrape_url.cmp(&b.scrape_url));
            targets.active_targets.extend(active);
            let dropped = view.dropped.iter().map(|labels| DroppedTarget {
                discovered_labels: to_map(labels),
                scrape_pool: name.clone(),
            });
            targets.dropped_targets.extend(dropped);
            targets
                .dropped_target_counts
                .insert(name.clone(), view.dropped_count);
        }
        targets
    }

    /// What targets tell about their metrics: those whose labels are wanted, one metric or all.
    /// At most `limit` items.
    pub fn metadata(
        &self,
        wanted: &dyn Fn(&Labels) -> bool,
        metric: Option<&str>,
        limit: usize,
    ) -> Vec<TargetMetadata> {
        let mut found = Vec::new();
        for view in self.views.read().values() {
            for entry in view.active.values() {
                if wanted(&entry.target.public) {
                    let left = limit.saturating_sub(found.len());
                    found.extend(entry.metadata(metric).take(left));
                }
            }
        }
        found
    }
}

/// Labels as JSON has them.
fn to_map(labels: &Labels) -> BTreeMap<String, String> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
