//! `tacho alerts`, `silences`, `rules` of a server, `oncall`.

use super::support::{Server, tacho};
use serde_json::json;

/// Lets an alert fire.
fn fire(server: &Server, name: &str, severity: &str) {
    let body = json!([{ "labels": { "alertname": name, "severity": severity, "service": "api" },
        "annotations": { "summary": "It is bad" } }]);
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::blocking::Client::new()
        .post(format!("{}/alertmanager/api/v2/alerts", server.url()))
        .json(&body)
        .send()
        .unwrap();
    assert_eq!(response.status(), 200);
}

#[test]
fn alerts_are_listed_shown_taken_on_and_given_back() {
    let server = Server::start();
    assert_eq!(
        server
            .run(&["alerts", "list", "--severity", "critical"])
            .done(),
        "no alerts\n"
    );
    fire(&server, "DiskFull", "critical");
    fire(&server, "Slow", "LOW");
    let list = server.run(&["alerts", "list", "--text", "api"]).done();
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("ID       SEVERITY  ALERT"), "{list}");
    assert!(lines[1].contains("critical  DiskFull  It is bad"), "{list}");
    assert!(lines[2].contains("low       Slow"), "{list}");
    let one = server
        .run(&["alerts", "list", "--query", "{severity=~\"LOW\"}"])
        .done();
    assert!(one.contains("Slow") && !one.contains("DiskFull"), "{one}");

    let json = server.run(&["alerts", "list", "--output", "json"]).json();
    let id = json["alerts"][0]["id"].as_str().unwrap();
    let said = server
        .run(&["alerts", "ack", id, "--by", "ann", "--comment", "on it"])
        .done();
    assert_eq!(said, format!("{id} (DiskFull) is taken on by ann\n"));
    let shown = server.run(&["alerts", "show", id, "--utc"]).done();
    for part in [
        "taken by ann",
        "by ann at ",
        ": on it",
        "=> ",
        "taken on by ann: on it",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(
        server
            .run(&["alerts", "unack", id])
            .done()
            .contains("nobody's")
    );
    let again = server.run(&["alerts", "unack", id]);
    assert_eq!(again.code, 1, "{again:?}");
    let unknown = server.run(&["alerts", "ack", "alert-123"]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.err.contains("there is no alert \"alert-123\""),
        "{unknown:?}"
    );
    let history = server.run(&["alerts", "history", "--text", "disk"]).done();
    assert!(history.ends_with("1 fired, 0 resolved\n"), "{history}");
}

#[test]
fn the_way_of_an_alert_is_shown_and_tried() {
    let server = Server::start();
    let way = server
        .run(&["alerts", "route", "--labels", "severity=HIGH,service=api"])
        .done();
    assert!(way.contains("=>   {}/{severity=\"HIGH\"}"), "{way}");
    assert!(way.contains("receivers     console"), "{way}");
    let shown = server
        .run(&["alerts", "test", "--severity", "HIGH", "-l", "service=api"])
        .done();
    assert!(shown.contains("console by console would get"), "{shown}");
    assert!(shown.contains("[TEST] TachographTest: api"), "{shown}");
    let sent = server.run(&["alerts", "test", "--send"]).done();
    assert!(sent.contains("console by console was told"), "{sent}");
    let wrong = server.run(&["alerts", "test", "--receiver", "nobody"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert_eq!(server.run(&["alerts", "route", "--labels", "x"]).code, 2);
    assert_eq!(
        server.run(&["oncall"]).done(),
        "there are no rotas; see escalation.rotas of the configuration\n"
    );
}

#[test]
fn silences_are_made_listed_and_ended() {
    let server = Server::start();
    assert_eq!(server.run(&["silences", "list"]).done(), "no silences\n");
    fire(&server, "DiskFull", "critical");
    let add = [
        "silences",
        "add",
        "alertname=~Disk.*",
        "--for",
        "2h",
        "--comment",
        "moving disks",
    ];
    let made = server.run(&add).done();
    assert!(made.contains("hides 1 alert now"), "{made}");
    let id = made.split_whitespace().next().unwrap();
    let list = server.run(&["silences", "list"]).done();
    assert!(list.contains("alertname=~\"Disk.*\""), "{list}");
    let listed = server.run(&["alerts", "list", "--text", "disk"]).done();
    assert!(listed.trim_end().ends_with("hidden"), "{listed}");
    assert_eq!(
        server.run(&["silences", "expire", id]).done(),
        format!("silence {id} ended\n")
    );
    assert_eq!(server.run(&["silences", "list"]).done(), "no silences\n");
    assert!(
        server
            .run(&["silences", "list", "--expired"])
            .done()
            .contains("expired")
    );
    assert_eq!(
        server.run(&["silences", "add", "x", "--comment", "y"]).code,
        2
    );
}

#[test]
fn rules_of_a_server_are_listed_shown_tried_and_explained() {
    let server = Server::start();
    let list = server.run(&["rules", "list", "--text", "watchdog"]).done();
    assert!(list.contains("tacho/Watchdog"), "{list}");
    let shown = server.run(&["rules", "show", "tacho/Watchdog"]).done();
    assert!(shown.contains("- alert: Watchdog"), "{shown}");
    let tried = server
        .run(&["rules", "backtest", "tacho/Watchdog", "--since", "1h"])
        .done();
    assert!(
        tried.contains("1 alert would have fired, 100 % of the time"),
        "{tried}"
    );
    let why = server.run(&["rules", "explain", "tacho/Watchdog"]).done();
    assert!(why.contains("firing"), "{why}");
    assert_eq!(server.run(&["rules", "explain", "tacho/None"]).code, 1);
    let home = tempfile::tempdir().unwrap();
    let status = tacho(home.path())
        .args(["--server", "http://127.0.0.1:1", "alerts", "list"])
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(3));
}
