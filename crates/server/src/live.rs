//! Live streams: what arrives and matches, as messages with ids that a client can come back with.
//!
//! Streams of the same topics share a session: one thread a topic follows the store and fills one
//! bounded ring; clients read the ring at their own pace. A session outlives its last client for a
//! while, so that a client that comes back with `Last-Event-ID` misses nothing. Whoever is too
//! slow, or comes too late, is told what was lost. Sessions without clients make room for new ones.

mod alerts;
mod changes;
mod session;
pub mod topic;

use crate::answer::{Answer, ApiError};
use crate::config::settings::Stream;
use crate::state::ServerState;
use alerts::AlertChanges;
use changes::Changes;
use parking_lot::Mutex;
use session::{Session, Source};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tacho_api::error::ErrorKind;
use tacho_query::page::Values;
use tokio::sync::watch;
use topic::Topic;

/// Sessions at a time.
const SESSIONS_MAX: usize = 64;
/// Topics of all sessions: each is a thread.
const THREADS_MAX: usize = 512;
/// Messages in one piece of a stream.
const PIECE_MESSAGES_MAX: usize = 64;
/// Time without a message after which a comment is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// All live streams.
#[derive(Debug)]
pub struct Live {
    settings: Stream,
    /// What happened, for `/metrics`.
    pub counters: Arc<Counters>,
    sessions: Arc<Mutex<BTreeMap<String, Arc<Session>>>>,
    next_session: AtomicU64,
}

/// What happened to live streams.
#[derive(Debug, Default)]
pub struct Counters {
    /// Open now.
    pub open: AtomicU64,
    /// Opened.
    pub opened: AtomicU64,
    /// Refused because too many are open.
    pub refused: AtomicU64,
    /// Messages sent.
    pub sent: AtomicU64,
    /// Messages that were gone before a client fetched them.
    pub lost: AtomicU64,
}

impl Live {
    /// No streams yet.
    pub fn new(settings: Stream) -> Self {
        Self {
            settings,
            counters: Arc::default(),
            sessions: Arc::default(),
            next_session: AtomicU64::new(0),
        }
    }

    /// Opens a stream of topics, from where `last_id` says if that is still known. Not to be called from a
    /// task.
    ///
    /// # Errors
    /// 400 for a wrong topic or query, 429 if too many are open, 503 while starting.
    pub fn open(&self, state: &ServerState, topics: &str, last_id: Option<&str>) -> Answer<Client> {
        if !self.settings.enabled {
            let message = "live streams are switched off";
            return Err(
                ApiError::new(ErrorKind::NotFound, message).hint("see enable_real_time_updates")
            );
        }
        let topics = topic::parse(topics)?;
        let place = self.take_place()?;
        let session = self.session(state, &topics)?;
        let (cursor, mut notice) = session.place_of(last_id);
        if topics.contains(&Topic::Alerts) {
            // Told at once, and not only with the next change.
            let alerts = session::to_text(&alerts::notice(&state.core()?.alerts));
            let greeting = notice.get_or_insert_default();
            greeting.push_str(&format!("event: alerts\ndata: {alerts}\n\n"));
        }
        Ok(Client {
            changes: session.changes(),
            session,
            place,
            cursor,
            notice,
            greeted: false,
            stopping: state.stopping.clone(),
        })
    }

    fn take_place(&self) -> Answer<Place> {
        let open = self.counters.open.fetch_add(1, Ordering::AcqRel);
        let place = Place(Arc::clone(&self.counters));
        if open >= self.settings.max_streams as u64 {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            return Err(too_many());
        }
        self.counters.opened.fetch_add(1, Ordering::Relaxed);
        Ok(place)
    }

    /// The session of these topics; its place for one more client is taken.
    fn session(&self, state: &ServerState, topics: &[Topic]) -> Answer<Arc<Session>> {
        let key = topics
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(",");
        let mut sessions = self.sessions.lock();
        if let Some(known) = sessions.get(&key)
            && known.enter()
        {
            return Ok(Arc::clone(known));
        }
        if !make_room(&mut sessions, topics.len()) {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            return Err(too_many());
        }
        let sources = topics.iter().map(|topic| self.source(state, topic));
        let sources = sources.collect::<Answer<Vec<Source>>>()?;
        // Unlike those of an earlier run of the server.
        let number = self.next_session.fetch_add(1, Ordering::Relaxed);
        let id = (state.now().0 as u64).wrapping_add(number);
        let session = Session::start(id, self.settings.keep, sources, Arc::clone(&state.clock))?;
        sessions.insert(key, Arc::clone(&session));
        Ok(session)
    }

    fn source(&self, state: &ServerState, topic: &Topic) -> Answer<Source> {
        let core = state.core()?;
        Ok(match topic {
            Topic::Items { signal, query } => {
                let live = core
                    .engine
                    .live(&state.tenant, *signal, query, Values::Preview)?;
                Source::Items(*signal, live)
            }
            Topic::Changes => Source::Changes(Changes::new(
                Arc::clone(core.ingest.telemetry()),
                Arc::clone(&state.clock),
                state.stopping.clone(),
                self.settings.refresh_interval,
            )),
            Topic::Alerts => Source::Alerts(AlertChanges::new(
                Arc::clone(&core.alerts),
                Arc::clone(&state.clock),
                state.stopping.clone(),
            )),
        })
    }
}

/// Ends sessions without clients, the longest alone first, until another one with so many topics
/// fits; false if it does not.
fn make_room(sessions: &mut BTreeMap<String, Arc<Session>>, topics: usize) -> bool {
    loop {
        sessions.retain(|_, session| !session.is_closed());
        let threads: usize = sessions.values().map(|session| session.threads()).sum();
        if sessions.len() < SESSIONS_MAX && threads + topics <= THREADS_MAX {
            return true;
        }
        let alone = sessions
            .values()
            .filter_map(|session| Some((session.alone_since_ns()?, session)));
        let Some((_, oldest)) = alone.min_by_key(|(since, _)| *since) else {
            return false;
        };
        oldest.end_if_alone();
    }
}

fn too_many() -> ApiError {
    ApiError::new(ErrorKind::Limit, "too many live streams are open").hint("see stream.max_streams")
}

/// A place among the open streams.
#[derive(Debug)]
struct Place(Arc<Counters>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// One open stream.
#[derive(Debug)]
pub struct Client {
    session: Arc<Session>,
    changes: watch::Receiver<u64>,
    place: Place,
    /// Number of the next message.
    cursor: u64,
    /// What to say first.
    notice: Option<String>,
    greeted: bool,
    stopping: watch::Receiver<bool>,
}

impl Client {
    /// The next piece of text; `None` when the stream ends.
    pub async fn next(&mut self) -> Option<String> {
        if !self.greeted {
            self.greeted = true;
            let notice = self.notice.take().unwrap_or_default();
            return Some(format!("retry: 2000\n\n{notice}"));
        }
        loop {
            self.changes.borrow_and_update();
            let piece = self.session.read(self.cursor, PIECE_MESSAGES_MAX);
            let counters = &self.place.0;
            counters.lost.fetch_add(piece.lost, Ordering::Relaxed);
            counters.sent.fetch_add(piece.sent, Ordering::Relaxed);
            self.cursor = piece.next;
            if !piece.text.is_empty() {
                return Some(piece.text);
            }
            if self.session.is_closed() {
                return None;
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                _ = self.stopping.wait_for(|stop| *stop) => return None,
                () = tokio::time::sleep(KEEP_ALIVE) => return Some(": still here\n\n".to_owned()),
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.session.leave();
    }
}
