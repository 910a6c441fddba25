"""A workshop worker: `python -m documents.bench`. One job a line comes in, one answer a line goes out.

Each job is a plain function over the files of its folder: `in` is what is worked on, `out` what is made of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from signing import archive, pades, pkcs12, verify
from signing.model import Field, Pending, Report, Signatory, Trust
from store.errors import Fault, Refused

from . import certified, compose, gate, ink, page_images, pictures, typeset, watermark
from .model import Examined, Form
from .workshop import Answer, Job, answer_of

log = logging.getLogger("bacap.workshop")

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def _examine(folder: Path, given: Mapping[str, Any]) -> Examined:
    return gate.admit(folder, Path(given["fonts"]), given["password"])


def _texts(folder: Path, _: Mapping[str, Any]) -> None:
    """`in`, a PDF that was admitted, to `out`: the text of its pages as a JSON list."""
    (folder / "out").write_bytes(msgspec.json.encode(gate.texts_of((folder / "in").read_bytes())))


def _page_images(folder: Path, given: Mapping[str, Any]) -> dict[str, list[int]]:
    """`in`, a PDF that was admitted, to a file of pictures for each size."""
    return page_images.make((folder / "in").read_bytes(), folder, int(given["first"]))


def _pack(folder: Path, given: Mapping[str, Any]) -> int:
    """The files in a folder to `out`: as one PDF, or as a ZIP."""
    parts = msgspec.convert(given["parts"], list[compose.Part])
    return compose.pdf(folder, parts) if given["kind"] == "pdf" else compose.archive(folder, parts)


def _copy(folder: Path, given: Mapping[str, Any]) -> certified.Box:
    """A certified copy of `in`, to `out`; where its agency signs."""
    made, box = certified.make((folder / "in").read_bytes(), given["lines"], given["pages"], Path(given["fonts"]))
    (folder / "out").write_bytes(made)
    return box


def _watermark(folder: Path, given: Mapping[str, Any]) -> bool:
    """How `in`, a PDF that was admitted, is marked, to `out`. True: it had to be written anew, to `base`."""
    data = (folder / "in").read_bytes()
    try:
        made = watermark.plan(data, given["pages"])
        anew = False
    except Refused:
        data, anew = watermark.anew(data), True
        made = watermark.plan(data, given["pages"])
        (folder / "base").write_bytes(data)
    (folder / "out").write_bytes(msgspec.msgpack.encode(made))
    return anew


def _typeset(folder: Path, given: Mapping[str, Any]) -> Any:
    pdf, made = typeset.typeset(msgspec.json.decode((folder / "in").read_bytes(), type=Form), Path(given["fonts"]))
    (folder / "out").write_bytes(pdf)
    return made


def _signature_picture(folder: Path, given: Mapping[str, Any]) -> None:
    (folder / "out").write_bytes(pictures.signature(given["words"], Path(given["fonts"])))


def _seal_picture(folder: Path, given: Mapping[str, Any]) -> None:
    (folder / "out").write_bytes(pictures.seal(given["words"], Path(given["fonts"])))


def _clean_picture(folder: Path, given: Mapping[str, Any]) -> None:
    (folder / "out").write_bytes(ink.cleaned((folder / "in").read_bytes(), given["kind"]))


@contextlib.contextmanager
def _worked_on(folder: Path) -> Iterator[IO[bytes]]:
    """`in`, open to be added to in place; it is `out` when all went well."""
    with (folder / "in").open("r+b") as file:
        yield file
    (folder / "in").rename(folder / "out")


def _read(folder: Path, name: str, kind: type[Any]) -> Any:
    return msgspec.msgpack.decode((folder / name).read_bytes(), type=kind)


def _lay(folder: Path, given: Mapping[str, Any]) -> None:
    with _worked_on(folder) as file:
        pades.lay(file, msgspec.convert(given["fields"], list[Field]))


def _prepare(folder: Path, given: Mapping[str, Any]) -> Pending:
    picture, at = (folder / "picture").read_bytes(), datetime.fromisoformat(given["at"])
    who = _read(folder, "who", Signatory)
    with _worked_on(folder) as file:
        told = {"first": given["first"], "stamp": given["stamp"]}
        return asyncio.run(pades.prepare(file, given["field"], who, picture, at, **told))


def _embed(folder: Path, _: Mapping[str, Any]) -> None:
    pending, who = _read(folder, "pending", Pending), _read(folder, "who", Signatory)
    signature, stamp = ((folder / name).read_bytes() for name in ("signature", "stamp"))
    with _worked_on(folder) as file:
        asyncio.run(pades.embed(file, pending, who, signature, stamp))


def _reserve(folder: Path, given: Mapping[str, Any]) -> Pending:
    """A file that is valid as it stands: what that rests on goes in, with the place for an archive timestamp."""
    trust, now = _read(folder, "trust", Trust), datetime.fromisoformat(given["now"])
    report, evidence = asyncio.run(verify.judge((folder / "in").read_bytes(), trust, now))
    if report.state != "valid":
        raise Refused("archive-unproved", reason=report.reason)
    with _worked_on(folder) as file:
        return archive.reserve(file, evidence, given["stamp"])


def _fill(folder: Path, _: Mapping[str, Any]) -> None:
    pending, stamp = _read(folder, "pending", Pending), (folder / "stamp").read_bytes()
    with _worked_on(folder) as file:
        archive.fill(file, pending, stamp)


def _verify(folder: Path, given: Mapping[str, Any]) -> Report:
    now = datetime.fromisoformat(given["now"])
    return asyncio.run(verify.verify((folder / "in").read_bytes(), _read(folder, "trust", Trust), now))


def _open_pkcs12(folder: Path, given: Mapping[str, Any]) -> Any:
    """`in`, key and certificate under a password: whoever made it says how long that takes, so it is done where it can
    be ended. The key goes back through the pipe alone."""
    return pkcs12.opened((folder / "in").read_bytes(), given["password"])


JOBS: dict[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "examine": _examine,
    "texts": _texts,
    "page-images": _page_images,
    "pack": _pack,
    "watermark": _watermark,
    "copy": _copy,
    "typeset": _typeset,
    "signature-picture": _signature_picture,
    "seal-picture": _seal_picture,
    "clean-picture": _clean_picture,
    "lay": _lay,
    "prepare": _prepare,
    "embed": _embed,
    "reserve": _reserve,
    "fill": _fill,
    "verify": _verify,
    "open-pkcs12": _open_pkcs12,
}


def work(jobs: Mapping[str, Callable[[Path, Mapping[str, Any]], Any]]) -> None:
    """Serve jobs until the pipe closes. What a job raises beyond its own refusals is a fault of the file, refused."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    give_up_network()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the answers
    for line in sys.stdin.buffer:
        job = msgspec.json.decode(line, type=Job)
        try:
            answer = msgspec.json.encode(Answer(jobs[job.name](Path(job.folder), job.given)))
        except Fault as fault:
            answer = msgspec.json.encode(answer_of(fault))
        except MemoryError:
            answer = msgspec.json.encode(Answer({}, "workshop-limit"))
        except Exception as error:
            log.warning("%s: %r", job.name, error)
            answer = msgspec.json.encode(Answer({}, "file-unworkable"))
        out.write(answer + b"\n")
        out.flush()


def give_up_network() -> None:
    """Step into a network namespace with nothing in it, where the system allows it."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    work(JOBS)
