//! What HTTP and gRPC have in common: a body that was read becomes a durable request.

use super::OtlpState;
use super::body::Received;
use axum::http::HeaderMap;
use bytes::Bytes;
use std::sync::Arc;
use tacho_ingest::body::ContentEncoding;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_ingest::request::{ContentKind, Partial, Request, Transport};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_storage::wal::Appended;

/// A body of at most so many bytes is decoded where it was read if nothing has to be waited for:
/// handing it to another thread and back costs more than the work.
const INLINE_BYTES: usize = 16 << 10;

/// What is known of a request beside its body.
pub(super) struct Export {
    /// Whose data it is.
    pub(super) tenant: TenantId,
    /// What it holds.
    pub(super) signal: Signal,
    /// The way it came.
    pub(super) transport: Transport,
    /// How it is written.
    pub(super) content: ContentKind,
    /// How it is compressed.
    pub(super) encoding: ContentEncoding,
}

impl Export {
    /// Judges and writes the body, and waits until it is durable.
    pub(super) async fn take(
        self,
        state: &OtlpState,
        received: Received,
    ) -> Result<Option<Partial>, Refusal> {
        let signal = self.signal;
        let (request, memory) = self.request(received);
        let small = request.body.len() <= INLINE_BYTES;
        let ingest = Arc::clone(&state.ingest);
        let work = move || {
            let result = ingest.accept(&request);
            drop(memory);
            result
        };
        let accepted = if small && state.ingest.store().is_calm(signal) {
            state.pool.run_here(work).await??
        } else {
            state.pool.run(work).await??
        };
        if let Some(appended) = accepted.appended {
            durable(state, signal, appended).await?;
        }
        Ok(accepted.partial)
    }

    fn request(self, received: Received) -> (Request, impl Send + 'static) {
        let Received { bytes, memory } = received;
        let request = Request {
            tenant: self.tenant,
            signal: self.signal,
            transport: self.transport,
            content: self.content,
            encoding: self.encoding,
            body: Bytes::clone(&bytes),
        };
        (request, memory)
    }
}

/// Waits for the group commit that brings the request to disk.
pub(super) async fn durable(
    state: &OtlpState,
    signal: Signal,
    appended: Appended,
) -> Result<(), Refusal> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let done = Box::new(move |result| {
        // The receiver is gone if the client is; the data is durable all the same.
        let _ = sender.send(result);
    });
    state.ingest.store().on_durable(signal, appended, done);
    match receiver.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(Refusal::new(RefusalKind::Unavailable, "server is stopping")),
    }
}

/// How a body is compressed, by the header of that name (`content-encoding`, `grpc-encoding`).
pub(super) fn encoding(headers: &HeaderMap, name: &str) -> Result<ContentEncoding, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(first) = values.next() else {
        return Ok(ContentEncoding::Identity);
    };
    let known = first.to_str().ok().and_then(ContentEncoding::parse);
    known.filter(|_| values.next().is_none()).ok_or_else(|| {
        Refusal::new(
            RefusalKind::UnsupportedEncoding,
            format!(
                "{name} {:?} is not understood, expected one of gzip, zstd, deflate, identity",
                String::from_utf8_lossy(first.as_bytes())
            ),
        )
    })
}
