//! What people set while the machine runs: silences, and who is on call out of turn.

use super::Machine;
use super::event::EventKind;
use crate::config::escalation::Override;
use crate::error::{Error, Result};
use crate::limits::too_many;
use crate::silence::{Silence, SilenceDraft, SilenceSet, SilenceState, uuid_of};

/// Overrides that are held beside those of the configuration.
pub const OVERRIDES_MAX: usize = 1_000;

impl Machine {
    /// Sets a silence as Alertmanager does: a change that would rewrite what was hidden ends the old one and
    /// makes a new one.
    ///
    /// # Errors
    /// If the silence to change is not there, the draft is wrong, or there are too many.
    pub fn set_silence(&mut self, draft: SilenceDraft, now_ms: i64) -> Result<SilenceSet> {
        self.observe(now_ms);
        let count = self.meta.next_silence;
        let fresh = || uuid_of(self.options.seed ^ now_ms.unsigned_abs(), count);
        let (by, comment) = (draft.created_by.clone(), draft.comment.clone());
        let ends_at_ms = draft.ends_at_ms;
        let limits = &self.options.limits;
        let set = self.silences.set(draft, fresh, limits, now_ms)?;
        self.meta.next_silence += 1;
        self.dirty.meta = true;
        self.dirty.silences.insert(set.id.clone());
        if let Some(replaced) = &set.replaced {
            self.dirty.silences.insert(replaced.clone());
        }
        self.note(
            now_ms,
            None,
            EventKind::SilenceSet {
                id: set.id.clone(),
                by,
                comment,
                ends_at_ms,
            },
        );
        Ok(set)
    }

    /// Ends a silence now; nothing happens if it is over already.
    ///
    /// # Errors
    /// If it is not there.
    pub fn expire_silence(&mut self, id: &str, now_ms: i64) -> Result<()> {
        self.observe(now_ms);
        if self.silences.expire(id, now_ms)? {
            self.dirty.silences.insert(id.to_owned());
            let id = id.to_owned();
            self.note(now_ms, None, EventKind::SilenceExpired { id });
        }
        Ok(())
    }

    /// A silence.
    pub fn silence(&self, id: &str) -> Option<&Silence> {
        self.silences.get(id)
    }

    /// All silences, those that are over included, in Alertmanager's order: active ones by their end,
    /// pending ones by their start, then those that are over, the last one first.
    pub fn silences(&self, now_ms: i64) -> Vec<&Silence> {
        let mut all: Vec<&Silence> = self.silences.iter().collect();
        all.sort_by_key(|silence| {
            let state = silence.state(now_ms);
            let time = match state {
                SilenceState::Active => silence.ends_at_ms,
                SilenceState::Pending => silence.starts_at_ms,
                SilenceState::Expired => silence.ends_at_ms.saturating_neg(),
            };
            (state, time)
        });
        all
    }

    /// Puts somebody on call instead of whose turn it is; gives the number by which to take it back.
    ///
    /// # Errors
    /// If there is no such rota, the times are no range, or there are too many.
    pub fn add_override(&mut self, swap: Override, now_ms: i64) -> Result<u64> {
        self.observe(now_ms);
        if self.config.escalation.rota(&swap.rota).is_none() {
            return Err(Error::not_found(format!("no such rota: {:?}", swap.rota)));
        }
        if swap.start_ms >= swap.end_ms || swap.end_ms <= now_ms {
            return Err(Error::invalid(
                "an override must end after it begins, and after now",
            ));
        }
        if swap.member.receivers.is_empty() {
            let name = &swap.member.name;
            return Err(Error::invalid(format!("{name:?} has no receivers")));
        }
        if self.overrides.len() >= OVERRIDES_MAX {
            let found = self.overrides.len() + 1;
            return Err(too_many("overrides", found, OVERRIDES_MAX));
        }
        self.options.limits.check_comment(&swap.reason)?;
        self.options.limits.check_comment(&swap.created_by)?;
        let number = self.meta.next_override;
        self.meta.next_override += 1;
        self.dirty.meta = true;
        self.dirty.overrides.insert(number);
        self.overrides.insert(number, swap);
        Ok(number)
    }

    /// Takes an override back.
    ///
    /// # Errors
    /// If it is not there.
    pub fn remove_override(&mut self, number: u64) -> Result<()> {
        let removed = self.overrides.remove(&number);
        self.dirty.overrides.insert(number);
        let missing = || Error::not_found(format!("no such override: {number}"));
        removed.map(|_| ()).ok_or_else(missing)
    }

    /// Overrides that were set while running, with their numbers.
    pub fn overrides(&self) -> impl Iterator<Item = (u64, &Override)> {
        self.overrides.iter().map(|(number, swap)| (*number, swap))
    }

    /// Overrides of the configuration, then those that were set while running: of two that begin together the
    /// later one counts.
    pub fn all_overrides(&self) -> Vec<Override> {
        let configured = self.config.escalation.overrides.iter();
        configured.chain(self.overrides.values()).cloned().collect()
    }
}
