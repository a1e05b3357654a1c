//! Operations on names, on the server itself, and those of later signals.

use super::parameter::{END, SIGNAL, START, path, preset, query};
use super::{Answer, Kind, Method, Operation, Parameter, Scope, read};

const fn open(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    answer: Answer,
) -> Operation {
    Operation {
        scope: Scope::Open,
        errors: &[503],
        ..read(path, id, "server", summary, &[], answer)
    }
}

const fn admin(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    parameters: &'static [Parameter],
    answer: Answer,
) -> Operation {
    Operation {
        method: Method::Post,
        scope: Scope::Admin,
        description,
        errors: &[400, 503],
        ..read(path, id, "server", summary, parameters, answer)
    }
}

const MATCH: Parameter = query(
    "match",
    Kind::Texts,
    "Only of series that this selector of PromQL takes; for samples alone. Repeat it for more.",
);

pub(super) const OPERATIONS: &[Operation] = &[
    read(
        "/api/v1/labels",
        "listLabels",
        "labels",
        "List names of attributes that occur",
        &[SIGNAL, MATCH, START, END],
        Answer::Json("LabelList"),
    ),
    read(
        "/api/v1/labels/{name}/values",
        "listLabelValues",
        "labels",
        "List values of a name",
        &[
            path(
                "name",
                "Name of an attribute, or `name`, `kind`, `status`, `severity`.",
            ),
            SIGNAL,
            MATCH,
            START,
            END,
            query("prefix", Kind::Text, "Only values that start so."),
            preset(
                "limit",
                Kind::Integer(1, 10_000),
                "100",
                "At most so many values.",
            ),
        ],
        Answer::Json("LabelValues"),
    ),
    read(
        "/api/v1/series",
        "listSeries",
        "labels",
        "List distinct sets of stream labels",
        &[
            query(
                "match",
                Kind::Texts,
                "LogQL (logs) such as `{service_name=\"planner\"}`, or a selector of PromQL (samples). Repeat it for more.",
            ),
            preset(
                "signal",
                Kind::Word(&["logs", "samples"]),
                "logs",
                "The signal to look at.",
            ),
            START,
            END,
            preset(
                "limit",
                Kind::Integer(1, 10_000),
                "1000",
                "At most so many sets.",
            ),
        ],
        Answer::Json("SeriesList"),
    ),
    Operation {
        description: "Topics are separated by commas at the top level, 32 at most: `logs:QUERY`, `traces:QUERY`, `changes`, `alerts`; the query is that of \
            `q=` and may be empty. Messages `log` (LogDocument), `trace` (a span with its resource), `change` (ChangeNotice), `alerts` (AlertNotice) and `lost` (LostNotice) \
            carry an id, `SESSION-NUMBER-PLACE`, whose last part is the place of the topic among `topics`, from 0; a client that comes back with \
            `Last-Event-ID` gets what it missed, as far as it is still kept. `changes` tells at most once in `dashboard.refresh_interval_ms` that spans, log records or samples arrived, so that a page can ask again; the first notice comes with \
            the first arrival after opening. `alerts` tells how many alerts there are, at once and whenever something about them changes, at most four times a second. A comment comes at least every 15 seconds.",
        ..read(
            "/api/v1/stream",
            "openStream",
            "live",
            "Follow what arrives",
            &[
                query(
                    "topics",
                    Kind::Text,
                    "What to follow, such as `changes,logs:{service_name=\"planner\"},traces:{status=error}`.",
                ),
                query(
                    "last_event_id",
                    Kind::Text,
                    "As the header `Last-Event-ID`, for clients that cannot set it.",
                ),
            ],
            Answer::EventStream(
                "LogDocument, LiveSpan, ChangeNotice, AlertNotice or LostNotice as `data`",
            ),
        )
    },
    Operation {
        errors: &[503],
        ..read(
            "/api/v1/status",
            "getStatus",
            "server",
            "Get what the server holds and how it fares",
            &[],
            Answer::Json("Status"),
        )
    },
    open(
        "/api/v1/openapi.json",
        "getOpenapi",
        "Get this document",
        Answer::ForeignJson("OpenAPI 3.1"),
    ),
    admin(
        "/api/v1/admin/flush",
        "flush",
        "Write everything in memory to disk",
        "Returns when all is on disk, the write-ahead log is empty and replaced files are gone.",
        &[preset(
            "compact",
            Kind::Bool,
            "false",
            "Merge blocks as far as they can be, too.",
        )],
        Answer::Json("FlushReport"),
    ),
    admin(
        "/api/v1/admin/files",
        "listFiles",
        "List Parquet files that other programs can read",
        "Everything in memory goes to disk and deletions are carried out first, so the files hold what queries find at this moment. They stay as \
            they are for 23 hours, whatever the server does with its own; the 16 newest lists are kept at most, none while the disk is nearly full.",
        &[query(
            "signal",
            Kind::Word(&["spans", "logs"]),
            "Only files of this signal.",
        )],
        Answer::Json("FileList"),
    ),
    Operation {
        request: Some("BackupRequest"),
        errors: &[400, 409, 415, 503],
        ..admin(
            "/api/v1/admin/backup",
            "backup",
            "Write a backup into a folder of the server's machine",
            "The server goes on meanwhile. `tacho restore` makes a data folder of it again.",
            &[],
            Answer::Json("BackupReport"),
        )
    },
    admin(
        "/api/v1/reload",
        "reload",
        "Read the configuration again",
        "Puts those keys in force that can change at run time and names the others. A wrong configuration changes nothing.",
        &[],
        Answer::Json("ReloadReport"),
    ),
    open(
        "/health",
        "getHealth",
        "Ask whether the server runs",
        Answer::Json("Health"),
    ),
    open(
        "/ready",
        "getReadiness",
        "Ask whether queries are answered",
        Answer::Json("Readiness"),
    ),
    open(
        "/api/health",
        "getDatabaseHealth",
        "Ask whether the store works, in Grafana's words",
        Answer::Json("DatabaseHealth"),
    ),
    Operation {
        errors: &[],
        ..read(
            "/metrics",
            "getOwnMetrics",
            "server",
            "Get our own metrics",
            &[],
            Answer::Text("text/plain", "Prometheus text format 0.0.4"),
        )
    },
];
