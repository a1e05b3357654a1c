//! Services, operations, histograms of spans, other orders of traces.

use crate::harness::{START, Server, attributes, keys, logs_of, span, spans_of};
use serde_json::{Value, json};

const RANGE: &str = "start=2026-11-20T10:15:00Z&end=2026-11-20T10:18:00Z";

fn trace(number: usize) -> String {
    format!("5b8efff798038103d269b6338{number:07x}")
}

/// Ten requests to "api", two of which failed, each with one call of "db"; one error in the log.
async fn filled() -> Server {
    let server = Server::start().await;
    let (mut requests, mut calls) = (Vec::new(), Vec::new());
    for number in 1..=10usize {
        let code = if number > 8 { 2 } else { 0 };
        let tier = ["gold", "iron"][number % 2];
        let request = json!({ "name": "GET /", "kind": 2, "status": { "code": code },
            "attributes": attributes(&[("tier", json!(tier))]) });
        let (start, length) = (number as i64 * 1000, number as i64 * 100);
        requests.push(span(
            &trace(number),
            "00f067aa0ba902b7",
            start,
            length,
            request,
        ));
        let call = json!({ "name": "SELECT", "kind": 3, "parentSpanId": "00f067aa0ba902b7" });
        calls.push(span(&trace(number), "00f067aa0ba902b8", start, 10, call));
    }
    server.send("/v1/traces", &spans_of("api", requests)).await;
    server.send("/v1/traces", &spans_of("db", calls)).await;
    let error = json!({ "timeUnixNano": (START + 5_000_000_000).to_string(),
        "severityNumber": 17, "body": { "stringValue": "broken" } });
    server.send("/v1/logs", &logs_of("api", vec![error])).await;
    server
}

fn close(value: &Value, expected: f64) {
    let number = value.as_f64().unwrap();
    assert!(
        (number - expected).abs() <= expected * 0.05,
        "{number} is not about {expected}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn services_and_operations_have_their_shapes() {
    let server = filled().await;
    let list = server.ok(&format!("/api/v1/services?{RANGE}")).await;
    assert_eq!(
        keys(&list),
        ["end", "more", "services", "start", "stats", "stepMs"]
    );
    assert_eq!(list["start"], "2026-11-20T10:15:00.000000000Z");
    assert_eq!(list["stepMs"], 5000.0);
    let api = &list["services"][0];
    assert_eq!(
        keys(api),
        [
            "entriesOnly",
            "errorLogs",
            "lastSeen",
            "name",
            "red",
            "slot",
            "spanCount"
        ]
    );
    assert_eq!(
        (&api["name"], &api["spanCount"]),
        (&json!("api"), &json!(10))
    );
    assert_eq!(
        (&api["entriesOnly"], &api["errorLogs"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(api["lastSeen"], "2026-11-20T10:15:30.000000000Z");
    let red = &api["red"];
    assert_eq!((&red["count"], &red["errorCount"]), (&json!(10), &json!(2)));
    close(&red["perMinute"], 10.0 / 3.0);
    assert_eq!(red["errorRate"], 0.2);
    close(&red["latency"]["p50"], 500.0);
    close(&red["latency"]["p95"], 1000.0);
    assert_eq!(red["latency"]["max"], 1000.0);
    let trend = red["trend"].as_array().unwrap();
    assert_eq!(trend.len(), 36);
    assert_eq!(
        (&trend[4], &trend[5], &trend[6], &trend[7]),
        (&json!(4), &json!(5), &json!(1), &json!(0))
    );
    let db = &list["services"][1];
    assert_eq!(
        (&db["name"], &db["entriesOnly"]),
        (&json!("db"), &json!(false))
    );
    assert_ne!(api["slot"], db["slot"]);

    let short = server
        .ok(&format!("/api/v1/services?limit=1&{RANGE}"))
        .await;
    assert_eq!(
        (short["services"].as_array().unwrap().len(), &short["more"]),
        (1, &json!(true))
    );

    let operations = server
        .ok(&format!("/api/v1/services/api/operations?{RANGE}"))
        .await;
    let get = &operations["operations"][0];
    assert_eq!(
        (&get["name"], &get["kind"]),
        (&json!("GET /"), &json!("SERVER"))
    );
    assert_eq!(get["red"]["errorCount"], 2);
    let none = server
        .ok(&format!("/api/v1/services/nobody/operations?{RANGE}"))
        .await;
    assert_eq!(none["operations"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_histogram_counts_splits_and_shows_durations() {
    let server = filled().await;
    let ask = |more: &str| format!("/api/v1/traces/histogram?{RANGE}&step=1m{more}");
    let all = server.ok(&ask("")).await;
    assert_eq!((&all["count"], &all["errorCount"]), (&json!(20), &json!(2)));
    assert_eq!(all["start"], "2026-11-20T10:15:00.000000000Z");
    assert_eq!(all["groups"][0]["counts"], json!([20, 0, 0]));
    assert_eq!(all["groups"][0]["errors"], json!([2, 0, 0]));
    assert!(all["groups"][0].get("value").is_none());
    let bounds: Vec<f64> = serde_json::from_value(all["durations"]["boundsMs"].clone()).unwrap();
    for bound in [100.0, 500.0, 1e3, 2.5e3, 5e3, 1e4, 3e4, 6e4, 1.2e5, 3e5] {
        assert!(bounds.contains(&bound), "{bound}");
    }
    let column = all["durations"]["columns"][0].as_array().unwrap();
    assert_eq!(column.len(), bounds.len() + 1);
    let of = |bound: f64| &column[bounds.iter().position(|one| *one == bound).unwrap()];
    assert_eq!(
        (of(10.0), of(100.0), of(500.0), of(1000.0)),
        (&json!(10), &json!(1), &json!(3), &json!(5))
    );
    assert_eq!(all["durations"]["columns"][1], json!([]));

    let split = server.ok(&ask("&by=service&entries=true")).await;
    assert_eq!(split["groups"][0]["value"], "api");
    assert_eq!(split["count"], 10);
    let cut = server
        .ok(&ask("&by=name&limit=1&q=%7B%20kind%20=%20client%20%7D"))
        .await;
    assert_eq!(
        (&cut["cut"], &cut["groups"][0]["value"]),
        (&json!(false), &json!("SELECT"))
    );

    for (query, field) in [
        ("start=now&end=now-1h", "start"),
        (
            "start=2026-11-20T10:15:00Z&end=2026-11-20T10:15:00Z",
            "start",
        ),
        ("start=now-1d&step=1s", "step"),
        ("step=0s", "step"),
        ("limit=0", "limit"),
        ("q=%7B%20traceDuration%20%3E%201s%20%7D", "q"),
    ] {
        let error = server
            .fails(&format!("/api/v1/traces/histogram?{query}"), 400)
            .await;
        assert_eq!(error["field"], field, "{query}: {error}");
        if field != "limit" && query != "step=0s" {
            assert!(error["hint"].is_string(), "{query}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_come_in_other_orders() {
    let server = filled().await;
    for (order, first) in [
        ("duration", 10),
        ("errors", 10),
        ("spans", 10),
        ("newest", 10),
    ] {
        let list = server
            .ok(&format!("/api/v1/traces?order={order}&limit=3"))
            .await;
        assert_eq!(list["traces"].as_array().unwrap().len(), 3);
        assert_eq!(list["traces"][0]["traceId"], trace(first), "{order}");
        if order == "newest" {
            assert!(list.get("scannedTraces").is_none());
            assert!(list["nextCursor"].is_string());
        } else {
            assert_eq!(list["scannedTraces"], 10);
            assert!(list.get("partial").is_none());
            assert!(list.get("nextCursor").is_none());
        }
    }
    let shortest = server
        .ok("/api/v1/traces?order=duration&max_duration=450ms&service=api")
        .await;
    assert_eq!(shortest["traces"][0]["traceId"], trace(4));
    let error = server
        .fails("/api/v1/traces?order=errors&cursor=x", 400)
        .await;
    assert_eq!(error["field"], "cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_tells_who_calls_whom() {
    let server = filled().await;
    let map = server.ok(&format!("/api/v1/services/map?{RANGE}")).await;
    assert_eq!(
        keys(&map),
        ["edges", "nodes", "sampled", "stats", "traceCount"]
    );
    assert_eq!(
        (&map["traceCount"], &map["sampled"]),
        (&json!(10), &json!(false))
    );
    let edge = &map["edges"][0];
    assert_eq!(
        (&edge["from"], &edge["to"], &edge["count"]),
        (&json!("service:api"), &json!("service:db"), &json!(10))
    );
    close(&edge["latency"]["p50"], 10.0);
    let node = &map["nodes"][0];
    assert_eq!(
        keys(node),
        ["errorCount", "id", "kind", "name", "slot", "spanCount"]
    );
    assert_eq!(
        (&node["id"], &node["errorCount"]),
        (&json!("service:api"), &json!(2))
    );
    let few = server
        .ok(&format!("/api/v1/services/map?traces=3&{RANGE}"))
        .await;
    assert_eq!(
        (&few["traceCount"], &few["sampled"]),
        (&json!(3), &json!(true))
    );
    let agents = server
        .ok(&format!("/api/v1/services/map?kind=agents&{RANGE}"))
        .await;
    assert_eq!(agents["nodes"], json!([]));
    let error = server.fails("/api/v1/services/map?kind=cats", 400).await;
    assert_eq!(error["field"], "kind");
}
