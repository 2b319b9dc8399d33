"""What holds for all tests, and the engines that some of them run on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from reuse.engines import Cluster, Engine
from reuse.engines.local import Local

# The same examples on every machine, and no test that a slow one fails.
settings.register_profile("reuse", deadline=None, derandomize=True)
settings.load_profile("reuse")

# Spark is two threads of this machine, unless one of these names a cluster.
MASTER, REMOTE = "REUSE_SPARK_MASTER", "REUSE_SPARK_REMOTE"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark. Without Java or pyspark its tests are skipped, unless
    REUSE_REQUIRE_JAVA=1 (as in CI) makes that a failure."""
    if os.environ.get("REUSE_REQUIRE_JAVA") != "1":
        pytest.importorskip("pyspark")
        if shutil.which("java") is None:
            pytest.skip("no Java")
    from reuse.engines.spark import started

    remote = os.environ.get(REMOTE)
    told = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executorEnv.PYTHONPATH": str(Path(__file__).parent),
        "spark.ui.enabled": "false",
    }
    master = None if remote else os.environ.get(MASTER, "local[2]")
    session = started(Cluster(master, remote, settings={} if remote else told))
    yield session
    session.stop()


@pytest.fixture(params=["local", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Every engine: what holds of one holds of all."""
    with Local() as here:
        if request.param == "local":
            yield here
            return
        session = request.getfixturevalue("spark")
        from reuse.engines.spark import Spark

        with Spark(session, here) as engine:
            yield engine
