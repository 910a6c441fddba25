"""documents.workshop and documents.bench: a job that hangs, eats, crashes or phones harms no other."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from documents import bench
from documents.workshop import GROWN, MEMORY, Answer, Workshop, answer_of
from store.errors import Refused

from ..conftest import absent

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bad() -> AsyncIterator[Workshop]:
    made = Workshop(module="tests.kit.badbench", workers=1)
    yield made
    await made.close()


async def do(workshop: Workshop, name: str, **given: object) -> object:
    async with workshop.folder() as folder:
        return await workshop.do(name, folder, **given)


async def serves(workshop: Workshop) -> int:
    """The workshop goes on: the process that answered."""
    found = await do(workshop, "echo", word="nghe rõ")
    assert isinstance(found, dict)
    assert found["given"] == {"word": "nghe rõ"}
    return int(found["process"])


async def test_a_job_gets_its_folder_and_what_was_given(bad: Workshop) -> None:
    async with bad.folder() as folder:
        (folder / "in").write_bytes(b"x")
        found = await bad.do("echo", folder, number=5, name="Đỗ")
    assert found["given"] == {"number": 5, "name": "Đỗ"}
    assert found["files"] == ["in"]
    assert not folder.exists(), "the folder goes with the job"


async def test_the_same_worker_serves_on(bad: Workshop) -> None:
    assert await serves(bad) == await serves(bad) != os.getpid()


@pytest.mark.parametrize("name", ["hang", "crash", "leave"])
async def test_a_job_that_hangs_or_dies_is_ended_and_the_next_is_served(bad: Workshop, name: str) -> None:
    before = await serves(bad)
    async with bad.folder() as folder:
        with pytest.raises(Refused, match="workshop-limit"):
            await bad.do(name, folder, seconds=1.0 if name == "hang" else 15.0)
    after = await serves(bad)
    assert after != before
    assert not Path(f"/proc/{before}").exists(), "the old process is gone"


async def test_a_job_that_eats_memory_is_stopped_and_the_next_is_served(bad: Workshop) -> None:
    before = await serves(bad)
    with pytest.raises(Refused, match="workshop-limit"):
        await do(bad, "eat")
    process = await serves(bad)
    assert process != before, "what filled it is not the next file's burden"
    soft, _ = resource.prlimit(process, resource.RLIMIT_AS)
    assert soft == MEMORY


async def test_memory_grows_with_the_file(bad: Workshop) -> None:
    async with bad.folder() as folder:
        (folder / "in").write_bytes(bytes(5_000_000))
        found = await bad.do("echo", folder)
    assert resource.prlimit(found["process"], resource.RLIMIT_AS)[0] == MEMORY + 10_000_000


async def test_a_job_that_is_given_up_is_ended(bad: Workshop) -> None:
    """The one who asked went away: the worker is not left at it."""
    import asyncio

    before = await serves(bad)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(do(bad, "hang"), 0.5)
    assert await serves(bad) != before


async def test_a_refusal_comes_through_with_its_words(bad: Workshop) -> None:
    with pytest.raises(Refused) as refusal:
        await do(bad, "refuse")
    assert (refusal.value.code, refusal.value.params) == ("pdf-too-long", {"most": 5})


async def test_a_surprise_is_the_file_s_fault(bad: Workshop) -> None:
    before = await serves(bad)
    with pytest.raises(Refused, match="file-unworkable"):
        await do(bad, "stumble")
    assert await serves(bad) == before


async def test_a_library_that_prints_spoils_no_answer(bad: Workshop) -> None:
    assert await do(bad, "chatter") == "true"
    await serves(bad)


async def test_an_unknown_job_is_refused(bad: Workshop) -> None:
    with pytest.raises(Refused):
        await do(bad, "no-such-job")
    await serves(bad)


async def test_a_worker_is_replaced_now_and_then(bad: Workshop) -> None:
    seen = {await serves(bad) for _ in range(GROWN + 1)}
    assert len(seen) == 2


async def test_jobs_of_several_workers_run_beside_each_other() -> None:
    import asyncio

    many = Workshop(module="tests.kit.badbench", workers=2)
    try:
        await many.start()
        hanging = asyncio.create_task(do(many, "hang"))
        await asyncio.sleep(0)
        assert await serves(many)  # while the other worker hangs
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
    finally:
        await many.close()


async def test_closing_leaves_no_process_and_no_folder() -> None:
    made = Workshop(module="tests.kit.badbench", workers=1)
    async with made.folder() as folder:
        home = folder.parent
    process = await serves(made)
    assert Path(f"/proc/{process}").exists()
    await made.close()
    assert not Path(f"/proc/{process}").exists()
    assert not home.exists()


async def test_a_job_reaches_no_network(bad: Workshop) -> None:
    """Not even a socket that listens on the loopback of this very machine."""
    if not may_leave_the_network():
        absent("this system lets no process leave its network namespace")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 5).close()  # from here it answers
        assert await do(bad, "phone", port=port) != "connected"


def may_leave_the_network() -> bool:
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    words = ([unshare, "-n", "true"], [unshare, "-rn", "true"])
    return any(subprocess.run(line, capture_output=True, check=False).returncode == 0 for line in words)


async def test_a_fault_becomes_an_answer() -> None:
    assert answer_of(Refused("pdf-bomb")) == Answer({}, "pdf-bomb")
    assert answer_of(Refused("pdf-too-long", most=5)) == Answer({"most": 5}, "pdf-too-long")


async def test_the_bench_knows_every_job_that_is_asked_for() -> None:
    asked = {"examine", "typeset", "signature-picture", "seal-picture", "lay", "prepare", "embed", "verify"}
    assert asked <= bench.JOBS.keys()
