//! What a simulated month is made of: alerts, configurations, chance.

use crate::support::{config, labels};
use std::sync::Arc;
use tacho_alerting::config::Config;
use tacho_model::labels::Labels;

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, most: i64) -> i64 {
        (self.next() % most.unsigned_abs().max(1)) as i64
    }

    /// True so many times of a hundred.
    pub(crate) fn percent(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

const RECEIVERS: &str = "
receivers:
- name: a
  webhook_configs: [{url: 'http://a/'}, {url: 'http://b/', send_resolved: false}]
- name: b
  webhook_configs: [{url: 'http://c/'}]
- name: boss
  webhook_configs: [{url: 'http://d/'}]
";

const TREES: [&str; 3] = [
    "
route:
  receiver: a
  group_by: [alertname]
  group_wait: 30s
  group_interval: 20m
  repeat_interval: 4h
  routes:
  - {matchers: [severity=critical], receiver: b, group_by: [host], group_wait: 10s, repeat_interval: 1h, continue: true}
inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=info], equal: [host]}]
",
    "
route:
  receiver: b
  group_by: [alertname, host]
  group_wait: 1m
  group_interval: 14m
  repeat_interval: 3h
  routes:
  - {matchers: [severity=critical], receiver: a, group_by: ['...'], group_interval: 30m}
  - {matchers: [alertname=C], receiver: b, mute_time_intervals: [night]}
time_intervals: [{name: night, time_intervals: [{times: [{start_time: '20:00', end_time: '24:00'}]}]}]
",
    "
route:
  receiver: a
  group_by: [host]
  group_wait: 2m
  group_interval: 24m
  repeat_interval: 2h
  routes:
  - {matchers: [severity=critical], receiver: b, group_by: [alertname], continue: true}
  - {matchers: ['alertname=~\"A|B\"'], receiver: a, active_time_intervals: [day]}
time_intervals: [{name: day, time_intervals: [{times: [{start_time: '06:00', end_time: '22:00'}]}]}]
inhibit_rules: [{source_matchers: [alertname=D], target_matchers: ['alertname!=D'], equal: [host]}]
",
];

const OWN: &str = "
storm: {groups_per_minute: 4}
escalation:
  policies:
  - {match: {severity: critical}, levels: [{after: 20m, receivers: [boss]}, {after: 1h, receivers: [boss]}], repeat: 30m, repeat_times: 2}
";

/// The configurations that a month changes between.
pub(crate) fn configs() -> Vec<Arc<Config>> {
    let trees = TREES.iter();
    trees
        .map(|tree| config(&format!("{tree}{RECEIVERS}"), OWN))
        .collect()
}

/// The alerts of a month: four names on six hosts.
pub(crate) fn alerts() -> Vec<Labels> {
    let severities = ["critical", "warning", "info"];
    let mut all = Vec::new();
    for (n, name) in ["A", "B", "C", "D"].iter().enumerate() {
        for host in 0..6 {
            let severity = severities[(n + host) % 3];
            all.push(labels(&format!(
                "alertname={name},host=h{host},severity={severity}"
            )));
        }
    }
    all
}
