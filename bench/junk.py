"""20,000 packets a second of junk from outside, on loopback, while a call runs: what the call loses by it.

A process of our own sends for a bounded time: what is no packet at all, checks for names that nobody has, DTLS and RTP
from an address that never proved itself.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import time

from meetings.load import film
from meetings.load.crowd import Crowd, Join
from meetings.load.meter import Meter
from meetings.load.peer import Peer
from meetings.load.rows import Row
from meetings.relay import stun
from meetings.relay.dtls import new_certificate

VIEWERS, RATE, SECONDS, SETTLE_S = 20, 20_000, 5.0, 6.0
LOSS = 0.005
AT_ONCE = 40


def pieces() -> list[bytes]:
    """Junk of every kind that a port tells apart by its first byte, and some that it does not."""
    dice = random.Random(5)
    strange = [stun.request("nobody", f"{dice.getrandbits(32):08x}", dice.randbytes(12), b"x" * 24) for _ in range(50)]
    firsts = (0, 1, 20, 22, 63, 64, 100, 128, 144, 191, 255)
    sizes = (1, 11, 60, 400, 1100)
    return strange + [bytes([dice.choice(firsts)]) + dice.randbytes(dice.choice(sizes)) for _ in range(200)]


def send(host: str, port: int, seconds: float) -> int:
    """RATE a second for so long; returns how many went out."""
    made, sent, began = pieces(), 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        while (spent := time.monotonic() - began) < seconds:
            while sent < spent * RATE:
                for _ in range(AT_ONCE):
                    sock.sendto(made[sent % len(made)], (host, port))
                    sent += 1
            time.sleep(0.001)
    return sent


async def rows(pid: int, join: Join) -> list[Row]:
    certificate, crowd = new_certificate(), Crowd(join)
    publisher = Peer(certificate, [film.make()], 0, 0)
    try:
        await crowd.enter([publisher], 0)
        await crowd.enter([Peer(certificate, [], 1, 1) for _ in range(VIEWERS)], 0)
        await asyncio.sleep(SETTLE_S)
        crowd.begin_count()
        before = Meter.of(pid)
        words = [sys.executable, "-m", "bench.junk", *map(str, publisher.address), str(SECONDS)]
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        after = Meter.of(pid)
        return [
            Row("under junk: packets of it", int(out) / SECONDS, "per s", None, 0.95 * RATE, more=True),
            Row("under junk: loss of the call", crowd.lost / max(1, crowd.came + crowd.lost), "share", None, LOSS),
            Row("under junk: core", (after.cpu - before.cpu) / (after.at - before.at), "core"),
        ]
    finally:
        await crowd.close()


if __name__ == "__main__":
    print(send(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
