//! The file to import: plain, gzip or zstd by its first bytes, or standard input; and how much of it
//! was read.

use super::state::Origin;
use anyhow::Context as _;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::time::UNIX_EPOCH;

const BUFFER_BYTES: usize = 1 << 20;

/// Counts what is read.
struct Counted<R> {
    inner: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// An opened text.
pub(super) struct Input {
    /// The text without compression.
    pub(super) text: Box<dyn BufRead>,
    bytes: Rc<Cell<u64>>,
    length: Option<u64>,
}

impl Input {
    /// Share of the file that was read; `None` if its length is not known.
    pub(super) fn share(&self) -> Option<f64> {
        let length = self.length.filter(|length| *length > 0)?;
        Some((self.bytes.get() as f64 / length as f64).min(1.0))
    }
}

/// What makes a file the same.
pub(super) fn origin(file: &Path) -> anyhow::Result<Origin> {
    let path = file.to_string_lossy().into_owned();
    if is_stdin(file) {
        return Ok(Origin::File {
            path,
            length: None,
            modified_ns: None,
        });
    }
    let metadata =
        std::fs::metadata(file).with_context(|| format!("failed to read {}", file.display()))?;
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok());
    Ok(Origin::File {
        path,
        length: metadata.is_file().then_some(metadata.len()),
        modified_ns: modified,
    })
}

/// True for `-`.
pub(super) fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Opens the file at this offset of its text.
pub(super) fn open(file: &Path, length: Option<u64>, offset: u64) -> anyhow::Result<Input> {
    let name = file.display();
    let failed = || format!("failed to read {name}");
    let bytes = Rc::new(Cell::new(0));
    let inner: Box<dyn Read> = if is_stdin(file) {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).with_context(failed)?)
    };
    let counted = Counted {
        inner,
        bytes: Rc::clone(&bytes),
    };
    let mut raw = BufReader::with_capacity(BUFFER_BYTES, counted);
    let start = raw.fill_buf().with_context(failed)?;
    let mut text: Box<dyn BufRead> = match start {
        [0x1f, 0x8b, ..] => buffered(flate2::bufread::MultiGzDecoder::new(raw)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            buffered(zstd::Decoder::with_buffer(raw).with_context(failed)?)
        }
        _ if length.is_some() && offset > 0 => {
            let mut plain = File::open(file).with_context(failed)?;
            plain.seek(SeekFrom::Start(offset)).with_context(failed)?;
            bytes.set(offset);
            let counted = Counted {
                inner: plain,
                bytes: Rc::clone(&bytes),
            };
            return Ok(Input {
                text: buffered(counted),
                bytes,
                length,
            });
        }
        _ => Box::new(raw),
    };
    let skipped = io::copy(&mut (&mut text).take(offset), &mut io::sink()).with_context(failed)?;
    if skipped < offset {
        anyhow::bail!("{name} ends before byte {offset}, where the import is to go on");
    }
    Ok(Input {
        text,
        bytes,
        length,
    })
}

fn buffered(inner: impl Read + 'static) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(BUFFER_BYTES, inner))
}

#[cfg(test)]
mod tests {
    use super::{Origin, open, origin};
    use std::io::{Read as _, Write as _};

    #[test]
    fn files_are_read_plain_and_compressed_from_any_offset() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a 1 1\n".repeat(1000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let files = [
            ("plain", text.clone().into_bytes()),
            ("gzip", gzip.finish().unwrap()),
            ("zstd", zstd::encode_all(text.as_bytes(), 1).unwrap()),
        ];
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            let Origin::File { length, .. } = origin(&path).unwrap() else {
                panic!("a file");
            };
            assert_eq!(length, Some(bytes.len() as u64));
            for offset in [0, 6, 5994, 6000] {
                let mut input = open(&path, length, offset).unwrap();
                let mut read = String::new();
                input.text.read_to_string(&mut read).unwrap();
                let from = usize::try_from(offset).unwrap();
                assert_eq!(read, text[from..], "{name} from {offset}");
                assert_eq!(input.share(), Some(1.0));
            }
            assert!(name == "plain" || open(&path, length, 6001).is_err());
        }
    }
}
