//! The same samples written into a real Prometheus 2.42 and into us, then the queries of
//! `tests/peers/queries.txt` asked of both: instant at several times, and over a range. All times lie
//! between samples, because ranges were closed on the left before Prometheus 3.0.

use super::answer::{Answer, Api, compare};
use super::data::{self, COUNT, START};
use super::install::Peers;
use super::process::Peer;
use super::{promtool, remote_write, table};
use crate::report::Report;
use crate::server::Server;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

const BATCH: i64 = 60;
const ASKING: usize = 2;
/// A function by its name then and its name now.
const RENAMED: (&str, &str) = ("holt_winters(", "double_exponential_smoothing(");
const SHOWN_MAX: u32 = 60;
const TOLERANCE: f64 = 1e-9;
/// For sums of squares of differences, whose rounding depends on the order of the additions.
const TOLERANCE_WIDE: f64 = 1e-6;
const WIDE: [&str; 5] = ["stddev", "stdvar", "deriv", "predict_linear", "mixed_value"];

/// Loads both and compares.
///
/// # Errors
/// One of the two cannot be run.
pub(crate) fn run(peers: &Peers, report: &mut Report, only: Option<&str>) -> Result<()> {
    let folder = super::folder("differential")?;
    let prometheus =
        Peer::prometheus(&peers.prometheus, &folder.join("reference"), "global: {}\n")?;
    let server = Server::start(&folder.join("tacho"))?;
    let reference = Api {
        client: prometheus.client()?,
        prefix: "",
    };
    let ours = Api {
        client: server.client()?,
        prefix: "/prometheus",
    };
    let loaded = load(&[&reference, &ours]);
    report.check("the same samples are taken by both", loaded);
    let queries = queries(only)?;
    let outcomes = ask_all(&queries, &reference, &ours)?;
    let mut equal = 0;
    let mut different = 0;
    let mut empty = Vec::new();
    for (query, outcome) in queries.iter().zip(outcomes) {
        match outcome {
            Ok(filled) => {
                equal += 1;
                if !filled {
                    empty.push(query.as_str());
                }
            }
            Err(error) => {
                different += 1;
                if different <= SHOWN_MAX {
                    report.check(query, Err(error));
                } else {
                    report.check(query, Err(anyhow::anyhow!("differs")));
                }
            }
        }
    }
    report.passed(equal);
    report.note(&format!(
        "       {} queries, {different} differ; {} are empty everywhere: {}",
        queries.len(),
        empty.len(),
        empty.join(" · ")
    ));
    if only.is_none() {
        let few = empty.len() * 20 <= queries.len();
        let outcome = if few {
            Ok(String::new())
        } else {
            Err(anyhow::anyhow!("{} of them compare nothing", empty.len()))
        };
        report.check("queries have something to compare", outcome);
        report.check("the table of references", table::check(&queries));
        promtool::run(peers, report, &prometheus, &server)?;
    }
    Ok(())
}

fn load(apis: &[&Api]) -> Result<String> {
    let mut samples = 0;
    let mut start = 0;
    while start < COUNT {
        let series = data::series(start..(start + BATCH).min(COUNT));
        samples += series.iter().map(|one| one.samples.len()).sum::<usize>();
        for api in apis {
            let path = format!("{}/api/v1/write", api.prefix);
            remote_write::send(&api.client, &path, &series)?;
        }
        start += BATCH;
    }
    Ok(format!("{samples} samples"))
}

/// The lines of the file; a line that begins with `#` is a comment.
fn queries(only: Option<&str>) -> Result<Vec<String>> {
    let file = workspace::root().join("tests/peers/queries.txt");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("failed to read {}", file.display()))?;
    let queries: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter(|line| only.is_none_or(|only| line.contains(only)))
        .map(str::to_owned)
        .collect();
    ensure!(!queries.is_empty(), "no query to ask");
    Ok(queries)
}

type Outcomes = Vec<Result<bool>>;

fn ask_all(queries: &[String], reference: &Api, ours: &Api) -> Result<Outcomes> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<Option<Result<bool>>>> =
        Mutex::new(queries.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..ASKING {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(query) = queries.get(index) else {
                        return;
                    };
                    let outcome = ask(query, reference, ours);
                    let mut all = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
                    all[index] = Some(outcome);
                }
            });
        }
    });
    let outcomes = outcomes
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    outcomes
        .into_iter()
        .map(|outcome| outcome.context("a query was not asked"))
        .collect()
}

/// Whether any answer had something in it.
fn ask(query: &str, reference: &Api, ours: &Api) -> Result<bool> {
    let tolerance = if WIDE.iter().any(|word| query.contains(word)) {
        TOLERANCE_WIDE
    } else {
        TOLERANCE
    };
    let mut filled = false;
    for offset in ["4021.3", "7777.7"] {
        let time = seconds(offset)?;
        let form = [("query", query), ("time", time.as_str())];
        filled |= both(("query", &form), (reference, ours), tolerance)
            .with_context(|| format!("instant at {time}"))?;
    }
    let (start, end) = (seconds("1803.1")?, seconds("5503.1")?);
    let form = [
        ("query", query),
        ("start", start.as_str()),
        ("end", end.as_str()),
        ("step", "37"),
    ];
    filled |= both(("query_range", &form), (reference, ours), tolerance)
        .with_context(|| format!("range {start} to {end} step 37"))?;
    Ok(filled)
}

/// A time of the data as text in seconds.
fn seconds(offset: &str) -> Result<String> {
    let (whole, fraction) = offset.split_once('.').context("a time without fraction")?;
    Ok(format!("{}.{fraction}", START + whole.parse::<i64>()?))
}

fn both(
    (path, form): (&str, &[(&str, &str)]),
    (reference, ours): (&Api, &Api),
    tolerance: f64,
) -> Result<bool> {
    let old: Vec<(&str, String)> = form
        .iter()
        .map(|(key, value)| (*key, value.replace(RENAMED.1, RENAMED.0)))
        .collect();
    let old: Vec<(&str, &str)> = old
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let left = reference.ask(path, &old).context("the reference")?;
    let right = ours.ask(path, form).context("we")?;
    match (left, right) {
        (Answer::Data(left), Answer::Data(right)) => {
            compare(&left, &right, tolerance)?;
            let nothing = left["result"].as_array().is_some_and(Vec::is_empty);
            Ok(!nothing && left["result"] != Value::Null)
        }
        (Answer::Error(left, _), Answer::Error(right, message)) => {
            ensure!(
                left == right,
                "error type {left} there, {right} here: {message}"
            );
            Ok(true)
        }
        (Answer::Error(kind, message), Answer::Data(_)) => {
            bail!("only the reference refuses it: {kind}: {message}")
        }
        (Answer::Data(_), Answer::Error(kind, message)) => {
            bail!("only we refuse it: {kind}: {message}")
        }
    }
}
