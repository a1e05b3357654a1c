//! `tacho metrics`: current values of metrics, once or again and again.

use super::query::short;
use crate::args::{Format, Show};
use crate::client::{Client, Query};
use crate::context::Context;
use crate::failure::Exit;
use crate::output::screen::{Look, Screen, Style};
use crate::output::sparkline::sparkline;
use crate::output::table::{self, Cell, Column};
use clap::Args;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tacho_api::metric::{MetricPoint, MetricsSnapshot};
use tacho_model::labels::Labels;
use tokio::time::sleep;

/// Values of a series that are kept for its chart.
const HISTORY: usize = 24;
/// Lines of a screen that are not rows of the table.
const FRAME_LINES: usize = 4;
/// Clears the screen and goes to its corner.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Show current values of metrics
///
/// The newest value of each series that was written in the last five minutes. With --watch again and again,
/// with what changed and a small chart; Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho metrics
  tacho metrics orchestrator_tasks_total 'workflow_runs_total{status=\"FAILED\"}'
  tacho metrics --watch
  tacho metrics --output json | jq '.metrics[] | {name, unit}'")]
pub(crate) struct MetricsArgs {
    /// Series to show, as PromQL selects them; all but the buckets of histograms if absent
    #[arg(value_name = "SELECTOR")]
    selectors: Vec<String>,
    /// Show the buckets of histograms too
    #[arg(long, conflicts_with = "selectors")]
    buckets: bool,
    /// Show them again and again
    #[arg(long)]
    watch: bool,
    /// Seconds between looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, value_parser = interval, requires = "watch")]
    interval: f64,
    /// At most so many series
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[command(flatten)]
    show: Show,
}

fn interval(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.1..=3600.0).contains(seconds))
        .ok_or_else(|| "write seconds between 0.1 and 3600".to_owned())
}

pub(crate) async fn run(context: &Context, args: &MetricsArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let screen = context.screen();
    if !args.watch {
        let answer = client.get(&PATH, query(args)).await?;
        if args.show.output == Format::Json {
            screen.print_json(&answer.body)?;
            return Ok(Exit::Done);
        }
        let snapshot: MetricsSnapshot = answer.parse()?;
        screen.print(&once(&snapshot, screen.look))?;
        return Ok(Exit::Done);
    }
    tokio::select! {
        failed = watch(&client, args, screen) => failed.map(|()| Exit::Done),
        stopped = tokio::signal::ctrl_c() => {
            stopped?;
            Ok(Exit::Done)
        }
    }
}

/// Every series but the buckets of classic histograms: sum and count of each stay.
const WITHOUT_BUCKETS: &str = "{__name__!~\".+_bucket\",__name__=~\".+\"}";

/// Labels that tell where a series comes from, not what it is about.
const ORIGIN_LABELS: [&str; 4] = ["instance", "job", "otel_scope_name", "otel_scope_version"];

const PATH: [&str; 3] = ["api", "v1", "metrics"];

fn query(args: &MetricsArgs) -> Query {
    let without_buckets = [WITHOUT_BUCKETS.to_owned()];
    let selectors = if args.selectors.is_empty() && !args.buckets {
        &without_buckets[..]
    } else {
        &args.selectors
    };
    Query::default()
        .with_all("match", selectors)
        .with("limit", Some(args.limit))
}

/// What may be long comes last, so that the rest lines up wherever it is printed.
const COLUMNS: [Column; 4] = [
    Column::new("VALUE").right(),
    Column::new("UNIT").leaves(1),
    Column::new("TYPE").leaves(2),
    Column::new("METRIC").shrinks(),
];

/// The series as PromQL writes it, all labels.
fn series(family: &str, point: &MetricPoint) -> String {
    let mut labels = Labels::from_pairs([("__name__", family)]);
    for (name, value) in &point.labels {
        labels = labels.with(name, value);
    }
    labels.to_string()
}

/// Name and labels for people: without those that tell where the series comes from.
fn title(family: &str, point: &MetricPoint) -> String {
    let mut labels = Labels::from_pairs([("__name__", family)]);
    for (name, value) in &point.labels {
        if !ORIGIN_LABELS.contains(&name.as_str()) {
            labels = labels.with(name, value);
        }
    }
    labels.to_string()
}

fn once(snapshot: &MetricsSnapshot, look: Look) -> String {
    let rows: Vec<Vec<Cell>> = snapshot
        .metrics
        .iter()
        .flat_map(|family| {
            family.series.iter().map(move |point| {
                vec![
                    Cell::new(short(point.value.0)),
                    Cell::new(&family.unit),
                    Cell::styled(&family.kind, Style::Dim),
                    Cell::new(title(&family.name, point)),
                ]
            })
        })
        .collect();
    if rows.is_empty() {
        return EMPTY.to_owned();
    }
    let mut out = table::print(&COLUMNS, &rows, look);
    if snapshot.more {
        let note = format!("the first {} series; ask for more with --limit", rows.len());
        out.push_str(&look.paint(Style::Dim, &note));
        out.push('\n');
    }
    out
}

const EMPTY: &str = "no metrics in the last 5 minutes\n\
    send some over OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317), by remote write \
    (http://127.0.0.1:3000/prometheus/api/v1/write), or have them scraped; `tacho demo` has some to look at\n";

/// Values of each series over the last looks.
#[derive(Default)]
struct Seen {
    values: HashMap<String, VecDeque<f64>>,
}

impl Seen {
    /// Adds the values of a look, forgets series that are gone.
    fn look(&mut self, snapshot: &MetricsSnapshot) {
        let mut next = HashMap::new();
        for family in &snapshot.metrics {
            for point in &family.series {
                let key = series(&family.name, point);
                let mut values = self.values.remove(&key).unwrap_or_default();
                if values.len() == HISTORY {
                    values.pop_front();
                }
                values.push_back(point.value.0);
                next.insert(key, values);
            }
        }
        self.values = next;
    }

    fn change(&self, key: &str) -> f64 {
        self.values.get(key).map_or(0.0, |values| {
            let before = values.len().checked_sub(2).and_then(|at| values.get(at));
            match (before, values.back()) {
                (Some(before), Some(now)) => now - before,
                _ => 0.0,
            }
        })
    }

    fn chart(&self, key: &str) -> String {
        let points: Vec<(f64, f64)> = self
            .values
            .get(key)
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, value)| (index as f64, *value))
            .collect();
        let last = points.len().saturating_sub(1) as f64;
        sparkline(&points, 0.0, last, points.len().max(1))
    }
}

async fn watch(client: &Client, args: &MetricsArgs, screen: Screen) -> anyhow::Result<()> {
    let mut seen = Seen::default();
    loop {
        let answer = client.get(&PATH, query(args)).await?;
        if args.show.output == Format::Json {
            screen.print_json(&answer.body)?;
        } else {
            let snapshot: MetricsSnapshot = answer.parse()?;
            seen.look(&snapshot);
            let height = screen.height();
            let text = frame(&snapshot, &seen, screen.look, height);
            let start = if height.is_some() { CLEAR } else { "" };
            screen.print(&format!("{start}{text}"))?;
        }
        sleep(Duration::from_secs_f64(args.interval)).await;
    }
}

const WATCHED: [Column; 4] = [
    Column::new("VALUE").right(),
    Column::new("CHANGE").right(),
    Column::new("CHART").leaves(1),
    Column::new("METRIC").shrinks(),
];

/// One look: what changes comes first, as far as the terminal is high.
fn frame(snapshot: &MetricsSnapshot, seen: &Seen, look: Look, height: Option<usize>) -> String {
    let mut lines: Vec<(bool, String, String, f64)> = snapshot
        .metrics
        .iter()
        .flat_map(|family| {
            family.series.iter().map(move |point| {
                let key = series(&family.name, point);
                let title = title(&family.name, point);
                (seen.change(&key) == 0.0, title, key, point.value.0)
            })
        })
        .collect();
    let total = lines.len();
    let room = height.map_or(total, |height| height.saturating_sub(FRAME_LINES).max(1));
    if total > room {
        lines.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        lines.truncate(room);
        lines.sort_by(|a, b| a.1.cmp(&b.1));
    }
    let rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|(_, title, key, value)| {
            let change = seen.change(key);
            let sign = if change > 0.0 { "+" } else { "" };
            let shown = if change == 0.0 {
                String::new()
            } else {
                format!("{sign}{}", short(change))
            };
            vec![
                Cell::new(short(*value)),
                Cell::styled(shown, Style::Yellow),
                Cell::styled(seen.chart(key), Style::Cyan),
                Cell::new(title),
            ]
        })
        .collect();
    let note = format!("{} of {total} series at {}", rows.len(), snapshot.time);
    format!(
        "{}\n{}",
        look.paint(Style::Dim, &note),
        if rows.is_empty() {
            EMPTY.to_owned()
        } else {
            table::print(&WATCHED, &rows, look)
        }
    )
}

#[cfg(test)]
mod tests {
    use super::{Seen, frame, once};
    use crate::output::screen::Look;
    use serde_json::json;
    use tacho_api::metric::MetricsSnapshot;

    const LOOK: Look = Look {
        color: false,
        width: None,
    };

    fn snapshot(value: f64) -> MetricsSnapshot {
        let stats = json!({"durationMs": 1.0, "bytesRead": 0, "rowsScanned": 0, "rowsMatched": 0,
            "blocksRead": 0, "blocksSkipped": 0, "blocksFailed": 0});
        serde_json::from_value(json!({
            "time": "2026-11-20T11:00:00Z", "more": false, "stats": stats,
            "metrics": [{"name": "tasks", "type": "counter", "unit": "1", "series": [
                {"labels": {"agent": "Coder"}, "time": "2026-11-20T11:00:00Z", "value": value},
                {"labels": {"agent": "Idle"}, "time": "2026-11-20T11:00:00Z", "value": 1},
            ]}],
        }))
        .unwrap()
    }

    #[test]
    fn values_are_shown_with_their_series() {
        let text = once(&snapshot(2.5), LOOK);
        assert!(
            text.contains("  2.5  1     counter  tasks{agent=\"Coder\"}\n"),
            "{text}"
        );
    }

    #[test]
    fn a_low_screen_shows_what_changes() {
        let mut seen = Seen::default();
        seen.look(&snapshot(1.0));
        seen.look(&snapshot(4.0));
        let text = frame(&snapshot(4.0), &seen, LOOK, Some(5));
        assert!(
            text.contains("Coder") && text.contains("+3") && !text.contains("Idle"),
            "{text}"
        );
        assert!(text.starts_with("1 of 2 series"));
    }
}
