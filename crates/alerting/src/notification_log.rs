//! What each integration was last told about each group: what keeps messages from being sent twice, and
//! what tells when one is due again.
//!
//! As in Alertmanager: an entry lives for twice the repeat interval, at most for the retention.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tacho_export::notification::{IntegrationKey, Reason};

/// Names an entry: a group's key and an integration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LogKey {
    /// Alertmanager's group key.
    pub(crate) group: Arc<str>,
    /// The integration.
    pub(crate) to: Arc<IntegrationKey>,
}

/// What an integration was told last about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEntry {
    /// When, ms.
    pub(crate) at_ms: i64,
    /// Fingerprints that were firing, ascending.
    pub(crate) firing: Vec<u64>,
    /// Fingerprints that were over, ascending.
    pub(crate) resolved: Vec<u64>,
    /// What the channel called the first message.
    pub(crate) thread: Option<String>,
    /// The message that told it; 0 if there was none to send.
    pub(crate) notification: u64,
    /// When it is forgotten, ms.
    pub(crate) expires_ms: i64,
}

/// All entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: HashMap<LogKey, LogEntry>,
    expiries: BTreeSet<(i64, LogKey)>,
}

impl Log {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, key: &LogKey) -> Option<&LogEntry> {
        self.entries.get(key)
    }

    /// Writes an entry in place of the one before.
    pub(crate) fn put(&mut self, key: LogKey, entry: LogEntry) {
        self.expiries.insert((entry.expires_ms, key.clone()));
        let expires_ms = entry.expires_ms;
        if let Some(before) = self.entries.insert(key.clone(), entry)
            && before.expires_ms != expires_ms
        {
            self.expiries.remove(&(before.expires_ms, key));
        }
    }

    /// The entry that goes first.
    pub(crate) fn first_expiry(&self) -> Option<&(i64, LogKey)> {
        self.expiries.first()
    }

    pub(crate) fn remove(&mut self, key: &LogKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.expiries.remove(&(entry.expires_ms, key.clone()));
        }
    }

    /// Keys in order.
    pub(crate) fn keys(&self) -> Vec<LogKey> {
        self.expiries.iter().map(|(_, key)| key.clone()).collect()
    }
}

/// What an integration has to be told, by what it was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Nothing,
    /// A message.
    Tell(Reason),
}

/// What a group is now, after all that hides alerts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now<'a> {
    /// Fingerprints that are firing, ascending.
    pub(crate) firing: &'a [u64],
    /// Fingerprints that are over, ascending.
    pub(crate) resolved: &'a [u64],
    /// The time, ms.
    pub(crate) now_ms: i64,
}

/// Alertmanager's decision whether to tell.
pub(crate) fn need(
    entry: Option<&LogEntry>,
    now: Now<'_>,
    send_resolved: bool,
    repeat_interval_ms: i64,
) -> Need {
    let Some(entry) = entry else {
        return match now.firing {
            [] => Need::Nothing,
            _ => Need::Tell(Reason::First),
        };
    };
    if !is_subset(now.firing, &entry.firing) {
        return Need::Tell(match entry.firing.as_slice() {
            [] => Reason::First,
            _ => Reason::Grown,
        });
    }
    if now.firing.is_empty() {
        return match entry.firing.as_slice() {
            [] => Need::Nothing,
            _ => Need::Tell(Reason::Resolved),
        };
    }
    if send_resolved && !is_subset(now.resolved, &entry.resolved) {
        return Need::Tell(Reason::Shrunk);
    }
    if entry.at_ms < now.now_ms - repeat_interval_ms {
        return Need::Tell(Reason::Repeat);
    }
    Need::Nothing
}

/// Whether all of `part` are in `whole`; both ascending.
fn is_subset(part: &[u64], whole: &[u64]) -> bool {
    if part.len() > whole.len() {
        return false;
    }
    let mut rest = whole.iter();
    part.iter()
        .all(|one| rest.by_ref().find(|other| *other >= one) == Some(one))
}

#[cfg(test)]
mod tests {
    use super::{LogEntry, Need, Now, is_subset, need};
    use tacho_export::notification::Reason;

    fn entry(firing: &[u64], resolved: &[u64]) -> LogEntry {
        LogEntry {
            at_ms: 1_000,
            firing: firing.to_vec(),
            resolved: resolved.to_vec(),
            thread: None,
            notification: 0,
            expires_ms: 0,
        }
    }

    #[test]
    fn subsets() {
        assert!(is_subset(&[], &[]));
        assert!(is_subset(&[1, 3], &[1, 2, 3]));
        assert!(!is_subset(&[1, 4], &[1, 2, 3]));
        assert!(!is_subset(&[0], &[1, 2, 3]));
        assert!(!is_subset(&[1], &[]));
    }

    #[test]
    fn the_decisions_are_those_of_alertmanager() {
        // (told firing, told resolved, firing, resolved, send_resolved, need)
        let tell = Need::Tell;
        let told = |f: &[u64], r: &[u64]| Some(entry(f, r));
        let cases = [
            (None, vec![1], vec![], true, tell(Reason::First)),
            (None, vec![], vec![1], true, Need::Nothing),
            (
                told(&[1], &[]),
                vec![1, 2],
                vec![],
                true,
                tell(Reason::Grown),
            ),
            (told(&[], &[1]), vec![1], vec![], true, tell(Reason::First)),
            (
                told(&[1], &[]),
                vec![],
                vec![1],
                false,
                tell(Reason::Resolved),
            ),
            (told(&[], &[1]), vec![], vec![1], true, Need::Nothing),
            (
                told(&[1, 2], &[]),
                vec![1],
                vec![2],
                true,
                tell(Reason::Shrunk),
            ),
            (told(&[1, 2], &[]), vec![1], vec![2], false, Need::Nothing),
            (told(&[1], &[]), vec![1], vec![], true, Need::Nothing),
        ];
        for (told, firing, resolved, send_resolved, expected) in cases {
            let now = Now {
                firing: &firing,
                resolved: &resolved,
                now_ms: 2_000,
            };
            assert_eq!(need(told.as_ref(), now, send_resolved, 1_000), expected);
        }
    }

    #[test]
    fn an_unchanged_group_is_told_again_once_its_interval_has_passed() {
        let told = entry(&[1], &[]);
        let at = |now_ms| {
            let (firing, resolved): (&[u64], &[u64]) = (&[1], &[]);
            let now = Now {
                firing,
                resolved,
                now_ms,
            };
            need(Some(&told), now, true, 5_000)
        };
        assert_eq!(at(6_000), Need::Nothing);
        assert_eq!(at(6_001), Need::Tell(Reason::Repeat));
    }
}
