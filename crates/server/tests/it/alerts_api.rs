//! Alerts through our own API: listed, taken on, tried; messages about them.

use crate::alert_world::{Changes as _, server};
use crate::harness::{Server, keys};
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    let alerts = list["alerts"].as_array().unwrap().iter();
    alerts.map(|one| one["name"].as_str().unwrap()).collect()
}

/// Lets the alert of these tests fire; the list once somebody was told.
async fn disk(server: &Server) -> Value {
    server
        .fire(
            &json!({ "alertname": "Disk", "severity": "warning", "service": "api",
            "agent_type": "coder" }),
        )
        .await;
    let told = |list: &Value| list["alerts"][0]["told"] == json!(["hook"]);
    server.until("/api/v1/alerts", told).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_listed_told_and_over() {
    let (server, received) = server().await;
    let empty = server.ok("/api/v1/alerts").await;
    assert_eq!(keys(&empty), ["alerts", "counts", "total"]);
    let list = disk(&server).await;
    let alert = &list["alerts"][0];
    for (field, value) in [
        ("id", "alert-1"),
        ("state", "firing"),
        ("severity", "medium"),
        ("source", "alertmanager"),
        ("summary", "It is bad"),
    ] {
        assert_eq!(alert[field], value, "{field}");
    }
    let traces = alert["tracesUrl"].as_str().unwrap();
    assert!(
        traces.starts_with("./traces?service=api&attr=agent.type%3Dcoder&from="),
        "{traces}"
    );
    let body = received.0.lock().unwrap()[0].clone();
    assert_eq!(body["alerts"][0]["labels"]["alertname"], "Disk");

    let over = json!([{ "labels": alert["labels"], "endsAt": "2026-01-01T00:00:00Z" }]);
    let (status, answer) = server.post("/alertmanager/api/v2/alerts", &over).await;
    assert_eq!(status, 200, "{answer}");
    let gone = |list: &Value| list["counts"]["resolved"] == json!(1);
    let list = server.until("/api/v1/alerts?state=resolved", gone).await;
    assert_eq!(names(&list), ["Disk"]);
    let history = server.ok("/api/v1/alerts/history").await;
    assert_eq!(
        (&history["fired"], &history["resolved"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(history["details"][0]["severity"], "medium");
    let path = "/api/v1/alerts/alert-1/acknowledge";
    assert_eq!(server.post(path, &json!({})).await.0, 409);
    let fingerprint = alert["fingerprint"].as_str().unwrap();
    let detail = server.ok(&format!("/api/v1/alerts/{fingerprint}")).await;
    assert_eq!(detail["alert"]["state"], "resolved");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_taken_on_by_each_of_its_names() {
    let (server, _) = server().await;
    let list = disk(&server).await;
    let path = "/api/v1/alerts/alert-1/acknowledge";
    let body = json!({ "by": "ann", "comment": "looking" });
    let alert = server.posted(path, &body).await;
    assert_eq!(alert["acknowledged"]["by"], "ann");
    assert_eq!(alert["acknowledged"]["comment"], "looking");
    let counts = server.ok("/api/v1/alerts").await["counts"].clone();
    assert_eq!(
        (&counts["firing"], &counts["acknowledged"]),
        (&json!(1), &json!(1))
    );
    let others = server.ok("/api/v1/alerts?acknowledged=false").await;
    assert_eq!(others["total"], 0);
    assert_eq!(server.delete(path).await.0, 200);
    assert_eq!(server.delete(path).await.0, 409);
    // The body may be left out.
    let request = server.client.post(server.url(path));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let fingerprint = list["alerts"][0]["fingerprint"].as_str().unwrap();
    for name in [fingerprint, "%7B%7D%3A%7Balertname%3D%22Disk%22%7D"] {
        let by_name = format!("/api/v1/alerts/{name}/acknowledge");
        let alert = server.posted(&by_name, &json!({})).await;
        assert_eq!(alert["id"], "alert-1", "{name}");
    }
    let unknown = "/api/v1/alerts/alert-99/acknowledge";
    assert_eq!(server.post(unknown, &json!({})).await.0, 404);
    assert_eq!(server.post(path, &json!({ "who": "x" })).await.0, 400);

    let detail = server.ok("/api/v1/alerts/alert-1").await;
    let events = detail["events"].as_array().unwrap().iter();
    let kinds: Vec<&str> = events.map(|one| one["kind"].as_str().unwrap()).collect();
    let expected = [
        "acknowledged",
        "acknowledged",
        "acknowledged",
        "unacknowledged",
        "acknowledged",
        "notified",
        "fired",
    ];
    assert_eq!(kinds, expected);
    let target = detail["notifications"][0]["target"].as_str().unwrap();
    assert_eq!(target.matches('/').count(), 2, "{target}");
    assert_eq!(detail["groupAlerts"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_sorted_and_paged() {
    let (server, _) = server().await;
    for (name, severity) in [
        ("A", "LOW"),
        ("B", "critical"),
        ("C", "HIGH"),
        ("Noise", "critical"),
    ] {
        server
            .fire(&json!({ "alertname": name, "severity": severity, "service": "s" }))
            .await;
    }
    let list = server.ok("/api/v1/alerts").await;
    let listed = names(&list);
    assert_eq!(listed.last(), Some(&"A"));
    assert_eq!(listed.get(2), Some(&"C"));
    assert_eq!(list["counts"]["critical"], 1, "one of two is hidden");
    let hidden = server.ok("/api/v1/alerts?hidden=true").await;
    assert_eq!(names(&hidden), ["Noise"]);
    let why = &hidden["alerts"][0]["hidden"][0];
    assert_eq!(
        (&why["by"], &why["id"], &why["text"]),
        (
            &json!("suppression"),
            &json!("known"),
            &json!("Known issue: ARCH-1234")
        )
    );
    for (query, expected) in [
        ("severity=high,low", vec!["C", "A"]),
        (
            "q=%7Bseverity%3D~%22critical%7CHIGH%22%2Calertname!%3D%22Noise%22%7D",
            vec!["B", "C"],
        ),
        ("text=noi", vec!["Noise"]),
        ("state=pending", vec![]),
    ] {
        let list = server.ok(&format!("/api/v1/alerts?{query}")).await;
        assert_eq!(names(&list), expected, "{query}");
    }
    let (mut seen, mut path) = (Vec::new(), "/api/v1/alerts?limit=3".to_owned());
    loop {
        let page = server.ok(&path).await;
        assert_eq!(page["total"], 4);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/alerts?limit=3&cursor={cursor}");
    }
    assert_eq!(seen, listed);
    for wrong in [
        "severity=odd",
        "q=%7Bx",
        "cursor=1",
        "acknowledged=maybe",
        "state=x",
    ] {
        server.fails(&format!("/api/v1/alerts?{wrong}"), 400).await;
    }
    server.fails("/api/v1/alerts/alert-77", 404).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_shows_the_way_and_tells_what_came_of_it() {
    let (server, received) = server().await;
    let shown = server.posted("/api/v1/alerts/test", &json!({})).await;
    assert_eq!(shown["receivers"], json!(["oncall", "hook"]));
    assert_eq!(shown["labels"]["severity"], "HIGH");
    let first = &shown["messages"][0];
    assert!(first.get("sent").is_none(), "{first}");
    assert_eq!(first["title"], "[TEST] TachographTest");
    assert!(received.0.lock().unwrap().is_empty());

    let sent = server
        .posted(
            "/api/v1/alerts/test",
            &json!({ "severity": "critical", "send": true }),
        )
        .await;
    let messages = sent["messages"].as_array().unwrap();
    assert_eq!(
        (&messages[0]["receiver"], &messages[0]["sent"]),
        (&json!("oncall"), &json!(false))
    );
    assert!(
        messages[0]["error"].as_str().unwrap().contains("404"),
        "{sent}"
    );
    assert_eq!(
        (&messages[1]["receiver"], &messages[1]["sent"]),
        (&json!("hook"), &json!(true))
    );
    assert_eq!(received.0.lock().unwrap().len(), 1);
    // Nobody fires because of it, and the log of messages has both.
    assert_eq!(server.ok("/api/v1/alerts").await["total"], 0);
    let dead = |list: &Value| list["dead"] == json!(1);
    let log = server.until("/api/v1/notifications", dead).await;
    assert_eq!(log["notifications"].as_array().unwrap().len(), 2);
    assert_eq!(log["notifications"][0]["reason"], "test");

    let only = json!({ "receiver": "ann" });
    let shown = server.posted("/api/v1/alerts/test", &only).await;
    assert_eq!(shown["receivers"], json!(["ann"]));
    let unknown = json!({ "receiver": "nobody" });
    assert_eq!(server.post("/api/v1/alerts/test", &unknown).await.0, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_told_and_tried_again() {
    let (server, _) = server().await;
    server
        .fire(&json!({ "alertname": "Big", "severity": "critical" }))
        .await;
    let done = |list: &Value| {
        let all = list["notifications"].as_array().unwrap();
        all.len() >= 2 && list["waiting"] == json!(0)
    };
    let list = server.until("/api/v1/notifications", done).await;
    let dead = server.ok("/api/v1/notifications?status=dead").await;
    let one = &dead["notifications"][0];
    assert_eq!(
        (&one["receiver"], &one["channel"]),
        (&json!("oncall"), &json!("webhook"))
    );
    let target = one["target"].as_str().unwrap();
    assert!(
        target.starts_with("http://127.0.0.1:") && !target.ends_with('/'),
        "{target}"
    );
    assert!(one.get("preview").is_none());
    let id = one["id"].as_str().unwrap();
    let whole = server.ok(&format!("/api/v1/notifications/{id}")).await;
    assert!(
        whole["preview"].as_str().unwrap().contains("Big"),
        "{whole}"
    );
    let text = list.to_string();
    assert!(!text.contains("secret/path"), "{text}");

    let retry = format!("/api/v1/notifications/{id}/retry");
    assert_eq!(server.posted(&retry, &json!({})).await["status"], "pending");
    let again = |one: &Value| one["status"] == json!("dead");
    server
        .until(&format!("/api/v1/notifications/{id}"), again)
        .await;
    let sent = server
        .ok("/api/v1/notifications?status=sent&receiver=hook")
        .await;
    let id = sent["notifications"][0]["id"].as_str().unwrap();
    assert_eq!(
        server
            .post(&format!("/api/v1/notifications/{id}/retry"), &json!({}))
            .await
            .0,
        409
    );
    assert_eq!(
        server
            .post("/api/v1/notifications/12345/retry", &json!({}))
            .await
            .0,
        404
    );
    server.fails("/api/v1/notifications?status=odd", 400).await;
    let page = server.ok("/api/v1/notifications?limit=1").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    let next = server
        .ok(&format!("/api/v1/notifications?limit=1&cursor={cursor}"))
        .await;
    assert_ne!(
        page["notifications"][0]["id"],
        next["notifications"][0]["id"]
    );
    server.stop().await;
}
