//! Keeps our own metrics: the text of `/metrics` is taken every 15 seconds as if it had been scraped,
//! with `job="tacho"`. Shipped rules about ourselves ask for it.

use crate::state::ServerState;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::samples::batch::SampleOrigin;
use tacho_ingest::scrape::config::job::Job;
use tacho_ingest::scrape::config::load::{Sources, load_text};
use tacho_ingest::scrape::session::Session;
use tacho_ingest::scrape::target::{Built, Target};
use tacho_model::labels::Labels;
use tacho_storage::io::Io;
use tacho_wire::exposition::Format;
use tokio::time::MissedTickBehavior;

/// Time between looks.
const INTERVAL: Duration = Duration::from_secs(15);
/// What a configuration of scraping would say about us.
const CONFIGURATION: &str = "scrape_configs: [{job_name: tacho, honor_timestamps: false}]";
const MS_NS: i64 = 1_000_000;

/// Takes our own metrics for as long as it runs.
pub async fn keep(state: Arc<ServerState>, io: Arc<dyn Io>) {
    let Some((job, target)) = ourselves(io.as_ref()) else {
        tracing::error!("own metrics are not kept: the target cannot be made");
        return;
    };
    let mut session = Session::new(job, target);
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let shared = Arc::clone(&state);
        let taken = tokio::task::spawn_blocking(move || {
            take(&shared, &mut session);
            session
        });
        match taken.await {
            Ok(back) => session = back,
            Err(error) => {
                tracing::error!(%error, "own metrics are not kept any more: taking them failed inside");
                return;
            }
        }
    }
}

fn take(state: &ServerState, session: &mut Session) {
    let Some(core) = state.core_if_ready() else {
        return;
    };
    let begun = state.clock.monotonic_ns();
    let now_ms = state.clock.now_ns().div_euclid(MS_NS);
    let text = crate::telemetry::metrics::text(state);
    let taken = session.take(text.as_bytes(), Format::PrometheusText, now_ms);
    let took = u64::try_from(state.clock.monotonic_ns() - begun).unwrap_or(0);
    let batch = session.report(taken, Duration::from_nanos(took), now_ms);
    let tenant = super::tenant();
    if let Err(refusal) = core
        .ingest
        .accept_samples(&tenant, SampleOrigin::Derived, batch)
    {
        tracing::debug!(%refusal, "own metrics were not kept this time");
    }
}

/// We as a target.
fn ourselves(io: &dyn Io) -> Option<(Arc<Job>, Arc<Target>)> {
    let sources = Sources {
        io,
        env: &|_| None,
        agent: false,
    };
    let config = load_text(CONFIGURATION, &sources).ok()?;
    let job = config.jobs.into_iter().next()?;
    let own = Labels::from_pairs([("__address__", "tacho")]);
    match Target::build(&job, &own, &Labels::default()).ok()? {
        Built::Active(target) => Some((Arc::new(job), Arc::from(target))),
        Built::Dropped { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::ourselves;
    use tacho_storage::io::std_io::StdIo;

    #[test]
    fn we_are_a_target() {
        let (_, target) = ourselves(&StdIo).expect("a target");
        assert_eq!(target.public.get("job"), Some("tacho"));
        assert_eq!(target.public.get("instance"), Some("tacho"));
    }
}
