//! What tests of our API of rules and alerts share: a server whose alerts go to a receiver of the test at once.

use crate::harness::{Server, Setup, answer, attributes};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bodies that a receiver of the test got.
#[derive(Clone, Default)]
pub(crate) struct Received(pub Arc<Mutex<Vec<Value>>>);

/// A receiver on a port of its own; `status` is what it answers.
async fn receiver(status: u16) -> (SocketAddr, Received) {
    let received = Received::default();
    let kept = received.clone();
    let app = axum::Router::new().fallback(move |body: axum::body::Bytes| {
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        kept.0.lock().unwrap().push(body);
        async move { axum::http::StatusCode::from_u16(status).unwrap() }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (address, received)
}

const ROUTES: &str = r#"
route:
  receiver: hook
  group_by: [alertname]
  group_wait: 50ms
  group_interval: 200ms
  repeat_interval: 1h
  routes:
  - {receiver: night, matchers: ['team="night"'], mute_time_intervals: [always]}
  - {receiver: oncall, matchers: ['severity=~"critical|HIGH"'], continue: true}
  - {receiver: hook, matchers: ['severity=~"critical|HIGH"']}
inhibit_rules:
- {source_matchers: ['alertname="Down"'], target_matchers: ['severity="warning"'], equal: [service]}
time_intervals:
- {name: always, time_intervals: [{weekdays: ['sunday:saturday']}]}
receivers:
- {name: hook, webhook_configs: [{url: 'http://HOOK/secret/path', send_resolved: true}]}
- {name: oncall, webhook_configs: [{url: 'http://ONCALL/'}]}
- {name: night, webhook_configs: [{url: 'http://HOOK/'}]}
- {name: ann, webhook_configs: [{url: 'http://HOOK/'}]}
- {name: bob, webhook_configs: [{url: 'http://HOOK/'}]}
"#;

const OWN: &str = "alerting:
  evaluation_interval: 1s
  alertmanager_config: DIR/alertmanager.yml
rules:
  builtin: false
escalation:
  policies:
  - name: loud
    match: {severity: critical}
    levels:
    - {after: 1h, rota: primary}
  rotas:
  - {name: primary, starts: 2026-01-05, turn: 1w, handover: 'monday 09:00', members: [ann, bob]}
suppressions:
- {name: known, match: {alertname: Noise}, reason: 'Known issue: ARCH-1234'}
";

/// A server whose routes lead to receivers of the test; one says yes, the other no.
pub(crate) async fn server() -> (Server, Received) {
    let (hook, received) = receiver(200).await;
    let (oncall, _) = receiver(404).await;
    let dir = tempfile::tempdir().unwrap();
    let routes = ROUTES
        .replace("HOOK", &hook.to_string())
        .replace("ONCALL", &oncall.to_string());
    write(&dir.path().join("alertmanager.yml"), &routes);
    let setup = Setup {
        config: OWN.replace("DIR", &dir.path().display().to_string()),
        ..Setup::default()
    };
    (Server::on(dir, &setup).await.unwrap(), received)
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
pub(crate) fn write(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests read what the server wrote"
)]
pub(crate) fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the real one"
)]
fn now_ns() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

/// Asks a server to change something.
pub(crate) trait Changes {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value);
    async fn put(&self, path: &str, body: &Value) -> (u16, Value);
    async fn delete(&self, path: &str) -> (u16, Value);
    /// The JSON of a POST that must succeed.
    async fn posted(&self, path: &str, body: &Value) -> Value;
    /// Lets an alert of somebody else fire.
    async fn fire(&self, labels: &Value);
    /// Sends the value of a gauge.
    async fn gauge(&self, name: &str, labels: &[(&str, &str)], value: f64);
    /// What a GET gives once it fits.
    async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value;
}

impl Changes for Server {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.post(self.url(path)).json(body)).await
    }

    async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.client.put(self.url(path)).json(body)).await
    }

    async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.client.delete(self.url(path))).await
    }

    async fn posted(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = Changes::post(self, path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn fire(&self, labels: &Value) {
        let body = json!([{ "labels": labels, "annotations": { "summary": "It is bad" } }]);
        let (status, answer) = Changes::post(self, "/alertmanager/api/v2/alerts", &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn gauge(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<(&str, Value)> = labels.iter().map(|(n, v)| (*n, json!(v))).collect();
        let point = json!({ "timeUnixNano": now_ns().to_string(), "asDouble": value,
            "attributes": attributes(&labels) });
        let body = json!({ "resourceMetrics": [{ "resource": {}, "scopeMetrics": [{ "scope": {},
            "metrics": [{ "name": name, "gauge": { "dataPoints": [point] } }] }] }] });
        self.send("/v1/metrics", &body).await;
    }

    async fn until(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let begun = tokio::time::Instant::now();
        loop {
            let body = self.ok(path).await;
            if fits(&body) {
                return body;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{path}: {body}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
