//! How a column is encoded: chosen by what it is, and for attributes by a sample of its values.

use super::bloom::HashSet64;
use crate::columns::text::TextColumn;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use xxhash_rust::xxh3::xxh3_64;

/// The level of columns that are compressed.
pub(crate) const ZSTD_LEVEL: i32 = 1;
/// Values looked at.
const SAMPLE: usize = 4096;
/// Neighbours looked at together.
const SAMPLE_RUN: usize = 512;
/// Largest dictionary, if not said otherwise: beyond it the column goes on without.
const DICTIONARY_BYTES: usize = 1 << 20;
/// Largest dictionary of ids.
const ID_DICTIONARY_BYTES: usize = 4 << 20;

/// The settings of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tuning {
    /// Largest dictionary; none if 0.
    pub dictionary_bytes: usize,
    /// The encoding without dictionary.
    pub encoding: Encoding,
    /// Whether pages are compressed.
    pub compressed: bool,
    /// Smallest and largest value: of the column, of pages, or not at all.
    pub statistics: EnabledStatistics,
}

impl Tuning {
    /// Few different values.
    pub(crate) const DICTIONARY: Self = Self {
        dictionary_bytes: DICTIONARY_BYTES,
        encoding: Encoding::PLAIN,
        compressed: true,
        statistics: EnabledStatistics::Chunk,
    };
    /// Random ids that come several times, not in runs.
    pub(crate) const ID_DICTIONARY: Self = Self {
        dictionary_bytes: ID_DICTIONARY_BYTES,
        statistics: EnabledStatistics::None,
        ..Self::DICTIONARY
    };
    /// Random bytes.
    pub(crate) const RANDOM: Self = Self {
        dictionary_bytes: 0,
        encoding: Encoding::PLAIN,
        compressed: false,
        statistics: EnabledStatistics::None,
    };
    /// Times.
    pub(crate) const TIME: Self = Self {
        dictionary_bytes: 0,
        encoding: Encoding::DELTA_BINARY_PACKED,
        compressed: true,
        statistics: EnabledStatistics::Page,
    };
    /// Integers of many values.
    pub(crate) const INTEGERS: Self = Self {
        statistics: EnabledStatistics::Chunk,
        ..Self::TIME
    };
    /// Doubles of many values.
    pub(crate) const DOUBLES: Self = Self {
        encoding: Encoding::BYTE_STREAM_SPLIT,
        ..Self::INTEGERS
    };
    /// Booleans.
    pub(crate) const BOOLEANS: Self = Self {
        encoding: Encoding::PLAIN,
        ..Self::INTEGERS
    };
    /// Texts of many values.
    pub(crate) const TEXTS: Self = Self {
        dictionary_bytes: 0,
        encoding: Encoding::DELTA_LENGTH_BYTE_ARRAY,
        compressed: true,
        statistics: EnabledStatistics::None,
    };
    /// Texts or ids of many values that come in runs.
    pub(crate) const RUNS: Self = Self {
        encoding: Encoding::DELTA_BYTE_ARRAY,
        ..Self::TEXTS
    };

    /// Sets the properties of a column.
    pub(crate) fn apply(
        self,
        properties: WriterPropertiesBuilder,
        path: &ColumnPath,
    ) -> WriterPropertiesBuilder {
        let mut properties = properties
            .set_column_dictionary_enabled(path.clone(), self.dictionary_bytes > 0)
            .set_column_encoding(path.clone(), self.encoding)
            .set_column_statistics_enabled(path.clone(), self.statistics);
        if self.dictionary_bytes > 0 {
            properties = properties
                .set_column_dictionary_page_size_limit(path.clone(), self.dictionary_bytes);
        }
        if !self.compressed {
            properties = properties.set_column_compression(path.clone(), Compression::UNCOMPRESSED);
        }
        properties
    }
}

/// The compression of columns that are compressed.
pub(crate) fn compression() -> Compression {
    Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default())
}

/// What a sample says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sample {
    /// Values looked at.
    pub seen: usize,
    /// Different ones among them.
    pub distinct: usize,
    /// Values equal to the one before.
    pub repeats: usize,
}

impl Sample {
    /// Looks at runs of neighbours spread over `len` values, given the hash of each.
    pub(crate) fn of(len: usize, hash: impl Fn(usize) -> u64) -> Self {
        let mut sample = Self::default();
        let mut known = HashSet64::default();
        let runs = (SAMPLE / SAMPLE_RUN).min(len.div_ceil(SAMPLE_RUN));
        for run in 0..runs {
            let start = run * (len / runs);
            let mut last = None;
            for index in start..(start + SAMPLE_RUN).min(len) {
                let hash = hash(index);
                sample.seen += 1;
                sample.repeats += usize::from(last == Some(hash));
                sample.distinct += usize::from(known.insert(hash));
                last = Some(hash);
            }
        }
        sample
    }

    /// Looks at a dense column of fixed-size ids.
    pub(crate) fn of_ids<const N: usize>(len: usize, id: impl Fn(usize) -> [u8; N]) -> Self {
        Self::of(len, |index| xxh3_64(&id(index)))
    }

    /// Looks at cells of texts.
    pub(crate) fn of_texts(cells: &TextColumn, indexes: &[u32]) -> Self {
        let bytes = cells.as_bytes();
        Self::of(indexes.len(), |at| {
            xxh3_64(bytes.cell(indexes[at] as usize))
        })
    }

    /// Looks at cells of numbers.
    pub(crate) fn of_numbers(indexes: &[u32], bits: impl Fn(usize) -> u64) -> Self {
        Self::of(indexes.len(), |at| {
            xxh3_64(&bits(indexes[at] as usize).to_le_bytes())
        })
    }

    /// Whether there are only a few values.
    pub(crate) fn is_small(&self) -> bool {
        self.distinct <= 64
    }

    /// The tuning of texts.
    pub(crate) fn texts(&self) -> Tuning {
        if !self.is_small() && self.repeats * 2 >= self.seen {
            Tuning::RUNS
        } else if self.distinct * 8 <= self.seen || self.is_small() {
            Tuning::DICTIONARY
        } else if self.distinct * 2 <= self.seen {
            Tuning::ID_DICTIONARY
        } else {
            Tuning::TEXTS
        }
    }

    /// The tuning of ids of fixed length.
    pub(crate) fn ids(&self) -> Tuning {
        if self.repeats * 2 >= self.seen {
            Tuning::RUNS
        } else if self.distinct * 2 <= self.seen {
            Tuning::ID_DICTIONARY
        } else {
            Tuning::RANDOM
        }
    }

    /// The tuning of integers.
    pub(crate) fn integers(&self) -> Tuning {
        if self.distinct * 4 <= self.seen || self.is_small() {
            Tuning::DICTIONARY
        } else {
            Tuning::INTEGERS
        }
    }

    /// The tuning of doubles.
    pub(crate) fn doubles(&self) -> Tuning {
        match self.integers() {
            Tuning::DICTIONARY => Tuning::DICTIONARY,
            _ => Tuning::DOUBLES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, Tuning};
    use xxhash_rust::xxh3::xxh3_64;

    fn sample(len: usize, value: impl Fn(usize) -> usize) -> Sample {
        Sample::of(len, |index| xxh3_64(&value(index).to_le_bytes()))
    }

    #[test]
    fn the_sample_decides() {
        assert_eq!(sample(50_000, |index| index).texts(), Tuning::TEXTS);
        assert_eq!(sample(50_000, |index| index / 9).texts(), Tuning::RUNS);
        assert_eq!(
            sample(50_000, |index| index % 300).texts(),
            Tuning::DICTIONARY
        );
        assert_eq!(
            sample(50_000, |index| index % 2000).texts(),
            Tuning::ID_DICTIONARY
        );
        assert_eq!(sample(50_000, |index| index).ids(), Tuning::RANDOM);
        assert_eq!(sample(20, |index| index).integers(), Tuning::DICTIONARY);
        assert_eq!(sample(50_000, |index| index).doubles(), Tuning::DOUBLES);
        assert_eq!(sample(0, |index| index).seen, 0);
    }
}
