"""MLflow's own client, told what to do line by line: each line of JSON on stdin is answered by one on stdout."""

import json
import sys

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

start = 1_700_000_000_000


def create(client, name):
    return client.create_run("0", run_name=name).info.run_id


def log(client, run, key, values, from_step):
    """One point a call, as training loops do."""
    for index, value in enumerate(values):
        client.log_metric(run, key, float(value), timestamp=start + from_step + index, step=from_step + index)


def log_batch(client, run, key, values, from_step):
    metrics = [Metric(key, value, start + from_step + index, from_step + index) for index, value in enumerate(values)]
    for at in range(0, len(metrics), 1000):
        client.log_batch(run, metrics=metrics[at : at + 1000])


def history(client, run, key):
    return [m.value for m in client.get_metric_history(run, key)]


def erase(client, run):
    """What `mlflow gc` does with a deleted run."""
    client.delete_run(run)
    client._tracking_client.store._hard_delete_run(run)


commands = {"create": create, "log": log, "log_batch": log_batch, "history": history, "erase": erase}
client = MlflowClient(tracking_uri=sys.argv[1], registry_uri=sys.argv[1])
client.search_experiments()
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(commands[command](client, *arguments)), flush=True)
