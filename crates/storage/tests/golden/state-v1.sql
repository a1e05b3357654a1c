-- The state database as version 1 wrote it: the schema, and items, versions and entries of every
-- sort. Tests make a database of it, open it and look whether everything is still there.
PRAGMA application_id = 1952539496;
PRAGMA user_version = 1;
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

INSERT INTO kind VALUES ('rule', 1, 9, 0, 4, 31);
INSERT INTO kind VALUES ('silence', 2, 4, 6, 0, 0);
INSERT INTO item VALUES (1, 'silence', 'a', 1, 1795000000000000000, 'ann', x'7b7d');
INSERT INTO item VALUES (2, 'silence', 'ü', 7, -1, '', x'00ff');
INSERT INTO item VALUES (3, 'rule', 'kpi', 3, 1795000000000000003, 'ben', x'7b2276223a337d0a00');
INSERT INTO history VALUES (1, 'rule', 'kpi', 2, 1795000000000000002, 'ann', x'7b2276223a327d0a00');
INSERT INTO history VALUES (2, 'rule', 'kpi', 3, 1795000000000000003, 'ben', x'7b2276223a337d0a00');
INSERT INTO history VALUES (3, 'rule', 'gone', 1, 1795000000000000001, 'ann', x'7b2276223a317d0a0d0a0d0a0d');
INSERT INTO history VALUES (4, 'rule', 'gone', 2, 1795000000000000004, 'ben', NULL);
INSERT INTO log VALUES ('delivery', 2);
INSERT INTO log_entry VALUES (5, 'delivery', 'alert-1', 1795000000000000000, x'01');
INSERT INTO log_entry VALUES (9, 'delivery', '', 1795000000000000001, x'');
