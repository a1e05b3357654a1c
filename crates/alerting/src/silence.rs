//! Silences: matchers that hide alerts for a time, set by people.
//!
//! As in Alertmanager: a change that would rewrite what was hidden ends the old silence and makes a new
//! one. `Cache` remembers for an alert which silences fit it, so that each silence is tried once per alert.

use crate::error::{Error, Result};
use crate::limits::{Limits, too_many};
use crate::matcher::{MATCHERS_MAX, Matcher, all_match};
use std::collections::{BTreeMap, HashMap};
use tacho_model::labels::Labels;

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// A UUID.
    pub id: String,
    /// What an alert has to fit to be hidden.
    pub matchers: Vec<Matcher>,
    /// From when, ms.
    pub starts_at_ms: i64,
    /// Until when, ms; this moment no longer counts.
    pub ends_at_ms: i64,
    /// When it was set or changed, ms.
    pub updated_at_ms: i64,
    /// Who set it.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// Further words of whoever set it.
    pub annotations: Labels,
}

/// Where in its life a silence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SilenceState {
    /// It hides.
    Active,
    /// It will hide.
    Pending,
    /// It is over.
    Expired,
}

impl SilenceState {
    /// As Alertmanager's API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Expired => "expired",
        }
    }
}

impl Silence {
    /// Where in its life it is at a time.
    pub fn state(&self, now_ms: i64) -> SilenceState {
        if now_ms < self.starts_at_ms {
            SilenceState::Pending
        } else if now_ms < self.ends_at_ms {
            SilenceState::Active
        } else {
            SilenceState::Expired
        }
    }

    /// Whether it fits labels, whatever the time.
    pub fn fits(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
    }
}

/// A silence as somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceDraft {
    /// The silence to change; a new one without.
    pub id: Option<String>,
    /// What is hidden.
    pub matchers: Vec<Matcher>,
    /// From when, ms; at once without.
    pub starts_at_ms: Option<i64>,
    /// Until when, ms.
    pub ends_at_ms: i64,
    /// Who asks.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// Further words.
    pub annotations: Labels,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceSet {
    /// The id of the silence: a new one if the change had to make a new silence.
    pub id: String,
    /// The silence that ended because of it.
    pub replaced: Option<String>,
}

/// All silences. Numbered in the order in which they came: what is numbered higher than a cache has seen
/// is new to it.
#[derive(Debug, Default)]
pub(crate) struct Silences {
    by_number: BTreeMap<u64, Silence>,
    by_id: HashMap<String, u64>,
    last: u64,
}

/// Which silences fit an alert, as far as it was looked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cache {
    seen: u64,
    fitting: Vec<u64>,
}

impl Silences {
    /// How many are held, those that are over included.
    pub(crate) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// The silence of an id.
    pub(crate) fn get(&self, id: &str) -> Option<&Silence> {
        self.by_number.get(self.by_id.get(id)?)
    }

    /// All of them, in the order in which they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Silence> {
        self.by_number.values()
    }

    /// Takes one as it is: from the rows of the last run.
    pub(crate) fn put(&mut self, silence: Silence) {
        if let Some(number) = self.by_id.get(&silence.id) {
            self.by_number.insert(*number, silence);
            return;
        }
        self.last += 1;
        self.by_id.insert(silence.id.clone(), self.last);
        self.by_number.insert(self.last, silence);
    }

    /// Sets one; `fresh_id` is used if a new silence has to be made.
    pub(crate) fn set(
        &mut self,
        draft: SilenceDraft,
        fresh_id: impl FnOnce() -> String,
        limits: &Limits,
        now_ms: i64,
    ) -> Result<SilenceSet> {
        let starts_at_ms = draft.starts_at_ms.unwrap_or(now_ms);
        validate(&draft, starts_at_ms, limits, now_ms)?;
        let wanted = draft.id.clone().filter(|id| !id.is_empty());
        let before = match &wanted {
            Some(id) => Some(self.get(id).cloned().ok_or_else(|| not_found(id))?),
            None => None,
        };
        let mut silence = Silence {
            id: wanted.unwrap_or_default(),
            matchers: draft.matchers,
            starts_at_ms,
            ends_at_ms: draft.ends_at_ms,
            updated_at_ms: now_ms,
            created_by: draft.created_by,
            comment: draft.comment,
            annotations: draft.annotations,
        };
        if before
            .as_ref()
            .is_some_and(|before| can_update(before, &silence, now_ms))
        {
            let id = silence.id.clone();
            self.put(silence);
            return Ok(SilenceSet { id, replaced: None });
        }
        if self.len() >= limits.silences {
            return Err(too_many("silences", self.len() + 1, limits.silences));
        }
        let over = |silence: &Silence| silence.state(now_ms) == SilenceState::Expired;
        let replaced = before
            .filter(|before| !over(before))
            .map(|before| before.id);
        if let Some(id) = &replaced {
            self.expire(id, now_ms)?;
        }
        silence.id = fresh_id();
        silence.starts_at_ms = silence.starts_at_ms.max(now_ms);
        let id = silence.id.clone();
        self.put(silence);
        Ok(SilenceSet { id, replaced })
    }

    /// Ends one now; whether it was not over before.
    pub(crate) fn expire(&mut self, id: &str, now_ms: i64) -> Result<bool> {
        let number = self.by_id.get(id).ok_or_else(|| not_found(id))?;
        let silence = self.by_number.get_mut(number);
        let silence = silence.ok_or_else(|| not_found(id))?;
        match silence.state(now_ms) {
            SilenceState::Expired => return Ok(false),
            SilenceState::Active => silence.ends_at_ms = now_ms,
            SilenceState::Pending => {
                silence.starts_at_ms = now_ms;
                silence.ends_at_ms = now_ms;
            }
        }
        silence.updated_at_ms = now_ms;
        Ok(true)
    }

    /// Forgets what was over before a time; gives the ids.
    pub(crate) fn forget_ended_before(&mut self, before_ms: i64) -> Vec<String> {
        let old = |silence: &&Silence| silence.ends_at_ms <= before_ms;
        let gone: Vec<String> = self.iter().filter(old).map(|s| s.id.clone()).collect();
        for id in &gone {
            if let Some(number) = self.by_id.remove(id) {
                self.by_number.remove(&number);
            }
        }
        gone
    }

    /// The silences that hide an alert now. Looks only at silences that the cache has not seen, and at
    /// those that fitted.
    pub(crate) fn hiding<'a>(
        &'a self,
        labels: &Labels,
        cache: &mut Cache,
        now_ms: i64,
    ) -> impl Iterator<Item = &'a Silence> + use<'a> {
        if cache.seen < self.last {
            for (number, silence) in self.by_number.range(cache.seen + 1..) {
                if silence.state(now_ms) != SilenceState::Expired && silence.fits(labels) {
                    cache.fitting.push(*number);
                }
            }
            cache.seen = self.last;
        }
        let mut active = Vec::new();
        cache.fitting.retain(|number| {
            let silence = self.by_number.get(number);
            let state = silence.map_or(SilenceState::Expired, |s| s.state(now_ms));
            if state == SilenceState::Active {
                active.extend(silence);
            }
            state != SilenceState::Expired
        });
        active.into_iter()
    }

    /// The silences that hide labels at a time, without a cache.
    pub(crate) fn fitting<'a>(
        &'a self,
        labels: &'a Labels,
        now_ms: i64,
    ) -> impl Iterator<Item = &'a Silence> {
        self.iter()
            .filter(move |s| s.state(now_ms) == SilenceState::Active && s.fits(labels))
    }
}

fn not_found(id: &str) -> Error {
    Error::not_found(format!("silence not found: {id:?}"))
}

/// Whether a silence may be changed without rewriting what it hid so far.
fn can_update(before: &Silence, after: &Silence, now_ms: i64) -> bool {
    if before.matchers != after.matchers {
        return false;
    }
    let second = |ms: i64| ms.div_euclid(1_000);
    match before.state(now_ms) {
        SilenceState::Active => {
            second(before.starts_at_ms) == second(after.starts_at_ms) && after.ends_at_ms >= now_ms
        }
        SilenceState::Pending => after.starts_at_ms >= now_ms,
        SilenceState::Expired => false,
    }
}

fn validate(draft: &SilenceDraft, starts_at_ms: i64, limits: &Limits, now_ms: i64) -> Result<()> {
    let matchers = &draft.matchers;
    if matchers.is_empty() {
        return Err(Error::invalid(
            "invalid silence: at least one matcher required",
        ));
    }
    if matchers.len() > MATCHERS_MAX {
        return Err(too_many("matchers", matchers.len(), MATCHERS_MAX));
    }
    if let Some(place) = matchers.iter().position(|m| m.name().is_empty()) {
        let text =
            format!("invalid silence: invalid label matcher {place}: invalid label name \"\"");
        return Err(Error::invalid(text));
    }
    if matchers
        .iter()
        .all(|m| m.op().is_equal() && m.matches_value(""))
    {
        return Err(Error::invalid(
            "invalid silence: at least one matcher must not match the empty string",
        ));
    }
    if starts_at_ms >= draft.ends_at_ms {
        return Err(Error::invalid("start time must be before end time"));
    }
    if draft.ends_at_ms < now_ms {
        return Err(Error::invalid("end time can't be in the past"));
    }
    limits.check_comment(&draft.comment)?;
    limits.check_comment(&draft.created_by)?;
    let bytes: usize = matchers
        .iter()
        .map(|m| m.name().len() + m.value().len())
        .sum();
    if bytes > limits.label_bytes {
        return Err(too_many("bytes of matchers", bytes, limits.label_bytes));
    }
    limits.check_alert(&Labels::default(), &draft.annotations, "")
}

/// A UUID (version 4 by its shape) of a seed and a count.
pub(crate) fn uuid_of(seed: u64, count: u64) -> String {
    let high = mix(seed ^ mix(count));
    let low = mix(high ^ count.rotate_left(32));
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// Spreads a number over all bits (SplitMix64).
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
