//! Our own log through `tracing`: JSON or for people, to standard error and to files.

use super::file::RotatingFile;
use super::spans;
use crate::config::settings::{Logging, Output};
use crate::error::{Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tacho_storage::io::Io;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, reload};

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Changes the level while running.
#[derive(Clone, Default)]
pub struct LogControl {
    handles: Vec<reload::Handle<Targets, Registry>>,
    /// Lines that no file took.
    pub lost_lines: Arc<AtomicU64>,
}

impl std::fmt::Debug for LogControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogControl")
            .field("outputs", &self.handles.len())
            .finish()
    }
}

impl LogControl {
    /// Sets the level of all outputs that have none of their own.
    pub fn set_level(&self, level: &str) {
        for handle in &self.handles {
            let _ = handle.reload(filter(level));
        }
    }
}

/// Sets our own log up. A process that has one already keeps it.
///
/// # Errors
/// `Invalid` if a file cannot be written.
pub fn start(
    logging: &Logging,
    own_spans: Option<&spans::OwnSpans>,
    io: &Arc<dyn Io>,
) -> Result<LogControl, Error> {
    let mut control = LogControl::default();
    let mut layers: Vec<BoxedLayer> = Vec::new();
    for output in &logging.outputs {
        let layer = output_layer(output, logging, io, &control.lost_lines)?;
        match &output.level {
            Some(level) => layers.push(layer.with_filter(filter(level)).boxed()),
            None => {
                let (changeable, handle) = reload::Layer::new(filter(&logging.level));
                control.handles.push(handle);
                layers.push(layer.with_filter(changeable).boxed());
            }
        }
    }
    if let Some(own_spans) = own_spans {
        layers.push(own_spans.layer());
    }
    match tracing_subscriber::registry().with(layers).try_init() {
        Ok(()) => Ok(control),
        Err(_) => Ok(LogControl::default()),
    }
}

fn output_layer(
    output: &Output,
    logging: &Logging,
    io: &Arc<dyn Io>,
    lost_lines: &Arc<AtomicU64>,
) -> Result<BoxedLayer, Error> {
    let layer = tracing_subscriber::fmt::layer();
    Ok(match &output.file {
        None => {
            let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
            let layer = layer.with_writer(std::io::stderr).with_ansi(ansi);
            if output.json {
                layer.json().flatten_event(true).boxed()
            } else {
                layer.compact().boxed()
            }
        }
        Some(path) => {
            let lost_lines = Arc::clone(lost_lines);
            let file = RotatingFile::open(Arc::clone(io), path.clone(), logging, lost_lines);
            let file = file.map_err(|error| {
                Error::new(ErrorKind::Invalid, format!("write the log file: {error}"))
                    .with_source(error)
            })?;
            let layer = layer.with_writer(file).with_ansi(false);
            if output.json {
                layer.json().flatten_event(true).boxed()
            } else {
                layer.compact().boxed()
            }
        }
    })
}

/// Our own code at the level, everything else at `warn` at most.
fn filter(level: &str) -> Targets {
    let level: LevelFilter = level.parse().unwrap_or(LevelFilter::INFO);
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("tacho", level)
        .with_target(spans::TARGET, LevelFilter::OFF)
}
