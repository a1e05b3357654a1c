//! What services are sent, checked against what they document: needed fields, limits, text of
//! strangers; and what their answers mean.

use super::{Answer, ChannelRequest, Letter, Method, Secrets, Verdict, compose, markup, verdict};
use crate::message::Writer;
use crate::message::tests::{NOW_MS, alert, context, hostile, notification, resolved, spike};
use crate::notification::{Acknowledged, Notification, Reason};
use crate::receiver::defaults::Defaults;
use crate::receiver::{Integration, own, read_receivers};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tacho_yaml::node::parse;

/// The integration of a section of an `alertmanager.yml`.
fn theirs(field: &str, fields: &str) -> Arc<Integration> {
    let text = format!("[{{name: ops, {field}: [{fields}]}}]");
    let mut defaults = Defaults::default();
    defaults.smtp.smarthost = "localhost:25".to_owned();
    defaults.smtp.from = "Tacho <tacho@example.org>".to_owned();
    let receivers = read_receivers(&parse(&text).unwrap(), &defaults).unwrap();
    Arc::clone(&receivers.receivers[0].integrations[0])
}

/// The integration of one of our own blocks.
fn ours(block: &str) -> Arc<Integration> {
    let mut defaults = Defaults::default();
    defaults.smtp.smarthost = "localhost:25".to_owned();
    defaults.smtp.from = "tacho@example.org".to_owned();
    let receivers = own::read_blocks(&parse(&format!("[{block}]")).unwrap(), &defaults).unwrap();
    Arc::clone(&receivers.receivers[0].integrations[0])
}

/// There are no files.
#[derive(Debug)]
struct NoFiles;

impl crate::secret::SecretReader for NoFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("there is no file {path}"))
    }
}

fn letter(integration: &Integration, notification: &Notification) -> Letter {
    let context = context();
    let secrets = Secrets::read(&integration.settings, &NoFiles).unwrap();
    let writer = Writer::new(notification, &context, markup(&integration.settings));
    compose(integration, &writer, &secrets).unwrap()
}

fn plan(integration: &Integration, notification: &Notification) -> super::Plan {
    match letter(integration, notification) {
        Letter::Http(plan) => plan,
        other => panic!("a call was expected, not {other:?}"),
    }
}

fn body(request: &ChannelRequest) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn main_body(integration: &Integration, notification: &Notification) -> Value {
    body(&plan(integration, notification).main)
}

fn first() -> Notification {
    notification(vec![spike()], Reason::First)
}

fn answered(integration: &Integration, status: u16, body: &str) -> Verdict {
    let answer = Answer {
        status,
        headers: &[],
        body: body.as_bytes(),
    };
    verdict(&integration.settings, &answer, None)
}

fn sent(thread: Option<&str>) -> Verdict {
    Verdict::Sent {
        thread: thread.map(str::to_owned),
    }
}

fn is_retry(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Retry { .. })
}

fn is_refused(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refused { .. })
}

fn chars(value: &Value) -> usize {
    value.as_str().unwrap().chars().count()
}

const SLACK_HOOK: &str = "{type: slack, webhook_url: 'https://hooks.slack.com/services/T/B/x', channel: '#orchestrator-alerts'}";
const SLACK_BOT: &str = "{type: slack, token: xoxb-1, channel: '#ops'}";

#[test]
fn slack_gets_an_attachment_with_buttons() {
    let body = main_body(&ours(SLACK_HOOK), &first());
    assert_eq!(body["channel"], "#orchestrator-alerts");
    let attachment = &body["attachments"][0];
    assert_eq!(
        attachment["title"],
        "[HIGH] AgentFailureSpike: coder, orchestrator"
    );
    assert_eq!(
        attachment["title_link"],
        "https://tacho.example/alerts/alert-12"
    );
    assert_eq!(attachment["color"], "#e65100");
    assert!(attachment["fallback"].is_string());
    let text = attachment["text"].as_str().unwrap();
    assert!(text.contains("coder fails 42 % of its tasks"), "{text}");
    assert!(text.contains("`agent_type=coder`"), "{text}");
    let buttons = attachment["actions"].as_array().unwrap();
    assert_eq!(buttons.len(), 5);
    assert!(
        buttons
            .iter()
            .all(|one| one["type"] == "button" && one["url"].is_string())
    );
    assert_eq!(buttons[1]["text"], "Acknowledge");
    let over = main_body(&ours(SLACK_HOOK), &resolved());
    assert_eq!(over["attachments"][0]["color"], "#2e7d32");
}

#[test]
fn a_bot_of_slack_keeps_one_thread_and_colours_its_first_message() {
    let bot = ours(SLACK_BOT);
    let opening = plan(&bot, &first());
    assert_eq!(opening.main.url, "https://slack.com/api/chat.postMessage");
    assert!(
        opening
            .main
            .headers
            .contains(&("authorization", "Bearer xoxb-1".to_owned()))
    );
    assert!(opening.after.is_empty());
    assert_eq!(
        answered(&bot, 200, r#"{"ok":true,"channel":"C1","ts":"1.2"}"#),
        sent(Some("C1/1.2"))
    );
    let mut end = resolved();
    end.thread = Some("C1/1.2".to_owned());
    let later = plan(&bot, &end);
    let reply = body(&later.main);
    assert_eq!(
        (&reply["channel"], &reply["thread_ts"]),
        (&json!("C1"), &json!("1.2"))
    );
    let update = body(&later.after[0]);
    assert_eq!(later.after[0].url, "https://slack.com/api/chat.update");
    assert_eq!(
        (&update["channel"], &update["ts"]),
        (&json!("C1"), &json!("1.2"))
    );
    let answer = Answer {
        status: 200,
        headers: &[],
        body: br#"{"ok":true,"channel":"C1","ts":"9.9"}"#,
    };
    assert_eq!(
        verdict(&bot.settings, &answer, end.thread.as_deref()),
        sent(Some("C1/1.2"))
    );
}

#[test]
fn slack_that_says_no_with_200_said_no() {
    let slack = ours(SLACK_BOT);
    assert!(is_refused(&answered(
        &slack,
        200,
        r#"{"ok":false,"error":"channel_not_found"}"#
    )));
    assert!(is_retry(&answered(
        &slack,
        200,
        r#"{"ok":false,"error":"internal_error"}"#
    )));
    assert_eq!(answered(&slack, 200, "ok"), sent(None));
    assert!(is_refused(&answered(&slack, 404, "no_service")));
    assert!(is_retry(&answered(&slack, 503, "")));
    let headers = [("retry-after".to_owned(), "30".to_owned())];
    let answer = Answer {
        status: 429,
        headers: &headers,
        body: b"",
    };
    let Verdict::Retry { after, .. } = verdict(&slack.settings, &answer, None) else {
        panic!("a retry was expected");
    };
    assert_eq!(after, Some(Duration::from_secs(30)));
}

#[test]
fn slack_takes_what_users_configure() {
    let text = "{api_url: 'https://hooks.slack.com/x', title: '{{ .Status }}', text: 'own', fields: [{title: t, value: '{{ .CommonLabels.severity }}', short: true}], actions: [{type: button, text: go, url: 'https://x/'}], pretext: p, footer: f}";
    let body = main_body(&theirs("slack_configs", text), &first());
    let attachment = &body["attachments"][0];
    assert_eq!(attachment["title"], "firing");
    assert_eq!(attachment["text"], "own");
    assert_eq!(
        attachment["fields"],
        json!([{"title": "t", "value": "HIGH", "short": true}])
    );
    assert_eq!(
        attachment["actions"],
        json!([{"type": "button", "text": "go", "url": "https://x/"}])
    );
    assert_eq!(
        (&attachment["pretext"], &attachment["footer"]),
        (&json!("p"), &json!("f"))
    );
    assert_eq!(body["username"], "Tachograph");
}

#[test]
fn discord_gets_an_embed_that_calls_nobody() {
    let discord =
        ours("{type: discord, webhook_url: 'https://discord.com/api/webhooks/1/x', username: t}");
    let call = plan(&discord, &first());
    assert_eq!(
        call.main.url,
        "https://discord.com/api/webhooks/1/x?wait=true"
    );
    let content = body(&call.main);
    assert_eq!(content["allowed_mentions"], json!({"parse": []}));
    let embed = &content["embeds"][0];
    assert!(
        embed["title"]
            .as_str()
            .unwrap()
            .starts_with("\\[HIGH\\] AgentFailureSpike")
    );
    assert!(
        embed["description"]
            .as_str()
            .unwrap()
            .contains("[Runbook](https://tacho.example/")
    );
    assert_eq!(embed["color"], 0x00e6_5100);
    assert_eq!(answered(&discord, 200, r#"{"id":"99"}"#), sent(Some("99")));
    let mut end = resolved();
    end.thread = Some("99".to_owned());
    let edit = &plan(&discord, &end).after[0];
    assert_eq!(edit.method, Method::Patch);
    assert_eq!(edit.url, "https://discord.com/api/webhooks/1/x/messages/99");
    let Verdict::Retry { after, .. } = answered(&discord, 429, r#"{"retry_after":1.5}"#) else {
        panic!("a retry was expected");
    };
    assert_eq!(after, Some(Duration::from_millis(1_500)));
    let big = main_body(&discord, &hostile());
    let embed = &big["embeds"][0];
    assert!(chars(&embed["title"]) <= 256 && chars(&embed["description"]) <= 4_096);
}

#[test]
fn teams_gets_a_card_of_its_kind() {
    let workflow = theirs("msteamsv2_configs", "{webhook_url: 'https://h/x'}");
    let body = main_body(&workflow, &first());
    let card = &body["attachments"][0];
    assert_eq!(body["type"], "message");
    assert_eq!(
        card["contentType"],
        "application/vnd.microsoft.card.adaptive"
    );
    assert_eq!(card["content"]["type"], "AdaptiveCard");
    assert_eq!(card["content"]["body"][0]["color"], "Attention");
    assert_eq!(card["content"]["actions"][0]["type"], "Action.OpenUrl");
    let connector = theirs("msteams_configs", "{webhook_url: 'https://h/x'}");
    let body = main_body(&connector, &first());
    assert_eq!(
        (&body["@type"], &body["themeColor"]),
        (&json!("MessageCard"), &json!("e65100"))
    );
    assert!(!body["summary"].as_str().unwrap().is_empty());
    assert_eq!(answered(&connector, 200, "1"), sent(None));
    let said = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x";
    assert!(is_retry(&answered(&connector, 200, said)));
    let gone = said.replace("429", "404");
    assert!(is_refused(&answered(&connector, 200, &gone)));
    for integration in [workflow, connector] {
        let size = plan(&integration, &hostile()).main.body.len();
        assert!(size <= 28_000, "{size}");
    }
}

#[test]
fn pagerduty_gets_events_of_one_incident() {
    let pagerduty = theirs(
        "pagerduty_configs",
        "{routing_key: k, class: c, details: {mine: '{{ .Status }}', number: 3}}",
    );
    let call = plan(&pagerduty, &first());
    assert_eq!(call.main.url, "https://events.pagerduty.com/v2/enqueue");
    let event = body(&call.main);
    assert_eq!(event["event_action"], "trigger");
    assert_eq!(event["routing_key"], "k");
    let payload = &event["payload"];
    assert_eq!(
        payload["summary"],
        "[HIGH] AgentFailureSpike: coder, orchestrator"
    );
    assert_eq!(
        (&payload["severity"], &payload["source"]),
        (&json!("error"), &json!("Tachograph"))
    );
    assert_eq!(payload["class"], "c");
    let details = &payload["custom_details"];
    assert_eq!(
        (&details["mine"], &details["number"]),
        (&json!("firing"), &json!(3))
    );
    assert_eq!(details["num_firing"], 1);
    assert_eq!(details["firing"][0]["labels"]["agent_type"], "coder");
    assert!(event["links"].as_array().unwrap().len() >= 5);
    let key = event["dedup_key"].as_str().unwrap().to_owned();
    assert_eq!(key.len(), 64);
    let end = main_body(&pagerduty, &resolved());
    assert_eq!(
        (&end["event_action"], &end["dedup_key"]),
        (&json!("resolve"), &json!(key))
    );
    let mut ack = first();
    ack.reason = Reason::Acknowledged;
    assert_eq!(main_body(&pagerduty, &ack)["event_action"], "acknowledge");
    let big = plan(
        &pagerduty,
        &notification(vec![hostile().alerts[0].clone(); 20], Reason::First),
    );
    assert!(big.main.body.len() <= 512_000);
    assert_eq!(
        answered(&pagerduty, 202, r#"{"status":"success"}"#),
        sent(None)
    );
    assert!(is_refused(&answered(&pagerduty, 400, "")));
    assert!(is_retry(&answered(&pagerduty, 429, "")));
}

#[test]
fn opsgenie_creates_acknowledges_and_closes_by_alias() {
    let text = "{api_key: k, responders: [{name: 'a, b', type: teams}, {id: x, type: user}], tags: 'one, two', update_alerts: true}";
    let opsgenie = theirs("opsgenie_configs", text);
    let call = plan(&opsgenie, &first());
    assert_eq!(call.main.url, "https://api.opsgenie.com/v2/alerts");
    assert!(
        call.main
            .headers
            .contains(&("authorization", "GenieKey k".to_owned()))
    );
    assert_eq!(call.after.len(), 2);
    let alert = body(&call.main);
    assert_eq!(alert["priority"], "P2");
    assert_eq!(alert["tags"], json!(["one", "two"]));
    assert_eq!(alert["details"]["agent_type"], "coder");
    let teams = json!([{"type": "team", "name": "a"}, {"type": "team", "name": "b"}, {"type": "user", "id": "x"}]);
    assert_eq!(alert["responders"], teams);
    let alias = alert["alias"].as_str().unwrap().to_owned();
    let end = plan(&opsgenie, &resolved());
    assert_eq!(
        end.main.url,
        format!("https://api.opsgenie.com/v2/alerts/{alias}/close?identifierType=alias")
    );
    let mut ack = first();
    ack.reason = Reason::Acknowledged;
    ack.acknowledged = Some(Acknowledged {
        by: "anna".to_owned(),
        comment: String::new(),
        at_ms: NOW_MS,
    });
    let ack = plan(&opsgenie, &ack);
    assert!(ack.main.url.contains("/acknowledge?"));
    assert_eq!(body(&ack.main)["user"], "anna");
    let big = main_body(&opsgenie, &hostile());
    assert!(chars(&big["message"]) <= 130 && chars(&big["description"]) <= 15_000);
}

#[test]
fn telegram_gets_text_that_it_can_read() {
    let telegram = theirs(
        "telegram_configs",
        "{bot_token: '1:t', chat_id: -100, message_thread_id: 5}",
    );
    let call = plan(&telegram, &first());
    assert_eq!(call.main.url, "https://api.telegram.org/bot1:t/sendMessage");
    let message = body(&call.main);
    assert_eq!(
        (&message["chat_id"], &message["parse_mode"]),
        (&json!(-100), &json!("HTML"))
    );
    assert_eq!(message["message_thread_id"], 5);
    let text = message["text"].as_str().unwrap();
    assert!(text.starts_with("<b>[HIGH] AgentFailureSpike"), "{text}");
    assert!(text.contains("<a href=\"https://tacho.example/alerts/alert-12\">Alert</a>"));
    assert_eq!(
        answered(&telegram, 200, r#"{"ok":true,"result":{"message_id":42}}"#),
        sent(Some("42"))
    );
    let mut end = resolved();
    end.thread = Some("42".to_owned());
    assert_eq!(
        main_body(&telegram, &end)["reply_parameters"]["message_id"],
        42
    );
    let wait = r#"{"ok":false,"parameters":{"retry_after":7}}"#;
    let Verdict::Retry { after, .. } = answered(&telegram, 429, wait) else {
        panic!("a retry was expected");
    };
    assert_eq!(after, Some(Duration::from_secs(7)));
    let unreadable = r#"{"ok":false,"description":"Bad Request: can't parse entities"}"#;
    assert!(matches!(
        answered(&telegram, 400, unreadable),
        Verdict::Unreadable { .. }
    ));
    let plainer = body(&call.plainer.unwrap());
    assert!(plainer.get("parse_mode").is_none());
    let many = notification(vec![hostile().alerts[0].clone(); 12], Reason::First);
    let text = main_body(&telegram, &many)["text"].clone();
    assert!(text.as_str().unwrap().encode_utf16().count() <= 4_096);
    let opened = text.as_str().unwrap().matches("<code>").count();
    assert_eq!(opened, text.as_str().unwrap().matches("</code>").count());
}

#[test]
fn webhooks_get_the_json_of_alertmanager() {
    let webhook = theirs("webhook_configs", "{url: 'http://h/', max_alerts: 1}");
    let mut told = notification(vec![spike(), spike()], Reason::First);
    told.alerts[1].resolved = true;
    told.alerts[1].alert.ends_at_ms = NOW_MS;
    let body = main_body(&webhook, &told);
    let fingerprint = spike().alert.fingerprint().to_string();
    assert_eq!(
        body,
        json!({
            "version": "4",
            "groupKey": "{}:{alertname=\"AgentFailureSpike\"}",
            "truncatedAlerts": 1,
            "receiver": "ops\\.main",
            "status": "firing",
            "notification_reason": "first notification",
            "groupLabels": {"alertname": "AgentFailureSpike"},
            "commonLabels": {"alertname": "AgentFailureSpike", "severity": "HIGH", "agent_type": "coder", "service": "orchestrator"},
            "commonAnnotations": {"summary": "coder fails 42 % of its tasks", "value": "0.42", "runbook_url": "/runbooks/agent-failure-spike"},
            "routeLabels": {},
            "externalURL": "https://tacho.example",
            "alerts": [{
                "status": "firing",
                "labels": {"alertname": "AgentFailureSpike", "severity": "HIGH", "agent_type": "coder", "service": "orchestrator"},
                "annotations": {"summary": "coder fails 42 % of its tasks", "value": "0.42", "runbook_url": "/runbooks/agent-failure-spike"},
                "startsAt": "2026-11-20T14:03:05Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://tacho.example/explore?expr=up",
                "fingerprint": fingerprint,
            }],
        })
    );
}

#[test]
fn webhooks_get_the_shape_of_grafana() {
    let webhook = ours(
        "{uid: webhook_notifier, type: webhook, url: 'http://host:9002/api/webhooks/grafana', hmac_secret: s}",
    );
    let call = plan(&webhook, &first());
    let content = body(&call.main);
    assert_eq!(
        content["title"],
        "[HIGH] AgentFailureSpike: coder, orchestrator"
    );
    assert_eq!(
        (&content["state"], &content["status"]),
        (&json!("alerting"), &json!("firing"))
    );
    assert_eq!(content["message"], "coder fails 42 % of its tasks");
    assert_eq!(
        content["dashboardURL"],
        "https://tacho.example/explore?expr=up"
    );
    assert_eq!(content["ruleUrl"], "https://tacho.example/alerts/alert-12");
    assert_eq!(content["labels"]["agent_type"], "coder");
    assert_eq!(content["evalMatches"][0]["value"], 0.42);
    assert_eq!(content["alerts"][0]["values"]["A"], 0.42);
    assert_eq!(main_body(&webhook, &resolved())["state"], "ok");
    let header = |name: &str| {
        let found = call.main.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(header("idempotency-key"), "tacho-7");
    let stamp: i64 = header("x-tacho-timestamp").parse().unwrap();
    assert_eq!(stamp, NOW_MS / 1_000);
    let signature = super::signature::signature("s", stamp, &call.main.body);
    assert_eq!(header("x-tacho-signature"), signature);
    assert!(signature.starts_with("sha256=") && signature.len() == 71);
}

#[test]
fn webhooks_get_values_and_texts_of_ones_own() {
    let text = "{url: 'http://h/{{ .CommonLabels.service }}', payload: {a: '{{ .Status }}', n: '{{ len .Alerts }}', all: '{{ .CommonLabels | toJson }}', fix: [1, true]}}";
    let call = plan(&theirs("webhook_configs", text), &first());
    assert_eq!(call.main.url, "http://h/orchestrator");
    let content = body(&call.main);
    assert_eq!(content["a"], "firing");
    assert_eq!(content["n"], 1);
    assert_eq!(content["all"]["agent_type"], "coder");
    assert_eq!(content["fix"], json!([1, true]));
    let text =
        "{type: webhook, url: 'http://h/', format: text, template: '🚨 Alert: {{alert_name}}'}";
    let call = plan(&ours(text), &first());
    assert_eq!(call.main.body_text(), "🚨 Alert: AgentFailureSpike");
    assert_eq!(call.main.headers[0].1, "text/plain; charset=utf-8");
}

fn mail(integration: &Integration, notification: &Notification) -> String {
    match letter(integration, notification) {
        Letter::Mail(mail) => String::from_utf8(mail.message().unwrap().formatted()).unwrap(),
        other => panic!("a mail was expected, not {other:?}"),
    }
}

#[test]
fn mails_have_a_page_and_a_text_and_belong_together() {
    let email = theirs("email_configs", "{to: 'a@example.org, B <b@example.org>'}");
    let text = mail(&email, &first());
    for wanted in [
        "From: Tacho <tacho@example.org>",
        "To: a@example.org, B <b@example.org>",
        "Subject: [HIGH] AgentFailureSpike: coder, orchestrator",
        "Message-ID: <tacho.",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "text/plain",
        "text/html",
        "Date: Fri, 20 Nov 2026 14:15:05 +0000",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("References:"));
    let mut end = resolved();
    end.thread = Some("<tacho.x.7@example.org>".to_owned());
    let text = mail(&email, &end);
    assert!(text.contains("References: <tacho.x.7@example.org>"));
    assert!(text.contains("In-Reply-To: <tacho.x.7@example.org>"));
}

#[test]
fn headers_of_mails_cannot_be_left() {
    let text = "{to: a@example.org, headers: {X-Alert: '{{ .CommonLabels.alertname }}', Subject: '{{ .CommonAnnotations.summary }}'}}";
    let text = mail(&theirs("email_configs", text), &hostile());
    let head = text.split("\r\n\r\n").next().unwrap();
    let names: Vec<&str> = head
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':').map(|(name, _)| name))
        .collect();
    assert!(!names.contains(&"Bcc"), "{head}");
    assert_eq!(
        names.iter().filter(|name| **name == "Subject").count(),
        1,
        "{head}"
    );
    let html = ours("{type: email, to: a@example.org, message: 'x {{ alert_name }}'}");
    let text = mail(&html, &first());
    assert!(!text.contains("text/html"));
}

#[test]
fn programs_get_json_and_variables() {
    let integration = ours("{type: command, command: [/bin/x, y]}");
    let Letter::Command(run) = letter(&integration, &hostile()) else {
        panic!("a program was expected");
    };
    assert_eq!((run.program.as_str(), run.arguments.len()), ("/bin/x", 1));
    let input: Value = serde_json::from_slice(&run.input).unwrap();
    assert_eq!(input["version"], "4");
    for (name, value) in &run.variables {
        assert!(
            !value.contains(['\n', '\r', '\0']) && value.len() <= 4_000,
            "{name}"
        );
    }
    assert!(
        run.variables
            .contains(&("TACHO_SEVERITY", "CRITICAL".to_owned()))
    );
}

#[test]
fn lines_stay_one_line() {
    let console = ours("{type: console}");
    let Letter::Line(line) = letter(&console, &hostile()) else {
        panic!("a line was expected");
    };
    assert!(!line.contains(['\n', '\r']) && line.len() < 4_000);
    let console = ours("{type: console, template: '{{ severity }} {{ alert_name }}'}");
    let Letter::Line(line) = letter(&console, &first()) else {
        panic!("a line was expected");
    };
    assert_eq!(line, "HIGH AgentFailureSpike");
}

#[test]
fn every_channel_stands_hostile_labels_and_failing_templates() {
    let bad = "'{{ .Nonsense.Deep }}'";
    for (field, fields) in [
        (
            "slack_configs",
            format!("{{api_url: 'https://hooks.slack.com/x', title: {bad}, text: {bad}}}"),
        ),
        (
            "discord_configs",
            format!("{{webhook_url: 'https://h/x', title: {bad}, message: {bad}}}"),
        ),
        (
            "msteams_configs",
            format!("{{webhook_url: 'https://h/x', title: {bad}, text: {bad}}}"),
        ),
        (
            "msteamsv2_configs",
            format!("{{webhook_url: 'https://h/x', title: {bad}, text: {bad}}}"),
        ),
        (
            "opsgenie_configs",
            format!("{{api_key: k, message: {bad}, description: {bad}}}"),
        ),
        (
            "pagerduty_configs",
            format!("{{routing_key: k, description: {bad}}}"),
        ),
        (
            "telegram_configs",
            format!("{{bot_token: t, chat_id: 1, message: {bad}}}"),
        ),
    ] {
        let integration = theirs(field, &fields);
        for notification in [hostile(), first()] {
            let text = plan(&integration, &notification).main.body_text();
            assert!(text.contains("Template failed"), "{field}: {text}");
            let calls = text.contains("<!channel>") || text.contains("<!here>");
            assert!(field != "slack_configs" || !calls, "{text}");
        }
        let text = plan(&integration, &first()).main.body_text();
        assert!(text.contains("AgentFailureSpike"), "{field}");
    }
}

#[test]
fn alerts_without_anything_are_told_too() {
    let bare = notification(vec![alert(&[("x", "y")], &[])], Reason::First);
    let body = main_body(&ours(SLACK_HOOK), &bare);
    assert_eq!(body["attachments"][0]["title"], "[INFO] Alert");
}
