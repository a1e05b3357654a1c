//! A range of time in slices, and slices in halves when one is too much to ask for at once.

/// From when to when, milliseconds: after `start_ms`, up to and including `end_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
}

/// Slices shorter than this are not halved.
const WIDTH_MIN_MS: i64 = 1000;

impl Slice {
    pub(super) fn width_ms(self) -> i64 {
        self.end_ms.saturating_sub(self.start_ms)
    }

    /// Both halves, the earlier first; `None` if it is too short.
    pub(super) fn halves(self) -> Option<(Slice, Slice)> {
        if self.width_ms() < 2 * WIDTH_MIN_MS {
            return None;
        }
        let middle = self.start_ms + self.width_ms() / 2;
        let earlier = Slice {
            end_ms: middle,
            ..self
        };
        let later = Slice {
            start_ms: middle,
            ..self
        };
        Some((earlier, later))
    }
}

/// The slices of a range from a moment on.
pub(super) fn slices(start_ms: i64, end_ms: i64, width_ms: i64) -> impl Iterator<Item = Slice> {
    let mut next = start_ms;
    let width = width_ms.max(WIDTH_MIN_MS);
    std::iter::from_fn(move || {
        let slice = Slice {
            start_ms: next,
            end_ms: next.saturating_add(width).min(end_ms),
        };
        next = slice.end_ms;
        (slice.width_ms() > 0).then_some(slice)
    })
}

/// Share of a range that is done when this share of a slice is.
pub(super) fn share(start_ms: i64, end_ms: i64, slice: Slice, within: f64) -> f64 {
    let whole = end_ms.saturating_sub(start_ms).max(1) as f64;
    let before = slice.start_ms.saturating_sub(start_ms) as f64;
    ((before + slice.width_ms() as f64 * within) / whole).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::{Slice, share, slices};

    fn slice(start_ms: i64, end_ms: i64) -> Slice {
        Slice { start_ms, end_ms }
    }

    #[test]
    fn slices_cover_the_range_without_gap() {
        let all: Vec<Slice> = slices(0, 25_000, 10_000).collect();
        let expected = [
            slice(0, 10_000),
            slice(10_000, 20_000),
            slice(20_000, 25_000),
        ];
        assert_eq!(all, expected);
        assert_eq!(slices(5, 5, 10_000).count(), 0);
        assert_eq!(slices(9, 5, 10_000).count(), 0);
        assert_eq!(slices(i64::MAX - 5, i64::MAX, 10_000).count(), 1);
    }

    #[test]
    fn halves_meet_in_the_middle_until_they_are_too_short() {
        let halves = slice(0, 2001).halves();
        assert_eq!(halves, Some((slice(0, 1000), slice(1000, 2001))));
        assert_eq!(slice(0, 1999).halves(), None);
    }

    #[test]
    fn the_share_grows_with_time() {
        assert_eq!(share(0, 100, slice(50, 100), 0.5), 0.75);
        assert_eq!(share(0, 0, slice(0, 0), 0.5), 0.0);
    }
}
