//! `tacho status`: what the server holds and how it fares.

use crate::args::{Format, Show};
use crate::client::Query;
use crate::context::Context;
use crate::failure::Exit;
use crate::output::escape;
use crate::output::screen::{Look, Style};
use crate::output::table::{self, Cell, Column};
use crate::output::{counted, grouped};
use crate::time::{Precision, Zone, short_ms};
use clap::Args;
use std::fmt::Write as _;
use tacho_api::status::{SignalStatus, Status};
use tacho_stdx::size::print_bytes;

/// Show what the server holds and how it fares
///
/// Items, bytes, oldest and newest of each signal; write-ahead log, free disk, memory; files that were set
/// aside because their bytes are not what was written. Items written in the last moments count too.
#[derive(Debug, Clone, Copy, Args)]
#[command(
    after_long_help = "Examples:\n  tacho status\n  tacho status --output json | jq .signals.spans.items"
)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    show: Show,
}

const COLUMNS: [Column; 7] = [
    Column::new("SIGNAL"),
    Column::new("ITEMS").right(),
    Column::new("ON DISK").right(),
    Column::new("BLOCKS").right().leaves(2),
    Column::new("OLDEST").leaves(1),
    Column::new("NEWEST"),
    Column::new("REFUSED").right().leaves(3),
];

pub(crate) async fn run(context: &Context, args: StatusArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let answer = client
        .get(&["api", "v1", "status"], Query::default())
        .await?;
    let screen = context.screen();
    if args.show.output == Format::Json {
        screen.print_json(&answer.body)?;
        return Ok(Exit::Done);
    }
    let status: Status = answer.parse()?;
    let text = print(
        &status,
        client.address(),
        &context.zone(&args.show),
        screen.look,
    );
    screen.print(&text)?;
    Ok(Exit::Done)
}

fn print(status: &Status, address: &str, zone: &Zone, look: Look) -> String {
    let uptime = short_ms(status.uptime_seconds * 1e3);
    let mut out = format!(
        "{} {} at {}, up for {uptime}\n\n",
        look.paint(Style::Bold, "tacho"),
        escape::line(&status.version),
        escape::line(address)
    );
    let signals = &status.signals;
    let mut rows = vec![
        row("spans", &signals.spans, zone),
        row("logs", &signals.logs, zone),
    ];
    if signals.samples.items.0 > 0 || signals.samples.refused.0 > 0 {
        rows.push(row("samples", &signals.samples, zone));
    }
    out.push_str(&table::print(&COLUMNS, &rows, look));
    if let Some(series) = signals.samples.series.filter(|series| series.0 > 0) {
        let _ = writeln!(out, "\nactive series    {}", grouped(series.0));
    }
    let _ = writeln!(
        out,
        "\nwrite-ahead log  {} in {}",
        print_bytes(status.wal.bytes.0),
        counted(status.wal.segments.0, "segment")
    );
    let _ = writeln!(out, "disk free        {}", print_bytes(status.disk.free.0));
    let memory = &status.memory;
    let _ = write!(
        out,
        "memory           {} used, {} allowed",
        print_bytes(memory.used.0),
        print_bytes(memory.limit.0)
    );
    if let Some(resident) = memory.resident {
        let _ = write!(out, ", process {}", print_bytes(resident.0));
    }
    out.push('\n');
    for (part, bytes) in memory.parts.iter().filter(|(_, bytes)| bytes.0 > 0) {
        let _ = writeln!(out, "  {:<15}{}", escape::line(part), print_bytes(bytes.0));
    }
    for file in &status.quarantined {
        let line = format!("set aside: {} {}: {}", file.what, file.name, file.reason);
        let _ = writeln!(out, "{}", look.paint(Style::Red, &escape::line(&line)));
    }
    out
}

fn row(name: &str, signal: &SignalStatus, zone: &Zone) -> Vec<Cell> {
    let time = |time: &Option<String>| match time {
        Some(time) => zone.show(time, Precision::Seconds),
        None => "-".to_owned(),
    };
    let refused = if signal.refused.0 > 0 {
        Style::Yellow
    } else {
        Style::Plain
    };
    vec![
        Cell::new(name),
        Cell::new(grouped(signal.items.0)),
        Cell::new(print_bytes(signal.bytes.0)),
        Cell::new(grouped(signal.blocks.0)),
        Cell::new(time(&signal.oldest)),
        Cell::new(time(&signal.newest)),
        Cell::styled(grouped(signal.refused.0), refused),
    ]
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::output::screen::Look;
    use crate::time::Zone;
    use serde_json::json;

    #[test]
    fn what_is_set_aside_is_shown() {
        let signal = json!({"items": 1234, "bytes": 2048, "blocks": 2, "refused": 0, "newest": "2026-11-20T11:03:12Z"});
        let status = serde_json::from_value(json!({
            "version": "0.1.0", "uptimeSeconds": 75.0, "signals": {"spans": signal, "logs": signal, "samples": {"items": 0, "bytes": 0, "blocks": 0, "refused": 0}},
            "wal": {"bytes": 10, "segments": 1}, "disk": {"free": 1 << 30},
            "memory": {"used": 0, "limit": 1 << 30, "parts": {"head": 2048, "cache": 0}},
            "quarantined": [{"what": "block", "name": "x\u{1b}", "reason": "checksum"}],
        }))
        .unwrap();
        let text = print(
            &status,
            "http://x:1",
            &Zone::utc(),
            Look {
                color: false,
                width: None,
            },
        );
        assert_eq!(
            text,
            "tacho 0.1.0 at http://x:1, up for 1m 15s\n\n\
             SIGNAL  ITEMS  ON DISK  BLOCKS  OLDEST  NEWEST                REFUSED\n\
             spans   1,234  2.0 KiB       2  -       2026-11-20 11:03:12Z        0\n\
             logs    1,234  2.0 KiB       2  -       2026-11-20 11:03:12Z        0\n\n\
             write-ahead log  10 B in 1 segment\n\
             disk free        1.0 GiB\n\
             memory           0 B used, 1.0 GiB allowed\n  \
             head           2.0 KiB\n\
             set aside: block x\\u{1b}: checksum\n"
        );
    }
}
