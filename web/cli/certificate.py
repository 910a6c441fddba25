"""`bacap certificate`: of one person, or of a unit's seal, from the machine's console: issued here with a new key,
brought as PKCS#12, asked of another authority (PKCS#10), or that authority's answer taken in. The holder types the
passphrase.
"""

from __future__ import annotations

import argparse
import base64
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from documents.actions import Papers
from documents.signed import SignedFiles
from documents.workshop import Workshop
from meetings.house import SYSTEM, House
from meetings.people import records as people
from meetings.people.orgtree import Tree
from meetings.signatories.kit import Holder, Kits
from signing.actions import Signing
from signing.enrolment import LARGEST
from store.db import Connection
from store.errors import Missing, Refused
from store.files import write_durably
from store.world import VIETNAM

from .. import console
from ..console import Line, Outcome
from ..settings import FONTS, Settings
from ..words import text
from . import chosen_settings, locale, passphrase, say, show

READ = ("bring", "answer")  # acts that take a file; `ask` writes one
SECRET = ("issue", "bring", "ask")  # acts that put a key under a passphrase


def add(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    for act_ in ("issue", "bring", "ask", "answer"):
        one = acts.add_parser(act_, help=text(locale(), f"cli.certificate-{act_}"))
        whose = one.add_mutually_exclusive_group(required=True)
        whose.add_argument("--person", metavar="LOGIN", default="", help=text(locale(), "cli.certificate-person"))
        whose.add_argument("--seal", metavar="UNIT", default="", help=text(locale(), "cli.certificate-seal"))
        if act_ != "issue":
            one.add_argument("file", type=Path, help=text(locale(), f"cli.certificate-{act_}-file"))


def run(arguments: argparse.Namespace) -> int:
    given = {"act": arguments.act, "person": arguments.person, "seal": arguments.seal}
    try:
        if arguments.act in READ:
            with arguments.file.open("rb") as file:
                given["file"] = base64.b64encode(file.read(LARGEST + 1)).decode()
        if arguments.act == "bring":
            say("cli.certificate-opens")
            given["opens"] = passphrase()
        if arguments.act in SECRET:
            say("cli.certificate-new")
            given["passphrase"] = passphrase(again=True)
        outcome = console.run(chosen_settings(arguments), "certificate", given)
    except OSError as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    if arguments.act == "ask" and outcome.status == 0:
        write_request(arguments.file, str(outcome.lines.pop().params["pem"]))
    return show(outcome)


def write_request(path: Path, pem: str) -> None:
    """Its key is kept by now and the one asked before is void: where the file cannot be written, it is shown."""
    try:
        write_durably(path, pem.encode())
    except OSError as error:
        print(pem, end="")
        raise Refused("file-unwritable", reason=str(error)) from error
    say("cli.certificate-asked", file=str(path))


async def act(house: House, settings: Settings, given: Mapping[str, str]) -> Outcome:
    """For the console."""
    from ..signing_desk import open_safe

    workshop = Workshop(workers=1)
    try:
        safe, files = open_safe(settings), SignedFiles(workshop)
        signing = Signing(house.database, house.blobs, house.world, house.node, safe, files)
        kits = Kits(house, signing, Papers(house.blobs, workshop, FONTS))
        one = await _holder(house, kits, given)
        line = await _done(signing, one, given)
    finally:
        await workshop.close()
    return Outcome(0, [line])


async def _done(signing: Signing, one: Holder, given: Mapping[str, str]) -> Line:
    enrolment, file = signing.enrolment, base64.b64decode(given.get("file", ""))
    if len(file) > LARGEST:
        raise Refused("pkcs12-unreadable" if given["act"] == "bring" else "chain-unreadable")
    word = given.get("passphrase", "")
    if given["act"] == "ask":
        pem = await enrolment.ask(one.use, one.id, one.subject, word, SYSTEM)
        return Line("cli.certificate-asked", {"pem": pem.decode()})
    if given["act"] == "issue":
        serial = await enrolment.issue(one.use, one.id, one.subject, word, SYSTEM)
    elif given["act"] == "bring":
        serial = await enrolment.bring(one.use, one.id, one.name, file, given["opens"], word, SYSTEM)
    else:
        serial = await enrolment.answer(one.use, one.id, one.name, file, SYSTEM)
    row = await signing.certificate(serial)
    until = datetime.fromtimestamp(row.ends / 1000, VIETNAM).date().isoformat()
    return Line("cli.certificate-kept", {"name": one.name, "serial": serial, "until": until})


async def _holder(house: House, kits: Kits, given: Mapping[str, str]) -> Holder:
    """Raises Missing `account`, `no-such-unit`. A unit goes by its id or its code."""

    def person(conn: Connection) -> str:
        account = people.account(conn, login=given["person"].casefold())
        if account is None:
            raise Missing("account")
        return str(account.person)

    def unit(conn: Connection) -> str:
        units = Tree(people.all_units(conn), house.today())
        return next((str(one.id) for one in units if given["seal"] in (one.id, one.code)), "")

    if given["person"]:
        return await kits.person(await house.read(person))
    return await kits.unit(await house.read(unit))
