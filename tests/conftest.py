"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

# On a busy machine a slow example is no defect; in CI the examples are the same each time, so that red means a change.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public documents with ground truth; the test skips where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public documents (../shared/data) are not on this machine")
    return folder


# --- real servers for stores and catalogues, started where a test first asks for one


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """The address of a real S3 server."""
    from tests.conformance import weed

    with weed.server(tmp_path_factory.mktemp("weed")) as address:
        yield address


@pytest.fixture
def bucket_url(s3_server, monkeypatch):
    """The address of an empty bucket, with the credentials for it in the environment."""
    from tests.conformance import weed

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", weed.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", weed.SECRET)
    name = f"vault-{uuid4().hex}"
    weed.client(s3_server).create_bucket(Bucket=name)
    return f"s3://{name}/papers/team?endpoint={s3_server}&region=us-east-1"


@pytest.fixture(scope="session")
def postgresql_server():
    """The folder with the socket of a real PostgreSQL."""
    from tests.conformance import postgresql

    with postgresql.server() as socket:
        yield socket


@pytest.fixture
def database_url(postgresql_server):
    """The address of a schema that nothing is in yet."""
    return f"postgresql://postgres@localhost/postgres?host={postgresql_server}&schema=t{uuid4().hex}"
