-- What runs wrote, line by line, in the order it was committed, in blocks. Lines of one run are counted from 0.
CREATE TABLE rungraph_log_lines (
  run_uuid VARCHAR(32) NOT NULL,
  first_line BIGINT NOT NULL,
  count INTEGER NOT NULL,
  payload BLOB NOT NULL,
  CONSTRAINT rungraph_log_lines_pk PRIMARY KEY (run_uuid, first_line),
  CONSTRAINT rungraph_log_lines_run_fk FOREIGN KEY (run_uuid) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
