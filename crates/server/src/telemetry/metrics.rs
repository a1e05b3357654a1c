//! Everything that `/metrics` shows, gathered for one answer.

use super::alerting;
use super::exposition::{Exposition, Type};
use super::process::{self, Process};
use super::scraping;
use crate::pool::Counters;
use crate::state::ServerState;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_ingest::ingest::Ingest;
use tacho_model::signal::Signal;
use tacho_storage::read::ReadStats;
use tacho_storage::status::{StoreMetrics, StoreStatus, WalStatus};
use tacho_storage::store::Store;

/// The text. Before the store is open only what is known without it.
pub fn text(state: &ServerState) -> String {
    let mut out = Exposition::default();
    write_build(&mut out, state);
    write_process(&mut out, &process::read());
    state.connections.write(&mut out);
    state.requests.write(&mut out);
    write_queries(&mut out, &state.pool.counters);
    write_live(&mut out, state);
    if let Some(core) = state.core_if_ready() {
        write_ingest(&mut out, &core.ingest);
        write_store(&mut out, &core.store, &state.tenant);
        scraping::write(&mut out, &core.scraping.scraper);
        alerting::write(&mut out, &core.alerts);
    }
    out.into_text()
}

fn write_build(out: &mut Exposition, state: &ServerState) {
    let name = "tacho_server_build_info";
    out.family(
        name,
        Type::Gauge,
        "Always 1; the label says which version runs.",
    );
    out.sample(name, &[("version", state.version)], 1.0);
    out.single(
        "tacho_server_uptime_seconds",
        Type::Gauge,
        "Time since start.",
        state.uptime(),
    );
    let ready = f64::from(u8::from(state.readiness.is_ready()));
    out.single(
        "tacho_server_ready",
        Type::Gauge,
        "1 once queries are answered.",
        ready,
    );
    out.single(
        "tacho_server_replay_progress_ratio",
        Type::Gauge,
        "Share of the write-ahead log that was replayed at start.",
        state.readiness.progress(),
    );
    let name = "tacho_server_requests_refused";
    out.family(
        name,
        Type::Counter,
        "Requests refused before they reached a route, by reason.",
    );
    for (reason, count) in state.refused.all() {
        out.sample(name, &[("reason", reason)], count as f64);
    }
    let name = "tacho_server_config_reloads";
    out.family(
        name,
        Type::Counter,
        "Configurations read again, by outcome.",
    );
    for (outcome, count) in [
        ("applied", &state.reloads.applied),
        ("refused", &state.reloads.refused),
    ] {
        out.sample(
            name,
            &[("outcome", outcome)],
            count.load(Ordering::Relaxed) as f64,
        );
    }
    let lost = state.log.lost_lines.load(Ordering::Relaxed) as f64;
    out.single(
        "tacho_server_log_lines_lost",
        Type::Counter,
        "Lines that no log file took.",
        lost,
    );
}

fn write_process(out: &mut Exposition, process: &Process) {
    let mut gauge = |name: &str, help: &str, value: Option<u64>| {
        if let Some(value) = value {
            out.single(name, Type::Gauge, help, value as f64);
        }
    };
    gauge(
        "process_resident_memory_bytes",
        "Resident memory.",
        process.resident_bytes,
    );
    gauge(
        "process_virtual_memory_bytes",
        "Virtual memory.",
        process.virtual_bytes,
    );
    gauge("process_open_fds", "Open files.", process.open_files);
    gauge(
        "process_max_fds",
        "Files that may be open.",
        process.open_files_max,
    );
    gauge("process_threads", "Threads.", process.threads);
    if let Some(seconds) = process.cpu_seconds {
        out.single(
            "process_cpu_seconds",
            Type::Counter,
            "CPU time, user and system.",
            seconds,
        );
    }
}

fn load(counter: &AtomicU64) -> f64 {
    counter.load(Ordering::Relaxed) as f64
}

fn write_queries(out: &mut Exposition, counters: &Counters) {
    let busy = counters.busy_ns.load(Ordering::Relaxed) as f64 / 1e9;
    out.single(
        "tacho_query_busy_seconds",
        Type::Counter,
        "Time that queries worked.",
        busy,
    );
    out.single(
        "tacho_query_queries_running",
        Type::Gauge,
        "Queries at work.",
        load(&counters.running),
    );
    out.single(
        "tacho_query_queries_waiting",
        Type::Gauge,
        "Queries that wait.",
        load(&counters.waiting),
    );
    write_query_counters(out, counters);
    write_read_counters(out, &counters.read);
}

fn write_counters(out: &mut Exposition, rows: &[(&str, &str, &AtomicU64)]) {
    for (name, help, counter) in rows {
        out.single(name, Type::Counter, help, load(counter));
    }
}

fn write_query_counters(out: &mut Exposition, counters: &Counters) {
    write_counters(
        out,
        &[
            (
                "tacho_query_queries_started",
                "Queries that were begun.",
                &counters.started,
            ),
            (
                "tacho_query_queries_refused",
                "Queries refused because too many wait.",
                &counters.refused,
            ),
            (
                "tacho_query_queries_timed_out",
                "Queries stopped by query.timeout.",
                &counters.timed_out,
            ),
            (
                "tacho_query_queries_cancelled",
                "Queries stopped because the client went or the time was over.",
                &counters.cancelled,
            ),
            (
                "tacho_query_queries_panicked",
                "Queries that failed inside.",
                &counters.panicked,
            ),
        ],
    );
}

fn write_read_counters(out: &mut Exposition, read: &ReadStats) {
    write_counters(
        out,
        &[
            (
                "tacho_query_blocks_read_bytes",
                "Bytes read from blocks, as stored.",
                &read.bytes_read,
            ),
            (
                "tacho_query_rows_scanned",
                "Rows looked at.",
                &read.rows_scanned,
            ),
            (
                "tacho_query_rows_matched",
                "Rows that matched.",
                &read.rows_matched,
            ),
            ("tacho_query_blocks_read", "Blocks read.", &read.blocks_read),
            (
                "tacho_query_blocks_skipped",
                "Blocks that time range, blooms or index ruled out.",
                &read.blocks_skipped,
            ),
            (
                "tacho_query_pages_skipped",
                "Pages that statistics or blooms ruled out.",
                &read.pages_skipped,
            ),
            (
                "tacho_query_blocks_failed",
                "Blocks that could not be read: answers were incomplete.",
                &read.blocks_failed,
            ),
        ],
    );
}

fn write_live(out: &mut Exposition, state: &ServerState) {
    let live = &state.live.counters;
    out.single(
        "tacho_server_streams_open",
        Type::Gauge,
        "Live streams that are open.",
        load(&live.open),
    );
    for (name, help, counter) in [
        (
            "tacho_server_streams_opened",
            "Live streams that were opened.",
            &live.opened,
        ),
        (
            "tacho_server_streams_refused",
            "Live streams refused because too many are open.",
            &live.refused,
        ),
        (
            "tacho_server_stream_messages_sent",
            "Messages given to live streams.",
            &live.sent,
        ),
        (
            "tacho_server_stream_messages_lost",
            "Messages that a live stream fetched too late.",
            &live.lost,
        ),
    ] {
        out.single(name, Type::Counter, help, load(counter));
    }
}

fn write_ingest(out: &mut Exposition, ingest: &Ingest) {
    for family in ingest.telemetry().families() {
        out.family(family.name, Type::Counter, family.help);
        for (labels, value) in &family.samples {
            out.sample(family.name, labels, *value as f64);
        }
    }
}

fn write_store(out: &mut Exposition, store: &Store, tenant: &tacho_model::id::TenantId) {
    let metrics = store.metrics();
    let status = store.status(tenant);
    let name = "tacho_storage_items_appended";
    out.family(name, Type::Counter, "Items appended.");
    for (signal, count) in Signal::ALL.iter().zip(metrics.appended_items) {
        out.sample(name, &[("signal", signal.as_str())], count as f64);
    }
    write_store_counters(out, &metrics);
    write_store_gauges(out, &status);
    let debt = metrics.compaction_debt_bytes as f64;
    let help = "Bytes of small blocks that wait to be merged.";
    out.single(
        "tacho_storage_compaction_debt_bytes",
        Type::Gauge,
        help,
        debt,
    );
    let name = "tacho_storage_memory_used_bytes";
    out.family(name, Type::Gauge, "Counted memory in use, by part.");
    for (part, used) in &status.memory_parts {
        out.sample(name, &[("part", part.as_str())], *used as f64);
    }
    let refused = store.memory().refused() as f64;
    let help = "Reservations of memory that were refused.";
    out.single(
        "tacho_storage_memory_reservations_refused",
        Type::Counter,
        help,
        refused,
    );
    let failed = f64::from(u8::from(store.failed().is_some()));
    out.single(
        "tacho_storage_failed",
        Type::Gauge,
        "1 once a sync has failed.",
        failed,
    );
}

fn write_store_counters(out: &mut Exposition, metrics: &StoreMetrics) {
    for (name, help, value) in [
        (
            "tacho_storage_duplicates_merged",
            "Spans received before and merged.",
            metrics.duplicate_items,
        ),
        (
            "tacho_storage_heads_flushed",
            "Flushes of a head.",
            metrics.flushes,
        ),
        (
            "tacho_storage_blocks_flushed",
            "Blocks written by flushes.",
            metrics.flushed_blocks,
        ),
        (
            "tacho_storage_compactions_done",
            "Merges of blocks.",
            metrics.compactions,
        ),
        (
            "tacho_storage_blocks_compacted",
            "Blocks that merges replaced.",
            metrics.compacted_blocks,
        ),
        (
            "tacho_storage_files_written_bytes",
            "Bytes of block and value files written.",
            metrics.written_bytes,
        ),
        (
            "tacho_storage_blocks_expired",
            "Blocks dropped by retention.",
            metrics.expired_blocks,
        ),
        (
            "tacho_storage_items_deleted",
            "Items deleted on disk because of deletions.",
            metrics.deleted_items,
        ),
        (
            "tacho_storage_maintenance_failed",
            "Flushes and merges that failed and are tried again.",
            metrics.maintenance_failures,
        ),
        (
            "tacho_storage_tail_items_lost",
            "Items that slow followers lost.",
            metrics.tail_lost_items,
        ),
    ] {
        out.single(name, Type::Counter, help, value as f64);
    }
    let name = "tacho_storage_writes_refused";
    out.family(name, Type::Counter, "Writes refused, by reason.");
    out.sample(name, &[("reason", "disk")], metrics.refused_disk as f64);
    out.sample(
        name,
        &[("reason", "overload")],
        metrics.refused_overload as f64,
    );
}

fn write_store_gauges(out: &mut Exposition, status: &StoreStatus) {
    for (name, help, pick) in [
        (
            "tacho_storage_items_stored",
            "Items that can be read.",
            0usize,
        ),
        (
            "tacho_storage_blocks_stored_bytes",
            "Bytes of blocks and value files.",
            1,
        ),
        ("tacho_storage_blocks_stored", "Block files.", 2),
        (
            "tacho_storage_head_items",
            "Items that are not in blocks yet.",
            3,
        ),
    ] {
        out.family(name, Type::Gauge, help);
        for (signal, of) in &status.signals {
            let value = [of.items, of.bytes, of.blocks, of.head_items][pick];
            out.sample(name, &[("signal", signal.as_str())], value as f64);
        }
    }
    write_wal(out, &status.wal);
    for (name, help, value) in [
        (
            "tacho_storage_disk_free_bytes",
            "Bytes that can still be written.",
            status.disk_free,
        ),
        (
            "tacho_storage_memory_limit_bytes",
            "Memory that may be used; 0 is no limit.",
            status.memory_limit,
        ),
        (
            "tacho_storage_files_quarantined",
            "Files set aside as unreadable.",
            status.quarantined.len() as u64,
        ),
        (
            "tacho_storage_tombstones",
            "Deletions not carried out on disk yet.",
            status.tombstones as u64,
        ),
    ] {
        out.single(name, Type::Gauge, help, value as f64);
    }
}

fn write_wal(out: &mut Exposition, wal: &WalStatus) {
    let bytes = wal.bytes as f64;
    out.single(
        "tacho_storage_wal_bytes",
        Type::Gauge,
        "Bytes that a restart would replay.",
        bytes,
    );
    let segments = wal.segments as f64;
    out.single(
        "tacho_storage_wal_segments",
        Type::Gauge,
        "Files of the write-ahead log.",
        segments,
    );
    let frames = wal.frames as f64;
    out.single(
        "tacho_storage_wal_frames_appended",
        Type::Counter,
        "Frames appended.",
        frames,
    );
    let syncs = wal.syncs as f64;
    out.single(
        "tacho_storage_wal_syncs_done",
        Type::Counter,
        "Syncs of the write-ahead log.",
        syncs,
    );
    let seconds = wal.sync_ns as f64 / 1e9;
    out.single(
        "tacho_storage_wal_sync_seconds",
        Type::Counter,
        "Time spent in these syncs.",
        seconds,
    );
}
