//! Texts of messages, and the notifications that tests of channels share.

use super::markup::Markup;
use super::text::Links;
use super::{Context, Templates, Writer};
use crate::notification::{Acknowledged, IntegrationKey, Notification, NotifiedAlert, Reason};
use crate::receiver::Template;
use jiff::tz::TimeZone;
use std::sync::Arc;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;

/// 2026-11-20 14:03:05 UTC.
pub(crate) const STARTED_MS: i64 = 1_795_183_385_000;
/// Twelve minutes later.
pub(crate) const NOW_MS: i64 = STARTED_MS + 12 * 60_000;

pub(crate) fn context() -> Context {
    Context {
        external_url: "https://tacho.example".to_owned(),
        zone: TimeZone::UTC,
        now_ms: NOW_MS,
        templates: Arc::default(),
    }
}

pub(crate) fn alert(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> NotifiedAlert {
    let pairs = |pairs: &[(&str, &str)]| Labels::from_pairs(pairs.iter().copied());
    NotifiedAlert {
        alert: Alert {
            labels: pairs(labels),
            annotations: pairs(annotations),
            starts_at_ms: STARTED_MS,
            ends_at_ms: 0,
            timeout: false,
            generator_url: "https://tacho.example/explore?expr=up".to_owned(),
        },
        resolved: false,
        id: "alert-12".to_owned(),
    }
}

/// An agent fails.
pub(crate) fn spike() -> NotifiedAlert {
    alert(
        &[
            ("alertname", "AgentFailureSpike"),
            ("severity", "HIGH"),
            ("agent_type", "coder"),
            ("service", "orchestrator"),
        ],
        &[
            ("summary", "coder fails 42 % of its tasks"),
            ("value", "0.42"),
            ("runbook_url", "/runbooks/agent-failure-spike"),
        ],
    )
}

pub(crate) fn notification(alerts: Vec<NotifiedAlert>, reason: Reason) -> Notification {
    Notification {
        id: 7,
        to: IntegrationKey {
            receiver: "ops.main".to_owned(),
            kind: "webhook".to_owned(),
            index: 0,
        },
        group_key: "{}:{alertname=\"AgentFailureSpike\"}".to_owned(),
        group_labels: Labels::from_pairs([("alertname", "AgentFailureSpike")]),
        alerts,
        truncated: 0,
        reason,
        at_ms: NOW_MS,
        acknowledged: None,
        thread: None,
    }
}

/// Everything is over.
pub(crate) fn resolved() -> Notification {
    let mut one = spike();
    one.resolved = true;
    one.alert.ends_at_ms = NOW_MS;
    notification(vec![one], Reason::Resolved)
}

/// An alert whose labels and annotations try everything.
pub(crate) fn hostile() -> Notification {
    let long = "x".repeat(100_000);
    let one = alert(
        &[
            (
                "alertname",
                "<script>alert(1)</script>\r\nBcc: all@example.org",
            ),
            ("severity", "critical"),
            ("service", "<!channel> *a* `b` [c](https://evil.example)"),
            ("long", &long),
        ],
        &[
            (
                "summary",
                "</script><!here> @everyone <@U123>\r\nSubject: x",
            ),
            ("description", &long),
            ("runbook_url", "javascript:alert(1)"),
        ],
    );
    notification(vec![one], Reason::First)
}

fn go(text: &str) -> Template {
    Template::Go(text.to_owned())
}

fn jinja(text: &str) -> Template {
    Template::Jinja(text.to_owned())
}

/// A template's text for a notification.
fn filled(template: &Template, notification: &Notification, markup: Markup) -> String {
    let context = context();
    let writer = Writer::new(notification, &context, markup);
    let text = writer.fill(template, || "DEFAULT".to_owned());
    writer.with_notice(text)
}

#[test]
fn the_title_says_how_bad_what_where_and_how_many() {
    let title = |notification: &Notification| {
        let context = context();
        Writer::new(notification, &context, Markup::Plain).default_title()
    };
    let firing = notification(vec![spike()], Reason::First);
    assert_eq!(
        title(&firing),
        "[HIGH] AgentFailureSpike: coder, orchestrator"
    );
    assert_eq!(
        title(&resolved()),
        "[RESOLVED] AgentFailureSpike: coder, orchestrator"
    );
    let mut other = spike();
    other.alert.labels = Labels::from_pairs([
        ("alertname", "Other"),
        ("severity", "critical"),
        ("service", "orchestrator"),
    ]);
    let both = notification(vec![spike(), other], Reason::Escalation { level: 2 });
    assert_eq!(
        title(&both),
        "[CRITICAL, level 2] Other, AgentFailureSpike: orchestrator (2 alerts)"
    );
    let test = notification(vec![spike()], Reason::Test);
    assert!(title(&test).starts_with("[TEST] "));
}

#[test]
fn the_text_is_short_and_leads_on() {
    let context = context();
    let firing = notification(vec![spike()], Reason::Grown);
    let text = Writer::new(&firing, &context, Markup::Plain).default_text(Links::Told);
    let expected = "\
More alerts joined.
coder fails 42 % of its tasks
Value 0.42 · Since 2026-11-20 14:03:05 UTC (12 min)
agent_type=coder service=orchestrator
Alert: https://tacho.example/alerts/alert-12
Acknowledge: https://tacho.example/alerts/alert-12?acknowledge=1
Silence: https://tacho.example/silences?new=%7Bagent_type%3D%22coder%22%2C%20alertname%3D%22AgentFailureSpike%22%2C%20service%3D%22orchestrator%22%2C%20severity%3D%22HIGH%22%7D
Traces: https://tacho.example/traces?service=orchestrator&attr=agent.type%3Dcoder&from=1795182485000&to=1795184405000
Chart: https://tacho.example/explore?expr=up
Runbook: https://tacho.example/runbooks/agent-failure-spike";
    assert_eq!(text, expected);
}

#[test]
fn acknowledgements_say_who_and_why() {
    let context = context();
    let mut told = notification(vec![spike()], Reason::Acknowledged);
    told.acknowledged = Some(Acknowledged {
        by: "anna".to_owned(),
        comment: "looking".to_owned(),
        at_ms: NOW_MS,
    });
    let writer = Writer::new(&told, &context, Markup::Slack);
    assert!(writer.default_title().starts_with("[ACKNOWLEDGED] "));
    let text = writer.default_text(Links::Elsewhere);
    assert!(text.starts_with("Acknowledged by anna at 2026-11-20 14:15:05 UTC: looking\n"));
}

#[test]
fn many_alerts_are_counted() {
    let context = context();
    let mut told = notification(vec![spike(); 30], Reason::First);
    told.truncated = 5;
    let text = Writer::new(&told, &context, Markup::Plain).default_text(Links::Elsewhere);
    assert!(text.contains("and 25 more alerts"), "{text}");
}

#[test]
fn templates_of_alertmanager_see_its_data() {
    let mut over = spike();
    over.resolved = true;
    over.alert.ends_at_ms = NOW_MS;
    let told = notification(vec![spike(), over], Reason::First);
    for (template, expected) in [
        (
            "{{ .Status }} {{ .Alerts.Firing | len }}/{{ len .Alerts }}",
            "firing 1/2",
        ),
        ("{{ .Receiver }}", "ops\\.main"),
        ("{{ .CommonLabels.severity | toLower }}", "high"),
        (
            "{{ .GroupLabels.SortedPairs.Values | join \" \" }}",
            "AgentFailureSpike",
        ),
        (
            "{{ range .Alerts.Firing }}{{ .Annotations.summary }}{{ end }}",
            "coder fails 42 % of its tasks",
        ),
        ("{{ (index .Alerts 0).Fingerprint | len }}", "16"),
        ("{{ (index .Alerts 0).StartsAt.Unix }}", "1795183385"),
        ("{{ .ExternalURL }}", "https://tacho.example"),
        (
            "{{ template \"slack.default.title\" . }}",
            "[HIGH] AgentFailureSpike: coder, orchestrator (2 alerts)",
        ),
        (
            "{{ template \"__alertmanagerURL\" . }}",
            "https://tacho.example/alerts",
        ),
        ("{{ .CommonAnnotations.absent }}", ""),
    ] {
        assert_eq!(
            filled(&go(template), &told, Markup::Plain),
            expected,
            "{template}"
        );
    }
}

#[test]
fn templates_of_users_are_found_and_may_call_ours() {
    let files = vec![(
        "own.tmpl".to_owned(),
        "{{ define \"own.title\" }}!! {{ template \"__subject\" . }}{{ end }}".to_owned(),
    )];
    let mut context = context();
    context.templates = Arc::new(Templates::new(files).unwrap());
    let told = notification(vec![spike()], Reason::First);
    let writer = Writer::new(&told, &context, Markup::Plain);
    let text = writer.fill_or_empty(&go("{{ template \"own.title\" . }}"));
    assert_eq!(text, "!! [HIGH] AgentFailureSpike: coder, orchestrator");
    let broken = vec![("bad.tmpl".to_owned(), "{{ define \"x\" }}".to_owned())];
    assert!(
        Templates::new(broken)
            .unwrap_err()
            .starts_with("bad.tmpl: ")
    );
}

#[test]
fn all_default_templates_can_be_written() {
    let told = notification(vec![spike()], Reason::First);
    let names = super::defaults::TEXT.split("define \"").skip(1);
    let names: Vec<&str> = names.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 50);
    for name in names {
        let of_alerts =
            name.starts_with("__text_alert_list") || name == "pagerduty.default.instances";
        let dot = if of_alerts { ".Alerts" } else { "." };
        let template = go(&format!("{{{{ template \"{name}\" {dot} }}}}"));
        for markup in [Markup::Plain, Markup::Slack, Markup::TelegramHtml] {
            let text = filled(&template, &told, markup);
            assert!(!text.contains("Template failed"), "{name}: {text}");
        }
    }
}

#[test]
fn a_template_that_fails_leaves_the_default_text_and_the_reason() {
    let told = notification(vec![spike()], Reason::First);
    for template in [
        go("{{ .Nonsense.Deep }}"),
        go("{{ template \"absent\" . }}"),
        go("{{ unclosed"),
        jinja("{{ alert_name | nofilter }}"),
        jinja("{% for x in range(100000) %}{% for y in range(100000) %}x{% endfor %}{% endfor %}"),
        jinja("{% if %}"),
    ] {
        let text = filled(&template, &told, Markup::Plain);
        let wanted = "DEFAULT\nTemplate failed, the default text stands here: ";
        assert!(text.starts_with(wanted), "{template:?}: {text}");
    }
}

#[test]
fn our_own_templates_know_plain_names() {
    let told = notification(vec![spike()], Reason::First);
    let template = jinja("🚨 Alert: {{alert_name}}\n\n{{message}}\n\nDashboard: {{dashboard_url}}");
    assert_eq!(
        filled(&template, &told, Markup::Plain),
        "🚨 Alert: AgentFailureSpike\n\ncoder fails 42 % of its tasks\n\nDashboard: https://tacho.example/explore?expr=up"
    );
    for (template, expected) in [
        (
            "{{ severity }} {{ state }} {{ status }}",
            "HIGH alerting firing",
        ),
        ("{{ labels.agent_type }}/{{ labels.absent }}", "coder/"),
        ("{{ annotations.value }} {{ value }}", "0.42 0.42"),
        (
            "{% for a in alerts %}{{ a.alert_name }} {{ a.labels.service }}{% endfor %}",
            "AgentFailureSpike orchestrator",
        ),
        (
            "{{ count }} {{ firing_count }} {{ receiver }}",
            "1 1 ops.main",
        ),
        ("{{ timestamp }}", "2026-11-20T14:15:05Z"),
    ] {
        assert_eq!(
            filled(&jinja(template), &told, Markup::Plain),
            expected,
            "{template}"
        );
    }
}

#[test]
fn strangers_cannot_write_marks() {
    let told = hostile();
    let own = filled(&jinja("*{{ labels.service }}*"), &told, Markup::Slack);
    assert!(own.starts_with("*&lt;!channel&gt;"), "{own}");
    let theirs = filled(
        &go("*{{ .CommonLabels.service }}* <!here>"),
        &told,
        Markup::Slack,
    );
    assert!(
        theirs.starts_with("*&lt;!channel> ") && theirs.ends_with(" <!here>"),
        "{theirs}"
    );
    let context = context();
    for markup in [Markup::Slack, Markup::Html, Markup::TelegramHtml] {
        let writer = Writer::new(&told, &context, markup);
        let text = format!(
            "{}\n{}",
            writer.default_title(),
            writer.default_text(Links::Told)
        );
        for bad in ["<!", "<script", "</script", "<@", "javascript:"] {
            assert!(!text.contains(bad), "{markup:?}: {bad}");
        }
        assert!(text.len() < 10_000, "{markup:?}: {}", text.len());
    }
    let page = super::page::page(Writer::new(&told, &context, Markup::Plain).facts());
    assert!(!page.contains("<script") && !page.contains("javascript:"));
    let html = Writer::new(&told, &context, Markup::Plain);
    let html = html.fill_html(&go("<b>{{ .CommonLabels.alertname }}</b>"), String::new);
    assert!(html.starts_with("<b>&lt;script"), "{html}");
}
