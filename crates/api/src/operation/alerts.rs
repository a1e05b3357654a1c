//! Operations on alerts, their history and messages about them; inbound webhooks.

use super::parameter::{CURSOR, END, LIMIT, START, path, preset, query};
use super::{Answer, Kind, Method, Operation, Scope, read};

pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "/api/v1/alerts",
        "listAlerts",
        "alerts",
        "List alerts",
        &[
            preset(
                "state",
                Kind::Word(&["active", "firing", "pending", "resolved", "all"]),
                "active",
                "`active` is firing and pending; resolved ones are those of the last hour.",
            ),
            query(
                "q",
                Kind::Text,
                "Matchers of labels as Alertmanager writes them: `{service=\"api\",severity=~\"high|critical\"}`.",
            ),
            query(
                "text",
                Kind::Text,
                "Name, summary or a value of a label contains this.",
            ),
            query(
                "severity",
                Kind::Text,
                "Canonical severities, separated by commas.",
            ),
            query("rule", Kind::Text, "Of this rule."),
            query(
                "acknowledged",
                Kind::Bool,
                "Only acknowledged ones, or only others.",
            ),
            query(
                "hidden",
                Kind::Bool,
                "Only ones that nobody is told of, or only others.",
            ),
            LIMIT,
            CURSOR,
        ],
        Answer::Json("AlertList"),
    ),
    Operation {
        description: "Without `start` and `end`: the last 24 hours.",
        ..read(
            "/api/v1/alerts/history",
            "listAlertHistory",
            "alerts",
            "Tell what fired and was over",
            &[
                START,
                END,
                query("rule", Kind::Text, "Of this rule."),
                query(
                    "text",
                    Kind::Text,
                    "Name or a value of a label contains this.",
                ),
                LIMIT,
                CURSOR,
            ],
            Answer::Json("AlertHistory"),
        )
    },
    read(
        "/api/v1/alerts/{id}",
        "getAlert",
        "alerts",
        "Tell all about an alert",
        &[path(
            "id",
            "`alert-12`, or the fingerprint of its labels; of the second the newest.",
        )],
        Answer::Json("AlertDetail"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        description: "Repeats and escalation stop until the group is over or becomes worse. The body may be left out.",
        request: Some("AcknowledgeRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/alerts/{alert_id}/acknowledge",
            "acknowledgeAlert",
            "alerts",
            "Take an alert and its group on",
            &[path(
                "alert_id",
                "`alert-12`, a fingerprint, or the key of a group.",
            )],
            Answer::Json("Alert"),
        )
    },
    Operation {
        method: Method::Delete,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/alerts/{alert_id}/acknowledge",
            "unacknowledgeAlert",
            "alerts",
            "Take an acknowledgement back",
            &[path("alert_id", "As above.")],
            Answer::Json("Alert"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("AlertTestRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/alerts/test",
            "testAlert",
            "alerts",
            "Show, or send, an alert along the real route",
            &[],
            Answer::Json("AlertTestReport"),
        )
    },
    read(
        "/api/v1/notifications",
        "listNotifications",
        "alerts",
        "List messages that were sent or wait",
        &[
            query("status", Kind::Text, "Statuses, separated by commas."),
            query("receiver", Kind::Text, "To this receiver."),
            query("alert", Kind::Text, "About this alert."),
            START,
            END,
            LIMIT,
            CURSOR,
        ],
        Answer::Json("NotificationList"),
    ),
    read(
        "/api/v1/notifications/{id}",
        "getNotification",
        "alerts",
        "Tell all about a message",
        &[path("id", "Its number.")],
        Answer::Json("NotificationEntry"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/notifications/{id}/retry",
            "retryNotification",
            "alerts",
            "Send a message once more",
            &[path("id", "Its number.")],
            Answer::Json("NotificationEntry"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        description: "Its webhook of version 4; routed as all alerts are.",
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/webhooks/alertmanager",
            "receiveAlertmanagerWebhook",
            "alerts",
            "Take what an Alertmanager sends",
            &[],
            Answer::Json("WebhookReport"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        description: "Messages of unified and of legacy alerting; routed as all alerts are.",
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/webhooks/grafana",
            "receiveGrafanaWebhook",
            "alerts",
            "Take what Grafana sends",
            &[],
            Answer::Json("WebhookReport"),
        )
    },
];
