//! What commands are given beside their own arguments: the environment, the time, the terminal.

use crate::args::{Global, Show};
use crate::client::Client;
use crate::output::screen::Screen;
use crate::time::Zone;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Context {
    /// Options that stand before or after any command.
    pub global: Global,
    /// The environment as it was at the start.
    pub env: BTreeMap<String, String>,
    /// The moment that relative times count from.
    pub now: Timestamp,
}

impl Context {
    /// Reads environment and clock.
    pub(crate) fn new(global: Global) -> Self {
        // Names and values that are no UTF-8 are of no use to us.
        let env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            global,
            env,
            now: Timestamp::now(),
        }
    }

    /// A client of the server that the options name.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.global, &self.env)
    }

    /// Standard output.
    pub(crate) fn screen(&self) -> Screen {
        Screen::new(self.global.color, &self.env)
    }

    /// The time zone that times are shown in.
    pub(crate) fn zone(&self, show: &Show) -> Zone {
        if show.utc { Zone::utc() } else { Zone::local() }
    }

    /// `$XDG_DATA_HOME`, else `$HOME/.local/share`.
    pub(crate) fn data_home(&self) -> Option<PathBuf> {
        data_home(&self.env)
    }
}

/// `$XDG_DATA_HOME`, else `$HOME/.local/share`.
pub(crate) fn data_home(env: &BTreeMap<String, String>) -> Option<PathBuf> {
    tacho_server::config::load::xdg_folder(env, "XDG_DATA_HOME", ".local/share")
}
