"""The demonstration: its tree, people and papers hold together, its rooms move and speak, it builds. web.demo.tree,
web.demo.people, web.demo.papers, web.demo.sites, web.demo.build, web.cli.demo
"""

from __future__ import annotations

import asyncio
import itertools
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from documents.actions import Papers
from documents.workshop import Workshop
from meetings.people.orgtree import Tree
from store.blobs import open_blobs
from tests.kit.node import running
from web.cli import demo
from web.demo import build, papers, people, sites, tree
from web.settings import FONTS

DAY = "2026-11-24"


def test_the_tree_is_vinh_linh_with_its_eighteen_communes() -> None:
    units = tree.units()
    assert len({unit.id for unit in units}) == len({unit.code for unit in units}) == len(units) == 29
    seen: set[str] = set()
    for unit in units:
        assert unit.parent is None or unit.parent in seen, "parents come first"
        seen.add(unit.id)
    whole = Tree(units, "2025-01-01")
    communes = whole.children(tree.DISTRICT)
    assert len(communes) == 18 and Counter(unit.kind for unit in communes) == {"xa": 15, "thi-tran": 3}
    assert len(whole.children(tree.PROVINCE)) == 10 and [unit.id for unit in whole.children(None)] == [tree.PROVINCE]
    assert {unit.tier for unit in communes} == {3}


def test_everyone_has_an_office_somewhere_and_at_most_eight_sign_in() -> None:
    units = tree.units()
    pairs = people.people(units)
    known = {person.id for person, _ in pairs}
    assert len(known) == len(pairs) and {held.unit for _, held in pairs} <= {unit.id for unit in units}
    assert len({held.id for _, held in pairs}) == len(pairs)
    assert len(people.ACCOUNTS) <= 8 and set(people.ACCOUNTS.values()) <= known
    roles = {held.person: held.role for _, held in pairs}
    assert {roles[person] for person in people.ACCOUNTS.values()} >= {
        "chair",
        "secretary",
        "clerk",
        "member",
        "technician",
    }
    for unit in units:
        if unit.tier == 3:
            assert [held.role for _, held in pairs if held.unit == unit.id].count("chair") == 1, unit.id
    assert people.people(units) == pairs  # the same at every start
    assert all(re.search(r"\b(Thử|Mẫu|Giả|Ví|Dụ|Trình|Diễn|Tưởng|Định|Phỏng|Kiểm|Nghiệm|Minh|Họa)\b", person.name)
               for person, _ in pairs), "no name of a real person"  # fmt: skip


def test_every_unit_of_the_district_has_a_room_and_the_live_ones_are_among_them() -> None:
    units = tree.units()
    rooms = people.sites(units)
    assert len({room.id for room in rooms}) == len(rooms) == 20
    assert {room.unit for room in rooms} == {tree.PROVINCE, *(u.id for u in units if tree.DISTRICT in (u.id, u.parent))}
    live = set(build.LIVE_SITES)
    assert live <= {room.id for room in rooms} and live == set(sites.COLOURS) == set(sites.PITCH)
    assert len(set(sites.PITCH.values())) == len(set(sites.COLOURS.values())) == 3


def test_every_rapporteur_is_a_member_and_who_attends_too() -> None:
    members = {held.person for _, held in people.people(tree.units()) if held.unit == tree.DISTRICT and held.counted}
    agenda = papers.agenda(DAY)
    assert len(agenda) == 5 and len({item.key for item in agenda}) == 5
    assert {item.rapporteur for item in agenda} <= members and set(build.AT_DISTRICT) <= members
    assert 3 * len(build.AT_DISTRICT) >= 2 * len(members), "two thirds make a quorum"
    assert sum(bool(item.question) for item in agenda) >= 2


async def test_every_paper_of_the_agenda_typesets() -> None:
    workshop = Workshop(workers=1)
    try:
        made = Papers(open_blobs("memory:"), workshop, FONTS)
        for item in papers.agenda(DAY):
            for name, form in item.papers:
                data, typeset = await made.typeset(form)
                assert data.startswith(b"%PDF-") and typeset.pages >= 1, name
    finally:
        await workshop.close()


# ── rooms ──


def test_a_hum_has_its_pitch_and_its_pauses() -> None:
    second = [sites.hum(200.0, number / 8000) for number in range(8000)]
    assert max(second) > 2000 and min(second) < -2000 and max(map(abs, second)) < 32_768
    assert second.count(0) > 2000, "between syllables it is silent"
    crossings = sum(1 for a, b in itertools.pairwise(second) if a < 0 <= b)
    assert 60 < crossings < 200


async def test_a_picture_moves_and_a_voice_sounds() -> None:
    picture, voice = sites.Picture("Điểm cầu Vĩnh Ô", (110, 62, 20)), sites.Voice(152.0)
    frames = [await picture.recv() for _ in range(3)]
    assert {(frame.width, frame.height, frame.format.name) for frame in frames} == {(640, 360, "yuv420p")}
    assert [frame.pts for frame in frames] == [7500, 15000, 22500]
    assert len({bytes(frame.planes[0]) for frame in frames}) == 3, "the mouth moves"
    assert len(set(bytes(frames[0].planes[0]))) > 20, "there is something to see"
    sounds = [await voice.recv() for _ in range(10)]
    assert [frame.pts for frame in sounds] == [number * sites.STEP for number in range(10)]
    assert {(frame.sample_rate, frame.samples, frame.layout.name) for frame in sounds} == {(48_000, 960, "mono")}
    assert any(any(bytes(frame.planes[0])[: sites.STEP * 2]) for frame in sounds)


def test_rooms_need_no_numpy() -> None:
    code = "import sys; sys.modules['numpy'] = None; import asyncio; from web.demo.sites import Picture, Voice\n"
    code += "async def main():\n    await Picture('x', (1, 2, 3)).recv(); await Voice(99.0).recv()\nasyncio.run(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_sitting_convened_just_after_midnight_is_of_that_day() -> None:
    midnight = 1_795_539_600_000  # 25 November 2026, 00:00 in Vietnam
    for now in (midnight, midnight + 5 * 60_000, midnight + 23 * 3_600_000):
        assert build.is_of_today(now - build.UNDER_WAY_MS, now)
    begins = midnight + 9 * 3_600_000 - build.UNDER_WAY_MS
    assert not build.is_of_today(begins, midnight + 24 * 3_600_000)


# ── the whole ──


async def test_the_demonstration_builds_and_its_passwords_are_new_at_every_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en")
    async with running(tmp_path, demonstration=True) as node:
        told: list[str] = []
        first = await build.build(node.office, told.append)
        assert told == ["tree", "papers", "sitting"] and {one.login for one in first} == set(people.ACCOUNTS)
        secretary = await node.office.accounts.principal("thu-ky")
        [row] = await node.office.sittings.listed(secretary)
        room = await node.office.rooms.get(row.id)
        assert room.state.phase == "open" and room.state.item == "ngan-sach" and len(room.state.papers) == 6
        assert len(room.state.entitled_present) == len(build.AT_DISTRICT) and room.state.floor.queue
        assert len(room.state.rooms) == 20 and not (tmp_path / "sites.json").stat().st_mode & 0o077
        chair = next(one for one in first if one.login == "chutich")
        browser = await node.browser()
        asked = {"login": chair.login, "password": chair.password, "code": build.code_of(chair, time.time())}
        assert (await browser.post("/api/session", asked)).status == 204
        capsys.readouterr()
        await demo.prepare(node.office)  # as the second start does
        printed = capsys.readouterr().out
        assert all(one.login in printed and one.password not in printed for one in first)
        assert [row.id for row in await node.office.sittings.listed(secretary)] == [room.sitting]
        assert (await browser.post("/api/session", asked)).status == 401
        [password] = re.findall(r"^\s*chutich\s+(\S+)", printed, re.MULTILINE)
        await asyncio.sleep(0)
        again = asked | {"password": password, "code": build.code_of(chair, time.time() + 30)}
        assert (await browser.post("/api/session", again)).status == 204  # the authenticator is still the same
