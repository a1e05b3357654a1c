//! The one pass over the spans of an overview.

use super::AGENT_KEYS;
use super::agents::Agents;
use super::books::{Request, Requests, Senders, Times, Tokens, Waits, tells_timeout};
use super::operations::Operation;
use super::traces::{TRACE_BYTES, Traces};
use crate::buckets::Buckets;
use crate::cells::each_number;
use crate::condition::Condition;
use crate::error::Result;
use crate::role::{self, Role, roles};
use crate::run::Run;
use crate::tally::{GROUP_BYTES, Groups};
use crate::usage::{self, Told, told};
use crate::visit::{
    FastMap, RowTexts, SpanVisit, check_memory, duration, end, failed, is_entry, of_row, start,
    visit,
};
use tacho_storage::columns::projection::Column;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::Filter;

/// Says how long a task waited before it began, in milliseconds.
const WAIT_KEY: &str = "queue.duration.ms";
const ERROR_TYPE: &str = "error.type";
/// Calls that only put others together, whose tokens those tell again.
const WRAPPERS: [&str; 6] = [
    "ai.generateText",
    "ai.streamText",
    "ai.generateObject",
    "ai.streamObject",
    "ai.embed",
    "ai.embedMany",
];

/// Everything that is summed up.
pub(crate) struct Sums {
    pub(crate) times: Times,
    pub(crate) requests: Requests,
    pub(crate) services: Senders,
    /// Requests by number of the service and name.
    pub(crate) operations: Groups<Operation>,
    pub(crate) agents: Agents,
    pub(crate) tokens: Tokens,
    pub(crate) waits: Waits,
    pub(crate) traces: Traces,
}

/// What is known of the rows of a batch beside its columns.
struct Known {
    services: Vec<u32>,
    agents: RowTexts,
    /// Texts of `error.type`; read with the first failure that has no other sign.
    error_types: Option<RowTexts>,
    tokens: FastMap<u32, u64>,
}

impl Sums {
    pub(crate) fn new(run: &Run<'_>, buckets: Buckets) -> Self {
        let times = Times::of(buckets);
        Self {
            times,
            requests: Requests::new(buckets.count),
            services: Senders::default(),
            operations: Groups::new(run.limits.groups_max),
            agents: Agents::new(&times),
            tokens: Tokens::default(),
            waits: Waits::default(),
            traces: Traces::default(),
        }
    }

    /// Sums up the spans that began in either range.
    pub(crate) fn scan(&mut self, run: &Run<'_>) -> Result<()> {
        let columns = [
            Column::TraceId,
            Column::SpanId,
            Column::ParentSpanId,
            Column::Time,
            Column::EndTime,
            Column::Name,
            Column::Kind,
            Column::Status,
            Column::StatusText,
            Column::Resource,
        ];
        let mut keys: Vec<&str> = vec![WAIT_KEY, ERROR_TYPE];
        keys.extend(AGENT_KEYS);
        keys.extend(role::keys());
        keys.extend(usage::keys());
        let what = SpanVisit {
            range: self.times.range(),
            condition: &Condition::Item(Filter::All),
            columns: &columns,
            keys: &keys,
        };
        visit(run, &what, &mut |batch, rows| {
            let mut known = self.known(run, batch)?;
            for row in rows.iter().map(|row| *row as usize) {
                self.row(batch, row, &mut known);
            }
            self.waits(batch, rows);
            check_memory(run, self.memory())
        })
    }

    fn memory(&self) -> usize {
        let sender = self.times.whole.count * 8;
        self.operations.len() * GROUP_BYTES * 2
            + self.services.sums.len() * sender
            + self.traces.len() * TRACE_BYTES
    }

    fn known(&mut self, run: &Run<'_>, batch: &SpanBatch) -> Result<Known> {
        let services = self.services.names.of_batch(run, batch)?;
        let count = self.services.names.len();
        self.services.sums.resize_with(count, Default::default);
        Ok(Known {
            services,
            agents: RowTexts::of(batch, &AGENT_KEYS),
            error_types: None,
            tokens: tokens_of(batch),
        })
    }

    fn row(&mut self, batch: &SpanBatch, row: usize, known: &mut Known) {
        let (begun, ended) = (start(batch, row), end(batch, row));
        if let Some(agent) = known.agents.get(row)
            && ended >= self.times.buckets.start.0
            && begun < self.times.end()
        {
            self.agents.add(agent, (begun, ended), failed(batch, row));
        }
        let Some(place) = self.times.whole.index(begun) else {
            return;
        };
        let bucket = place.checked_sub(self.times.offset);
        let service = of_row(&known.services, batch, row);
        self.services.add(service, place, (begun, ended));
        self.traces.add(batch, row);
        if let Some(tokens) = known.tokens.get(&(row as u32)) {
            let buckets = self.times.buckets.count;
            self.tokens.add(bucket, *tokens, buckets);
        }
        if !is_entry(batch, row) {
            return;
        }
        let request = Request {
            bucket,
            start: begun,
            ns: duration(batch, row),
            failed: failed(batch, row),
        };
        if let Some(bucket) = bucket {
            self.services.add_request(service, bucket);
        }
        self.requests.add(request, || known.timed_out(batch, row));
        let ids = (
            batch.trace_ids.get(row).copied().unwrap_or_default(),
            batch.span_ids.get(row).copied().unwrap_or_default(),
        );
        let operation = self.operations.of(service, batch.names.cell(row));
        operation.add(&self.times, request, ids);
    }

    fn waits(&mut self, batch: &SpanBatch, rows: &[u32]) {
        let buckets = self.times.buckets;
        each_number(&batch.shared.attributes, WAIT_KEY, |row, ms| {
            let counts = rows.binary_search(&(row as u32)).is_ok();
            if counts && ms >= 0.0 && buckets.index(start(batch, row)).is_some() {
                self.waits.sum_ms += ms;
                self.waits.count += 1;
            }
        });
    }
}

impl Known {
    fn timed_out(&mut self, batch: &SpanBatch, row: usize) -> bool {
        if tells_timeout(batch.status_messages.cell(row)) {
            return true;
        }
        let types = self
            .error_types
            .get_or_insert_with(|| RowTexts::of(batch, &[ERROR_TYPE]));
        types.get(row).is_some_and(|text| tells_timeout(text))
    }
}

/// Tokens in and out that calls of models told; agents and wrappers repeat them.
fn tokens_of(batch: &SpanBatch) -> FastMap<u32, u64> {
    let told = told(batch);
    let mut tokens = FastMap::default();
    if !told.values().any(Told::has_tokens) {
        return tokens;
    }
    let roles = roles(batch);
    for (row, told) in told {
        let place = row as usize;
        let is_call = roles.get(place) == Some(&Role::ModelCall);
        if is_call && told.has_tokens() && !WRAPPERS.contains(&batch.names.cell(place)) {
            let (input, _, output) = told.tokens();
            tokens.insert(row, input.saturating_add(output));
        }
    }
    tokens
}
