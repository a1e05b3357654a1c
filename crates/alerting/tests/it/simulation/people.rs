//! What people do in a month: silences, acknowledgements, new configurations.

use super::Month;
use super::Step;
use super::model::Hush;
use crate::support::{HOUR, MINUTE};
use std::sync::Arc;
use tacho_alerting::acknowledge::Selector;
use tacho_alerting::matcher::Matcher;
use tacho_alerting::silence::SilenceDraft;
use tacho_model::labels::Labels;

const DAY: i64 = 24 * HOUR;

impl Month {
    pub(super) fn silence(&mut self) {
        self.after(2 * DAY, Step::Silence);
        if self.calm {
            return;
        }
        let by_host = self.chance.percent(50);
        let (name, value) = match by_host {
            true => ("host".to_owned(), format!("h{}", self.chance.below(6))),
            false => {
                let names = ["A", "B", "C", "D"];
                let n = self.chance.below(4) as usize;
                ("alertname".to_owned(), names[n].to_owned())
            }
        };
        let ends = self.now + MINUTE + self.chance.below(10 * HOUR);
        let draft = SilenceDraft {
            id: None,
            matchers: vec![Matcher::equal(name.clone(), value.clone())],
            starts_at_ms: None,
            ends_at_ms: ends,
            created_by: "me".to_owned(),
            comment: String::new(),
            annotations: Labels::default(),
        };
        let set = self.machine.set_silence(draft, self.now).unwrap();
        self.write();
        let hush = Hush {
            name,
            value,
            from: self.now,
            to: ends,
        };
        self.model.hushes.insert(set.id, hush);
        if self.chance.percent(30) {
            self.after(3 * HOUR, Step::Unsilence);
        }
    }

    pub(super) fn unsilence(&mut self) {
        let ids: Vec<String> = self.model.hushes.keys().cloned().collect();
        let id = &ids[self.chance.below(ids.len() as i64) as usize];
        if self.machine.expire_silence(id, self.now).is_ok() {
            let hush = self.model.hushes.get_mut(id).unwrap();
            hush.to = hush.to.min(self.now);
        }
        self.write();
    }

    pub(super) fn acknowledge(&mut self) {
        self.after(DAY, Step::Acknowledge);
        let groups = self.machine.groups(&Default::default(), self.now);
        if groups.is_empty() || self.calm {
            return;
        }
        let group = &groups[self.chance.below(groups.len() as i64) as usize];
        let selector = Selector::Group(group.id);
        if self
            .machine
            .acknowledge(&selector, "ann", "", self.now)
            .is_ok()
        {
            self.model.acknowledged.insert(group.key.clone(), true);
            if self.chance.percent(30) {
                self.after(5 * HOUR, Step::Unacknowledge);
            }
        }
        self.write();
    }

    pub(super) fn unacknowledge(&mut self) {
        let keys: Vec<String> = self.model.acknowledged.keys().cloned().collect();
        for key in keys {
            let selector = Selector::GroupKey(key.clone());
            let _ = self.machine.unacknowledge(&selector, "ann", self.now);
            self.model.acknowledged.remove(&key);
            self.model.changed = self.now;
        }
        self.write();
    }

    pub(super) fn reload(&mut self) {
        self.after(6 * DAY, Step::Reload);
        if self.calm {
            return;
        }
        let n = self.chance.below(self.configs.len() as i64) as usize;
        let config = Arc::clone(&self.configs[n]);
        self.machine.reload(Arc::clone(&config), self.now);
        self.model.reloaded(config, self.now);
        self.write();
    }
}
