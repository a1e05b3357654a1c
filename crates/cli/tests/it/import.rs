//! `tacho import openmetrics` against a server that only remembers what it is sent, and a Prometheus
//! that only answers what is asked here.

use super::support::{Said, tacho};
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// A request: its line without the protocol, and its body.
type Request = (String, String);

/// Answers by a function, remembers the requests. Its thread ends with the process.
struct Fake {
    address: SocketAddr,
    seen: Arc<Mutex<VecDeque<Request>>>,
}

impl Fake {
    fn start(answer: impl Fn(&str, &str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(VecDeque::new()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(&stream.unwrap(), &shared, &answer);
            }
        });
        Self { address, seen }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().drain(..).collect()
    }
}

/// One request a connection.
fn serve(
    stream: &TcpStream,
    seen: &Mutex<VecDeque<Request>>,
    answer: &impl Fn(&str, &str) -> (u16, String),
) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let line = first.rsplit_once(' ').unwrap().0.to_owned();
    let (status, text) = answer(&line, &body);
    seen.lock().unwrap().push_back((line, body));
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
    .unwrap();
}

/// Takes every sample but those of `bad`.
fn take(_: &str, body: &str) -> (u16, String) {
    let lines = || body.lines().filter(|line| !line.starts_with('#'));
    let refused = lines().filter(|line| line.starts_with("bad")).count();
    let samples = lines().count() - refused;
    let reason = if refused > 0 {
        r#","reason":"no time""#
    } else {
        ""
    };
    let text = format!(r#"{{"samples":{samples},"series":1,"refused":{refused}{reason}}}"#);
    (200, text)
}

fn import(home: &Path, server: &str, args: &[&str]) -> Said {
    let mut command = tacho(home);
    command
        .env("TACHO_TOKEN", "t")
        .args(["--server", server, "import", "openmetrics"]);
    command.args(args).output().unwrap().into()
}

fn parameter(line: &str, name: &str) -> String {
    let query = line.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).unwrap().1.to_owned()
}

/// Ten megabytes, three parts.
fn large() -> String {
    let mut text = String::from("# TYPE a gauge\n");
    for index in 0..250_000 {
        text.push_str(&format!("a{{series=\"{:020}\"}} 1 {index}\n", index % 100));
    }
    text + "# EOF\n"
}

#[test]
fn a_file_is_sent_in_parts_and_its_state_goes_away() {
    let home = tempfile::tempdir().unwrap();
    let server = Fake::start(take);
    let file = home.path().join("a.om");
    std::fs::write(&file, large()).unwrap();
    let said = import(home.path(), &server.url(), &["a.om", "--output", "json"]);
    let json = said.json();
    assert_eq!(json["samples"], 250_000);
    assert_eq!(json["parts"], 3);
    assert!(!home.path().join("a.om.tacho-import").exists());
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    let id = json["importId"].as_str().unwrap();
    for (part, (line, body)) in seen.iter().enumerate() {
        assert!(
            line.starts_with("POST /api/v1/import/openmetrics?"),
            "{line}"
        );
        assert_eq!(parameter(line, "import_id"), id);
        assert_eq!(parameter(line, "part"), part.to_string());
        assert!(body.len() <= 4 << 20);
        assert!(body.starts_with("# TYPE a gauge\na{") && body.ends_with("\n# EOF\n"));
    }
}

#[test]
fn a_broken_import_goes_on_where_it_stopped() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("a.om"), large()).unwrap();
    let broken = Fake::start(|line, body| {
        if parameter(line, "part") == "1" {
            let error = r#"{"error":{"kind":"internal","message":"disk gone"}}"#;
            return (500, error.to_owned());
        }
        take(line, body)
    });
    let said = import(home.path(), &broken.url(), &["a.om"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("disk gone"), "{said:?}");
    let first = broken.seen();
    let state = home.path().join("a.om.tacho-import");
    assert!(state.exists());
    let server = Fake::start(take);
    let said = import(home.path(), &server.url(), &["a.om", "--output", "json"]);
    assert_eq!(said.json()["samples"], 250_000);
    let rest = server.seen();
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0].1, first[1].1, "the part that failed comes again");
    assert_eq!(parameter(&rest[0].0, "part"), "1");
    assert_eq!(
        parameter(&rest[0].0, "import_id"),
        parameter(&first[0].0, "import_id")
    );
    assert!(!state.exists());
}

#[test]
fn what_is_no_clean_import_is_told() {
    let home = tempfile::tempdir().unwrap();
    let server = Fake::start(take);
    std::fs::write(home.path().join("bad.om"), "bad 1\nb 1 1\n# EOF\n").unwrap();
    let said = import(home.path(), &server.url(), &["bad.om"]);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("imported 1 samples ("), "{said:?}");
    assert!(
        said.err.contains("1 samples were refused: no time"),
        "{said:?}"
    );
    std::fs::write(home.path().join("cut.om"), "a 1 1\n").unwrap();
    let said = import(home.path(), &server.url(), &["cut.om"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("does not end with # EOF"), "{said:?}");
    assert_eq!(import(home.path(), &server.url(), &["none.om"]).code, 1);
    assert_eq!(import(home.path(), &server.url(), &[]).code, 2);
    let both = ["a.om", "--prometheus", "http://h"];
    assert_eq!(import(home.path(), &server.url(), &both).code, 2);
}

#[test]
fn a_busy_server_is_asked_again() {
    let home = tempfile::tempdir().unwrap();
    let tries = Mutex::new(0);
    let server = Fake::start(move |line, body| {
        let mut tries = tries.lock().unwrap();
        *tries += 1;
        if *tries == 1 {
            let error = r#"{"error":{"kind":"limit","message":"too busy"}}"#;
            return (429, error.to_owned());
        }
        take(line, body)
    });
    std::fs::write(home.path().join("a.om"), "a 1 1\n# EOF\n").unwrap();
    let said = import(home.path(), &server.url(), &["a.om"]);
    assert!(said.err.contains("too busy; again in 1 s"), "{said:?}");
    assert!(said.done().starts_with("imported 1 samples"));
    assert_eq!(server.seen().len(), 2);
}

/// Refuses more than an hour of `b`, as if it had too many samples.
fn prometheus(line: &str, body: &str) -> (u16, String) {
    let data = match line.split_once("/p/api/v1/").unwrap().1 {
        "metadata" | "metadata?" => r#"{"a_total":[{"type":"counter","help":"A"}]}"#.to_owned(),
        rest if rest.starts_with("label/__name__/values") => r#"["b","a_total"]"#.to_owned(),
        "query" if body.contains("b%22%7D%5B720000") => {
            let error = r#"{"status":"error","errorType":"execution","error":"too many samples"}"#;
            return (422, error.to_owned());
        }
        "query" => {
            let name = if body.contains("a_total") {
                "a_total"
            } else {
                "b"
            };
            let time = body.rsplit_once("time=").unwrap().1;
            format!(
                r#"{{"resultType":"matrix","result":[{{"metric":{{"__name__":"{name}"}},"values":[[{time},"1"]]}}]}}"#
            )
        }
        other => return (404, other.to_owned()),
    };
    (200, format!(r#"{{"status":"success","data":{data}}}"#))
}

#[test]
fn a_prometheus_is_asked_metric_by_metric_and_in_halves_where_it_refuses() {
    let home = tempfile::tempdir().unwrap();
    let server = Fake::start(take);
    let source = Fake::start(prometheus);
    let url = format!("{}/p", source.url());
    let range = [
        "--since",
        "1970-01-02T00:00:00Z",
        "--until",
        "1970-01-02T04:00:00Z",
    ];
    let args = [&["--prometheus", &url, "--output", "json"], &range[..]].concat();
    let said = import(home.path(), &server.url(), &args);
    assert_eq!(said.json()["samples"], 6, "{said:?}");
    let sent: Vec<String> = server.seen().into_iter().map(|(_, body)| body).collect();
    assert_eq!(
        sent,
        [
            "# HELP a A\n# TYPE a counter\na_total 1.0 93600\n# EOF\n",
            "# TYPE b unknown\nb 1.0 89999.999\n# EOF\n",
            "# TYPE b unknown\nb 1.0 93600\n# EOF\n",
            "# HELP a A\n# TYPE a counter\na_total 1.0 100800\n# EOF\n",
            "# TYPE b unknown\nb 1.0 97200\n# EOF\n",
            "# TYPE b unknown\nb 1.0 100800\n# EOF\n",
        ]
    );
    let none: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with("import")
        })
        .collect();
    assert!(none.is_empty(), "{none:?}");
}
