"""`start.py bench beside [--json]`: a tablet fetches a paper over a site's thin line, beside the voices of a sitting.

The whole product: a node, a room that speaks and shows itself, and behind a router with a real bottleneck (tc, token
bucket, a second of queue) a room that listens and a member who checked in there. Beside it the same fetch at no pace of
its own: by somebody of whom the sitting does not know that they are there. Needs root, to make network namespaces.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.async_api import Page

from bench import way
from bench.way import NEAR, NODE, ROOM, Way, run, within
from meetings.load.rows import Row
from meetings.relay.lines import LINES
from tests.e2e import desk
from tests.e2e.conftest import chromium
from tests.e2e.node import Node, prepare
from tests.e2e.test_media import convene, signed_in
from tests.kit.pdfs import pdf, stream

LENGTHS_S = {"64k": 40, "256k": 30, "512k": 30}
FULL_USE = {"256k": 0.85, "512k": 0.85}  # at 64 kbit/s a voice is kept free, and what screens are told fills the rest
SETTLE_S = 10  # after a profile was chosen
MEMBER, STRANGER = "tai-chinh", "noi-vu"
# What came to the listening room so far: samples heard and made up, and bytes of media with their headers.
HEARD = """async () => {
  const sums = { samples: 0, concealed: 0, bytes: 0 };
  for (const one of (await document.querySelector("place-wall").media.pc.getStats()).values()) {
    if (one.type !== "inbound-rtp") continue;
    sums.samples += one.totalSamplesReceived ?? 0;
    sums.concealed += one.concealedSamples ?? 0;
    sums.bytes += one.bytesReceived + one.headerBytesReceived + one.packetsReceived * 38; // SRTP, UDP and IP
  }
  return sums;
}"""


@dataclass
class Found:
    whole: float  # share of the sound that was not made up
    queue_ms: float  # p95 of what stood in the bottleneck
    used: float  # of what media left of the line, the paper took this share; headers included


class Bottleneck:
    """The router's way to the room, no faster than a line of RATE bits a second."""

    def __init__(self, to: Way, rate: int) -> None:
        self._tc, self._device, self._rate = ("ip", "netns", "exec", to.router, "tc"), to.device("f"), rate

    async def __aenter__(self) -> Bottleneck:
        limit = str(self._rate // 8)  # bytes: a second of it
        shape = ("tbf", "rate", f"{self._rate}bit", "burst", "3200", "limit", limit)
        await run(*self._tc, "qdisc", "replace", "dev", self._device, "root", *shape)
        return self

    async def __aexit__(self, *_: object) -> None:
        await run(*self._tc, "qdisc", "del", "dev", self._device, "root")

    async def watch(self, queue: list[float]) -> None:
        """Milliseconds that stand in it, every so often, until this is cancelled."""
        while True:
            [told, *_] = json.loads(await run(*self._tc, "-s", "-j", "qdisc", "show", "dev", self._device))
            queue.append(told["backlog"] * 8000 / self._rate)
            await asyncio.sleep(0.1)


def paper() -> bytes:
    """Some 8 MB that no line makes smaller."""
    noise = stream(random.Random(1).randbytes(8_000_000), b"/Type /Noise")
    return pdf({
        1: b"<< /Type /Catalog /Pages 2 0 R /Noise 4 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", 4: noise,
    })  # fmt: skip


async def fetched(to: Way, node: Node, address: str, seconds: int) -> int:
    """Bytes that came of ADDRESS to a tablet in the room, in SECONDS at most, with TCP's and TLS's headers."""
    words = ("curl", "-sk", "--max-time", str(seconds), "-o", "/dev/null", "-w", "%{size_download}")
    process = await asyncio.create_subprocess_exec(
        "ip", "netns", "exec", to.room, *words, f"{node.base}{address}", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    size = int(float(out.decode()))
    return size + size // 1200 * 66


async def beside(to: Way, node: Node, wall: Page, line: str, address: str) -> Found:
    """A fetch of ADDRESS over LINE, while the room listens."""
    rate, seconds, queue = LINES[line].rate, LENGTHS_S[line], []  # type: ignore[var-annotated]
    async with Bottleneck(to, rate) as bottleneck:
        await asyncio.sleep(SETTLE_S)
        watching = asyncio.create_task(bottleneck.watch(queue))
        before = await wall.evaluate(HEARD)
        came = await fetched(to, node, address, seconds)
        after = await wall.evaluate(HEARD)
        watching.cancel()
    samples, concealed, media = (after[name] - before[name] for name in ("samples", "concealed", "bytes"))
    spare = rate * seconds / 8 - media
    return Found(1 - concealed / samples, sorted(queue)[int(len(queue) * 0.95)], came / spare)


async def rows(line: str) -> list[Row]:
    """On a node of its own: what one line did to media is not to be felt on the next."""
    with tempfile.TemporaryDirectory(prefix="bacap-beside-") as name:
        folder = Path(name)
        async with Way() as to:
            node = await prepare(folder / "data")
            node.host = NODE
            await node.start()
            try:
                sitting = await convene(node, "ledgers")
                people = await signed_in(node, "more", "thu-ky", MEMBER, STRANGER)
                where = f"/api/sittings/{sitting}/items/a/papers?name=Bản vẽ&secrecy=none"
                await people["thu-ky"].call("POST", where, data=paper())
                await people[MEMBER].do(sitting, "check-in", site=ROOM)
                apart = await asyncio.to_thread(within, to.room, folder)
                async with chromium() as here, chromium(path=apart) as there:
                    await desk.open_wall(here, node, NEAR, "#206020", 440, (320, 180))
                    wall = await desk.open_wall(there, node, ROOM, "#602020", 880, (320, 180))
                    await people["thu-ky"].do(sitting, "choose-line", site=ROOM, line=line)
                    paced, plain = [
                        await beside(to, node, wall, line, await people[person].address(sitting))
                        for person in (MEMBER, STRANGER)
                    ]
                for client in people.values():
                    await client.close()
            finally:
                await node.stop()
    return told_of(line, paced, plain)


def told_of(line: str, paced: Found, plain: Found) -> list[Row]:
    """The peer is the same fetch at no pace."""
    return [
        Row(f"{line}: share of the sound that came whole", round(paced.whole, 4), "", round(plain.whole, 4), 0.97,
            more=True),
        Row(f"{line}: queue before the site, p95", round(paced.queue_ms), "ms", round(plain.queue_ms), 300),
        Row(f"{line}: share of the spare line that the paper took", round(paced.used, 3), "", round(plain.used, 3),
            FULL_USE.get(line), more=True),
    ]  # fmt: skip


async def all_rows(lines: list[str]) -> list[Row]:
    return [row for line in lines for row in await rows(line)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench beside")
    parser.add_argument("--lines", nargs="*", default=list(LENGTHS_S), choices=list(LENGTHS_S))
    return way.main("beside", parser, lambda asked: all_rows(asked.lines))


if __name__ == "__main__":
    sys.exit(main())
