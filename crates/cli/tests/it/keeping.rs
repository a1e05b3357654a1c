//! What keeps data: flush, files, kill, backup and restore, status.

use super::support::{Said, Server, log, tacho, trace};

const ID: &str = "5b8efff798038103d269b633813fc60c";

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let server = Server::start();
    server.send("traces", &trace(ID, "planner", 60));
    server.send("logs", &log("planner", (9, "INFO"), "plan made", 60));
    let server = server.restart_after_kill();
    assert!(server.run(&["traces", "list"]).done().contains(ID));
    assert!(server.run(&["logs", "query"]).done().contains("plan made"));
    let status = server.run(&["status"]).done();
    assert!(status.contains("tacho "), "{status}");
    let json = server.run(&["status", "--output", "json"]).json();
    assert_eq!(json["signals"]["spans"]["items"], 2);
    assert_eq!(json["signals"]["logs"]["items"], 1);
}

#[test]
fn a_flush_empties_the_log() {
    let server = Server::start();
    server.send("traces", &trace(ID, "planner", 60));
    let text = server.run(&["flush", "--compact"]).done();
    assert!(text.starts_with("flushed in "), "{text}");
    let json = server.run(&["status", "--output", "json"]).json();
    assert_eq!(json["wal"]["bytes"], 0, "{json}");
    assert!(
        server
            .run(&["traces", "get", ID])
            .done()
            .contains("handle request")
    );
}

#[test]
fn files_for_other_programs_hold_what_was_sent() {
    let server = Server::start();
    assert_eq!(server.run(&["files"]).done(), "nothing is stored yet\n");
    server.send("traces", &trace(ID, "planner", 60));
    let text = server.run(&["files"]).done();
    assert!(text.starts_with("SIGNAL  FROM "), "{text}");
    let json = server.run(&["files", "--output", "json"]).json();
    let path = json["files"][0]["path"].as_str().unwrap();
    assert!(std::fs::read(path).unwrap().ends_with(b"PAR1"));
    let sql = server.run(&["files", "--sql"]).done();
    assert!(sql.contains("CREATE OR REPLACE VIEW spans AS"), "{sql}");
    assert!(sql.contains("-- No logs are stored yet."), "{sql}");
    assert_eq!(server.run(&["files", "--sql", "--output", "json"]).code, 2);
}

#[test]
fn a_backup_becomes_a_data_folder_again() {
    let server = Server::start();
    server.send("traces", &trace(ID, "planner", 60));
    let said = server.run(&["backup", "saved"]).done();
    assert!(said.starts_with("backup in "), "{said}");
    let home = server.stop();

    let restored = home.path().join(".local/share/restored");
    let said: Said = tacho(home.path())
        .args(["restore", "saved", "--data-dir"])
        .arg(&restored)
        .output()
        .unwrap()
        .into();
    assert!(said.done().starts_with("restored into "));
    let twice: Said = tacho(home.path())
        .args(["restore", "saved", "--data-dir"])
        .arg(&restored)
        .output()
        .unwrap()
        .into();
    assert_eq!(twice.code, 1, "{twice:?}");

    let usual = home.path().join(".local/share/tachograph");
    std::fs::remove_dir_all(&usual).unwrap();
    std::fs::rename(&restored, &usual).unwrap();
    let _ = std::fs::remove_file(home.path().join("ready.json"));
    let server = Server::start_in(home);
    assert!(server.run(&["traces", "list"]).done().contains(ID));
}
