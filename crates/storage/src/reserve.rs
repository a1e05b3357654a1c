//! The disk reserve: writes are refused before the disk is full, and resume by themselves.
//!
//! Flush, compaction and manifest may use the reserve, ingest may not; so there is always room to
//! bring the WAL into blocks and to delete.

use crate::error::{Error, Result};
use crate::io::Io;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;

/// How long an answer of the operating system is believed.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Watches the free bytes of the data folder's device.
#[derive(Debug)]
pub struct DiskReserve {
    io: Arc<dyn Io>,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
    min_free_bytes: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the system was asked, monotonic; `None` before the first time.
    asked_ns: Option<i64>,
    /// What it said, less what was let through since.
    available_bytes: u64,
    refused_count: u64,
    full: bool,
}

impl DiskReserve {
    /// Keeps `min_free_bytes` free on the device of the folder.
    pub fn new(io: Arc<dyn Io>, clock: Arc<dyn Clock>, folder: &Path, min_free_bytes: u64) -> Self {
        Self {
            io,
            clock,
            folder: folder.to_path_buf(),
            min_free_bytes,
            state: Mutex::new(State::default()),
        }
    }

    /// Bytes that are kept free.
    pub fn min_free_bytes(&self) -> u64 {
        self.min_free_bytes
    }

    /// Whether that many bytes may be written now; `Unavailable` (with the figures) if the reserve
    /// would be touched. Cheap: asks the system at most once a second. After a refusal writing
    /// resumes when a twentieth more than the reserve is free.
    pub fn check(&self, bytes: u64) -> Result<()> {
        let mut state = self.state.lock();
        self.refresh(&mut state)?;
        let floor = if state.full {
            self.min_free_bytes.saturating_add(self.min_free_bytes / 20)
        } else {
            self.min_free_bytes
        };
        if state.available_bytes < floor.saturating_add(bytes) {
            if !state.full {
                tracing::warn!(
                    available_bytes = state.available_bytes,
                    min_free_bytes = self.min_free_bytes,
                    "disk is nearly full, writes are refused"
                );
            }
            state.full = true;
            state.refused_count += 1;
            return Err(Error::unavailable(format!(
                "write: the disk of {} has {} bytes free and {} are kept in reserve",
                self.folder.display(),
                state.available_bytes,
                self.min_free_bytes
            )));
        }
        if state.full {
            tracing::info!(
                available_bytes = state.available_bytes,
                "disk has room again, writes resume"
            );
        }
        state.full = false;
        state.available_bytes -= bytes;
        Ok(())
    }

    /// Free bytes of the device, at most a second old.
    pub fn available_bytes(&self) -> Result<u64> {
        let mut state = self.state.lock();
        self.refresh(&mut state)?;
        Ok(state.available_bytes)
    }

    /// How many writes were refused.
    pub fn refused_count(&self) -> u64 {
        self.state.lock().refused_count
    }

    fn refresh(&self, state: &mut State) -> Result<()> {
        let now = self.clock.monotonic_ns();
        let interval = i64::try_from(CHECK_INTERVAL.as_nanos()).unwrap_or(i64::MAX);
        let fresh = state
            .asked_ns
            .is_some_and(|asked| now.saturating_sub(asked) < interval);
        if !fresh {
            state.available_bytes = self.io.available_bytes(&self.folder)?;
            state.asked_ns = Some(now);
        }
        Ok(())
    }
}
