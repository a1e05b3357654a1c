//! The API of Prometheus over what one OTLP payload left, and our own endpoints of metrics.

use crate::harness::Server;
use crate::metrics::{encoded, fed, query};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_api_of_prometheus_has_its_shapes() {
    let (server, now) = fed().await;
    let base = "/prometheus/api/v1";
    let range = server
        .ok(&format!(
            "{base}/query_range?query=workflows_active&start={}&end={now}&step=60&stats=all",
            now - 60
        ))
        .await;
    assert_eq!(range["status"], "success");
    assert_eq!(range["data"]["resultType"], "matrix");
    let values = range["data"]["result"][0]["values"].as_array().unwrap();
    assert_eq!(values.len(), 2);
    assert_eq!(values[1], json!([now, "1.5"]));
    assert!(range["data"]["stats"]["samples"]["totalQueryableSamples"].as_u64() > Some(0));

    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_facts_about_the_server_have_the_shapes_of_prometheus() {
    let (server, _) = fed().await;
    let base = "/prometheus/api/v1";
    let names = server.ok(&format!("{base}/label/__name__/values")).await;
    let names = names["data"].as_array().unwrap();
    assert!(names.contains(&json!("workflow_runs_total")));
    let labels = server
        .ok(&format!("{base}/labels?match[]=team_spend_usd"))
        .await;
    assert!(labels["data"].as_array().unwrap().contains(&json!("team")));
    let series = server
        .ok(&format!(
            "{base}/series?match[]=workflow_runs_total&limit=1"
        ))
        .await;
    assert_eq!(series["data"].as_array().unwrap().len(), 1);
    assert_eq!(series["warnings"][0], "results truncated due to limit");
    let metadata = server
        .ok(&format!(
            "{base}/metadata?metric=workflow_duration_milliseconds"
        ))
        .await;
    assert_eq!(
        metadata["data"]["workflow_duration_milliseconds"][0]["type"],
        "histogram"
    );
    let tsdb = server.ok(&format!("{base}/status/tsdb")).await;
    assert!(tsdb["data"]["headStats"]["numSeries"].as_u64() > Some(20));
    for path in [
        "status/config",
        "status/flags",
        "status/runtimeinfo",
        "status/buildinfo",
        "status/walreplay",
        "rules",
        "alerts",
        "alertmanagers",
        "targets",
        "scrape_pools",
        "targets/metadata",
        "features",
    ] {
        let answer = server.ok(&format!("{base}/{path}")).await;
        assert_eq!(answer["status"], "success", "{path}");
    }
    let formatted = server
        .ok(&format!(
            "{base}/format_query?query={}",
            encoded("sum(a)  by(b)")
        ))
        .await;
    assert_eq!(formatted["data"], "sum by (b) (a)");
    let tree = server.ok(&format!("{base}/parse_query?query=up")).await;
    assert_eq!(tree["data"]["type"], "vectorSelector");
    // POST with a form.
    let posted = server
        .client
        .post(server.url(&format!("{base}/query")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("query=workflows_active")
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_in_the_words_of_prometheus() {
    let server = Server::start().await;
    let base = "/prometheus/api/v1";
    for (path, status, error_type, message) in [
        (
            "query?query=1%2B",
            400,
            "bad_data",
            "invalid parameter \"query\": 1:3: parse error: unexpected end of input",
        ),
        (
            "query?query=up&time=x",
            400,
            "bad_data",
            "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp",
        ),
        (
            "query_range?query=up&start=10&end=5&step=1",
            400,
            "bad_data",
            "invalid parameter \"end\": end timestamp must not be before start time",
        ),
        (
            "query_range?query=up&start=1&end=5&step=0",
            400,
            "bad_data",
            "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer",
        ),
        (
            "query_range?query=up&start=1&end=50000&step=1",
            400,
            "bad_data",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
        ("series", 400, "bad_data", "no match[] parameter provided"),
        (
            "series?match[]={}",
            400,
            "bad_data",
            "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher",
        ),
        (
            "query?query=up&limit=-1",
            400,
            "bad_data",
            "invalid parameter \"limit\": limit must be non-negative",
        ),
    ] {
        let (found, body) = server.get(&format!("{base}/{path}")).await;
        assert_eq!(found, status, "{path}: {body}");
        assert_eq!(body["status"], "error");
        assert_eq!(body["errorType"], error_type, "{path}");
        assert_eq!(body["error"], message, "{path}");
    }
    // Switched off unless the configuration says so, and never without a token.
    let path = format!("{base}/admin/tsdb/delete_series?match[]=up");
    let url = server.url(&path);
    let denied = server.client.post(&url).send().await.unwrap();
    assert_eq!(denied.status(), 401);
    let (status, body) = server.admin(reqwest::Method::POST, &path).await;
    assert_eq!(
        (status, &body["error"]),
        (503, &json!("admin APIs disabled"))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn series_can_be_deleted_where_it_is_switched_on() {
    let (server, _) = fed().await;
    let path = "/prometheus/api/v1/admin/tsdb/delete_series?match[]=workflow_runs_total";
    let (status, body) = server.admin(reqwest::Method::POST, path).await;
    assert_eq!(status, 204, "{body}");
    assert_eq!(query(&server, "workflow_runs_total").await, json!([]));
    assert_ne!(query(&server, "workflows_active").await, json!([]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_endpoints_give_values_history_and_cardinality() {
    let (server, now) = fed().await;
    let snapshot = server
        .ok("/api/v1/metrics?match=workflow_duration_milliseconds_count")
        .await;
    let family = &snapshot["metrics"][0];
    assert_eq!(family["name"], "workflow_duration_milliseconds");
    assert_eq!(
        (&family["type"], &family["unit"]),
        (&json!("histogram"), &json!("ms"))
    );
    assert_eq!(family["otlpName"], "workflow.duration");
    assert_eq!(family["series"][0]["value"], 8.0);

    let text = server
        .ok("/api/v1/metrics/prometheus?match=team_spend_usd")
        .await;
    let text = text.as_str().unwrap();
    assert!(text.contains("# TYPE team_spend_usd gauge\n"), "{text}");
    assert!(text.contains("team=\"core\"} 1.5 "), "{text}");

    let history = server
        .ok(&format!("/api/v1/metrics/history?start={}&end={now}&step=60s&metrics=workflows_active,agent_retry_count", now - 60))
        .await;
    let series = history["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "{history}");
    assert_eq!(series[0]["points"].as_array().unwrap().len(), 2);
    server
        .fails("/api/v1/metrics/history?metrics=up", 400)
        .await;

    let body = json!({"queries": [
        {"id": "a", "expr": "sum(workflow_runs_total)"},
        {"id": "b", "expr": "sum(workflow_runs_total)", "start": (now - 60).to_string(), "end": now.to_string(), "step": "60s"},
        {"id": "c", "expr": "sum("},
    ]});
    let (status, results) = crate::harness::answer(
        server
            .client
            .post(server.url("/api/v1/metrics/query"))
            .json(&body),
    )
    .await;
    assert_eq!(status, 200, "{results}");
    let results = &results["results"];
    assert_eq!(results["a"]["data"]["result"][0]["value"][1], "40");
    assert_eq!(results["b"]["data"]["resultType"], "matrix");
    assert_eq!(results["c"]["errorType"], "bad_data");

    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_endpoints_tell_what_series_there_are() {
    let (server, _) = fed().await;
    let cardinality = server.ok("/api/v1/metrics/cardinality?limit=3").await;
    assert_eq!(cardinality["byName"].as_array().unwrap().len(), 3);
    let status = server.ok("/api/v1/status").await;
    assert!(status["signals"]["samples"]["items"].as_u64() > Some(50));
    assert!(status["signals"]["samples"]["series"].as_u64() > Some(20));
    let labels = server
        .ok("/api/v1/labels?signal=samples&match=team_spend_usd")
        .await;
    let names: Vec<&str> = labels["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| label["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"team") && !names.contains(&"workflow_id"),
        "{names:?}"
    );
    let values = server
        .ok("/api/v1/labels/status/values?signal=samples&match=workflow_runs_total&prefix=S")
        .await;
    assert_eq!(values["values"][0]["value"], "SUCCESS");
    let series = server
        .ok("/api/v1/series?signal=samples&match=workflow_runs_total&limit=1")
        .await;
    assert_eq!(
        (series["series"].as_array().unwrap().len(), &series["more"]),
        (1, &json!(true))
    );
    let targets = server.ok("/api/v1/targets").await;
    assert_eq!(targets, json!({"targets": []}));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_of_the_past_are_imported() {
    let server = Server::start().await;
    let text = "# TYPE old gauge\nold{x=\"1\"} 1 1000000000\nold{x=\"1\"} 2 1000000060\n# EOF\n";
    let import = |body: &'static str| {
        server
            .client
            .post(server.url("/api/v1/import/openmetrics?import_id=t&part=1"))
            .bearer_auth(server.token())
            .header(
                "content-type",
                "application/openmetrics-text; version=1.0.0",
            )
            .body(body)
    };
    for _ in 0..2 {
        let (status, report) = crate::harness::answer(import(text)).await;
        assert_eq!(status, 200, "{report}");
        assert_eq!(
            (&report["samples"], &report["refused"]),
            (&json!(2), &json!(0))
        );
    }
    let path = "/prometheus/api/v1/query?query=old&time=1000000061";
    let found = server.ok(path).await;
    assert_eq!(found["data"]["result"][0]["value"][1], "2");
    let (status, report) =
        crate::harness::answer(import("old{x=\"1\"} 3 1000000120\nold 1\n# EOF\n")).await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(
        (&report["samples"], &report["refused"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["reason"], "line 2: the sample has no time");
    let (status, body) = crate::harness::answer(import("old{ 1\n# EOF\n")).await;
    assert_eq!((status, &body["error"]["kind"]), (400, &json!("invalid")));
    let unsigned = server
        .client
        .post(server.url("/api/v1/import/openmetrics"))
        .body(text)
        .send()
        .await;
    assert_eq!(unsigned.unwrap().status(), 401);
    server.stop().await;
}
