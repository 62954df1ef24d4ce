-- What MLflow's tables at this revision have no place for: spans and previews of traces, traces of runs, logged models.
-- Columns are called as in the tables that newer revisions have, into which these rows are moved once they exist.

CREATE TABLE rungraph_traces (
  request_id VARCHAR(50) NOT NULL,
  client_request_id VARCHAR(50),
  request_preview VARCHAR(1000),
  response_preview VARCHAR(1000),
  CONSTRAINT rungraph_traces_pk PRIMARY KEY (request_id),
  CONSTRAINT rungraph_traces_trace_fk FOREIGN KEY (request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);

CREATE TABLE rungraph_trace_spans (
  trace_id VARCHAR(50) NOT NULL,
  span_id VARCHAR(50) NOT NULL,
  parent_span_id VARCHAR(50),
  name TEXT,
  type VARCHAR(500),
  status VARCHAR(50) NOT NULL,
  start_time_unix_nano BIGINT NOT NULL,
  end_time_unix_nano BIGINT,
  content TEXT NOT NULL,
  CONSTRAINT rungraph_trace_spans_pk PRIMARY KEY (trace_id, span_id),
  CONSTRAINT rungraph_trace_spans_trace_fk FOREIGN KEY (trace_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);

-- Traces that belong to a run without having been recorded in it.
CREATE TABLE rungraph_trace_links (
  run_uuid VARCHAR(32) NOT NULL,
  request_id VARCHAR(50) NOT NULL,
  created_time BIGINT NOT NULL,
  CONSTRAINT rungraph_trace_links_pk PRIMARY KEY (run_uuid, request_id),
  CONSTRAINT rungraph_trace_links_run_fk FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid) ON DELETE CASCADE,
  CONSTRAINT rungraph_trace_links_trace_fk FOREIGN KEY (request_id) REFERENCES trace_info (request_id) ON DELETE CASCADE
);
CREATE INDEX rungraph_trace_links_request_id ON rungraph_trace_links (request_id);

CREATE TABLE rungraph_logged_models (
  model_id VARCHAR(36) NOT NULL,
  experiment_id INTEGER NOT NULL,
  name VARCHAR(500) NOT NULL,
  artifact_location VARCHAR(1000) NOT NULL,
  creation_timestamp_ms BIGINT NOT NULL,
  last_updated_timestamp_ms BIGINT NOT NULL,
  status INTEGER NOT NULL,
  lifecycle_stage VARCHAR(32) NOT NULL,
  model_type VARCHAR(500),
  source_run_id VARCHAR(32),
  status_message VARCHAR(1000),
  CONSTRAINT rungraph_logged_models_pk PRIMARY KEY (model_id),
  CONSTRAINT rungraph_logged_models_experiment_fk FOREIGN KEY (experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
CREATE INDEX rungraph_logged_models_experiment_id ON rungraph_logged_models (experiment_id, creation_timestamp_ms);

CREATE TABLE rungraph_logged_model_params (
  model_id VARCHAR(36) NOT NULL,
  param_key VARCHAR(255) NOT NULL,
  param_value TEXT NOT NULL,
  CONSTRAINT rungraph_logged_model_params_pk PRIMARY KEY (model_id, param_key),
  CONSTRAINT rungraph_logged_model_params_model_fk FOREIGN KEY (model_id) REFERENCES rungraph_logged_models (model_id) ON DELETE CASCADE
);

CREATE TABLE rungraph_logged_model_tags (
  model_id VARCHAR(36) NOT NULL,
  tag_key VARCHAR(255) NOT NULL,
  tag_value TEXT NOT NULL,
  CONSTRAINT rungraph_logged_model_tags_pk PRIMARY KEY (model_id, tag_key),
  CONSTRAINT rungraph_logged_model_tags_model_fk FOREIGN KEY (model_id) REFERENCES rungraph_logged_models (model_id) ON DELETE CASCADE
);

-- A NaN is NULL here; infinities are kept.
CREATE TABLE rungraph_logged_model_metrics (
  model_id VARCHAR(36) NOT NULL,
  metric_name VARCHAR(500) NOT NULL,
  metric_timestamp_ms BIGINT NOT NULL,
  metric_step BIGINT NOT NULL,
  metric_value double precision,
  run_id VARCHAR(32) NOT NULL,
  dataset_uuid VARCHAR(36),
  dataset_name VARCHAR(500),
  dataset_digest VARCHAR(36),
  CONSTRAINT rungraph_logged_model_metrics_pk PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id),
  CONSTRAINT rungraph_logged_model_metrics_model_fk FOREIGN KEY (model_id) REFERENCES rungraph_logged_models (model_id) ON DELETE CASCADE,
  CONSTRAINT rungraph_logged_model_metrics_run_fk FOREIGN KEY (run_id) REFERENCES runs (run_uuid) ON DELETE CASCADE
);

-- Logged models that a run read (INPUT) or made (OUTPUT).
CREATE TABLE rungraph_run_models (
  run_uuid VARCHAR(32) NOT NULL,
  model_id VARCHAR(36) NOT NULL,
  role VARCHAR(6) NOT NULL,
  step BIGINT NOT NULL,
  CONSTRAINT rungraph_run_models_pk PRIMARY KEY (run_uuid, model_id, role),
  CONSTRAINT rungraph_run_models_run_fk FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
