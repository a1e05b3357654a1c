//! Sends short delta series as OTLP/HTTP: sessions that export ten times, once a minute, each at its own moment.
//! A cohort of sessions starts each minute of made-up time; all is sent as fast as the server takes it.
//! Build: `rustc -O --edition 2021 bench/short_series.rs`. Use: `short_series HOST:PORT COHORTS SESSIONS SERIES END_UNIX [THREADS]`;
//! HOST:PORT `-` prints the session ids of the first sessions instead.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

const EXPORTS: u64 = 10;
const MINUTE_NS: u64 = 60_000_000_000;
const POINTS_A_REQUEST: u64 = 2_000;
const INSTANCES: u64 = 24;
const TYPES: [&str; 5] = ["input", "output", "cacheRead", "cacheCreation", "reasoning"];
const AGENTS: [&str; 10] = [
    "Planner",
    "Coder",
    "Reviewer",
    "Tester",
    "Security",
    "Docs",
    "Researcher",
    "Refactorer",
    "Deployer",
    "Orchestrator",
];
const MODELS: [&str; 5] = [
    "opus-5",
    "sonnet-5",
    "gpt-6",
    "gemini-4-pro",
    "qwen-4-coder",
];
const TERMINALS: [&str; 4] = ["vscode", "iTerm.app", "tmux", "ghostty"];
const VERSIONS: [&str; 3] = ["2.1.0", "2.1.3", "2.2.0"];

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as u64) as usize]
    }
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(field: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(field << 3 | 2);
    varint(content.len() as u64, out);
    out.extend_from_slice(content);
}

fn fixed64(field: u8, value: u64, out: &mut Vec<u8>) {
    out.push(field << 3 | 1);
    out.extend_from_slice(&value.to_le_bytes());
}

/// A `KeyValue` with a text as a field.
fn attribute(field: u8, key: &str, text: &str, out: &mut Vec<u8>) {
    let (mut value, mut pair) = (Vec::new(), Vec::new());
    bytes(1, text.as_bytes(), &mut value);
    bytes(1, key.as_bytes(), &mut pair);
    bytes(2, &value, &mut pair);
    bytes(field, &pair, out);
}

fn session_id(session: u64) -> String {
    let mut random = Random(session.wrapping_mul(0xd134_2543_de82_ef95) ^ 0x5e55);
    let (a, b) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 48 & 0x3fff | 0x8000,
        b & 0xffff_ffff_ffff
    )
}

struct Session {
    id: u64,
    attributes: Vec<u8>,
    phase_ns: u64,
    instance: usize,
}

impl Session {
    fn new(id: u64) -> Self {
        let mut random = Random(id ^ 0x00ab_cdef);
        let mut attributes = Vec::new();
        let user = random.below(500);
        attribute(7, "session.id", &session_id(id), &mut attributes);
        attribute(7, "agent", random.of(&AGENTS), &mut attributes);
        attribute(7, "model", random.of(&MODELS), &mut attributes);
        attribute(7, "user.id", &format!("user-{user:04}"), &mut attributes);
        attribute(
            7,
            "organization.id",
            &format!("org-{:02}", user % 20),
            &mut attributes,
        );
        attribute(
            7,
            "terminal.type",
            TERMINALS[(user % 4) as usize],
            &mut attributes,
        );
        attribute(
            7,
            "app.version",
            VERSIONS[(user % 3) as usize],
            &mut attributes,
        );
        let phase_ns = random.below(60_000) * 1_000_000;
        Self {
            id,
            attributes,
            phase_ns,
            instance: random.below(INSTANCES) as usize,
        }
    }

    /// When it exports for the n-th time after its first minute began: up to 3 ms late.
    fn export_ns(&self, begin_ns: u64, n: u64) -> u64 {
        begin_ns + n * MINUTE_NS + self.phase_ns + Random(self.id * 31 + n).below(3_000_000)
    }

    fn point(&self, kind: usize, times: (u64, u64), value: u64, out: &mut Vec<u8>) {
        let mut point = Vec::with_capacity(self.attributes.len() + 64);
        fixed64(2, times.0, &mut point);
        fixed64(3, times.1, &mut point);
        fixed64(6, value, &mut point);
        point.extend_from_slice(&self.attributes);
        attribute(7, "type", TYPES[kind], &mut point);
        bytes(1, &point, out);
    }
}

/// `ResourceMetrics` of an instance: one delta sum.
fn resource_metrics(instance: usize, points: &[u8]) -> Vec<u8> {
    let mut resource = Vec::new();
    attribute(1, "service.name", "agent-cli", &mut resource);
    attribute(1, "service.namespace", "agents", &mut resource);
    attribute(
        1,
        "service.instance.id",
        &format!("agent-cli-{instance:03}"),
        &mut resource,
    );
    attribute(
        1,
        "host.name",
        &format!("node-{instance:03}.eu-west-1.internal"),
        &mut resource,
    );
    attribute(
        1,
        "deployment.environment.name",
        "production",
        &mut resource,
    );
    let mut sum = points.to_vec();
    sum.extend_from_slice(&[2 << 3, 1, 3 << 3, 1]);
    let (mut metric, mut scope, mut of_scope, mut out) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    bytes(1, b"agent.token.usage", &mut metric);
    bytes(3, b"{token}", &mut metric);
    bytes(7, &sum, &mut metric);
    bytes(1, b"agent.meter", &mut scope);
    bytes(1, &scope, &mut of_scope);
    bytes(2, &metric, &mut of_scope);
    bytes(1, &resource, &mut out);
    bytes(2, &of_scope, &mut out);
    out
}

/// A connection, and what is to be sent next.
struct Sender {
    connection: BufReader<TcpStream>,
    host: String,
    waiting: Vec<Vec<u8>>,
    points: u64,
    sent: (u64, u64, u64),
}

impl Sender {
    fn new(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let waiting = vec![Vec::new(); INSTANCES as usize];
        Ok(Self {
            connection: BufReader::new(stream),
            host: address.into(),
            waiting,
            points: 0,
            sent: (0, 0, 0),
        })
    }

    fn flush(&mut self) -> Result<()> {
        let mut body = Vec::new();
        for (instance, points) in self.waiting.iter_mut().enumerate() {
            if !points.is_empty() {
                bytes(1, &resource_metrics(instance, points), &mut body);
                points.clear();
            }
        }
        while self.post(&body)? {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        self.sent.0 += self.points;
        self.sent.1 += 1;
        self.sent.2 += body.len() as u64;
        self.points = 0;
        Ok(())
    }

    /// True if it is to be tried again; an error if anything was refused.
    fn post(&mut self, body: &[u8]) -> Result<bool> {
        let stream = self.connection.get_mut();
        write!(
            stream,
            "POST /v1/metrics HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
            self.host,
            body.len()
        )?;
        stream.write_all(body)?;
        let mut line = String::new();
        self.connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.connection.read_line(&mut line)?;
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.connection.read_exact(&mut answer)?;
        match (status.as_str(), length) {
            ("429" | "503", _) => Ok(true),
            ("200", 0..=2) => Ok(false),
            _ => Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into()),
        }
    }
}

/// What is made up: cohorts, sessions of a cohort, series of a session, and when it begins.
#[derive(Clone, Copy)]
struct Shape {
    cohorts: u64,
    sessions: u64,
    series: u64,
    begin_ns: u64,
}

/// Sends the sessions whose number leaves this remainder.
fn send(address: &str, shape: Shape, threads: u64, remainder: u64) -> Result<(u64, u64, u64)> {
    let mut sender = Sender::new(address)?;
    let mut random = Random(remainder + 77);
    for minute in 0..shape.cohorts + EXPORTS - 1 {
        for cohort in minute.saturating_sub(EXPORTS - 1)..=minute.min(shape.cohorts - 1) {
            let begin_ns = shape.begin_ns + cohort * MINUTE_NS;
            for number in (remainder..shape.sessions).step_by(threads as usize) {
                let session = Session::new(cohort * shape.sessions + number);
                let export = minute - cohort;
                let times = (
                    session.export_ns(begin_ns, export),
                    session.export_ns(begin_ns, export + 1),
                );
                for series in 0..shape.series {
                    let kind = if shape.series == 1 {
                        session.id
                    } else {
                        series
                    } % TYPES.len() as u64;
                    let value = 1 + random.below(if kind % 2 == 0 { 20_000 } else { 1_500 });
                    session.point(
                        kind as usize,
                        times,
                        value,
                        &mut sender.waiting[session.instance],
                    );
                    sender.points += 1;
                }
                if sender.points >= POINTS_A_REQUEST {
                    sender.flush()?;
                }
            }
        }
        sender.flush()?;
    }
    Ok(sender.sent)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, absent: Option<u64>| match (arguments.get(at), absent) {
        (Some(text), _) => Ok(text.parse()?),
        (None, Some(value)) => Ok(value),
        (None, None) => Err(Box::<dyn Error + Send + Sync>::from(
            "use: HOST:PORT COHORTS SESSIONS SERIES END_UNIX [THREADS]",
        )),
    };
    let (cohorts, sessions, series) = (number(1, None)?, number(2, None)?, number(3, None)?);
    let (end, threads) = (number(4, None)?, number(5, Some(4))?);
    let begin_ns = end.saturating_sub((cohorts + EXPORTS) * 60) * 1_000_000_000;
    let shape = Shape {
        cohorts,
        sessions,
        series,
        begin_ns,
    };
    let address = arguments[0].clone();
    if address == "-" {
        (0..cohorts * sessions).for_each(|session| println!("{}", session_id(session)));
        return Ok(());
    }
    let workers: Vec<_> = (0..threads)
        .map(|remainder| {
            let address = address.clone();
            std::thread::spawn(move || send(&address, shape, threads, remainder))
        })
        .collect();
    let (mut points, mut requests, mut length) = (0, 0, 0);
    for worker in workers {
        let sent = worker.join().map_err(|_| "a sender panicked")??;
        points += sent.0;
        requests += sent.1;
        length += sent.2;
    }
    println!(
        "{points} points of {} series in {requests} requests, {length} bytes, all acknowledged",
        cohorts * sessions * series
    );
    Ok(())
}
