"""Sealed blobs in an S3-compatible bucket. Keeps opaque bytes under the SHA-256 of those bytes and knows nothing else.

What a store must do is `vault.Store`; the folder store and this one pass the same tests. The client is boto3 (the extra
`s3`): it signs, retries, and sends large blobs in parts. Credentials come the way every S3 program takes them
(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS's shared configuration), never from the URL.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from toolkit.errors import InputError, MissingToolError
from vault import MissingError, TamperedError, VaultError

_NAME: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: Blobs above this go up in parts: S3 takes at most 5 GiB in one request, and a broken part is sent again alone.
PART_BYTES: Final = 16 << 20
#: The server compares what arrived with a checksum of what was sent, before it says that it has it.
_CHECKED: Final = {"ChecksumAlgorithm": "CRC32"}
_READS: Final = 4
_STALE: Final = timedelta(hours=1)
_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_SETTINGS: Final = frozenset({"endpoint", "region"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a store lies: `s3://bucket/prefix?endpoint=https://host&region=name`; without endpoint, AWS itself."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""

    @classmethod
    def parse(cls, url: str) -> Bucket:
        """Read the URL of a bucket. Raises InputError naming what is wrong; credentials in it are refused."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.hostname:
            raise InputError("That is not the address of a bucket.", remedy="Write s3://BUCKET/PREFIX?endpoint=URL")
        if parts.username or parts.password:
            raise InputError(
                "The address of the bucket holds credentials, which would be seen in process lists.",
                remedy="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead, or use AWS's shared configuration.",
            )
        settings = dict(parse_qsl(parts.query, keep_blank_values=True))
        if settings.keys() - _SETTINGS:
            unknown = ", ".join(sorted(settings.keys() - _SETTINGS))
            raise InputError(f"The address of the bucket has an unknown setting: {unknown}.", remedy="endpoint, region")
        prefix = parts.path.strip("/")
        return cls(
            parts.netloc, f"{prefix}/" if prefix else "", settings.get("endpoint", ""), settings.get("region", "")
        )


class BucketStore:
    """Blobs as objects `PREFIX` + name of one bucket. Safe for use from several threads and processes at once."""

    def __init__(self, bucket: Bucket) -> None:
        """Connect to *bucket*, which must exist. Raises VaultError where it cannot be reached, read, or written to."""
        self._bucket = bucket
        self._client = _client(bucket)
        with _said():
            self._client.head_bucket(Bucket=bucket.name)

    def put(self, data: bytes) -> str:
        """Keep *data*: the server has the whole of it, by its own checksum, before this returns."""
        name = hashlib.sha256(data).hexdigest()
        with _said():
            if len(data) <= PART_BYTES:
                self._client.put_object(**self._at(name), Body=data, **_CHECKED)
            else:
                self._client.upload_fileobj(
                    io.BytesIO(data),
                    self._bucket.name,
                    self._bucket.prefix + name,
                    ExtraArgs=_CHECKED,
                    Config=_parts(),
                )
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes, after comparing them with their name; MissingError, TamperedError."""
        if not _NAME.fullmatch(name):
            raise MissingError("That is no name of a sealed file.")
        with _said(name):
            data = self._read(name)
        if hashlib.sha256(data).hexdigest() != name:
            raise TamperedError(f"The sealed file {name[:12]}... was changed in the bucket.")
        return data

    def delete(self, name: str) -> None:
        """Remove a blob if it is there."""
        if not _NAME.fullmatch(name):
            raise MissingError("That is no name of a sealed file.")
        with _said():
            self._client.delete_object(**self._at(name))

    def list(self) -> Iterator[str]:
        """Yield the names, in order; objects that are no blobs are not listed (see `strangers`)."""
        for key, _ in self._objects():
            if _NAME.fullmatch(key):
                yield key

    def strangers(self) -> Sequence[str]:
        """Return what lies under the prefix and was not put there by a store."""
        return [key for key, _ in self._objects() if not _NAME.fullmatch(key)]

    def sweep(self) -> None:
        """Remove the parts that interrupted uploads left behind: they are billed, and never become a blob."""
        with _said():
            found = self._client.list_multipart_uploads(Bucket=self._bucket.name, Prefix=self._bucket.prefix)
            for left in found.get("Uploads", ()):
                if left["Initiated"] < _now(found) - _STALE:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket.name, Key=left["Key"], UploadId=left["UploadId"]
                    )

    def remove_strays(self, known: Set[str], older_than_seconds: float) -> int:
        """Remove blobs that are neither *known* nor young by the server's clock, and return how many."""
        limit = timedelta(seconds=older_than_seconds)
        old = [n for n, age in self._objects() if _NAME.fullmatch(n) and n not in known and age > limit]
        for name in old:
            self.delete(name)
        return len(old)

    def _read(self, name: str) -> bytes:
        """Read an object; a connection that breaks in the middle of it is tried again, which boto3 leaves to us."""
        from botocore.exceptions import IncompleteReadError, ReadTimeoutError, ResponseStreamingError

        for left in reversed(range(_READS)):
            try:
                data: bytes = self._client.get_object(**self._at(name))["Body"].read()
            except (IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
                if not left:
                    raise
            else:
                return data
        raise AssertionError("unreachable")

    def _objects(self) -> Iterator[tuple[str, timedelta]]:
        """Yield the key of every object without the prefix, and its age by the server's clock."""
        with _said():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                now = _now(page)
                for each in page.get("Contents", ()):
                    yield each["Key"].removeprefix(self._bucket.prefix), now - each["LastModified"]

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": self._bucket.prefix + name}


class BucketFiles:
    """Named files under a bucket's prefix: what is put under a name appears whole, and replaces what was there."""

    def __init__(self, bucket: Bucket) -> None:
        """Connect to *bucket*. Raises VaultError where it cannot be reached, read, or written to."""
        self._bucket = bucket
        self._client = _client(bucket)

    def put(self, name: str, file: Path) -> None:
        """Keep *file* under *name*."""
        with _said():
            self._client.upload_file(
                str(file), self._bucket.name, self._bucket.prefix + name, ExtraArgs=_CHECKED, Config=_parts()
            )

    def get(self, name: str, file: Path) -> None:
        """Write what is under *name* to *file*; raise MissingError."""
        with _said(name):
            self._client.download_file(self._bucket.name, self._bucket.prefix + name, str(file), Config=_parts())

    def list(self) -> Iterator[str]:
        """Yield the names, in order."""
        with _said():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                for each in page.get("Contents", ()):
                    yield each["Key"].removeprefix(self._bucket.prefix)

    def delete(self, name: str) -> None:
        """Remove what is under *name* if it is there."""
        with _said():
            self._client.delete_object(Bucket=self._bucket.name, Key=self._bucket.prefix + name)


def _client(bucket: Bucket) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as mistake:
        raise MissingToolError(
            "A vault in a bucket needs a library that is not installed.",
            remedy="Install it with: pip install 'mobility-toolkit[s3]'",
        ) from mistake
    settings = Config(
        retries={"mode": "standard", "max_attempts": 6},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=16,
        # Most servers beside AWS's know buckets by path alone.
        s3={"addressing_style": "path"} if bucket.endpoint else None,
    )
    return boto3.session.Session().client(
        "s3", endpoint_url=bucket.endpoint or None, region_name=bucket.region or None, config=settings
    )


def _parts() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=4)


def _now(answer: Mapping[str, Any]) -> datetime:
    """Return the moment of the server's *answer* by the server's clock, which its objects' dates are of too."""
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(said) if said else datetime.now(UTC)


@contextmanager
def _said(name: str = "") -> Iterator[None]:
    """Turn what the client says into our own words: its messages can hold addresses and request ids."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except ClientError as mistake:
        code = str(mistake.response.get("Error", {}).get("Code", ""))
        if name and code in _MISSING:
            raise MissingError(f"The sealed file {name[:12]}... is not in the bucket.") from mistake
        raise VaultError(f"The bucket refused ({code}).", remedy=_REMEDIES.get(code, _REFUSED)) from mistake
    except NoCredentialsError as mistake:
        raise VaultError(
            "There are no credentials for the bucket.", remedy="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from mistake
    except BotoCoreError as mistake:
        raise VaultError(
            "The bucket cannot be reached just now.",
            remedy="Is the network up, and the endpoint in the address right? Nothing was lost: run it again.",
        ) from mistake


_REFUSED: Final = "Has the key the right to list, read, write and delete in this bucket?"
_REMEDIES: Final = {
    "404": "There is no bucket of that name: make it first, private and with versioning off.",
    "NoSuchBucket": "There is no bucket of that name: make it first, private and with versioning off.",
    "403": "The key is wrong or may not use this bucket.",
}
