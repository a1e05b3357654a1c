//! Servers that answer badly: tokens, foreign programs, broken connections.

use super::support::{Server, tacho, trace};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

const ID: &str = "5b8efff798038103d269b633813fc60c";

#[test]
fn a_wrong_token_is_told_with_what_to_do() {
    let server = Server::start();
    server.send("traces", &trace(ID, "planner", 60));
    let mut command = server.command(&["traces", "delete", ID]);
    let output = command
        .env("TACHO_TOKEN", "wrong-wrong-wrong-wrong")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("TACHO_TOKEN"), "{err}");
    assert!(!err.contains("wrong-wrong"), "{err}");
    // Without the variable the file of the folder is found.
    assert_eq!(server.run(&["traces", "delete", ID]).code, 0);
}

/// A server that gives the same answer to one request.
fn foreign(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer.as_bytes());
    });
    format!("http://{address}")
}

#[test]
fn foreign_answers_are_failures_and_harmless() {
    let home = tempfile::tempdir().unwrap();
    for (answer, code) in [
        (
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\n\u{1b}[31m",
            1,
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", 1),
        ("HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\ncut off", 3),
        ("no HTTP at all\r\n\r\n", 3),
    ] {
        let output = tacho(home.path())
            .args(["traces", "list", "--server", &foreign(answer)])
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{answer:?}: {err}");
        assert!(
            err.starts_with("error: ") && !err.contains('\u{1b}'),
            "{err}"
        );
    }
}
