"""What every store must do: the same tests for the folder and for a bucket on a real S3 server."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance import weed
from toolkit.bucket_store import PART_BYTES, Bucket, BucketStore
from toolkit.errors import InputError
from vault import FolderStore, MissingError, TamperedError, VaultError

ABSENT = "0" * 64


@pytest.fixture(params=["folder", "bucket"])
def opened(request, tmp_path):
    """A function that opens the same store again, as another process would."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "store")
    url = request.getfixturevalue("bucket_url")
    return lambda: BucketStore(Bucket.parse(url))


@pytest.fixture
def store(opened):
    return opened()


def test_what_is_put_can_be_got(store, opened):
    name = store.put(b"data")
    assert name == hashlib.sha256(b"data").hexdigest()
    assert store.put(b"data") == name
    assert opened().get(name) == b"data"
    assert list(opened().list()) == [name]
    assert store.get(store.put(b"")) == b""


def test_what_is_deleted_is_gone(store):
    name = store.put(b"data")
    store.delete(name)
    store.delete(name)
    store.delete(ABSENT)
    assert list(store.list()) == []
    with pytest.raises(MissingError):
        store.get(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, ABSENT + "\n", f"../{ABSENT}"])
def test_names_are_checked(store, name):
    with pytest.raises(MissingError):
        store.get(name)
    with pytest.raises(MissingError):
        store.delete(name)


def test_a_large_blob_survives_being_sent_in_parts(store):
    data = os.urandom(PART_BYTES + 12_345)
    assert store.get(store.put(data)) == data


def test_names_come_in_order(store):
    names = {store.put(bytes([number])) for number in range(30)}
    assert list(store.list()) == sorted(names)


def test_eight_writers_at_once(opened):
    """Each with a store of its own, all with the same forty blobs: every blob is there once, whole."""
    blobs = [bytes([number]) * 5000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda store: [store.put(each) for each in blobs], [opened() for _ in range(8)]))
    assert len({tuple(each) for each in names}) == 1
    assert list(opened().list()) == sorted(names[0])
    assert [opened().get(name) for name in names[0]] == blobs


def test_strays_go_and_known_and_young_ones_stay(store):
    known, stray = store.put(b"known"), store.put(b"stray")
    assert store.remove_strays({known}, 3600) == 0
    assert sorted(store.list()) == sorted([known, stray])
    assert store.remove_strays({known}, -3600) == 1
    assert list(store.list()) == [known]


def test_sweeping_keeps_blobs(store):
    name = store.put(b"data")
    store.sweep()
    assert store.get(name) == b"data"
    assert list(store.strangers()) == []


# --- the bucket alone


@pytest.fixture
def bucket(bucket_url):
    return Bucket.parse(bucket_url)


def test_a_changed_or_strange_object_is_noticed(bucket):
    store = BucketStore(bucket)
    name = store.put(b"data")
    client = weed.client(bucket.endpoint)
    client.put_object(Bucket=bucket.name, Key=bucket.prefix + name, Body=b"date")
    client.put_object(Bucket=bucket.name, Key=bucket.prefix + "note.txt", Body=b"hello")
    client.put_object(Bucket=bucket.name, Key="elsewhere", Body=b"not under the prefix")
    with pytest.raises(TamperedError):
        store.get(name)
    assert store.strangers() == ["note.txt"]
    assert list(store.list()) == [name]


def test_parts_of_an_upload_under_way_are_left_alone(bucket):
    client = weed.client(bucket.endpoint)
    client.create_multipart_upload(Bucket=bucket.name, Key=bucket.prefix + ABSENT)
    BucketStore(bucket).sweep()
    assert len(client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]) == 1


def test_what_is_wrong_is_said_with_a_remedy(bucket, monkeypatch):
    absent = Bucket("no-such-bucket", endpoint=bucket.endpoint, region=bucket.region)
    with pytest.raises(VaultError, match="make it first") as said:
        BucketStore(absent)
    assert "127.0.0.1" not in str(said.value)
    with pytest.raises(VaultError, match="cannot be reached"):
        BucketStore(Bucket("vault", endpoint="http://127.0.0.1:9", region="us-east-1"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(VaultError, match="key is wrong"):
        BucketStore(bucket)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    with pytest.raises(VaultError, match="no credentials"):
        BucketStore(bucket)


@pytest.mark.parametrize(
    "url", ["file:///vault", "s3://", "s3:///prefix", "s3://key:secret@vault/x", "s3://vault?colour=blue"]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError) as said:
        Bucket.parse(url)
    assert "secret" not in str(said.value)


def test_an_address_is_read():
    read = Bucket.parse("s3://vault/a/b/?endpoint=https://host:9000&region=eu-central-1")
    assert read == Bucket("vault", "a/b/", "https://host:9000", "eu-central-1")
    assert Bucket.parse("s3://vault") == Bucket("vault")
