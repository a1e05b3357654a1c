//! The queue of runs, in SQLite: survives restarts, one process at a time, bounded in waiting and
//! in finished runs.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, bail};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tokio::sync::Notify;

use crate::metrics::Metrics;
use crate::plan::Workflow;

const SCHEMA_VERSION: i64 = 1;
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
const PENDING_COUNT_MAX: u64 = 10_000;
const FINISHED_COUNT_MAX: u64 = 10_000;
const INTERRUPTED: &str = "interrupted: the orchestrator ended while the run was in progress";

const SCHEMA: &str = "
    CREATE TABLE runs (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        workflow TEXT NOT NULL,
        request TEXT NOT NULL,
        cause TEXT NOT NULL,
        correlation_id TEXT NOT NULL,
        traceparent TEXT,
        tracestate TEXT,
        status TEXT NOT NULL CHECK (status IN ('PENDING', 'RUNNING', 'SUCCESS', 'FAILED')),
        created_at_ms INTEGER NOT NULL,
        started_at_ms INTEGER,
        finished_at_ms INTEGER,
        trace_id TEXT,
        error TEXT
    ) STRICT;
    CREATE INDEX runs_by_status ON runs (status, sequence);
    CREATE INDEX runs_by_workflow ON runs (workflow, sequence);
";
const COLUMNS: &str = "sequence, id, workflow, request, cause, correlation_id, traceparent, tracestate, status, \
     created_at_ms, started_at_ms, finished_at_ms, trace_id, error";

/// How urgent a waiting run is: alerts go first, what the orchestrator asks of itself last.
const PRIORITY: &str =
    "CASE WHEN workflow = 'alert-notification' THEN 0 WHEN cause = 'schedule' THEN 2 ELSE 1 END";

/// The names of priorities, most urgent first.
pub(crate) const PRIORITIES: [&str; 3] = ["high", "normal", "low"];

/// Waiting runs by priority.
pub(crate) type Waiting = [u64; PRIORITIES.len()];

/// A request to run a workflow.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub(crate) id: String,
    pub(crate) workflow: Workflow,
    pub(crate) request: String,
    /// `workflow.trigger`: `http`, `schedule` or `cli`.
    pub(crate) cause: &'static str,
    pub(crate) correlation_id: String,
    pub(crate) traceparent: Option<String>,
    pub(crate) tracestate: Option<String>,
}

/// A run as stored; times in milliseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) sequence: i64,
    pub(crate) id: String,
    pub(crate) workflow: String,
    pub(crate) request: String,
    pub(crate) cause: String,
    pub(crate) correlation_id: String,
    pub(crate) traceparent: Option<String>,
    pub(crate) tracestate: Option<String>,
    pub(crate) status: String,
    pub(crate) created_at_ms: i64,
    pub(crate) started_at_ms: Option<i64>,
    pub(crate) finished_at_ms: Option<i64>,
    pub(crate) trace_id: Option<String>,
    pub(crate) error: Option<String>,
}

/// Runs by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) pending: u64,
    pub(crate) running: u64,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
}

/// Shared access to the queue; `arrived` wakes whoever waits for work.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    connection: Arc<Mutex<Connection>>,
    arrived: Arc<Notify>,
    metrics: Option<Arc<Metrics>>,
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

impl Queue {
    /// Opens or makes the queue. Runs that were in progress when the process ended are marked as
    /// failed.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)
            .with_context(|| format!("failed to open the queue {}", path.display()))?;
        prepare(&connection).with_context(|| {
            format!(
                "failed to use the queue {} (is another demo running?)",
                path.display()
            )
        })?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            arrived: Arc::default(),
            metrics: None,
        })
    }

    /// The same queue, whose operations are timed.
    pub(crate) fn measured(mut self, metrics: Arc<Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    async fn with<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let connection = Arc::clone(&self.connection);
        let metrics = self.metrics.clone();
        tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let start = Instant::now();
            let result = work(&connection);
            if let Some(metrics) = metrics {
                metrics.database_used(operation, start.elapsed(), result.is_ok());
            }
            result
        })
        .await
        .context("failed to reach the queue")?
    }

    /// Returns once a run may have arrived.
    pub(crate) async fn arrival(&self) {
        self.arrived.notified().await;
    }

    /// Puts a run at the end; false if too many are waiting.
    pub(crate) async fn push(&self, run: NewRun) -> anyhow::Result<bool> {
        let accepted = self
            .with("INSERT", move |connection| {
                if counts(connection)?.pending >= PENDING_COUNT_MAX {
                    return Ok(false);
                }
                connection.execute(
                    "INSERT INTO runs (id, workflow, request, cause, correlation_id, traceparent, tracestate, \
                     status, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'PENDING', ?8)",
                    params![
                        run.id,
                        run.workflow.name(),
                        run.request,
                        run.cause,
                        run.correlation_id,
                        run.traceparent,
                        run.tracestate,
                        now_ms()
                    ],
                )?;
                Ok(true)
            })
            .await?;
        self.arrived.notify_one();
        Ok(accepted)
    }

    /// The oldest of the most urgent waiting runs, or the waiting run `id`, now marked as running.
    pub(crate) async fn claim(&self, id: Option<String>) -> anyhow::Result<Option<Run>> {
        self.with("UPDATE", move |connection| {
            let query = format!(
                "UPDATE runs SET status = 'RUNNING', started_at_ms = ?1 WHERE sequence = (SELECT sequence FROM runs \
                 WHERE status = 'PENDING' AND (?2 IS NULL OR id = ?2) ORDER BY {PRIORITY}, sequence LIMIT 1) RETURNING {COLUMNS}"
            );
            Ok(connection.query_row(&query, params![now_ms(), id], read_run).optional()?)
        })
        .await
    }

    /// Notes under which trace a run can be found.
    pub(crate) async fn note_trace(&self, id: &str, trace_id: String) -> anyhow::Result<()> {
        let id = id.to_owned();
        self.with("UPDATE", move |connection| {
            connection.execute(
                "UPDATE runs SET trace_id = ?2 WHERE id = ?1",
                params![id, trace_id],
            )?;
            Ok(())
        })
        .await
    }

    /// Ends a run, well if there is no error.
    pub(crate) async fn finish(&self, id: &str, error: Option<String>) -> anyhow::Result<()> {
        let id = id.to_owned();
        self.with("UPDATE", move |connection| {
            let status = if error.is_none() { "SUCCESS" } else { "FAILED" };
            connection.execute(
                "UPDATE runs SET status = ?2, finished_at_ms = ?3, error = ?4 WHERE id = ?1",
                params![id, status, now_ms(), error],
            )?;
            forget_oldest(connection)
        })
        .await
    }

    /// Runs of a workflow, newest first, before `cursor` if given; the second value is the cursor
    /// of the next page.
    pub(crate) async fn list(
        &self,
        workflow: Workflow,
        limit: u32,
        cursor: Option<i64>,
    ) -> anyhow::Result<(Vec<Run>, Option<i64>)> {
        self.with("SELECT", move |connection| {
            let query = format!(
                "SELECT {COLUMNS} FROM runs WHERE workflow = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3"
            );
            let mut statement = connection.prepare_cached(&query)?;
            let before = cursor.unwrap_or(i64::MAX);
            let rows =
                statement.query_map(params![workflow.name(), before, limit + 1], read_run)?;
            let mut runs = rows.collect::<Result<Vec<_>, _>>()?;
            let more = runs.len() > limit as usize;
            runs.truncate(limit as usize);
            let next = if more { runs.last().map(|run| run.sequence) } else { None };
            Ok((runs, next))
        })
        .await
    }

    /// Waiting runs by priority.
    pub(crate) async fn waiting(&self) -> anyhow::Result<Waiting> {
        self.with("SELECT", |connection| {
            let query = format!(
                "SELECT {PRIORITY}, count(*) FROM runs WHERE status = 'PENDING' GROUP BY 1"
            );
            let mut statement = connection.prepare_cached(&query)?;
            let mut rows = statement.query([])?;
            let mut waiting = Waiting::default();
            while let Some(row) = rows.next()? {
                if let Some(count) = waiting.get_mut(usize::from(row.get::<_, u8>(0)?)) {
                    *count = row.get::<_, i64>(1)?.unsigned_abs();
                }
            }
            Ok(waiting)
        })
        .await
    }

    pub(crate) async fn counts(&self) -> anyhow::Result<Counts> {
        self.with("SELECT", counts).await
    }
}

fn prepare(connection: &Connection) -> anyhow::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Exclusive: a second process gets an error instead of stealing our runs.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        0 => {
            connection.execute_batch(SCHEMA)?;
            connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        }
        SCHEMA_VERSION => {}
        other => bail!("its format {other} is not {SCHEMA_VERSION}"),
    }
    connection.execute(
        "UPDATE runs SET status = 'FAILED', finished_at_ms = ?1, error = ?2 WHERE status = 'RUNNING'",
        params![now_ms(), INTERRUPTED],
    )?;
    Ok(())
}

fn counts(connection: &Connection) -> anyhow::Result<Counts> {
    let mut statement =
        connection.prepare_cached("SELECT status, count(*) FROM runs GROUP BY status")?;
    let mut rows = statement.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(1)?.unsigned_abs();
        match row.get::<_, String>(0)?.as_str() {
            "PENDING" => counts.pending = number,
            "RUNNING" => counts.running = number,
            "SUCCESS" => counts.succeeded = number,
            _ => counts.failed = number,
        }
    }
    Ok(counts)
}

fn forget_oldest(connection: &Connection) -> anyhow::Result<()> {
    connection.execute(
        "DELETE FROM runs WHERE status IN ('SUCCESS', 'FAILED') AND sequence <= \
         (SELECT max(sequence) FROM runs) - ?1",
        params![i64::try_from(FINISHED_COUNT_MAX)?],
    )?;
    Ok(())
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        sequence: row.get(0)?,
        id: row.get(1)?,
        workflow: row.get(2)?,
        request: row.get(3)?,
        cause: row.get(4)?,
        correlation_id: row.get(5)?,
        traceparent: row.get(6)?,
        tracestate: row.get(7)?,
        status: row.get(8)?,
        created_at_ms: row.get(9)?,
        started_at_ms: row.get(10)?,
        finished_at_ms: row.get(11)?,
        trace_id: row.get(12)?,
        error: row.get(13)?,
    })
}

#[cfg(test)]
mod tests;
