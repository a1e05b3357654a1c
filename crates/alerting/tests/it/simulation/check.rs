//! What must have happened by now: nothing that had to be told is untold.

use super::model::{ANSWER_MAX, CHECK, Model};
use crate::support::{MINUTE, SECOND};
use std::sync::Arc;
use tacho_alerting::group::group_key;
use tacho_alerting::route::Route;
use tacho_export::notification::IntegrationKey;

impl Model {
    /// Checks that what had to be told was told.
    pub(crate) fn check(&mut self, now: i64) {
        self.note_muted(now);
        self.note_calm(now);
        for n in 0..self.truth.len() {
            let labels = self.truth[n].labels.clone();
            let config = Arc::clone(&self.config);
            for route in config.route.find(&labels) {
                let key = group_key(&route.key, &route.group_by.group_labels(&labels));
                for receiver in &route.receivers {
                    for to in config.integrations(receiver) {
                        self.check_place(n, route, (&key, &to), now);
                    }
                }
            }
        }
    }

    /// Anything that no state of an alert or a channel excuses for so long has to have been told.
    fn check_place(
        &mut self,
        n: usize,
        route: &Route,
        (key, to): (&String, &IntegrationKey),
        now: i64,
    ) {
        if self.acknowledged.contains_key(key) {
            return;
        }
        let bound = route.group_interval_ms
            + route.group_wait_ms
            + 2 * ANSWER_MAX
            + 10 * MINUTE
            + CHECK
            + SECOND;
        let hidden = self.silenced_until(n, now).max(self.inhibited(n, now).0);
        let muted = self.muted.get(&route.id).copied().unwrap_or(i64::MIN);
        let trouble = self.trouble.get(to).copied().unwrap_or(i64::MIN);
        let excused = hidden.max(muted).max(trouble).max(self.changed);
        let place = (key.clone(), to.clone());
        if self.surely_firing(n, now) {
            let since = self.truth[n].since.unwrap_or(now).max(excused);
            if now - since <= bound {
                return;
            }
            self.checked += 1;
            let heard = self.heard.get(&place);
            let knows = heard.is_some_and(|heard| heard.firing.contains(&n));
            assert!(
                knows,
                "untold for {} s: {:?} {place:?} {heard:?}",
                (now - since) / 1_000,
                self.truth[n]
            );
            let last = heard.map_or(i64::MIN, |heard| heard.at);
            let repeat = route.repeat_interval_ms + bound;
            let waited = now - since.max(last);
            assert!(
                waited <= repeat,
                "not repeated for {waited} ms: {:?} {place:?}",
                self.truth[n]
            );
            return;
        }
        if self.maybe_firing(n, now) {
            return;
        }
        let over = self.maybe_until(n);
        let Some(heard) = self.heard.get_mut(&place) else {
            return;
        };
        if hidden > over || muted.saturating_add(CHECK) > over {
            // nobody is told the end of what is hidden then
            heard.expected.remove(&n);
        }
        let waited = now - over.max(excused);
        assert!(
            waited <= bound || !heard.expected.contains(&n),
            "end untold for {waited} ms: {:?} {place:?} {heard:?}",
            self.truth[n]
        );
    }
}
