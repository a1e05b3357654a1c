//! `cargo xtask prometheus`: Debian's Prometheus, promtool and node exporter against us. One writes
//! to us, one is asked the same queries, one reads our federation; promtool asks both; we scrape
//! the exporter. Everything is installed below `target/peers`, without root rights.

mod answer;
mod data;
mod differential;
mod federate;
mod forward;
pub(crate) mod install;
mod process;
mod promtool;
mod remote_write;
mod scrape;
mod table;

use crate::report::Report;
use crate::workspace;
use anyhow::Result;
use install::Installed;
use std::path::PathBuf;

/// Which parts are run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this part; may be repeated
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// In the differential part, only queries with this text
    #[arg(long)]
    query: Option<String>,
}

/// The parts, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// A Prometheus scrapes and writes to us, also while we are killed
    Forward,
    /// The same data and the same queries, here and there; promtool too
    Differential,
    /// We scrape the node exporter; a Prometheus federates from us
    Scrape,
}

/// Runs the parts; false if anything differs.
///
/// # Errors
/// A program is there but cannot be run.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let peers = match install::prepare()? {
        Installed::Ready(peers) => peers,
        Installed::Missing(why) => {
            report.missing(&why);
            return Ok(report.end());
        }
    };
    report.note(&peers.version()?);
    let chosen = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    if chosen(Part::Forward) {
        let outcome = forward::run(&peers, &mut report);
        failed(&mut report, "remote write of a Prometheus", outcome);
    }
    if chosen(Part::Differential) {
        let only = arguments.query.as_deref();
        let outcome = differential::run(&peers, &mut report, only);
        failed(&mut report, "differential queries", outcome);
    }
    if chosen(Part::Scrape) {
        let outcome = scrape::run(&peers, &mut report);
        failed(&mut report, "scraping the node exporter", outcome);
    }
    Ok(report.end())
}

/// A part that could not be finished is one failure.
fn failed(report: &mut Report, name: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        report.check(name, Err(error));
    }
}

/// An empty folder for a part.
fn folder(name: &str) -> Result<PathBuf> {
    let folder = workspace::target()
        .join("xtask")
        .join("prometheus")
        .join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
