"""Who asks whether a case was erased gets a certificate and a ledger, and can tell from these two alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_team import GRANTED, LEAD, OTHER, Team, make
from toolkit.catalog import Catalog
from toolkit.cli import audit as verbs
from toolkit.cli import unlock
from toolkit.erasure import erase
from toolkit.erasure_certificate import check
from toolkit.errors import UnknownNameError
from vault import Role, TamperedError, audit, write_identity_file

ORDER = "Art. 17 request of 2026-11-20"


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> tuple[Team, bytes, bytes]:
    """A team whose case was erased, the certificate, and the ledger as it was exported afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        team = make(tmp_path_factory.mktemp("team") / "vault")
        lead = team.unlock(Role.LEAD)
        with Catalog.open(lead) as catalog:
            assert team.unlock(Role.SPECIALIST).readable([GRANTED]) == [GRANTED]
            certificate = erase(lead, catalog, OTHER, order=ORDER).text.encode()
        exported = io.BytesIO()
        audit.export(lead.parts, exported)
    return team, certificate, exported.getvalue()


def test_a_certificate_and_the_ledger_prove_an_erasure(proof: tuple[Team, bytes, bytes]) -> None:
    team, certificate, ledger = proof
    anchor = team.keys[Role.LEAD].anchor.hex()
    found = check(certificate, io.BytesIO(ledger), anchor)
    assert (found.case, found.by, found.order) == (OTHER, LEAD, ORDER)
    assert found.problems == ()


def other_line(ledger: bytes, event: bytes) -> bytes:
    """Take the line that tells *event* out of the ledger."""
    return b"".join(line for line in ledger.splitlines(keepends=True) if event not in line)


def resigned(team: Team, certificate: bytes, old: str, new: str) -> bytes:
    """Sign a changed certificate anew, as the lead could with a program of her own."""
    text = certificate.decode().rpartition("\n\n")[0] + "\n"
    return audit.certify(team.unlock(Role.LEAD).parts, text.replace(old, new)).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda team, c, e: (c.replace(b"2026-11-20", b"2026-11-21"), e), "a signature that does not fit"),
        (lambda team, c, e: (resigned(team, c, f"officer {LEAD}", "officer nora"), e), "signed by another officer"),
        (
            lambda team, c, e: (resigned(team, c, f"case {OTHER}", f"case {GRANTED}"), e),
            "does not say that lena had case",
        ),
        (lambda team, c, e: (resigned(team, c, "stood at ", "stood at 1"), e), "the certificate is about 1"),
        (lambda team, c, e: (resigned(team, c, "tree hash ", "tree hash 00"), e), "say how far the ledger went"),
        (lambda team, c, e: (resigned(team, c, "mobility-vault/", "mobility-vault/0"), e), "of another vault"),
        (lambda team, c, e: (c, other_line(e, b"case.erased")), "line "),
    ],
)
def test_what_does_not_fit_is_said(proof: tuple[Team, bytes, bytes], change: Callable, said: str) -> None:
    certificate, ledger = change(*proof)
    try:
        assert said in "; ".join(check(certificate, io.BytesIO(ledger)).problems)
    except TamperedError as mistake:
        assert said in str(mistake)


def test_by_verb(proof: tuple[Team, bytes, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, certificate, ledger = proof
    (tmp_path / "erased.txt").write_bytes(certificate)
    (tmp_path / "ledger.txt").write_bytes(ledger)
    verb = verbs.command.commands["certificate"]
    words = [str(tmp_path / "erased.txt"), str(tmp_path / "ledger.txt")]
    assert verb.main(words, standalone_mode=False) == 0
    assert "The ledger tells the same" in capsys.readouterr().out
    (tmp_path / "erased.txt").write_bytes(certificate.replace(b"2026-11-20", b"2026-11-21"))
    assert verb.main([*words, "--json"], standalone_mode=False) == TamperedError.exit_code
    assert "does not fit" in json.loads(capsys.readouterr().out)["problems"][0]
    with pytest.raises(TamperedError, match="not proved"):
        verb.main(words, standalone_mode=False)


# --- who read a case


def test_who_read_a_case_is_one_command(proof: tuple[Team, bytes, bytes], tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(unlock.lockdown, "close_memory", lambda: None)
    team = proof[0].copied(tmp_path / "vault")
    write_identity_file(tmp_path / "auditor.key", team.keys[Role.AUDITOR])

    def shown(*words: str) -> list[dict]:
        who = ["--vault", str(team.folder), "--identity-file", str(tmp_path / "auditor.key"), "--json"]
        verbs.command.commands["show"].main([*words, *who], standalone_mode=False)
        found: list[dict] = json.loads(capsys.readouterr().out)
        return found

    reads = shown("--case", f"GM-{GRANTED}", "--reads")
    assert {each["event"] for each in reads} == {"case.opened", "grant.carried-out"}
    assert reads == shown("--case", GRANTED, "--reads")
    assert len(shown("--case", f"GM-{GRANTED}")) > len(reads)
    # An erased case has no reference any more; its certificate has its id.
    assert {"erasure.ordered", "compartment.forgotten", "case.erased"} <= {
        each["event"] for each in shown("--case", OTHER)
    }
    for strange in (f"GM-{OTHER}", "../../etc", "nowhere"):
        with pytest.raises(UnknownNameError, match="no such case"):
            shown("--case", strange)
