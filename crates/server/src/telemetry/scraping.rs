//! Scraping on `/metrics`.

use super::exposition::{Exposition, Type};
use crate::scrape::Scraper;
use crate::scrape::status::Health;
use std::sync::atomic::Ordering;

/// Writes targets by health and the counters of all jobs together.
pub(super) fn write(out: &mut Exposition, scraper: &Scraper) {
    let name = "tacho_scrape_targets";
    out.family(name, Type::Gauge, "Targets that are scraped, by health.");
    let counts = scraper.health_counts();
    for (health, count) in [Health::Up, Health::Down, Health::Unknown]
        .into_iter()
        .zip(counts)
    {
        out.sample(name, &[("health", health.as_str())], count as f64);
    }
    let counters = scraper.counters();
    for (name, help, counter) in [
        (
            "tacho_scrape_scrapes",
            "Scrapes, good and failed.",
            &counters.scrapes,
        ),
        (
            "tacho_scrape_samples",
            "Samples that were read from answers.",
            &counters.samples,
        ),
        (
            "tacho_scrape_duplicate_samples",
            "Samples left out because their series came before in the same answer.",
            &counters.duplicates,
        ),
        (
            "tacho_scrape_out_of_bounds_samples",
            "Samples left out because their time lay too far ahead.",
            &counters.out_of_bounds,
        ),
        (
            "tacho_scrape_store_failures",
            "Scrapes whose samples could not be kept.",
            &counters.store_failures,
        ),
        (
            "tacho_scrape_invalid_targets",
            "Discovered targets that cannot be scraped.",
            &counters.sync_failures,
        ),
        (
            "tacho_scrape_discovery_failures",
            "Looks for targets that failed.",
            &counters.discovery_failures,
        ),
    ] {
        let value = counter.load(Ordering::Relaxed) as f64;
        out.single(name, Type::Counter, help, value);
    }
    let name = "tacho_scrape_failures";
    out.family(name, Type::Counter, "Failed scrapes, by reason.");
    for (reason, count) in counters.failures() {
        out.sample(name, &[("reason", reason)], count as f64);
    }
}
