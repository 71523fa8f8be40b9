"""One Spark cluster of two workers with processes of their own, for the tests that need one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eligibility.distributed.spark import spark_session

CLUSTER = "local-cluster[2,1,1024]"


def lacking() -> str | None:
    """Why these tests cannot run here."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed; `make spark-test` installs it"
    if shutil.which("java") is None:
        return "there is no Java; on Debian or Ubuntu: apt-get install default-jre-headless"
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return "a Spark cluster takes both workers of the test run; `make spark-test` runs these"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of Spark are skipped, with the reason, where they cannot run."""
    why = lacking()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # Sockets to the JVM are closed by Spark when it likes.
            item.add_marker(pytest.mark.filterwarnings("ignore"))
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """The session of a cluster of two executors, each a JVM with a Python worker."""
    options = (
        f"--master {CLUSTER}",
        "--conf spark.ui.enabled=false",
        "--conf spark.sql.shuffle.partitions=2",
        "--conf spark.log.level=FATAL",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", " ".join((*options, "pyspark-shell")))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = spark_session()
        yield session
        session.stop()
