"""The sitting under load: a thousand tablets told of an event, 150 votes in a second, resuming, ten sittings at once.

A web process of its own serves an installation made for it, over loopback; beside it, in the same run, a bare aiohttp
server that only sends what it is told to as many sockets. Its servers and clients are in crowd.py.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.crowd import Tablet, connect, crowd, process, until  # noqa: E402
from meetings.house import SYSTEM, House  # noqa: E402
from meetings.load.meter import Meter  # noqa: E402
from meetings.load.rows import Row, run  # noqa: E402
from meetings.load.tally import share  # noqa: E402
from meetings.people import records as people_records  # noqa: E402
from meetings.people.accounts import Accounts  # noqa: E402
from meetings.people.actions import People  # noqa: E402
from meetings.people.model import Membership, Person, PersonId, Role, Unit, UnitId  # noqa: E402
from meetings.people.rights import Principal  # noqa: E402
from meetings.sitting import commands as c  # noqa: E402
from meetings.sitting import events as e  # noqa: E402
from meetings.sitting import records, rule_book  # noqa: E402
from meetings.sitting.actions import Plan, Sittings  # noqa: E402
from meetings.sitting.evolve import evolve  # noqa: E402
from meetings.sitting.rooms import Rooms  # noqa: E402
from meetings.sitting.state import State  # noqa: E402
from tests.kit.servers import free_port  # noqa: E402
from web import settings, wiring  # noqa: E402

TABLETS, SECURE, VOTERS, EVENTS, DROPPED, LISTED = 1000, 300, 150, 25, 200, 5000
UNIT = UnitId("huyen")


# ── an installation of a committee of 150 ──


async def install(folder: Path, count: int = 1, paper: str = "0" * 64) -> tuple[list[str], list[str], dict[str, str]]:
    """Sittings under way, everybody checked in; their ids, and a session of each voter."""
    made = settings.read(None, {}, data=str(folder), port=1)
    wiring.certificate_files(made)
    async with wiring.open_house(made) as house:
        people, accounts, rooms = People(house), Accounts(house), Rooms(house)
        await people.plant(SYSTEM, [Unit(UNIT, "H", "Huyện Thử", "huyen", 1, None, "Thử")])
        special: dict[str, Role] = {"chair": "chair", "secretary": "secretary", "clerk": "clerk"}
        names = [*special, *(f"voter{n}" for n in range(VOTERS))]
        await people.put_people(SYSTEM, [
            (Person(PersonId(name), f"Nguyễn Thử {name}", ""), _office(name, special.get(name, "member")))
            for name in names
        ])  # fmt: skip
        who = {name: await accounts.principal(name) for name in names}
        sittings = [await under_way(house, Sittings(house, rooms), who, paper) for _ in range(count)]
        for name in names:
            await house.write(
                lambda conn, name=name: people_records.put_account(conn, person=name, login=name, password="-")
            )
        house.demonstration = True
        tokens = {name: (await accounts.begin_demonstration(name, "bench")).token for name in names}
        await rooms.close()
    return sittings, [tokens[f"voter{n}"] for n in range(VOTERS)], tokens


def _office(name: str, role: Role) -> Membership:
    return Membership(f"m-{name}", PersonId(name), UNIT, role, "Ủy viên", role in ("chair", "member"))


async def under_way(house: House, sittings: Sittings, who: dict[str, Principal], paper: str) -> str:
    begins = house.now_ms()
    plan = Plan("Phiên họp", UNIT, "Phòng họp", begins, "chair", "secretary", "clerk")
    room = await sittings.rooms.get(await sittings.plan(who["secretary"], plan))
    await room.ask(who["secretary"], c.AddItem("i1", "Ngân sách", question="Đồng ý?"))
    await room.ask(who["secretary"], c.AttachPaper("p1", "i1", "Tờ trình", paper, 200, 1000), trusted=True)
    await room.ask(who["secretary"], c.Release(3), trusted=True)
    await room.ask(who["chair"], c.Open())
    await asyncio.gather(*(room.ask(one, c.CheckIn()) for name, one in who.items() if name != "clerk"))
    await room.ask(who["chair"], c.OpenItem("i1"))
    return room.sitting


# ── measures ──


async def fan_out(chair: Tablet, tablets: list[Tablet], sitting: str, events: int = EVENTS) -> list[float]:
    """For each of so many pages turned: the p99 of when the tablets had it, ms."""
    found = []
    for page in range(2, 2 + events):
        for tablet in (*tablets, chair):
            tablet.got.clear()
        needle, began = f'"page":{page}'.encode(), time.perf_counter()
        command = {"kind": "show-page", "paper": "p1", "page": page}
        chair.say(type="do", id=str(uuid.uuid4()), sitting=sitting, seen=0, command=command)
        await until(lambda needle=needle: all(tablet.came(needle) for tablet in tablets), 20)
        found.append(share([(tablet.came(needle) or 0) - began for tablet in tablets], 0.99) * 1000)
        await asyncio.sleep(0.12)
    return found


async def bare_fan_out(port: int) -> tuple[list[float], float]:
    async with process("--bare", str(port)) as pid:
        before = Meter.of(pid).kib
        tablets = []
        for _ in range(TABLETS // 50):
            tablets += await asyncio.gather(*(connect(port, "x") for _ in range(50)))
        each = (Meter.of(pid).kib - before) / TABLETS
        found, body = [], "x" * 900
        for number in range(EVENTS):
            for tablet in tablets:
                tablet.got.clear()
            needle, began = f"n{number:04d}".encode(), time.perf_counter()
            tablets[0].say(text=f"n{number:04d}{body}")
            await until(lambda needle=needle: all(tablet.came(needle) for tablet in tablets), 20)
            found.append(share([(tablet.came(needle) or 0) - began for tablet in tablets], 0.99) * 1000)
            await asyncio.sleep(0.12)
        for tablet in tablets:
            tablet.close()
        return found, each


async def votes(port: int, tokens: list[str], chair: Tablet, sitting: str) -> list[float]:
    """150 votes within a second: ms until each is acknowledged as durable."""
    voters = await asyncio.gather(*(connect(port, token) for token in tokens))
    for voter in voters:
        voter.say(type="hello", v=1)
    ballot = f"b-{uuid.uuid4().hex[:8]}"
    command = {"kind": "open-vote", "ballot": ballot, "item": "i1"}
    chair.say(type="do", id=str(uuid.uuid4()), sitting=sitting, seen=0, command=command)
    await until(lambda: chair.came(b'"type":"done"'), 10)
    await asyncio.sleep(0.3)
    sent: dict[int, float] = {}

    async def cast(number: int, voter: Tablet) -> None:
        await asyncio.sleep(random.random())
        voter.got.clear()
        sent[number] = time.perf_counter()
        command = {"kind": "cast", "ballot": ballot, "choices": ["for"]}
        voter.say(type="do", id=str(uuid.uuid4()), sitting=sitting, seen=0, command=command)

    await asyncio.gather(*(cast(number, voter) for number, voter in enumerate(voters)))
    await until(lambda: all(voter.came(b'"type":"done"') for voter in voters), 30)
    waited = [((voter.came(b'"type":"done"') or 0) - sent[number]) * 1000 for number, voter in enumerate(voters)]
    for voter in voters:
        voter.close()
    chair.got.clear()
    chair.say(
        type="do", id=str(uuid.uuid4()), sitting=sitting, seen=0, command={"kind": "close-vote", "ballot": ballot}
    )
    await until(lambda: chair.came(b'"type":"done"'), 10)
    return waited


async def resume(port: int, tokens: list[str], sitting: str) -> float:
    """200 tablets dropped at once come back: s until the last has its screen."""
    began = time.perf_counter()
    back = await asyncio.gather(*(connect(port, tokens[n % len(tokens)]) for n in range(DROPPED)))
    for tablet in back:
        tablet.say(type="hello", v=1)
        tablet.say(type="watch", sitting=sitting, after=100)
    await until(lambda: all(tablet.came(b'"type":"told"') for tablet in back), 30)
    took = time.perf_counter() - began
    for tablet in back:
        tablet.close()
    return took


def fold(count: int = 10_000) -> float:
    """s to fold a sitting of so many events, as a room does when it starts."""
    rule = rule_book.shipped()[-1].rule
    seats = tuple(e.Seat(f"p{n}", "m", "u", "chair" if not n else "member", True) for n in range(VOTERS))
    happenings: list[e.AnyHappening] = [e.Planned("Họp", "u", "Phòng", 1, rule, seats, ())]
    happenings += [e.ItemAdded("i1", "Một", 10, "", "", False), e.Released(), e.Opened()]
    happenings += [e.CheckedIn(seat.person, "", "self") for seat in seats] + [e.ItemOpened("i1")]
    turn = 0
    while len(happenings) < count:
        person = seats[turn % VOTERS].person
        happenings += [
            e.FloorAsked(person, ""),
            e.FloorGiven(person, ""),
            e.PageShown("p1", turn % 200 + 1),
            e.FloorEnded(person),
        ]
        turn += 1
    drafts = [e.draft(one) for one in happenings[:count]]
    began, state = time.perf_counter(), State(id="s")
    for number, stored in enumerate(drafts):
        state = evolve(state, e.decode(stored.kind, stored.body), number)
    return time.perf_counter() - began


async def listed(folder: Path) -> float:
    """ms to open the list of a person with 5,000 sittings behind them."""
    made = settings.read(None, {}, data=str(folder), port=1)
    async with wiring.open_house(made) as house:
        accounts, rooms = Accounts(house), Rooms(house)
        who = await accounts.principal("voter1")
        rule = rule_book.shipped()[-1].rule

        def fill(conn) -> None:  # type: ignore[no-untyped-def]
            from store import journal

            for n in range(LISTED):
                journal.create(conn, f"old-{n}", "sitting", UNIT, house.node)
                seats = tuple(e.Seat(name, "m", UNIT, "member", True) for name in ("voter1", "voter2", "voter3"))
                state = evolve(State(id=f"old-{n}"), e.Planned(f"Phiên {n}", UNIT, "Phòng", n, rule, seats, ()))
                records.mirror(conn, None, evolve(state, e.Released(), 1))

        await house.write(fill)
        sittings, times = Sittings(house, rooms), []
        for _ in range(9):
            began = time.perf_counter()
            await sittings.listed(who)
            await sittings.waiting(who)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)


async def ten_at_once(port: int, tokens: dict[str, str], sittings: list[str]) -> tuple[float, float]:
    """The p99 of one sitting of a hundred tablets alone, and with nine others going on; ms."""
    voters = [tokens[f"voter{n}"] for n in range(VOTERS)]
    chair = (await crowd(port, [tokens["chair"]], 1, sittings[0]))[0]
    tablets = await crowd(port, voters, 100, sittings[0])
    alone = statistics.median(await fan_out(chair, tablets, sittings[0], 20))
    others = [
        ((await crowd(port, [tokens["chair"]], 1, sitting))[0], await crowd(port, voters, 100, sitting), sitting)
        for sitting in sittings[1:]
    ]
    going = [asyncio.create_task(busy(*one)) for one in others]
    together = statistics.median(await fan_out(chair, tablets, sittings[0], 20))
    for task in going:
        task.cancel()
    for one, tablets_, _ in others:
        for tablet in (one, *tablets_):
            tablet.close()
    for tablet in (chair, *tablets):
        tablet.close()
    return alone, together


async def busy(chair: Tablet, tablets: list[Tablet], sitting: str) -> None:
    """A page turned every two seconds, as in a lively sitting."""
    page = 2
    await asyncio.sleep(random.random() * 2)
    while True:
        page = page % 190 + 1
        command = {"kind": "show-page", "paper": "p1", "page": page}
        chair.say(type="do", id=str(uuid.uuid4()), sitting=sitting, seen=0, command=command)
        await asyncio.sleep(2)
        for tablet in (chair, *tablets):
            tablet.got.clear()


async def measure() -> list[Row]:
    rows: list[Row] = []
    bare, bare_each = await bare_fan_out(free_port())
    with tempfile.TemporaryDirectory(prefix="bacap-sitting-") as made:
        folder = Path(made) / "node"
        sittings, voters, tokens = await install(folder, 10)
        port, secure = free_port(), free_port()
        async with process("--office", str(folder), str(port), str(secure)) as pid:
            [chair] = await crowd(port, [tokens["chair"]], 1, sittings[0])
            before = Meter.of(pid).kib
            tablets = await crowd(port, voters, TABLETS, sittings[0])
            each = (Meter.of(pid).kib - before) / TABLETS
            found = await fan_out(chair, tablets, sittings[0])
            rows.append(
                Row(
                    f"an event to {TABLETS} tablets: p99",
                    statistics.median(found),
                    "ms",
                    statistics.median(bare),
                    80,
                    (min(found), max(found)),
                )
            )
            rows.append(Row("memory of a tablet", each, "KiB", bare_each, 40))
            chair.got.clear()
            acknowledged = await votes(port, voters, chair, sittings[0])
            rows.append(
                Row(f"{VOTERS} votes in a second: acknowledged p99", share(acknowledged, 0.99), "ms", None, 300)
            )
            for tablet in tablets[:DROPPED]:
                tablet.close()
            await asyncio.sleep(0.5)
            rows.append(Row(f"{DROPPED} dropped tablets back", await resume(port, voters, sittings[0]), "s", None, 1.0))
            for tablet in tablets:
                tablet.close()
            await asyncio.sleep(1)
            context = ssl.create_default_context(cafile=str(folder / "tls" / "ca.crt"))
            before = Meter.of(pid).kib
            over_tls = await crowd(secure, voters, SECURE, sittings[0], context)
            rows.append(Row("memory of a tablet over TLS", (Meter.of(pid).kib - before) / SECURE, "KiB", None, 160))
            for tablet in over_tls:
                tablet.close()
            await asyncio.sleep(1)
            alone, together = await ten_at_once(port, tokens, sittings)
            rows.append(Row("ten sittings at once: p99 of one", together, "ms", alone, 1.25, by_ratio=True))
        times = [fold() for _ in range(3)]
        rows.append(Row("folding 10,000 events", statistics.median(times), "s", None, 0.3, (min(times), max(times))))
        rows.append(Row(f"a list of {LISTED} sittings", await listed(folder), "ms", None, 200))
    return rows


if __name__ == "__main__":
    run(__doc__, measure)
