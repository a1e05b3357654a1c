//! The embedded engine: WAL, head, blocks, index, value store, compaction, retention
