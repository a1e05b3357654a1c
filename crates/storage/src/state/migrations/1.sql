CREATE TABLE kind (
  name TEXT NOT NULL PRIMARY KEY,
  items INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  history_rows INTEGER NOT NULL,
  history_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_ns INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  value BLOB NOT NULL,
  UNIQUE (kind, key)
) STRICT;

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  at_ns INTEGER NOT NULL,
  by TEXT NOT NULL,
  value BLOB,
  UNIQUE (kind, key, version)
) STRICT;
CREATE INDEX history_kind ON history (kind);

CREATE TABLE log (
  name TEXT NOT NULL PRIMARY KEY,
  entries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  log TEXT NOT NULL,
  key TEXT NOT NULL,
  at_ns INTEGER NOT NULL,
  value BLOB NOT NULL
) STRICT;
CREATE INDEX log_entry_log ON log_entry (log, id, at_ns);
CREATE INDEX log_entry_key ON log_entry (log, key, id, at_ns);
