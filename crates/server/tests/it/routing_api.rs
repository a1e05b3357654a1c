//! Routes, silences and escalation through our own API.

use crate::alert_world::{Changes as _, server};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_tells_who_gets_what_and_how_channels_fare() {
    let (server, _) = server().await;
    server
        .fire(&json!({ "alertname": "Down", "severity": "critical", "service": "s" }))
        .await;
    server
        .fire(&json!({ "alertname": "Slow", "severity": "warning", "service": "s" }))
        .await;
    let failing =
        |tree: &Value| tree["receivers"][1]["integrations"][0]["health"] == json!("failing");
    let tree = server.until("/api/v1/routes", failing).await;
    assert!(
        tree["source"]
            .as_str()
            .unwrap()
            .ends_with("alertmanager.yml"),
        "{tree}"
    );
    let hook = &tree["receivers"][0]["integrations"][0];
    assert_eq!(
        (&hook["kind"], &hook["health"]),
        (&json!("webhook"), &json!("working"))
    );
    assert_eq!(tree["route"]["routes"][0]["mutedNow"], true);
    assert_eq!(tree["route"]["routes"][1]["firing"], 1);
    assert_eq!(tree["route"]["firing"], 1);
    assert_eq!(tree["inhibitRules"][0]["hiddenNow"], 1);
    assert_eq!(tree["timeIntervals"][0]["activeNow"], true);
    assert_eq!(tree["suppressions"][0]["name"], "known");
    let slow = server.ok("/api/v1/alerts?text=slow").await;
    assert_eq!(slow["alerts"][0]["hidden"][0]["by"], "inhibition");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_of_labels_is_told_step_by_step() {
    let (server, _) = server().await;
    let test = |labels: Value| {
        let server = &server;
        async move {
            server
                .posted("/api/v1/routes/test", &json!({ "labels": labels }))
                .await
        }
    };
    let way = test(json!({ "alertname": "X", "severity": "critical" })).await;
    assert_eq!(way["receivers"], json!(["oncall", "hook"]));
    let steps = way["steps"].as_array().unwrap();
    let first = &steps[1];
    assert_eq!(
        (&first["matched"], &first["failed"]["name"]),
        (&json!(false), &json!("team"))
    );
    assert_eq!(steps[2]["finalRoute"], true);
    assert_eq!(
        steps[2]["groupKey"],
        "{}/{severity=~\"critical|HIGH\"}:{alertname=\"X\"}"
    );
    assert_eq!(way["escalation"], "loud");
    let on_call = way["onCall"][0].as_str().unwrap();
    assert!(["ann", "bob"].contains(&on_call));
    let way = test(json!({ "alertname": "Noise", "team": "night" })).await;
    let by: Vec<&Value> = way["hidden"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["by"])
        .collect();
    assert_eq!(by, [&json!("suppression"), &json!("muteTime")]);
    assert_eq!(server.post("/api/v1/routes/test", &json!({})).await.0, 400);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silences_hide_and_end() {
    let (server, received) = server().await;
    let matchers = json!([{ "name": "alertname", "op": "=~", "value": "Loud|Louder" }]);
    let preview = json!({ "matchers": matchers });
    server.fire(&json!({ "alertname": "Quiet" })).await;
    let mut silence = json!({ "matchers": matchers, "duration": "2h", "createdBy": "ann",
        "comment": "planned work" });
    let made = server.posted("/api/v1/silences", &silence).await;
    assert_eq!(
        (&made["state"], &made["hides"]),
        (&json!("active"), &json!(0))
    );
    let id = made["id"].as_str().unwrap().to_owned();
    server.fire(&json!({ "alertname": "Loud" })).await;
    let hidden = |list: &Value| list["counts"]["hidden"] == json!(1);
    let list = server.until("/api/v1/alerts?hidden=true", hidden).await;
    let why = &list["alerts"][0]["hidden"][0];
    assert_eq!(
        (&why["id"], &why["text"]),
        (&json!(id), &json!("planned work (ann)"))
    );
    assert_eq!(
        server.posted("/api/v1/silences/preview", &preview).await["total"],
        1
    );
    let list = server.ok("/api/v1/silences").await;
    assert_eq!(list["silences"][0]["hides"], 1);

    // Longer: the same one; other matchers: another one.
    silence["id"] = json!(id);
    silence["duration"] = json!("3h");
    assert_eq!(
        server.posted("/api/v1/silences", &silence).await["id"],
        json!(id)
    );
    let ended = server.delete(&format!("/api/v1/silences/{id}")).await;
    assert_eq!((ended.0, &ended.1["state"]), (200, &json!("expired")));
    assert_eq!(server.ok("/api/v1/silences").await["silences"], json!([]));
    let expired = server.ok("/api/v1/silences?state=expired").await;
    assert_eq!(expired["silences"].as_array().unwrap().len(), 1);
    let told = |list: &Value| list["counts"]["hidden"] == json!(0);
    server.until("/api/v1/alerts", told).await;
    let loud = |_: &Value| {
        received
            .0
            .lock()
            .unwrap()
            .iter()
            .any(|one| one.to_string().contains("Loud"))
    };
    server.until("/api/v1/alerts", loud).await;

    for (field, value) in [
        ("comment", json!("")),
        ("duration", json!("x")),
        ("matchers", json!([])),
    ] {
        let mut wrong =
            json!({ "matchers": matchers, "duration": "2h", "createdBy": "a", "comment": "b" });
        wrong[field] = value;
        assert_eq!(
            server.post("/api/v1/silences", &wrong).await.0,
            400,
            "{field}"
        );
    }
    assert_eq!(server.delete("/api/v1/silences/none").await.0, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_stands_in_on_call() {
    let (server, _) = server().await;
    let list = server.ok("/api/v1/escalations").await;
    let rota = &list["rotas"][0];
    let now = rota["now"]["member"].as_str().unwrap();
    let other = if now == "ann" { "bob" } else { "ann" };
    assert_eq!(rota["handover"], "Mondays 09:00, every week");
    assert_eq!(rota["next"][0]["member"], other);
    assert_eq!(
        list["policies"][0]["levels"][0]["rotas"],
        json!(["primary"])
    );
    let path = "/api/v1/escalations/rotas/primary/overrides";
    let body = json!({ "member": other, "duration": "4h", "reason": "ill", "createdBy": "cat" });
    let made = server.posted(path, &body).await;
    assert_eq!(made["createdBy"], "cat");
    let rota = server.ok("/api/v1/escalations").await["rotas"][0].clone();
    assert_eq!(rota["now"]["member"], other);
    assert_eq!(rota["now"]["overrideId"], made["id"]);
    assert_eq!(rota["overrides"][0]["reason"], "ill");
    let id = made["id"].as_str().unwrap();
    assert_eq!(server.delete(&format!("{path}/{id}")).await.0, 200);
    assert_eq!(server.delete(&format!("{path}/{id}")).await.0, 404);
    assert_eq!(
        server.ok("/api/v1/escalations").await["rotas"][0]["now"]["member"],
        now
    );
    for body in [
        json!({ "member": "zed", "duration": "4h" }),
        json!({ "member": "ann" }),
    ] {
        assert_eq!(server.post(path, &body).await.0, 400, "{body}");
    }
    let unknown = "/api/v1/escalations/rotas/none/overrides";
    assert_eq!(server.post(unknown, &body).await.0, 404);
    server.stop().await;
}
