//! A log file that begins anew at a size, keeps so many old ones (`tacho.log.1`, …) and compresses
//! them (`tacho.log.1.gz`). A log that cannot be written never stops the server: it is counted.

use crate::config::settings::Logging;
use flate2::Compression;
use flate2::write::GzEncoder;
use parking_lot::Mutex;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_storage::error::Result;
use tacho_storage::io::{Io, WriteFile};
use tracing_subscriber::fmt::MakeWriter;

/// Bytes that are copied at a time when a file is compressed.
const CHUNK_BYTES: u64 = 256 << 10;

/// A log file; clones write into the same.
#[derive(Debug, Clone)]
pub struct RotatingFile(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    io: Arc<dyn Io>,
    path: PathBuf,
    bytes_max: u64,
    files_max: usize,
    compress: bool,
    lost_lines: Arc<AtomicU64>,
    file: Mutex<Option<Box<dyn WriteFile>>>,
}

impl RotatingFile {
    /// Opens the file at its end, making it and its folder if needed. Lines that cannot be written
    /// are added to `lost_lines`.
    pub fn open(
        io: Arc<dyn Io>,
        path: PathBuf,
        logging: &Logging,
        lost_lines: Arc<AtomicU64>,
    ) -> Result<Self> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            io.create_dir_all(folder)?;
        }
        let file = if io.exists(&path)? {
            let length = io.open_read(&path)?.len();
            io.open_append(&path, length)?
        } else {
            io.create(&path)?
        };
        Ok(Self(Arc::new(Shared {
            io,
            path,
            bytes_max: logging.file_bytes_max.max(1),
            files_max: logging.files_max.max(1),
            compress: logging.compress,
            lost_lines,
            file: Mutex::new(Some(file)),
        })))
    }
}

impl Shared {
    fn write_line(&self, line: &[u8]) {
        let mut slot = self.file.lock();
        let full = slot.as_ref().is_some_and(|file| {
            !file.is_empty() && file.len() + line.len() as u64 > self.bytes_max
        });
        if full || slot.is_none() {
            *slot = None;
            *slot = self.begin_anew().ok();
        }
        let written = slot
            .as_mut()
            .is_some_and(|file| file.write_all(line).is_ok());
        if !written {
            // The state of the file is unknown: the next line begins a new one.
            *slot = None;
            self.lost_lines.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn numbered(&self, number: usize, compressed: bool) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{number}{}", if compressed { ".gz" } else { "" }));
        PathBuf::from(name)
    }

    /// Moves every file one number up, the oldest out, and begins a new one.
    fn begin_anew(&self) -> Result<Box<dyn WriteFile>> {
        let io = self.io.as_ref();
        for compressed in [false, true] {
            let oldest = self.numbered(self.files_max.saturating_sub(1).max(1), compressed);
            if io.exists(&oldest)? {
                io.remove_file(&oldest)?;
            }
            for number in (1..self.files_max.saturating_sub(1)).rev() {
                let from = self.numbered(number, compressed);
                if io.exists(&from)? {
                    io.rename(&from, &self.numbered(number + 1, compressed))?;
                }
            }
        }
        if io.exists(&self.path)? {
            if self.files_max == 1 {
                io.remove_file(&self.path)?;
            } else {
                let first = self.numbered(1, false);
                io.rename(&self.path, &first)?;
                if self.compress {
                    let packed = self.numbered(1, true);
                    if compress(io, &first, &packed).is_ok() {
                        io.remove_file(&first)?;
                    }
                }
            }
        }
        io.create(&self.path)
    }
}

fn compress(io: &dyn Io, from: &Path, to: &Path) -> std::io::Result<()> {
    let other = |error: tacho_storage::error::Error| std::io::Error::other(error);
    let source = io.open_read(from).map_err(other)?;
    let target = io.create(to).map_err(other)?;
    let mut encoder = GzEncoder::new(Target(target), Compression::fast());
    let mut offset = 0;
    while offset < source.len() {
        let length = usize::try_from(CHUNK_BYTES.min(source.len() - offset)).unwrap_or(0);
        let mut chunk = vec![0; length];
        source.read_exact_at(&mut chunk, offset).map_err(other)?;
        encoder.write_all(&chunk)?;
        offset += length as u64;
    }
    encoder.finish().map(drop)
}

struct Target(Box<dyn WriteFile>);

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(bytes).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes one line; `tracing` hands lines over whole.
#[derive(Debug)]
pub struct Line<'a>(&'a Shared);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_line(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for RotatingFile {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RotatingFile;
    use crate::config::settings::Logging;
    use flate2::read::GzDecoder;
    use std::io::{Read as _, Write as _};
    use std::sync::Arc;
    use tacho_storage::io::std_io::StdIo;
    use tacho_storage::io::{Io as _, read_limited};
    use tracing_subscriber::fmt::MakeWriter as _;

    #[test]
    fn full_files_are_numbered_compressed_and_dropped_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs/tacho.log");
        let logging = Logging {
            level: "info".to_owned(),
            outputs: Vec::new(),
            file_bytes_max: 20,
            files_max: 3,
            compress: true,
        };
        let file =
            RotatingFile::open(Arc::new(StdIo), path.clone(), &logging, Arc::default()).unwrap();
        for number in 0..8 {
            file.make_writer()
                .write_all(format!("line {number}\n").as_bytes())
                .unwrap();
        }
        drop(file);
        let file =
            RotatingFile::open(Arc::new(StdIo), path.clone(), &logging, Arc::default()).unwrap();
        file.make_writer().write_all(b"again\n").unwrap();
        let last = read_limited(&StdIo, &path, 100).unwrap();
        assert!(last.ends_with(b"again\n"));
        let names: Vec<_> = StdIo
            .list(path.parent().unwrap())
            .unwrap()
            .into_iter()
            .map(|entry| entry.name.into_string().unwrap())
            .collect();
        assert_eq!(names, ["tacho.log", "tacho.log.1.gz", "tacho.log.2.gz"]);
        let packed = read_limited(&StdIo, &path.with_extension("log.2.gz"), 1000).unwrap();
        let mut text = String::new();
        GzDecoder::new(packed.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert!(text.starts_with("line "), "{text}");
    }
}
