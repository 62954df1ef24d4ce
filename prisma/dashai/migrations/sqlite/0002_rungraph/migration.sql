-- Requests that were answered, so that a repeated one is done once. DashAI knows nothing of the table and leaves it alone.
CREATE TABLE rungraph_idempotency_keys (
  key TEXT NOT NULL,
  operation TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  response TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  CONSTRAINT rungraph_idempotency_keys_pk PRIMARY KEY (key)
);
CREATE INDEX rungraph_idempotency_keys_created_at ON rungraph_idempotency_keys (created_at);

-- Steps that are not given go on after the last ones; without this a long run would be read whole for each of its values.
CREATE INDEX rungraph_metric_steps ON metric (run_id, split, level, step);
