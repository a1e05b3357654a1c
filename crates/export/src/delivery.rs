//! How messages get to their receivers: one queue, one circuit breaker and one rate limit for each
//! integration, one retry policy for all, and a list of those that nobody took.
//!
//! `Delivery::submit` never waits. Each integration has a task of its own (`lane.rs`) that sends one
//! message at a time, so that those of a group keep their order; whatever happens to a notification is
//! told to `Outcomes`. Who gives notifications keeps them until they are sent, superseded or dead.

mod breaker;
mod bucket;
mod command;
mod http;
mod lane;
mod limits;
mod mail;
mod preview;
mod queue;
mod send;

use crate::channel::Secrets;
use crate::dial::Surroundings;
use crate::message::{self, Templates};
use crate::notification::{IntegrationKey, Notification, Outcome};
use crate::receiver::Integration;
use crate::secret::SecretReader;
use jiff::tz::TimeZone;
use lane::{Lane, Stop};
use parking_lot::Mutex;
use send::Sender;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Integrations that have a queue.
const LANES_MAX: usize = 10_000;
/// Longest preview, bytes.
pub const PREVIEW_BYTES_MAX: usize = 4_096;

/// Prints lines for people.
pub trait Console: Send + Sync {
    /// Prints a line, which has no line end.
    fn line(&self, text: &str);
}

/// Is told what happens to notifications. Must not block.
pub trait Outcomes: Send + Sync {
    /// A try of a notification ended so; `Superseded` and a full queue are told without a try.
    fn outcome(&self, id: u64, to: &IntegrationKey, outcome: Outcome, attempt: Attempt);
}

/// A try.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempt {
    /// When it began, ms.
    pub started_ms: i64,
    /// How long it took, ms.
    pub duration_ms: i64,
    /// What was sent, without secrets, at most `PREVIEW_BYTES_MAX`.
    pub preview: String,
}

/// What delivery needs.
pub struct DeliveryParts {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Under which people reach us.
    pub external_url: String,
    /// The zone that times are shown in.
    pub zone: TimeZone,
    /// Templates of users.
    pub templates: Arc<Templates>,
    /// Reads secrets.
    pub secrets: Arc<dyn SecretReader>,
    /// Variables: proxies, and what programs are given (`PATH`, `HOME`, `LANG`, `TZ`).
    pub env: Arc<BTreeMap<String, String>>,
    /// Standard output.
    pub console: Arc<dyn Console>,
    /// Whether link-local addresses may be dialled.
    pub allow_link_local: bool,
    /// Is told what happens.
    pub outcomes: Arc<dyn Outcomes>,
    /// Spreads retries.
    pub seed: u64,
    /// How long and how often.
    pub policy: Policy,
}

/// How long and how often.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Longest try, unless an integration says.
    pub try_timeout: Duration,
    /// First wait before a retry.
    pub first_wait: Duration,
    /// Longest wait before a retry.
    pub max_wait: Duration,
    /// How long a notification is tried, from when it was decided.
    pub max_age: Duration,
    /// Failures in a row after which an integration is left alone.
    pub breaker_failures: u32,
    /// How long it is left alone at first.
    pub breaker_first: Duration,
    /// How long at most.
    pub breaker_max: Duration,
    /// Notifications that may wait for one integration.
    pub queue_max: usize,
    /// Dead notifications that are kept for a retry by hand.
    pub dead_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            try_timeout: Duration::from_secs(10),
            first_wait: Duration::from_secs(1),
            max_wait: Duration::from_secs(300),
            max_age: Duration::from_secs(24 * 3_600),
            breaker_failures: 5,
            breaker_first: Duration::from_secs(30),
            breaker_max: Duration::from_secs(300),
            queue_max: 1_000,
            dead_max: 1_000,
        }
    }
}

/// What can be told of an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationState {
    /// Which.
    pub key: IntegrationKey,
    /// Notifications that wait.
    pub queued: usize,
    /// Whether one is on its way.
    pub sending: bool,
    /// Its breaker.
    pub breaker: BreakerState,
    /// Messages that were taken since the start.
    pub sent: u64,
    /// Tries that failed since the start.
    pub failed: u64,
    /// Notifications that nobody took and that can be tried again by hand.
    pub dead: usize,
    /// When a message was last taken, ms.
    pub last_success_ms: Option<i64>,
    /// When a try last failed, ms, and why.
    pub last_error: Option<(i64, String)>,
}

/// Whether an integration is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It failed so often that it is left alone.
    Open {
        /// Until when, ms.
        until_ms: i64,
    },
    /// The next message tells whether it is well again.
    HalfOpen,
}

/// A message that is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// One line.
    pub title: String,
    /// The short text without marks.
    pub text: String,
    /// What the service would get, without secrets.
    pub body: String,
}

/// What all lanes share.
pub(crate) struct Shared {
    clock: Arc<dyn Clock>,
    external_url: Mutex<String>,
    zone: TimeZone,
    templates: Mutex<Arc<Templates>>,
    surroundings: Surroundings,
    console: Arc<dyn Console>,
    outcomes: Arc<dyn Outcomes>,
    seed: u64,
    policy: Policy,
}

/// The handle of all delivery. Dropping it stops all sending; what waits stays with whoever gave it.
pub struct Delivery {
    shared: Arc<Shared>,
    lanes: Mutex<HashMap<IntegrationKey, Arc<Lane>>>,
    runtime: Handle,
    stop: watch::Sender<Stop>,
}

impl Delivery {
    /// Starts. Has to be called inside the runtime that sends.
    pub fn start(parts: DeliveryParts) -> Self {
        let surroundings = Surroundings {
            files: parts.secrets,
            env: parts.env,
            clock: Arc::clone(&parts.clock),
            allow_link_local: parts.allow_link_local,
            other_hosts: false,
        };
        let shared = Shared {
            clock: parts.clock,
            external_url: Mutex::new(parts.external_url),
            zone: parts.zone,
            templates: Mutex::new(parts.templates),
            surroundings,
            console: parts.console,
            outcomes: parts.outcomes,
            seed: parts.seed,
            policy: parts.policy,
        };
        Self {
            shared: Arc::new(shared),
            lanes: Mutex::default(),
            runtime: Handle::current(),
            stop: watch::Sender::new(Stop::No),
        }
    }

    /// Puts another address in force under which people reach us.
    pub fn set_external_url(&self, url: &str) {
        url.clone_into(&mut self.shared.external_url.lock());
    }

    /// Puts other templates in force, for messages that are written from now on.
    pub fn set_templates(&self, templates: Arc<Templates>) {
        *self.shared.templates.lock() = templates;
    }

    /// Takes a notification to send. One that waits for the same integration and group is superseded.
    pub fn submit(&self, notification: Notification, integration: Arc<Integration>) {
        let id = notification.id;
        let key = notification.to.clone();
        let refused = match self.lane(&key) {
            Some(lane) => return lane.submit(notification, integration),
            None => Outcome::Dead {
                attempts: 0,
                error: format!("more than {LANES_MAX} integrations have a queue"),
            },
        };
        let outcomes = &self.shared.outcomes;
        outcomes.outcome(id, &key, refused, Attempt::default());
    }

    fn lane(&self, key: &IntegrationKey) -> Option<Arc<Lane>> {
        let mut lanes = self.lanes.lock();
        if let Some(lane) = lanes.get(key) {
            return Some(Arc::clone(lane));
        }
        if lanes.len() >= LANES_MAX {
            return None;
        }
        let lane = Arc::new(Lane::new(key.clone(), Arc::clone(&self.shared)));
        let sender = Sender::new(Arc::clone(&self.shared));
        let task = lane::run(Arc::clone(&lane), sender, self.stop.subscribe());
        self.runtime.spawn(task);
        lanes.insert(key.clone(), Arc::clone(&lane));
        Some(lane)
    }

    /// Tries a dead notification again; false if it is not known.
    pub fn retry(&self, id: u64) -> bool {
        let lanes: Vec<Arc<Lane>> = self.lanes.lock().values().map(Arc::clone).collect();
        lanes.iter().any(|lane| lane.retry(id))
    }

    /// Forgets integrations that are not configured any more; what waits for them is dead.
    pub fn retain(&self, keep: impl Fn(&IntegrationKey) -> bool) {
        let mut gone = Vec::new();
        self.lanes.lock().retain(|key, lane| {
            let kept = keep(key);
            if !kept {
                gone.push(Arc::clone(lane));
            }
            kept
        });
        gone.iter().for_each(|lane| lane.close());
    }

    /// Puts other settings in force: what waits goes to where its integration leads now, and is dead if
    /// there is no such integration any more.
    pub fn reconfigure(&self, find: impl Fn(&IntegrationKey) -> Option<Arc<Integration>>) {
        self.retain(|key| find(key).is_some());
        let lanes: Vec<Arc<Lane>> = self.lanes.lock().values().map(Arc::clone).collect();
        for lane in lanes {
            if let Some(integration) = find(lane.key()) {
                lane.renew(&integration);
            }
        }
    }

    /// What can be told of all integrations that had a message, sorted.
    pub fn states(&self) -> Vec<IntegrationState> {
        let lanes: Vec<Arc<Lane>> = self.lanes.lock().values().map(Arc::clone).collect();
        let mut states: Vec<IntegrationState> = lanes.iter().map(|lane| lane.state()).collect();
        states.sort_by(|a, b| a.key.cmp(&b.key));
        states
    }

    /// The message that a notification would become. Reads files with secrets.
    ///
    /// # Errors
    /// If there is none: the kind is not delivered, an address cannot be read.
    pub fn preview(
        &self,
        notification: &Notification,
        integration: &Integration,
    ) -> Result<Preview, String> {
        let context = self.shared.context();
        let files = self.shared.surroundings.files.as_ref();
        let secrets = Secrets::read(&integration.settings, files);
        // what is not there need not be there to look at a message
        let secrets = secrets.unwrap_or_else(|_| Secrets {
            url: "https://secret.invalid/".to_owned(),
            token: "no-secret".to_owned(),
            chat: "0".to_owned(),
            hmac: String::new(),
        });
        preview::preview(notification, integration, &context, &secrets)
    }

    /// Stops sending, and waits so long for messages that are on their way: what came of them is told
    /// before this returns.
    pub async fn finish(&self, grace: Duration) {
        self.stop.send_replace(Stop::Soon);
        let idle = async {
            while self.states().iter().any(|state| state.sending) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(grace, idle).await;
        self.stop();
    }

    /// Stops sending at once; a message on its way is given up, and nobody knows whether it arrived.
    pub fn stop(&self) {
        self.stop.send_replace(Stop::Now);
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn now_ms(&self) -> i64 {
        self.clock.now_ns().div_euclid(1_000_000)
    }

    fn context(&self) -> message::Context {
        message::Context {
            external_url: self.external_url.lock().clone(),
            zone: self.zone.clone(),
            now_ms: self.now_ms(),
            templates: Arc::clone(&self.templates.lock()),
        }
    }
}

#[cfg(test)]
mod tests;
