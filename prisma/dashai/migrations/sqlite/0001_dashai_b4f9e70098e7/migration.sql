-- DashAI's tables as the migrations of DashAI 0.9.0 to 0.9.3 leave them (revision b4f9e70098e7), byte for byte in names.
-- Later releases look constraints up by name when they migrate the file: every name is part of the contract, also the two of
-- `converter` that still tell how the table was called once.

CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE converter (
  id INTEGER NOT NULL,
  notebook_id INTEGER NOT NULL,
  huey_id VARCHAR,
  converter VARCHAR NOT NULL,
  parameters JSON NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  status VARCHAR(11) NOT NULL,
  delivery_time DATETIME,
  start_time DATETIME,
  end_time DATETIME,
  CONSTRAINT pk_converter_list PRIMARY KEY (id),
  CONSTRAINT fk_converter_list_notebook_id_notebook FOREIGN KEY(notebook_id) REFERENCES notebook (id) ON DELETE CASCADE
);

CREATE TABLE dataset (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  huey_id VARCHAR,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  file_path VARCHAR NOT NULL,
  status VARCHAR(11) NOT NULL,
  CONSTRAINT pk_dataset PRIMARY KEY (id),
  CONSTRAINT uq_dataset_name UNIQUE (name)
);

CREATE TABLE explorer (
  id INTEGER NOT NULL,
  notebook_id INTEGER NOT NULL,
  huey_id VARCHAR,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  columns JSON NOT NULL,
  exploration_type VARCHAR NOT NULL,
  parameters JSON NOT NULL,
  exploration_path VARCHAR,
  name VARCHAR,
  delivery_time DATETIME,
  start_time DATETIME,
  end_time DATETIME,
  status VARCHAR(11) NOT NULL,
  CONSTRAINT pk_explorer PRIMARY KEY (id),
  CONSTRAINT fk_explorer_notebook_id_notebook FOREIGN KEY(notebook_id) REFERENCES notebook (id) ON DELETE CASCADE
);

CREATE TABLE generative_process (
  id INTEGER NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  session_id INTEGER NOT NULL,
  status VARCHAR(11) NOT NULL,
  delivery_time DATETIME,
  start_time DATETIME,
  end_time DATETIME,
  CONSTRAINT pk_generative_process PRIMARY KEY (id),
  CONSTRAINT fk_generative_process_session_id_generative_session FOREIGN KEY(session_id) REFERENCES generative_session (id) ON DELETE CASCADE
);

CREATE TABLE generative_session (
  id INTEGER NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  task_name VARCHAR NOT NULL,
  model_name VARCHAR NOT NULL,
  parameters JSON NOT NULL,
  name VARCHAR NOT NULL,
  description VARCHAR,
  CONSTRAINT pk_generative_session PRIMARY KEY (id),
  CONSTRAINT uq_generative_session_name UNIQUE (name)
);

CREATE TABLE global_explainer (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  run_id INTEGER NOT NULL,
  huey_id VARCHAR,
  explainer_name VARCHAR NOT NULL,
  explanation_path VARCHAR,
  plot_path VARCHAR,
  parameters JSON NOT NULL,
  created DATETIME NOT NULL,
  status VARCHAR(11) NOT NULL,
  CONSTRAINT pk_global_explainer PRIMARY KEY (id),
  CONSTRAINT uq_global_explainer_name UNIQUE (name)
);

CREATE TABLE local_explainer (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  run_id INTEGER NOT NULL,
  huey_id VARCHAR,
  explainer_name VARCHAR NOT NULL,
  dataset_id INTEGER NOT NULL,
  explanation_path VARCHAR,
  plots_path VARCHAR,
  parameters JSON NOT NULL,
  fit_parameters JSON NOT NULL,
  scope JSON NOT NULL,
  created DATETIME NOT NULL,
  status VARCHAR(11) NOT NULL,
  CONSTRAINT pk_local_explainer PRIMARY KEY (id),
  CONSTRAINT uq_local_explainer_name UNIQUE (name)
);

CREATE TABLE metric (
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  split VARCHAR(10) NOT NULL,
  level VARCHAR(5) NOT NULL,
  name VARCHAR NOT NULL,
  value FLOAT NOT NULL,
  step INTEGER NOT NULL,
  timestamp DATETIME NOT NULL,
  CONSTRAINT pk_metric PRIMARY KEY (id),
  CONSTRAINT fk_metric_run_id_run FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);

CREATE TABLE model_session (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  task_name VARCHAR NOT NULL,
  input_columns JSON NOT NULL,
  output_columns JSON NOT NULL,
  train_metrics JSON,
  validation_metrics JSON,
  test_metrics JSON,
  splits JSON NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  CONSTRAINT pk_model_session PRIMARY KEY (id),
  CONSTRAINT fk_model_session_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id),
  CONSTRAINT uq_model_session_name UNIQUE (name)
);

CREATE TABLE notebook (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  file_path VARCHAR NOT NULL,
  name VARCHAR,
  description VARCHAR,
  CONSTRAINT pk_notebook PRIMARY KEY (id),
  CONSTRAINT fk_notebook_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id) ON DELETE CASCADE
);

CREATE TABLE parameter_history (
  id INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  parameters JSON NOT NULL,
  modified_at DATETIME NOT NULL,
  CONSTRAINT pk_parameter_history PRIMARY KEY (id),
  CONSTRAINT fk_parameter_history_session_id_generative_session FOREIGN KEY(session_id) REFERENCES generative_session (id) ON DELETE CASCADE
);

CREATE TABLE pipeline (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  steps JSON,
  edges JSON,
  exploration JSON,
  train JSON,
  prediction JSON,
  CONSTRAINT pk_pipeline PRIMARY KEY (id)
);

CREATE TABLE plugin (
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  author VARCHAR NOT NULL,
  installed_version VARCHAR NOT NULL,
  lastest_version VARCHAR NOT NULL,
  status VARCHAR(10) NOT NULL,
  summary VARCHAR NOT NULL,
  description VARCHAR NOT NULL,
  description_content_type VARCHAR NOT NULL,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  CONSTRAINT pk_plugin PRIMARY KEY (id),
  CONSTRAINT uq_plugin_name UNIQUE (name)
);

CREATE TABLE prediction (
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  dataset_id INTEGER,
  huey_id VARCHAR,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  results_path VARCHAR,
  status VARCHAR(11) NOT NULL,
  delivery_time DATETIME,
  start_time DATETIME,
  end_time DATETIME,
  CONSTRAINT pk_prediction PRIMARY KEY (id),
  CONSTRAINT fk_prediction_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id),
  CONSTRAINT fk_prediction_run_id_run FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);

CREATE TABLE process_data (
  id INTEGER NOT NULL,
  data VARCHAR NOT NULL,
  data_type VARCHAR NOT NULL,
  process_id INTEGER NOT NULL,
  is_input BOOLEAN NOT NULL,
  CONSTRAINT pk_process_data PRIMARY KEY (id),
  CONSTRAINT fk_process_data_process_id_generative_process FOREIGN KEY(process_id) REFERENCES generative_process (id) ON DELETE CASCADE
);

CREATE TABLE run (
  id INTEGER NOT NULL,
  huey_id VARCHAR,
  created DATETIME NOT NULL,
  last_modified DATETIME NOT NULL,
  model_name VARCHAR NOT NULL,
  parameters JSON NOT NULL,
  split_indexes JSON,
  optimizer_name VARCHAR NOT NULL,
  optimizer_parameters JSON NOT NULL,
  plot_history_path VARCHAR,
  plot_slice_path VARCHAR,
  plot_contour_path VARCHAR,
  plot_importance_path VARCHAR,
  goal_metric VARCHAR NOT NULL,
  artifacts JSON,
  name VARCHAR NOT NULL,
  description VARCHAR,
  run_path VARCHAR,
  status VARCHAR(11) NOT NULL,
  delivery_time DATETIME,
  start_time DATETIME,
  end_time DATETIME,
  model_session_id INTEGER NOT NULL,
  CONSTRAINT pk_run PRIMARY KEY (id),
  CONSTRAINT fk_run_model_session_id_model_session FOREIGN KEY(model_session_id) REFERENCES model_session (id) ON DELETE CASCADE
);

CREATE TABLE tag (
  id INTEGER NOT NULL,
  plugin_id INTEGER NOT NULL,
  name VARCHAR(10) NOT NULL,
  CONSTRAINT pk_tag PRIMARY KEY (id),
  CONSTRAINT fk_tag_plugin_id_plugin FOREIGN KEY(plugin_id) REFERENCES plugin (id)
);

CREATE INDEX ix_metric_run_id ON metric (run_id);
CREATE INDEX ix_metric_timestamp ON metric (timestamp);

INSERT INTO alembic_version (version_num) VALUES ('b4f9e70098e7');
