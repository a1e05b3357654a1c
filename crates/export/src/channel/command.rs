//! Programs: the notification as JSON on standard input, and the most needed of it as variables.

use super::json::alertmanager;
use crate::message::markup::one_line;
use crate::message::{Writer, cut, links};
use crate::receiver::own::Command;
use std::time::Duration;

/// A program that is ready to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables it gets beside ours.
    pub variables: Vec<(&'static str, String)>,
    /// What it reads.
    pub input: Vec<u8>,
    /// When it is stopped.
    pub timeout: Duration,
}

/// The program of a notification.
pub fn run(command: &Command, writer: &Writer<'_>) -> Run {
    let notification = writer.notification();
    let facts = writer.facts();
    let base = links::base(writer.context());
    let mut input = alertmanager(notification, &base, 0);
    input["title"] = facts.title.as_str().into();
    let text = |text: &str| cut::bytes(&one_line(text), 4_000);
    let first = facts.alerts.first();
    let variables = vec![
        ("TACHO_STATUS", facts.state().to_ascii_lowercase()),
        ("TACHO_SEVERITY", facts.severity.as_str().to_owned()),
        (
            "TACHO_ALERT_NAME",
            text(first.map_or("", |alert| &alert.name)),
        ),
        ("TACHO_TITLE", text(&facts.title)),
        ("TACHO_MESSAGE", text(first.map_or("", |alert| &alert.what))),
        ("TACHO_RECEIVER", text(&notification.to.receiver)),
        ("TACHO_GROUP_KEY", text(&notification.group_key)),
        ("TACHO_NOTIFICATION_ID", notification.id.to_string()),
        ("TACHO_URL", facts.links.alert.clone().unwrap_or_default()),
    ];
    Run {
        program: command.program.clone(),
        arguments: command.arguments.clone(),
        variables,
        input: input.to_string().into_bytes(),
        timeout: command.timeout,
    }
}
