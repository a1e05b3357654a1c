//! `/api/v1/logs/patterns`, `/api/v1/resolve/{id}`, `/api/v1/ingest`, `/api/v1/configuration`.

use crate::harness::{Server, Setup, attributes, keys, logs_of, record, span, spans_of};
use serde_json::{Value, json};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const SPAN: &str = "00f067aa0ba902b7";

#[tokio::test(flavor = "multi_thread")]
async fn patterns_come_with_queries_that_find_their_lines() {
    let server = Server::start().await;
    let mut records: Vec<Value> = (0..20)
        .map(|number| {
            record(
                number,
                9,
                &format!("task t-{number} \"{number}\" done"),
                &[],
            )
        })
        .collect();
    records.push(record(30, 17, "disk full", &[]));
    server.send("/v1/logs", &logs_of("planner", records)).await;
    let list = server.ok("/api/v1/logs/patterns?service=planner").await;
    assert_eq!(
        (&list["lines"], &list["sampled"]),
        (&json!(21), &json!(false))
    );
    let first = &list["patterns"][0];
    assert_eq!(first["pattern"], "task t-<*> \"<*>\" done");
    assert_eq!(
        (&first["count"], &first["severity"]),
        (&json!(20), &json!(9))
    );
    assert_eq!(first["trend"].as_array().unwrap().len(), 30);
    assert_eq!(list["patterns"][1]["query"], "|= \"disk full\"");
    let query = format!("{{}} {}", first["query"].as_str().unwrap());
    let escaped: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let (status, found) = server.get(&format!("/api/v1/logs?q={escaped}")).await;
    assert_eq!((status, found["logs"].as_array().unwrap().len()), (200, 20));
    let errors = server
        .ok("/api/v1/logs/patterns?severity=ERROR&limit=1&lines=5")
        .await;
    assert_eq!(errors["patterns"].as_array().unwrap().len(), 1);
    server.fails("/api/v1/logs/patterns?lines=0", 400).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_every_kind_lead_somewhere() {
    let server = Server::start().await;
    let pairs = attributes(&[("run_id", json!("run-7"))]);
    let root = span(
        TRACE,
        SPAN,
        0,
        5,
        json!({ "name": "root", "attributes": pairs }),
    );
    server
        .send("/v1/traces", &spans_of("planner", vec![root]))
        .await;
    let log = record(0, 9, "hello", &[("correlation_id", json!("corr-1"))]);
    server
        .send("/v1/logs", &logs_of("planner", vec![log]))
        .await;
    let lone = span("tr-alias-1", "sp-1", 0, 5, json!({}));
    server
        .send("/v1/traces", &spans_of("api", vec![lone]))
        .await;

    let kinds = async |id: &str| -> Vec<String> {
        let found = server.ok(&format!("/api/v1/resolve/{id}")).await;
        let matches = found["matches"].as_array().unwrap().clone();
        matches
            .iter()
            .map(|one| one["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(TRACE).await, ["trace"]);
    assert_eq!(kinds(&TRACE.to_uppercase()).await, ["trace"]);
    assert_eq!(kinds(SPAN).await, ["span"]);
    assert_eq!(kinds("run-7").await, ["run_id"]);
    assert_eq!(kinds("corr-1").await, ["correlation_id"]);
    assert_eq!(kinds("tr-alias-1").await, ["trace"]);
    assert_eq!(kinds("sp-1").await, ["span"]);
    assert_eq!(
        kinds(&format!("00-{TRACE}-{SPAN}-01")).await,
        ["span", "trace"]
    );
    assert!(kinds("nothing-of-this-name").await.is_empty());
    let found = server.ok(&format!("/api/v1/resolve/{TRACE}")).await;
    let trace = &found["matches"][0];
    assert_eq!(
        (&trace["traceId"], &trace["name"]),
        (&json!(TRACE), &json!("root"))
    );
    assert_eq!(trace["service"], "planner");
    let log = server.ok("/api/v1/logs").await["logs"][0]["id"].clone();
    assert_eq!(kinds(log.as_str().unwrap()).await, ["log"]);
    server
        .fails(&format!("/api/v1/resolve/{}", "x".repeat(257)), 400)
        .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ingest_tells_what_came_and_what_was_refused() {
    let server = Server::start().await;
    let good = span(TRACE, SPAN, 0, 5, json!({}));
    server
        .send("/v1/traces", &spans_of("planner", vec![good]))
        .await;
    let bad = span("", SPAN, 0, 5, json!({}));
    let url = format!("http://{}/v1/traces", server.addresses.otlp_http.unwrap());
    let request = server
        .client
        .post(url)
        .json(&spans_of("planner", vec![bad]));
    crate::harness::answer(request).await;
    let status = server.ok("/api/v1/ingest").await;
    let flow = status["flows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|flow| flow["signal"] == "spans");
    let flow = flow.unwrap();
    assert_eq!(
        (&flow["accepted"], &flow["refused"]),
        (&json!(1), &json!(1))
    );
    assert!(flow["perSecond"].as_f64().unwrap() > 0.0);
    assert_eq!(flow["minutes"], json!([1]));
    let refusal = &status["refusals"][0];
    assert_eq!(
        (&refusal["what"], &refusal["reason"]),
        (&json!("spans"), &json!("trace id is missing"))
    );
    assert!(!refusal["hint"].as_str().unwrap().is_empty());
    for limit in status["limits"].as_array().unwrap() {
        assert!(limit["used"].as_f64().is_some(), "{limit}");
        assert!(limit["key"].as_str().unwrap().contains('.'), "{limit}");
    }
    let connections = status["limits"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["unit"] == "count");
    assert!(connections.unwrap()["used"].as_f64().unwrap() >= 1.0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_is_shown_without_secrets() {
    let setup = Setup {
        config: "auth:\n  tokens:\n    - name: ui\n      token: sesame-sesame-sesame\n      scopes: [read]\nquery:\n  timeout: 45s\nexport:\n  formats: [json]".to_owned(),
        env: [("TACHO_QUERY__MAX_GROUPS".to_owned(), "99".to_owned())].into(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let shown = server.ok("/api/v1/configuration").await;
    assert_eq!(keys(&shown), ["file", "keys", "loadedAt", "warnings"]);
    assert!(shown["file"].as_str().unwrap().ends_with("tacho.yaml"));
    assert!(
        shown["warnings"][0]
            .as_str()
            .unwrap()
            .contains("export.formats")
    );
    assert!(!shown.to_string().contains("sesame"));
    let key = |shown: &Value, name: &str| {
        let keys = shown["keys"].as_array().unwrap();
        let found = keys.iter().find(|key| key["key"] == name).unwrap();
        (
            found["value"].as_str().unwrap().to_owned(),
            found["source"].as_str().unwrap().to_owned(),
        )
    };
    let is = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    assert_eq!(key(&shown, "query.timeout"), is("45s", "file"));
    assert_eq!(key(&shown, "query.max_groups"), is("99", "environment"));
    assert_eq!(key(&shown, "stream.max_streams"), is("256", "default"));
    assert_eq!(key(&shown, "otlp.grpc.listen"), is("127.0.0.1:0", "flag"));

    let lines = "query:\n  timeout: 50s\nstream:\n  max_streams: 9";
    crate::harness::write_config(&server.dir.path().join("tacho.yaml"), lines);
    let (status, _) = server.admin(reqwest::Method::POST, "/api/v1/reload").await;
    assert_eq!(status, 200);
    let shown = server.ok("/api/v1/configuration").await;
    assert_eq!(key(&shown, "query.timeout"), is("50s", "file"));
    // It needs a start, so it is not in force.
    assert_eq!(key(&shown, "stream.max_streams"), is("256", "default"));
    assert_eq!(shown["warnings"], json!([]));
    server.stop().await;
}
