"""What MLflow's own client does with a tracking database; the answer is one line of JSON."""

import json
import math
import sys
import time

from mlflow.entities import Metric, ViewType
from mlflow.tracking import MlflowClient


def double(value):
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def run_of(client, run):
    info, data = run.info, run.data
    return {
        "id": info.run_id,
        "name": info.run_name,
        "experiment": info.experiment_id,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "start": info.start_time,
        "end": info.end_time,
        "user": info.user_id,
        "artifacts": info.artifact_uri,
        "params": data.params,
        "tags": data.tags,
        # Steps go beyond what a JSON number can hold.
        "latest": {m.key: [str(m.step), m.timestamp, double(m.value)] for m in data._metric_objs},
        "history": {
            key: [[str(m.step), m.timestamp, double(m.value)] for m in client.get_metric_history(info.run_id, key)]
            for key in sorted(data.metrics)
        },
    }


def read(client):
    experiments = client.search_experiments(view_type=ViewType.ALL)
    found = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, max_results=5000)
    return {
        "experiments": [{"id": e.experiment_id, "name": e.name, "stage": e.lifecycle_stage, "tags": e.tags} for e in experiments],
        "searched": [run.info.run_id for run in found],
        "runs": [run_of(client, client.get_run(run.info.run_id)) for run in found],
    }


def search(client, filter_string, *order_by):
    ids = [e.experiment_id for e in client.search_experiments(view_type=ViewType.ALL)]
    return [run.info.run_name for run in client.search_runs(ids, filter_string, order_by=list(order_by))]


def write(client, experiment_name, run_name, points):
    """Writes points one by one. @returns the run and how long the slowest write took, in seconds"""
    known = client.get_experiment_by_name(experiment_name)
    experiment = known.experiment_id if known else client.create_experiment(experiment_name)
    run = client.create_run(experiment, run_name=run_name)
    run_id = run.info.run_id
    print(json.dumps({"started": run_id}), flush=True)
    slowest = 0.0
    for step in range(int(points)):
        before = time.monotonic()
        client.log_metric(run_id, "loss", 1 / (step + 1), timestamp=1_700_000_000_000 + step, step=step)
        slowest = max(slowest, time.monotonic() - before)
    client.log_batch(run_id, metrics=[Metric("nan", math.nan, 1_700_000_000_000, 0)])
    client.log_param(run_id, "lr", "0.1")
    client.set_tag(run_id, "by", "mlflow")
    client.set_terminated(run_id)
    return {"run": run_id, "experiment": experiment, "slowest": slowest}


command, uri, *arguments = sys.argv[1:]
answer = {"read": read, "search": search, "write": write}[command](MlflowClient(tracking_uri=uri, registry_uri=uri), *arguments)
print(json.dumps(answer), flush=True)
