//! What is on disk, as readers share it: an immutable list of blocks and values per place,
//! replaced as a whole when it changes.

use super::head::Place;
use super::manifest::{BlockEntry, SignalManifest};
use super::tombstone::Tombstone;
use crate::block::reader::Block;
use crate::block::{BlockFacts, BlockId};
use crate::error::{Error, ErrorKind, Result};
use crate::io::Io;
use crate::partition::Partition;
use crate::values::ValueFileId;
use crate::values::partition::PartitionValues;
use crate::wal::frame::WalPosition;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;

/// A block that the manifest names, or named: its files go when nobody reads it any more.
pub struct BlockHandle {
    /// The reader.
    pub block: Block,
    /// What the manifest says.
    pub entry: BlockEntry,
    /// Whether it is in the list of blocks that are held open.
    pub listed: AtomicBool,
    parquet: PathBuf,
    files: Files,
}

impl BlockHandle {
    /// Its id.
    pub fn id(&self) -> BlockId {
        self.block.id()
    }

    /// What it holds.
    pub fn facts(&self) -> &BlockFacts {
        self.block.facts()
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.entry.parquet_bytes + self.entry.index_bytes
    }

    /// The manifest does not name it any more: its files go with the last reader.
    pub fn doom(&self) {
        self.files.doomed.store(true, Ordering::Release);
    }

    /// Its Parquet file.
    pub fn parquet_path(&self) -> &Path {
        &self.parquet
    }

    /// Its files.
    pub fn paths(&self) -> &[PathBuf] {
        &self.files.paths
    }
}

/// Files that are removed with the last reference once they are doomed.
struct Files {
    io: Arc<dyn Io>,
    paths: Vec<PathBuf>,
    doomed: AtomicBool,
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Acquire) {
            for path in &self.paths {
                if let Err(error) = self.io.remove_file(path)
                    && error.kind() != ErrorKind::NotFound
                {
                    tracing::warn!(file = %path.display(), %error, "could not remove a file; it goes at the next start");
                }
            }
        }
    }
}

/// A file of large values that the manifest names, or named.
pub struct ValueHandle {
    /// Its id.
    pub id: ValueFileId,
    /// Its length.
    pub bytes: u64,
    files: Files,
}

impl ValueHandle {
    /// The manifest does not name it any more.
    pub fn doom(&self) {
        self.files.doomed.store(true, Ordering::Release);
    }

    /// Its file.
    pub fn path(&self) -> Option<&PathBuf> {
        self.files.paths.first()
    }
}

/// What one place has on disk.
#[derive(Clone, Default)]
pub struct PlaceFiles {
    /// Blocks, by id.
    pub blocks: Vec<Arc<BlockHandle>>,
    /// Files of large values, oldest first.
    pub value_files: Vec<Arc<ValueHandle>>,
    /// The same, open for reading.
    pub values: Option<Arc<PartitionValues>>,
}

/// What a signal has on disk. Shared and never changed; a change makes a new one.
#[derive(Clone, Default)]
pub struct Catalog {
    /// Files by place.
    pub places: BTreeMap<Place, PlaceFiles>,
    /// Deletions to apply when reading.
    pub tombstones: Vec<Arc<Tombstone>>,
    /// Everything before this position of the WAL is in blocks.
    pub covered: WalPosition,
}

impl Catalog {
    /// All blocks.
    pub fn blocks(&self) -> impl Iterator<Item = &Arc<BlockHandle>> {
        self.places.values().flat_map(|files| files.blocks.iter())
    }

    /// The places of a tenant.
    pub fn of_tenant<'a>(
        &'a self,
        tenant: &'a TenantId,
    ) -> impl Iterator<Item = (Partition, &'a PlaceFiles)> {
        self.places
            .range((tenant.clone(), Partition::Past)..)
            .take_while(move |((owner, _), _)| owner == tenant)
            .map(|((_, partition), files)| (*partition, files))
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        let files = self.places.values();
        files
            .map(|files| {
                files.blocks.iter().map(|block| block.bytes()).sum::<u64>()
                    + files.value_files.iter().map(|file| file.bytes).sum::<u64>()
            })
            .sum()
    }
}

/// Makes handles: knows where files lie.
#[derive(Clone)]
pub struct Opener {
    /// Files are touched through this.
    pub io: Arc<dyn Io>,
    /// The data folder.
    pub dir: PathBuf,
    /// The signal.
    pub signal: Signal,
}

impl Opener {
    /// The folder of a place.
    pub fn place_dir(&self, place: &Place) -> PathBuf {
        place_dir(&self.dir, self.signal, place)
    }

    /// A handle of a block.
    pub fn block(&self, place: &Place, entry: BlockEntry) -> Arc<BlockHandle> {
        let (dir, id) = (self.place_dir(place), BlockId(entry.id));
        let block = Block::open(Arc::clone(&self.io), &dir, id, self.signal, entry.facts());
        let parquet = id.parquet_path(&dir);
        let paths = vec![parquet.clone(), id.sidecar_path(&dir)];
        Arc::new(BlockHandle {
            block,
            entry,
            listed: AtomicBool::new(false),
            parquet,
            files: self.files(paths),
        })
    }

    /// A handle of a file of values.
    pub fn values(&self, place: &Place, id: ValueFileId, bytes: u64) -> Arc<ValueHandle> {
        let path = id.path(&self.place_dir(place));
        Arc::new(ValueHandle {
            id,
            bytes,
            files: self.files(vec![path]),
        })
    }

    fn files(&self, paths: Vec<PathBuf>) -> Files {
        Files {
            io: Arc::clone(&self.io),
            paths,
            doomed: AtomicBool::new(false),
        }
    }

    /// Opens the values of a place after its list of files has changed.
    pub fn reopen_values(&self, place: &Place, files: &mut PlaceFiles) {
        let ids: Vec<ValueFileId> = files.value_files.iter().map(|file| file.id).collect();
        let dir = self.place_dir(place);
        files.values = (!ids.is_empty()).then(|| {
            let previous = files.values.as_deref();
            Arc::new(PartitionValues::open(
                Arc::clone(&self.io),
                &dir,
                &ids,
                previous,
            ))
        });
    }

    /// The catalog that the manifest describes.
    pub fn catalog(
        &self,
        manifest: &SignalManifest,
        tombstones: Vec<Arc<Tombstone>>,
    ) -> Result<Catalog> {
        let mut catalog = Catalog {
            tombstones,
            covered: WalPosition(manifest.covered),
            ..Catalog::default()
        };
        for entry in &manifest.blocks {
            let place = place_of(&entry.tenant, &entry.partition)?;
            let handle = self.block(&place, entry.clone());
            catalog.places.entry(place).or_default().blocks.push(handle);
        }
        for entry in &manifest.values {
            let place = place_of(&entry.tenant, &entry.partition)?;
            let handle = self.values(&place, ValueFileId(entry.id), entry.bytes);
            catalog
                .places
                .entry(place)
                .or_default()
                .value_files
                .push(handle);
        }
        for (place, files) in &mut catalog.places {
            files.blocks.sort_by_key(|block| block.id());
            files.value_files.sort_by_key(|file| file.id);
            self.reopen_values(place, files);
        }
        Ok(catalog)
    }
}

/// The folder of a place below the data folder.
pub fn place_dir(dir: &Path, signal: Signal, place: &Place) -> PathBuf {
    dir.join("blocks")
        .join(place.0.as_str())
        .join(signal.as_str())
        .join(place.1.to_string())
}

/// The place that names in the manifest mean.
pub fn place_of(tenant: &str, partition: &str) -> Result<Place> {
    let tenant = TenantId::new(tenant)
        .map_err(|_| Error::corrupt(format!("read the manifest: tenant {tenant:?} is no name")))?;
    let partition = Partition::parse(partition).ok_or_else(|| {
        Error::corrupt(format!(
            "read the manifest: partition {partition:?} is no day"
        ))
    })?;
    Ok((tenant, partition))
}
