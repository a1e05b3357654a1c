//! Sends parts to the server, counts what came of them and remembers how far it came.

use super::progress::{Done, Progress};
use super::state::{self, Position, State};
use crate::client::upload::Upload;
use crate::client::{Client, Query};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

const PATH: [&str; 4] = ["api", "v1", "import", "openmetrics"];
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the server says about a part.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    /// Samples that it took.
    samples: u64,
    /// Samples that it refused.
    #[serde(default)]
    refused: u64,
    /// Why the first of them.
    #[serde(default)]
    reason: Option<String>,
}

/// What came of the whole import, runs before this one included.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) import_id: String,
    pub(super) samples: u64,
    pub(super) refused: u64,
    pub(super) parts: u64,
    /// Why the first sample was refused in this run.
    pub(super) reason: Option<String>,
    /// Bytes of text sent in this run.
    pub(super) bytes: u64,
    /// Time of this run.
    pub(super) elapsed: Duration,
}

/// Sends parts.
#[derive(Debug)]
pub(super) struct Sender<'a> {
    client: &'a Client,
    pub(super) state: State,
    path: Option<PathBuf>,
    progress: Progress,
    done: Done,
    reason: Option<String>,
}

impl<'a> Sender<'a> {
    /// Goes on at this state, which is kept in a file if there is a path.
    pub(super) fn new(client: &'a Client, state: State, path: Option<PathBuf>) -> Self {
        Self {
            client,
            state,
            path,
            progress: Progress::start(None),
            done: Done::default(),
            reason: None,
        }
    }

    /// Starts to measure, with this share of the whole done.
    pub(super) fn start(&mut self, share: Option<f64>) {
        self.progress = Progress::start(share);
    }

    /// Sends a part and, when the server has it, remembers that everything before `after` is there.
    pub(super) async fn send(
        &mut self,
        body: Vec<u8>,
        after: Option<Position>,
        share: Option<f64>,
    ) -> anyhow::Result<()> {
        let bytes = body.len() as u64;
        let query = Query::default()
            .with("import_id", Some(&self.state.import_id))
            .with("part", Some(self.state.part));
        let upload = Upload {
            path: &PATH,
            query,
            content_type: CONTENT_TYPE,
            body,
        };
        let answer = self.client.upload(&upload).await;
        if answer.is_err() {
            self.progress.clear();
        }
        let imported: Imported = answer?.parse()?;
        self.state.part += 1;
        self.state.samples += imported.samples;
        self.state.refused += imported.refused;
        self.reason = self.reason.take().or(imported.reason);
        self.done.samples += imported.samples;
        self.done.bytes += bytes;
        if let Some(after) = after {
            self.reached(after)?;
        }
        self.done.share = share;
        self.progress.show(self.done);
        Ok(())
    }

    /// Remembers that everything before this place is there.
    pub(super) fn reached(&mut self, position: Position) -> anyhow::Result<()> {
        self.state.position = position;
        match &self.path {
            Some(path) => self.state.save(path),
            None => Ok(()),
        }
    }

    /// Shows progress.
    pub(super) fn show(&mut self, share: f64) {
        self.done.share = Some(share);
        self.progress.show(self.done);
    }

    /// Ends the import: nothing is left to remember.
    pub(super) fn finish(mut self) -> anyhow::Result<Summary> {
        self.progress.clear();
        if let Some(path) = &self.path {
            state::remove(path)?;
        }
        Ok(Summary {
            import_id: self.state.import_id,
            samples: self.state.samples,
            refused: self.state.refused,
            parts: self.state.part,
            reason: self.reason,
            bytes: self.done.bytes,
            elapsed: self.progress.elapsed(),
        })
    }
}
