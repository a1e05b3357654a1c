//! Replaying the log at start: every frame that is not in blocks yet goes through the same code as
//! a live request, with the verdict that was logged.

use super::Store;
use crate::engine::eval::EvalTable;
use crate::engine::flush::flush_oldest;
use crate::engine::manifest::QuarantineEntry;
use crate::engine::signal_store::SignalStore;
use crate::error::{Error, Result};
use crate::partition::Partition;
use crate::samples::store::flush::flush_oldest as flush_oldest_samples;
use crate::samples::store::open::load_state;
use crate::samples::store::write::holds_samples;
use crate::wal::frame::{Frame, FrameKind, WalPosition};
use crate::wal::{ReplayReport, SetAsideReason};
use crate::write::{FrameDecoder, Items};
use tacho_model::signal::Signal;

/// Gives the items of a frame.
type Decode<'a, T> = dyn Fn(&Frame<'_>) -> Result<Vec<(Partition, T)>> + 'a;

impl Store {
    /// Replays all logs.
    pub(super) fn replay(&self, decoder: &dyn FrameDecoder, progress: &dyn Fn(f64)) -> Result<()> {
        let sizes = Signal::ALL.map(|signal| self.wal(signal).size_bytes());
        let total = sizes.iter().sum::<u64>().max(1);
        let [first, second, _] = sizes;
        let tell = |done: u64| progress((done as f64 / total as f64).min(1.0));
        self.replay_signal(
            &self.spans,
            &|done| tell(done),
            &|frame| match decoder.decode(frame)? {
                Items::Spans(parts) => Ok(parts),
                _ => Err(Error::corrupt("a frame of spans holds something else")),
            },
        )?;
        self.replay_signal(
            &self.logs,
            &|done| tell(first + done),
            &|frame| match decoder.decode(frame)? {
                Items::Logs(parts) => Ok(parts),
                _ => Err(Error::corrupt(
                    "a frame of log records holds something else",
                )),
            },
        )?;
        self.replay_samples(decoder, &|done| tell(first + second + done))?;
        let mut desk = self.desk.lock();
        desk.replaying = false;
        desk.save()?;
        for signal in Signal::ALL {
            let covered = match signal {
                Signal::Samples => desk.manifest.samples.covered,
                table => desk.manifest.signal(table).covered,
            };
            self.wal(signal).truncate_before(WalPosition(covered))?;
        }
        self.publish_counters(&desk);
        progress(1.0);
        Ok(())
    }

    fn replay_signal<T: EvalTable>(
        &self,
        signal: &SignalStore<T>,
        progress: &dyn Fn(u64),
        decode: &Decode<'_, T>,
    ) -> Result<()> {
        let from = signal.inner.lock().catalog.covered;
        let head_max = self.config.lock().head_max_bytes;
        let mut done = 0;
        let report = signal.wal.replay(from, &mut |position, frame| {
            let length = frame.header.frame_bytes(frame.verdict, frame.body);
            let expected = match T::SIGNAL {
                Signal::Spans => FrameKind::Traces,
                Signal::Logs | Signal::Samples => FrameKind::Logs,
            };
            if frame.header.kind != expected {
                return Err(Error::invalid(format!(
                    "replay the log of {} at {position}: frames of kind {:?} do not belong there",
                    T::SIGNAL,
                    frame.header.kind
                )));
            }
            let parts = decode(&frame)?;
            signal.replay(&frame.header.tenant, parts, frame.header.first_record_id.0);
            done += length;
            progress(done);
            if signal.inner.lock().heads.active_bytes() as u64 >= head_max
                && signal.freeze_at(position.plus(length))
            {
                while flush_oldest(signal, &mut self.desk.lock())? {}
            }
            Ok(())
        })?;
        self.note_replay(T::SIGNAL, &report);
        Ok(())
    }

    fn replay_samples(&self, decoder: &dyn FrameDecoder, progress: &dyn Fn(u64)) -> Result<()> {
        let samples = &self.samples;
        load_state(samples, &mut self.desk.lock())?;
        let config = self.config.lock().clone();
        let from = samples.catalog().covered;
        let mut done = 0;
        let report = samples.wal.replay(from, &mut |position, frame| {
            let length = frame.header.frame_bytes(frame.verdict, frame.body);
            match frame.header.kind {
                FrameKind::State => {
                    samples.replay_state(&frame.header.tenant, position, frame.body)?;
                }
                kind if holds_samples(kind) => match decoder.decode(&frame)? {
                    Items::Samples(batch) => samples.replay(&frame, &batch)?,
                    _ => return Err(Error::corrupt("a frame of samples holds something else")),
                },
                kind => {
                    return Err(Error::invalid(format!(
                        "replay the log of samples at {position}: frames of kind {kind:?} do not belong there"
                    )));
                }
            }
            done += length;
            progress(done);
            if samples.content_bytes() >= samples.cut_bytes(&config) {
                samples.freeze_at(position.plus(length));
                while flush_oldest_samples(samples, &mut self.desk.lock())? {}
            }
            Ok(())
        })?;
        self.note_replay(Signal::Samples, &report);
        Ok(())
    }

    /// Tells what a replay did, and what it had to set aside.
    fn note_replay(&self, signal: Signal, report: &ReplayReport) {
        if report.frames > 0 || report.torn_bytes_cut > 0 {
            tracing::info!(
                signal = %signal,
                frames = report.frames,
                bytes = report.bytes,
                torn_bytes_cut = report.torn_bytes_cut,
                "replayed the log"
            );
        }
        let mut desk = self.desk.lock();
        for range in &report.set_aside {
            let reason = match range.reason {
                SetAsideReason::Corrupt => "the bytes are not what was written",
                SetAsideReason::Missing => "the bytes are not there",
                SetAsideReason::Killed => "replaying it killed the process again and again",
                SetAsideReason::Torn => "the bytes were torn by a crash",
                SetAsideReason::Refused => "the request in it cannot be decoded",
            };
            tracing::error!(
                signal = %signal,
                position = range.position.0,
                bytes = range.bytes,
                reason,
                "a part of the log is set aside"
            );
            desk.manifest.quarantined.push(QuarantineEntry {
                what: "wal".to_owned(),
                name: format!("{} at {}, {} bytes", signal, range.position, range.bytes),
                reason: reason.to_owned(),
            });
        }
    }
}
