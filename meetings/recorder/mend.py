"""The finished file out of what was written while a recording ran, also where its process was killed: one file with
both tracks, its length, places to seek to, and a chapter for each item of the agenda. Nothing is encoded anew.
"""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from store.files import sync

from .tape import MS, PICTURE, SOUND

CHAPTERS = "chapters.jsonl"  # a line a chapter: {"at": ms, "title": "..."}
FINISHED = "recording"
# pictures of H.264 do not fit WebM, and MP4 is what plays them everywhere
KINDS = {"vp8": ("webm", {"cues_to_front": "1"}), "h264": ("mp4", {"movflags": "+faststart"})}


def mend(folder: Path) -> Path | None:
    """FOLDER's recording as one file in it, durable; None if nothing was recorded. May be called again."""
    for kind, _ in KINDS.values():
        if (folder / f"{FINISHED}.{kind}").exists():
            return folder / f"{FINISHED}.{kind}"
    sources = [found for found in (_opened(folder / PICTURE), _opened(folder / SOUND)) if found is not None]
    if not sources:
        return None
    try:
        return _joined(folder, sources)
    finally:
        for source in sources:
            source.close()


def _opened(path: Path) -> Any:
    try:
        source: Any = av.open(str(path))
    except (FFmpegError, OSError):  # was never begun, or has not even a header
        return None
    return source if len(source.streams) else None


def _joined(folder: Path, sources: list[Any]) -> Path | None:
    names = [source.streams[0].codec_context.name for source in sources]
    kind, options = next((KINDS[name] for name in names if name in KINDS), KINDS["vp8"])
    part, done = folder / f"{FINISHED}.part", folder / f"{FINISHED}.{kind}"
    written = 0
    with av.open(str(part), "w", format=kind, options=options) as out:
        streams = [out.add_stream_from_template(source.streams[0]) for source in sources]
        chapters = _chapters(folder)
        if chapters:
            out.set_chapters(chapters)  # type: ignore[arg-type]  # it asks for a class of its own stubs
        packets = [_packets(source, index) for index, source in enumerate(sources)]
        for _, index, _, packet in heapq.merge(*packets):
            packet.stream = streams[index]
            out.mux(packet)
            written += 1
    if not written:
        part.unlink(missing_ok=True)
        return None
    _settle(part, done)
    return done


def _packets(source: Any, index: int) -> Iterator[tuple[float, int, int, Any]]:
    """In the order of time; up to where the file was cut."""
    count = 0
    try:
        for packet in source.demux(source.streams[0]):
            if packet.dts is not None:
                count += 1
                yield float(packet.dts * packet.time_base), index, count, packet
    except FFmpegError:
        return


def _chapters(folder: Path) -> list[dict[str, Any]]:
    """Each ends where the next begins; the last has a moment of its own, which players take for the rest."""
    found = []
    path = folder / CHAPTERS
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:  # cut in the middle
            break
    ends = [one["at"] for one in found[1:]] + [found[-1]["at"] + 1000] if found else []
    return [
        {"id": number, "start": one["at"], "end": max(one["at"] + 1, end), "time_base": MS,
         "metadata": {"title": one["title"]}}
        for number, (one, end) in enumerate(zip(found, ends, strict=True), 1)
    ]  # fmt: skip


def note_chapter(folder: Path, at: int, title: str) -> None:
    """Durable, so that a killed recording has its chapters too."""
    with (folder / CHAPTERS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": at, "title": title}, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _settle(part: Path, done: Path) -> None:
    sync(part)
    part.rename(done)
    sync(done.parent)


def length_of(path: Path) -> int:
    """Milliseconds that a finished recording lasts."""
    with av.open(str(path)) as source:
        return (source.duration or 0) // (av.time_base // 1000)
