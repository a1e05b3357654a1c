//! Traces: the list with every parameter, one trace, pages, OTLP, facets, labels.

use crate::harness::{Server, attributes, keys, span, spans_of};
use serde_json::{Value, json};

const A: &str = "5b8efff798038103d269b633813fc60c";
const B: &str = "0af7651916cd43dd8448eb211c80319c";
const ALIAS: &str = "tr-a1b2c3d4e5f67890";

async fn filled() -> Server {
    let server = Server::start().await;
    let root = json!({ "name": "workflow.execute", "kind": 2, "attributes": attributes(&[
        ("run_id", json!("run-1")), ("big", json!(i64::MAX)), ("ratio", json!(0.5)), ("ok", json!(true)),
        ("nested", json!({ "arrayValue": { "values": [{ "intValue": "1" }, { "bytesValue": "AQL/" }] } })),
    ]), "events": [{ "name": "started", "timeUnixNano": "1795169720000000001",
        "attributes": attributes(&[("n", json!(1))]) }],
      "links": [{ "traceId": B, "spanId": "b7ad6b7169203331" }] });
    let failed = json!({ "parentSpanId": "00f067aa0ba902b7", "name": "llm_call", "kind": 3,
        "status": { "code": 2, "message": "rate limit" },
        "attributes": attributes(&[("model", json!("large"))]) });
    let body = spans_of(
        "planner",
        vec![
            span(A, "00f067aa0ba902b7", 0, 2000, root),
            span(A, "00f067aa0ba902b8", 100, 300, failed),
        ],
    );
    server.send("/v1/traces", &body).await;
    let quick = json!({ "name": "GET /health", "status": { "code": 1 } });
    server
        .send(
            "/v1/traces",
            &spans_of("api", vec![span(B, "b7ad6b7169203331", 5000, 1, quick)]),
        )
        .await;
    let aliased = json!({ "name": "by alias" });
    server
        .send(
            "/v1/traces",
            &spans_of("api", vec![span(ALIAS, "sp-001", 9000, 10, aliased)]),
        )
        .await;
    server
}

fn ids(list: &Value) -> Vec<&str> {
    list["traces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["traceId"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_whose_root_has_not_arrived_names_no_root() {
    let server = Server::start().await;
    let below = |start: i64, name: &str| {
        let more = json!({ "name": name, "parentSpanId": "00f067aa0ba902b7" });
        span(A, &format!("00f067aa0ba902{start:02}"), start, 10, more)
    };
    let spans = vec![below(20, "second"), below(10, "first")];
    server.send("/v1/traces", &spans_of("planner", spans)).await;
    let list = server.ok("/api/v1/traces").await;
    let summary = &list["traces"][0];
    assert!(summary.get("rootName").is_none(), "{summary}");
    assert!(summary.get("rootService").is_none(), "{summary}");
    assert_eq!(summary["firstName"], "first");
    assert_eq!(summary["firstService"], "planner");
    assert!(
        server
            .ok(&format!("/api/v1/traces/{A}"))
            .await
            .get("rootSpan")
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_its_shape_and_every_condition_works() {
    let server = filled().await;
    let list = server.ok("/api/v1/traces").await;
    assert_eq!(list["traces"].as_array().unwrap().len(), 3);
    let summary = &list["traces"][2];
    assert_eq!(
        keys(summary),
        [
            "durationMs",
            "errorCount",
            "rootName",
            "rootService",
            "services",
            "spanCount",
            "startTime",
            "traceId"
        ]
    );
    assert_eq!(summary["traceId"], A);
    assert_eq!(summary["rootService"], "planner");
    assert_eq!(summary["rootName"], "workflow.execute");
    assert_eq!(summary["startTime"], "2026-11-20T10:15:20.000000000Z");
    assert_eq!(summary["durationMs"], 2000.0);
    assert_eq!(
        (summary["spanCount"].clone(), summary["errorCount"].clone()),
        (json!(2), json!(1))
    );
    assert_eq!(summary["services"], json!(["planner"]));
    assert!(list.get("nextCursor").is_none());
    assert!(list["stats"]["durationMs"].as_f64().unwrap() > 0.0);

    for (query, expected) in [
        ("service=planner", vec![A]),
        ("name=llm_call", vec![A]),
        ("status=error", vec![A]),
        ("status=ok", vec![B]),
        ("attr=model%3Dlarge", vec![A]),
        ("attr=model%3Dlarge&attr=run_id%3Drun-1", vec![]),
        ("name=llm_call&attr=run_id%3Drun-1", vec![]),
        ("min_duration=1s", vec![A]),
        ("max_duration=5ms", vec![B]),
        (&format!("trace_id={B}"), vec![B]),
        (&format!("trace_id={}", B.to_uppercase()), vec![B]),
        (
            "start=2026-11-20T10:15:24Z&end=2026-11-20T10:15:26Z",
            vec![B],
        ),
        ("start=1795169724&end=1795169726", vec![B]),
        ("start=1795169724000&end=1795169726000000000", vec![B]),
        ("end=2026-11-20T10:15:20Z", vec![]),
        ("q=%7B%20status%20%3D%20error%20%7D", vec![A]),
        ("q=%7B%20name%20%3D%20%22GET%20%2Fhealth%22%20%7D", vec![B]),
    ] {
        let list = server.ok(&format!("/api/v1/traces?{query}")).await;
        assert_eq!(ids(&list), expected, "{query}");
    }
    let aliased = server.ok(&format!("/api/v1/traces?trace_id={ALIAS}")).await;
    assert_eq!(aliased["traces"][0]["aliases"], json!([ALIAS]));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_where_the_cursor_says() {
    let server = filled().await;
    let all: Vec<String> = ids(&server.ok("/api/v1/traces").await)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut found = Vec::new();
    let mut cursor = String::new();
    for _ in 0..5 {
        let page = server.ok(&format!("/api/v1/traces?limit=1{cursor}")).await;
        found.extend(ids(&page).into_iter().map(str::to_owned));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, all);
    let error = server.fails("/api/v1/traces?cursor=nonsense", 400).await;
    assert_eq!(error["field"], "cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_has_its_shape() {
    let server = filled().await;
    let trace = server.ok(&format!("/api/v1/traces/{A}")).await;
    assert_eq!(
        keys(&trace),
        [
            "aliases",
            "durationMs",
            "endTime",
            "resources",
            "rootSpan",
            "scopes",
            "services",
            "spanCount",
            "spans",
            "startTime",
            "status",
            "traceId"
        ]
    );
    assert_eq!(trace["rootSpan"], "00f067aa0ba902b7");
    assert_eq!(trace["status"], "ERROR");
    assert_eq!(trace["endTime"], "2026-11-20T10:15:22.000000000Z");
    assert_eq!(
        trace["resources"],
        json!([{ "attributes": { "service.name": "planner" } }])
    );
    assert_eq!(
        trace["scopes"],
        json!([{ "name": "lib", "version": "1.2" }])
    );
    let root = &trace["spans"][0];
    assert_eq!(
        root["attributes"],
        json!({ "run_id": "run-1", "big": "9223372036854775807", "ratio": 0.5, "ok": true,
                "nested": [1, { "$bytes": "AQL/" }] })
    );
    assert_eq!(
        root["events"],
        json!([{ "name": "started", "timestamp": "2026-11-20T10:15:20.000000001Z", "attributes": { "n": 1 } }])
    );
    assert_eq!(
        root["links"],
        json!([{ "traceId": B, "spanId": "b7ad6b7169203331" }])
    );
    assert_eq!(root["kind"], "SERVER");
    assert!(root.get("parentSpanId").is_none());
    let child = &trace["spans"][1];
    assert_eq!(child["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(child["operationName"], "llm_call");
    assert_eq!(child["serviceName"], "planner");
    assert_eq!(
        (child["status"].clone(), child["statusMessage"].clone()),
        (json!("ERROR"), json!("rate limit"))
    );
    assert_eq!(child["durationMs"], 300.0);
    assert_eq!(
        (child["resource"].clone(), child["scope"].clone()),
        (json!(0), json!(0))
    );

    let first = server.ok(&format!("/api/v1/traces/{A}?limit=1")).await;
    assert_eq!(first["spans"].as_array().unwrap().len(), 1);
    let next = first["nextCursor"].as_str().unwrap();
    let second = server
        .ok(&format!("/api/v1/traces/{A}?limit=1&cursor={next}"))
        .await;
    assert_eq!(second["spans"][0]["spanId"], "00f067aa0ba902b8");
    assert!(second.get("nextCursor").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_find_their_trace_and_unknown_ids_are_404() {
    let server = filled().await;
    let by_alias = server.ok(&format!("/api/v1/traces/{ALIAS}")).await;
    assert_eq!(by_alias["aliases"], json!([ALIAS]));
    assert_eq!(
        by_alias["spans"][0]["aliases"],
        json!({ "spanId": "sp-001" })
    );
    let id = by_alias["traceId"].as_str().unwrap();
    assert_eq!(
        server
            .ok(&format!("/api/v1/traces/{}", id.to_uppercase()))
            .await,
        by_alias
    );
    assert_eq!(
        server.fails("/api/v1/traces/tr-nobody", 404).await["kind"],
        "not_found"
    );
    server
        .fails("/api/v1/traces/11111111111111111111111111111111", 404)
        .await;
    let zero = server
        .fails("/api/v1/traces/00000000000000000000000000000000", 400)
        .await;
    assert_eq!(zero["field"], "trace_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_is_given_out_as_otlp_again() {
    let server = filled().await;
    let otlp = server.ok(&format!("/api/v1/traces/{A}?format=otlp")).await;
    let group = &otlp["resourceSpans"][0];
    assert_eq!(
        group["resource"]["attributes"][0]["value"]["stringValue"],
        "planner"
    );
    let spans = group["scopeSpans"][0]["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[0]["traceId"], A);
    assert_eq!(spans[0]["startTimeUnixNano"], "1795169720000000000");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_are_named() {
    let server = Server::start().await;
    let error = server.fails("/api/v1/traces?servce=x", 400).await;
    assert_eq!(error["field"], "servce");
    assert_eq!(error["hint"], "did you mean service?");
    assert_eq!(
        server.fails("/api/v1/traces?limit=10001", 400).await["field"],
        "limit"
    );
    assert_eq!(
        server.fails("/api/v1/traces?start=never", 400).await["field"],
        "start"
    );
    let error = server
        .fails("/api/v1/traces?q=%7B%20status%20%3D%20%7D", 400)
        .await;
    assert_eq!(
        (error["kind"].clone(), error["field"].clone()),
        (json!("invalid"), json!("q"))
    );
    assert_eq!(error["position"], 11);
    assert_eq!(server.ok("/api/v1/traces").await["traces"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_values_and_facets_are_given() {
    let server = filled().await;
    let labels = server.ok("/api/v1/labels?signal=spans").await;
    let model = labels["labels"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["name"] == "model")
        .unwrap();
    assert_eq!(
        (model["scope"].clone(), model["types"].clone()),
        (json!("item"), json!(["string"]))
    );
    assert_eq!(
        server.ok("/api/v1/labels?signal=samples").await["labels"],
        json!([])
    );
    let values = server
        .ok("/api/v1/labels/service.name/values?signal=spans")
        .await;
    assert_eq!(
        values["values"],
        json!([{ "value": "api", "count": 2 }, { "value": "planner", "count": 2 }])
    );
    let facets = server
        .ok("/api/v1/traces/facets?field=model&field=service.name")
        .await;
    assert_eq!(facets["facets"][0]["name"], "model");
    assert_eq!(
        facets["facets"][0]["values"],
        json!([{ "value": "large", "count": 1 }])
    );
    let usual = server.ok("/api/v1/traces/facets?service=planner").await;
    assert!(!usual["facets"].as_array().unwrap().is_empty());
}
