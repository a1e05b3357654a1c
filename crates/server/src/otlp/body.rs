//! Reads the body of a request, with limits of size, time and memory.

use super::ReadLimits;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_storage::engine::budget::{MemoryBudget, Part, Reservation};
use tokio::time::{Instant, timeout};

/// Memory is reserved in steps of at least this.
const STEP_BYTES: u64 = 64 << 10;
/// So much of a refused body is read and thrown away.
const DRAIN_BYTES: u64 = 32 << 20;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A body that was read, and the memory that counts for it.
#[derive(Debug)]
pub(super) struct Received {
    /// The bytes.
    pub(super) bytes: Bytes,
    /// Counted until this is dropped.
    pub(super) memory: Vec<Reservation>,
}

/// What the length header says, if it says anything.
pub(super) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a body to its end. `check` sees what is there after every piece, from the first byte on,
/// and may refuse the rest.
///
/// # Errors
/// `TooLarge`, `Timeout`, `Overloaded` (no memory), `Malformed` (the connection broke off), or
/// what `check` says.
pub(super) async fn read(
    mut body: Body,
    limit: usize,
    reading: ReadLimits,
    budget: &Arc<MemoryBudget>,
    check: impl Fn(&[u8]) -> Result<(), Refusal>,
) -> Result<Received, Refusal> {
    let pace = Pace::start(reading);
    let mut pieces = Pieces::default();
    while let Some(piece) = pace.next(&mut body, pieces.len()).await? {
        if let Err(refusal) = pieces.add(piece, limit, budget, &check) {
            drain_rest(body).await;
            return Err(refusal);
        }
    }
    Ok(pieces.into_received())
}

/// Reads and throws away what is left of a body that was refused, within bounds, so that a client
/// that looks for the answer only after it has sent everything gets one instead of a broken
/// connection, which it would take for a reason to try again.
pub(super) async fn drain(body: Body, headers: &HeaderMap) {
    let is_large = declared_length(headers).is_some_and(|length| length > DRAIN_BYTES);
    // Who waits for leave to send looks for the answer now.
    if !is_large && !headers.contains_key(EXPECT) {
        drain_rest(body).await;
    }
}

async fn drain_rest(mut body: Body) {
    let read = async {
        let mut left = DRAIN_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len) as u64;
            let Some(rest) = left.checked_sub(length) else {
                break;
            };
            left = rest;
        }
    };
    // Whether it came to its end does not matter: the answer goes out either way.
    let _ = timeout(DRAIN_TIME, read).await;
}

/// Holds a client to the times of `ReadLimits`.
struct Pace {
    started: Instant,
    limits: ReadLimits,
}

impl Pace {
    fn start(limits: ReadLimits) -> Self {
        Self {
            started: Instant::now(),
            limits,
        }
    }

    async fn next(&self, body: &mut Body, received: usize) -> Result<Option<Bytes>, Refusal> {
        loop {
            let elapsed = self.started.elapsed();
            let left = self.limits.total.saturating_sub(elapsed);
            let expected = self
                .limits
                .bytes_per_second_min
                .saturating_mul(elapsed.as_secs());
            let is_slow = elapsed > self.limits.idle && (received as u64) < expected;
            if is_slow || left.is_zero() {
                return Err(self.too_slow(received, elapsed));
            }
            match timeout(self.limits.idle.min(left), body.frame()).await {
                Err(_) => return Err(self.too_slow(received, self.started.elapsed())),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => {
                    return Err(Refusal::new(
                        RefusalKind::Malformed,
                        format!("body broke off after {received} bytes: {error}"),
                    ));
                }
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data()
                        && !data.is_empty()
                    {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    fn too_slow(&self, received: usize, elapsed: Duration) -> Refusal {
        Refusal::new(
            RefusalKind::Timeout,
            format!(
                "body came too slowly: {received} bytes in {} s, expected {} bytes a second and \
                 no pause of {} s",
                elapsed.as_secs(),
                self.limits.bytes_per_second_min,
                self.limits.idle.as_secs()
            ),
        )
    }
}

/// What was read so far. One piece alone is kept as it came, without copying.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    joined: Option<BytesMut>,
    reserved: u64,
    memory: Vec<Reservation>,
}

impl Pieces {
    fn bytes(&self) -> &[u8] {
        self.joined.as_deref().unwrap_or(&self.first)
    }

    fn len(&self) -> usize {
        self.bytes().len()
    }

    /// Takes one more piece, if it may be.
    fn add(
        &mut self,
        piece: Bytes,
        limit: usize,
        budget: &Arc<MemoryBudget>,
        check: &impl Fn(&[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if self.len() == 0 {
            check(&piece)?;
        }
        if self.len() + piece.len() > limit {
            return Err(Refusal::new(
                RefusalKind::TooLarge,
                format!("body has more than {limit} bytes as sent"),
            ));
        }
        self.reserve(piece.len() as u64, budget)?;
        self.push(piece);
        check(self.bytes())
    }

    fn push(&mut self, piece: Bytes) {
        match &mut self.joined {
            Some(joined) => joined.extend_from_slice(&piece),
            None if self.first.is_empty() => self.first = piece,
            None => {
                let mut joined = BytesMut::with_capacity((self.first.len() + piece.len()) * 2);
                joined.extend_from_slice(&self.first);
                joined.extend_from_slice(&piece);
                self.first = Bytes::new();
                self.joined = Some(joined);
            }
        }
    }

    /// Counts memory for `more` bytes on top of what is here; twice over, for the buffer that
    /// grows by doubling.
    fn reserve(&mut self, more: u64, budget: &Arc<MemoryBudget>) -> Result<(), Refusal> {
        let needed = (self.len() as u64 + more).saturating_mul(2);
        if needed > self.reserved {
            let step = (needed - self.reserved)
                .max(STEP_BYTES)
                .max(self.reserved / 2);
            self.memory.push(budget.try_reserve(Part::Requests, step)?);
            self.reserved += step;
        }
        Ok(())
    }

    fn into_received(self) -> Received {
        Received {
            bytes: self.joined.map_or(self.first, BytesMut::freeze),
            memory: self.memory,
        }
    }
}
