//! How often each kind of service is asked, as their documentation allows it with some room.

use std::time::Duration;

/// Messages at once, and the time in which one more may go.
pub(super) fn of_kind(kind: &str) -> (u32, Duration) {
    let (burst, ms) = match kind {
        // one a second and channel, short bursts are taken
        "slack" => (5, 1_000),
        // 30 a minute and webhook
        "discord" => (5, 2_000),
        "msteams" | "msteamsv2" => (4, 1_000),
        // 120 a minute and key
        "pagerduty" => (20, 500),
        "opsgenie" => (20, 200),
        // 20 a minute and group
        "telegram" => (5, 3_000),
        "email" => (20, 200),
        "command" => (10, 200),
        "console" | "log" => (1_000, 10),
        _ => (100, 20),
    };
    (burst, Duration::from_millis(ms))
}
