//! `/api/v1/traces/{id}/outline`, `/api/v1/traces/{id}/spans/{span_id}`, `/api/v1/colour-slots`.

use crate::harness::{Server, Setup, attributes, span, spans_of};
use serde_json::{Value, json};

const TRACE: &str = "11111111111111111111111111111111";
const OTHER: &str = "22222222222222222222222222222222";

fn id(number: u64) -> String {
    format!("{number:016x}")
}

/// A span of `TRACE`: number, parent, start and length in milliseconds, name, attributes.
fn below(
    number: u64,
    parent: u64,
    times: (i64, i64),
    name: &str,
    pairs: &[(&str, Value)],
) -> Value {
    let parent = if parent == 0 {
        String::new()
    } else {
        id(parent)
    };
    let extra = json!({ "parentSpanId": parent, "name": name, "attributes": attributes(pairs) });
    span(TRACE, &id(number), times.0, times.1, extra)
}

async fn with_agents() -> Server {
    let server = Server::start().await;
    let task = [
        ("agent.type", json!("Coder")),
        ("gen_ai.operation.name", json!("invoke_agent")),
        ("gen_ai.usage.input_tokens", json!(150)),
        ("task.id", json!("task-7")),
    ];
    let chat = [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.request.model", json!("gpt-5")),
        ("gen_ai.usage.input_tokens", json!(150)),
        ("gen_ai.usage.cache_read.input_tokens", json!(50)),
        ("gen_ai.usage.output_tokens", json!(20)),
        ("gen_ai.usage.cost", json!(0.25)),
    ];
    let mut tool = below(
        4,
        2,
        (60, 20),
        "agent.read_file",
        &[("file.path", json!("src/a.rs"))],
    );
    tool["status"] = json!({ "code": 2 });
    tool["events"] = json!([{ "name": "exception", "timeUnixNano": "1" }, { "name": "x" }]);
    let spans = vec![
        below(1, 0, (0, 100), "workflow.execute", &[]),
        below(2, 1, (10, 80), "agent.execute_task", &task),
        below(3, 2, (20, 30), "llm_call", &chat),
        tool,
    ];
    server
        .send("/v1/traces", &spans_of("orchestrator", spans))
        .await;
    let lone = below(9, 99, (120, 10), "late", &[]);
    server
        .send("/v1/traces", &spans_of("worker", vec![lone]))
        .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outline_says_everything_but_attributes() {
    let server = with_agents().await;
    let outline = server.ok(&format!("/api/v1/traces/{TRACE}/outline")).await;
    assert_eq!(outline["name"], "workflow.execute");
    assert_eq!(outline["complete"], true);
    assert_eq!(outline["status"], "ERROR");
    assert_eq!(outline["durationMs"], 130.0);
    assert_eq!(outline["spanCount"], 5);
    assert_eq!(outline["cut"], false);
    let spans = &outline["spans"];
    let ids = [1, 2, 3, 4, 9].map(id);
    assert_eq!(spans["id"], json!(ids));
    assert_eq!(spans["parent"], json!([-1, 0, 1, 1, -2]));
    assert_eq!(spans["startMs"], json!([0.0, 10.0, 20.0, 60.0, 120.0]));
    assert_eq!(spans["durationMs"], json!([100.0, 80.0, 30.0, 20.0, 10.0]));
    assert_eq!(spans["agent"], json!([-1, 0, 0, 0, -1]));
    assert_eq!(spans["service"], json!([0, 0, 0, 0, 1]));
    assert_eq!(spans["children"], json!([1, 2, 0, 0, 0]));
    assert_eq!(spans["below"], json!([3, 2, 0, 0, 0]));
    assert_eq!(spans["errorsBelow"], json!([1, 1, 0, 0, 0]));
    assert_eq!(spans["role"], json!([4, 3, 1, 2, 0]));
    assert_eq!(spans["events"], json!([0, 0, 0, 2, 0]));
    assert_eq!(
        spans["detail"],
        json!(["", "task-7", "gpt-5", "src/a.rs", ""])
    );
    let usage = json!({
        "modelCalls": 1, "toolCalls": 1, "inputTokens": 150, "cachedTokens": 50,
        "outputTokens": 20, "costUsd": 0.25,
    });
    assert_eq!(outline["usage"], usage);
    assert_eq!(outline["agents"][0]["name"], "Coder");
    assert_eq!(outline["agents"][0]["spanCount"], 3);
    assert_eq!(outline["agents"][0]["usage"], usage);
    let path = outline["criticalPath"].as_array().unwrap();
    let rows: Vec<&Value> = path.iter().map(|segment| &segment["span"]).collect();
    assert_eq!(rows, [0, 1, 2, 1, 3, 1, 0, 4]);
    assert_eq!(
        path[7],
        json!({ "span": 4, "startMs": 120.0, "endMs": 130.0 })
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_traces_come_level_by_level_and_the_rest_by_subtree() {
    let server = with_agents().await;
    let path = format!("/api/v1/traces/{TRACE}/outline");
    let cut = server.ok(&format!("{path}?limit=3")).await;
    assert_eq!(cut["cut"], true);
    assert_eq!(cut["spans"]["id"], json!([1, 2, 9].map(id)));
    assert_eq!(cut["spans"]["below"], json!([3, 2, 0]));
    let rows: Vec<i64> = cut["criticalPath"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| segment["span"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [0, 1, -1, 1, -1, 1, 0, 2]);
    let root = id(2);
    let rest = server.ok(&format!("{path}?root={root}&skip=1")).await;
    assert_eq!(rest["spans"]["id"], json!([2, 4].map(id)));
    assert_eq!(rest["spans"]["parent"], json!([-1, 0]));
    assert_eq!(rest["spans"]["startMs"], json!([10.0, 60.0]));
    assert_eq!(
        (&rest["cut"], &rest["spanCount"]),
        (&json!(false), &json!(5))
    );

    let error = server.fails(&format!("{path}?root={}", id(77)), 404).await;
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains(TRACE) && message.contains(&id(77)),
        "{message}"
    );
    server.fails(&format!("{path}?skip=1"), 400).await;
    server.fails(&format!("{path}?limit=0"), 400).await;
    server.fails(&format!("{path}?limit=200001"), 400).await;
    server
        .fails(&format!("/api/v1/traces/{OTHER}/outline"), 404)
        .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_span_comes_with_its_large_values() {
    let server = with_agents().await;
    let long = "x".repeat(10_000);
    let large = below(5, 1, (90, 5), "big", &[("text", json!(long))]);
    server
        .send("/v1/traces", &spans_of("orchestrator", vec![large]))
        .await;
    let path = format!("/api/v1/traces/{TRACE}/spans/{}", id(5));
    let full = server.ok(&path).await;
    assert_eq!(full["traceId"], TRACE);
    assert_eq!(full["span"]["operationName"], "big");
    assert_eq!(full["span"]["parentSpanId"], id(1));
    assert_eq!(full["span"]["attributes"]["text"], long);
    assert_eq!(full["origin"]["attributes"]["service.name"], "orchestrator");
    assert_eq!(full["instrumentation"]["name"], "lib");
    let preview = server.ok(&format!("{path}?values=preview")).await;
    assert_eq!(
        preview["span"]["attributes"]["text"]["$ref"]["bytes"],
        10_000
    );
    let error = server
        .fails(&format!("/api/v1/traces/{TRACE}/spans/{}", id(77)), 404)
        .await;
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains(TRACE) && message.contains(&id(77)),
        "{message}"
    );
    server
        .fails(&format!("/api/v1/traces/{OTHER}/spans/{}", id(1)), 404)
        .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn colour_slots_are_the_same_everywhere_and_after_a_restart() {
    let server = with_agents().await;
    let slots = server.ok("/api/v1/colour-slots?name=worker&name=api").await;
    assert_eq!(slots, json!({ "slots": { "api": 0, "worker": 1 } }));
    let outline = server.ok(&format!("/api/v1/traces/{TRACE}/outline")).await;
    assert_eq!(outline["services"][0]["name"], "orchestrator");
    assert_eq!(outline["services"][0]["slot"], 2);
    assert_eq!(outline["services"][1]["slot"], 1);
    let agents = server.ok("/api/v1/colour-slots?kind=agent").await;
    assert_eq!(agents, json!({ "slots": { "Coder": 0 } }));
    server.fails("/api/v1/colour-slots?kind=planet", 400).await;
    let many = "name=a&".repeat(101);
    server
        .fails(&format!("/api/v1/colour-slots?{many}"), 400)
        .await;
    let dir = server.stop().await;
    let again = Server::on(dir, &Setup::default()).await.unwrap();
    let slots = again.ok("/api/v1/colour-slots").await;
    assert_eq!(
        slots,
        json!({ "slots": { "api": 0, "worker": 1, "orchestrator": 2 } })
    );
    again.stop().await;
}
