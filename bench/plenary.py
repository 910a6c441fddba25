"""A whole province in one sitting: 136 sites join within ten seconds, three are on the stage, the chair sees a mosaic.

Every site sends sound all the time and the layers that somebody watches; nobody is muted, the worst there is.
"""

from __future__ import annotations

import asyncio

from meetings.load import film
from meetings.load.crowd import Crowd
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.rows import Row
from meetings.load.tally import share
from meetings.relay.control import Policy, RelayLink, ToWeb, Wanted
from meetings.relay.dtls import new_certificate

SITES, STAGE, MOSAIC, OVER_S, STEADY_S, ROOM = 136, 3, 12, 10.0, 6.0, "plenary"


async def rows(pid: int, link: RelayLink, seconds: float) -> list[Row]:
    peers: dict[str, Peer] = {}

    def hear(message: ToWeb) -> None:
        if isinstance(message, Wanted) and message.endpoint in peers:
            peers[message.endpoint].top = max(0, message.top)  # as browsers do: the smallest layer is always sent

    async def join(number: int, peer: Peer) -> None:
        name = f"s{number}"
        peers[name], peer.top = peer, 0
        await peer.connect(await link.join(ROOM, name, peer.offer(), peer.mosaic))

    link.on_message = hear
    stage = tuple(f"s{number}" for number in range(STAGE))
    await link.steer(Policy(ROOM, stage, stage))
    films, certificate = film.make_layers(), new_certificate()
    crowd = Crowd(join)
    try:
        sites = [
            Peer(certificate, films, 3, STAGE + (MOSAIC if not at else 0), 0 if at else MOSAIC) for at in range(SITES)
        ]
        joined = await crowd.enter(sites, OVER_S)
        await link.watch(ROOM, "s0", tuple(f"s{number}" for number in range(20, 20 + MOSAIC)))
        await asyncio.sleep(STEADY_S)
        crowd.begin_count()
        before = Meter.of(pid)
        await asyncio.sleep(seconds)
        after = Meter.of(pid)
        came = crowd.came
        lost = crowd.lost
        core = (after.cpu - before.cpu) / (after.at - before.at)
        heard = [one.heard for one in joined]
        faults = sum(bool(one.fault) or not one.heard for one in joined)
        return [
            Row("plenary of 136: core", core, "core", None, 1.0),
            Row("plenary of 136: delivered", came / max(1, came + lost), "share", None, 0.999, more=True),
            Row("plenary of 136: packets out", came / (after.at - before.at), "per s"),
            Row("plenary of 136: CPU per packet out", (after.cpu - before.cpu) / max(1, came) * 1e6, "us"),
            Row("136 join in 10 s: first sound p95", share(heard, 0.95), "s", None, 2.0),
            Row("136 join in 10 s: failures", faults, "sites", None, 0),
        ]
    finally:
        await crowd.close()
