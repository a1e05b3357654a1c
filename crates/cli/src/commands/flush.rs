//! `tacho flush`: everything in memory goes to disk.

use crate::args::{Format, Output};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::time::short_ms;
use clap::Args;
use tacho_api::admin::FlushReport;
use tacho_stdx::size::print_bytes;

/// Write everything in memory to disk
///
/// Returns when all is on disk, the write-ahead log is empty and replaced files are gone. The server does
/// this by itself in time; it is of use before measuring disk usage or copying. Needs the admin token.
#[derive(Debug, Clone, Copy, Args)]
#[command(after_long_help = "Examples:\n  tacho flush\n  tacho flush --compact")]
pub(crate) struct FlushArgs {
    /// Merge blocks as far as they can be, too
    #[arg(long)]
    compact: bool,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, args: FlushArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let query = Query::default().with("compact", args.compact.then_some(true));
    let answer = client
        .post(&["api", "v1", "admin", "flush"], query, None)
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let report: FlushReport = answer.parse()?;
    screen.print(&format!(
        "flushed in {}: {} items went to disk, {} blocks are there now, {} of write-ahead log left\n",
        short_ms(report.duration_ms),
        report.items,
        report.blocks,
        print_bytes(report.wal_bytes.0)
    ))?;
    Ok(Exit::Done)
}
