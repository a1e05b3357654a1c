//! The file with the state of active series: what blocks do not tell (newest sample, running sums,
//! metadata) and replay needs. Format: `docs/formats/samples-state.md`.

pub(crate) mod decode;
pub(crate) mod encode;
#[cfg(test)]
mod tests;

use crate::seal::Seal;

/// The file's envelope.
pub(crate) const STATE_SEAL: Seal = Seal {
    magic: *b"TACHOsst",
    version: 1,
    name: "state of active series",
};

/// Longest file that is read.
pub(crate) const FILE_BYTES_MAX: u64 = 4 << 30;
/// A section is ended from so many bytes on.
const SECTION_BYTES: usize = 1 << 20;
/// Longest section that is read: one record may go beyond the bytes that end a section.
const SECTION_BYTES_MAX: u64 = 64 << 20;

/// What a section holds.
const FAMILIES: u8 = 1;
const SERIES: u8 = 2;

const IS_HISTOGRAM: u8 = 1;
const HAS_START: u8 = 2;
const HAS_DELTA: u8 = 4;
const DELTA_IS_HISTOGRAM: u8 = 8;
