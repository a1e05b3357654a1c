//! Channels at work: messages go to `export`, what came of them goes back to the state machine.
//!
//! `inbox.rs` collects what is told by the tasks that send; one thread takes it from there in batches and
//! tells history and machine. `target.rs` says where a channel leads, `template_files.rs` reads templates.

mod console;
mod inbox;
pub mod target;
mod template_files;

use super::history::{Answered, History};
use super::notifier::{Notifier, Sender};
use crate::config::settings::Config;
use crate::error::{Error, ErrorKind};
use crate::run::ProcessUse;
use crate::secret_files::SecretFiles;
use console::{Stdout, ToLog};
use inbox::Inbox;
use jiff::tz::TimeZone;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Duration;
use tacho_alerting::config::Config as Routing;
use tacho_export::delivery::{
    Attempt, Console, Delivery, DeliveryParts, IntegrationState, Policy, Preview,
};
use tacho_export::message::Templates;
use tacho_export::notification::{Notification, Outcome};
use tacho_export::receiver::Integration;
use tacho_stdx::clock::Clock;
use tacho_storage::io::Io;
use tokio::runtime::Handle;

/// Time that messages on their way get at the end.
const GRACE: Duration = Duration::from_secs(5);

/// Channels.
pub struct Outbound {
    delivery: Arc<Delivery>,
    inbox: Arc<Inbox>,
    history: Arc<History>,
    worker: Mutex<Option<JoinHandle<()>>>,
    runtime: Handle,
}

/// What channels need of the server.
pub struct Parts {
    /// Touches files.
    pub io: Arc<dyn Io>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Keeps what happened.
    pub history: Arc<History>,
    /// Variables: proxies and what programs are given.
    pub env: BTreeMap<String, String>,
    /// Whether lines for people may go to standard output.
    pub process: ProcessUse,
    /// Address of the server as people reach it.
    pub external_url: String,
}

/// What a message on trial came to.
pub type Tried = (Outcome, Attempt);

struct ToDelivery {
    delivery: Arc<Delivery>,
    inbox: Arc<Inbox>,
}

impl Sender for ToDelivery {
    fn send(&self, config: &Arc<Routing>, notifications: Vec<Notification>) {
        for notification in notifications {
            match config.integration(&notification.to) {
                Some(integration) => {
                    let integration = Arc::clone(integration);
                    self.delivery.submit(notification, integration);
                }
                None => {
                    let error = "the receiver is not configured any more".to_owned();
                    let outcome = Outcome::Dead { attempts: 0, error };
                    self.inbox.put(notification.id, outcome, Attempt::default());
                }
            }
        }
    }
}

impl Outbound {
    /// Opens channels; nothing is sent yet. Has to be called inside the runtime.
    ///
    /// # Errors
    /// If no thread can be made.
    pub fn new(config: &Config, parts: Parts) -> Result<Self, Error> {
        let inbox = Arc::new(Inbox::default());
        let console: Arc<dyn Console> = match parts.process {
            ProcessUse::Whole => Arc::new(Stdout::start()?),
            ProcessUse::Inside => Arc::new(ToLog),
        };
        let delivery = Delivery::start(DeliveryParts {
            seed: parts.clock.now_ns().unsigned_abs(),
            clock: parts.clock,
            external_url: parts.external_url,
            zone: TimeZone::UTC,
            templates: Arc::new(Templates::default()),
            secrets: Arc::new(SecretFiles(parts.io)),
            env: Arc::new(parts.env),
            console,
            allow_link_local: config.alerting.allow_link_local,
            outcomes: Arc::clone(&inbox) as Arc<dyn tacho_export::delivery::Outcomes>,
            policy: Policy::default(),
        });
        Ok(Self {
            delivery: Arc::new(delivery),
            inbox,
            history: parts.history,
            worker: Mutex::new(None),
            runtime: Handle::current(),
        })
    }

    /// Puts receivers and their templates in force. What waits for receivers that stay goes on, to the
    /// addresses that they have now. Gives what is wrong with templates.
    pub fn configure(&self, routing: &Arc<Routing>, io: &dyn Io) -> Vec<String> {
        let (templates, warnings) = template_files::read(&routing.template_globs, io);
        self.delivery.set_templates(Arc::new(templates));
        self.delivery
            .reconfigure(|key| routing.integration(key).cloned());
        warnings
    }

    /// Puts another address in force under which people reach us.
    pub fn set_external_url(&self, url: &str) {
        self.delivery.set_external_url(url);
    }

    /// Takes messages of the state machine.
    pub fn sender(&self) -> Box<dyn Sender> {
        Box::new(ToDelivery {
            delivery: Arc::clone(&self.delivery),
            inbox: Arc::clone(&self.inbox),
        })
    }

    /// Starts telling what came of messages.
    ///
    /// # Errors
    /// If no thread can be made.
    pub fn start(&self, notifier: &Arc<Notifier>) -> Result<(), Error> {
        let inbox = Arc::clone(&self.inbox);
        let history = Arc::clone(&self.history);
        let notifier = Arc::clone(notifier);
        let worker = std::thread::Builder::new()
            .name("tacho-outcomes".to_owned())
            .spawn(move || {
                while let Some(batch) = inbox.take() {
                    tell(batch, &history, &notifier);
                }
            })
            .map_err(|error| {
                Error::new(ErrorKind::Internal, "start a thread for messages").with_source(error)
            })?;
        *self.worker.lock() = Some(worker);
        Ok(())
    }

    /// Ends sending; what came of messages on their way is written down, if that is known in time. Waits:
    /// not to be called from a task.
    pub fn stop(&self) {
        self.runtime.block_on(self.delivery.finish(GRACE));
        self.inbox.close();
        if let Some(worker) = self.worker.lock().take()
            && worker.join().is_err()
        {
            tracing::error!("the thread for messages failed inside");
        }
    }

    /// How channels fare that had a message.
    pub fn states(&self) -> Vec<IntegrationState> {
        self.delivery.states()
    }

    /// Tries a dead message again; false if it is not held any more.
    pub fn retry(&self, id: u64) -> bool {
        self.delivery.retry(id)
    }

    /// The message that a notification would become. Reads files with secrets.
    ///
    /// # Errors
    /// If there is none.
    pub fn preview(
        &self,
        notification: &Notification,
        integration: &Integration,
    ) -> Result<Preview, String> {
        self.delivery.preview(notification, integration)
    }

    /// Sends a message on trial; what came of its first try arrives on the channel.
    pub fn send_on_trial(
        &self,
        notification: Notification,
        integration: Arc<Integration>,
    ) -> Receiver<Tried> {
        let answer = self.inbox.expect(notification.id);
        self.history.on_trial(&notification, &integration);
        self.delivery.submit(notification, integration);
        answer
    }
}

/// Tells history, then the machine, so that who reads of an event finds the message.
fn tell(batch: Vec<Answered>, history: &History, notifier: &Notifier) {
    history.answered(&batch);
    notifier.outcomes(batch);
}
