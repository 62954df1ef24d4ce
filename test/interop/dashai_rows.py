"""Prints every row of a DashAI database as DashAI's own classes load it, as JSON. Usage: dashai_rows.py WHEEL DATABASE [--migrate]"""

import enum
import json
import pathlib
import sys
import types
from datetime import datetime

wheel, database = (pathlib.Path(text).resolve() for text in sys.argv[1:3])

# The package imports its whole learning stack; its models alone need none of it.
for name in ("DashAI", "DashAI.back", "DashAI.back.core", "DashAI.back.core.enums", "DashAI.back.dependencies", "DashAI.back.dependencies.database"):
    package = types.ModuleType(name)
    package.__path__ = [str(wheel / name.replace(".", "/"))]
    sys.modules[name] = package
sys.path.insert(0, str(wheel))
import DashAI.back.dependencies.database.models as models  # noqa: E402

sys.modules["DashAI.back.dependencies.database"].Base = models.Base
from sqlalchemy import create_engine, select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

if "--migrate" in sys.argv:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(wheel / "DashAI/alembic"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{database}")
    config.set_main_option("version_path_separator", "os")
    command.upgrade(config, "head")


def plain(value):
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        assert value.tzinfo is None, "a time with a zone among those without"
        return value.isoformat(sep=" ", timespec="microseconds")
    return value


rows = {}
with Session(create_engine(f"sqlite:///{database}")) as session:
    for mapper in models.Base.registry.mappers:
        objects = session.scalars(select(mapper.class_).order_by(*mapper.primary_key)).all()
        rows[mapper.local_table.name] = [{column.key: plain(getattr(one, column.key)) for column in mapper.column_attrs} for one in objects]
    # What belongs together is found through DashAI's relations, too.
    rows["relations"] = [
        {
            "session": one.name,
            "dataset": one.dataset.name,
            "runs": [run.name for run in one.runs],
            "splits": json.loads(one.splits),
            "metrics": sum(len(run.metrics) for run in one.runs),
        }
        for one in session.scalars(select(models.ModelSession).order_by(models.ModelSession.id))
    ]
print(json.dumps(rows))
