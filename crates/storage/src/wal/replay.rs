//! Replay: gives out the frames that were there at opening, in order, and sets aside what cannot be
//! used (`docs/formats/wal.md`, section "Reading").

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Io, ReadFile};
use crate::wal::attempt::Attempt;
use crate::wal::frame::{FixedPart, Frame, WalPosition};
use crate::wal::quarantine::Quarantine;
use crate::wal::recover::Recovered;
use crate::wal::scan::{Found, Scanner};
use crate::wal::segment::{self, HEADER_BYTES, SegmentHeader, WalSegment};
use crate::wal::{ReplayReport, SetAside, SetAsideReason};
use std::path::Path;
use std::sync::Arc;

/// Ranges named in a report; further ones are counted and logged.
const SET_ASIDE_MAX: usize = 1000;

/// Takes the frames.
pub(super) type Apply<'a> = dyn FnMut(WalPosition, Frame<'_>) -> Result<()> + 'a;

/// One replay.
pub(super) struct Replay<'a> {
    io: &'a Arc<dyn Io>,
    folder: &'a Path,
    recovered: &'a Recovered,
    from: WalPosition,
    quarantine: Quarantine,
    attempt: Attempt,
    report: ReplayReport,
}

/// A segment with its file open.
struct Opened {
    segment: WalSegment,
    file: Arc<dyn ReadFile>,
    header: Option<SegmentHeader>,
}

impl Opened {
    /// End of the segment before this one.
    fn previous_end(&self) -> WalPosition {
        let first = self.segment.first;
        self.header
            .map_or(first, |header| header.previous_end.min(first))
    }
}

impl<'a> Replay<'a> {
    /// Prepares a replay from that position on.
    pub(super) fn new(
        io: &'a Arc<dyn Io>,
        folder: &'a Path,
        recovered: &'a Recovered,
        from: WalPosition,
        quarantine: Quarantine,
    ) -> Self {
        Self {
            io,
            folder,
            recovered,
            from,
            quarantine,
            attempt: Attempt::begin(Arc::clone(io), folder),
            report: ReplayReport {
                torn_bytes_cut: recovered.torn_bytes_cut,
                ..ReplayReport::default()
            },
        }
    }

    /// Runs it. The note of the attempt stays only if the process (or the thread) dies in `apply`.
    pub(super) fn run(mut self, apply: &mut Apply<'_>) -> Result<ReplayReport> {
        let done = self.segments(apply);
        self.attempt.end();
        done.map(|()| self.report)
    }

    fn segments(&mut self, apply: &mut Apply<'_>) -> Result<()> {
        let recovered = self.recovered;
        let mut wanted = recovered
            .segments
            .iter()
            .enumerate()
            .skip_while(|(index, _)| {
                let next = recovered.segments.get(index + 1);
                next.is_some_and(|next| next.first <= self.from)
            });
        let Some((_, first)) = wanted.next() else {
            return Ok(());
        };
        let rest: Vec<&WalSegment> = wanted.map(|(_, segment)| segment).collect();
        let mut current = self.open(first)?;
        self.missing(self.from, current.previous_end());
        for next in rest {
            let next = self.open(next)?;
            self.segment(&current, next.previous_end(), false, apply)?;
            current = next;
        }
        self.segment(&current, recovered.end, true, apply)
    }

    fn open(&self, segment: &WalSegment) -> Result<Opened> {
        let path = segment::path(self.folder, segment.first);
        let file = self.io.open_read(&path)?;
        let header = segment::read_header(file.as_ref(), segment.first)
            .map_err(|error| error.context(format!("replay {}", path.display())))?;
        if header.is_none() {
            tracing::warn!(segment = %path.display(), "the header of a WAL segment is damaged");
        }
        Ok(Opened {
            segment: segment.clone(),
            file,
            header,
        })
    }

    fn segment(
        &mut self,
        opened: &Opened,
        end: WalPosition,
        last: bool,
        apply: &mut Apply<'_>,
    ) -> Result<()> {
        self.report.segments += 1;
        let mut scanner = Scanner::new(Arc::clone(&opened.file), opened.segment.first, Some(end));
        while let Some(found) = scanner.next_found()? {
            match found {
                Found::Frame(fixed) if fixed.place.position < self.from => {}
                Found::Frame(fixed) => self.frame(opened, &fixed, scanner.payload()?, apply)?,
                Found::Bad {
                    position, bytes, ..
                } => {
                    if position.plus(bytes) > self.from {
                        let reason = self.reason_of_bad(position, last);
                        self.set_aside(opened, position, bytes, reason);
                    }
                }
            }
        }
        self.missing(scanner.position(), end);
        Ok(())
    }

    fn frame(
        &mut self,
        opened: &Opened,
        fixed: &FixedPart,
        payload: &[u8],
        apply: &mut Apply<'_>,
    ) -> Result<()> {
        let position = fixed.place.position;
        let bytes = fixed.frame_bytes();
        let killed = self.attempt.killer() == Some(position)
            || self.quarantine.contains(position, SetAsideReason::Killed);
        if killed {
            self.set_aside(opened, position, bytes, SetAsideReason::Killed);
            return Ok(());
        }
        let frame = match fixed.frame(payload) {
            Ok(frame) => frame,
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                self.set_aside(opened, position, bytes, SetAsideReason::Corrupt);
                return Ok(());
            }
            Err(error) => return Err(replay_stopped(error)),
        };
        self.attempt.mark(position);
        match apply(position, frame) {
            Ok(()) => {
                self.report.frames += 1;
                self.report.bytes += bytes;
            }
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                tracing::error!(%error, %position, "a frame of the WAL was refused at replay");
                self.set_aside(opened, position, bytes, SetAsideReason::Refused);
            }
            Err(error) => return Err(replay_stopped(error)),
        }
        Ok(())
    }

    /// A range that was never acknowledged is torn, any other is corrupt. Which of the two was
    /// settled by the first replay after the crash, while the range lay in the last segment.
    fn reason_of_bad(&self, position: WalPosition, last: bool) -> SetAsideReason {
        let torn = if last {
            position >= self.recovered.known_durable
        } else {
            self.quarantine.contains(position, SetAsideReason::Torn)
        };
        if torn {
            SetAsideReason::Torn
        } else {
            SetAsideReason::Corrupt
        }
    }

    fn set_aside(
        &mut self,
        opened: &Opened,
        position: WalPosition,
        bytes: u64,
        reason: SetAsideReason,
    ) {
        let offset = HEADER_BYTES as u64 + (position.0 - opened.segment.first.0);
        let source = (opened.file.as_ref(), offset);
        let range = self.quarantine.set_aside(position, reason, source, bytes);
        self.note(range);
    }

    fn missing(&mut self, start: WalPosition, end: WalPosition) {
        let start = start.max(self.from);
        if start < end {
            self.note(SetAside {
                position: start,
                bytes: end.0 - start.0,
                reason: SetAsideReason::Missing,
                file: None,
            });
        }
    }

    fn note(&mut self, range: SetAside) {
        tracing::error!(
            position = %range.position,
            bytes = range.bytes,
            reason = range.reason.as_str(),
            file = ?range.file,
            "a range of the WAL cannot be used and is set aside"
        );
        self.report.set_aside_count += 1;
        if self.report.set_aside.len() < SET_ASIDE_MAX {
            self.report.set_aside.push(range);
        }
    }
}

fn replay_stopped(error: Error) -> Error {
    error.context("replay the WAL")
}
