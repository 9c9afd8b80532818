"""What a database server and a bucket keep on their own disks of a vault that lies there: nothing that was sealed.

The raw bytes of the servers' folders are searched while they run, write-ahead logs and half-written files included.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from tests.conformance import postgresql, weed
from tests.vault_campaign_leak import Needles, in_folder
from tests.vault_team import GRANTED, OTHER, case, document, make
from toolkit import moving, places
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.places import Places, unseen
from vault import Role

PAPER = b"A letter that says that Anna Maria Eriksson of passport L898902C3 was born in Zenith." * 40
TELLING = ("Eriksson", "Anna Maria", "L898902C3", "1974-08-12", "d-secret-name.pdf")


def test_servers_keep_nothing_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", weed.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", weed.SECRET)
    team = make(tmp_path / "vault")
    needles = Needles(TELLING, files=[PAPER])
    with weed.server(tmp_path / "bucket") as address, postgresql.server() as socket:
        bucket = f"vault-{uuid4().hex}"
        weed.client(address).create_bucket(Bucket=bucket)
        there = Places(
            f"s3://{bucket}/papers?endpoint={address}&region=us-east-1",
            f"postgresql://postgres@localhost/postgres?host={socket}&schema=t{uuid4().hex}",
        )
        lead = team.unlock(Role.LEAD)
        with places.opened(lead) as catalog:
            moving.move(lead, catalog, there, progress=unseen)
        lead = team.unlock(Role.LEAD)
        places.attach(lead)
        with places.opened(lead) as catalog:
            # Written there, not only moved there.
            catalog.add_document(document(lead, "d-secret-name", OTHER, PAPER))
            catalog.replace_case(case(GRANTED))
            assert catalog.verify().problems == ()
        kept = {tmp_path / "bucket": 1 << 10, Path(socket): 1 << 20}
        for folder, least in kept.items():
            assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) > least
            assert in_folder(folder, needles) == []
        # The search finds what a careless next version would send there.
        weed.client(address).put_object(Bucket=bucket, Key="clear", Body=PAPER)
        database = PostgreSQL(Server("postgres", "postgres", socket=socket))
        database.begin(writing=True)
        database.execute("CREATE TABLE holders AS SELECT 'Anna Maria Eriksson' AS holder")
        database.commit()
        database.close()
        assert all(in_folder(folder, needles) for folder in kept)
