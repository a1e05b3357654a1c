//! Our own blocks as people write them.

use super::super::defaults::Defaults;
use super::super::webhook::Shape;
use super::super::{Receivers, Settings, Template};
use super::read_blocks;
use tacho_model::severity::Severity;
use tacho_yaml::node::parse;
use tacho_yaml::problem::Wrong;

fn read(text: &str) -> Result<Receivers, Wrong> {
    let mut defaults = Defaults::default();
    defaults.smtp.smarthost = "localhost:25".to_owned();
    defaults.smtp.from = "tacho@example.org".to_owned();
    read_blocks(&parse(text).unwrap(), &defaults)
}

fn settings(text: &str) -> Settings {
    let receivers = read(text).unwrap();
    receivers.receivers[0].integrations[0].settings.clone()
}

#[test]
fn blocks_of_every_type_are_read() {
    let text = "
- {name: slack_alerts, type: slack, webhook_url: 'https://hooks.slack.com/services/x', channel: '#orchestrator-alerts', severity: [HIGH, CRITICAL]}
- {name: primary_oncall, type: email, addresses: 'a@example.org; b@example.org'}
- {name: pagerduty, routing_key: k}
- {uid: webhook_notifier, type: webhook, url: 'http://host:9002/api/webhooks/grafana'}
- {name: log_only}
- {name: out, type: console}
- {name: run, command: [/bin/echo, x], args: [y], timeout: 5s}
- {name: chat, type: discord, webhook_url: 'https://discord.com/api/webhooks/1/x'}
- {name: teams, type: teams, url: 'https://example.org/x'}
- {name: bot, type: telegram, settings: {bottoken: t, chatid: '-100'}}
- {name: genie, type: opsgenie, settings: {apiKey: k, apiUrl: 'https://api.eu.opsgenie.com/v2/alerts'}}
- {name: off, type: console, enabled: false}
";
    let receivers = read(text).unwrap().receivers;
    let kinds: Vec<&str> = receivers
        .iter()
        .map(|one| {
            one.integrations
                .first()
                .map_or("", |one| one.key.kind.as_str())
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "slack",
            "email",
            "pagerduty",
            "webhook",
            "log",
            "console",
            "command",
            "discord",
            "msteams",
            "telegram",
            "opsgenie",
            ""
        ]
    );
    assert_eq!(
        receivers[0].integrations[0].severities,
        [Severity::High, Severity::Critical]
    );
    assert_eq!(receivers[3].name, "webhook_notifier");
    let Settings::Opsgenie(genie) = &receivers[10].integrations[0].settings else {
        panic!("opsgenie was expected");
    };
    assert_eq!(genie.api_url, "https://api.eu.opsgenie.com/");
}

#[test]
fn webhooks_get_the_shape_of_grafana_unless_they_say() {
    let Settings::Webhook(webhook) = settings("[{type: webhook, url: 'http://h/'}]") else {
        panic!("a webhook was expected");
    };
    assert!(matches!(webhook.shape, Shape::Grafana));
    let text = "[{type: webhook, url: 'http://h/', format: alertmanager, hmac_secret: s}]";
    let Settings::Webhook(webhook) = settings(text) else {
        panic!("a webhook was expected");
    };
    assert!(matches!(webhook.shape, Shape::Alertmanager));
    assert!(!format!("{webhook:?}").contains("Given(s)"));
}

#[test]
fn contact_points_of_grafana_are_receivers() {
    let text = "
- orgId: 1
  name: ops
  receivers:
    - {uid: a, type: slack, settings: {url: 'https://hooks.slack.com/x', recipient: '#a'}}
    - {uid: b, type: slack, settings: {url: 'https://hooks.slack.com/y'}, disableResolveMessage: true}
";
    let receivers = read(text).unwrap().receivers;
    assert_eq!(receivers.len(), 1);
    assert_eq!(receivers[0].name, "ops");
    let of: Vec<_> = receivers[0]
        .integrations
        .iter()
        .map(|one| (one.key.index, one.send_resolved))
        .collect();
    assert_eq!(of, [(0, true), (1, false)]);
}

#[test]
fn templates_are_known_by_their_look() {
    for (text, is_go) in [
        ("🚨 Alert: {{alert_name}}", false),
        ("{{ .CommonLabels.severity }}", true),
        ("{{ template \"x\" . }}", true),
        ("{{- range .Alerts }}{{ end }}", true),
        ("plain", false),
    ] {
        let template = super::template_of(text);
        assert_eq!(matches!(template, Template::Go(_)), is_go, "{text}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    for (text, message) in [
        ("[{name: x, type: pigeon}]", "type \"pigeon\" is not known"),
        ("[{name: x}]", "missing type in receiver"),
        (
            "[{type: slack}]",
            "receiver of type slack needs webhook_url, webhook_url_file or token",
        ),
        (
            "[{type: console, webhok_url: x}]",
            "field webhok_url not found in receiver",
        ),
        (
            "[{type: console, severity: bad}]",
            "severity \"bad\" is not known",
        ),
        (
            "[{type: webhook, url: 'ftp://secret'}]",
            "the address is no URL of http or https",
        ),
        (
            "[{type: webhook, url: 'http://h', headers: {X: \"a\\r\\nb\"}}]",
            "\"X\" is no header",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().message, message, "{text}");
    }
}
