-- Databases that were imported, and what became of each thing in them. An import goes on from here when it is made again.

CREATE TABLE rungraph_imports (
  import_id VARCHAR(16) NOT NULL,
  origin TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT rungraph_imports_pk PRIMARY KEY (import_id)
);

-- No foreign key to what was imported: it may be deleted here, and is then imported anew.
CREATE TABLE rungraph_imported (
  import_id VARCHAR(16) NOT NULL,
  kind VARCHAR(20) NOT NULL,
  foreign_id TEXT NOT NULL,
  local_id TEXT NOT NULL,
  digest VARCHAR(64) NOT NULL,
  position TEXT,
  CONSTRAINT rungraph_imported_pk PRIMARY KEY (import_id, kind, foreign_id),
  CONSTRAINT rungraph_imported_import_fk FOREIGN KEY (import_id) REFERENCES rungraph_imports (import_id) ON DELETE CASCADE
);
CREATE INDEX rungraph_imported_local_id ON rungraph_imported (kind, local_id);
