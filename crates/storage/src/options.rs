//! Settings of the store, validated by who makes them.

use crate::wal::Durability;
use std::time::Duration;
use tacho_model::signal::Signal;

/// Settings of the store.
#[derive(Debug, Clone)]
pub struct Config {
    /// When a write counts as done.
    pub durability: Durability,
    /// Bytes of WAL per signal that force a flush.
    pub wal_max_bytes: u64,
    /// Bytes in memory per signal that cut the head into blocks.
    pub head_max_bytes: u64,
    /// Age of the oldest item in the head that cuts it.
    pub head_max_age: Duration,
    /// Bytes of the disk that are kept free: below it writes are refused.
    pub min_free_bytes: u64,
    /// Bytes of memory that everything together may use; 0 is no limit.
    pub memory_limit: u64,
    /// How long data is kept.
    pub retention: Retention,
    /// Bytes of small blocks waiting to be merged beyond which writes are slowed down.
    pub compaction_debt_max_bytes: u64,
    /// How much older than the newest sample of its series a sample may be.
    pub out_of_order: Duration,
    /// Active series of one metric name beyond which new ones are refused.
    pub series_per_metric_max: usize,
    /// Active series in all beyond which new ones are refused.
    pub series_max: usize,
    /// How often the maintenance thread looks for work.
    pub maintenance_interval: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            durability: Durability::Fsync,
            wal_max_bytes: 2 << 30,
            head_max_bytes: 32 << 20,
            head_max_age: Duration::from_secs(30 * 60),
            min_free_bytes: 1 << 30,
            memory_limit: 0,
            retention: Retention::default(),
            compaction_debt_max_bytes: 2 << 30,
            out_of_order: Duration::from_secs(60 * 60),
            series_per_metric_max: 200_000,
            series_max: 5_000_000,
            maintenance_interval: Duration::from_secs(1),
        }
    }
}

/// How long data is kept, counted from the later of what happened and when it arrived.
#[derive(Debug, Clone)]
pub struct Retention {
    /// Spans.
    pub spans: SignalRetention,
    /// Log records.
    pub logs: SignalRetention,
    /// Samples of metrics.
    pub samples: SignalRetention,
    /// Shorter ages for items with certain attributes.
    pub selectors: Vec<SelectorRetention>,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: u64| SignalRetention {
            age: Some(Duration::from_secs(days * 86_400)),
            bytes: None,
        };
        Self {
            spans: days(7),
            logs: days(30),
            samples: days(30),
            selectors: Vec::new(),
        }
    }
}

impl Retention {
    /// The rule of a signal.
    pub fn of(&self, signal: Signal) -> &SignalRetention {
        match signal {
            Signal::Spans => &self.spans,
            Signal::Logs => &self.logs,
            Signal::Samples => &self.samples,
        }
    }
}

/// How long a signal is kept.
#[derive(Debug, Clone, Default)]
pub struct SignalRetention {
    /// Older blocks are dropped; `None` keeps them.
    pub age: Option<Duration>,
    /// The oldest blocks are dropped above so many bytes of blocks of all tenants.
    pub bytes: Option<u64>,
}

/// A shorter age for items that have all of these attributes.
#[derive(Debug, Clone)]
pub struct SelectorRetention {
    /// The signal.
    pub signal: Signal,
    /// Keys with values as text; an item's, its resource's or its scope's.
    pub attributes: Vec<(String, String)>,
    /// Older items are deleted.
    pub age: Duration,
}
