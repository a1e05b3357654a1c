//! Messages for people who look at them: before they are sent, and in the log of deliveries.

use super::Preview;
use crate::channel::{self, Letter, Secrets};
use crate::message::markup::Markup;
use crate::message::text::Links;
use crate::message::{Context, Writer, cut};
use crate::notification::Notification;
use crate::receiver::Integration;

/// The message that a notification would become.
pub(super) fn preview(
    notification: &Notification,
    integration: &Integration,
    context: &Context,
    secrets: &Secrets,
) -> Result<Preview, String> {
    let markup = channel::markup(&integration.settings);
    let writer = Writer::new(notification, context, markup);
    let letter = channel::compose(integration, &writer, secrets)?;
    let plain = Writer::new(notification, context, Markup::Plain);
    Ok(Preview {
        title: plain.facts().title.clone(),
        text: plain.default_text(Links::Told),
        body: shown(&letter, secrets, usize::MAX),
    })
}

/// A letter for people, without secrets.
pub(super) fn shown(letter: &Letter, secrets: &Secrets, max: usize) -> String {
    let text = match letter {
        Letter::Http(plan) => {
            let host = plan.main.url.parse::<reqwest::Url>().ok();
            let host = host.and_then(|url| url.host_str().map(str::to_owned));
            let host = host.unwrap_or_default();
            let method = plan.main.method.as_str();
            format!("{method} {host}\n{}", plan.main.body_text())
        }
        Letter::Mail(mail) => {
            let to: Vec<String> = mail.to.iter().map(ToString::to_string).collect();
            format!(
                "To: {}\nSubject: {}\n\n{}",
                to.join(", "),
                mail.subject,
                mail.text
            )
        }
        Letter::Command(run) => {
            let input = String::from_utf8_lossy(&run.input);
            format!("{} {}\n{input}", run.program, run.arguments.join(" "))
        }
        Letter::Line(line) | Letter::Log(line) => line.clone(),
    };
    cut::bytes(&secrets.mask(&text), max)
}
