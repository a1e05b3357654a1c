//! `tacho import openmetrics`: brings metrics of the past in, from a file or from a Prometheus, part by
//! part. What the server has acknowledged is remembered in a file, so that a broken import goes on.

mod begin;
mod chunk;
mod input;
mod matrix;
mod progress;
mod prometheus;
mod send;
mod slice;
mod state;

use crate::args::{Format, Output, duration};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::screen::remark;
use anyhow::Context as _;
use begin::{file_state, prometheus_state};
use chunk::{Chunker, End, PART_BYTES_MAX};
use clap::Args;
use matrix::Matrix;
use progress::clock;
use prometheus::{Prometheus, Questions};
use send::Sender;
use serde_json::json;
use slice::{Slice, share, slices};
use state::{Origin, Position};
use std::path::{Path, PathBuf};
use tacho_stdx::size::print_bytes;

/// Import metrics of the past: an OpenMetrics file, or all that a Prometheus holds
///
/// The file is OpenMetrics text whose samples have timestamps, plain or compressed with gzip or zstd. A Prometheus is
/// asked slice by slice and metric by metric; native histograms are left out, because the text format has none. What
/// the server has acknowledged is remembered in a state file: the same command goes on where it stopped, and data that
/// are sent twice do no harm. Needs the admin token.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho import openmetrics metrics.om\n  tacho import openmetrics metrics.om.zst --state /tmp/import.state\n  promtool tsdb dump-openmetrics data | tacho import openmetrics -\n  tacho import openmetrics --prometheus http://127.0.0.1:9090 --since 30d\n  tacho import openmetrics --prometheus http://h:9090 --match '{job=\"api\"}' --since 2026-11-01 --until 2026-11-08"
)]
pub(crate) struct ImportArgs {
    /// The file; `-` is standard input
    #[arg(
        value_name = "FILE",
        required_unless_present = "prometheus",
        conflicts_with = "prometheus"
    )]
    file: Option<PathBuf>,
    /// Address of a Prometheus to import from
    ///
    /// User and password may stand in it: `http://USER:PASSWORD@HOST:PORT`.
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
    /// Import these series only; may be given several times
    ///
    /// All series, metric by metric, if absent.
    #[arg(long = "match", value_name = "SELECTOR", requires = "prometheus")]
    matches: Vec<String>,
    /// Import samples from this time on
    ///
    /// Written as for `tacho logs query`. 15 days back if absent, as long as a Prometheus usually keeps them.
    #[arg(long, value_name = "TIME", requires = "prometheus")]
    since: Option<String>,
    /// Import samples up to this time
    ///
    /// Now if absent.
    #[arg(long, value_name = "TIME", requires = "prometheus")]
    until: Option<String>,
    /// Ask for this much time at once; less is asked for where a Prometheus refuses
    #[arg(long, value_name = "DURATION", default_value = "2h", value_parser = duration)]
    slice: String,
    /// File with a bearer token for the Prometheus
    #[arg(long, value_name = "PATH", requires = "prometheus")]
    token_file: Option<PathBuf>,
    /// File that remembers how far the import has come
    ///
    /// `FILE.tacho-import` if absent, `prometheus-HOST-PORT.tacho-import` in this folder for a Prometheus, none for
    /// standard input. It is removed at the end.
    #[arg(long, value_name = "PATH")]
    state: Option<PathBuf>,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, args: &ImportArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let mut notes = Vec::new();
    let sender = match (&args.file, &args.prometheus) {
        (Some(file), _) => {
            let (state, path) = file_state(file, args)?;
            let mut sender = Sender::new(&client, state, path);
            import_file(&mut sender, file, &mut notes).await?;
            sender
        }
        (None, Some(url)) => {
            let token = args.token_file.as_deref().map(read_token).transpose()?;
            let prometheus = Prometheus::new(url, token)?;
            let (state, path) = prometheus_state(&prometheus, args, context.now)?;
            let mut sender = Sender::new(&client, state, path);
            import_prometheus(&mut sender, &prometheus, &args.slice, &mut notes).await?;
            sender
        }
        (None, None) => {
            return Err(Failure::usage("neither a file nor --prometheus is given").into());
        }
    };
    report(context, args, sender, &notes)
}

/// What is left to say at the end; anything but a clean import is a failure.
fn report(
    context: &Context,
    args: &ImportArgs,
    sender: Sender<'_>,
    notes: &[String],
) -> anyhow::Result<Exit> {
    let summary = sender.finish()?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        let text = json!({
            "importId": summary.import_id, "samples": summary.samples, "refused": summary.refused,
            "bytes": summary.bytes, "parts": summary.parts, "notes": notes,
        });
        screen.print_json(text.to_string().as_bytes())?;
    } else {
        screen.print(&format!(
            "imported {} samples ({}) in {}\n",
            summary.samples,
            print_bytes(summary.bytes),
            clock(summary.elapsed.as_secs())
        ))?;
    }
    notes.iter().for_each(|note| remark(note));
    if summary.refused > 0 {
        let mut text = format!("{} samples were refused", summary.refused);
        if let Some(reason) = &summary.reason {
            text.push_str(&format!(": {reason}"));
        }
        remark(&text);
    }
    Ok(if notes.is_empty() && summary.refused == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn read_token(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("failed to read {}", path.display()))?;
    Ok(text.trim().to_owned())
}

async fn import_file(
    sender: &mut Sender<'_>,
    file: &Path,
    notes: &mut Vec<String>,
) -> anyhow::Result<()> {
    let Position::Text(mark) = sender.state.position.clone() else {
        anyhow::bail!("the state is of another kind of import");
    };
    let length = match &sender.state.origin {
        Origin::File { length, .. } => *length,
        Origin::Prometheus { .. } => None,
    };
    let mut input = input::open(file, length, mark.offset)?;
    sender.start(input.share());
    let mut chunker = Chunker::new(mark, PART_BYTES_MAX);
    let failed = || format!("failed to import {}", file.display());
    while let Some(part) = chunker.next(&mut *input.text).with_context(failed)? {
        let after = Position::Text(part.after);
        sender.send(part.body, Some(after), input.share()).await?;
    }
    if chunker.end() == Some(End::Missing) {
        notes.push(format!(
            "{} does not end with # EOF: it may be cut off; what it holds is imported",
            file.display()
        ));
    }
    Ok(())
}

async fn import_prometheus(
    sender: &mut Sender<'_>,
    prometheus: &Prometheus,
    width: &str,
    notes: &mut Vec<String>,
) -> anyhow::Result<()> {
    let (
        Origin::Prometheus {
            matches,
            start_ms,
            end_ms,
            ..
        },
        Position::Slice {
            start_ms: from,
            selector,
        },
    ) = (sender.state.origin.clone(), sender.state.position.clone())
    else {
        anyhow::bail!("the state is of another kind of import");
    };
    let width_ms = tacho_stdx::duration::parse_ns(width).unwrap_or(0) / 1_000_000;
    let catalog = prometheus.catalog().await;
    let mut done_selector = selector;
    let mut histograms = 0;
    let empty = Slice {
        start_ms: from,
        end_ms: from,
    };
    sender.start(Some(share(start_ms, end_ms, empty, 0.0)));
    for slice in slices(from, end_ms, width_ms) {
        // Slices are open at their start, the whole range is not.
        let first = i64::from(slice.start_ms == start_ms);
        let asked = Slice {
            start_ms: slice.start_ms - first,
            ..slice
        };
        let selectors = if matches.is_empty() {
            prometheus.selectors(asked).await?
        } else {
            matches.clone()
        };
        let count = selectors.len().max(1) as f64;
        let done = done_selector.take();
        let left = after(&selectors, done.as_deref());
        for (index, selector) in left {
            let within = share(start_ms, end_ms, slice, (index + 1) as f64 / count);
            let mut questions = Questions::new(selector.clone(), asked);
            while let Some(series) = prometheus.next(&mut questions).await? {
                let mut matrix = Matrix::new(series, &catalog);
                histograms += matrix.histograms;
                while let Some(body) = matrix.next_part() {
                    sender
                        .send(body.text.into_bytes(), None, Some(within))
                        .await?;
                }
            }
            sender.reached(Position::Slice {
                start_ms: slice.start_ms,
                selector: Some(selector.clone()),
            })?;
        }
        sender.reached(Position::Slice {
            start_ms: slice.end_ms,
            selector: None,
        })?;
        sender.show(share(start_ms, end_ms, slice, 1.0));
    }
    if histograms > 0 {
        notes.push(format!(
            "{histograms} samples are native histograms, which the text format cannot hold: left out"
        ));
    }
    Ok(())
}

/// The selectors behind the one that is done, with their positions. Metrics are in order, and new ones may
/// have come; those that are named by --match stay in their order.
fn after<'s>(
    selectors: &'s [String],
    done: Option<&str>,
) -> impl Iterator<Item = (usize, &'s String)> {
    let position = done.and_then(|done| selectors.iter().position(|selector| selector == done));
    let skip = match (position, done) {
        (Some(position), _) => position + 1,
        (None, Some(done)) => selectors.iter().filter(|s| s.as_str() < done).count(),
        (None, None) => 0,
    };
    selectors.iter().enumerate().skip(skip)
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn an_import_goes_on_behind_the_last_selector() {
        let selectors: Vec<String> = ["a", "c", "e"].map(str::to_owned).to_vec();
        let left = |done| {
            let left = after(&selectors, done);
            left.map(|(_, selector)| selector.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(left(None), ["a", "c", "e"]);
        assert_eq!(left(Some("c")), ["e"]);
        assert_eq!(left(Some("d")), ["e"]);
        assert_eq!(left(Some("e")), [""; 0]);
        let unsorted: Vec<String> = ["z", "a"].map(str::to_owned).to_vec();
        assert_eq!(after(&unsorted, Some("z")).count(), 1);
    }
}
