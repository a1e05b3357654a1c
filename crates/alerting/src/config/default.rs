//! What holds when little or nothing is configured: the default policy (R202) and the routes by severity
//! (R203 to R208), to a line of the console.

use super::InhibitRule;
use crate::matcher::{Matcher, Op};
use crate::route::{GroupBy, Route};
use tacho_model::alert::{ALERT_NAME, SEVERITY};

/// The receiver that gets everything if it is there and no other is named.
pub const DEFAULT_RECEIVER: &str = "webhook-notifier";
/// The built-in receiver that prints a line.
pub const CONSOLE: &str = "console";
/// The built-in receiver that writes to our own log.
pub const LOG_ONLY: &str = "log_only";
/// Severity, and the three times of its route in seconds.
const BY_SEVERITY: [(&str, [i64; 3]); 6] = [
    ("critical", [10, 60, 3_600]),
    ("warning", [30, 5 * 60, 4 * 3_600]),
    ("CRITICAL", [10, 60, 5 * 60]),
    ("HIGH", [30, 5 * 60, 30 * 60]),
    ("MEDIUM", [5 * 60, 30 * 60, 4 * 3_600]),
    ("LOW", [10 * 60, 3_600, 24 * 3_600]),
];

/// What a critical and a warning about the same thing have alike; absent labels are alike.
const SAME_CHECK: [&str; 5] = ["check", "job", "instance", "device", "mountpoint"];

/// Unless other rules are named: a critical alert of a check hides the warning about the same thing. The
/// label `check` is that of the shipped rules about hosts (R88).
pub fn inhibit_rules() -> Vec<InhibitRule> {
    let Ok(of_check) = Matcher::new("check", Op::NotEqual, "") else {
        return Vec::new();
    };
    let side = |severity| vec![of_check.clone(), Matcher::equal(SEVERITY, severity)];
    vec![InhibitRule {
        name: "critical hides warning".to_owned(),
        source: side("critical"),
        target: side("warning"),
        equal: SAME_CHECK.map(str::to_owned).to_vec(),
    }]
}

/// A root with the default policy: by name and severity, after 30 s, each 5 min, again after 4 h.
pub fn root(receivers: Vec<String>) -> Route {
    Route {
        group_by: GroupBy::Labels(vec![ALERT_NAME.to_owned(), SEVERITY.to_owned()]),
        ..Route::root(receivers)
    }
}

/// The routes by severity, to the same receivers as their parent; they differ in their times.
pub fn severity_routes(parent: &Route) -> Vec<Route> {
    let routes = BY_SEVERITY.iter().map(|(severity, seconds)| {
        let [wait, interval, repeat] = seconds.map(|seconds| seconds * 1_000);
        Route {
            name: Some((*severity).to_owned()),
            matchers: vec![Matcher::equal(SEVERITY, *severity)],
            group_by: parent.group_by.clone(),
            group_wait_ms: wait,
            group_interval_ms: interval,
            repeat_interval_ms: repeat,
            ..Route::root(parent.receivers.clone())
        }
    });
    routes.collect()
}
