//! Channels at work: messages go to `export`, what came of them goes back to the state machine.

use super::history::History;
use super::notifier::{Notifier, Sender};
use crate::config::settings::Config;
use crate::error::Error;
use std::sync::Arc;
use tacho_alerting::config::Config as Routing;
use tacho_export::notification::Notification;
use tacho_stdx::clock::Clock;
use tacho_storage::io::Io;

/// Channels.
pub struct Outbound {
    _clock: Arc<dyn Clock>,
    _history: Arc<History>,
}

struct Nowhere;

impl Sender for Nowhere {
    fn send(&self, _: &Arc<Routing>, _: Vec<Notification>) {}
}

impl Outbound {
    pub fn new(_: &Config, _: &str, clock: Arc<dyn Clock>, history: Arc<History>) -> Self {
        Self {
            _clock: clock,
            _history: history,
        }
    }
    pub fn configure(&self, _: &Arc<Routing>, _: &dyn Io) {}
    pub fn sender(&self) -> Box<dyn Sender> {
        Box::new(Nowhere)
    }
    pub fn start(&self, _: &Arc<Notifier>) -> Result<(), Error> {
        Ok(())
    }
    pub fn stop(&self) {}
}

/// Where an integration leads, without secrets: a host, a channel, an address.
pub fn target_of(_: &tacho_export::receiver::Integration) -> String {
    String::new()
}
