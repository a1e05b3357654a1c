//! Files that are wrong: a start says where and stops, a reload leaves what is in force; rules that fail, give
//! too much or never match.

use super::support::{
    Hook, alertmanager, files, found, gauge, post_alerts, post_json, reload, send, until, write,
};
use crate::harness::{Server, Setup, options, write_config};
use serde_json::{Value, json};
use tacho_server::error::ErrorKind;
use tacho_server::run::run;
use tacho_stdx::clock::{Clock as _, SystemClock};

const GOOD: &str =
    "groups:\n- name: g\n  interval: 1s\n  rules:\n  - alert: Up\n    expr: vector(1)\n";
const BAD: &str = "groups:\n- name: g\n  rules:\n  - alert: Up\n    expr: sum(\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_start_with_a_wrong_file_says_where_and_stops() {
    let hook = Hook::start().await;
    let routes = alertmanager(&hook);
    let wrong_routes = routes.replace("receiver: hook", "receiver: nobody");
    let twice = format!("{GOOD}- name: g\n  rules: []\n");
    for (rules, routes, place) in [
        (BAD, &routes, "rules.yml:5"),
        ("groups: {", &routes, "rules.yml:2"),
        (twice.as_str(), &routes, "rules.yml:7"),
        (GOOD, &wrong_routes, "alertmanager.yml:2"),
    ] {
        let (dir, setup) = files(rules, routes);
        let error = run(options(dir.path(), &setup)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(
            error.to_string().contains(place),
            "{place} is not in {error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_with_a_wrong_file_leaves_what_is_in_force() {
    let hook = Hook::start().await;
    let routes = alertmanager(&hook);
    let (dir, setup) = files(GOOD, &routes);
    let server = Server::on(dir, &setup).await.unwrap();
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Up")
        .await;
    let (rules, config) = (
        server.dir.path().join("rules.yml"),
        server.dir.path().join("alertmanager.yml"),
    );
    let wrong_routes =
        format!("{routes}inhibit_rules:\n- source_matchers: ['a=']\n  nonsense: 1\n");
    for (path, text, reason) in [
        (&rules, BAD, "rules.yml:5"),
        (&config, wrong_routes.as_str(), "nonsense"),
    ] {
        write(path, text);
        let (status, report) = reload(&server).await;
        assert_eq!(status, 400, "{report}");
        assert!(report.to_string().contains(reason), "{report}");
        let routing = server.ok("/api/v1/routes").await;
        let error = routing["error"].as_str().unwrap_or_default();
        assert!(error.contains(reason), "{routing:#}");
        assert_eq!(routing["route"]["receivers"], json!(["hook"]));
        let shown = server.ok("/prometheus/api/v1/rules").await;
        assert_eq!(shown["data"]["groups"][0]["rules"][0]["state"], "firing");
        write(&rules, GOOD);
        write(&config, &routes);
    }
    let (status, report) = reload(&server).await;
    assert_eq!(status, 200, "{report}");
    let routing = server.ok("/api/v1/routes").await;
    assert_eq!(routing.get("error"), None);
    let (status, _) = reload(&server).await;
    assert_eq!(status, 200);
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(hook.got("hook").len(), 1, "a reload tells nobody anything");
    server.stop().await;
}

/// Two rules of one name, of other labels and of the same, one that fails, and one that comes and goes.
#[tokio::test(flavor = "multi_thread")]
async fn rules_of_one_name_and_rules_that_fail_do_not_disturb_others() {
    let hook = Hook::start().await;
    let rules = r#"
groups:
- name: g
  interval: 1s
  rules:
  - {alert: Same, expr: vector(1), labels: {severity: critical}}
  - {alert: Same, expr: vector(2), labels: {severity: warning}}
  - {alert: Same, expr: vector(3), labels: {severity: critical}}
  - {alert: ManyToMany, expr: queue_size * on () queue_size > 0}
  - alert: Template
    expr: vector(7)
    annotations: {summary: 'value {{ $value | nonsense }}', other: '{{ .Nope.Deeper }}', fine: 'it is {{ $value }}'}
"#;
    let strict = rules
        .replace("nonsense", "humanize")
        .replace("{{ .Nope.Deeper }}", "{{ template \"x\" }}");
    let (dir, setup) = files(&strict, &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    gauge(
        &server,
        &SystemClock::new(),
        "queue.size",
        &[("a", 1.0), ("b", 2.0)],
    )
    .await;
    let message = hook
        .wait("hook", |body| {
            body["groupLabels"]["alertname"] == "Template"
        })
        .await;
    let annotations = &message["alerts"][0]["annotations"];
    assert_eq!(annotations["fine"], "it is 7");
    assert!(
        annotations["other"]
            .as_str()
            .unwrap()
            .contains("error expanding template"),
        "{annotations}"
    );
    hook.wait("hook", |body| {
        body["groupLabels"]["alertname"] == "Same" && body["alerts"].as_array().unwrap().len() == 2
    })
    .await;
    let fails = |body: &Value| body["data"]["groups"][0]["rules"][3]["health"] == "err";
    let body = until(&server, "/prometheus/api/v1/rules", fails).await;
    let rules = &body["data"]["groups"][0]["rules"];
    let error = rules[3]["lastError"].as_str().unwrap_or_default();
    assert!(error.contains("many"), "{error}");
    assert_eq!(rules[0]["health"], "ok");
    assert_eq!(rules[4]["health"], "ok");
    let list = server.ok("/api/v1/rules").await;
    assert_eq!(list["counts"]["failing"], 1, "{}", list["counts"]);
    let mut ids: Vec<&str> = list["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    server.stop().await;
}

/// A rule that would give an alert for each of 20,000 series fails; its neighbours go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_gives_too_much_fails_alone() {
    let hook = Hook::start().await;
    let rules = r#"
groups:
- name: g
  interval: 1s
  rules:
  - {alert: TooMany, expr: wide >= 0}
  - {record: wide:copy, expr: wide}
  - {alert: Total, expr: count(wide) > 10000}
  - {alert: Never, expr: no_such_metric > 1}
"#;
    let (dir, setup) = files(rules, &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let clock = SystemClock::new();
    let names: Vec<String> = (0..20_000).map(|at| format!("v{at}")).collect();
    for part in names.chunks(2_500) {
        let values: Vec<(&str, f64)> = part.iter().map(|name| (name.as_str(), 1.0)).collect();
        gauge(&server, &clock, "wide", &values).await;
    }
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Total")
        .await;
    let fails = |body: &Value| {
        let rules = &body["data"]["groups"][0]["rules"];
        rules[0]["health"] == "err" && rules[1]["health"] == "err"
    };
    let body = until(
        &server,
        "/prometheus/api/v1/rules?exclude_alerts=true",
        fails,
    )
    .await;
    let rules = &body["data"]["groups"][0]["rules"];
    let error = rules[0]["lastError"].as_str().unwrap_or_default();
    assert!(error.contains("10000"), "{error}");
    assert_eq!(rules[2]["health"], "ok");
    assert_eq!(rules[3]["health"], "ok");
    found(&server, "ALERTS{alertname=\"Total\"}").await;
    let none = server
        .ok("/prometheus/api/v1/query?query=count(ALERTS%7Balertname%3D%22TooMany%22%7D)")
        .await;
    assert_eq!(none["data"]["result"], json!([]));

    // What never matches is told before it is saved.
    let asked =
        json!({"definition": {"name": "Never", "expr": "no_such_metric > 1", "intervalMs": 30000}});
    let (status, report) = post_json(&server, "/api/v1/rules/preview", &asked).await;
    assert_eq!(status, 200, "{report}");
    assert!(
        report["warnings"].to_string().contains("no_such_metric"),
        "{report}"
    );
    server.stop().await;
}

/// A template of a message that fails: the alert goes out with our text and the reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_template_fails_goes_out_with_the_reason() {
    let hook = Hook::start().await;
    let routes = format!(
        "route: {{receiver: chat, group_wait: 10ms}}\nreceivers:\n- name: chat\n  slack_configs:\n  - api_url: {}\n    channel: '#c'\n    text: '{{{{ template \"missing\" . }}}}'\n",
        hook.url("chat")
    );
    let (dir, setup) = files("groups: []\n", &routes);
    let server = Server::on(dir, &setup).await.unwrap();
    let alert = json!([{"labels": {"alertname": "Broken"}, "annotations": {"summary": "all is lost"},
        "endsAt": "2099-01-01T00:00:00Z"}]);
    post_alerts(&server, alert).await;
    let message = hook.wait("chat", |_| true).await.to_string();
    assert!(message.contains("Broken"), "{message}");
    assert!(
        message.contains("missing"),
        "the reason is not in {message}"
    );
    server.stop().await;
}

/// Rules can be switched off and on again while the server runs; what others tell is told all the same.
#[tokio::test(flavor = "multi_thread")]
async fn evaluation_is_switched_off_and_on_by_a_reload() {
    let hook = Hook::start().await;
    let (dir, setup) = files(GOOD, &alertmanager(&hook));
    let config = dir.path().join("tacho.yaml");
    let off = setup
        .config
        .replace("alerting:\n", "alerting:\n  enabled: false\n");
    let setup_off = Setup {
        config: off,
        ..Setup::default()
    };
    let server = Server::on(dir, &setup_off).await.unwrap();
    let alert = json!([{"labels": {"alertname": "Other"}, "endsAt": "2099-01-01T00:00:00Z"}]);
    post_alerts(&server, alert).await;
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Other")
        .await;
    assert_eq!(hook.got("hook").len(), 1);
    write_config(&config, &setup.config);
    let (status, report) = reload(&server).await;
    assert_eq!(status, 200, "{report}");
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Up")
        .await;
    server.stop().await;
}

/// A group that names no interval has that of the configuration, also after a reload that changes nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn another_interval_reaches_groups_that_did_not_change() {
    let hook = Hook::start().await;
    let rules = "groups:\n- name: plain\n  rules:\n  - {record: one, expr: vector(1)}\n";
    let (dir, setup) = files(rules, &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let path = "/prometheus/api/v1/rules";
    let before = server.ok(path).await;
    assert_eq!(before["data"]["groups"][0]["interval"], 1.0, "{before}");
    let config = setup
        .config
        .replace("evaluation_interval: 1s", "evaluation_interval: 7s");
    write_config(&server.dir.path().join("tacho.yaml"), &config);
    let (status, report) = reload(&server).await;
    assert_eq!(status, 200, "{report}");
    let after = server.ok(path).await;
    assert_eq!(after["data"]["groups"][0]["interval"], 7.0, "{after}");
    server.stop().await;
}

/// The unit of a short condition is that which the sender of the metric told.
#[tokio::test(flavor = "multi_thread")]
async fn units_of_short_conditions_are_those_of_the_senders() {
    let server = Server::start().await;
    let now = SystemClock::new().now_ns().to_string();
    let metric = json!({"name": "task.wait", "unit": "ms",
        "gauge": {"dataPoints": [{"timeUnixNano": now, "asDouble": 5.0}]}});
    send(&server, metric).await;
    let asked = json!({"definition": {"name": "Slow", "metric": "task_wait", "condition": "> 2s"}});
    let (status, report) = post_json(&server, "/api/v1/rules/preview", &asked).await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(report["expr"], "task_wait > 2000", "{report}");
    server.stop().await;
}
