"""Speed of sealing and opening, beside rage and the bare cipher, and the memory that a large file takes.

`python -m bench.vault --gigabytes 5`. Everything in one run of one process on one thread, because machines differ and
are shared: each figure is the best of a few runs, by the clock, and for ours and the bare cipher by processor time as
well, which a busy machine does not spoil. The catalogue is measured by `bench.vault_catalogue`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bench.machine import machine
from vault import X25519Identity, seal, unseal
from vault.envelope import CHUNK, TAG
from vault.sealed_files import seal_file, unseal_file

_MEMORY = Path("/dev/shm")
#: A program that seals or opens one file and says how many seconds it took and how large it became.
_CHILD = """
import re, sys, time
from pathlib import Path
from vault import X25519Identity
from vault.sealed_files import seal_file, unseal_file
what, key, source, target = sys.argv[1:]
identity = X25519Identity.parse(Path(key).read_text())
most = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)
before, start = most(), time.perf_counter()
if what == "seal":
    seal_file(Path(source), Path(target), [identity.recipient])
else:
    unseal_file(Path(source), Path(target), [identity])
print(time.perf_counter() - start, time.process_time(), before, most())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=128)
    parser.add_argument("--gigabytes", type=float, default=1, help="size of the large file; 0 for none")
    args = parser.parse_args()
    print(f"On {machine()}.\n")
    for name, figure in (*figures(args.megabytes), *large(args.gigabytes)):
        print(f"{name}: {figure}", flush=True)


def figures(megabytes: int) -> Iterator[tuple[str, str]]:
    """Yield a name and a figure each, for data in memory and for files."""
    data = os.urandom(megabytes * 1_000_000)
    yield from bare(data)
    yield from ours(data)
    yield from rage(data)


def bare(data: bytes) -> Iterator[tuple[str, str]]:
    """ChaCha20-Poly1305 of `cryptography` over chunks as large as the format's."""
    cipher, nonce, room = ChaCha20Poly1305(os.urandom(32)), bytes(12), bytearray(CHUNK + TAG)
    view = memoryview(data)
    chunks = [view[start : start + CHUNK] for start in range(0, len(data) - CHUNK, CHUNK)]

    def run() -> None:
        for chunk in chunks:
            cipher.encrypt_into(nonce, chunk, None, room)

    yield "bare ChaCha20-Poly1305", speed(len(data), run)


def ours(data: bytes) -> Iterator[tuple[str, str]]:
    """This vault, in memory and from file to file."""
    identity = X25519Identity.generate()
    sealed = seal(data, [identity.recipient])
    yield "seal, in memory", speed(len(data), lambda: seal(data, [identity.recipient]))
    yield "open, in memory", speed(len(data), lambda: unseal(sealed, [identity]))
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as place:
        plain, shut, again = (Path(place) / name for name in ("plain", "sealed", "again"))
        plain.write_bytes(data)
        yield "seal, file to file", speed(len(data), lambda: seal_file(plain, shut, [identity.recipient]))
        yield "open, file to file", speed(len(data), lambda: unseal_file(shut, again, [identity]))
        if again.read_bytes() != data:
            raise SystemExit("what was sealed and opened is not what it was")
    small = data[:600]
    sealed = seal(small, [identity.recipient])
    yield "seal 600 bytes", f"{best(lambda: seal(small, [identity.recipient]), 2000) * 1e6:.0f} microseconds"
    yield "open 600 bytes", f"{best(lambda: unseal(sealed, [identity]), 2000) * 1e6:.0f} microseconds"


def rage(data: bytes) -> Iterator[tuple[str, str]]:
    """The Rust implementation of age, on the same files."""
    identity = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(data, [identity.to_public()])
    yield "rage: seal, in memory", speed(len(data), lambda: pyrage.encrypt(data, [identity.to_public()]))
    yield "rage: open, in memory", speed(len(data), lambda: pyrage.decrypt(sealed, [identity]))
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as place:
        plain, shut, again = (str(Path(place) / name) for name in ("plain", "sealed", "again"))
        Path(plain).write_bytes(data)
        sealing = speed(len(data), lambda: pyrage.encrypt_file(plain, shut, [identity.to_public()]))
        yield "rage: seal, file to file", sealing
        yield "rage: open, file to file", speed(len(data), lambda: pyrage.decrypt_file(shut, again, [identity]))


def large(gigabytes: float) -> Iterator[tuple[str, str]]:
    """One large file on the disk, in processes of their own: speed and the most memory."""
    if not gigabytes:
        return
    size = int(gigabytes * 1e9)
    with tempfile.TemporaryDirectory() as place:
        key, plain, sealed, again = (Path(place) / name for name in ("key", "plain", "sealed", "again"))
        key.write_text(str(X25519Identity.generate()))
        with plain.open("wb") as file:
            file.truncate(size)
        for what, source, target in (("seal", plain, sealed), ("unseal", sealed, again)):
            command = [sys.executable, "-c", _CHILD, what, *map(str, (key, source, target))]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, processor, before, most = map(float, done.stdout.split())
            yield (
                f"{what} a file of {gigabytes:g} GB, with its fsync",
                f"{size / seconds / 1e6:.0f} MB/s ({size / processor / 1e6:.0f} of processor time); largest "
                f"{most / 1024:.0f} MiB, of which {before / 1024:.0f} before it began",
            )
        if again.stat().st_size != size:
            raise SystemExit("what was sealed and opened has another size")


def speed(size: int, task: Callable[[], object], runs: int = 4) -> str:
    """Return the best speed of a few runs, by the clock and by processor time."""
    clock, processor = [], []
    for _ in range(runs):
        start, used = time.perf_counter(), time.thread_time()
        task()
        clock.append(time.perf_counter() - start)
        processor.append(time.thread_time() - used)
    return f"{size / min(clock) / 1e6:.0f} MB/s by the clock, {size / min(processor) / 1e6:.0f} of processor time"


def best(task: Callable[[], object], runs: int) -> float:
    """Return the least seconds of so many runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
