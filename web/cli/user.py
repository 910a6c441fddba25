"""`bacap user`: a way in for a lost administrator, a new key for a forgotten passphrase; from the machine's console."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from meetings.house import SYSTEM, House
from meetings.people import records as people
from meetings.people.accounts import Accounts
from signing import records
from store.chain import Draft
from store.db import Connection
from store.errors import Missing

from .. import console
from ..console import Line, Outcome
from ..settings import Settings
from ..words import text
from . import chosen_settings, locale, show
from .serve import addresses


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", choices=("list", "reset", "administrator", "new-key", "new-seal"), help=text(locale(), "cli.user-act")
    )
    parser.add_argument("login", nargs="?", default="", help=text(locale(), "cli.user-login"))


def run(arguments: argparse.Namespace) -> int:
    settings = chosen_settings(arguments)
    base = f"https://{addresses(settings)[0]}:{settings.port}"
    return show(console.run(settings, "user", {"act": arguments.act, "login": arguments.login, "base": base}))


async def act(house: House, _: Settings, given: Mapping[str, str]) -> Outcome:
    accounts, base = Accounts(house), given["base"]
    if given["act"] == "list":
        people = await accounts.everyone()
        return Outcome(0, [Line("cli.user-line", {"login": login, "name": name}) for login, name in people])
    if given["act"] == "administrator":
        return Outcome(0, [Line("cli.first", {"url": f"{base}/first/{await accounts.first_link()}"})])
    if given["act"] in ("new-key", "new-seal"):
        return await _new_key(house, given["login"], "person" if given["act"] == "new-key" else "seal")
    return Outcome(0, [Line("cli.reset", {"url": f"{base}/password/{await accounts.reset(given['login'])}"})])


async def _new_key(house: House, login: str, use: str) -> Outcome:
    """Destroy the signing key of a person, or the seal's of the units they are clerk of: a new one is made at the next
    signature. Nothing that was signed changes."""

    def act(conn: Connection) -> int:
        account = people.account(conn, login=login.casefold())
        if account is None:
            raise Missing("account")
        held = people.memberships_on(conn, house.today(), person=account.person)
        holders = [account.person] if use == "person" else [office.unit for office, _ in held if office.role == "clerk"]
        serials = [serial for holder in holders for serial in records.destroy_keys(conn, use, holder)]
        if serials:
            body = {"person": account.person, "use": use, "serials": serials}
            house.record(conn, SYSTEM, [Draft("signing-key-destroyed", body)])
        return len(serials)

    return Outcome(0, [Line("cli.new-key", {"count": await house.write(act)})])
