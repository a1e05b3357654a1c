//! Scraping as a part of the server: samples go to ingest, and the section `otlp` of the
//! `prometheus.yml` decides how ingest names OTLP metrics.

use super::sink::SampleSink;
use super::{Parts, Scraper};
use crate::config::settings::Config;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tacho_ingest::ingest::Ingest;
use tacho_ingest::ingest::samples::batch::SampleOrigin;
use tacho_ingest::metrics::settings::{Promoted, Strategy, TranslationSettings};
use tacho_ingest::scrape::config::load::PrometheusConfig;
use tacho_ingest::scrape::config::otlp::{Otlp, TranslationStrategy};
use tacho_model::id::TenantId;
use tacho_stdx::clock::Clock;
use tacho_storage::io::Io;
use tacho_storage::samples::batch::SampleBatch;

/// Scraping of one server.
pub struct Scraping {
    /// Targets and their state.
    pub scraper: Scraper,
    ingest: Arc<Ingest>,
    /// How OTLP metrics are named where no `otlp` section says.
    base: TranslationSettings,
}

/// What the server gives.
pub(crate) struct Surroundings<'a> {
    pub(crate) io: Arc<dyn Io>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ingest: Arc<Ingest>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) tenant: TenantId,
    pub(crate) data_dir: &'a Path,
}

impl Scraping {
    /// Starts, without any job. Has to be called inside the runtime.
    pub(crate) fn start(config: &Config, given: Surroundings<'_>) -> Self {
        let sink = IngestSink {
            ingest: Arc::clone(&given.ingest),
            tenant: given.tenant,
        };
        let scraper = Scraper::start(Parts {
            io: given.io,
            clock: given.clock,
            sink: Arc::new(sink),
            env: given.env,
            allow_link_local: config.scrape.allow_link_local,
            body_bytes_max: config.limits.decoded_bytes as u64,
            seed: seed_of(given.data_dir),
        });
        Self {
            scraper,
            base: given.ingest.sample_settings().translation.clone(),
            ingest: given.ingest,
        }
    }

    /// Puts a configuration in force; without one nothing is scraped.
    pub(crate) async fn apply(&self, config: Option<&Arc<PrometheusConfig>>) {
        let config = self.settle(config);
        self.scraper.apply(config).await;
    }

    /// The same from a thread that may wait; not from a task.
    pub(crate) fn apply_blocking(&self, config: Option<&Arc<PrometheusConfig>>) {
        let config = self.settle(config);
        self.scraper.apply_blocking(config);
    }

    /// What is not about targets.
    fn settle(&self, config: Option<&Arc<PrometheusConfig>>) -> Arc<PrometheusConfig> {
        let config = config.map_or_else(Arc::default, Arc::clone);
        let mut settings = (*self.ingest.sample_settings()).clone();
        settings.translation = match &config.otlp {
            Some(otlp) => translation_of(otlp, &self.base),
            None => self.base.clone(),
        };
        self.ingest.set_sample_settings(settings);
        config
    }
}

/// A number that stays with a data folder.
fn seed_of(folder: &Path) -> u64 {
    let bytes = folder.as_os_str().as_encoded_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn translation_of(otlp: &Otlp, base: &TranslationSettings) -> TranslationSettings {
    TranslationSettings {
        strategy: match otlp.translation_strategy {
            TranslationStrategy::UnderscoreEscapingWithSuffixes => {
                Strategy::UnderscoreEscapingWithSuffixes
            }
            TranslationStrategy::UnderscoreEscapingWithoutSuffixes => {
                Strategy::UnderscoreEscapingWithoutSuffixes
            }
            TranslationStrategy::NoUtf8EscapingWithSuffixes => Strategy::NoUtf8EscapingWithSuffixes,
            TranslationStrategy::NoTranslation => Strategy::NoTranslation,
        },
        promoted: if otlp.promote_all_resource_attributes {
            Promoted::AllBut(otlp.ignore_resource_attributes.clone())
        } else {
            Promoted::Only(otlp.promote_resource_attributes.clone())
        },
        keep_identifying_resource_attributes: otlp.keep_identifying_resource_attributes,
        convert_histograms_to_nhcb: otlp.convert_histograms_to_nhcb,
        promote_scope_metadata: otlp.promote_scope_metadata,
        label_name_underscore_sanitization: otlp.label_name_underscore_sanitization,
        label_name_preserve_multiple_underscores: otlp.label_name_preserve_multiple_underscores,
        ..base.clone()
    }
}

/// Gives samples to ingest. Nobody waits for them to be durable: no sender was promised anything.
struct IngestSink {
    ingest: Arc<Ingest>,
    tenant: TenantId,
}

impl SampleSink for IngestSink {
    fn accept(&self, batch: SampleBatch) -> Result<(), String> {
        self.ingest
            .accept_samples(&self.tenant, SampleOrigin::Scrape, batch)
            .map(drop)
            .map_err(|refusal| refusal.to_string())
    }
}
