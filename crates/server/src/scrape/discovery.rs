//! Tasks that find targets: each reads its source again and again and tells when something changed.
//! What fails leaves the targets that were found before.

mod dns;
mod dns_message;
mod file;
mod http;

use super::Outside;
use super::counters::{Counters, add};
use super::manager::Message;
use std::sync::Arc;
use std::time::Duration;
use tacho_export::dial::Dialer;
use tacho_ingest::scrape::config::discovery::targets::TargetGroup;
use tacho_ingest::scrape::config::discovery::{Discovery, DnsKind};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Groups that one discovery may give.
const GROUPS_MAX: usize = 100_000;

/// Where the groups of a discovery belong.
pub(crate) struct Outlet {
    /// The pool.
    pub(crate) pool: String,
    /// Which start of the pool's discoveries it is.
    pub(crate) epoch: u64,
    /// Position of the discovery in its job.
    pub(crate) slot: usize,
    pub(crate) messages: mpsc::Sender<Message>,
    pub(crate) counters: Arc<Counters>,
}

impl Outlet {
    /// Gives the groups that were found; false if nobody listens any more.
    async fn give(&self, mut groups: Vec<TargetGroup>) -> bool {
        if groups.len() > GROUPS_MAX {
            let found = groups.len();
            tracing::warn!(
                job = self.pool,
                found,
                "only {GROUPS_MAX} groups of targets are taken"
            );
            groups.truncate(GROUPS_MAX);
        }
        let message = Message::Found {
            pool: self.pool.clone(),
            epoch: self.epoch,
            slot: self.slot,
            groups,
        };
        self.messages.send(message).await.is_ok()
    }

    fn failed(&self, what: &str, reason: &str) {
        add(&self.counters.discovery_failures, 1);
        tracing::warn!(
            job = self.pool,
            what,
            reason,
            "targets could not be discovered"
        );
    }
}

/// Starts a discovery, if it is one that has to be asked.
pub(crate) fn start(
    discovery: &Discovery,
    outlet: Outlet,
    outside: &Outside,
) -> Option<AbortHandle> {
    let task = match discovery {
        Discovery::Static(_) | Discovery::NotInForce(..) => return None,
        Discovery::File { files, refresh } => {
            let watch = file::FileWatch::new(files, Arc::clone(&outside.io));
            tokio::spawn(file::run(watch, *refresh, outlet))
        }
        Discovery::Http {
            url,
            refresh,
            client,
        } => {
            let dialer = Dialer::new((**client).clone(), outside.dial.clone());
            tokio::spawn(http::run(url.clone(), *refresh, Arc::new(dialer), outlet))
        }
        Discovery::Dns {
            kind: DnsKind::Mx | DnsKind::Ns,
            ..
        } => return None,
        Discovery::Dns {
            names,
            kind,
            port,
            refresh,
        } => {
            let lookup = dns::Lookup {
                names: names.clone(),
                kind: *kind,
                port: *port,
                io: Arc::clone(&outside.io),
            };
            tokio::spawn(dns::run(lookup, *refresh, outlet))
        }
    };
    Some(task.abort_handle())
}

/// A pause between two looks, never so short that a source is asked without end.
async fn pause(duration: Duration) {
    tokio::time::sleep(duration.max(Duration::from_secs(1))).await;
}
