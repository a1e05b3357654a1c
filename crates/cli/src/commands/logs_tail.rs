//! `tacho logs tail`: log records as they arrive; comes back by itself when the connection breaks.

use crate::args::{Format, Show};
use crate::client::sse::{SseEvent, SseReader};
use crate::client::{Client, Query};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::log_line::{self, Emitted, LogStyle};
use crate::output::screen::{Screen, remark};
use crate::time::Precision;
use clap::Args;
use std::time::Duration;
use tacho_api::health::LostNotice;
use tacho_api::log::LogDocument;
use tokio::time::{sleep, timeout};

/// The server sends something at least every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// First and longest pause before coming back.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// Follow log records as they arrive
///
/// Records that were there before are not shown; `tacho logs query` does that. When the connection breaks it
/// is opened again, and what was missed is shown as far as the server still keeps it. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho logs tail
  tacho logs tail '{service_name=\"planner\"} |= \"retry\"'
  tacho logs tail '{} | severity=\"ERROR\"' --full
  tacho logs tail --output json | jq -r .body         one JSON document a line")]
pub(crate) struct TailArgs {
    /// Only records that this query takes
    #[arg(value_name = "LOGQL")]
    query: Option<String>,
    /// Show all that a record holds, on several lines
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    show: Show,
}

pub(crate) async fn run(context: &Context, args: &TailArgs) -> anyhow::Result<Exit> {
    let client = context.client()?;
    let screen = context.screen();
    let style = LogStyle {
        look: screen.look,
        zone: context.zone(&args.show),
        precision: Precision::ClockMillis,
        full: args.full,
    };
    let mut tail = Tail {
        client,
        screen,
        style,
        json: args.show.output == Format::Json,
        last_id: None,
        opened: false,
    };
    tokio::select! {
        failed = tail.follow(args.query.as_deref().unwrap_or_default()) => failed.map(|()| Exit::Done),
        stopped = tokio::signal::ctrl_c() => {
            stopped?;
            Ok(Exit::Done)
        }
    }
}

struct Tail {
    client: Client,
    screen: Screen,
    style: LogStyle,
    json: bool,
    last_id: Option<String>,
    opened: bool,
}

/// How one connection ended.
enum Ended {
    /// It broke; worth another try.
    Broken(String),
    /// It cannot work.
    Failed(anyhow::Error),
}

impl Tail {
    /// Never ends but by failure.
    async fn follow(&mut self, query: &str) -> anyhow::Result<()> {
        let mut pause = PAUSE_MIN;
        loop {
            let seen = self.last_id.clone();
            match self.connection(query).await {
                Ended::Failed(error) => return Err(error),
                Ended::Broken(reason) => remark(&format!("{reason}; trying again")),
            }
            pause = if self.last_id == seen {
                (pause * 2).min(PAUSE_MAX)
            } else {
                PAUSE_MIN
            };
            sleep(pause).await;
        }
    }

    async fn connection(&mut self, query: &str) -> Ended {
        let topics = Query::default().with("topics", Some(format!("logs:{query}")));
        let path = ["api", "v1", "stream"];
        let mut response = match self
            .client
            .stream(&path, topics, self.last_id.as_deref())
            .await
        {
            Ok(response) => response,
            // What worked before is expected to work again; what never did is told at once.
            Err(failure) if self.opened && failure.exit != Exit::Usage => {
                return Ended::Broken(failure.message);
            }
            Err(failure) => return Ended::Failed(failure.into()),
        };
        self.opened = true;
        let mut reader = SseReader::default();
        loop {
            let part = match timeout(SILENCE_MAX, response.chunk()).await {
                Ok(Ok(Some(part))) => part,
                Ok(Ok(None)) => return Ended::Broken("the server ended the stream".to_owned()),
                Ok(Err(_)) => return Ended::Broken("the connection broke".to_owned()),
                Err(_) => return Ended::Broken("the server is silent".to_owned()),
            };
            let Ok(events) = reader.push(&part) else {
                return Ended::Failed(
                    Failure::failed("the server sent a message that is too long").into(),
                );
            };
            for event in events {
                if let Err(error) = self.show(event) {
                    return Ended::Failed(error);
                }
            }
        }
    }

    fn show(&mut self, event: SseEvent) -> anyhow::Result<()> {
        match event.kind.as_str() {
            "log" if self.json => self.screen.print_json(event.data.as_bytes())?,
            "log" => {
                let document: LogDocument = serde_json::from_str(&event.data)?;
                let emitted = Emitted {
                    record: &document.record,
                    resource: Some(&document.resource),
                    scope: Some(&document.scope),
                };
                self.screen.print(&log_line::print(emitted, &self.style))?;
            }
            "lost" => {
                let lost: LostNotice = serde_json::from_str(&event.data)?;
                let count = lost
                    .count
                    .map_or_else(|| "some".to_owned(), |count| count.to_string());
                remark(&format!(
                    "{count} records were missed; `tacho logs query` shows them"
                ));
            }
            _ => {}
        }
        if event.id.is_some() {
            self.last_id = event.id;
        }
        Ok(())
    }
}
