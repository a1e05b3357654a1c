//! Where a channel leads, in words and without secrets: an address, a channel, a host.

use tacho_export::receiver::{Integration, Settings};
use tacho_yaml::http_client::Origin;

/// Longest target, characters.
const CHARS_MAX: usize = 200;

/// Where an integration leads.
pub fn target_of(integration: &Integration) -> String {
    let text = match &integration.settings {
        Settings::Email(email) => email.to.source().to_owned(),
        Settings::Slack(slack) => match slack.channel.source() {
            "" => place_of(&slack.url),
            channel => channel.to_owned(),
        },
        Settings::Discord(discord) => place_of(&discord.url),
        Settings::Teams(teams) => place_of(&teams.url),
        Settings::PagerDuty(pagerduty) => place_in(&pagerduty.url),
        Settings::Opsgenie(opsgenie) => place_in(&opsgenie.api_url),
        Settings::Telegram(telegram) => match &telegram.chat {
            Origin::Given(chat) => format!("chat {}", chat.0),
            _ => place_in(&telegram.api_url),
        },
        Settings::Webhook(webhook) => place_of(&webhook.url),
        Settings::Command(command) => command.program.clone(),
        Settings::Console(_) => "standard output".to_owned(),
        Settings::Log => "log of the server".to_owned(),
        Settings::Undelivered => String::new(),
    };
    text.chars().take(CHARS_MAX).collect()
}

fn place_of(origin: &Origin) -> String {
    match origin {
        Origin::Given(url) => place_in(&url.0),
        Origin::File(path) => format!("address in {path}"),
        Origin::Manager(_) | Origin::Absent => String::new(),
    }
}

/// `https://host:port` of an address: the path of a webhook is often all that keeps others out.
fn place_in(url: &str) -> String {
    let parsed = url.parse::<reqwest::Url>().ok();
    let place = parsed.and_then(|url| {
        let host = url.host_str()?;
        let port = url.port().map(|port| format!(":{port}"));
        Some(format!(
            "{}://{host}{}",
            url.scheme(),
            port.unwrap_or_default()
        ))
    });
    place.unwrap_or_else(|| "an address from a template".to_owned())
}

#[cfg(test)]
mod tests {
    use super::place_in;

    #[test]
    fn only_scheme_host_and_port_are_told() {
        for (url, place) in [
            (
                "https://hooks.slack.com/services/T0/B0/xyz",
                "https://hooks.slack.com",
            ),
            ("http://user:pass@h:9002/api?token=x", "http://h:9002"),
            ("{{ .ExternalURL }}", "an address from a template"),
        ] {
            assert_eq!(place_in(url), place);
        }
    }
}
