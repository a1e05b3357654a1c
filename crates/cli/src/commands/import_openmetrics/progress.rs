//! The line that shows how far an import has come.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};
use tacho_stdx::size::print_bytes;

/// A terminal's line is written anew this often.
const TERMINAL_PERIOD: Duration = Duration::from_millis(250);
/// Into a file a line is written this often.
const FILE_PERIOD: Duration = Duration::from_secs(10);

/// What was done in this run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Done {
    /// Samples that the server took.
    pub(super) samples: u64,
    /// Bytes sent.
    pub(super) bytes: u64,
    /// Share of the whole that is done, runs before this one included; `None` if the whole is not known.
    pub(super) share: Option<f64>,
}

/// Writes the line to standard error.
#[derive(Debug)]
pub(super) struct Progress {
    start: Instant,
    start_share: Option<f64>,
    shown: Option<Instant>,
    terminal: bool,
}

impl Progress {
    /// Starts now, with so much done by runs before.
    pub(super) fn start(share: Option<f64>) -> Self {
        Self {
            start: Instant::now(),
            start_share: share,
            shown: None,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Time since the start.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Shows it if it is time.
    pub(super) fn show(&mut self, done: Done) {
        let period = if self.terminal {
            TERMINAL_PERIOD
        } else {
            FILE_PERIOD
        };
        let last = self.shown.unwrap_or(self.start);
        if last.elapsed() < period && (self.shown.is_some() || !self.terminal) {
            return;
        }
        self.shown = Some(Instant::now());
        let line = line(done, self.elapsed(), self.start_share.unwrap_or(0.0));
        let (before, after) = if self.terminal {
            ("\r\u{1b}[K", "")
        } else {
            ("", "\n")
        };
        // Progress that nobody can read is no reason to stop.
        let mut out = std::io::stderr().lock();
        let _ = write!(out, "{before}{line}{after}");
        let _ = out.flush();
    }

    /// Clears the line.
    pub(super) fn clear(&mut self) {
        if self.terminal && self.shown.take().is_some() {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

/// `1200000 samples, 80.0 MiB, 40 %, 60000/s, 0:30 left`
fn line(done: Done, elapsed: Duration, start_share: f64) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let rate = done.samples as f64 / seconds;
    let mut out = format!("{} samples, {}", done.samples, print_bytes(done.bytes));
    if let Some(share) = done.share {
        out.push_str(&format!(", {:.0} %", share * 100.0));
    }
    out.push_str(&format!(", {rate:.0}/s"));
    let moved = done.share.unwrap_or(0.0) - start_share;
    if let Some(share) = done.share.filter(|_| moved > 0.0) {
        let left = (seconds / moved * (1.0 - share)).round().clamp(0.0, 1e9) as u64;
        out.push_str(&format!(", {} left", clock(left)));
    }
    out
}

/// `0:05`, `12:30`, `3:00:00`
pub(super) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Done, line};
    use std::time::Duration;

    #[test]
    fn the_line_tells_rate_and_time_left() {
        let mut done = Done {
            samples: 1_200_000,
            bytes: 80 << 20,
            share: Some(0.4),
        };
        let elapsed = Duration::from_secs(20);
        assert_eq!(
            line(done, elapsed, 0.0),
            "1200000 samples, 80.0 MiB, 40 %, 60000/s, 0:30 left"
        );
        assert_eq!(
            line(done, elapsed, 0.3999),
            "1200000 samples, 80.0 MiB, 40 %, 60000/s, 33:20:00 left"
        );
        done.share = None;
        assert_eq!(
            line(done, elapsed, 0.0),
            "1200000 samples, 80.0 MiB, 60000/s"
        );
        done.samples = 0;
        assert_eq!(line(done, Duration::ZERO, 0.0), "0 samples, 80.0 MiB, 0/s");
    }
}
