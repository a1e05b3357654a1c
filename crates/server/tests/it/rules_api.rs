//! Rules through our own API: listed, changed, tried, explained, taken over.

use crate::alert_world::{Changes as _, read, server, write};
use serde_json::{Value, json};

fn hot() -> Value {
    json!({ "name": "Hot", "expr": "temperature_celsius > 90", "severity": "HIGH",
        "annotations": { "summary": "{{ $labels.room }} is hot" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_rule_is_in_force_fires_and_is_explained() {
    let (server, _) = server().await;
    let asked = json!({ "definition": hot(), "by": "ann" });
    let made = server.posted("/api/v1/rules", &asked).await;
    let rule = &made["rule"];
    assert_eq!(
        (&rule["id"], &rule["origin"]),
        (&json!("default/Hot"), &json!("editor"))
    );
    assert_eq!(
        (&rule["threshold"], &rule["operator"]),
        (&json!(90.0), &json!(">"))
    );
    assert_eq!(made["versions"][0]["by"], "ann");
    let file = server.dir.path().join("data/rules.yaml");
    assert!(read(&file).contains("temperature_celsius > 90"));

    server
        .gauge("temperature.celsius", &[("room", "lab")], 95.5)
        .await;
    let fires = |one: &Value| one["rule"]["state"] == json!("firing");
    let detail = server.until("/api/v1/rules/default%2FHot", fires).await;
    let alert = &detail["alerts"][0];
    assert_eq!(
        (&alert["summary"], &alert["value"]),
        (&json!("lab is hot"), &json!(95.5))
    );
    assert_eq!(
        (&alert["threshold"], &alert["ruleId"]),
        (&json!(90.0), &json!("default/Hot"))
    );
    let known = |list: &Value| list["alerts"][0]["id"] == json!("alert-1");
    let list = server.until("/api/v1/alerts?rule=default/Hot", known).await;
    assert_eq!(list["total"], 1);
    let one = server.ok("/api/v1/alerts/alert-1").await;
    let chart = one["chartExpr"].as_str().unwrap();
    assert!(
        chart.contains("room=\"lab\"") && !chart.contains("severity"),
        "{chart}"
    );
    let rings = |list: &Value| list["alerts"][0]["recent"].as_array().unwrap().len() > 1;
    server.until("/api/v1/alerts", rings).await;

    let why = server.ok("/api/v1/rules/default%2FHot/explain").await;
    assert_eq!(why["alerts"][0]["state"], "firing");
    assert_eq!(why["alerts"][0]["receivers"], json!(["oncall", "hook"]));
    assert_eq!(why["series"][0]["samples"][0]["value"], 95.5);
    assert!(why["verdict"].as_str().unwrap().len() > 10, "{why}");
    let before = server
        .ok("/api/v1/rules/default%2FHot/explain?at=now-1h")
        .await;
    assert_eq!(before["alerts"], json!([]), "{before}");

    let tried = server
        .posted(
            "/api/v1/rules/default%2FHot/backtest?start=now-10m",
            &json!({}),
        )
        .await;
    assert_eq!(tried["fired"], 1, "{tried}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_keep_the_file_versions_and_who_was_first() {
    let (server, _) = server().await;
    let file = server.dir.path().join("data/rules.yaml");
    let made = server
        .posted("/api/v1/rules", &json!({ "definition": hot() }))
        .await;
    let version = made["rule"]["version"].clone();
    write(&file, &format!("# kept by hand\n{}", read(&file)));
    let mut definition = hot();
    definition["expr"] = json!("temperature_celsius > 80");
    definition["forMs"] = json!(60_000.0);
    let path = "/api/v1/rules/default%2FHot";
    let asked = json!({ "definition": definition, "version": version, "by": "bob" });
    let (status, changed) = server.put(path, &asked).await;
    assert_eq!(status, 200, "{changed}");
    assert!(read(&file).starts_with("# kept by hand\n"));
    assert!(read(&file).contains("for: 1m"));
    assert_eq!(changed["versions"].as_array().unwrap().len(), 2);
    // The version that was changed is not the newest any more.
    let (status, conflict) = server.put(path, &asked).await;
    assert_eq!(
        (status, &conflict["error"]["field"]),
        (409, &json!("version"))
    );

    // Two of one name, wrong ones, others' rules.
    let (status, twice) = server
        .post("/api/v1/rules", &json!({ "definition": hot() }))
        .await;
    assert_eq!((status, &twice["error"]["field"]), (409, &json!("name")));
    for (field, value) in [
        ("expr", json!("temperature_celsius >")),
        ("name", json!("")),
        ("receivers", json!(["nobody"])),
    ] {
        let mut wrong = hot();
        wrong["group"] = json!("other");
        wrong[field] = value;
        let (status, error) = server
            .post("/api/v1/rules", &json!({ "definition": wrong }))
            .await;
        assert_eq!(
            (status, &error["error"]["field"]),
            (400, &json!(field)),
            "{error}"
        );
    }
    assert_eq!(
        server.put("/api/v1/rules/default%2FNone", &asked).await.0,
        404
    );

    // Moved to another group it has another id.
    definition["group"] = json!("lab");
    let (status, moved) = server.put(path, &json!({ "definition": definition })).await;
    assert_eq!((status, &moved["rule"]["id"]), (200, &json!("lab/Hot")));
    server.fails(path, 404).await;
    let exported = server.client.get(server.url("/api/v1/rules/export"));
    let text = exported.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("- alert: Hot"), "{text}");
    assert_eq!(server.delete("/api/v1/rules/lab%2FHot").await.0, 200);
    assert_eq!(server.ok("/api/v1/rules").await["counts"]["total"], 0);

    // A file that cannot be read is not overwritten.
    write(&file, "groups: [");
    assert_eq!(
        server
            .post("/api/v1/rules", &json!({ "definition": hot() }))
            .await
            .0,
        409
    );
    assert_eq!(read(&file), "groups: [");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_what_is_wrong_and_what_would_have_been() {
    let (server, _) = server().await;
    server
        .gauge("temperature.celsius", &[("room", "lab")], 95.0)
        .await;
    let asked = json!({ "definition": hot(), "start": "now-10m" });
    // The sample counts from the next slot on.
    let preview = loop {
        let preview = server.posted("/api/v1/rules/preview", &asked).await;
        if preview["fired"] == json!(1) {
            break preview;
        }
        assert_eq!(preview["fired"], json!(0));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    assert_eq!(preview["problems"], json!([]));
    assert_eq!(preview["cost"]["series"], 1, "{preview}");
    assert_eq!(preview["threshold"], 90.0);
    assert!(
        preview["yaml"]
            .as_str()
            .unwrap()
            .starts_with("- alert: Hot\n")
    );
    let mut wrong = hot();
    wrong["expr"] = json!("sum(temperature_celsius");
    let preview = server
        .posted("/api/v1/rules/preview", &json!({ "definition": wrong }))
        .await;
    let problem = &preview["problems"][0];
    assert_eq!(problem["field"], "expr");
    assert!(problem["start"].is_number(), "{problem}");
    let odd =
        json!({ "name": "X", "metric": "temperature_celsius", "condition": "rate(5m) > 0.1" });
    let preview = server
        .posted("/api/v1/rules/preview", &json!({ "definition": odd }))
        .await;
    assert!(
        preview["expr"].as_str().unwrap().contains("[5m]"),
        "{preview}"
    );
    // Nothing was saved.
    assert_eq!(server.ok("/api/v1/rules").await["counts"]["total"], 0);

    let check = |text: &'static str| {
        let server = &server;
        async move {
            server
                .posted("/api/v1/rules/check", &json!({ "text": text }))
                .await
        }
    };
    let good = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n";
    assert_eq!(check(good).await["rules"], 1);
    let bad = check("groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'up =='}\n").await;
    assert_eq!(bad["problems"][0]["line"], 4, "{bad}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_others_are_taken_over() {
    let (server, _) = server().await;
    let text = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n  - {alert: B, expr: up == 1}\n";
    let mut asked = json!({ "text": text });
    let shown = server.posted("/api/v1/rules/import", &asked).await;
    assert_eq!(
        (&shown["saved"], shown["rules"].as_array().unwrap().len()),
        (&json!(false), 2)
    );
    assert_eq!(server.ok("/api/v1/rules").await["counts"]["total"], 0);
    asked["apply"] = json!(true);
    assert_eq!(
        server.posted("/api/v1/rules/import", &asked).await["saved"],
        true
    );
    assert_eq!(
        server.ok("/api/v1/rules?origin=editor").await["counts"]["total"],
        2
    );
    let again = server.posted("/api/v1/rules/import", &asked).await;
    assert_eq!(
        (&again["saved"], again["problems"].as_array().unwrap().len()),
        (&json!(false), 2)
    );
    let wrong = json!({ "text": "{", "format": "prometheus" });
    let report = server.posted("/api/v1/rules/import", &wrong).await;
    assert_eq!(report["problems"].as_array().unwrap().len(), 1);
    assert_eq!(
        server
            .post("/api/v1/rules/import", &json!({ "format": "x" }))
            .await
            .0,
        400
    );
    server.stop().await;
}
