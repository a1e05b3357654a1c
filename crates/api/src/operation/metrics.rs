//! Operations on metrics.

use super::parameter::{END, START, preset, query};
use super::{Answer, Kind, Method, Operation, Parameter, Scope, read};

const MATCH: Parameter = query(
    "match",
    Kind::Texts,
    "Selector of series as PromQL writes it: `orchestrator_tasks_total{agent=\"Coder\"}`. Repeat it for more; all series if absent.",
);

const SERIES_LIMIT: Parameter = preset(
    "limit",
    Kind::Integer(1, 100_000),
    "1000",
    "At most so many series.",
);

pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "/api/v1/metrics",
        "getMetrics",
        "metrics",
        "Get current values of metrics",
        &[MATCH, SERIES_LIMIT],
        Answer::Json("MetricsSnapshot"),
    ),
    read(
        "/api/v1/metrics/prometheus",
        "getMetricsPrometheus",
        "metrics",
        "Get current values of metrics as Prometheus text",
        &[MATCH, SERIES_LIMIT],
        Answer::Text(
            "text/plain",
            "Text format 0.0.4, with times; not our own metrics, which are at `/metrics`",
        ),
    ),
    Operation {
        description: "Without `metrics` every metric is given, as far as `limit` goes.",
        ..read(
            "/api/v1/metrics/history",
            "getMetricsHistory",
            "metrics",
            "Get values of metrics over time",
            &[
                START,
                END,
                query(
                    "metrics",
                    Kind::Texts,
                    "Name of a metric, or an expression in PromQL. Repeat it for more, or separate names by commas.",
                ),
                query(
                    "step",
                    Kind::Duration,
                    "Time between points; about 250 points if absent.",
                ),
                SERIES_LIMIT,
            ],
            Answer::Json("MetricsHistory"),
        )
    },
    Operation {
        method: Method::Post,
        description: "Selectors that several queries share are read once. The answer is `{\"results\":{ID:RESULT}}`, each result as \
            `/prometheus/api/v1/query` or `query_range` gives it, errors included; one that fails costs the others nothing.",
        request: Some("MetricsQuery"),
        ..read(
            "/api/v1/metrics/query",
            "queryMetrics",
            "metrics",
            "Run several PromQL queries at once",
            &[],
            Answer::ForeignJson("a Prometheus result for each id"),
        )
    },
    read(
        "/api/v1/metrics/cardinality",
        "getMetricsCardinality",
        "metrics",
        "Count series by metric, label and value",
        &[
            MATCH,
            preset(
                "limit",
                Kind::Integer(1, 10_000),
                "20",
                "At most so many entries of each list.",
            ),
        ],
        Answer::Json("Cardinality"),
    ),
    read(
        "/api/v1/targets",
        "listTargets",
        "metrics",
        "List the targets that are scraped",
        &[],
        Answer::Json("TargetList"),
    ),
    Operation {
        method: Method::Post,
        description: "The body is OpenMetrics text with times, whole lines, ending in `# EOF`. Samples of any age are taken and stored in blocks \
            of their own. Sending a part again is harmless.",
        scope: Scope::Admin,
        ..read(
            "/api/v1/import/openmetrics",
            "importOpenMetrics",
            "metrics",
            "Import samples of the past",
            &[
                query("import_id", Kind::Text, "Names the import, for the log."),
                query(
                    "part",
                    Kind::Integer(0, u64::MAX),
                    "Number of the part, for the log.",
                ),
            ],
            Answer::Json("ImportReport"),
        )
    },
];
