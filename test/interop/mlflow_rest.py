"""Training code as people have it, with nothing but a tracking URI; told what to do line by line, as mlflow_live.py is."""

import json
import math
import os
import sys

os.environ["MLFLOW_TRACKING_URI"] = sys.argv[1]

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

start = 1_700_000_000_000
client = MlflowClient()


def double(value):
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def run_of(run):
    info, data = run.info, run.data
    return {
        "id": info.run_id,
        "name": info.run_name,
        "experiment_id": info.experiment_id,
        "status": info.status,
        "lifecycle_stage": info.lifecycle_stage,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "artifact_uri": info.artifact_uri,
        "user_id": info.user_id,
        "params": data.params,
        "tags": data.tags,
        # Steps go beyond what a JSON number can hold.
        "metrics": {m.key: {"value": double(m.value), "timestamp": m.timestamp, "step": str(m.step)} for m in data._metric_objs},
        "inputs": [
            {
                "name": i.dataset.name,
                "digest": i.dataset.digest,
                "source_type": i.dataset.source_type,
                "source": i.dataset.source,
                "schema": i.dataset.schema,
                "profile": i.dataset.profile,
                "tags": {t.key: t.value for t in i.tags},
            }
            for i in run.inputs.dataset_inputs
        ],
    }


def train(experiment):
    """The fluent API: a nested run, params, metrics, tags, a dataset, a failure."""
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name="parent", tags={"team": "red"}, description="# a note") as parent:
        mlflow.log_params({"lr": 0.1, "layers": [1, 2], "long": "x" * 6_500})
        mlflow.log_metrics({"acc": 0.5, "loss": 1.5}, step=1)
        mlflow.set_tags({"stage": "dev", "größe": "🙂"})
        mlflow.delete_tag("stage")
        data = mlflow.data.from_numpy(__import__("numpy").arange(6.0).reshape(3, 2), name="arange")
        mlflow.log_input(data, context="training")
        with mlflow.start_run(run_name="child", nested=True) as child:
            for step in range(10):
                mlflow.log_metric("loss", 1 / (step + 1), step=step)
        with mlflow.start_run(nested=True) as unnamed:
            mlflow.log_metric("async", 1.0, synchronous=False).wait()
    try:
        with mlflow.start_run(run_name="broken"):
            raise ValueError("on purpose")
    except ValueError:
        pass
    with mlflow.start_run(run_id=parent.info.run_id):
        mlflow.log_metric("acc", 0.75, step=2)
    return [parent.info.run_id, child.info.run_id, unnamed.info.run_id]


def create(name):
    return client.create_run("0", run_name=name).info.run_id


def log_one_by_one(run, key, values):
    for step, value in enumerate(values):
        client.log_metric(run, key, float(value), timestamp=start + step, step=step)


def log_batches(run, key, count):
    for at in range(0, count, 1_000):
        client.log_batch(run, metrics=[Metric(key, 1 / (s + 1), start + s, s) for s in range(at, at + 1_000)])


def log_odd(run):
    """What is hard to keep: values that are no numbers, and integers beyond a double."""
    odd = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "denormal": 5e-324, "third": 1 / 3, "-0": -0.0}
    client.log_batch(run, metrics=[Metric(k, v, start, 0) for k, v in odd.items()])
    for step in (2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), -5):
        client.log_metric(run, "steps", 1.0, timestamp=start, step=step)
    client.log_batch(run, [], [Param("p", "v")], [RunTag("t", "v"), RunTag("mlflow.runName", "renamed")])


def history(run, key):
    return [[str(m.step), m.timestamp, double(m.value)] for m in client.get_metric_history(run, key)]


def runs(experiments, filter_string, view, max_results, order_by):
    """All pages of a search: their sizes and the runs."""
    sizes, found, token = [], [], None
    while True:
        page = client.search_runs(experiments, filter_string, ViewType.from_string(view.lower()), max_results, order_by, token)
        sizes.append(len(page))
        found += page
        token = page.token
        if not token:
            return {"sizes": sizes, "ids": [run.info.run_id for run in found], "runs": [run_of(run) for run in found]}


def experiments(filter_string, view, order_by):
    found = client.search_experiments(ViewType.from_string(view.lower()), 1_000, filter_string, order_by)
    return [{"id": e.experiment_id, "name": e.name, "stage": e.lifecycle_stage, "tags": e.tags} for e in found]


def experiment(name):
    """One experiment from its beginning to its end."""
    id = client.create_experiment(name, tags={"a": "b"})
    client.rename_experiment(id, name + " renamed")
    client.set_experiment_tag(id, "k", "v")
    client.delete_experiment_tag(id, "a")
    run = client.create_run(id).info.run_id
    client.delete_experiment(id)
    deleted = client.get_run(run).info.lifecycle_stage
    client.restore_experiment(id)
    client.delete_run(run)
    client.restore_run(run)
    client.update_run(run, status="KILLED", name="killed")
    found = client.get_experiment_by_name(name + " renamed")
    return {"id": id, "same": found.experiment_id == id, "tags": found.tags, "location": found.artifact_location, "deleted": deleted, "run": run}


def refused(what, *arguments):
    """The code and the message of what is refused."""
    try:
        getattr(client, what)(*arguments)
    except MlflowException as error:
        return [error.error_code, error.message]
    return None


commands = {
    "train": train,
    "create": create,
    "log_one_by_one": log_one_by_one,
    "log_batches": log_batches,
    "log_odd": log_odd,
    "history": history,
    "run": lambda id: run_of(client.get_run(id)),
    "runs": runs,
    "experiments": experiments,
    "experiment": experiment,
    "refused": refused,
}
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    try:
        answer = {"answer": commands[command](*arguments)}
    except MlflowException as error:
        answer = {"error": {"code": error.error_code, "message": error.message}}
    print(json.dumps(answer), flush=True)
