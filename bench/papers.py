"""Papers under load: search over a hundred thousand pages, text and pictures of a long paper, watermarks, taking in a
large one; and fetching one at once, which is in files.py.

Each in this process, over what it makes for itself; the workshop is a process of its own, as ever.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import files  # noqa: E402
from documents import fold  # noqa: E402
from documents.actions import Papers  # noqa: E402
from documents.page_images import BATCH  # noqa: E402
from documents.workshop import Workshop  # noqa: E402
from meetings.house import House  # noqa: E402
from meetings.load.meter import Meter  # noqa: E402
from meetings.load.rows import Row, run  # noqa: E402
from meetings.load.tally import share  # noqa: E402
from meetings.people.rights import Principal  # noqa: E402
from meetings.search import records  # noqa: E402
from meetings.search.actions import Search  # noqa: E402
from meetings.search.entries import Entry  # noqa: E402
from meetings.sitting.rooms import Rooms  # noqa: E402
from meetings.watermarks.actions import Watermarks  # noqa: E402
from store.blobs import once, open_blobs  # noqa: E402
from store.bus import LocalBus  # noqa: E402
from store.db import Connection, open_database  # noqa: E402
from store.world import System  # noqa: E402
from tests.kit.files import sheet  # noqa: E402
from tests.kit.pdfs import page as page_of  # noqa: E402
from tests.kit.pdfs import pdf, scanned  # noqa: E402
from web.settings import FONTS  # noqa: E402

PAGES, PAPERS, READERS, QUERIES = 100_000, 1000, 150, 200
SAID = (
    "ủy ban nhân dân huyện tỉnh xã phường kế hoạch ngân sách đất đai giao thông y tế giáo dục nông nghiệp môi trường "
    "báo cáo tờ trình quyết định nghị quyết thông báo kết luận cuộc họp chủ tịch phó thành viên sở phòng ban ngành "
    "thực hiện triển khai rà soát bổ sung điều chỉnh phê duyệt đề nghị xem xét năm quý tháng ngày dự án đầu tư công "
    "xây dựng cải cách hành chính tuyển dụng cán bộ công chức viên chức hộ nghèo nước sạch rừng biển cảng chợ đường"
)
SYLLABLES = fold.words(SAID)


def text(random_: random.Random, words: int = 250) -> str:
    """A page as it might be: common syllables often, rare ones seldom, a number now and then."""
    weights = [1 / (rank + 2) for rank in range(len(SYLLABLES))]
    found = random_.choices(SYLLABLES, weights, k=words)
    return " ".join((*found, f"số {random_.randrange(9999)}"))


async def search(folder: Path) -> list[Row]:
    database = await open_database(f"sqlite:///{folder}/search.db")
    house, random_ = House("n", database, open_blobs("memory:"), LocalBus(), System()), random.Random(7)
    each = PAGES // PAPERS
    people = [f"p{number}" for number in range(READERS)]

    def fill(conn: Connection, first: int, last: int) -> None:
        for number in range(first, last):
            sha256 = f"{number:064x}"
            pages = [text(random_) for _ in range(each)]
            day = f"20{16 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}"
            readers = frozenset(random_.sample(people, READERS // 2))
            title = f"Tờ trình {number} về {random_.choice(SYLLABLES)} {random_.choice(SYLLABLES)}"
            entry = Entry(f"paper:s:{number}", "paper", "s", str(number), title, "u", day, title, sha256, readers)
            made = records.put(conn, entry)
            records.put_pages(conn, made, 0, [fold.keys(page) for page in (title, *pages)])
            records.put_texts(conn, sha256, 1, pages)
            records.finish(conn, made, entry.digest, readers)

    for first in range(0, PAPERS, 20):
        await house.write(fill, first, first + 20)
    finder, times = Search(house), []
    for number in range(QUERIES):
        words = random_.choices(SYLLABLES, k=1 + number % 3)
        query = " ".join(words if number % 2 else [fold.bare(word) for word in words])
        began = time.perf_counter()
        await finder.find(Principal("person", random_.choice(people)), f'"{query}"' if number % 5 == 4 else query)
        times.append((time.perf_counter() - began) * 1000)
    await database.close()
    spread = (min(times), max(times))
    return [
        Row(f"search over {PAGES:,} pages, p95", share(times, 0.95), "ms", None, 150, spread),
        Row(f"search over {PAGES:,} pages, median", statistics.median(times), "ms"),
    ]


def long_paper(pages: int) -> bytes:
    random_ = random.Random(3)
    body = "\n#pagebreak()\n".join("\n\n".join(text(random_, 120) for _ in range(3)) for _ in range(pages))
    return sheet(body)


async def texts(folder: Path) -> list[Row]:
    workshop, shelf = Workshop(workers=1), open_blobs(f"file://{folder}/blobs")
    try:
        papers = Papers(shelf, workshop, FONTS)
        sha256 = await shelf.keep(long_paper(200))
        times, sizes = [], {}
        for _ in range(3):
            began = time.perf_counter()
            found = await papers.texts(sha256)
            for first in range(1, 201, BATCH):
                for size, (_, ends) in (await papers.page_images(sha256, first)).items():
                    sizes[size] = ends[-1] / len(ends) / 1000
            times.append(time.perf_counter() - began)
            assert len(found) == 200
    finally:
        await workshop.close()
    spread = (min(times), max(times))
    return [
        Row("text and pictures of a paper of 200 pages", statistics.median(times), "s", None, 8, spread),
        *(Row(f"a page as a picture, {size}", kilobytes, "kB") for size, kilobytes in sizes.items()),
    ]


async def intake(folder: Path) -> list[Row]:
    """A hundred megabytes through gate and store, watched: memory of this process, lateness of its loop."""
    source = folder / "large.pdf"
    await asyncio.to_thread(source.write_bytes, scanned(95))
    workshop, shelf = Workshop(workers=1), open_blobs(f"file://{folder}/large")
    late: list[float] = []

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(0.005)
            late.append((loop.time() - began - 0.005) * 1000)

    async def pieces() -> AsyncIterator[bytes]:
        with source.open("rb") as reading:
            while piece := await asyncio.to_thread(reading.read, 256 * 1024):
                yield piece

    try:
        await workshop.start()
        papers = Papers(shelf, workshop, FONTS)
        await papers.take_in(once(pdf(page_of())), 10**6)
        peak, watching = Peak(), asyncio.create_task(watch())
        measuring = asyncio.create_task(peak.watch())
        began = time.perf_counter()
        await papers.take_in(pieces(), 10**8)
        took = time.perf_counter() - began
        watching.cancel()
        measuring.cancel()
    finally:
        await workshop.close()
    return [
        Row("taking in 100 MB: memory of the process", peak.grown, "MB", None, 20),
        Row("taking in 100 MB: lateness of the loop, p99", share(late, 0.99), "ms", None, 20),
        Row("taking in 100 MB, cleaned", took, "s"),
    ]


async def watermarks(folder: Path) -> list[Row]:
    """A hundred pages for readers one after another; the first also waits for what is the same in all copies."""
    workshop, shelf = Workshop(workers=1), open_blobs(f"file://{folder}/marked")
    database = await open_database(f"sqlite:///{folder}/marked.db")
    try:
        await workshop.start()
        papers, house = Papers(shelf, workshop, FONTS), House("bench", database, shelf, LocalBus(), System())
        marks = Watermarks(house, Rooms(house), papers, FONTS)
        await papers.take_in(once(pdf(page_of())), 10**6)  # the worker is warm, as in a house that is at work
        times, grown = [], 0
        sha256 = await shelf.keep(long_paper(100))
        for reader in range(20):
            words = (f"Nguyễn Thị Thử {reader} · 27/11/2026 08:15", "UBND huyện Thử Nghiệm")
            began = time.perf_counter()
            behind = await marks.behind(sha256, words)
            times.append((time.perf_counter() - began) * 1000)
            grown = len(behind.data)
    finally:
        await database.close()
        await workshop.close()
    later = times[1:]
    return [
        Row("100 pages watermarked for a reader", statistics.median(later), "ms", None, 100, (min(later), max(later))),
        Row("the same for the first reader of a paper", times[0], "ms"),
        Row("100 pages watermarked, added", grown / 1e6, "MB", None, 0.2),
    ]


class Peak:
    """The most memory that this process had, beyond what it began with."""

    def __init__(self) -> None:
        self._before = Meter.of(os.getpid()).kib
        self.grown = 0.0

    async def watch(self) -> None:
        while True:
            self.grown = max(self.grown, (Meter.of(os.getpid()).kib - self._before) / 1000)
            await asyncio.sleep(0.02)


async def measure() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for part in (intake, texts, watermarks, search):
            rows += await part(Path(folder))
    return rows + await files.measure()


if __name__ == "__main__":
    run(__doc__, measure)
