-- Metrics of attached databases: what was found out about them, so that no history is read twice.
-- Ids are drawn by lot, so that statistics of one that was given up are never taken for another's.
CREATE TABLE rungraph_foreign_sources (
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  location TEXT NOT NULL,
  position TEXT NOT NULL,
  series BIGINT NOT NULL,
  CONSTRAINT rungraph_foreign_sources_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX rungraph_foreign_sources_name ON rungraph_foreign_sources (name);

-- The metrics (kind 'key') and runs (kind 'run') whose statistics are complete. No foreign keys: what belongs to an id that
-- was given up is deleted little by little.
CREATE TABLE rungraph_foreign_scopes (
  source_id BIGINT NOT NULL,
  kind VARCHAR(3) NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT rungraph_foreign_scopes_pk PRIMARY KEY (source_id, kind, name)
);

CREATE TABLE rungraph_foreign_stats (
  source_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  run_uuid TEXT NOT NULL,
  count BIGINT NOT NULL,
  min DOUBLE,
  max DOUBLE,
  min_step BIGINT,
  max_step BIGINT,
  CONSTRAINT rungraph_foreign_stats_pk PRIMARY KEY (source_id, key, run_uuid)
);
CREATE INDEX rungraph_foreign_stats_run ON rungraph_foreign_stats (source_id, run_uuid);
