//! Delivery against receivers on this machine: what is tried again, what is given up, and in which
//! order.

use super::{Attempt, BreakerState, Console, Delivery, DeliveryParts, Outcomes, Policy};
use crate::message::tests::{notification, resolved, spike};
use crate::notification::{IntegrationKey, Notification, Outcome, Reason};
use crate::receiver::defaults::Defaults;
use crate::receiver::{Integration, own};
use crate::secret::SecretReader;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use jiff::tz::TimeZone;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::{Clock, SystemClock};
use tacho_yaml::node::parse;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What a receiver answers.
#[derive(Debug, Clone)]
enum Say {
    Ok,
    Status(u16),
    Wait(&'static str),
    Json(&'static str),
    /// Headers, and a body that never ends.
    Hang,
    /// 500, once the gate opens.
    Gate,
    Redirect(u16, &'static str),
}

/// A receiver: says what it is told to say, the last for ever.
#[derive(Default)]
struct Receiver {
    says: Mutex<VecDeque<Say>>,
    got: Mutex<Vec<(HeaderMap, Bytes)>>,
    gate: Notify,
}

impl Receiver {
    fn count(&self) -> usize {
        self.got.lock().len()
    }
}

async fn answer(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    receiver.got.lock().push((headers, body));
    let say = {
        let mut says = receiver.says.lock();
        match says.len() {
            0 => Say::Ok,
            1 => says.front().cloned().unwrap_or(Say::Ok),
            _ => says.pop_front().unwrap_or(Say::Ok),
        }
    };
    if matches!(say, Say::Gate) {
        receiver.gate.notified().await;
    }
    let response = Response::builder();
    match say {
        Say::Ok => response.body(Body::from("ok")),
        Say::Status(status) => response.status(status).body(Body::from("no")),
        Say::Gate => response.status(500).body(Body::from("no")),
        Say::Wait(seconds) => response
            .status(StatusCode::TOO_MANY_REQUESTS)
            .header("retry-after", seconds)
            .body(Body::empty()),
        Say::Json(text) => response.body(Body::from(text)),
        Say::Hang => response.body(Body::from_stream(futures::stream::pending::<
            Result<Bytes, std::io::Error>,
        >())),
        Say::Redirect(status, to) => response
            .status(status)
            .header("location", to)
            .body(Body::empty()),
    }
    .unwrap()
}

/// What was told.
#[derive(Default)]
struct Told {
    all: Mutex<Vec<(u64, Outcome, Attempt)>>,
    more: Notify,
    lines: Mutex<Vec<String>>,
}

impl Outcomes for Told {
    fn outcome(&self, id: u64, _: &IntegrationKey, outcome: Outcome, attempt: Attempt) {
        self.all.lock().push((id, outcome, attempt));
        self.more.notify_waiters();
    }
}

impl Console for Told {
    fn line(&self, text: &str) {
        self.lines.lock().push(text.to_owned());
    }
}

impl Told {
    /// Waits until the outcomes satisfy this.
    async fn until(&self, what: &str, done: impl Fn(&[(u64, Outcome, Attempt)]) -> bool) {
        let wait = async {
            loop {
                let more = self.more.notified();
                tokio::pin!(more);
                more.as_mut().enable();
                if done(&self.all.lock()) {
                    return;
                }
                more.await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), wait)
            .await
            .is_err()
        {
            panic!("{what}: {:?}", self.all.lock());
        }
    }

    fn outcomes_of(&self, id: u64) -> Vec<Outcome> {
        let all = self.all.lock();
        let of = all.iter().filter(|(known, ..)| *known == id);
        of.map(|(_, outcome, _)| outcome.clone()).collect()
    }
}

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

fn is_dead(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Dead { .. })
}

/// There are no files.
#[derive(Debug)]
struct NoFiles;

impl SecretReader for NoFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("there is no file {path}"))
    }
}

struct Bench {
    delivery: Delivery,
    told: Arc<Told>,
    receiver: Arc<Receiver>,
    url: String,
}

fn quick() -> Policy {
    Policy {
        try_timeout: Duration::from_secs(20),
        first_wait: Duration::from_millis(1),
        max_wait: Duration::from_millis(4),
        breaker_failures: 100,
        breaker_first: Duration::from_millis(20),
        breaker_max: Duration::from_millis(40),
        ..Policy::default()
    }
}

async fn bench(says: impl IntoIterator<Item = Say>, policy: Policy) -> Bench {
    let receiver = Arc::new(Receiver::default());
    receiver.says.lock().extend(says);
    let app = Router::new()
        .route("/hook", post(answer))
        .with_state(Arc::clone(&receiver));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let told = Arc::new(Told::default());
    let delivery = Delivery::start(DeliveryParts {
        clock: Arc::new(SystemClock::new()),
        external_url: "https://tacho.example".to_owned(),
        zone: TimeZone::UTC,
        templates: Arc::default(),
        secrets: Arc::new(NoFiles),
        env: Arc::default(),
        console: Arc::clone(&told) as Arc<dyn Console>,
        allow_link_local: false,
        outcomes: Arc::clone(&told) as Arc<dyn Outcomes>,
        seed: 1,
        policy,
    });
    Bench {
        delivery,
        told,
        receiver,
        url,
    }
}

impl Bench {
    fn webhook(&self) -> Arc<Integration> {
        integration(&format!("{{type: webhook, url: '{}'}}", self.url))
    }
}

fn integration(block: &str) -> Arc<Integration> {
    let node = parse(&format!("[{block}]")).unwrap();
    let receivers = own::read_blocks(&node, &Defaults::default()).unwrap();
    Arc::clone(&receivers.receivers[0].integrations[0])
}

/// A notification of a group, decided now.
fn of_group(id: u64, group: &str) -> Notification {
    let mut notification = notification(vec![spike()], Reason::First);
    notification.id = id;
    notification.group_key = group.to_owned();
    notification.at_ms = SystemClock::new().now_ns() / 1_000_000;
    notification
}

#[tokio::test]
async fn a_message_that_is_taken_is_sent() {
    let bench = bench([Say::Ok], quick()).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.told.until("sent", |all| all.len() == 1).await;
    let (id, outcome, attempt) = bench.told.all.lock()[0].clone();
    assert_eq!((id, outcome), (1, Outcome::Sent { thread: None }));
    assert!(attempt.preview.contains("AgentFailureSpike") && attempt.preview.len() <= 4_096);
    assert!(attempt.started_ms > 0);
    let got = bench.receiver.got.lock();
    assert_eq!(got[0].0["idempotency-key"], "tacho-1");
    assert_eq!(got[0].0["content-type"], "application/json");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_the_same_key() {
    let says = [Say::Status(500), Say::Status(503), Say::Ok];
    let bench = bench(says, quick()).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench
        .told
        .until("sent", |all| all.iter().any(|one| is_sent(&one.1)))
        .await;
    let outcomes = bench.told.outcomes_of(1);
    assert!(matches!(outcomes[0], Outcome::Retrying { attempts: 1, .. }));
    assert!(matches!(outcomes[1], Outcome::Retrying { attempts: 2, .. }));
    let got = bench.receiver.got.lock();
    assert!(got.iter().all(|one| one.0["idempotency-key"] == "tacho-1"));
    let state = &bench.delivery.states()[0];
    assert_eq!((state.sent, state.failed, state.queued), (1, 2, 0));
    assert!(state.last_error.as_ref().unwrap().1.contains("status 503"));
}

#[tokio::test]
async fn what_is_refused_is_dead_until_somebody_asks() {
    let bench = bench([Say::Status(400), Say::Ok], quick()).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench
        .told
        .until("dead", |all| all.iter().any(|one| is_dead(&one.1)))
        .await;
    assert_eq!(bench.receiver.count(), 1);
    assert!(!bench.delivery.retry(99));
    assert!(bench.delivery.retry(1));
    bench
        .told
        .until("sent", |all| all.iter().any(|one| is_sent(&one.1)))
        .await;
    assert!(!bench.delivery.retry(1));
}

#[tokio::test]
async fn a_service_that_asks_to_wait_is_not_asked_sooner() {
    let bench = bench([Say::Wait("1"), Say::Ok], quick()).await;
    let begun = SystemClock::new();
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.told.until("retrying", |all| !all.is_empty()).await;
    let Outcome::Retrying { next_ms, .. } = bench.told.all.lock()[0].1.clone() else {
        panic!("a retry was expected");
    };
    let told_ms = begun.now_ns() / 1_000_000;
    assert!(next_ms > told_ms - 60_000);
    bench.delivery.submit(of_group(2, "b"), bench.webhook());
    bench
        .told
        .until("sent", |all| {
            all.iter().filter(|one| is_sent(&one.1)).count() == 2
        })
        .await;
    assert!(begun.monotonic_ns() >= 1_000_000_000);
}

#[tokio::test]
async fn one_that_says_yes_and_hangs_did_not_say_yes() {
    let policy = Policy {
        try_timeout: Duration::from_millis(200),
        ..quick()
    };
    let bench = bench([Say::Hang, Say::Ok], policy).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench
        .told
        .until("sent", |all| all.iter().any(|one| is_sent(&one.1)))
        .await;
    let outcomes = bench.told.outcomes_of(1);
    let Outcome::Retrying { error, .. } = &outcomes[0] else {
        panic!("a retry was expected");
    };
    assert!(error.contains("no complete answer"), "{error}");
    let got = bench.receiver.got.lock();
    assert_eq!(got[0].0["idempotency-key"], got[1].0["idempotency-key"]);
}

#[tokio::test]
async fn a_closed_door_opens_the_breaker_and_it_closes_again() {
    let policy = Policy {
        breaker_failures: 3,
        breaker_first: Duration::from_secs(3_600),
        breaker_max: Duration::from_secs(3_600),
        ..quick()
    };
    let bench = bench([], policy).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let hook = integration(&format!("{{type: webhook, url: 'http://{address}/'}}"));
    bench.delivery.submit(of_group(1, "a"), hook);
    bench.told.until("three tries", |all| all.len() == 3).await;
    let wait = async {
        loop {
            let state = bench.delivery.states().remove(0);
            if matches!(state.breaker, BreakerState::Open { .. }) && state.queued == 1 {
                return state;
            }
            tokio::task::yield_now().await;
        }
    };
    let state = tokio::time::timeout(Duration::from_secs(60), wait)
        .await
        .unwrap();
    assert_eq!(state.failed, 3);
    assert_eq!(bench.told.all.lock().len(), 3);
}

#[tokio::test]
async fn a_breaker_that_is_half_open_lets_one_through() {
    let policy = Policy {
        breaker_failures: 2,
        ..quick()
    };
    let says = [
        Say::Status(500),
        Say::Status(500),
        Say::Status(500),
        Say::Ok,
    ];
    let bench = bench(says, policy).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench
        .told
        .until("sent", |all| all.iter().any(|one| is_sent(&one.1)))
        .await;
    assert_eq!(bench.delivery.states()[0].breaker, BreakerState::Closed);
    assert_eq!(bench.receiver.count(), 4);
}

#[tokio::test]
async fn a_newer_message_of_a_group_takes_the_place_of_an_older() {
    let policy = Policy {
        first_wait: Duration::from_millis(300),
        max_wait: Duration::from_millis(300),
        ..quick()
    };
    let bench = bench([Say::Status(500), Say::Ok], policy).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.told.until("first try", |all| !all.is_empty()).await;
    bench.delivery.submit(of_group(2, "a"), bench.webhook());
    bench
        .told
        .until("sent", |all| all.iter().any(|one| is_sent(&one.1)))
        .await;
    assert_eq!(bench.told.outcomes_of(1).last(), Some(&Outcome::Superseded));
    assert!(bench.told.outcomes_of(2).iter().all(is_sent));
    assert_eq!(bench.receiver.count(), 2);
}

#[tokio::test]
async fn messages_of_a_group_keep_their_order_and_their_thread() {
    let bench = bench([Say::Json(r#"{"id":"55"}"#)], quick()).await;
    let hook = integration(&format!("{{type: discord, webhook_url: '{}'}}", bench.url));
    bench.delivery.submit(of_group(1, "a"), Arc::clone(&hook));
    bench.told.until("first", |all| all.len() == 1).await;
    assert_eq!(
        bench.told.outcomes_of(1),
        [Outcome::Sent {
            thread: Some("55".to_owned())
        }]
    );
    let mut end = resolved();
    end.id = 2;
    end.thread = Some("55".to_owned());
    bench.delivery.submit(end, hook);
    bench.told.until("second", |all| all.len() == 2).await;
    assert_eq!(
        bench.told.outcomes_of(2),
        [Outcome::Sent {
            thread: Some("55".to_owned())
        }]
    );
}

#[tokio::test]
async fn what_is_too_old_is_dead() {
    let bench = bench([Say::Status(500)], quick()).await;
    let mut old = of_group(1, "a");
    old.at_ms -= 25 * 3_600_000;
    bench.delivery.submit(old, bench.webhook());
    bench
        .told
        .until("dead", |all| all.iter().any(|one| is_dead(&one.1)))
        .await;
    let outcomes = bench.told.outcomes_of(1);
    let Some(Outcome::Dead { attempts: 1, error }) = outcomes.last() else {
        panic!("{outcomes:?}");
    };
    assert!(
        error.contains("its time is over") && error.contains("500"),
        "{error}"
    );
}

#[tokio::test]
async fn a_queue_has_an_end() {
    let policy = Policy {
        queue_max: 2,
        first_wait: Duration::from_secs(3_600),
        max_wait: Duration::from_secs(3_600),
        breaker_failures: 1,
        breaker_first: Duration::from_secs(3_600),
        ..quick()
    };
    let bench = bench([Say::Status(500)], policy).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.told.until("first try", |all| !all.is_empty()).await;
    for id in 2..6 {
        bench
            .delivery
            .submit(of_group(id, &id.to_string()), bench.webhook());
    }
    bench
        .told
        .until("full", |all| {
            all.iter().filter(|one| is_dead(&one.1)).count() >= 2
        })
        .await;
    assert!(bench.delivery.states()[0].queued <= 2);
}

#[tokio::test]
async fn redirects_to_others_are_not_followed() {
    for say in [
        Say::Redirect(307, "http://169.254.169.254/latest"),
        Say::Redirect(307, "http://localhost.invalid/"),
        Say::Redirect(302, "/hook"),
    ] {
        let bench = bench([say.clone()], quick()).await;
        bench.delivery.submit(of_group(1, "a"), bench.webhook());
        bench
            .told
            .until("dead", |all| all.iter().any(|one| is_dead(&one.1)))
            .await;
        assert_eq!(bench.receiver.count(), 1, "{say:?}");
    }
    let bench = bench([], quick()).await;
    let local = integration("{type: webhook, url: 'http://169.254.169.254/latest'}");
    bench.delivery.submit(of_group(1, "a"), local);
    bench
        .told
        .until("dead", |all| all.iter().any(|one| is_dead(&one.1)))
        .await;
    let Some(Outcome::Dead { error, .. }) = bench.told.outcomes_of(1).pop() else {
        panic!("it must be dead");
    };
    assert!(error.contains("link-local"), "{error}");
}

#[tokio::test]
async fn secrets_are_in_no_outcome() {
    let bench = bench([Say::Status(400)], quick()).await;
    let url = format!("{}?token=sesame", bench.url);
    let hook = integration(&format!("{{type: webhook, url: '{url}'}}"));
    bench.delivery.submit(of_group(1, "a"), hook);
    let closed = integration("{name: b, type: webhook, url: 'http://127.0.0.1:1/sesame'}");
    let mut other = of_group(2, "a");
    other.to.receiver = "b".to_owned();
    bench.delivery.submit(other, closed);
    bench
        .told
        .until("both", |all| {
            [1, 2].iter().all(|id| all.iter().any(|one| one.0 == *id))
        })
        .await;
    assert!(!format!("{:?}", bench.told.all.lock()).contains("sesame"));
    assert!(!format!("{:?}", bench.delivery.states()).contains("sesame"));
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_may_be_there_later() {
    let bench = bench([], quick()).await;
    let hook = integration("{type: slack, webhook_url_file: /run/secrets/slack}");
    bench.delivery.submit(of_group(1, "a"), Arc::clone(&hook));
    bench.told.until("retry", |all| !all.is_empty()).await;
    let Outcome::Retrying { error, .. } = bench.told.all.lock()[0].1.clone() else {
        panic!("a retry was expected");
    };
    assert!(error.contains("/run/secrets/slack"), "{error}");
    let preview = bench.delivery.preview(&of_group(1, "a"), &hook).unwrap();
    assert!(preview.title.contains("AgentFailureSpike"));
    assert!(preview.body.contains("attachments"));
}

#[tokio::test]
async fn lines_are_printed_and_programs_run() {
    let bench = bench([], quick()).await;
    bench
        .delivery
        .submit(of_group(1, "a"), integration("{type: console}"));
    bench.told.until("line", |all| all.len() == 1).await;
    assert!(bench.told.lines.lock()[0].starts_with("[HIGH] AgentFailureSpike"));
    for (id, command, wanted) in [
        (
            2,
            "[/bin/sh, -c, 'grep -q AgentFailureSpike && test \"$TACHO_SEVERITY\" = HIGH']",
            "sent",
        ),
        (3, "[/bin/sh, -c, 'echo bad usage >&2; exit 64']", "dead"),
        (4, "[/nowhere/at/all]", "dead"),
        (5, "[/bin/sh, -c, 'exit 1']", "again"),
    ] {
        let mut notification = of_group(id, &id.to_string());
        notification.to.kind = "command".to_owned();
        notification.to.index = usize::try_from(id).unwrap();
        let command = integration(&format!("{{type: command, command: {command}}}"));
        bench.delivery.submit(notification, command);
        bench
            .told
            .until("ended", |all| all.iter().any(|one| one.0 == id))
            .await;
        let outcome = bench.told.outcomes_of(id).remove(0);
        let got = match outcome {
            Outcome::Sent { .. } => "sent",
            Outcome::Dead { .. } => "dead",
            _ => "again",
        };
        assert_eq!(got, wanted, "{id}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_program_that_does_not_end_is_stopped() {
    let bench = bench([], quick()).await;
    let command =
        "{type: command, command: [/bin/sh, -c, 'sleep 1000 & sleep 1000'], timeout: 300ms}";
    bench
        .delivery
        .submit(of_group(1, "a"), integration(command));
    bench.told.until("ended", |all| !all.is_empty()).await;
    let Outcome::Retrying { error, .. } = bench.told.outcomes_of(1).remove(0) else {
        panic!("a retry was expected");
    };
    assert!(error.contains("no complete answer within 0.3 s"), "{error}");
}

#[tokio::test]
async fn receivers_that_are_gone_leave_no_queue() {
    let policy = Policy {
        first_wait: Duration::from_secs(3_600),
        max_wait: Duration::from_secs(3_600),
        ..quick()
    };
    let bench = bench([Say::Status(500)], policy).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.told.until("first try", |all| !all.is_empty()).await;
    bench.delivery.retain(|_| false);
    bench
        .told
        .until("dead or superseded", |all| all.len() >= 2)
        .await;
    assert!(bench.delivery.states().is_empty());
}

#[tokio::test]
async fn alerts_of_other_severities_are_left_out() {
    let bench = bench([Say::Ok], quick()).await;
    let hook = integration(&format!(
        "{{type: webhook, url: '{}', severity: CRITICAL}}",
        bench.url
    ));
    bench.delivery.submit(of_group(1, "a"), hook);
    bench.told.until("settled", |all| all.len() == 1).await;
    assert_eq!(bench.receiver.count(), 0);
}

#[tokio::test]
async fn what_is_on_its_way_is_told_before_the_end() {
    let bench = bench([Say::Gate], quick()).await;
    bench.delivery.submit(of_group(1, "a"), bench.webhook());
    bench.delivery.submit(of_group(2, "b"), bench.webhook());
    let arrived = async {
        while bench.receiver.count() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), arrived)
        .await
        .unwrap();
    // the end begins before the answer comes
    let open = async { bench.receiver.gate.notify_one() };
    tokio::join!(bench.delivery.finish(Duration::from_secs(60)), open);
    let told = bench.told.all.lock();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(matches!(told[0].1, Outcome::Retrying { .. }));
    assert_eq!(bench.receiver.count(), 1);
}
