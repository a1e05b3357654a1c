//! Receivers of an `alertmanager.yml`: what is taken, what is refused.

use super::defaults::Defaults;
use super::{Receivers, Settings, read_receivers};
use tacho_yaml::http_client::Origin;
use tacho_yaml::node::parse;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::Section;

fn read(text: &str) -> Result<Receivers, Wrong> {
    let node = parse(text).unwrap();
    let mut section = Section::open(&node, "config")?;
    let defaults = match section.node("global") {
        None => Defaults::default(),
        Some(node) => {
            let mut global = Section::open(node, "global")?;
            let defaults = Defaults::read(&mut global)?;
            global.finish()?;
            defaults
        }
    };
    match section.node("receivers") {
        Some(node) => read_receivers(node, &defaults),
        None => Ok(Receivers::default()),
    }
}

/// One receiver with one integration.
fn one(global: &str, field: &str, fields: &str) -> Result<Settings, Wrong> {
    let text = format!("global: {global}\nreceivers:\n- name: a\n  {field}: [{fields}]\n");
    let receivers = read(&text)?;
    Ok(receivers.receivers[0].integrations[0].settings.clone())
}

#[test]
fn every_kind_of_alertmanager_is_read() {
    let text = "
receivers:
- name: all
  webhook_configs: [{url: 'http://h/', max_alerts: 3, timeout: 1m30s}]
  email_configs: [{to: a@b, smarthost: 'h:25', from: c@d, threading: {enabled: true, thread_by_date: daily}}]
  pagerduty_configs: [{routing_key: k, details: {a: {b: 1}}, links: [{href: x, text: y}]}]
  opsgenie_configs: [{api_key: k, responders: [{name: t, type: Team}]}]
  wechat_configs: [{api_secret: s, corp_id: c}]
  slack_configs: [{api_url: 'https://hooks.slack.com/x', channel: '#a', actions: [{type: button, text: t, url: u}]}]
  victorops_configs: [{routing_key: r, api_key: k}]
  pushover_configs: [{user_key: u, token: t, retry: 1m}]
  sns_configs: [{topic_arn: t, sigv4: {region: r}}]
  telegram_configs: [{bot_token: t, chat_id: -12}]
  discord_configs: [{webhook_url: 'https://discord.com/x'}]
  webex_configs: [{room_id: r, http_config: {authorization: {credentials: c}}}]
  msteams_configs: [{webhook_url: 'https://h/x'}]
  msteamsv2_configs: [{webhook_url: 'https://h/x'}]
  jira_configs: [{api_url: 'https://h/', project: p, issue_type: i, summary: {template: x}, fields: {a: [1]}}]
  rocketchat_configs: [{token: t, token_id: i}]
  mattermost_configs: [{webhook_url: 'https://h/x', fields: [{title: a, value: b}]}]
  incidentio_configs: [{url: 'https://h/', alert_source_token: t}]
";
    let receivers = read(text).unwrap();
    let all = &receivers.receivers[0];
    assert_eq!(all.integrations.len(), 18);
    let undelivered = all.integrations.iter();
    let undelivered = undelivered.filter(|one| matches!(one.settings, Settings::Undelivered));
    assert_eq!(undelivered.count(), receivers.warnings.len());
    assert_eq!(receivers.warnings.len(), 9);
    let resolved = all.integrations.iter().filter(|one| !one.send_resolved);
    let quiet: Vec<_> = resolved.map(|one| one.key.kind.as_str()).collect();
    assert_eq!(quiet, ["email", "wechat", "slack", "rocketchat"]);
    assert_eq!(all.integrations[0].timeout.unwrap().as_secs(), 90);
    assert!(!format!("{receivers:?}").contains("hooks.slack.com"));
}

#[test]
fn secrets_of_global_are_taken_over() {
    let slack = one("{slack_api_url_file: /f}", "slack_configs", "{channel: a}").unwrap();
    let Settings::Slack(slack) = slack else {
        panic!("slack was expected");
    };
    assert_eq!(slack.url, Origin::File("/f".to_owned()));
    let slack = one("{slack_app_token: t}", "slack_configs", "{channel: a}").unwrap();
    let Settings::Slack(slack) = slack else {
        panic!("slack was expected");
    };
    assert!(!slack.token.is_absent());
    assert!(matches!(slack.url, Origin::Given(url) if url.0.ends_with("/chat.postMessage")));
    assert!(
        one(
            "{telegram_bot_token: t}",
            "telegram_configs",
            "{chat_id: 1}"
        )
        .is_ok()
    );
    assert!(
        one(
            "{opsgenie_api_key_file: /f}",
            "opsgenie_configs",
            "{tags: x}"
        )
        .is_ok()
    );
}

/// `global`, the field, the section in it, and what is wrong.
const REFUSED: [[&str; 4]; 14] = [
    [
        "{}",
        "slack_configs",
        "{channel: a}",
        "no Slack API URL nor App token set either inline or in a file",
    ],
    [
        "{slack_app_token: t}",
        "slack_configs",
        "{http_config: {authorization: {credentials: x}}, app_token: y}",
        "http authorization can't be set when using Slack App tokens",
    ],
    [
        "{slack_app_token: t, slack_api_url: 'http://h/'}",
        "slack_configs",
        "{channel: a}",
        "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured",
    ],
    [
        "{}",
        "slack_configs",
        "{api_url: 'ftp://x'}",
        "api_url: is no URL of http or https",
    ],
    [
        "{}",
        "email_configs",
        "{to: a}",
        "no global SMTP smarthost set",
    ],
    [
        "{smtp_smarthost: h}",
        "email_configs",
        "{to: a}",
        "smtp_smarthost: address h: missing port in address",
    ],
    [
        "{smtp_smarthost: 'h:25', smtp_from: f}",
        "email_configs",
        "{to: a, headers: {subject: a, Subject: b}}",
        "duplicate header \"Subject\" in email config",
    ],
    [
        "{}",
        "telegram_configs",
        "{bot_token: t}",
        "missing chat_id or chat_id_file on telegram_config",
    ],
    [
        "{}",
        "webhook_configs",
        "{}",
        "one of url or url_file must be configured",
    ],
    [
        "{}",
        "webhook_configs",
        "{url: 'http://h', color: x}",
        "field color not found in webhook config",
    ],
    [
        "{}",
        "pagerduty_configs",
        "{url: 'http://h'}",
        "missing service or routing key in PagerDuty config",
    ],
    [
        "{}",
        "sns_configs",
        "{subject: s}",
        "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config",
    ],
    [
        "{}",
        "opsgenie_configs",
        "{api_key: k, teams: t}",
        "field teams not found in opsgenie config",
    ],
    ["{}", "webhook_configs", "null", "missing webhook config"],
];

#[test]
fn what_alertmanager_refuses_is_refused() {
    for [global, field, fields, message] in REFUSED {
        assert_eq!(
            one(global, field, fields).unwrap_err().message,
            message,
            "{fields}"
        );
    }
    let twice = "receivers: [{name: a}, {name: a}]";
    assert_eq!(
        read(twice).unwrap_err().message,
        "notification config name \"a\" is not unique"
    );
}

#[test]
fn durations_of_go_are_read() {
    for (text, ms) in [("1m30s", 90_000), ("1.5s", 1_500), ("250ms", 250), ("0", 0)] {
        let duration = super::fields::parse_go_duration(text).unwrap();
        assert_eq!(duration.as_millis(), ms, "{text}");
    }
    assert_eq!(super::fields::parse_go_duration("1 s"), None);
}
