"""A paper fetched by a whole committee at once, beside nginx in the same mode, and a sitting going on meanwhile.

The product's own web process and nginx serve the same bytes over loopback to the same client (curl), in turn; each
pair is one run, and the median of the ratios counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.crowd import Tablet, connect, crowd, process  # noqa: E402
from bench.sitting import fan_out, install  # noqa: E402
from meetings.load.meter import Meter  # noqa: E402
from meetings.load.rows import Row, run  # noqa: E402
from tests.kit.pdfs import scanned  # noqa: E402
from tests.kit.servers import free_port  # noqa: E402
from web import links, settings, wiring  # noqa: E402

CLIENTS, RUNS, WATCHING = 150, 3, 100
NGINX = """
daemon off; user root; pid {folder}/nginx.pid; worker_processes auto; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder}/n1; proxy_temp_path {folder}/n2;
  fastcgi_temp_path {folder}/n3; uwsgi_temp_path {folder}/n4; scgi_temp_path {folder}/n5;
  server {{ listen 127.0.0.1:{plain}; listen 127.0.0.1:{secure} ssl; root {folder}/files;
    ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3; }}
}}
"""


@contextlib.asynccontextmanager
async def nginx(folder: Path, plain: int, secure: int, certificate: Path, key: Path) -> AsyncIterator[None]:
    command = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if command is None:
        raise SystemExit("nginx is not installed: apt-get install nginx-light")
    text = NGINX.format(folder=folder, plain=plain, secure=secure, certificate=certificate, key=key)
    await asyncio.to_thread((folder / "nginx.conf").write_text, text)
    made = await asyncio.create_subprocess_exec(command, "-c", str(folder / "nginx.conf"), "-p", str(folder))
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                (await asyncio.open_connection("127.0.0.1", plain))[1].close()
                break
            await asyncio.sleep(0.05)
        yield
    finally:
        made.terminate()
        await made.wait()


async def fetch(url: str, clients: int = CLIENTS) -> float:
    """MB/s until CLIENTS have all of it, each over a connection of its own."""
    words = ["--silent", "--fail", "--insecure", "--http1.1", "--parallel", "--parallel-immediate"]
    words += ["--parallel-max", str(clients), "--write-out", "%{size_download}\n"]
    for _ in range(clients):
        words += ["--output", "/dev/null", url]
    began = time.perf_counter()
    made = await asyncio.create_subprocess_exec(
        "curl", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await made.communicate()
    took = time.perf_counter() - began
    sizes = [int(size) for size in out.split()]
    if made.returncode or len(sizes) != clients or set(sizes) - {sizes[0]}:
        raise RuntimeError(f"not everybody got it: {out[:300]!r}")
    return sum(sizes) / 1e6 / took


async def compare(ours: str, theirs: str) -> tuple[list[float], list[float]]:
    """MB/s of each, run by run."""
    await fetch(ours, 1)
    await fetch(theirs, 1)
    pairs = [(await fetch(ours), await fetch(theirs)) for _ in range(RUNS)]
    return [mine for mine, _ in pairs], [other for _, other in pairs]


def row(measure: str, ours: list[float], theirs: list[float], required: float) -> Row:
    """The run whose ratio is the median."""
    mine, other = sorted(zip(ours, theirs, strict=True), key=lambda pair: pair[0] / pair[1])[len(ours) // 2]
    return Row(measure, mine, "MB/s", other, required, (min(ours), max(ours)), more=True, by_ratio=True)


async def events_meanwhile(chair: Tablet, tablets: list[Tablet], sitting: str, url: str) -> float:
    """ms: the latest p99 of pages turned while everybody fetches."""
    fetching = asyncio.create_task(fetch(url))
    late: list[float] = []
    while not fetching.done():
        late += await fan_out(chair, tablets, sitting, 3)
    await fetching
    return max(late)


async def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, served = folder / "data", folder / "files"
        served.mkdir()
        body = scanned(20)
        await asyncio.to_thread((served / "paper.pdf").write_bytes, body)
        made = settings.read(None, {}, data=str(data), port=1)
        async with wiring.open_house(made) as house:
            sha256 = await house.blobs.keep(body)
        del body
        sittings, _, tokens = await install(data, paper=sha256)
        certificate, key = wiring.certificate_files(made)
        plain, secure, their_plain, their_secure = (free_port() for _ in range(4))
        path = links.make(wiring.link_key(made), sha256, "paper.pdf", sittings[0], "p1")
        rows: list[Row] = []
        async with (
            process("--office", str(data), str(plain), str(secure)) as pid,
            nginx(folder, their_plain, their_secure, certificate, key),
        ):
            before = Meter.of(pid).kib
            for mode, ours, theirs, required in (
                ("plain", f"http://127.0.0.1:{plain}", f"http://127.0.0.1:{their_plain}", 0.9),
                ("TLS", f"https://127.0.0.1:{secure}", f"https://127.0.0.1:{their_secure}", 0.35),
            ):
                both = await compare(ours + path, f"{theirs}/paper.pdf")
                rows.append(row(f"{CLIENTS} fetch 20 MB at once, {mode}", *both, required))
                grown = (Meter.of(pid).kib - before) / 1000
                rows.append(Row(f"the same, {mode}: memory grown by", grown, "MB", None, 64))
            voters = [tokens[f"voter{n}"] for n in range(WATCHING)]
            chair = await connect(plain, tokens["chair"])
            chair.say(type="hello", v=1)
            tablets = await crowd(plain, voters, WATCHING, sittings[0])
            for mode, ours, theirs in (
                ("plain", f"http://127.0.0.1:{plain}", f"http://127.0.0.1:{their_plain}"),
                ("TLS", f"https://127.0.0.1:{secure}", f"https://127.0.0.1:{their_secure}"),
            ):
                beside = await events_meanwhile(chair, tablets, sittings[0], f"{theirs}/paper.pdf")
                late = await events_meanwhile(chair, tablets, sittings[0], ours + path)
                rows.append(Row(f"events meanwhile, {mode}: latest p99 of {WATCHING}", late, "ms", beside, 100))
            for tablet in (chair, *tablets):
                tablet.close()
        return rows


if __name__ == "__main__":
    run(__doc__, measure)
