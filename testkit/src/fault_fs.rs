//! A file system in memory that fails and loses power on purpose, the same way for the same seed.
//!
//! `FaultIo` is the view of one process. `crash` (power loss: what was not synced is lost, kept, torn
//! or mixed by sectors) and `kill` (the process dies, the machine does not) end that view and give
//! the next process its own; the old one only gets errors from then on. Start at `FaultIo::new`.

pub mod random;

mod content;
mod tree;

use crate::fault_fs::content::Content;
use crate::fault_fs::random::Random;
use crate::fault_fs::tree::Tree;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_storage::error::{Error, Result};
use tacho_storage::io::{Entry, FileLock, Io, LockAttempt, ReadFile, SyncPoint, WriteFile};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The device failed (`EIO`).
    Eio,
    /// No room is left (`ENOSPC`).
    Enospc,
}

/// What a fault can happen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Making a file or a folder, linking, copying, cutting.
    Create,
    /// Writing bytes; a part of them may have been written.
    Write,
    /// Syncing a file's data.
    SyncFile,
    /// Syncing a folder.
    SyncDir,
    /// Renaming.
    Rename,
    /// Removing a file or folder.
    Remove,
    /// Reading bytes.
    Read,
}

/// The simulated machine.
#[derive(Debug)]
struct World {
    tree: Tree,
    random: Random,
    /// Counts up at every crash and kill.
    generation: u64,
    disabled: BTreeSet<SyncPoint>,
    /// Operations of that kind still to go before one fails.
    planned: Vec<(Operation, u64, Fault)>,
    chances: Vec<(Operation, u32, Fault)>,
    capacity_bytes: Option<u64>,
    /// Changing operations so far.
    operations: u64,
    /// The machine stops when so many operations were done.
    stop_at: Option<u64>,
    locks: BTreeMap<PathBuf, u64>,
    next_lock: u64,
}

/// One process's view of the simulated file system. Clones are the same process.
#[derive(Debug, Clone)]
pub struct FaultIo {
    world: Arc<Mutex<World>>,
    generation: u64,
}

impl FaultIo {
    /// An empty file system; the seed decides everything that is left to chance.
    pub fn new(seed: u64) -> Self {
        Self {
            world: Arc::new(Mutex::new(World {
                tree: Tree::new(),
                random: Random::new(seed),
                generation: 0,
                disabled: BTreeSet::new(),
                planned: Vec::new(),
                chances: Vec::new(),
                capacity_bytes: None,
                operations: 0,
                stop_at: None,
                locks: BTreeMap::new(),
                next_lock: 0,
            })),
            generation: 0,
        }
    }

    /// Power loss and restart: the next process's view of what is left. Planned faults and crash
    /// points are forgotten, disabled syncs and the capacity stay.
    #[must_use]
    pub fn crash(&self) -> FaultIo {
        let mut world = self.world.lock();
        let world = &mut *world;
        world.tree.crash(&mut world.random);
        self.next_process(world)
    }

    /// The process dies, the machine does not: nothing written is lost, nothing gets durable.
    #[must_use]
    pub fn kill(&self) -> FaultIo {
        self.next_process(&mut self.world.lock())
    }

    /// Makes all syncs of that call site do nothing.
    pub fn disable_sync(&self, point: SyncPoint) {
        self.world.lock().disabled.insert(point);
    }

    /// Lets the n-th operation of that kind from now on fail (1 = the next one).
    pub fn fail_nth(&self, operation: Operation, n: u64, fault: Fault) {
        self.world.lock().planned.push((operation, n.max(1), fault));
    }

    /// Lets operations of that kind fail that often in a thousand; 0 ends it.
    pub fn fail_per_mille(&self, operation: Operation, chance: u32, fault: Fault) {
        let mut world = self.world.lock();
        world.chances.retain(|(kind, _, _)| *kind != operation);
        world.chances.push((operation, chance, fault));
    }

    /// Room on the device in bytes; `None` for plenty.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.world.lock().capacity_bytes = bytes;
    }

    /// Stops the machine after so many more changing operations: everything fails until `crash`.
    pub fn crash_after_ops(&self, operations: u64) {
        let mut world = self.world.lock();
        world.stop_at = Some(world.operations + operations);
    }

    /// Changing operations so far (creations, writes, syncs, renames, removals).
    pub fn operation_count(&self) -> u64 {
        self.world.lock().operations
    }

    /// Whether a crash point was reached.
    pub fn is_down(&self) -> bool {
        self.world.lock().is_down()
    }

    /// Changes the bytes of a file behind everybody's back, on the platter too.
    pub fn corrupt(&self, path: &Path, change: impl Fn(&mut Vec<u8>)) -> Result<()> {
        let file = self.world.lock().tree.file(path);
        let file = file.map_err(|source| Error::io("corrupt", path, source))?;
        file.lock().corrupt(change);
        Ok(())
    }

    /// The bytes of a file as a process would read them.
    pub fn bytes(&self, path: &Path) -> Result<Vec<u8>> {
        let file = self.world.lock().tree.file(path);
        let file = file.map_err(|source| Error::io("read", path, source))?;
        let bytes = file.lock().current.clone();
        Ok(bytes)
    }

    fn next_process(&self, world: &mut World) -> FaultIo {
        world.generation += 1;
        world.stop_at = None;
        world.planned.clear();
        world.chances.clear();
        world.locks.clear();
        FaultIo {
            world: Arc::clone(&self.world),
            generation: world.generation,
        }
    }

    /// Does something in the tree unless the process is dead or a fault is due.
    fn run<T>(
        &self,
        operation: Operation,
        (doing, path): (&str, &Path),
        action: impl FnOnce(&mut World) -> std::io::Result<T>,
    ) -> Result<T> {
        let mut world = self.world.lock();
        world
            .begin(self.generation, operation)
            .and_then(|()| action(&mut world))
            .map_err(|source| Error::io(doing, path, source))
    }

    /// The same for what changes nothing and never fails by chance.
    fn look<T>(
        &self,
        (doing, path): (&str, &Path),
        action: impl FnOnce(&World) -> std::io::Result<T>,
    ) -> Result<T> {
        let world = self.world.lock();
        world
            .alive(self.generation)
            .and_then(|()| action(&world))
            .map_err(|source| Error::io(doing, path, source))
    }

    fn open_write(&self, path: &Path, content: Arc<Mutex<Content>>) -> Box<dyn WriteFile> {
        Box::new(FaultWriteFile {
            io: self.clone(),
            path: path.to_path_buf(),
            content,
        })
    }
}

impl World {
    fn is_down(&self) -> bool {
        self.stop_at.is_some_and(|stop| self.operations >= stop)
    }

    fn alive(&self, generation: u64) -> std::io::Result<()> {
        if generation != self.generation {
            Err(std::io::Error::other("this process is dead"))
        } else if self.is_down() {
            Err(std::io::Error::other("simulated crash"))
        } else {
            Ok(())
        }
    }

    fn begin(&mut self, generation: u64, operation: Operation) -> std::io::Result<()> {
        self.alive(generation)?;
        if operation != Operation::Read {
            self.operations += 1;
        }
        match self.fault(operation) {
            Some(fault) => Err(fault.error()),
            None => Ok(()),
        }
    }

    fn fault(&mut self, operation: Operation) -> Option<Fault> {
        let mut due = None;
        for (kind, left, fault) in &mut self.planned {
            if *kind == operation && *left > 0 {
                *left -= 1;
                if *left == 0 {
                    due = Some(*fault);
                }
            }
        }
        self.planned.retain(|(_, left, _)| *left > 0);
        let chance = self.chances.iter().find(|(kind, _, _)| *kind == operation);
        if let Some((_, chance, fault)) = chance.copied()
            && self.random.per_mille(chance)
        {
            due = Some(fault);
        }
        due
    }

    fn room_bytes(&self) -> u64 {
        match self.capacity_bytes {
            Some(capacity) => capacity.saturating_sub(self.tree.used_bytes()),
            None => u64::MAX,
        }
    }

    /// Appends bytes, a part of them if a fault is due or the device is full.
    fn write(
        &mut self,
        generation: u64,
        content: &Mutex<Content>,
        bytes: &[u8],
    ) -> std::io::Result<()> {
        self.alive(generation)?;
        if let Err(error) = self.begin(generation, Operation::Write) {
            let part = self.random.between(0, bytes.len());
            content.lock().append(&bytes[..part]);
            return Err(error);
        }
        let room = self.room_bytes();
        if (bytes.len() as u64) > room {
            let part = usize::try_from(room).unwrap_or(usize::MAX);
            content.lock().append(&bytes[..part]);
            return Err(Fault::Enospc.error());
        }
        content.lock().append(bytes);
        Ok(())
    }

    fn sync_file(
        &mut self,
        generation: u64,
        content: &Mutex<Content>,
        point: SyncPoint,
    ) -> std::io::Result<()> {
        self.alive(generation)?;
        if let Err(error) = self.begin(generation, Operation::SyncFile) {
            content.lock().fail_sync();
            return Err(error);
        }
        if !self.disabled.contains(&point) {
            content.lock().sync();
        }
        Ok(())
    }
}

impl Fault {
    fn error(self) -> std::io::Error {
        std::io::Error::from_raw_os_error(match self {
            Fault::Eio => 5,
            Fault::Enospc => 28,
        })
    }
}

impl Io for FaultIo {
    fn create(&self, path: &Path) -> Result<Box<dyn WriteFile>> {
        let content = self.run(Operation::Create, ("create", path), |world| {
            world.tree.create(path)
        })?;
        Ok(self.open_write(path, content))
    }

    fn open_append(&self, path: &Path, truncate_to: u64) -> Result<Box<dyn WriteFile>> {
        let content = self.run(Operation::Create, ("open", path), |world| {
            let content = world.tree.file(path)?;
            let len = usize::try_from(truncate_to).unwrap_or(usize::MAX);
            content.lock().set_len(len);
            Ok(content)
        })?;
        Ok(self.open_write(path, content))
    }

    fn open_read(&self, path: &Path) -> Result<Arc<dyn ReadFile>> {
        let content = self.look(("open", path), |world| world.tree.file(path))?;
        let len = content.lock().current.len() as u64;
        Ok(Arc::new(FaultReadFile {
            io: self.clone(),
            path: path.to_path_buf(),
            content,
            len,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.run(Operation::Rename, ("rename", from), |world| {
            world.tree.rename(from, to)
        })
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        self.run(Operation::Remove, ("remove", path), |world| {
            world.tree.remove_file(path)
        })
    }

    fn remove_dir_all(&self, path: &Path) -> Result<()> {
        self.run(Operation::Remove, ("remove", path), |world| {
            world.tree.remove_folder(path)
        })
    }

    fn create_dir_all(&self, path: &Path) -> Result<()> {
        self.run(Operation::Create, ("create", path), |world| {
            world.tree.create_folders(path)
        })
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>> {
        let entries = self.look(("list", path), |world| world.tree.list(path))?;
        let entries = entries.into_iter();
        Ok(entries
            .map(|(name, len, is_dir)| Entry { name, len, is_dir })
            .collect())
    }

    fn sync_dir(&self, path: &Path, point: SyncPoint) -> Result<()> {
        self.run(Operation::SyncDir, ("sync", path), |world| {
            if world.disabled.contains(&point) {
                return world.tree.find(path).map(|_| ());
            }
            world.tree.sync_folder(path)
        })
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        self.look(("stat", path), |world| Ok(world.tree.find(path).is_ok()))
    }

    fn available_bytes(&self, path: &Path) -> Result<u64> {
        self.look(("stat", path), |world| Ok(world.room_bytes()))
    }

    fn set_private(&self, path: &Path) -> Result<()> {
        let find = |world: &World| world.tree.file(path).map(|_| ());
        self.look(("set permissions of", path), find)
    }

    fn hard_link(&self, from: &Path, to: &Path) -> Result<()> {
        self.run(Operation::Create, ("link", to), |world| {
            world.tree.link(from, to)
        })
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<u64> {
        let bytes = self.bytes(from)?;
        self.create(to)?.write_all(&bytes)?;
        Ok(bytes.len() as u64)
    }

    fn try_lock(&self, path: &Path, content: &[u8]) -> Result<LockAttempt> {
        if self.world.lock().locks.contains_key(path) {
            return self.bytes(path).map(LockAttempt::Busy);
        }
        let mut file = if self.exists(path)? {
            self.open_append(path, 0)?
        } else {
            self.create(path)?
        };
        file.write_all(content)?;
        let mut world = self.world.lock();
        let number = world.next_lock;
        world.next_lock += 1;
        world.locks.insert(path.to_path_buf(), number);
        Ok(LockAttempt::Held(Box::new(FaultLock {
            io: self.clone(),
            path: path.to_path_buf(),
            number,
        })))
    }
}

#[derive(Debug)]
struct FaultWriteFile {
    io: FaultIo,
    path: PathBuf,
    content: Arc<Mutex<Content>>,
}

impl FaultWriteFile {
    fn sync(&self, point: SyncPoint) -> Result<()> {
        let mut world = self.io.world.lock();
        world
            .sync_file(self.io.generation, &self.content, point)
            .map_err(|source| Error::io("sync", &self.path, source))
    }
}

impl WriteFile for FaultWriteFile {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let mut world = self.io.world.lock();
        world
            .write(self.io.generation, &self.content, bytes)
            .map_err(|source| Error::io("write", &self.path, source))
    }

    fn sync_data(&mut self, point: SyncPoint) -> Result<()> {
        self.sync(point)
    }

    fn sync_all(&mut self, point: SyncPoint) -> Result<()> {
        self.sync(point)
    }

    fn len(&self) -> u64 {
        self.content.lock().current.len() as u64
    }
}

#[derive(Debug)]
struct FaultReadFile {
    io: FaultIo,
    path: PathBuf,
    content: Arc<Mutex<Content>>,
    len: u64,
}

impl ReadFile for FaultReadFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.io
            .run(Operation::Read, ("read", &self.path), |_| Ok(()))?;
        let content = self.content.lock();
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(buffer.len());
        let bytes = content.current.get(start..end).ok_or_else(|| {
            let source = std::io::ErrorKind::UnexpectedEof.into();
            Error::io("read", &self.path, source)
        })?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[derive(Debug)]
struct FaultLock {
    io: FaultIo,
    path: PathBuf,
    number: u64,
}

impl FileLock for FaultLock {}

impl Drop for FaultLock {
    fn drop(&mut self) {
        let mut world = self.io.world.lock();
        if world.locks.get(&self.path) == Some(&self.number) {
            world.locks.remove(&self.path);
        }
    }
}
