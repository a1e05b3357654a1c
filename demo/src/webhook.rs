//! Alerts that come back to the orchestrator: a webhook in the shape of Grafana or of Alertmanager
//! starts a run of `alert-notification`.

use serde_json::{Map, Value, json};

/// Longest text that a run is given.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// What a message says, as the workflow reads it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AlertMessage {
    /// `critical` while it fires, `warning` otherwise.
    severity: &'static str,
    alert_name: String,
    message: String,
    state: String,
    dashboard_url: String,
    labels: Map<String, Value>,
}

impl AlertMessage {
    /// Reads `title, state, message, dashboardURL, labels`; what is absent is taken from the fields
    /// that Alertmanager sends (`status, commonLabels, commonAnnotations, externalURL`).
    pub(crate) fn read(body: &Value) -> Self {
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| body.pointer(name)?.as_str());
            found.unwrap_or_default().to_owned()
        };
        let state = match text(&["/state", "/status"]).as_str() {
            "firing" | "alerting" => "alerting".to_owned(),
            "resolved" | "ok" => "ok".to_owned(),
            other => other.to_owned(),
        };
        let labels = ["/labels", "/commonLabels"]
            .iter()
            .find_map(|name| body.pointer(name)?.as_object())
            .cloned();
        Self {
            severity: if state == "alerting" {
                "critical"
            } else {
                "warning"
            },
            alert_name: text(&["/title", "/ruleName", "/commonLabels/alertname"]),
            message: text(&[
                "/message",
                "/commonAnnotations/summary",
                "/commonAnnotations/description",
            ]),
            dashboard_url: text(&["/dashboardURL", "/ruleUrl", "/externalURL"]),
            labels: labels.unwrap_or_default(),
            state,
        }
    }

    /// The request of the run: what is to be told, in the words of the message template, and the
    /// values that it was made of. `at` is RFC 3339.
    pub(crate) fn request(&self, at: &str) -> String {
        let told = format!(
            "🚨 Alert: {}\n\n{}\n\nDashboard: {}",
            self.alert_name, self.message, self.dashboard_url
        );
        let values = json!({
            "channel": self.severity,
            "severity": self.severity,
            "alert_name": self.alert_name,
            "message": self.message,
            "state": self.state,
            "dashboard_url": self.dashboard_url,
            "timestamp": at,
            "labels": self.labels,
        });
        let mut text = format!("{told}\n\n{values}");
        let mut end = text.len().min(TEXT_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::AlertMessage;
    use serde_json::json;

    #[test]
    fn grafanas_shape_is_mapped() {
        let body = json!({
            "title": "AgentFailureSpike", "state": "alerting", "message": "7 failures",
            "dashboardURL": "http://h/alerts/alert-1", "labels": {"agent_id": "coder-1"},
        });
        let text = AlertMessage::read(&body).request("2026-11-20T10:15:00Z");
        assert!(text.starts_with(
            "🚨 Alert: AgentFailureSpike\n\n7 failures\n\nDashboard: http://h/alerts/alert-1"
        ));
        assert!(text.contains(r#""severity":"critical""#));
        assert!(text.contains(r#""labels":{"agent_id":"coder-1"}"#));
    }

    #[test]
    fn alertmanagers_shape_is_mapped_and_an_end_is_a_warning() {
        let body = json!({
            "status": "resolved", "commonLabels": {"alertname": "ServiceDown"},
            "commonAnnotations": {"summary": "it is back"}, "externalURL": "http://h",
        });
        let text = AlertMessage::read(&body).request("2026-11-20T10:15:00Z");
        assert!(text.starts_with("🚨 Alert: ServiceDown\n\nit is back\n\nDashboard: http://h"));
        assert!(text.contains(r#""severity":"warning""#));
        assert!(text.contains(r#""state":"ok""#));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let body = json!({"title": "ä".repeat(10_000)});
        assert!(AlertMessage::read(&body).request("t").len() <= super::TEXT_BYTES_MAX);
    }
}
