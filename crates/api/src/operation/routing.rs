//! Operations on routes, silences and escalation.

use super::parameter::{path, query};
use super::{Answer, Kind, Method, Operation, Scope, read};

pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "/api/v1/routes",
        "getRouting",
        "routing",
        "Tell who gets what",
        &[],
        Answer::Json("Routing"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("RouteTestRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/routes/test",
            "testRoute",
            "routing",
            "Tell who gets an alert",
            &[],
            Answer::Json("RouteTestReport"),
        )
    },
    read(
        "/api/v1/silences",
        "listSilences",
        "routing",
        "List silences",
        &[query(
            "state",
            Kind::Text,
            "States, separated by commas; active and pending if absent.",
        )],
        Answer::Json("SilenceList"),
    ),
    read(
        "/api/v1/silences/{id}",
        "getSilence",
        "routing",
        "Tell all about a silence",
        &[path("id", "Its id.")],
        Answer::Json("Silence"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("SilenceRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/silences",
            "saveSilence",
            "routing",
            "Make or change a silence",
            &[],
            Answer::Json("Silence"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("SilencePreviewRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/silences/preview",
            "previewSilence",
            "routing",
            "Tell what matchers would hide",
            &[],
            Answer::Json("SilencePreview"),
        )
    },
    Operation {
        method: Method::Delete,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/silences/{id}",
            "expireSilence",
            "routing",
            "End a silence",
            &[path("id", "Its id.")],
            Answer::Json("Silence"),
        )
    },
    read(
        "/api/v1/escalations",
        "listEscalations",
        "routing",
        "List escalation policies and who is on call",
        &[],
        Answer::Json("EscalationList"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("RotaOverrideRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/escalations/rotas/{rota}/overrides",
            "createOverride",
            "routing",
            "Let somebody stand in",
            &[path("rota", "The rota.")],
            Answer::Json("RotaOverride"),
        )
    },
    Operation {
        method: Method::Delete,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/escalations/rotas/{rota}/overrides/{id}",
            "deleteOverride",
            "routing",
            "Take an override back",
            &[path("rota", "The rota."), path("id", "Its id.")],
            Answer::Json("RotaOverride"),
        )
    },
];
