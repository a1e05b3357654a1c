//! Bounds the blocks that are held open: each caches its metadata and holds a file descriptor, so
//! of more than a fixed number the ones that were opened first are closed again.

use super::catalog::BlockHandle;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

/// Blocks that are held open at once.
const OPEN_MAX: usize = 256;

/// The blocks that are held open, oldest first.
#[derive(Default)]
pub struct Recent {
    open: Mutex<VecDeque<Weak<BlockHandle>>>,
}

impl Recent {
    /// Says that a block is about to be read. Who reads a block while it is closed keeps what it
    /// has and opens it again for more.
    pub fn touch(&self, handle: &Arc<BlockHandle>) {
        if handle.listed.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut open = self.open.lock();
        open.push_back(Arc::downgrade(handle));
        while open.len() > OPEN_MAX {
            if let Some(oldest) = open.pop_front().and_then(|handle| handle.upgrade()) {
                oldest.block.drop_caches();
                oldest.listed.store(false, Ordering::Release);
            }
        }
    }
}
