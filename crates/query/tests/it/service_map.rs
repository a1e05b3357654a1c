//! Who calls whom.

use crate::support::{at, engine, service, span};
use tacho_model::id::TenantId;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::time::{SECOND_NS, TimeRange};
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_query::service_map::{MapKind, MapRequest, ServiceMap};
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::PlacedSpan;

fn ask(kind: MapKind, traces: usize, spans: Vec<PlacedSpan>) -> ServiceMap {
    let (store, _) = engine();
    store.append_spans(&TenantId::default(), spans);
    let request = MapRequest {
        range: TimeRange {
            start: at(0),
            end: at(1_000),
        },
        kind,
        traces,
    };
    Engine::new(store, Limits::default())
        .service_map(&TenantId::default(), &request, &ReadContext::default())
        .unwrap()
}

fn of(
    (trace, number, parent): (u8, u8, u8),
    name: &str,
    kind: SpanKind,
    pairs: &[(&str, &str)],
) -> PlacedSpan {
    let mut one = span(trace, number, parent, i64::from(number), 2);
    one.resource = service(name);
    one.item.kind = kind;
    one.item.attributes = pairs.iter().copied().collect();
    one
}

/// `kind name -> kind name: count, errors`, sorted.
fn edges(map: &ServiceMap) -> Vec<String> {
    let name = |place: usize| {
        let node = &map.nodes[place];
        format!("{} {}", node.kind.as_str(), node.name)
    };
    let edges = map.edges.iter();
    let mut told: Vec<String> = edges
        .map(|edge| {
            let (from, to) = (name(edge.from), name(edge.to));
            format!(
                "{from} -> {to}: {}, {}",
                edge.calls.count, edge.calls.errors
            )
        })
        .collect();
    told.sort();
    told
}

/// A call of a model.
const CHAT: [(&str, &str); 2] = [
    ("gen_ai.operation.name", "chat"),
    ("gen_ai.request.model", "large"),
];

/// A call of a tool.
const TOOL: [(&str, &str); 2] = [
    ("gen_ai.operation.name", "execute_tool"),
    ("gen_ai.tool.name", "grep"),
];

#[test]
fn a_call_counts_once_and_leaves_name_their_peers() {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    let mut failed = of(
        (2, 2, 1),
        "api",
        Client,
        &[("server.address", "pay.example")],
    );
    failed.item.status = SpanStatus::Error;
    let map = ask(
        MapKind::Services,
        10,
        vec![
            of((1, 1, 0), "web", Server, &[]),
            // Client and server of one call.
            of((1, 2, 1), "web", Client, &[("server.address", "api")]),
            of((1, 3, 2), "api", Server, &[]),
            of((1, 4, 3), "api", Internal, &[("db.system", "not a call")]),
            of(
                (1, 5, 4),
                "api",
                Client,
                &[("db.system", "postgresql"), ("db.name", "shop")],
            ),
            of(
                (1, 6, 3),
                "api",
                Producer,
                &[("messaging.destination.name", "orders")],
            ),
            of((2, 1, 0), "api", Server, &[]),
            failed,
            of(
                (3, 1, 0),
                "mail",
                Consumer,
                &[("messaging.destination.name", "orders")],
            ),
        ],
    );
    assert_eq!(
        edges(&map),
        [
            "queue orders -> service mail: 1, 0",
            "service api -> database postgresql shop: 1, 0",
            "service api -> external pay.example: 1, 1",
            "service api -> queue orders: 1, 0",
            "service web -> service api: 1, 0",
        ]
    );
    assert_eq!((map.traces, map.sampled), (3, false));
    assert_eq!(
        map.edges[0].calls.durations.percentiles().max,
        2 * SECOND_NS
    );
    let api = map.nodes.iter().find(|node| node.name == "api").unwrap();
    assert_eq!((api.span_count, api.error_count), (6, 1));
}

#[test]
fn models_and_tools_are_called_once_however_often_they_are_told() {
    use SpanKind::{Client, Internal};
    let map = ask(
        MapKind::Services,
        10,
        vec![
            of((1, 1, 0), "agents", Internal, &[]),
            of((1, 2, 1), "agents", Client, &CHAT),
            of(
                (1, 3, 2),
                "agents",
                Client,
                &[("server.address", "api.example")],
            ),
            of((1, 4, 1), "agents", Internal, &TOOL),
            of(
                (1, 5, 4),
                "agents",
                Client,
                &[
                    ("mcp.method.name", "tools/call"),
                    ("gen_ai.tool.name", "grep"),
                ],
            ),
        ],
    );
    assert_eq!(
        edges(&map),
        [
            "service agents -> model large: 1, 0",
            "service agents -> tool grep: 1, 0"
        ]
    );
}

#[test]
fn halves_of_one_id_are_caller_and_callee() {
    use SpanKind::{Client, Server};
    let map = ask(
        MapKind::Services,
        10,
        vec![
            of((1, 1, 0), "web", Client, &[("server.address", "api")]),
            of((1, 1, 0), "api", Server, &[]),
            of((1, 2, 1), "api", Client, &[("db.system", "redis")]),
        ],
    );
    let expected = [
        "service api -> database redis: 1, 0",
        "service web -> service api: 1, 0",
    ];
    assert_eq!(edges(&map), expected);
}

#[test]
fn agents_hand_over_and_call_models_and_tools() {
    use SpanKind::Internal;
    let map = ask(
        MapKind::Agents,
        10,
        vec![
            of((1, 1, 0), "s", Internal, &[]),
            of((1, 2, 1), "s", Internal, &[("agent.type", "planner")]),
            of((1, 3, 2), "s", Internal, &CHAT),
            of((1, 4, 2), "s", Internal, &[]),
            of((1, 5, 4), "s", Internal, &[("agent.type", "coder")]),
            of((1, 6, 5), "s", Internal, &[("agent.type", "coder")]),
            of((1, 7, 6), "s", Internal, &TOOL),
            // In a circle; nobody's.
            of((2, 8, 9), "s", Internal, &[]),
            of((2, 9, 8), "s", Internal, &[]),
        ],
    );
    assert_eq!(
        edges(&map),
        [
            "agent coder -> tool grep: 1, 0",
            "agent planner -> agent coder: 1, 0",
            "agent planner -> model large: 1, 0",
        ]
    );
    let spans = |name: &str| {
        let node = map.nodes.iter().find(|node| node.name == name);
        node.unwrap().span_count
    };
    assert_eq!(
        (spans("planner"), spans("coder"), spans("large")),
        (3, 3, 1)
    );
}

#[test]
fn only_the_newest_traces_are_looked_at() {
    let spans = (1..=5u8).map(|number| {
        let mut one = of((number, number, 0), "s", SpanKind::Internal, &[]);
        one.resource = service(&format!("s{number}"));
        one
    });
    let map = ask(MapKind::Services, 2, spans.collect());
    let mut names: Vec<&str> = map.nodes.iter().map(|node| node.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["s4", "s5"]);
    assert_eq!((map.traces, map.sampled), (2, true));
}
