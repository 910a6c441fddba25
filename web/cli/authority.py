"""`bacap authority`: certificates of people and seals, from the machine's console: listed, revoked, told to others."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from cryptography.hazmat.primitives.serialization import Encoding

from meetings.house import SYSTEM, House
from signing import actions, anchors, authority, records, root
from signing.authority import Reason
from store.chain import Draft
from store.db import Connection, Row
from store.errors import Refused
from store.files import write_durably

from .. import console
from ..console import Line, Outcome
from ..settings import Settings
from ..words import text
from . import chosen_settings, locale, passphrase, say, show
from .verify import own_trust


def add(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help=text(locale(), "cli.authority-list"))
    revoke = acts.add_parser("revoke", help=text(locale(), "cli.authority-revoke"))
    revoke.add_argument("serial", help=text(locale(), "cli.authority-serial"))
    revoke.add_argument("--reason", choices=get_args(Reason), required=True)
    trust = acts.add_parser("trust", help=text(locale(), "cli.authority-trust"))
    trust.add_argument("file", type=Path, help=text(locale(), "cli.authority-pem"))
    trust.add_argument("--kind", choices=get_args(anchors.Other), required=True)
    lists = acts.add_parser("lists", help=text(locale(), "cli.authority-lists"))
    lists.add_argument("file", type=Path, nargs="+", help=text(locale(), "cli.authority-crl"))
    export = acts.add_parser("export", help=text(locale(), "cli.authority-export"))
    export.add_argument("folder", type=Path, help=text(locale(), "cli.authority-folder"))
    for act_ in ("root-away", "root-use"):
        root_act = acts.add_parser(act_, help=text(locale(), f"cli.authority-{act_}"))
        root_act.add_argument("file", type=Path, help=text(locale(), "cli.authority-root-file"))


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    if arguments.act == "export":
        return export(settings, arguments.folder)
    if arguments.act in ("trust", "lists"):
        return take_in(settings, arguments)
    if arguments.act in ("root-away", "root-use"):
        return move_root(settings, arguments.act, arguments.file)
    given = {
        "act": arguments.act,
        "serial": getattr(arguments, "serial", ""),
        "reason": getattr(arguments, "reason", ""),
    }
    return show(console.run(settings, "authority", given))


def export(settings: Settings, folder: Path) -> int:
    """What others need to judge what is signed here, as of now: certificates and revocation lists."""
    from ..signing_desk import open_safe

    held, trust = open_safe(settings).authority, own_trust(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        chain = b"".join(one.certificate.public_bytes(Encoding.PEM) for one in (held.root, *held.issuers))
        write_durably(folder / "signing.pem", chain)
        for number, made in enumerate(trust.lists):
            write_durably(folder / f"{number}.crl", made)
    except OSError as error:
        raise Refused("file-unwritable", reason=str(error)) from error
    until = datetime.now(UTC) + timedelta(days=authority.CRL_DAYS)
    say("cli.authority-exported", folder=str(folder), lists=len(trust.lists), until=until.date().isoformat())
    return 0


def take_in(settings: Settings, arguments: argparse.Namespace) -> int:
    """Authorities of others, or their revocation lists: on record, and counted at the next check."""
    from ..signing_desk import open_safe

    folder = open_safe(settings).trusted
    assert folder is not None
    try:
        if arguments.act == "trust":
            found = anchors.add(folder, arguments.kind, arguments.file.read_bytes())
        else:
            found = [anchors.add_list(folder, path.read_bytes()) for path in arguments.file]
    except OSError as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    given = {"act": arguments.act, "names": "\n".join(found), "kind": getattr(arguments, "kind", "")}
    return show(console.run(settings, "authority", given))


def move_root(settings: Settings, act_: str, file: Path) -> int:
    """The root's key out of the node, into a file under a passphrase; or out of that file for one act."""
    from ..signing_desk import open_safe

    folder, now = open_safe(settings).folder, datetime.now(UTC).replace(microsecond=0)
    assert folder is not None
    word = passphrase(again=act_ == "root-away")
    try:
        if act_ == "root-away":
            root.put_away(folder, file, word, now)
            renewed = False
        else:
            before, after = root.use(folder, file, word, now)
            renewed = before.issuing.der != after.issuing.der
    except OSError as error:
        raise Refused("file-unreadable", reason=str(error)) from error
    until = (now + timedelta(days=authority.ROOT_LIST_DAYS)).date().isoformat()
    given = {"act": act_, "file": file.name, "until": until, "renewed": "yes" if renewed else ""}
    return show(console.run(settings, "authority", given))


async def act(house: House, _: Settings, given: Mapping[str, str]) -> Outcome:
    """For the console."""
    if given["act"] == "revoke":
        now = house.world.now().utc_ms

        def use(conn: Connection) -> None:
            actions.revoke(conn, given["serial"], given["reason"], SYSTEM, house.node, now, house.world.random)

        await house.write(use)
        return Outcome(0, [Line("cli.authority-revoked", {"serial": given["serial"]})])
    if given["act"] in ("root-away", "root-use"):
        draft = Draft(given["act"], {"file": given["file"]})
        await house.write(lambda conn: house.record(conn, SYSTEM, [draft]))
        lines = [Line(f"cli.authority-{given['act']}-done", {"file": given["file"], "until": given["until"]})]
        return Outcome(0, [*lines, Line("cli.authority-issuing-renewed")] if given["renewed"] else lines)
    if given["act"] in ("trust", "lists"):
        names = given["names"].split("\n")
        kind = "authority-trusted" if given["act"] == "trust" else "revocation-lists-taken"
        draft = Draft(kind, {"names": names, "kind": given["kind"]})
        await house.write(lambda conn: house.record(conn, SYSTEM, [draft]))
        return Outcome(0, [Line(f"cli.authority-{given['act']}-taken", {"name": name}) for name in names])
    rows = await house.read(records.issued)
    return Outcome(0, [Line(_code(row.revoked_at), _told(row)) for row in rows])


def _code(revoked: int) -> str:
    return "cli.authority-line-revoked" if revoked else "cli.authority-line"


def _told(row: Row) -> dict[str, str | int]:
    def day(ms: int) -> str:
        return datetime.fromtimestamp(ms / 1000, UTC).date().isoformat()

    return {
        "serial": row.serial, "use": row.use, "subject": row.subject, "ends": day(row.ends),
        "revoked": day(row.revoked_at), "reason": row.reason,
    }  # fmt: skip
