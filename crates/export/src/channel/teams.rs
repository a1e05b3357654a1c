//! Microsoft Teams: an Adaptive Card for workflows, a MessageCard for the old connectors.
//!
//! Sources: <https://adaptivecards.io/explorer/>,
//! <https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using>.

use super::{Answer, ChannelRequest, Method, Plan, Secrets, Verdict};
use crate::message::text::Links;
use crate::message::{Writer, cut, page};
use crate::receiver::teams::Teams;
use serde_json::{Value, json};
use tacho_model::severity::Severity;

/// Longest message, bytes: a little less than the 28 KB that Teams takes.
const BODY_BYTES_MAX: usize = 27_000;
/// Longest text to begin with, UTF-16 units.
const TEXT_MAX: usize = 16_000;
/// Buttons of a card.
const BUTTONS_MAX: usize = 6;

/// The calls of a notification.
pub fn plan(teams: &Teams, writer: &Writer<'_>, secrets: &Secrets) -> Plan {
    let title = writer.fill(&teams.title, || writer.default_title());
    let title = cut::chars(&title, 300);
    let text = writer.fill(&teams.text, || writer.default_text(Links::Elsewhere));
    let mut room = TEXT_MAX;
    loop {
        let text = writer.with_notice(cut::lines(&text, room));
        let card = match teams.is_workflow {
            true => adaptive_card(writer, &title, &text),
            false => message_card(teams, writer, &title, &text),
        };
        let request = ChannelRequest::json(Method::Post, secrets.url.as_str(), &card);
        if request.body.len() <= BODY_BYTES_MAX || room < 200 {
            return Plan::one(request);
        }
        room /= 2;
    }
}

fn adaptive_card(writer: &Writer<'_>, title: &str, text: &str) -> Value {
    let facts = writer.facts();
    let color = match (facts.firing, facts.severity) {
        (false, _) => "Good",
        (true, Severity::Critical | Severity::High) => "Attention",
        (true, Severity::Medium) => "Warning",
        (true, Severity::Low | Severity::Info) => "Accent",
    };
    let links = facts.links.named();
    let actions = links
        .iter()
        .take(BUTTONS_MAX)
        .map(|(name, url)| json!({"type": "Action.OpenUrl", "title": name, "url": url}));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [
                    {
                        "type": "TextBlock",
                        "text": title,
                        "weight": "Bolder",
                        "size": "Medium",
                        "wrap": true,
                        "style": "heading",
                        "color": color,
                    },
                    {"type": "TextBlock", "text": text, "wrap": true},
                ],
                "actions": actions.collect::<Vec<_>>(),
                "msteams": {"width": "full"},
            },
        }],
    })
}

fn message_card(teams: &Teams, writer: &Writer<'_>, title: &str, text: &str) -> Value {
    let summary = writer.fill(&teams.summary, || writer.default_title());
    let summary = match summary.is_empty() {
        true => title.to_owned(),
        false => cut::chars(&summary, 300),
    };
    let links = writer.facts().links.named();
    // connectors show four
    let actions = links.iter().take(4).map(|(name, url)| {
        json!({"@type": "OpenUri", "name": name, "targets": [{"os": "default", "uri": url}]})
    });
    json!({
        "@context": "http://schema.org/extensions",
        "@type": "MessageCard",
        "title": title,
        "summary": summary,
        "text": text,
        "themeColor": page::color(writer.facts()).trim_start_matches('#'),
        "potentialAction": actions.collect::<Vec<_>>(),
    })
}

/// What an answer means: connectors tell errors of the service behind them with 200.
pub fn verdict(answer: &Answer<'_>) -> Verdict {
    let by_status = answer.verdict();
    let body = String::from_utf8_lossy(answer.body);
    let Some((_, code)) = body.split_once("HTTP error ") else {
        return by_status;
    };
    if !matches!(by_status, Verdict::Sent { .. }) {
        return by_status;
    }
    let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
    let status = digits.parse().unwrap_or(500);
    Answer { status, ..*answer }.verdict()
}
