//! The one way in: an engine over a store, with a method a question.

use crate::compile::{self, Compiled};
use crate::count::{Count, CountRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::facet::{Facet, FacetRequest};
use crate::label::{Label, LabelValue, SeriesList, SeriesRequest, ValuesRequest};
use crate::limits::Limits;
use crate::live::Live;
use crate::log::{ContextRequest, LogContext, LogDocument, LogPage, LogSearch};
use crate::page::Values;
use crate::trace::{TraceList, TracePage, TraceRequest, TraceSearch};
use std::sync::Arc;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::read::{ReadContext, ReadStore};

/// Answers queries over a store. Cheap to share; every call takes a snapshot of its own.
///
/// Errors of every method: `Invalid` for a request that can never work (with `field`, and for
/// query texts with diagnostics), `LimitExceeded` beyond the limits of the engine or the context,
/// `Unavailable` when the context is cancelled, `Corrupt` and `Internal` from the store.
pub struct Engine {
    store: Arc<dyn ReadStore>,
    limits: Limits,
}

impl Engine {
    /// An engine over a store.
    pub fn new(store: Arc<dyn ReadStore>, limits: Limits) -> Self {
        Self { store, limits }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A page of traces.
    pub fn list_traces(
        &self,
        tenant: &TenantId,
        search: &TraceSearch,
        context: &ReadContext,
    ) -> Result<TraceList> {
        let _ = (tenant, search, context, &self.store);
        pending()
    }

    /// A page of one trace; `NotFound` for an unknown one.
    pub fn trace(
        &self,
        tenant: &TenantId,
        request: &TraceRequest,
        context: &ReadContext,
    ) -> Result<TracePage> {
        let _ = (tenant, request, context);
        pending()
    }

    /// A page of log records.
    pub fn search_logs(
        &self,
        tenant: &TenantId,
        search: &LogSearch,
        context: &ReadContext,
    ) -> Result<LogPage> {
        let _ = (tenant, search, context);
        pending()
    }

    /// One log record; `NotFound` for an unknown id.
    pub fn log(
        &self,
        tenant: &TenantId,
        id: RecordId,
        values: Values,
        context: &ReadContext,
    ) -> Result<LogDocument> {
        let _ = (tenant, id, values, context);
        pending()
    }

    /// A log record with its neighbours in time; `NotFound` for an unknown id.
    pub fn log_context(
        &self,
        tenant: &TenantId,
        request: &ContextRequest,
        context: &ReadContext,
    ) -> Result<LogContext> {
        let _ = (tenant, request, context);
        pending()
    }

    /// Counts spans or log records.
    pub fn count(
        &self,
        tenant: &TenantId,
        request: &CountRequest,
        context: &ReadContext,
    ) -> Result<Count> {
        let _ = (tenant, request, context);
        pending()
    }

    /// Top values of names under the conditions.
    pub fn facets(
        &self,
        tenant: &TenantId,
        request: &FacetRequest,
        context: &ReadContext,
    ) -> Result<Vec<Facet>> {
        let _ = (tenant, request, context);
        pending()
    }

    /// Names of attributes that occur, the most frequent first.
    pub fn labels(
        &self,
        tenant: &TenantId,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Vec<Label>> {
        let _ = (tenant, signal, range, context);
        pending()
    }

    /// Values of a name, the most frequent first.
    pub fn label_values(
        &self,
        tenant: &TenantId,
        request: &ValuesRequest,
        context: &ReadContext,
    ) -> Result<Vec<LabelValue>> {
        let _ = (tenant, request, context);
        pending()
    }

    /// Distinct sets of labels.
    pub fn series(
        &self,
        tenant: &TenantId,
        request: &SeriesRequest,
        context: &ReadContext,
    ) -> Result<SeriesList> {
        let _ = (tenant, request, context);
        pending()
    }

    /// Follows what arrives from now on and matches: LogQL for logs, TraceQL for spans; an empty
    /// text is everything. TraceQL conditions on whole traces are `Invalid` here.
    pub fn live(
        &self,
        tenant: &TenantId,
        signal: Signal,
        query: &str,
        values: Values,
    ) -> Result<Live> {
        let _ = (tenant, signal, query, values);
        pending()
    }
}

fn pending<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Internal, "not built yet"))
}

/// Checks a TraceQL text without running it.
pub fn check_traceql(text: &str) -> Result<Compiled> {
    compile::compile_traceql(text)
}
