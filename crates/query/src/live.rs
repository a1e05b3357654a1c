//! Following what arrives, filtered by a query.

use crate::log::LogDocument;
use std::sync::Arc;
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::Span;

/// What a live query gives.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// Spans that arrived and match, in the order of their arrival.
    Spans(Vec<LiveSpan>),
    /// Log records that arrived and match, likewise.
    Logs(Vec<LogDocument>),
    /// So many items were lost because nobody fetched them; some may have matched.
    Lost(u64),
    /// Nothing came in time.
    Idle,
    /// The store is closing; nothing more comes.
    Closed,
}

/// A span by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSpan {
    /// The span.
    pub span: Span,
    /// Who emitted it.
    pub resource: Arc<Resource>,
    /// The library that emitted it.
    pub scope: Arc<Scope>,
}

/// A live query: a bounded queue in the store and a compiled filter.
pub struct Live {}

impl Live {
    /// Waits at most so long for the next event. Call it again soon: the queue is bounded.
    pub fn next(&mut self, wait: std::time::Duration) -> crate::error::Result<LiveEvent> {
        let _ = wait;
        Ok(LiveEvent::Closed)
    }
}
