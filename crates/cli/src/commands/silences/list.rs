//! `tacho silences list`.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::Args;
use tacho_api::silence::{SilenceList, SilenceState};

/// List silences
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho silences list
  tacho silences list --expired")]
pub(crate) struct ListArgs {
    /// Those that are over too
    #[arg(long)]
    expired: bool,
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 7] = [
    Column::new("ID"),
    Column::new("STATE"),
    Column::new("MATCHERS").shrinks(),
    Column::new("HIDES").right(),
    Column::new("UNTIL"),
    Column::new("BY").leaves(2),
    Column::new("COMMENT").shrinks().leaves(1),
];

pub(super) async fn run(context: &Context, args: &ListArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let states = args.expired.then_some("active,pending,expired");
    let query = Query::default().with("state", states);
    let answer = client.get(&["api", "v1", "silences"], query).await?;
    let screen = context.screen();
    let zone = context.zone(&args.show);
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

fn text(list: &SilenceList, zone: &Zone, look: Look) -> String {
    if list.silences.is_empty() {
        return "no silences\n".to_owned();
    }
    let rows: Vec<_> = list
        .silences
        .iter()
        .map(|one| {
            let state = match one.state {
                SilenceState::Active => "active",
                SilenceState::Pending => "pending",
                SilenceState::Expired => "expired",
            };
            vec![
                Cell::new(&one.id),
                Cell::new(state),
                Cell::new(alert::matchers(&one.matchers)),
                Cell::new(one.hides.to_string()),
                Cell::new(alert::time(zone, Some(&one.ends_at))),
                Cell::new(&one.created_by),
                Cell::new(&one.comment),
            ]
        })
        .collect();
    table::print(&COLUMNS, &rows, look)
}
