//! The one way in: an engine over a store, with a method a question.

use crate::buckets::Buckets;
use crate::count::{Count, CountRequest, groups};
use crate::error::Result;
use crate::facet::{Facet, FacetRequest, top};
use crate::histogram::{self, HistogramRequest, SpanHistogram};
use crate::label::{Label, LabelValue, SeriesList, SeriesRequest, ValuesRequest};
use crate::label::{series, values};
use crate::limits::Limits;
use crate::live::Live;
use crate::log::{ContextRequest, LogContext, LogDocument, LogPage, LogSearch, context, search};
use crate::outline::{Outline, OutlineRequest, SpanDocument};
use crate::outline::{read, span};
use crate::overview::{self, Overview};
use crate::page::Values;
use crate::pattern::{self, PatternRequest, Patterns};
use crate::red::{self, OperationList, ServiceList};
use crate::resolve::{self, ResolveMatch, ResolveRequest};
use crate::run::Run;
use crate::service_map::{self, MapRequest, ServiceMap};
use crate::span::{self as spans, FoundSpan, SpanSearch};
use crate::trace::{OrderedTraces, TraceList, TraceOrder, TracePage, TraceRequest, TraceSearch};
use crate::trace::{list, ordered, pages};
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TenantId, TraceId};
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
        list::list(&self.run(tenant, context)?, search)
    }

    /// The first traces of another order, among the newest 10,000 that match. A cursor is
    /// `Invalid` here.
    pub fn ordered_traces(
        &self,
        tenant: &TenantId,
        search: &TraceSearch,
        order: TraceOrder,
        context: &ReadContext,
    ) -> Result<OrderedTraces> {
        ordered::ordered(&self.run(tenant, context)?, search, order)
    }

    /// A page of one trace; `NotFound` for an unknown one.
    pub fn trace(
        &self,
        tenant: &TenantId,
        request: &TraceRequest,
        context: &ReadContext,
    ) -> Result<TracePage> {
        pages::page(&self.run(tenant, context)?, request)
    }

    /// The outline of a trace or subtree; `NotFound` for an unknown one.
    pub fn outline(
        &self,
        tenant: &TenantId,
        request: &OutlineRequest,
        context: &ReadContext,
    ) -> Result<Outline> {
        read::outline(&self.run(tenant, context)?, request)
    }

    /// One span; `NotFound` for an unknown one.
    pub fn span(
        &self,
        tenant: &TenantId,
        (trace_id, span_id): (TraceId, SpanId),
        values: Values,
        context: &ReadContext,
    ) -> Result<SpanDocument> {
        span::span(&self.run(tenant, context)?, trace_id, span_id, values)
    }

    /// Spans that meet conditions, of any trace, newest first.
    pub fn search_spans(
        &self,
        tenant: &TenantId,
        search: &SpanSearch,
        context: &ReadContext,
    ) -> Result<Vec<FoundSpan>> {
        spans::search(&self.run(tenant, context)?, search)
    }

    /// What an id stands for, the most exact first; nothing for an unknown one.
    pub fn resolve(
        &self,
        tenant: &TenantId,
        request: &ResolveRequest,
        context: &ReadContext,
    ) -> Result<Vec<ResolveMatch>> {
        resolve::resolve(&self.run(tenant, context)?, request)
    }

    /// A page of log records.
    pub fn search_logs(
        &self,
        tenant: &TenantId,
        search: &LogSearch,
        context: &ReadContext,
    ) -> Result<LogPage> {
        search::search(&self.run(tenant, context)?, search)
    }

    /// One log record; `NotFound` for an unknown id.
    pub fn log(
        &self,
        tenant: &TenantId,
        id: RecordId,
        values: Values,
        context: &ReadContext,
    ) -> Result<LogDocument> {
        search::document(&self.run(tenant, context)?, id, values)
    }

    /// Patterns of the newest log lines that match.
    pub fn log_patterns(
        &self,
        tenant: &TenantId,
        request: &PatternRequest,
        context: &ReadContext,
    ) -> Result<Patterns> {
        pattern::read::patterns(&self.run(tenant, context)?, request)
    }

    /// A log record with its neighbours in time; `NotFound` for an unknown id.
    pub fn log_context(
        &self,
        tenant: &TenantId,
        request: &ContextRequest,
        read: &ReadContext,
    ) -> Result<LogContext> {
        context::context(&self.run(tenant, read)?, request)
    }

    /// Counts spans or log records.
    pub fn count(
        &self,
        tenant: &TenantId,
        request: &CountRequest,
        context: &ReadContext,
    ) -> Result<Count> {
        groups::count(&self.run(tenant, context)?, request)
    }

    /// Top values of names under the conditions.
    pub fn facets(
        &self,
        tenant: &TenantId,
        request: &FacetRequest,
        context: &ReadContext,
    ) -> Result<Vec<Facet>> {
        top::facets(&self.run(tenant, context)?, request)
    }

    /// Names of attributes that occur, the most frequent first.
    pub fn labels(
        &self,
        tenant: &TenantId,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Vec<Label>> {
        values::labels(&self.run(tenant, context)?, signal, range)
    }

    /// Values of a name, the most frequent first.
    pub fn label_values(
        &self,
        tenant: &TenantId,
        request: &ValuesRequest,
        context: &ReadContext,
    ) -> Result<Vec<LabelValue>> {
        values::values(&self.run(tenant, context)?, request)
    }

    /// Distinct sets of labels.
    pub fn series(
        &self,
        tenant: &TenantId,
        request: &SeriesRequest,
        context: &ReadContext,
    ) -> Result<SeriesList> {
        series::series(&self.run(tenant, context)?, request)
    }

    /// Services with rate, errors and duration, the busiest first.
    pub fn services(
        &self,
        tenant: &TenantId,
        buckets: Buckets,
        limit: usize,
        context: &ReadContext,
    ) -> Result<ServiceList> {
        red::services(&self.run(tenant, context)?, buckets, limit)
    }

    /// Operations of a service with rate, errors and duration, the busiest first.
    pub fn operations(
        &self,
        tenant: &TenantId,
        (service, limit): (&str, usize),
        buckets: Buckets,
        context: &ReadContext,
    ) -> Result<OperationList> {
        red::operations(&self.run(tenant, context)?, service, buckets, limit)
    }

    /// How everything fares in a range, and what needs a look at its end.
    pub fn overview(
        &self,
        tenant: &TenantId,
        buckets: Buckets,
        context: &ReadContext,
    ) -> Result<Overview> {
        overview::overview(&self.run(tenant, context)?, buckets)
    }

    /// Who calls whom, from the newest traces of a range.
    pub fn service_map(
        &self,
        tenant: &TenantId,
        request: &MapRequest,
        context: &ReadContext,
    ) -> Result<ServiceMap> {
        service_map::read::map(&self.run(tenant, context)?, request)
    }

    /// Spans over time: how many, how many failed, how long they took. Conditions on whole traces
    /// are `Invalid` here.
    pub fn span_histogram(
        &self,
        tenant: &TenantId,
        request: &HistogramRequest,
        context: &ReadContext,
    ) -> Result<SpanHistogram> {
        histogram::histogram(&self.run(tenant, context)?, request)
    }

    /// How many entry spans (roots, servers, consumers) began in a range, and how many failed.
    pub fn entry_totals(
        &self,
        tenant: &TenantId,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<(u64, u64)> {
        red::entry_totals(&self.run(tenant, context)?, range)
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
        let store = Arc::clone(&self.store);
        Live::new(
            store,
            tenant,
            signal,
            query,
            values,
            self.limits.page_bytes_max,
        )
    }

    fn run<'a>(&'a self, tenant: &TenantId, context: &'a ReadContext) -> Result<Run<'a>> {
        let snapshot = self.store.snapshot(tenant)?;
        Ok(Run {
            snapshot,
            limits: &self.limits,
            context,
        })
    }
}
