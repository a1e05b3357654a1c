//! Remote write over a real socket: status codes, headers, what comes back; and the listener that
//! speaks as Prometheus does.

use crate::harness::{Server, Setup};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the real one"
)]
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn field(number: u64, bytes: &[u8], out: &mut Vec<u8>) {
    varint(number << 3 | 2, out);
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// A `TimeSeries` of version 1.
fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in labels {
        let mut label = Vec::new();
        field(1, name.as_bytes(), &mut label);
        field(2, value.as_bytes(), &mut label);
        field(1, &label, &mut out);
    }
    for (time, value) in samples {
        let mut sample = vec![1 << 3 | 1];
        sample.extend_from_slice(&value.to_le_bytes());
        sample.push(2 << 3);
        varint(*time as u64, &mut sample);
        field(2, &sample, &mut out);
    }
    out
}

/// A request of version 1; snappy as one literal, which every decoder must take.
fn request(all: &[Vec<u8>]) -> Vec<u8> {
    let mut plain = Vec::new();
    for one in all {
        field(1, one, &mut plain);
    }
    let mut out = Vec::new();
    varint(plain.len() as u64, &mut out);
    for part in plain.chunks(60) {
        out.push(((part.len() - 1) << 2) as u8);
        out.extend_from_slice(part);
    }
    out
}

async fn write(server: &Server, url: &str, body: Vec<u8>) -> (u16, String, Option<String>) {
    let response = server
        .client
        .post(url)
        .header("content-encoding", "snappy")
        .header("content-type", "application/x-protobuf")
        .header("x-prometheus-remote-write-version", "0.1.0")
        .body(body)
        .send()
        .await
        .unwrap();
    let written = response
        .headers()
        .get("x-prometheus-remote-write-samples-written")
        .map(|value| value.to_str().unwrap().to_owned());
    (
        response.status().as_u16(),
        response.text().await.unwrap(),
        written,
    )
}

async fn values(server: &Server, query: &str) -> Value {
    let path = format!("/prometheus/api/v1/query?query={query}");
    server.ok(&path).await["data"]["result"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn good_series_are_kept_and_bad_ones_told() {
    let server = Server::start().await;
    let url = server.url("/prometheus/api/v1/write");
    let now = now_ms();
    let good = series(
        &[("__name__", "good"), ("job", "a")],
        &[(now - 2000, 1.0), (now - 1000, 2.0)],
    );
    let (status, text, written) = write(&server, &url, request(std::slice::from_ref(&good))).await;
    assert_eq!((status, text.as_str()), (204, ""));
    assert_eq!(written.as_deref(), Some("2"));
    // The same again is no mistake.
    let (status, text, _) = write(&server, &url, request(std::slice::from_ref(&good))).await;
    assert_eq!((status, text.as_str()), (204, ""));
    // Another value at the same time, and labels twice: refused, the rest is taken.
    let clash = series(&[("__name__", "good"), ("job", "a")], &[(now - 1000, 3.0)]);
    let twice = series(
        &[("__name__", "bad"), ("a", "1"), ("a", "2")],
        &[(now, 1.0)],
    );
    let fresh = series(&[("__name__", "fresh")], &[(now, 7.0)]);
    let (status, text, written) = write(&server, &url, request(&[clash, twice, fresh])).await;
    assert_eq!(status, 400, "{text}");
    assert_eq!(written.as_deref(), Some("1"));
    assert_eq!(values(&server, "fresh").await[0]["value"][1], "7");
    assert_eq!(values(&server, "good").await[0]["value"][1], "2");
    assert_eq!(values(&server, "bad").await, json!([]));
    // Too old for its series; a series without newer data takes any age.
    let old = series(
        &[("__name__", "good"), ("job", "a")],
        &[(now - 2 * 3_600_000, 1.0)],
    );
    let (status, text, _) = write(&server, &url, request(&[old])).await;
    assert_eq!(status, 400, "{text}");
    let lone = series(&[("__name__", "lone")], &[(now - 5 * 86_400_000, 1.0)]);
    assert_eq!(write(&server, &url, request(&[lone])).await.0, 204);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_get_the_status_of_the_specification() {
    let server = Server::start().await;
    let url = server.url("/prometheus/api/v1/write");
    assert_eq!(write(&server, &url, b"not snappy".to_vec()).await.0, 400);
    // Snappy that claims four gigabytes.
    assert_eq!(
        write(&server, &url, vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0])
            .await
            .0,
        413
    );
    let other = |name: &'static str, value: &'static str| {
        server
            .client
            .post(&url)
            .header(
                "content-encoding",
                if name == "content-encoding" {
                    value
                } else {
                    "snappy"
                },
            )
            .header(
                "content-type",
                if name == "content-type" {
                    value
                } else {
                    "application/x-protobuf"
                },
            )
            .body(request(&[]))
            .send()
    };
    for (name, value) in [
        ("content-type", "application/json"),
        (
            "content-type",
            "application/x-protobuf;proto=unknown.Message",
        ),
        ("content-encoding", "gzip"),
    ] {
        assert_eq!(
            other(name, value).await.unwrap().status(),
            415,
            "{name}: {value}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_speaks_as_prometheus_does() {
    let setup = Setup {
        flags: vec![("listen.prometheus", "127.0.0.1:0".to_owned())],
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let address = server.addresses.prometheus.unwrap();
    let now = now_ms();
    let body = request(&[series(&[("__name__", "up"), ("job", "x")], &[(now, 1.0)])]);
    let url = format!("http://{address}/api/v1/write");
    assert_eq!(write(&server, &url, body).await.0, 204);
    let text = |path: &str| {
        let request = server.client.get(format!("http://{address}{path}"));
        async { request.send().await.unwrap().text().await.unwrap() }
    };
    assert!(text("/api/v1/query?query=up").await.contains("\"success\""));
    assert_eq!(text("/-/healthy").await, "Prometheus Server is Healthy.\n");
    assert_eq!(text("/-/ready").await, "Prometheus Server is Ready.\n");
    assert!(text("/metrics").await.contains("tacho_"));
    let federated = text("/federate?match[]=up").await;
    assert!(
        federated.contains(&format!("up{{job=\"x\",instance=\"\"}} 1 {now}\n")),
        "{federated}"
    );
    // Nothing else is there.
    let other = server.client.get(format!("http://{address}/api/v1/traces"));
    assert_eq!(other.send().await.unwrap().status(), 404);
    server.stop().await;
}
