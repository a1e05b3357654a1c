//! A tenant's data at one moment: shared batches of the heads and a shared catalog of blocks.

use super::assemble::assemble;
use super::catalog::{BlockHandle, Catalog};
use super::count::count;
use super::eval::{EvalTable, ResolveValue};
use super::head::Place;
use super::names::names;
use super::recent::Recent;
use super::scan::Scan;
use super::signal_store::SignalStore;
use super::visit::visit;
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::Projection;
use crate::columns::span_batch::SpanBatch;
use crate::engine::budget::MemoryBudget;
use crate::error::{Error, ErrorKind, Result};
use crate::partition::Partition;
use crate::read::{
    AggregateGroup, AggregateRequest, Batches, CatalogEntry, ReadContext, ReadStats, ScanRequest,
    Snapshot, VisitRequest, VisitSpans,
};
use crate::values::memory::MemoryValues;
use crate::values::partition::PartitionValues;
use parking_lot::Mutex;
use std::sync::Arc;
use tacho_model::id::{TenantId, TraceId};
use tacho_model::json;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_model::value::{ReferenceKind, Value, ValueReference};

/// Blocks that turned out to be broken, for maintenance to look at.
pub type Suspects = Arc<Mutex<Vec<(Signal, u64)>>>;

/// Suspects that wait at most.
const SUSPECTS_MAX: usize = 1024;

/// Remembers a block that cannot be read, so that maintenance verifies it and sets it aside.
pub fn suspect<T: EvalTable>(suspects: &Suspects, handle: &BlockHandle, error: &Error) {
    if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
        return;
    }
    let mut suspects = suspects.lock();
    let entry = (T::SIGNAL, handle.id().0);
    if suspects.len() < SUSPECTS_MAX && !suspects.contains(&entry) {
        suspects.push(entry);
    }
}

/// What all readers of a store share.
#[derive(Clone)]
pub struct Shared {
    /// Where broken blocks are told.
    pub suspects: Suspects,
    /// Memory.
    pub budget: Arc<MemoryBudget>,
    /// Blocks that are held open.
    pub recent: Arc<Recent>,
}

impl Shared {
    /// Nothing read yet.
    pub fn new(budget: &Arc<MemoryBudget>) -> Self {
        Self {
            suspects: Suspects::default(),
            budget: Arc::clone(budget),
            recent: Arc::default(),
        }
    }
}

/// One signal of a tenant.
pub struct View<T> {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Batches in memory, with the partition they belong to.
    pub heads: Vec<(Partition, Arc<T>)>,
    /// What is on disk.
    pub catalog: Arc<Catalog>,
    /// Large values.
    pub values: ValuesOf,
    /// Where broken blocks are told.
    pub suspects: Suspects,
    /// Memory.
    pub budget: Arc<MemoryBudget>,
    /// Blocks that are held open.
    pub recent: Arc<Recent>,
}

impl<T: EvalTable> View<T> {
    /// What a tenant has now.
    pub fn take(store: &SignalStore<T>, tenant: &TenantId, shared: &Shared) -> Self {
        let inner = store.inner.lock();
        let mut heads = Vec::new();
        let mut values = ValuesOf::default();
        for (partition, head) in inner.heads.of_tenant(tenant) {
            heads.extend(head.batches().into_iter().map(|batch| (partition, batch)));
            values.memory.push(Arc::clone(&head.values));
        }
        let catalog = Arc::clone(&inner.catalog);
        drop(inner);
        values.files.extend(
            catalog
                .of_tenant(tenant)
                .filter_map(|(_, files)| files.values.as_ref().map(Arc::clone)),
        );
        Self {
            tenant: tenant.clone(),
            heads,
            catalog,
            values,
            suspects: Arc::clone(&shared.suspects),
            budget: Arc::clone(&shared.budget),
            recent: Arc::clone(&shared.recent),
        }
    }

    /// The blocks of the tenant, with their places.
    pub fn blocks(&self) -> impl Iterator<Item = (Place, &Arc<BlockHandle>)> {
        self.catalog
            .of_tenant(&self.tenant)
            .flat_map(|(partition, files)| {
                let place = (self.tenant.clone(), partition);
                files
                    .blocks
                    .iter()
                    .map(move |handle| (place.clone(), handle))
            })
    }

    /// What to do with an error of a block: a broken one is told to maintenance and left out of
    /// the answer, which then counts it as failed; everything else ends the query.
    pub fn set_aside(&self, handle: &BlockHandle, error: Error, stats: &ReadStats) -> Result<()> {
        if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
            return Err(error);
        }
        tracing::error!(block = %handle.id(), %error, "a block cannot be read and is left out of the answer");
        ReadStats::add(&stats.blocks_failed, 1);
        suspect::<T>(&self.suspects, handle, &error);
        Ok(())
    }
}

/// Where large values may lie.
#[derive(Default, Clone)]
pub struct ValuesOf {
    /// Heads.
    pub memory: Vec<Arc<Mutex<MemoryValues>>>,
    /// Partitions.
    pub files: Vec<Arc<PartitionValues>>,
}

impl ValuesOf {
    /// The values of one place on disk.
    pub fn of_place(catalog: &Catalog, place: &Place) -> Self {
        let files = catalog
            .places
            .get(place)
            .and_then(|files| files.values.clone());
        Self {
            memory: Vec::new(),
            files: files.into_iter().collect(),
        }
    }

    /// The content of a reference; `NotFound` if nobody has it.
    pub fn load(&self, reference: &ValueReference) -> Result<Value> {
        for values in &self.memory {
            let found = values.lock().get(&reference.hash);
            if let Some(bytes) = found {
                return decode(reference, bytes);
            }
        }
        for values in self.files.iter().rev() {
            if let Some(bytes) = values.get(&reference.hash)? {
                return decode(reference, bytes);
            }
        }
        Err(Error::not_found(format!(
            "load a value of {} bytes that starts with {:?}: its content is gone",
            reference.len, reference.preview
        )))
    }
}

fn decode(reference: &ValueReference, bytes: Vec<u8>) -> Result<Value> {
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|_| Error::corrupt("a large text is not UTF-8"))
    };
    match reference.kind {
        ReferenceKind::Bytes => Ok(Value::Bytes(bytes)),
        ReferenceKind::String => Ok(Value::String(text(bytes)?)),
        ReferenceKind::Nested => json::parse(&text(bytes)?)
            .map_err(|error| Error::corrupt(format!("a large value cannot be read: {error}"))),
    }
}

impl ResolveValue for ValuesOf {
    fn resolve(&self, reference: &ValueReference) -> Option<Value> {
        match self.load(reference) {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::debug!(%error, "a filter sees only the preview of a value");
                None
            }
        }
    }
}

/// No large value can be loaded: filters see previews.
pub struct NoValues;

impl ResolveValue for NoValues {
    fn resolve(&self, _reference: &ValueReference) -> Option<Value> {
        None
    }
}

/// Both signals of a tenant.
pub struct TenantSnapshot {
    /// Spans.
    pub spans: Arc<View<SpanBatch>>,
    /// Log records.
    pub logs: Arc<View<LogBatch>>,
}

impl Snapshot for TenantSnapshot {
    fn spans(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<SpanBatch>> {
        Ok(Box::new(Scan::new(
            Arc::clone(&self.spans),
            request.clone(),
            context.clone(),
        )?))
    }

    fn visit_spans(
        &self,
        request: &VisitRequest,
        context: &ReadContext,
        show: &mut VisitSpans<'_>,
    ) -> Result<()> {
        visit(&self.spans, request, context, show)
    }

    fn traces_by_id(
        &self,
        ids: &[TraceId],
        projection: &Projection,
        context: &ReadContext,
    ) -> Result<Batches<SpanBatch>> {
        assemble(&self.spans, ids, projection, context)
    }

    fn logs(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<LogBatch>> {
        Ok(Box::new(Scan::new(
            Arc::clone(&self.logs),
            request.clone(),
            context.clone(),
        )?))
    }

    fn aggregate(
        &self,
        signal: Signal,
        request: &AggregateRequest,
        context: &ReadContext,
    ) -> Result<Vec<AggregateGroup>> {
        match signal {
            Signal::Spans => count(&self.spans, request, context),
            Signal::Logs => count(&self.logs, request, context),
            Signal::Samples => Err(Error::invalid("samples are counted with PromQL")),
        }
    }

    fn catalog(
        &self,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Vec<CatalogEntry>> {
        match signal {
            Signal::Spans => names(&self.spans, range, context),
            Signal::Logs => names(&self.logs, range, context),
            Signal::Samples => Ok(Vec::new()),
        }
    }

    fn value(&self, reference: &ValueReference, _context: &ReadContext) -> Result<Value> {
        match self.spans.values.load(reference) {
            Err(error) if error.kind() == ErrorKind::NotFound => self.logs.values.load(reference),
            other => other,
        }
    }
}
