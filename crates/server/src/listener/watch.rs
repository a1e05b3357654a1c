//! Watches one connection: bytes in and out, running requests. Says when it is idle (finish it),
//! when a head comes too slowly or an answer is not fetched (drop it).

use super::Times;
use crate::telemetry::connections::Refused;
use axum::body::Body;
use http_body::Frame;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What to do with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Let it be.
    Keep,
    /// Nothing happened for long: finish what runs and close.
    Finish,
    /// It does harm: close at once.
    Drop(Refused),
}

/// What is known of a connection. Times are milliseconds since it was opened, plus 1; 0 is "not".
#[derive(Debug)]
pub(super) struct Watcher {
    clock: Arc<dyn Clock>,
    opened_ns: i64,
    times: Times,
    running: AtomicU32,
    quiet_since: AtomicU64,
    head_since: AtomicU64,
    write_stuck_since: AtomicU64,
    http2: AtomicBool,
    seen_bytes: AtomicBool,
}

impl Watcher {
    pub(super) fn new(times: Times, clock: Arc<dyn Clock>) -> Self {
        Self {
            opened_ns: clock.monotonic_ns(),
            clock,
            times,
            running: AtomicU32::new(0),
            quiet_since: AtomicU64::new(1),
            head_since: AtomicU64::new(0),
            write_stuck_since: AtomicU64::new(0),
            http2: AtomicBool::new(false),
            seen_bytes: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        let open_ms = (self.clock.monotonic_ns() - self.opened_ns) / 1_000_000;
        u64::try_from(open_ms).unwrap_or(0) + 1
    }

    /// A request has come; it runs until what is returned is dropped.
    pub(super) fn begin(watcher: &Arc<Self>) -> Running {
        watcher.running.fetch_add(1, Ordering::AcqRel);
        watcher.head_since.store(0, Ordering::Release);
        Running(Arc::clone(watcher))
    }

    fn read(&self, bytes: &[u8]) {
        if !self.seen_bytes.swap(true, Ordering::AcqRel) && bytes.starts_with(b"PRI ") {
            self.http2.store(true, Ordering::Release);
        }
        if self.running.load(Ordering::Acquire) == 0 && !self.http2.load(Ordering::Acquire) {
            let now = self.now();
            let _ = self
                .head_since
                .compare_exchange(0, now, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    fn wrote(&self, stuck: bool) {
        if stuck {
            let now = self.now();
            let _ = self.write_stuck_since.compare_exchange(
                0,
                now,
                Ordering::AcqRel,
                Ordering::Acquire,
            );
        } else if self.write_stuck_since.load(Ordering::Acquire) != 0 {
            self.write_stuck_since.store(0, Ordering::Release);
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        let over = |since: u64, limit: Duration| {
            since != 0 && u128::from(self.now().saturating_sub(since)) > limit.as_millis()
        };
        if over(
            self.write_stuck_since.load(Ordering::Acquire),
            self.times.idle,
        ) {
            return Verdict::Drop(Refused::Stuck);
        }
        if self.running.load(Ordering::Acquire) > 0 {
            return Verdict::Keep;
        }
        if over(self.head_since.load(Ordering::Acquire), self.times.header) {
            return Verdict::Drop(Refused::Slow);
        }
        if over(self.quiet_since.load(Ordering::Acquire), self.times.idle) {
            return Verdict::Finish;
        }
        Verdict::Keep
    }
}

/// A running request.
#[derive(Debug)]
pub(super) struct Running(Arc<Watcher>);

impl Running {
    /// The same body, which keeps the request running until it is sent or dropped.
    pub(super) fn hold(self, body: Body) -> Body {
        Body::new(Held {
            body,
            _running: self,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.quiet_since.store(self.0.now(), Ordering::Release);
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Held {
    body: Body,
    _running: Running,
}

impl http_body::Body for Held {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

/// A stream that tells its watcher what passes.
#[derive(Debug)]
pub(super) struct Watched<S> {
    inner: S,
    watcher: Arc<Watcher>,
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, watcher: Arc<Watcher>) -> Self {
        Self { inner, watcher }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        if let Some(new) = buffer.filled().get(before..)
            && !new.is_empty()
        {
            self.watcher.read(new);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.watcher.wrote(polled.is_pending());
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.watcher.wrote(polled.is_pending());
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::{Refused, Verdict, Watcher};
    use crate::listener::Times;
    use std::sync::Arc;
    use std::time::Duration;
    use tacho_stdx::clock::{Clock, ManualClock};

    const TIMES: Times = Times {
        header: Duration::from_secs(10),
        idle: Duration::from_secs(60),
    };

    fn watcher() -> (Arc<Watcher>, impl Fn(u64)) {
        let clock = Arc::new(ManualClock::at(0));
        let watcher = Arc::new(Watcher::new(TIMES, Arc::clone(&clock) as Arc<dyn Clock>));
        (watcher, move |seconds| {
            clock.advance(Duration::from_secs(seconds));
        })
    }

    #[test]
    fn idle_slow_and_stuck_connections_are_told_apart() {
        let (watcher, pass) = watcher();
        assert_eq!(watcher.verdict(), Verdict::Keep);
        watcher.read(b"GET / HT");
        let running = Watcher::begin(&watcher);
        pass(1000);
        assert_eq!(watcher.verdict(), Verdict::Keep, "a request runs");
        drop(running);
        pass(59);
        assert_eq!(watcher.verdict(), Verdict::Keep);
        pass(2);
        assert_eq!(watcher.verdict(), Verdict::Finish, "nothing came");
        watcher.read(b"G");
        pass(11);
        watcher.read(b"E");
        assert_eq!(
            watcher.verdict(),
            Verdict::Drop(Refused::Slow),
            "a byte a minute"
        );
        let running = Watcher::begin(&watcher);
        watcher.wrote(true);
        pass(50);
        watcher.wrote(false);
        watcher.wrote(true);
        pass(50);
        assert_eq!(
            watcher.verdict(),
            Verdict::Keep,
            "something was fetched in between"
        );
        pass(20);
        assert_eq!(watcher.verdict(), Verdict::Drop(Refused::Stuck));
        drop(running);
    }

    #[test]
    fn frames_between_requests_are_no_slow_heads_on_http2() {
        let (watcher, pass) = watcher();
        watcher.read(b"PRI * HTTP/2.0");
        drop(Watcher::begin(&watcher));
        watcher.read(b"ping");
        pass(20);
        assert_eq!(watcher.verdict(), Verdict::Keep);
        pass(50);
        assert_eq!(watcher.verdict(), Verdict::Finish);
    }
}
