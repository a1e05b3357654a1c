//! `tacho backup`: asks the running server to write a backup.

use crate::args::{Format, Output};
use crate::client::Query;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use clap::Args;
use std::path::{Path, PathBuf};
use tacho_api::admin::{BackupReport, BackupRequest};
use tacho_stdx::size::print_bytes;

/// Write a backup into a folder of the server's machine
///
/// The running server writes it and goes on meanwhile: everything that was acknowledged before is in it. The
/// folder must not exist yet or be empty. `tacho restore` makes a data folder of it again. Needs the admin token.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho backup /backup/2026-11-20\n  tacho restore /backup/2026-11-20 --data-dir /var/lib/tachograph"
)]
pub(crate) struct BackupArgs {
    /// The folder; for a server on another machine an absolute path
    dir: PathBuf,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, args: &BackupArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let request = BackupRequest {
        dir: folder(&args.dir, client.is_local())?,
    };
    let body = serde_json::to_string(&request)?;
    let answer = client
        .post(
            &["api", "v1", "admin", "backup"],
            Query::default(),
            Some(body),
        )
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let report: BackupReport = answer.parse()?;
    screen.print(&format!(
        "backup in {}: {} files, {}\n",
        crate::output::escape::line(&report.dir),
        report.files,
        print_bytes(report.bytes.0)
    ))?;
    Ok(Exit::Done)
}

/// The absolute path; relative ones only mean something on this machine.
fn folder(dir: &Path, local: bool) -> anyhow::Result<String> {
    if dir.is_relative() && !local {
        let failure = Failure::usage(format!("{} is not an absolute path", dir.display()))
            .hint("the folder lies on the server's machine, so name it from its root");
        return Err(failure.into());
    }
    let absolute = std::path::absolute(dir)?;
    match absolute.into_os_string().into_string() {
        Ok(text) => Ok(text),
        Err(_) => Err(Failure::usage(format!("{} is no UTF-8 text", dir.display())).into()),
    }
}
