//! Operations that pages are made of: the overview, services, colour slots, what an id stands for,
//! the configuration in force, what comes in.

use super::parameter::{END, START, path, preset, query};
use super::{Answer, Kind, Operation, Parameter, read};

const SERVICES_LIMIT: Parameter = preset(
    "limit",
    Kind::Integer(1, 1_000),
    "200",
    "At most so many, the busiest first.",
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        description: "Without `start` and `end`: the last three hours. Compares with the time of equal length before.",
        ..read(
            "/api/v1/overview",
            "getOverview",
            "overview",
            "Tell what needs a look, and how everything fares",
            &[START, END],
            Answer::Json("Overview"),
        )
    },
    Operation {
        description: "Without `start` and `end`: the last three hours.",
        ..read(
            "/api/v1/services",
            "listServices",
            "services",
            "List services with rate, errors and duration",
            &[START, END, SERVICES_LIMIT],
            Answer::Json("ServiceList"),
        )
    },
    Operation {
        description: "Without `start` and `end`: the last three hours. A call that client and server tell counts once. What sends no spans itself is told by its callers: databases, queues, models, tools, addresses. Between agents, an edge is work that one gave to the other.",
        ..read(
            "/api/v1/services/map",
            "getServiceMap",
            "services",
            "Tell who calls whom, from the newest traces",
            &[
                START,
                END,
                preset(
                    "kind",
                    Kind::Word(&["services", "agents"]),
                    "services",
                    "Nodes are services with what they call, or agents with their models and tools.",
                ),
                preset(
                    "traces",
                    Kind::Integer(1, 10_000),
                    "1000",
                    "At most so many traces are looked at.",
                ),
            ],
            Answer::Json("ServiceMap"),
        )
    },
    Operation {
        description: "Without `start` and `end`: the last three hours. Of very many names the rarest are left out.",
        ..read(
            "/api/v1/services/{name}/operations",
            "listOperations",
            "services",
            "List the operations of a service with rate, errors and duration",
            &[path("name", "`service.name`."), START, END, SERVICES_LIMIT],
            Answer::Json("OperationList"),
        )
    },
    Operation {
        description: "Slots are handed out in the order in which names are first asked for, and kept. A name that has none yet gets one.",
        ..read(
            "/api/v1/colour-slots",
            "listColourSlots",
            "overview",
            "Get the colour slots of names, the same on every page",
            &[
                preset(
                    "kind",
                    Kind::Word(&["service", "agent", "model", "tool"]),
                    "service",
                    "What the names are of.",
                ),
                query(
                    "name",
                    Kind::Texts,
                    "A name. Repeat it for more, 100 at most. All that are known if absent.",
                ),
            ],
            Answer::Json("ColourSlots"),
        )
    },
    Operation {
        description: "Tries trace ids and their aliases, span ids, `traceparent`, ids of log records, and values of `run_id`, `workflow.run.id`, \
            `agent.run.id`, `task_id`, `task.id`, `session.id`, `session_id`, `correlation.id`, `correlation_id` and `gen_ai.conversation.id`. \
            At most 20 matches; none for an unknown id. Span ids are looked for newest first, through 256 MiB of blocks at most.",
        ..read(
            "/api/v1/resolve/{id}",
            "resolveId",
            "overview",
            "Tell what an id stands for",
            &[path("id", "Any id, at most 256 bytes.")],
            Answer::Json("Resolved"),
        )
    },
    read(
        "/api/v1/configuration",
        "getConfiguration",
        "server",
        "Show the configuration in force, without secrets",
        &[],
        Answer::Json("Configuration"),
    ),
    read(
        "/api/v1/ingest",
        "getIngestStatus",
        "server",
        "Show what comes in, what is refused, and how far limits are used",
        &[],
        Answer::Json("IngestStatus"),
    ),
];
