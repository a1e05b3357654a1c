//! One alert of a rule: its labels, its state and since when. The shape that pages, the API and alerting
//! read; `group/machine.rs` moves it from state to state.

use std::sync::Arc;
use tacho_model::labels::Labels;

/// The state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    /// It was firing and is over.
    Inactive,
    /// It is there, but not for as long as `for` asks.
    Pending,
    /// It fires.
    Firing,
}

impl AlertState {
    /// `inactive`, `pending` or `firing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Firing => "firing",
        }
    }
}

/// Annotations, by name. Unlike labels they may be empty. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Annotations(pub(super) Arc<[(Arc<str>, Arc<str>)]>);

impl Annotations {
    /// Names and texts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_ref(), text.as_ref()))
    }

    /// The text of one; empty if there is none.
    pub fn value(&self, name: &str) -> &str {
        self.iter()
            .find(|(own, _)| *own == name)
            .map_or("", |(_, text)| text)
    }

    /// As labels: without those that are empty.
    pub fn to_labels(&self) -> Labels {
        Labels::from_pairs(self.iter())
    }
}

/// An alert that is pending or firing, or was lately. Times are ms since the epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveAlert {
    /// Its state.
    pub state: AlertState,
    /// Its labels, `alertname` among them. They identify it among those of its rule.
    pub labels: Labels,
    /// Its annotations at the last evaluation in which it was there.
    pub annotations: Annotations,
    /// The value of the expression at that evaluation; 0 if that is a histogram, NaN without data.
    pub value: f64,
    /// It stands for missing data (`NoData::Alert`).
    pub no_data: bool,
    /// Since when it is there.
    pub active_at_ms: i64,
    /// Since when it fires.
    pub fired_at_ms: Option<i64>,
    /// When it was over.
    pub resolved_at_ms: Option<i64>,
    /// Since when it only fires because of `keep_firing_for`.
    pub keep_firing_since_ms: Option<i64>,
    /// When it was last told to alerting.
    pub last_sent_at_ms: Option<i64>,
    /// Until when it counts as firing if nothing more is told.
    pub valid_until_ms: i64,
    pub(super) seen: u64,
    pub(super) series: Series,
}

/// Labels of the series that tell about an alert, as far as they were needed yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Series {
    pub(super) pending: Option<Labels>,
    pub(super) firing: Option<Labels>,
    pub(super) for_state: Option<Labels>,
}

impl ActiveAlert {
    /// An alert that has just appeared.
    pub(super) fn new(labels: Labels, at_ms: i64) -> Self {
        Self {
            state: AlertState::Pending,
            labels,
            annotations: Annotations::default(),
            value: 0.0,
            no_data: false,
            active_at_ms: at_ms,
            fired_at_ms: None,
            resolved_at_ms: None,
            keep_firing_since_ms: None,
            last_sent_at_ms: None,
            valid_until_ms: 0,
            seen: 0,
            series: Series::default(),
        }
    }

    /// Whether alerting has to be told: at once when it fires or is over, else each `resend_delay_ms`.
    pub(super) fn needs_sending(&self, at_ms: i64, resend_delay_ms: i64) -> bool {
        if self.state == AlertState::Pending {
            return false;
        }
        let Some(sent) = self.last_sent_at_ms else {
            return true;
        };
        self.resolved_at_ms.is_some_and(|resolved| resolved > sent)
            || sent.saturating_add(resend_delay_ms) < at_ms
    }

    /// Moves all its times, after the clock was set back.
    pub(super) fn shift(&mut self, by_ms: i64) {
        self.active_at_ms = self.active_at_ms.saturating_add(by_ms);
        self.valid_until_ms = self.valid_until_ms.saturating_add(by_ms);
        for time in [
            &mut self.fired_at_ms,
            &mut self.resolved_at_ms,
            &mut self.keep_firing_since_ms,
            &mut self.last_sent_at_ms,
        ] {
            *time = time.map(|time| time.saturating_add(by_ms));
        }
    }
}
