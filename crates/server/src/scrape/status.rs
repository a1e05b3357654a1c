//! What is known about targets, in the shapes of Prometheus' API.

use serde::Serialize;
use std::collections::BTreeMap;

/// `GET /api/v1/targets`: `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Targets {
    /// Targets that are scraped, by pool and URL.
    pub active_targets: Vec<ActiveTarget>,
    /// Targets that rules dropped.
    pub dropped_targets: Vec<DroppedTarget>,
    /// How many were dropped in each pool, those that are not remembered too.
    pub dropped_target_counts: BTreeMap<String, usize>,
}

/// A target that is scraped.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveTarget {
    /// Labels before the rules.
    pub discovered_labels: BTreeMap<String, String>,
    /// Labels of its series.
    pub labels: BTreeMap<String, String>,
    /// The job.
    pub scrape_pool: String,
    /// What is asked for.
    pub scrape_url: String,
    /// The same, as others reach it.
    pub global_url: String,
    /// Why the last scrape failed; empty if it did not.
    pub last_error: String,
    /// When it was scraped last, RFC 3339; the year 1 if never.
    pub last_scrape: String,
    /// How long that took, in seconds.
    pub last_scrape_duration: f64,
    /// Whether it answers.
    pub health: Health,
    /// Time between scrapes.
    pub scrape_interval: String,
    /// Longest time of a scrape.
    pub scrape_timeout: String,
}

/// A target that rules dropped.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DroppedTarget {
    /// Labels before the rules.
    pub discovered_labels: BTreeMap<String, String>,
    /// The job.
    pub scrape_pool: String,
}

/// Whether a target answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It was not scraped yet.
    #[default]
    Unknown,
    /// The last scrape was good.
    Up,
    /// The last scrape failed.
    Down,
}

/// `GET /api/v1/targets/metadata`: an item of `data`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetMetadata {
    /// Labels of the target.
    pub target: BTreeMap<String, String>,
    /// The metric; left out where only one was asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub metric: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it means.
    pub help: String,
    /// Its unit.
    pub unit: String,
}

impl Health {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Unknown => "unknown",
            Health::Up => "up",
            Health::Down => "down",
        }
    }
}
