//! Colour slots: small numbers for services, agents, models and tools, handed out in the order in
//! which names are first seen and kept, so that a name has the same colour on every page and after
//! a restart. Kept in `slots.json` of the data folder; `docs/formats/slots.md` describes it.

mod file;

use crate::error::Error;
use file::Home;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tacho_storage::io::Io;
use tokio::sync::Notify;

/// Names of a kind that get a slot of their own; of more the slot is a hash of the name.
pub const NAMES_MAX: usize = 10_000;
/// Longest name that gets a slot of its own, in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Time in which further new names are waited for before the file is written.
const GATHER: Duration = Duration::from_millis(250);
/// Time after which a failed write is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// `service.name`.
    Service,
    /// An agent.
    Agent,
    /// A model.
    Model,
    /// A tool.
    Tool,
}

impl SlotKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Service, Self::Agent, Self::Model, Self::Tool];

    /// The name in the API and in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Model => "model",
            Self::Tool => "tool",
        }
    }

    /// The kind of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The slots of all kinds.
#[derive(Debug, Default)]
pub struct Slots {
    tables: Mutex<Tables>,
    /// Where they are kept, and how many names the file holds. Locked while the file is written.
    home: Mutex<Option<Home>>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Tables([Table; 4]);

#[derive(Debug, Default, Clone)]
struct Table {
    slots: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl Table {
    fn known(&self, name: &str) -> Option<u32> {
        self.slots.get(name).copied()
    }

    /// Gives a new name the next slot; a hash if there is none left.
    fn add(&mut self, name: &str) {
        let next = self.names.len();
        if next >= NAMES_MAX || name.len() > NAME_BYTES_MAX || self.slots.contains_key(name) {
            return;
        }
        let name: Arc<str> = name.into();
        self.slots.insert(Arc::clone(&name), next as u32);
        self.names.push(name);
    }
}

impl Tables {
    fn names(&self) -> usize {
        self.0.iter().map(|table| table.names.len()).sum()
    }
}

impl Slots {
    /// Slots of these names, in their order. Names that are new get theirs in sorted order, so
    /// that one answer gives the same slots however it was put together.
    pub fn of<'a>(&self, kind: SlotKind, names: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let names: Vec<&str> = names.collect();
        let mut tables = self.tables.lock();
        let before = tables.names();
        let table = &mut tables.0[kind as usize];
        let mut new: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| table.known(name).is_none())
            .collect();
        new.sort_unstable();
        for name in new {
            table.add(name);
        }
        let slots = names
            .iter()
            .map(|name| table.known(name).unwrap_or_else(|| hash(name)))
            .collect();
        if tables.names() > before {
            self.changed.notify_one();
        }
        slots
    }

    /// Every name of a kind that has a slot of its own.
    pub fn all(&self, kind: SlotKind) -> BTreeMap<String, u32> {
        let tables = self.tables.lock();
        let names = tables.0[kind as usize].names.iter().zip(0..);
        names.map(|(name, slot)| (name.to_string(), slot)).collect()
    }

    /// Reads the file of a data folder that nobody else uses and keeps it from now on. A file that
    /// cannot be read is set aside with a warning.
    ///
    /// # Errors
    /// If the folder cannot be touched.
    pub fn open(&self, io: Arc<dyn Io>, dir: &Path) -> Result<(), Error> {
        let (home, tables) = Home::open(io, dir)?;
        *self.tables.lock() = tables;
        *self.home.lock() = Some(home);
        Ok(())
    }

    /// Writes the file if names came since; durable when it returns.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        let mut home = self.home.lock();
        let Some(home) = home.as_mut() else {
            return Ok(());
        };
        let (bytes, names) = {
            let tables = self.tables.lock();
            if tables.names() == home.names {
                return Ok(());
            }
            (file::encode(&tables)?, tables.names())
        };
        home.store(&bytes)?;
        home.names = names;
        Ok(())
    }
}

/// Saves new names a moment after they came, until it is dropped.
pub async fn keep(slots: Arc<Slots>) {
    loop {
        slots.changed.notified().await;
        tokio::time::sleep(GATHER).await;
        let saving = Arc::clone(&slots);
        let saved = tokio::task::spawn_blocking(move || saving.save()).await;
        if let Ok(Err(error)) = saved {
            tracing::warn!(%error, "colour slots could not be saved");
            tokio::time::sleep(RETRY).await;
            slots.changed.notify_one();
        }
    }
}

/// FNV-1a over 32 bits: the same in every version.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests;
