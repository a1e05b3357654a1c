//! What is configured about alerts, as values: an `alertmanager.yml` (`alertmanager.rs`) or our own blocks
//! (`own.rs`) become the same `Config`.
//!
//! Beside it lie the types that Alertmanager does not know: escalation, rotas, storm control.

pub mod alertmanager;
pub mod default;
pub mod escalation;
mod hidden;
pub mod own;
pub mod rota;

use crate::matcher::Matcher;
use crate::route::Route;
use crate::suppression::Suppression;
use crate::time_interval::TimeInterval;
use escalation::Escalation;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tacho_export::notification::IntegrationKey;
use tacho_export::receiver::{Integration, Receiver};
use tacho_yaml::problem::Wrong;

/// Time after which an alert that is not told again is over, unless something is set.
pub const RESOLVE_TIMEOUT_MS: i64 = 5 * 60_000;

/// All that is configured about who is told what, and when.
#[derive(Debug, Clone)]
pub struct Config {
    /// What holds everywhere.
    pub global: Global,
    /// The root of the routing tree; it has no matchers.
    pub route: Route,
    /// Alerts that silence others.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Who can be told, with distinct names.
    pub receivers: Vec<Receiver>,
    /// Times that repeat, by name.
    pub time_intervals: BTreeMap<String, Vec<TimeInterval>>,
    /// Patterns of template files, as written.
    pub template_globs: Vec<String>,
    /// Alerts that tell nobody.
    pub suppressions: Vec<Suppression>,
    /// Who is told when nobody answers.
    pub escalation: Escalation,
    /// How many messages are too many.
    pub storm: Storm,
    /// The configuration as YAML, without comments and secrets.
    pub source_text: String,
    /// What is read but not in force, or should be written otherwise.
    pub warnings: Vec<Wrong>,
}

impl Config {
    /// The integrations of a receiver, in the order in which they are told; none of a receiver that is not
    /// there, or that is there to swallow alerts.
    pub fn integrations(&self, receiver: &str) -> Vec<IntegrationKey> {
        let integrations = self.receiver(receiver).map(|found| &found.integrations);
        let integrations = integrations.into_iter().flatten();
        integrations.map(|one| one.key.clone()).collect()
    }

    /// An integration of a receiver.
    pub fn integration(&self, key: &IntegrationKey) -> Option<&Arc<Integration>> {
        let integrations = &self.receiver(&key.receiver)?.integrations;
        integrations.iter().find(|one| one.key == *key)
    }

    /// Makes the paths of templates and of files with secrets relative to a folder, that of the file.
    pub fn set_folder(&mut self, folder: &Path) {
        for pattern in &mut self.template_globs {
            if Path::new(pattern).is_relative() {
                *pattern = folder.join(&*pattern).to_string_lossy().into_owned();
            }
        }
        let receivers = self.receivers.iter_mut();
        for integration in receivers.flat_map(|receiver| &mut receiver.integrations) {
            Arc::make_mut(integration).set_folder(folder);
        }
    }

    /// The receiver of a name.
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }
}

/// What holds everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Global {
    /// Time after which an alert whose teller named no end is over, ms.
    pub resolve_timeout_ms: i64,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            resolve_timeout_ms: RESOLVE_TIMEOUT_MS,
        }
    }
}

/// Alerts that silence others: while one fits `source`, those that fit `target` and agree in `equal`
/// tell nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InhibitRule {
    /// Its name, may be empty.
    pub name: String,
    /// What a silencing alert fits, sorted.
    pub source: Vec<Matcher>,
    /// What a silenced alert fits, sorted.
    pub target: Vec<Matcher>,
    /// Labels that both must have alike; absent ones are alike.
    pub equal: Vec<String>,
}

/// How many messages are too many (R211).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storm {
    /// First messages of groups that one receiver gets in a minute before a summary replaces them; 0 is no
    /// limit.
    pub groups_per_minute: u32,
    /// The same for some receivers, by name.
    pub receivers: BTreeMap<String, u32>,
}

impl Default for Storm {
    fn default() -> Self {
        Self {
            groups_per_minute: 30,
            receivers: BTreeMap::new(),
        }
    }
}

impl Storm {
    /// The limit of a receiver; 0 is none.
    pub fn limit(&self, receiver: &str) -> u32 {
        let own = self.receivers.get(receiver);
        own.copied().unwrap_or(self.groups_per_minute)
    }
}

#[cfg(test)]
mod tests;
