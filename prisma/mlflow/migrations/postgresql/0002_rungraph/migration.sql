-- RunGraph's own tables. MLflow's get two indexes and nothing else: MLflow's migrations drop triggers,
-- stop at views, and copy tables; indexes and other tables survive them.

CREATE INDEX rungraph_runs_start_time ON runs (lifecycle_stage, start_time, run_uuid);
CREATE INDEX rungraph_runs_experiment_id ON runs (experiment_id);

-- The epoch of this database and the secrets that sign cursors.
CREATE TABLE rungraph_meta (
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT rungraph_meta_pk PRIMARY KEY (key)
);

-- Every metric point in the order it was committed, in blocks. Offsets count the points of one run from 0.
CREATE TABLE rungraph_metric_log (
  run_uuid VARCHAR(32) NOT NULL,
  first_offset BIGINT NOT NULL,
  count INTEGER NOT NULL,
  payload bytea NOT NULL,
  CONSTRAINT rungraph_metric_log_pk PRIMARY KEY (run_uuid, first_offset),
  CONSTRAINT rungraph_metric_log_run_fk FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid) ON DELETE CASCADE
);

-- One row per series, kept with every append. A NaN is NULL here and never an extreme; infinities are kept.
CREATE TABLE rungraph_metric_stats (
  run_uuid VARCHAR(32) NOT NULL,
  key VARCHAR(250) NOT NULL,
  count BIGINT NOT NULL,
  last double precision,
  last_step BIGINT NOT NULL,
  last_timestamp BIGINT NOT NULL,
  min double precision,
  max double precision,
  min_step BIGINT,
  max_step BIGINT,
  non_finite BIGINT NOT NULL,
  negative_zeros INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT rungraph_metric_stats_pk PRIMARY KEY (run_uuid, key),
  CONSTRAINT rungraph_metric_stats_run_fk FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
CREATE INDEX rungraph_metric_stats_last ON rungraph_metric_stats (key, last, run_uuid);
CREATE INDEX rungraph_metric_stats_min ON rungraph_metric_stats (key, min, run_uuid);
CREATE INDEX rungraph_metric_stats_max ON rungraph_metric_stats (key, max, run_uuid);

-- What happened to runs, in order. No foreign key: the deletion of a run is an event too.
CREATE TABLE rungraph_run_events (
  sequence bigserial NOT NULL,
  run_uuid VARCHAR(32) NOT NULL,
  kind VARCHAR(20) NOT NULL,
  at BIGINT NOT NULL,
  CONSTRAINT rungraph_run_events_pk PRIMARY KEY (sequence)
);
CREATE INDEX rungraph_run_events_run_uuid ON rungraph_run_events (run_uuid);

-- Answers of mutations that carried an idempotency key, to be given again when the request is repeated.
CREATE TABLE rungraph_idempotency_keys (
  key TEXT NOT NULL,
  operation TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  response TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT rungraph_idempotency_keys_pk PRIMARY KEY (key)
);
CREATE INDEX rungraph_idempotency_keys_created_at ON rungraph_idempotency_keys (created_at);
