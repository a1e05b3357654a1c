//! `tacho restore`: makes a data folder of a backup. No server may run on that folder.

use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use tacho_stdx::size::print_bytes;
use tacho_storage::backup::restore;
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;

/// Make a data folder of a backup
///
/// Works on files of this machine without a server. The folder of --data-dir must not exist yet or be empty.
/// Every file is checked against its checksum before it counts.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho restore /backup/2026-11-20 --data-dir /var/lib/tachograph\n  tacho serve --data-dir /var/lib/tachograph"
)]
pub(crate) struct RestoreArgs {
    /// The backup
    dir: PathBuf,
    #[command(flatten)]
    show: Output,
}

pub(crate) fn run(context: &Context, args: &RestoreArgs) -> anyhow::Result<Exit> {
    let Some(target) = &context.global.data_dir else {
        let failure = Failure::usage("the folder to restore into is not named").hint(format!(
            "add --data-dir DIR, an empty or new folder: tacho restore {} --data-dir DIR",
            args.dir.display()
        ));
        return Err(failure.into());
    };
    let io: Arc<dyn Io> = Arc::new(StdIo);
    let report = restore(&io, &args.dir, target).with_context(|| {
        format!(
            "failed to restore {} into {}",
            args.dir.display(),
            target.display()
        )
    })?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        let report = json!({
            "dir": target.display().to_string(), "files": report.files, "bytes": report.bytes,
        });
        screen.print_json(report.to_string().as_bytes())?;
        return Ok(Exit::Done);
    }
    screen.print(&format!(
        "restored into {}: {} files, {}\nstart the server on it: tacho serve --data-dir {}\n",
        target.display(),
        report.files,
        print_bytes(report.bytes),
        target.display()
    ))?;
    Ok(Exit::Done)
}
