//! Operations on rules.

use super::parameter::{END, START, path, query};
use super::{Answer, Kind, Method, Operation, Scope, read};

pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "/api/v1/rules",
        "listRules",
        "rules",
        "List rules and how they fare",
        &[
            query(
                "text",
                Kind::Text,
                "Name, group, expression or a tag contains this.",
            ),
            query("state", Kind::Text, "States, separated by commas."),
            query("origin", Kind::Text, "Origins, separated by commas."),
            query(
                "kind",
                Kind::Word(&["alerting", "recording"]),
                "Of this kind.",
            ),
        ],
        Answer::Json("RuleList"),
    ),
    Operation {
        description: "Without `origin`: those of the editor.",
        ..read(
            "/api/v1/rules/export",
            "exportRules",
            "rules",
            "Print rules as YAML",
            &[query("origin", Kind::Text, "Origins, separated by commas.")],
            Answer::Text("application/yaml", "rule groups"),
        )
    },
    read(
        "/api/v1/rules/{id}",
        "getRule",
        "rules",
        "Tell all about a rule",
        &[path(
            "id",
            "Its id: group and name, such as `default/HighErrorRate`, percent-encoded.",
        )],
        Answer::Json("RuleDetail"),
    ),
    read(
        "/api/v1/rules/{id}/explain",
        "explainRule",
        "rules",
        "Tell why a rule did or did not fire at a time",
        &[
            path(
                "id",
                "Its id: group and name, such as `default/HighErrorRate`, percent-encoded.",
            ),
            query("at", Kind::Time, "When; now if absent."),
            query(
                "labels",
                Kind::Text,
                "Only label sets that these matchers take.",
            ),
        ],
        Answer::Json("RuleExplanation"),
    ),
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        description: "It is written to the managed file and in force when the answer comes.",
        request: Some("RuleSaveRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules",
            "createRule",
            "rules",
            "Save a new rule",
            &[],
            Answer::Json("RuleDetail"),
        )
    },
    Operation {
        method: Method::Put,
        scope: Scope::Operate,
        request: Some("RuleSaveRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/{id}",
            "replaceRule",
            "rules",
            "Change a rule",
            &[path(
                "id",
                "Its id: group and name, such as `default/HighErrorRate`, percent-encoded.",
            )],
            Answer::Json("RuleDetail"),
        )
    },
    Operation {
        method: Method::Delete,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/{id}",
            "deleteRule",
            "rules",
            "Remove a rule",
            &[path(
                "id",
                "Its id: group and name, such as `default/HighErrorRate`, percent-encoded.",
            )],
            Answer::Json("RuleDetail"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        description: "Problems of the rule are part of the answer, not errors.",
        request: Some("RulePreviewRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/preview",
            "previewRule",
            "rules",
            "Try a rule on stored data",
            &[],
            Answer::Json("RulePreview"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/{id}/backtest",
            "backtestRule",
            "rules",
            "Tell when a rule would have fired",
            &[
                path(
                    "id",
                    "Its id: group and name, such as `default/HighErrorRate`, percent-encoded.",
                ),
                START,
                END,
            ],
            Answer::Json("RulePreview"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("RuleCheckRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/check",
            "checkRules",
            "rules",
            "Check a rule file",
            &[],
            Answer::Json("RuleCheckReport"),
        )
    },
    Operation {
        method: Method::Post,
        scope: Scope::Operate,
        request: Some("RuleImportRequest"),
        errors: &[400, 404, 409, 503],
        ..read(
            "/api/v1/rules/import",
            "importRules",
            "rules",
            "Take over rules of Prometheus, Grafana, or our own",
            &[],
            Answer::Json("RuleImportReport"),
        )
    },
];
