//! One session of the live stream: threads that follow the store, and the ring they fill.

use super::alerts::AlertChanges;
use super::changes::Changes;
use super::topic::name_of;
use crate::answer::ApiError;
use crate::to_api::{to_live_span, to_log_document};
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tacho_api::error::ErrorKind;
use tacho_api::health::LostNotice;
use tacho_model::signal::Signal;
use tacho_query::live::{Live, LiveEvent};
use tacho_stdx::clock::Clock;
use tokio::sync::watch;

/// Bytes that a ring may hold.
const RING_BYTES_MAX: usize = 8 << 20;
/// Time that a session lives on without clients.
const LINGER_NS: i64 = 60_000_000_000;
/// Longest wait for the store, and so for noticing that nobody listens any more.
const WAIT: Duration = Duration::from_millis(250);

/// What a thread follows.
pub(super) enum Source {
    /// Items of a signal.
    Items(Signal, Live),
    /// That anything arrived.
    Changes(Changes),
    /// That something about alerts changed.
    Alerts(AlertChanges),
}

/// Streams of the same topics.
#[derive(Debug)]
pub(super) struct Session {
    id: u64,
    threads: usize,
    keep: usize,
    ring: Mutex<Ring>,
    latest: watch::Sender<u64>,
    clients: Mutex<Clients>,
    closed: AtomicBool,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Ring {
    messages: VecDeque<Message>,
    /// Number of the first message.
    first: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Message {
    event: &'static str,
    /// Place of its topic among those of the session, from 0.
    place: usize,
    data: String,
}

#[derive(Debug)]
struct Clients {
    count: usize,
    /// Since when there is none.
    none_since_ns: i64,
}

/// Some messages as text.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) next: u64,
    pub(super) sent: u64,
    pub(super) lost: u64,
}

impl Session {
    /// Starts a thread for each source; one client is in.
    pub(super) fn start(
        id: u64,
        keep: usize,
        sources: Vec<Source>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, ApiError> {
        let session = Arc::new(Self {
            id,
            threads: sources.len(),
            keep,
            ring: Mutex::new(Ring {
                first: 1,
                ..Ring::default()
            }),
            latest: watch::Sender::new(0),
            clients: Mutex::new(Clients {
                count: 1,
                none_since_ns: 0,
            }),
            closed: AtomicBool::new(false),
            clock,
        });
        for (place, source) in sources.into_iter().enumerate() {
            let follower = Arc::clone(&session);
            let started = match source {
                Source::Items(signal, live) => std::thread::Builder::new()
                    .name(format!("live-{signal}"))
                    .spawn(move || follower.follow(place, signal, live)),
                Source::Changes(changes) => std::thread::Builder::new()
                    .name("live-changes".to_owned())
                    .spawn(move || follower.watch(place, changes)),
                Source::Alerts(changes) => std::thread::Builder::new()
                    .name("live-alerts".to_owned())
                    .spawn(move || follower.watch_alerts(place, changes)),
            };
            if let Err(error) = started {
                session.close();
                let message = format!("start a thread for a live stream: {error}");
                return Err(ApiError::new(ErrorKind::Internal, message));
            }
        }
        Ok(session)
    }

    /// One client more; false if the session is over.
    pub(super) fn enter(&self) -> bool {
        let mut clients = self.clients.lock();
        if self.is_closed() {
            return false;
        }
        clients.count += 1;
        true
    }

    pub(super) fn leave(&self) {
        let mut clients = self.clients.lock();
        clients.count = clients.count.saturating_sub(1);
        clients.none_since_ns = self.clock.monotonic_ns();
    }

    /// Threads that it has.
    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    /// Since when it has no clients; `None` if it has some.
    pub(super) fn alone_since_ns(&self) -> Option<i64> {
        let clients = self.clients.lock();
        (clients.count == 0).then_some(clients.none_since_ns)
    }

    /// Ends unless a client came meanwhile.
    pub(super) fn end_if_alone(&self) {
        let clients = self.clients.lock();
        if clients.count == 0 {
            self.closed.store(true, Ordering::Release);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.latest.subscribe()
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.latest.send_modify(|latest| *latest += 1);
    }

    fn follow(&self, place: usize, signal: Signal, mut live: Live) {
        while !self.is_closed() {
            match live.next(WAIT) {
                Ok(LiveEvent::Spans(spans)) => {
                    let messages = spans
                        .iter()
                        .map(|span| ("trace", to_text(&to_live_span(span))));
                    self.push(place, messages);
                }
                Ok(LiveEvent::Logs(records)) => {
                    let messages = records
                        .iter()
                        .map(|log| ("log", to_text(&to_log_document(log))));
                    self.push(place, messages);
                }
                Ok(LiveEvent::Lost(count)) => {
                    let notice = LostNotice {
                        topic: name_of(signal).to_owned(),
                        count: Some(count.into()),
                    };
                    self.push(place, [("lost", to_text(&notice))].into_iter());
                }
                Ok(LiveEvent::Idle) => {}
                Ok(LiveEvent::Closed) => break,
                Err(error) => {
                    tracing::warn!(%error, "a live stream ended");
                    break;
                }
            }
            self.end_if_forgotten();
        }
        self.close();
    }

    fn watch(&self, place: usize, mut changes: Changes) {
        while !self.is_closed() && !changes.is_stopping() {
            std::thread::park_timeout(WAIT);
            if let Some(notice) = changes.next() {
                self.push(place, [("change", to_text(&notice))].into_iter());
            }
            self.end_if_forgotten();
        }
        self.close();
    }

    fn watch_alerts(&self, place: usize, mut changes: AlertChanges) {
        while !self.is_closed() && !changes.is_stopping() {
            std::thread::park_timeout(WAIT);
            if let Some(notice) = changes.next() {
                self.push(place, [("alerts", to_text(&notice))].into_iter());
            }
            self.end_if_forgotten();
        }
        self.close();
    }

    fn end_if_forgotten(&self) {
        let clients = self.clients.lock();
        let alone_ns = self.clock.monotonic_ns() - clients.none_since_ns;
        if clients.count == 0 && alone_ns > LINGER_NS {
            self.closed.store(true, Ordering::Release);
        }
    }

    fn push(&self, place: usize, messages: impl Iterator<Item = (&'static str, String)>) {
        let mut ring = self.ring.lock();
        for (event, data) in messages {
            ring.bytes += data.len();
            ring.messages.push_back(Message { event, place, data });
            while ring.messages.len() > self.keep
                || (ring.bytes > RING_BYTES_MAX && ring.messages.len() > 1)
            {
                if let Some(oldest) = ring.messages.pop_front() {
                    ring.bytes -= oldest.data.len();
                    ring.first += 1;
                }
            }
        }
        drop(ring);
        self.latest.send_modify(|latest| *latest += 1);
    }

    /// Where a client goes on, and what it must be told first.
    pub(super) fn place_of(&self, last_id: Option<&str>) -> (u64, Option<String>) {
        let ring = self.ring.lock();
        let end = ring.first + ring.messages.len() as u64;
        let Some(last_id) = last_id.filter(|id| !id.is_empty()) else {
            return (end, None);
        };
        let known = number_in(last_id, self.id)
            .filter(|number| *number < end)
            .map(|number| number + 1);
        match known {
            Some(next) => (next, None),
            None => {
                let notice = LostNotice {
                    topic: "all".to_owned(),
                    count: None,
                };
                (
                    end,
                    Some(format!("event: lost\ndata: {}\n\n", to_text(&notice))),
                )
            }
        }
    }

    /// Messages from a place on.
    pub(super) fn read(&self, from: u64, messages_max: usize) -> Piece {
        let ring = self.ring.lock();
        let mut piece = Piece {
            next: from.max(ring.first),
            ..Piece::default()
        };
        piece.lost = piece.next - from;
        if piece.lost > 0 {
            let notice = LostNotice {
                topic: "all".to_owned(),
                count: Some(piece.lost.into()),
            };
            let _ = write!(piece.text, "event: lost\ndata: {}\n\n", to_text(&notice));
        }
        let skip = usize::try_from(piece.next - ring.first).unwrap_or(usize::MAX);
        for message in ring.messages.iter().skip(skip).take(messages_max) {
            let (id, number) = (self.id, piece.next);
            let Message { event, place, data } = message;
            let _ = write!(
                piece.text,
                "id: {id:x}-{number}-{place}\nevent: {event}\ndata: {data}\n\n"
            );
            piece.next += 1;
            piece.sent += 1;
        }
        piece
    }
}

/// The number in an id that this session gave: `SESSION-NUMBER-PLACE`.
fn number_in(id: &str, session: u64) -> Option<u64> {
    let mut parts = id.split('-');
    let of = u64::from_str_radix(parts.next()?, 16).ok()?;
    let number = parts.next()?.parse().ok()?;
    (of == session).then_some(number)
}

/// JSON on one line.
pub(super) fn to_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Session;
    use std::sync::Arc;
    use tacho_stdx::clock::ManualClock;

    #[test]
    fn who_comes_back_gets_what_is_kept_and_is_told_what_is_not() {
        let session = Session::start(0xab, 3, Vec::new(), Arc::new(ManualClock::at(0))).unwrap();
        let message = |n: u32| ("log", n.to_string());
        session.push(0, (1..=2).map(message));
        assert_eq!(session.place_of(None), (3, None));
        assert_eq!(session.place_of(Some("ab-1-0")), (2, None));
        let piece = session.read(2, 10);
        assert_eq!(piece.text, "id: ab-2-0\nevent: log\ndata: 2\n\n");
        assert_eq!((piece.next, piece.sent, piece.lost), (3, 1, 0));
        session.push(1, (3..=6).map(message));
        let piece = session.read(3, 1);
        assert_eq!(
            piece.text,
            "event: lost\ndata: {\"topic\":\"all\",\"count\":1}\n\nid: ab-4-1\nevent: log\ndata: 4\n\n"
        );
        for foreign in ["ac-1-0", "nonsense", "ab-77-0"] {
            let (cursor, notice) = session.place_of(Some(foreign));
            assert_eq!(cursor, 7);
            assert_eq!(
                notice.as_deref(),
                Some("event: lost\ndata: {\"topic\":\"all\"}\n\n")
            );
        }
    }
}
