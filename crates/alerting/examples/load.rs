//! What 100,000 firing alerts cost: taken, grouped, told, taken again each 30 s, ended. Prints CPU time and
//! memory of each step, for few large groups and for a group an alert.
//!
//! `cargo run --release -p tacho-alerting --example load`
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, has its own clock, and reads what the kernel says about it"
)]

use std::sync::Arc;
use std::time::Instant;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::config::Config;
use tacho_alerting::config::own::OwnBlocks;
use tacho_alerting::machine::{Machine, Options};
use tacho_alerting::record::{Row, RowChange};
use tacho_export::notification::Outcome;
use tacho_model::labels::Labels;

const ALERTS: usize = 100_000;
const START: i64 = 1_795_176_000_000;

fn config(group_by: &str) -> Arc<Config> {
    let text = format!(
        "
route:
  receiver: a
  group_by: [{group_by}]
  routes:
  - {{matchers: [severity=critical], receiver: b}}
  - {{matchers: ['team=~\"web|db\"'], receiver: a}}
inhibit_rules:
- {{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster, host]}}
receivers:
- {{name: a, webhook_configs: [{{url: 'http://a/'}}]}}
- {{name: b, webhook_configs: [{{url: 'http://b/'}}]}}
"
    );
    let own = OwnBlocks::parse("storm: {groups_per_minute: 0}").unwrap();
    Arc::new(
        Config::from_alertmanager(&text)
            .unwrap()
            .with_own(&own)
            .unwrap(),
    )
}

fn alert(n: usize, ends_at_ms: i64) -> PostedAlert {
    let labels = Labels::from_pairs([
        ("alertname", format!("Alert{}", n % 50)),
        ("cluster", format!("cluster-{}", n % 20)),
        ("host", format!("host-{:05}.example.com", n / 4)),
        (
            "instance",
            format!("10.0.{}.{}:9100", n / 250 % 250, n % 250),
        ),
        ("job", "node".to_owned()),
        ("n", n.to_string()),
        (
            "severity",
            ["critical", "warning", "info"][n % 3].to_owned(),
        ),
        ("team", ["web", "db", "net", "ops"][n % 4].to_owned()),
    ]);
    let annotations = Labels::from_pairs([
        (
            "summary",
            "a disk of the host is filling up and will be full within four hours",
        ),
        (
            "runbook_url",
            "https://runbooks.example.com/disk-will-be-full",
        ),
    ]);
    PostedAlert {
        labels,
        annotations,
        starts_at_ms: Some(START),
        ends_at_ms: Some(ends_at_ms),
        generator_url: "http://tacho.example.com/rules/disk".to_owned(),
    }
}

fn alerts(ends_at_ms: i64) -> Vec<PostedAlert> {
    (0..ALERTS).map(|n| alert(n, ends_at_ms)).collect()
}

/// Memory of the process, MB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024
}

fn step<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let ms = start.elapsed().as_secs_f64() * 1_000.0;
    println!("  {name:<40} {ms:>9.1} ms   {:>5} MB", memory());
    done
}

fn bytes(rows: &[RowChange]) -> usize {
    rows.iter()
        .map(|row| row.value.as_ref().map_or(0, Vec::len))
        .sum()
}

fn run(group_by: &str) {
    println!(
        "{ALERTS} alerts, group_by: [{group_by}]; {} MB before",
        memory()
    );
    let config = config(group_by);
    let mut machine = Machine::new(Arc::clone(&config), Options::new(1));
    let life = 240_000;
    let posted = alerts(START + life);
    step("receive new", || machine.receive(posted, START));
    let rows = step("rows", || machine.take_rows());
    println!("    {} rows, {} kB", rows.len(), bytes(&rows) >> 10);
    machine.take_events();
    let first = START + 30_000;
    let told = step("tick: first look at all groups", || machine.tick(first));
    println!(
        "    {} messages of {} groups",
        told.len(),
        machine.sizes().groups
    );
    let rows = step("rows", || machine.take_rows());
    println!("    {} rows, {} kB", rows.len(), bytes(&rows) >> 10);
    step("answers", || {
        for one in &told {
            machine.outcome(one.id, Outcome::Sent { thread: None }, first + 100);
        }
    });
    drop(told);
    step("rows", || machine.take_rows());
    machine.take_events();
    let mut now = first;
    for round in 1..=9 {
        now += 30_000;
        let posted = alerts(now + life);
        let receive = || machine.receive(posted, now);
        match round {
            1..=3 => step(&format!("receive again, unchanged ({round})"), receive),
            _ => receive(),
        };
        machine.tick(now);
        let rows = machine.take_rows().len();
        assert!(rows <= 1, "{rows} rows for nothing");
    }
    now = first + 300_000;
    machine.receive(alerts(now + life), now - 1);
    step("tick: second look, nothing changed", || machine.tick(now));
    println!("    {} rows", machine.take_rows().len());
    step("view of all alerts", || {
        machine.alerts(&Default::default(), now).len()
    });
    finish(machine, config, now);
}

fn finish(mut machine: Machine, config: Arc<Config>, now: i64) {
    let ended = alerts(now + 1_000);
    step("receive: all over", || machine.receive(ended, now + 1_000));
    step("rows", || machine.take_rows().len());
    let next = now + 300_000;
    let told = step("tick: all over", || machine.tick(next));
    step("answers", || {
        for one in &told {
            machine.outcome(one.id, Outcome::Sent { thread: None }, next + 100);
        }
    });
    step("rows", || machine.take_rows().len());
    println!("    {:?}", machine.sizes());
    let posted = alerts(next + 600_000);
    machine.receive(posted, next + 1_000);
    let rows = machine.take_rows().into_iter().filter_map(|row| {
        let (kind, key) = (row.kind, row.key);
        row.value.map(|value| Row { kind, key, value })
    });
    let rows: Vec<Row> = rows.collect();
    drop(machine);
    let restored = step("restore", || {
        Machine::restore(config, Options::new(2), rows, next + 2_000)
    });
    println!("    {:?}", restored.0.sizes());
}

fn main() {
    run("alertname, cluster");
    run("'...'");
}
