"""Training code as people have it: nothing in it knows RunGraph, the environment names the tracking server. Prints what it saw."""

import json
import math
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy
import pandas
from mlflow.entities import Metric, Param, RunTag
from sklearn.linear_model import LogisticRegression

experiment, points = sys.argv[1], int(sys.argv[2])
# The client does not escape addresses: it sends names up to a "#" or "?", to its own server too.
odd_name = "a b/50% größe 🙂 &+;=@.txt"
page = "<script>alert(1)</script>"
client = mlflow.MlflowClient()
seen = {}


def fit_by_hand():
    """A run with nested ones, every kind of value, a data set and files."""
    with mlflow.start_run(run_name="by hand", tags={"team": "red"}, description="# a note") as parent:
        mlflow.log_params({"lr": 0.1, "layers": [1, 2]})
        mlflow.set_tag("größe", "🙂")
        frame = pandas.DataFrame({"x": [1.0, 2.0], "y": [0, 1]})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="frame", targets="y"), context="training")
        mlflow.log_input(mlflow.data.from_numpy(numpy.arange(6.0).reshape(3, 2), name="array"), context="eval")
        for step, value in enumerate([1.5, math.nan, math.inf, -math.inf, 0.1 + 0.2]):
            mlflow.log_metric("odd", value, step=step)
        with mlflow.start_run(run_name="child", nested=True) as child:
            for at in range(0, points, 1_000):
                metrics = [Metric("many", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(at, at + 1_000)]
                client.log_batch(child.info.run_id, metrics, [Param(f"p{at}", "v")], [RunTag("at", str(at))])
            with mlflow.start_run(run_name="grandchild", nested=True) as grandchild:
                mlflow.log_metrics({"loss": 0.5, "acc": 0.75}, step=3)
        log_files(parent.info.run_id)
    seen["runs"] = {"by hand": parent.info.run_id, "child": child.info.run_id, "grandchild": grandchild.info.run_id}


def log_files(run):
    """Files one by one and a folder, and all of them down again."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made")
        odd = made / odd_name
        odd.parent.mkdir(parents=True)
        odd.write_text("odd", encoding="utf-8")
        Path(made, "blob.bin").write_bytes(bytes(range(256)) * 4_000)
        mlflow.log_artifacts(str(made), "folder")
        mlflow.log_artifact(str(odd))
        mlflow.log_text(page, "page.html")
        mlflow.log_dict({"a": [1, None]}, "deep/er/config.json")
        down = Path(mlflow.artifacts.download_artifacts(run_id=run, dst_path=str(Path(folder, "down"))))
        seen["files"] = sorted(file.relative_to(down).as_posix() for file in down.rglob("*") if file.is_file())
        seen["same"] = [Path(down, "folder", name).read_bytes() == Path(made, name).read_bytes() for name in (odd_name, "blob.bin")]
        alone = mlflow.artifacts.download_artifacts(run_id=run, artifact_path=odd.name, dst_path=str(Path(folder, "alone")))
        seen["same"].append(Path(alone).read_text(encoding="utf-8") == "odd")
    seen["listed"] = sorted([file.path, file.is_dir, file.file_size] for file in client.list_artifacts(run))
    seen["listed below"] = sorted(file.path for file in client.list_artifacts(run, "folder/" + odd_name.split("/")[0]))
    seen["config"] = mlflow.artifacts.load_dict(f"runs:/{run}/deep/er/config.json")


def fit_by_autolog():
    # Models are left out: for each, MLflow starts another Python that imports all again; `serve_model` logs one.
    mlflow.sklearn.autolog(log_models=False, silent=True)
    with mlflow.start_run(run_name="autologged") as run:
        LogisticRegression(C=0.5).fit(numpy.array([[0.0], [1.0], [2.0], [3.0]]), numpy.array([0, 0, 1, 1]))
    mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    seen["runs"]["autologged"] = run.info.run_id
    seen["autologged"] = {"params": found.data.params, "metrics": found.data.metrics, "files": [file.path for file in client.list_artifacts(run.info.run_id)]}


class Doubling(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float], params=None) -> list[float]:
        return [2 * value for value in model_input]


def serve_model(name):
    """A model that is logged, registered, promoted and loaded as a server of models does it."""
    with mlflow.start_run(run_name="model") as run:
        logged = mlflow.pyfunc.log_model(
            name="doubling", python_model=Doubling(), registered_model_name=name, pip_requirements=["mlflow"], params={"factor": 2}
        )
        mlflow.log_metric("rmse", 0.25, model_id=logged.model_id)
    client.set_registered_model_alias(name, "champion", 1)
    client.transition_model_version_stage(name, "1", "Production")
    client.set_model_version_tag(name, "1", "checked", "yes")
    client.update_registered_model(name, "Doubles.")
    loaded = [mlflow.pyfunc.load_model(f"models:/{name}{which}") for which in ("@champion", "/1", "/Production")]
    loaded.append(mlflow.pyfunc.load_model(f"models:/{logged.model_id}"))
    version = client.get_model_version_by_alias(name, "champion")
    found = mlflow.search_logged_models(experiment_ids=[run.info.experiment_id], output_format="list")
    seen["runs"]["model"] = run.info.run_id
    seen["model"] = {
        "predicted": [list(model.predict([1.0, 2.5])) for model in loaded],
        "version": [version.version, version.current_stage, version.run_id, version.status, version.tags],
        "logged": [[model.model_id, model.name, model.status.value, model.params, [[m.key, m.value] for m in model.metrics or []]] for model in found],
        "id": logged.model_id,
    }


@mlflow.trace(span_type="TOOL")
def look_up(word):
    return word.upper()


@mlflow.trace(name="answer", span_type="CHAIN", attributes={"temperature": 0.5})
def answer(question):
    with mlflow.start_span("think") as span:
        span.set_inputs({"question": question})
        words = [look_up(word) for word in question.split()]
        span.set_outputs(words)
    mlflow.update_current_trace(tags={"kind": "test"})
    return " ".join(words)


def trace():
    with mlflow.start_run(run_name="traced") as run:
        answer("why größe")
        try:
            answer(None)
        except AttributeError:
            pass
    mlflow.flush_trace_async_logging()
    found = mlflow.search_traces(run_id=run.info.run_id, order_by=["timestamp_ms ASC"], return_type="list")
    ok = mlflow.search_traces(filter_string="trace.status = 'OK' AND tag.kind = 'test'", return_type="list")
    seen["runs"]["traced"] = run.info.run_id
    seen["traces"] = [[t.info.trace_id, t.info.state.value, [[s.name, s.span_type] for s in t.data.spans]] for t in found]
    seen["found"] = [t.info.trace_id for t in ok]


seen["experiment"] = mlflow.set_experiment(experiment).experiment_id
fit_by_hand()
fit_by_autolog()
serve_model(experiment + " model")
trace()
print(json.dumps(seen))
