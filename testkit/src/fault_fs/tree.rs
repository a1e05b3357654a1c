//! The folders of the simulated file system: names as the process sees them, names that are
//! durable, and the changes in between, of which a crash keeps any part.
//!
//! Changes of the same name keep their order; a rename inside a folder happens wholly or not at
//! all; a rename across folders may leave both names, never none.

use crate::fault_fs::content::Content;
use crate::fault_fs::random::Random;
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path};
use std::sync::Arc;

/// Number of a file or folder.
pub(super) type Inode = u64;
/// The folder `/`.
const ROOT: Inode = 0;

#[derive(Debug, Clone)]
pub(super) enum Node {
    File(Arc<Mutex<Content>>),
    Folder,
}

#[derive(Debug)]
struct Change {
    id: u64,
    folder: Inode,
    /// Names and what they stand for afterwards.
    names: Vec<(OsString, Option<Inode>)>,
    /// Happens only if that one did.
    after: Option<u64>,
}

type Names = BTreeMap<OsString, Inode>;

/// All files and folders.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: BTreeMap<Inode, Node>,
    current: BTreeMap<Inode, Names>,
    durable: BTreeMap<Inode, Names>,
    /// Changes that are not durable, oldest first.
    pending: Vec<Change>,
    next_inode: Inode,
    next_change: u64,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self {
            nodes: BTreeMap::from([(ROOT, Node::Folder)]),
            current: BTreeMap::from([(ROOT, Names::new())]),
            durable: BTreeMap::from([(ROOT, Names::new())]),
            pending: Vec::new(),
            next_inode: 1,
            next_change: 0,
        }
    }

    /// What a path stands for now.
    pub(super) fn find(&self, path: &Path) -> std::io::Result<Inode> {
        let mut inode = ROOT;
        for component in path.components() {
            match component {
                Component::Normal(name) => {
                    let names = self.current.get(&inode).ok_or_else(not_a_folder)?;
                    inode = *names.get(name).ok_or_else(not_found)?;
                }
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir | Component::Prefix(_) => {
                    return Err(std::io::ErrorKind::InvalidInput.into());
                }
            }
        }
        Ok(inode)
    }

    pub(super) fn file(&self, path: &Path) -> std::io::Result<Arc<Mutex<Content>>> {
        match self.nodes.get(&self.find(path)?) {
            Some(Node::File(content)) => Ok(Arc::clone(content)),
            Some(Node::Folder) => Err(std::io::ErrorKind::IsADirectory.into()),
            None => Err(not_found()),
        }
    }

    /// Name, length and whether it is a folder, sorted by name.
    pub(super) fn list(&self, path: &Path) -> std::io::Result<Vec<(OsString, u64, bool)>> {
        let inode = self.find(path)?;
        let names = self.current.get(&inode).ok_or_else(not_a_folder)?;
        Ok(names
            .iter()
            .map(|(name, inode)| match self.nodes.get(inode) {
                Some(Node::File(content)) => {
                    (name.clone(), content.lock().current.len() as u64, false)
                }
                _ => (name.clone(), 0, true),
            })
            .collect())
    }

    pub(super) fn create(&mut self, path: &Path) -> std::io::Result<Arc<Mutex<Content>>> {
        let (folder, name) = self.place(path)?;
        self.must_be_free(folder, name)?;
        let content = Arc::new(Mutex::new(Content::default()));
        let inode = self.add(Node::File(Arc::clone(&content)));
        self.change(folder, vec![(name.to_owned(), Some(inode))], None);
        Ok(content)
    }

    pub(super) fn link(&mut self, from: &Path, to: &Path) -> std::io::Result<()> {
        let inode = self.find(from)?;
        let (folder, name) = self.place(to)?;
        self.must_be_free(folder, name)?;
        self.change(folder, vec![(name.to_owned(), Some(inode))], None);
        Ok(())
    }

    pub(super) fn create_folders(&mut self, path: &Path) -> std::io::Result<()> {
        let mut made = std::path::PathBuf::new();
        for component in path.components() {
            made.push(component);
            match self.find(&made) {
                Ok(inode) if self.current.contains_key(&inode) => {}
                Ok(_) => return Err(not_a_folder()),
                Err(_) => {
                    let (folder, name) = self.place(&made)?;
                    let inode = self.add(Node::Folder);
                    self.current.insert(inode, Names::new());
                    self.durable.insert(inode, Names::new());
                    self.change(folder, vec![(name.to_owned(), Some(inode))], None);
                }
            }
        }
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> std::io::Result<()> {
        let inode = self.find(from)?;
        let (from_folder, from_name) = self.place(from)?;
        let (to_folder, to_name) = self.place(to)?;
        let gone = (from_name.to_owned(), None);
        let here = (to_name.to_owned(), Some(inode));
        if from_folder == to_folder {
            self.change(to_folder, vec![gone, here], None);
        } else {
            let linked = self.change(to_folder, vec![here], None);
            self.change(from_folder, vec![gone], Some(linked));
        }
        Ok(())
    }

    pub(super) fn remove_file(&mut self, path: &Path) -> std::io::Result<()> {
        self.file(path)?;
        let (folder, name) = self.place(path)?;
        self.change(folder, vec![(name.to_owned(), None)], None);
        Ok(())
    }

    pub(super) fn remove_folder(&mut self, path: &Path) -> std::io::Result<()> {
        for (name, _, is_folder) in self.list(path)? {
            let inner = path.join(name);
            if is_folder {
                self.remove_folder(&inner)?;
            } else {
                self.remove_file(&inner)?;
            }
        }
        let (folder, name) = self.place(path)?;
        self.change(folder, vec![(name.to_owned(), None)], None);
        Ok(())
    }

    /// Makes the names of a folder durable.
    pub(super) fn sync_folder(&mut self, path: &Path) -> std::io::Result<()> {
        let folder = self.find(path)?;
        let names = self.current.get(&folder).ok_or_else(not_a_folder)?.clone();
        self.durable.insert(folder, names);
        self.pending.retain(|change| change.folder != folder);
        self.forget_unreachable();
        Ok(())
    }

    /// Bytes of all files that have a name.
    pub(super) fn used_bytes(&self) -> u64 {
        let files: BTreeSet<Inode> = self
            .current
            .values()
            .flat_map(BTreeMap::values)
            .copied()
            .collect();
        files
            .iter()
            .filter_map(|inode| match self.nodes.get(inode) {
                Some(Node::File(content)) => Some(content.lock().current.len() as u64),
                _ => None,
            })
            .sum()
    }

    /// Power loss: keeps any part of the pending changes and of unsynced contents.
    pub(super) fn crash(&mut self, random: &mut Random) {
        let chance = [0, 500, 500, 1000][random.between(0, 3)];
        let mut dropped = BTreeSet::new();
        let mut blocked = BTreeSet::new();
        for change in std::mem::take(&mut self.pending) {
            let possible = !change.after.is_some_and(|id| dropped.contains(&id))
                && !change
                    .names
                    .iter()
                    .any(|(name, _)| blocked.contains(&(change.folder, name.clone())));
            if possible && random.per_mille(chance) {
                let names = self.durable.entry(change.folder).or_default();
                for (name, inode) in change.names {
                    set(names, name, inode);
                }
            } else {
                dropped.insert(change.id);
                let names = change.names.into_iter().map(|(name, _)| name);
                blocked.extend(names.map(|name| (change.folder, name)));
            }
        }
        self.current.clone_from(&self.durable);
        self.forget_unreachable();
        for node in self.nodes.values() {
            if let Node::File(content) = node {
                content.lock().crash(random);
            }
        }
    }

    fn place<'a>(&self, path: &'a Path) -> std::io::Result<(Inode, &'a OsStr)> {
        let invalid = || std::io::Error::from(std::io::ErrorKind::InvalidInput);
        let name = path.file_name().ok_or_else(invalid)?;
        let folder = self.find(path.parent().ok_or_else(invalid)?)?;
        if self.current.contains_key(&folder) {
            Ok((folder, name))
        } else {
            Err(not_a_folder())
        }
    }

    fn must_be_free(&self, folder: Inode, name: &OsStr) -> std::io::Result<()> {
        match self.current.get(&folder) {
            Some(names) if names.contains_key(name) => {
                Err(std::io::ErrorKind::AlreadyExists.into())
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, node: Node) -> Inode {
        let inode = self.next_inode;
        self.next_inode += 1;
        self.nodes.insert(inode, node);
        inode
    }

    fn change(
        &mut self,
        folder: Inode,
        names: Vec<(OsString, Option<Inode>)>,
        after: Option<u64>,
    ) -> u64 {
        let current = self.current.entry(folder).or_default();
        for (name, inode) in &names {
            set(current, name.clone(), *inode);
        }
        let id = self.next_change;
        self.next_change += 1;
        self.pending.push(Change {
            id,
            folder,
            names,
            after,
        });
        id
    }

    fn forget_unreachable(&mut self) {
        let mut reachable = BTreeSet::from([ROOT]);
        let mut queue = vec![ROOT];
        while let Some(folder) = queue.pop() {
            let named = [&self.current, &self.durable]
                .into_iter()
                .filter_map(|names| names.get(&folder))
                .flat_map(BTreeMap::values)
                .copied();
            let pending = self.pending.iter().filter(|change| change.folder == folder);
            let pending = pending.flat_map(|change| change.names.iter().filter_map(|name| name.1));
            for inode in named.chain(pending) {
                if reachable.insert(inode) {
                    queue.push(inode);
                }
            }
        }
        self.nodes.retain(|inode, _| reachable.contains(inode));
        self.current.retain(|inode, _| reachable.contains(inode));
        self.durable.retain(|inode, _| reachable.contains(inode));
        self.pending
            .retain(|change| reachable.contains(&change.folder));
    }
}

fn set(names: &mut Names, name: OsString, inode: Option<Inode>) {
    match inode {
        Some(inode) => {
            names.insert(name, inode);
        }
        None => {
            names.remove(&name);
        }
    }
}

fn not_found() -> std::io::Error {
    std::io::ErrorKind::NotFound.into()
}

fn not_a_folder() -> std::io::Error {
    std::io::ErrorKind::NotADirectory.into()
}
