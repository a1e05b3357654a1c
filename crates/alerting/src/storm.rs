//! Storm control: a summary instead of a thousand messages.
//!
//! Per receiver and minute so many groups are told by messages of their own; the next ones that come due
//! together are told by one summary, and what comes after it waits for the next minute. Nothing goes
//! untold: groups of a summary count as told, groups that wait are looked at again.

/// Length of a window, ms.
pub(crate) const WINDOW_MS: i64 = 60_000;

/// What a receiver was told in the current minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// When the minute began, ms.
    pub(crate) start_ms: i64,
    /// First messages of groups.
    pub(crate) told: u32,
    /// When the summary was made, ms.
    pub(crate) summary_ms: Option<i64>,
}

/// How the first message of a group goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// By itself.
    Alone,
    /// In the summary that is being made.
    Summary,
    /// Not before this time, ms.
    Later(i64),
}

impl Window {
    pub(crate) fn starting(now_ms: i64) -> Self {
        Self {
            start_ms: now_ms,
            told: 0,
            summary_ms: None,
        }
    }

    /// Whether it has nothing to say any more at a time (also after the clock was set back).
    pub(crate) fn is_over(&self, now_ms: i64) -> bool {
        now_ms >= self.start_ms.saturating_add(WINDOW_MS) || now_ms < self.start_ms
    }

    /// Takes the first message of one more group, `limit` being above 0.
    pub(crate) fn admit(&mut self, limit: u32, now_ms: i64) -> Admission {
        if self.is_over(now_ms) {
            *self = Self::starting(now_ms);
        }
        if self.told < limit {
            self.told += 1;
            return Admission::Alone;
        }
        match self.summary_ms {
            Some(at_ms) if at_ms != now_ms => {
                Admission::Later(self.start_ms.saturating_add(WINDOW_MS))
            }
            _ => {
                self.summary_ms = Some(now_ms);
                Admission::Summary
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Admission, Window};

    #[test]
    fn some_go_alone_then_one_summary_then_the_next_minute() {
        let mut window = Window::starting(1_000);
        let mut admit = |now_ms| window.admit(2, now_ms);
        assert_eq!(admit(1_000), Admission::Alone);
        assert_eq!(admit(2_000), Admission::Alone);
        assert_eq!(admit(3_000), Admission::Summary);
        assert_eq!(admit(3_000), Admission::Summary);
        assert_eq!(admit(4_000), Admission::Later(61_000));
        assert_eq!(admit(61_000), Admission::Alone);
        // the clock was set back
        assert_eq!(admit(500), Admission::Alone);
    }
}
