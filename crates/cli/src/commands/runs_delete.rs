//! `tacho runs delete`: removes everything of a run.

use super::traces_delete::report;
use crate::args::Output;
use crate::context::Context;
use crate::failure::Exit;
use clap::Args;

/// Delete a run: what carries this `run_id`, and the traces that belong to it alone
///
/// Answers no longer show them at once; they are gone from disk within 24 hours. There is no way back.
/// Needs the admin token.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  tacho runs delete r-17")]
pub(crate) struct DeleteArgs {
    /// Value of the attribute `run_id`
    run_id: String,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, args: &DeleteArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let answer = client.delete(&["api", "v1", "runs", &args.run_id]).await?;
    report(context, &answer, args.show.output)
}
