//! Log records: pages, counts, facets, one by id, context, series.

use crate::harness::{Server, keys, logs_of, record};
use serde_json::{Value, json};

async fn filled() -> Server {
    let server = Server::start().await;
    let mut records = Vec::new();
    for n in 0..10 {
        let severity = if n % 5 == 0 { 17 } else { 9 };
        let task = format!("t-{}", n % 2);
        records.push(record(
            n * 1000,
            severity,
            &format!("step {n} done"),
            &[("task_id", json!(task))],
        ));
    }
    server.send("/v1/logs", &logs_of("planner", records)).await;
    let other = record(2500, 13, "other service", &[]);
    server.send("/v1/logs", &logs_of("api", vec![other])).await;
    server
}

fn bodies(list: &Value) -> Vec<&str> {
    list["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["body"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_their_shape_and_every_condition_works() {
    let server = filled().await;
    let list = server.ok("/api/v1/logs?limit=2").await;
    assert_eq!(
        keys(&list),
        ["logs", "nextCursor", "resources", "scopes", "stats"]
    );
    assert_eq!(bodies(&list), ["step 9 done", "step 8 done"]);
    let log = &list["logs"][0];
    assert_eq!(
        keys(log),
        [
            "attributes",
            "body",
            "id",
            "resource",
            "scope",
            "serviceName",
            "severity",
            "severityNumber",
            "timestamp"
        ]
    );
    assert_eq!(log["timestamp"], "2026-11-20T10:15:29.000000000Z");
    assert_eq!(log["id"].as_str().unwrap().len(), 16);
    let next = list["nextCursor"].as_str().unwrap();
    let second = server
        .ok(&format!("/api/v1/logs?limit=2&cursor={next}"))
        .await;
    assert_eq!(bodies(&second), ["step 7 done", "step 6 done"]);
    for (query, expected) in [
        ("service=api", 1),
        ("severity=WARN", 3),
        ("severity=error", 2),
        ("attr=task_id%3Dt-1", 5),
        (
            "q=%7Bservice_name%3D%22planner%22%7D%20%7C%3D%20%22step%203%22",
            1,
        ),
        ("start=2026-11-20T10:15:25Z", 5),
        ("order=oldest&limit=1", 1),
    ] {
        let list = server.ok(&format!("/api/v1/logs?{query}")).await;
        assert_eq!(bodies(&list).len(), expected, "{query}");
    }
    assert_eq!(
        server.fails("/api/v1/logs?severity=loud", 400).await["field"],
        "severity"
    );
    assert_eq!(server.fails("/api/v1/logs?q=%7B", 400).await["field"], "q");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_has_a_permalink_and_a_context() {
    let server = filled().await;
    let list = server
        .ok("/api/v1/logs?q=%7Bservice_name%3D%22planner%22%7D%20%7C%3D%20%22step%203%22")
        .await;
    let id = list["logs"][0]["id"].as_str().unwrap();
    let one = server.ok(&format!("/api/v1/logs/{id}")).await;
    assert_eq!(one["body"], "step 3 done");
    assert_eq!(
        one["resource"],
        json!({ "attributes": { "service.name": "planner" } })
    );
    let context = server
        .ok(&format!("/api/v1/logs/{id}/context?before=1&after=2"))
        .await;
    assert_eq!(
        bodies(&context),
        ["step 2 done", "step 3 done", "step 4 done", "step 5 done"]
    );
    assert_eq!(context["index"], 1);
    let all = server
        .ok(&format!(
            "/api/v1/logs/{id}/context?before=1&after=0&stream=all"
        ))
        .await;
    assert_eq!(bodies(&all), ["other service", "step 3 done"]);
    server.fails("/api/v1/logs/ffffffffffffffff", 404).await;
    assert_eq!(
        server.fails("/api/v1/logs/nonsense", 400).await["field"],
        "id"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_counted_over_time_and_by_name() {
    let server = filled().await;
    let plain = server.ok("/api/v1/logs/count").await;
    assert_eq!(
        (plain["count"].clone(), plain["groups"].clone()),
        (json!(11), json!([]))
    );
    let steps = server.ok("/api/v1/logs/count?step=5s").await;
    assert_eq!(
        steps["groups"],
        json!([
            { "time": "2026-11-20T10:15:20.000000000Z", "count": 6 },
            { "time": "2026-11-20T10:15:25.000000000Z", "count": 5 },
        ])
    );
    let split = server.ok("/api/v1/logs/count?by=task_id").await;
    assert_eq!(split["count"], 11);
    let groups = split["groups"].as_array().unwrap();
    assert!(
        groups.contains(&json!({ "value": "t-1", "count": 5 })),
        "{groups:?}"
    );
    assert!(groups.contains(&json!({ "count": 1 })), "{groups:?}");
    assert_eq!(
        server.fails("/api/v1/logs/count?step=0s", 400).await["field"],
        "step"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_labels_and_series_of_logs_are_given() {
    let server = filled().await;
    let facets = server.ok("/api/v1/logs/facets?field=task_id").await;
    let facet = &facets["facets"][0];
    assert_eq!(facet["name"], "task_id");
    assert_eq!(facet["values"].as_array().unwrap().len(), 2);
    assert_eq!(facet["absentCount"], 1);
    let values = server
        .ok("/api/v1/labels/task_id/values?signal=logs&prefix=t-1")
        .await;
    assert_eq!(values["values"], json!([{ "value": "t-1", "count": 5 }]));
    let series = server
        .ok("/api/v1/series?match=%7Bservice_name%3D%22api%22%7D")
        .await;
    assert_eq!(series["series"], json!([{ "service.name": "api" }]));
    assert_eq!(series["more"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_given_out_as_otlp_again() {
    let server = filled().await;
    let otlp = server.ok("/api/v1/logs?format=otlp&order=oldest").await;
    let listed = server.ok("/api/v1/logs?order=oldest").await;
    let records: Vec<&Value> = otlp["resourceLogs"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["scopeLogs"].as_array().unwrap())
        .flat_map(|scope| scope["logRecords"].as_array().unwrap())
        .collect();
    assert_eq!(records.len(), listed["logs"].as_array().unwrap().len());
    let mut given: Vec<&str> = records
        .iter()
        .filter_map(|record| record["body"]["stringValue"].as_str())
        .collect();
    let mut expected = bodies(&listed);
    given.sort_unstable();
    expected.sort_unstable();
    assert_eq!(given, expected);
    assert!(records[0]["timeUnixNano"].is_string(), "{}", records[0]);
}
