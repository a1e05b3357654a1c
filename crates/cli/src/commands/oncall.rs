//! `tacho oncall`: who is on call now, and who is next.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::alert;
use crate::output::screen::Look;
use crate::output::table::{self, Cell, Column};
use crate::time::Zone;
use clap::Args;
use tacho_api::escalation::EscalationList;

/// Show who is on call
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho oncall
  tacho oncall --output json | jq -r '.rotas[].now.member'")]
pub(crate) struct OncallArgs {
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 6] = [
    Column::new("ROTA"),
    Column::new("NOW").shrinks(),
    Column::new("UNTIL"),
    Column::new("NEXT").shrinks(),
    Column::new("REACHED BY").shrinks().leaves(2),
    Column::new("HANDOVER").leaves(1),
];

pub(crate) async fn run(context: &Context, args: &OncallArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let answer = client
        .get(&["api", "v1", "escalations"], Query::default())
        .await?;
    let screen = context.screen();
    let zone = context.zone(&args.show);
    match args.show.output {
        Format::Json => screen.print_json(&answer.body)?,
        Format::Table => screen.print(&text(&answer.parse()?, &zone, screen.look))?,
    }
    Ok(Exit::Done)
}

fn text(list: &EscalationList, zone: &Zone, look: Look) -> String {
    if list.rotas.is_empty() {
        return "there are no rotas; see escalation.rotas of the configuration\n".to_owned();
    }
    let rows: Vec<_> = list
        .rotas
        .iter()
        .map(|rota| {
            let now = rota.now.as_ref();
            let next = rota.next.first();
            vec![
                Cell::new(&rota.name),
                Cell::new(now.map_or("nobody", |turn| turn.member.as_str())),
                Cell::new(alert::time(zone, now.map(|turn| turn.end.as_str()))),
                Cell::new(next.map_or("-", |turn| turn.member.as_str())),
                Cell::new(
                    now.map(|turn| turn.receivers.join(", "))
                        .unwrap_or_default(),
                ),
                Cell::new(format!("{} {}", rota.handover, rota.time_zone)),
            ]
        })
        .collect();
    table::print(&COLUMNS, &rows, look)
}
