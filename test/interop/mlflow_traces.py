"""Reads traces and logged models through MLflow's client, and answers them as JSON."""

import json
import sys

import mlflow

mlflow.set_tracking_uri(sys.argv[1])
experiment = sys.argv[2]


def span(one):
    return {
        "name": one.name,
        "type": one.span_type,
        "parent": one.parent_id,
        "start": str(one.start_time_ns),
        "end": str(one.end_time_ns),
        "inputs": one.inputs,
        "outputs": one.outputs,
        "status": one.status.status_code.value,
        "message": one.status.description,
        "events": [[event.name, event.attributes] for event in one.events],
    }


def trace(one):
    info = one.info
    return {
        "id": info.trace_id,
        "state": info.state.value,
        "time": info.request_time,
        "duration": info.execution_duration,
        "client": info.client_request_id,
        "request": info.request_preview,
        "response": info.response_preview,
        "tags": {key: value for key, value in info.tags.items() if key != "mlflow.artifactLocation"},
        "metadata": info.trace_metadata,
        "spans": [span(each) for each in one.data.spans],
    }


def model(one):
    return {
        "id": one.model_id,
        "name": one.name,
        "status": one.status.value,
        "type": one.model_type,
        "params": one.params,
        "tags": one.tags,
        "metrics": [[metric.key, metric.value, metric.step] for metric in one.metrics or []],
    }


found = mlflow.search_traces(locations=[experiment], return_type="list", order_by=["timestamp ASC"])
print(
    json.dumps(
        {
            "searched": [one.info.trace_id for one in found],
            "traces": [trace(mlflow.get_trace(one.info.trace_id)) for one in found],
            "models": [model(one) for one in mlflow.search_logged_models(experiment_ids=[experiment], output_format="list")],
        }
    )
)
