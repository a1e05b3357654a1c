//! Bounds of the state machine: of what is held, of what is taken at once, of sizes.
//!
//! What is over a bound is refused with a reason and counted in `Counters`; nothing grows for ever.

use crate::error::{Error, Result};
use tacho_model::labels::Labels;

/// How much is held and taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Alerts that are held, firing and just over.
    pub alerts: usize,
    /// Groups that are held.
    pub groups: usize,
    /// Silences that are held, those that are over included.
    pub silences: usize,
    /// Entries of the notification log (a group and an integration each).
    pub log_entries: usize,
    /// Messages that wait for the answer of their channel.
    pub outbox: usize,
    /// Events that wait to be taken; beyond it the oldest are dropped and counted.
    pub events: usize,
    /// Alerts that are taken at once.
    pub post_alerts: usize,
    /// Labels of one alert, annotations of one alert.
    pub labels: usize,
    /// Bytes of all labels of one alert.
    pub label_bytes: usize,
    /// Bytes of all annotations and the address of one alert.
    pub annotation_bytes: usize,
    /// Bytes of a comment or of who wrote it.
    pub comment_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            alerts: 200_000,
            groups: 100_000,
            silences: 10_000,
            log_entries: 400_000,
            outbox: 200_000,
            events: 250_000,
            post_alerts: 200_000,
            labels: 128,
            label_bytes: 16 << 10,
            annotation_bytes: 64 << 10,
            comment_bytes: 4 << 10,
        }
    }
}

impl Limits {
    /// Whether labels and annotations are of a size that is taken.
    ///
    /// # Errors
    /// With the size and the bound, if they are not.
    pub fn check_alert(&self, labels: &Labels, annotations: &Labels, url: &str) -> Result<()> {
        let bytes = labels.as_encoded().len();
        if bytes > self.label_bytes {
            return Err(too_many("bytes of labels", bytes, self.label_bytes));
        }
        let bytes = annotations.as_encoded().len() + url.len();
        if bytes > self.annotation_bytes {
            return Err(too_many(
                "bytes of annotations",
                bytes,
                self.annotation_bytes,
            ));
        }
        for (what, set) in [("labels", labels), ("annotations", annotations)] {
            let count = set.iter().count();
            if count > self.labels {
                return Err(too_many(what, count, self.labels));
            }
        }
        Ok(())
    }

    /// Whether a text of somebody is of a length that is taken.
    ///
    /// # Errors
    /// With the length and the bound, if it is not.
    pub fn check_comment(&self, text: &str) -> Result<()> {
        if text.len() <= self.comment_bytes {
            return Ok(());
        }
        Err(too_many("bytes of comment", text.len(), self.comment_bytes))
    }
}

/// That something is over a bound.
pub(crate) fn too_many(what: &str, found: usize, most: usize) -> Error {
    Error::limit(format!("{found} {what}, at most {most} are taken"))
}

/// What was refused or dropped since the start, and what was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Alerts that were received.
    pub received: u64,
    /// Alerts that were refused because they are wrong or too large.
    pub refused: u64,
    /// Alerts that were refused because so many are held already.
    pub over_alerts: u64,
    /// Alerts that found no group because so many are held already.
    pub over_groups: u64,
    /// Events that were dropped because nobody took them.
    pub events_dropped: u64,
    /// Messages that were put off because too many wait for their channels.
    pub outbox_full: u64,
    /// Entries of the notification log that went early because there were too many.
    pub log_dropped: u64,
    /// Messages that were decided.
    pub notifications: u64,
    /// Messages that channels took.
    pub sent: u64,
    /// Messages that are not tried again.
    pub dead: u64,
    /// Answers about messages that are not known (any more).
    pub unknown_outcomes: u64,
    /// Looks at groups.
    pub flushes: u64,
    /// Leaps of the clock, of either direction.
    pub leaps: u64,
}
