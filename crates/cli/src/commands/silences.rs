//! `tacho silences`: alerts that nobody is told of for a time.

mod add;
mod list;

use crate::args::Output;
use crate::context::Context;
use crate::failure::Exit;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Silences {
    List(list::ListArgs),
    Add(add::AddArgs),
    Expire(ExpireArgs),
}

/// End a silence
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho silences expire 1b9f7c3e-6f0e-4d8f-9a55-0b1f6c1c9d11")]
pub(crate) struct ExpireArgs {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    show: Output,
}

pub(crate) async fn run(context: &Context, command: &Silences) -> anyhow::Result<Exit> {
    match command {
        Silences::List(args) => list::run(context, args).await,
        Silences::Add(args) => add::run(context, args).await,
        Silences::Expire(args) => expire(context, args).await,
    }
}

async fn expire(context: &Context, args: &ExpireArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let answer = client.delete(&["api", "v1", "silences", &args.id]).await?;
    let screen = context.screen();
    match args.show.output {
        crate::args::Format::Json => screen.print_json(&answer.body)?,
        crate::args::Format::Table => {
            let line = format!("silence {} ended", args.id);
            screen.print(&format!("{}\n", crate::output::escape::line(&line)))?;
        }
    }
    Ok(Exit::Done)
}
