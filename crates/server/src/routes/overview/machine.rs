//! What needs a look of this server itself: targets that do not answer, refused data, files that
//! were set aside, disk, memory.

use crate::answer::Answer;
use crate::prometheus::targets::targets_of;
use crate::state::ServerState;
use tacho_api::metric::Target;
use tacho_api::overview::{Attention, AttentionKind, AttentionLevel};
use tacho_ingest::telemetry::Telemetry;
use tacho_stdx::size::print_bytes;
use tacho_storage::status::StoreStatus;

/// Targets that are told one by one; more are summed up in one line.
const TARGETS_MAX: usize = 5;
/// Share of the limit from which on memory is told.
const MEMORY_FULL: f64 = 0.9;
/// The counter of refused items, with `signal` and `reason`.
const REFUSED: &str = "tacho_ingest_refused_items_total";

/// What needs a look.
pub(super) fn attention(state: &ServerState, store: &StoreStatus) -> Answer<Vec<Attention>> {
    let core = state.core()?;
    let mut found = Vec::new();
    if let Some(reason) = core.store.failed() {
        let message = format!("writing stopped: {reason}; restart the server");
        found.push(of_server(AttentionLevel::Critical, "storage", message));
    }
    found.extend(disk(store));
    found.extend(memory(store));
    found.extend(quarantined(store));
    found.extend(down(targets_of(state)));
    found.extend(refused(core.ingest.telemetry()));
    Ok(found)
}

fn of_server(level: AttentionLevel, subject: &str, message: String) -> Attention {
    Attention {
        kind: AttentionKind::Server,
        level,
        message,
        subject: subject.to_owned(),
        ..Attention::default()
    }
}

/// Free is what the disk has; the store refuses to go below the reserve.
fn disk(store: &StoreStatus) -> Option<Attention> {
    let reserve = store.disk_reserve;
    if reserve == 0 || store.disk_free > reserve {
        return None;
    }
    let (free, reserve_text) = (print_bytes(store.disk_free), print_bytes(reserve));
    let message = format!(
        "{free} are free on the disk, less than the reserve of {reserve_text}: data is refused until there is space"
    );
    Some(Attention {
        value: Some(store.disk_free as f64),
        usual: Some(reserve as f64),
        ..of_server(AttentionLevel::Critical, "disk", message)
    })
}

fn memory(store: &StoreStatus) -> Option<Attention> {
    let share = store.memory_used as f64 / store.memory_limit as f64;
    if store.memory_limit == 0 || share <= MEMORY_FULL {
        return None;
    }
    let message = format!(
        "{} of {} memory in use ({:.0} %), data is refused at the limit",
        print_bytes(store.memory_used),
        print_bytes(store.memory_limit),
        share * 100.0
    );
    Some(Attention {
        value: Some(share),
        usual: Some(MEMORY_FULL),
        ..of_server(AttentionLevel::Warning, "memory", message)
    })
}

fn quarantined(store: &StoreStatus) -> Option<Attention> {
    let first = store.quarantined.first()?;
    let count = store.quarantined.len();
    let files = if count == 1 { "file" } else { "files" };
    let message = format!(
        "{count} broken {files} set aside, the first: {}",
        first.reason
    );
    Some(Attention {
        value: Some(count as f64),
        ..of_server(AttentionLevel::Warning, &first.name, message)
    })
}

fn down(targets: Vec<Target>) -> Vec<Attention> {
    let all = targets.len();
    let down: Vec<Target> = targets
        .into_iter()
        .filter(|target| target.health == "down")
        .collect();
    let of = |subject: String, message: String, since: Option<String>| Attention {
        kind: AttentionKind::TargetDown,
        level: AttentionLevel::Warning,
        message,
        subject,
        since,
        value: Some(0.0),
        usual: Some(1.0),
        ..Attention::default()
    };
    if down.len() > TARGETS_MAX {
        let message = format!("{} of {all} targets do not answer", down.len());
        return vec![of("scraping".to_owned(), message, None)];
    }
    down.into_iter()
        .map(|target| {
            let error: String = target.last_error.chars().take(200).collect();
            let message = format!("{} does not answer: {error}", target.url);
            of(target.job, message, target.last_scrape)
        })
        .collect()
}

/// Per signal, with the most frequent reason.
fn refused(telemetry: &Telemetry) -> Vec<Attention> {
    let families = telemetry.families();
    let Some(family) = families.iter().find(|family| family.name == REFUSED) else {
        return Vec::new();
    };
    let label = |labels: &[(&'static str, &'static str)], name: &str| {
        labels
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| *value)
    };
    let mut found = Vec::new();
    for (signal, one, many) in [
        ("spans", "span", "spans"),
        ("logs", "log record", "log records"),
        ("samples", "sample", "samples"),
    ] {
        let samples = family.samples.iter();
        let of_signal =
            samples.filter(|(labels, count)| label(labels, "signal") == signal && *count > 0);
        let reasons: Vec<(u64, &str)> = of_signal
            .map(|(labels, count)| (*count, label(labels, "reason")))
            .collect();
        let total: u64 = reasons.iter().map(|(count, _)| count).sum();
        let Some((most, reason)) = reasons.iter().max() else {
            continue;
        };
        let reason = reason.replace('_', " ");
        let why = if *most == total {
            reason
        } else {
            format!("{most} of them for {reason}")
        };
        let noun = if total == 1 { one } else { many };
        found.push(Attention {
            kind: AttentionKind::Refused,
            level: AttentionLevel::Warning,
            message: format!("{total} {noun} refused since the start: {why}"),
            subject: signal.to_owned(),
            value: Some(total as f64),
            usual: Some(0.0),
            ..Attention::default()
        });
    }
    found
}
