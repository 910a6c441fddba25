"""A workshop worker: `python -m documents.bench`. One job a line comes in, one answer a line goes out.

Each job is a plain function over the files of its folder: `in` is what is worked on, `out` what is made of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2

from signing import pades, verify
from signing.model import Field, Pending, Report, Signatory, Trust
from store.errors import Fault, Refused

from . import clean, examine, pictures, typeset
from .model import Examined, Form
from .workshop import Answer, Job, answer_of

log = logging.getLogger("bacap.workshop")

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def _examine(folder: Path, _: Mapping[str, Any]) -> Examined:
    """`in` to `out`: the bytes that may be kept."""
    data = (folder / "in").read_bytes()
    reader = examine.open_strictly(data)
    active, signed = examine.survey(reader, len(data))
    late, hybrid = examine.trailing(data) > 1024, b"/XRefStm" in data
    if signed:
        if active or late or hybrid:
            raise Refused("pdf-signed-active")
        if verify.shape(data):
            raise Refused("pdf-signed-broken")
    kept = data
    if active or late or hybrid:
        kept = clean.clean(data)
        left, _signed = examine.survey(examine.open_strictly(kept), len(kept))
        if left:
            raise Refused("pdf-active")
    _check_readable(kept)
    (folder / "out").write_bytes(kept)
    stripped = tuple(sorted(active | ({"trailing"} if late else set()) | ({"hybrid"} if hybrid else set())))
    return Examined(hashlib.sha256(kept).hexdigest(), len(kept), len(reader.pages), signed, stripped)


def _check_readable(data: bytes) -> None:
    """The first page must come out as a picture: what no reader can show is of no use on a desk."""
    try:
        pictures.page(data, 1, 200)
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError) as error:
        raise Refused("pdf-broken") from error


def _typeset(folder: Path, given: Mapping[str, Any]) -> Any:
    pdf, made = typeset.typeset(msgspec.json.decode((folder / "in").read_bytes(), type=Form), Path(given["fonts"]))
    (folder / "out").write_bytes(pdf)
    return made


def _signature_picture(folder: Path, given: Mapping[str, Any]) -> None:
    (folder / "out").write_bytes(pictures.signature(given["words"], Path(given["fonts"])))


def _seal_picture(folder: Path, given: Mapping[str, Any]) -> None:
    (folder / "out").write_bytes(pictures.seal(given["words"], Path(given["fonts"])))


def _lay(folder: Path, given: Mapping[str, Any]) -> None:
    fields = msgspec.convert(given["fields"], list[Field])
    (folder / "out").write_bytes(pades.lay((folder / "in").read_bytes(), fields))


def _who(folder: Path) -> Signatory:
    return msgspec.msgpack.decode((folder / "who").read_bytes(), type=Signatory)


def _prepare(folder: Path, given: Mapping[str, Any]) -> Pending:
    pdf, picture, at = (folder / "in").read_bytes(), (folder / "picture").read_bytes(), given["at"]
    moment = datetime.fromisoformat(at)
    work_ = pades.prepare(pdf, given["field"], _who(folder), picture, moment, first=given["first"])
    prepared, pending = asyncio.run(work_)
    (folder / "out").write_bytes(prepared)
    return pending


def _embed(folder: Path, _: Mapping[str, Any]) -> None:
    pending = msgspec.msgpack.decode((folder / "pending").read_bytes(), type=Pending)
    read = {name: (folder / name).read_bytes() for name in ("in", "signature", "stamp")}
    signed = asyncio.run(pades.embed(read["in"], pending, _who(folder), read["signature"], read["stamp"]))
    (folder / "out").write_bytes(signed)


def _verify(folder: Path, given: Mapping[str, Any]) -> Report:
    trust = msgspec.msgpack.decode((folder / "trust").read_bytes(), type=Trust)
    return asyncio.run(verify.verify((folder / "in").read_bytes(), trust, datetime.fromisoformat(given["now"])))


JOBS: dict[str, Callable[[Path, Mapping[str, Any]], Any]] = {
    "examine": _examine,
    "typeset": _typeset,
    "signature-picture": _signature_picture,
    "seal-picture": _seal_picture,
    "lay": _lay,
    "prepare": _prepare,
    "embed": _embed,
    "verify": _verify,
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
