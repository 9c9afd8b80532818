from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hostile_readers import a_page, a_record

from toolkit import answers
from toolkit.arrival import Arrival
from toolkit.confine import Child, Limits, guarantees
from toolkit.errors import EncryptedError, HostileError, ToolkitError, UnreadableError
from toolkit.model import Page, Record

QUICK = Limits(seconds=20, memory_mb=1024)


def hostile(limits: Limits = QUICK) -> Child:
    return Child(limits, functions=("hostile_readers:",), paths=(Path(__file__).parent,))


@pytest.fixture(scope="module")
def child():
    with hostile() as child:
        yield child


def works(child: Child) -> bool:
    return child.call("hostile_readers:length", b"12345", result=int) == 5


def test_values_of_ours_cross_both_ways(child):
    assert child.call("hostile_readers:a_record", result=Record) == a_record()
    assert child.call("hostile_readers:echo_record", a_record(), result=Record) == a_record()
    assert child.call("hostile_readers:a_page", result=Page) == a_page()


def test_megabytes_cross(child):
    assert child.call("hostile_readers:length", b"x" * 5_000_000, result=int) == 5_000_000


def test_one_process_serves_many_calls_until_it_is_recycled():
    with hostile(Limits(seconds=20, memory_mb=1024, calls=3)) as child:
        seen = [child.call("hostile_readers:who", result=int) for _ in range(4)]
    assert seen[0] == seen[1] == seen[2] != seen[3]


@pytest.mark.parametrize(
    ("function", "says"),
    [("greedy", "1024 MB"), ("abort", "SIGABRT"), ("segfault", "SIGSEGV"), ("leave", "exit status 3")],
)
def test_a_crash_is_a_clean_error_and_the_next_call_works(child, function, says):
    with pytest.raises(HostileError, match=says) as error:
        child.call(f"hostile_readers:{function}", result=int)
    assert error.value.remedy
    assert works(child)


@pytest.mark.parametrize("function", ["spin", "sleep"])
def test_a_hang_is_ended_in_time(function):
    with hostile(Limits(seconds=1.5, memory_mb=1024)) as child:
        assert works(child)
        began = time.monotonic()
        with pytest.raises(HostileError, match=r"1\.5 seconds"):
            child.call(f"hostile_readers:{function}", result=int)
        assert time.monotonic() - began < 5
        assert works(child)


@pytest.mark.parametrize(("function", "kind"), [("forge", HostileError), ("wrong_type", HostileError)])
def test_a_forged_or_wrong_answer_is_refused(child, function, kind):
    with pytest.raises(kind, match="senseless"):
        child.call(f"hostile_readers:{function}", result=Record)
    assert works(child)


@pytest.mark.parametrize("function", ["forged_kind", "no_number"])
def test_a_record_that_no_reader_gives_is_refused(child, function):
    with pytest.raises(HostileError, match="senseless"):
        child.call(f"hostile_readers:{function}", result=list[Record])
    assert works(child)


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "a\x1b[2Jb", "", "..", "x" * 121])
def test_a_member_is_named_by_a_last_part_only(child, name):
    with pytest.raises(HostileError, match="senseless"):
        child.call("hostile_readers:member", name, result=Arrival)
    assert child.call("hostile_readers:member", "scan 1.pdf", result=Arrival).members[0].name == "scan 1.pdf"


def test_an_answer_of_countless_values_or_endless_text_is_refused(child):
    with pytest.raises(HostileError, match="senseless"):
        child.call("hostile_readers:many_numbers", 5_000_000, result=list[int])
    with pytest.raises(HostileError, match="senseless"):
        child.call("hostile_readers:long_text", 65 << 20, result=str)
    assert len(child.call("hostile_readers:large", 65 << 20, result=bytes)) == 65 << 20


def test_an_array_that_claims_more_than_it_holds_is_refused():
    for claim in (b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xc1"):
        with pytest.raises(msgspec.DecodeError):
            answers.loads(claim)


def test_an_error_that_would_end_a_batch_is_only_the_files(child):
    with pytest.raises(UnreadableError) as error:
        child.call("hostile_readers:ends_the_run", result=int)
    assert "\x1b" not in str(error.value) and "\n" not in str(error.value)
    assert works(child)


def test_noise_on_the_standard_streams_is_dropped(child):
    assert child.call("hostile_readers:chatter", result=str) == "calm"
    assert works(child)


def test_errors_of_ours_keep_class_cause_and_remedy(child):
    with pytest.raises(EncryptedError) as error:
        child.call("hostile_readers:ours", result=int)
    assert error.value.message == "The file asks for a password."
    assert error.value.remedy == "Send it without one."


def test_other_errors_name_their_class_and_never_their_text(child):
    with pytest.raises(UnreadableError) as error:
        child.call("hostile_readers:leak", result=int)
    assert "ValueError" in str(error.value)
    assert "ERIKSSON" not in str(error.value) and "L898902C3" not in str(error.value)
    with pytest.raises(UnreadableError, match="RecursionError"):
        child.call("hostile_readers:nested", 0, result=int)
    assert works(child)


def test_no_secret_of_the_environment_reaches_the_child(monkeypatch):
    monkeypatch.setenv("MOBILITY_PASSPHRASE", "correct horse")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3")
    with hostile() as child:
        seen = child.call("hostile_readers:environment", result=dict[str, str])
    assert not {"MOBILITY_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "HOME"} & seen.keys()
    assert "correct horse" not in seen.values()


def test_only_functions_of_ours_may_be_called(child):
    with pytest.raises(ValueError, match="may not be called"):
        child.call("os:system", "true", result=int)
    with pytest.raises(ValueError, match="may not be called"):
        Child().call("subprocess:run", result=int)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's confinement is Linux")
@pytest.mark.parametrize(
    ("what", "promise"),
    [
        ("socket", "opens no socket, starts no program"),
        ("program", "opens no socket, starts no program"),
        ("read", "reads only programs and libraries, writes no file"),
        ("write", "reads only programs and libraries, writes no file"),
        ("cut", "opens no socket, starts no program"),
        ("rights", "opens no socket, starts no program"),
        ("limits", "opens no socket, starts no program"),
        ("thread", "opens no socket, starts no program"),
        ("parent", "reads only programs and libraries, writes no file"),
    ],
)
def test_the_kernel_refuses_what_no_reader_needs(child, what, promise):
    if not {held.name: held.holds for held in guarantees()}[promise]:
        pytest.skip("this kernel does not offer it")
    assert child.call("hostile_readers:refused", what, result=str) == "PermissionError"


def test_the_child_is_gone_after_close():
    child = hostile()
    number = child.call("hostile_readers:who", result=int)
    child.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_every_error_class_has_a_code_of_its_own():
    def classes(parent: type[ToolkitError]) -> list[type[ToolkitError]]:
        return [parent, *(each for child in parent.__subclasses__() for each in classes(child))]

    codes = [each.code for each in classes(ToolkitError)]
    assert len(codes) == len(set(codes))


CLOSES = """
import resource, sys, time
from toolkit.cli.unlock import passphrase
passphrase(None)
print(resource.getrlimit(resource.RLIMIT_CORE)[0], flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's confinement is Linux")
def test_the_process_that_takes_a_passphrase_closes_its_memory():
    given = {**os.environ, "MOBILITY_PASSPHRASE": "correct horse"}
    with subprocess.Popen([sys.executable, "-c", CLOSES], env=given, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline().strip() == "0"
        # The kernel gives the files of a process that may not be dumped to root.
        asked = ["setpriv", "--reuid=65534", "--clear-groups", "cat", f"/proc/{running.pid}/environ"]
        if os.getuid() != 0:
            asked = asked[3:]
        seen = subprocess.run(asked, capture_output=True, text=True)
        dumpable = Path(f"/proc/{running.pid}/environ").stat().st_uid == 0
        running.kill()
    assert dumpable
    assert "correct horse" not in seen.stdout
