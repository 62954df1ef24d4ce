"""The registry part of MLflow's own client, told what to do line by line: [method, arguments] on stdin, the answer on stdout."""

import json
import sys

from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient


def plain(value):
    """What an answer says, as JSON."""
    if hasattr(value, "token"):
        return {"items": [plain(item) for item in value], "token": plain(value.token)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode()
    if hasattr(value, "current_stage"):
        names = ("name", "version", "creation_timestamp", "last_updated_timestamp", "current_stage", "description", "source")
        names += ("run_id", "status", "run_link", "tags", "aliases")
        return {name: getattr(value, name) for name in names}
    if hasattr(value, "latest_versions"):
        names = ("name", "creation_timestamp", "last_updated_timestamp", "description", "tags", "aliases")
        return {**{name: getattr(value, name) for name in names}, "latest_versions": [plain(v) for v in value.latest_versions]}
    return value


client = MlflowClient(tracking_uri=sys.argv[1], registry_uri=sys.argv[1])
if sys.argv[1].startswith("sqlite"):
    client.search_registered_models()  # migrates the file now
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    method, arguments = json.loads(line)
    try:
        answer = {"answer": plain(getattr(client, method)(**arguments))}
    except MlflowException as error:
        answer = {"error": error.error_code, "message": error.message}
    print(json.dumps(answer, default=list), flush=True)
