"""Signing in and out over HTTP, one-time links, the first administrator, one-click sign-in. web.routes.accounts,
web.routes.demonstration, web.routes.people, web.routes.sites, web.routes.certificates
"""

from __future__ import annotations

import asyncio
import base64
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from meetings.people import passwords
from store.errors import Refused
from tests.kit.node import Answer, Browser, Node, running

PASSWORD = "nắng lên trên đồi"


async def opened(node: Node, person: str) -> Browser:
    """A browser beside an account with PASSWORD, not signed in."""
    token = await node.office.accounts.open_account(node.committee.who["technician"], person, person)
    browser = await node.browser()
    assert (await browser.post("/api/password", {"token": token, "password": PASSWORD})).status == 204
    return browser


async def sign_in(browser: Browser, login: str, code: str = "", password: str = PASSWORD) -> Answer:
    return await browser.post("/api/session", {"login": login, "password": password, "code": code})


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(time.time()))


# ── the first administrator ──


async def test_the_consoles_link_makes_the_first_administrator_once(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        browser = await node.browser()
        assert (await browser.get("/api/me")).body["needs_first"] is True
        token = await node.office.accounts.first_link()
        asked = {"token": token, "name": "Nguyễn Quản Trị", "login": "Admin", "password": PASSWORD}
        asked["unit"] = unicodedata.normalize("NFD", "Huyện Vĩnh Linh")  # as some keyboards type it
        made = await browser.post("/api/first", asked)
        assert made.status == 204, made.body
        assert (await browser.get("/api/me")).body["needs_first"] is False
        assert (await browser.post("/api/first", asked | {"login": "other"})).code == "link-used"
        first = await sign_in(browser, "admin")
        assert first.code == "code-set-up"
        assert (await sign_in(browser, "admin", code_now(first.body["params"]["secret"]))).status == 204
        me = (await browser.get("/api/me")).body
        assert me["name"] == "Nguyễn Quản Trị" and "administration" in me["places"]
        assert me["offices"][0]["unit_name"] == "Huyện Vĩnh Linh"


async def test_a_weak_password_leaves_the_first_link_good(tmp_path: Path) -> None:
    async with running(tmp_path) as node:
        browser = await node.browser()
        asked = {"token": await node.office.accounts.first_link(), "name": "A", "login": "admin", "password": "ngắn"}
        weak = await browser.post("/api/first", asked)
        assert (weak.status, weak.code) == (422, "password-length") and "10" in weak.body["text"]
        assert (await browser.post("/api/first", asked | {"password": PASSWORD})).status == 204


# ── the second factor ──


async def test_the_second_factor_is_set_up_at_the_first_sign_in(node: Node) -> None:
    browser = await opened(node, "secretary")
    first = await sign_in(browser, "secretary")
    assert (first.status, first.code) == (401, "code-set-up") and "Set-Cookie" not in first.headers
    secret = first.body["params"]["secret"]
    assert (await sign_in(browser, "secretary")).body["params"]["secret"] == secret  # a reload shows the same
    assert (await sign_in(browser, "secretary", "000000")).code == "code-wrong"
    assert (await sign_in(browser, "secretary", code_now(secret))).status == 204
    assert (await browser.get("/api/me")).body["id"] == "secretary"
    again = await sign_in(await node.browser(), "secretary")
    assert (again.status, again.code) == (401, "code-needed") and "secret" not in again.body["params"]


async def test_the_set_up_shows_a_picture_for_the_authenticator(node: Node) -> None:
    params = (await sign_in(await opened(node, "secretary"), "secretary")).body["params"]
    assert params["uri"].startswith("otpauth://totp/") and params["secret"] in params["uri"]
    kind, _, data = params.get("qr", "").partition(",")
    assert kind.startswith(("data:image/svg+xml", "data:image/png")), sorted(params)
    if kind.endswith(";base64"):
        assert base64.b64decode(data, validate=True)


# ── sessions ──


async def test_signing_out_ends_the_session_and_takes_the_cookie(node: Node) -> None:
    browser = await opened(node, "member1")
    assert (await sign_in(browser, "member1")).status == 204
    stolen = next(cookie.value for cookie in browser.http.cookie_jar if cookie.key == "__Host-session")
    out = await browser.ask("DELETE", "/api/session")
    assert out.status == 204 and "__Host-session=" in out.headers["Set-Cookie"]
    assert (await browser.get("/api/desk")).status == 401
    thief = await node.browser()
    node.put_cookie(thief, "__Host-session", stolen)
    assert (await thief.get("/api/desk")).status == 401


async def test_wrong_passwords_make_one_wait(node: Node) -> None:
    browser = await opened(node, "member1")
    for _ in range(passwords.FREE_TRIES):
        wrong = await sign_in(browser, "member1", password="sai mật khẩu")
        assert (wrong.status, wrong.code) == (401, "sign-in-wrong")
    waits = await sign_in(browser, "member1")
    assert (waits.status, waits.code) == (429, "too-many-tries")
    assert str(waits.body["params"]["seconds"]) in waits.body["text"]
    assert (await sign_in(browser, "nobody-else")).status == 401  # a colleague at the same address does not


async def test_guesses_made_all_at_once_are_counted_all_the_same(node: Node) -> None:
    browser = await opened(node, "member1")
    answers = await asyncio.gather(*(sign_in(browser, "member1", password=f"sai {n}") for n in range(40)))
    judged = [answer.status for answer in answers]
    assert judged.count(401) == passwords.FREE_TRIES and set(judged) == {401, 429}


async def test_no_log_holds_the_secret_of_a_second_factor(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    refused = await sign_in(await opened(node, "chair"), "chair")
    assert refused.code == "code-set-up" and refused.body["params"]["secret"] not in caplog.text


async def test_a_code_opens_one_session_however_many_ask_at_once(node: Node) -> None:
    browser = await opened(node, "chair")
    refused = await sign_in(browser, "chair")
    secret = refused.body["params"]["secret"]
    code = pyotp.TOTP(secret).now()
    answers = await asyncio.gather(*(sign_in(browser, "chair", code=code) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [204, 401, 401, 401]


async def test_a_stranger_with_no_link_costs_no_hash(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hashed(_: str) -> str:
        raise AssertionError("hashed for a stranger")

    monkeypatch.setattr(passwords, "hash_password", hashed)
    browser = await node.browser()
    body = {"token": "x", "name": "X", "login": "x", "password": PASSWORD, "unit": "U"}
    assert (await browser.post("/api/password", {"token": "x", "password": PASSWORD})).code == "link-used"
    assert (await browser.post("/api/first", body)).code == "link-used"


async def test_the_newest_link_alone_is_good(node: Node) -> None:
    accounts = node.office.accounts
    old, new = [await accounts.first_link() for _ in range(2)]
    with pytest.raises(Refused, match="link-used"):
        await accounts.create_administrator(old, "Quản Trị", "quan-tri", PASSWORD, "")
    await accounts.create_administrator(new, "Quản Trị", "quan-tri", PASSWORD, "")
    technician = node.committee.who["technician"]
    old, new = [await accounts.open_account(technician, "member1", "member1") for _ in range(2)]
    with pytest.raises(Refused, match="link-used"):
        await accounts.set_password(old, PASSWORD)
    await accounts.set_password(new, PASSWORD)


async def test_a_session_that_is_over_acts_no_more_on_an_open_channel(node: Node) -> None:
    room = await node.opened()
    browser = await node.signed_in("member1")
    async with browser.channel() as line:
        await line.ask("watch", "told", sitting=room.sitting, after=0)
        [channel] = node.office.channels.of("member1")
        assert channel.session is not None
        channel.session = replace(channel.session, ends=node.office.house.now_ms() - 1)
        await line.say("do", id="late", sitting=room.sitting, seen=0, command={"kind": "ask-floor"})
        assert await line.closed() == 4401
    assert not room.state.floor.queue


async def test_guesses_at_a_join_code_are_throttled(node: Node) -> None:
    browser = await node.browser()
    for _ in range(passwords.FREE_TRIES):
        assert (await browser.post("/api/enrolment", {"code": "AAAA-AAAA"})).code == "code-wrong"
    assert (await browser.post("/api/enrolment", {"code": "AAAA-AAAA"})).status == 429


# ── accounts that people keep for others ──


async def test_a_link_for_a_person_and_an_account_closed_and_opened_anew(node: Node) -> None:
    technician, browser = await node.signed_in("technician"), await node.browser()
    link = (await technician.post("/api/people/member1/account", {"login": "thu-mot"})).body["url"]
    assert link.startswith(f"{node.base}/password/")
    token = link.rsplit("/", 1)[1]
    assert (await browser.post("/api/password", {"token": token, "password": PASSWORD})).status == 204
    assert (await browser.post("/api/password", {"token": token, "password": PASSWORD})).code == "link-used"
    rows = (await technician.get("/api/units/district/people")).body
    assert {row["id"]: row["login"] for row in rows}["member1"] == "member1"  # the login stays as first given
    assert (await sign_in(browser, "member1")).status == 204
    assert (await technician.ask("DELETE", "/api/people/member1/account")).status == 204
    assert (await browser.get("/api/desk")).status == 401
    anew = (await technician.post("/api/people/member1/account", {"login": "member1"})).body["url"].rsplit("/", 1)[1]
    assert (await browser.post("/api/password", {"token": anew, "password": PASSWORD})).status == 204
    assert (await sign_in(browser, "member1")).status == 204, "an account that is opened anew lets its person in"


@pytest.mark.parametrize("login", ["", "   "])
async def test_an_account_needs_a_login(node: Node, login: str) -> None:
    technician = await node.signed_in("technician")
    assert (await technician.post("/api/people/member3/account", {"login": login})).status == 422


async def test_a_login_is_one_persons(node: Node) -> None:
    technician = await node.signed_in("technician")
    assert (await technician.post("/api/people/member4/account", {"login": "Member1"})).code == "login-taken"
    assert (await technician.post("/api/people/nobody/account", {"login": "x"})).status in (404, 422)


async def test_no_account_no_act(node: Node) -> None:
    technician = await node.signed_in("technician")
    for person in ("nobody", "member3"):  # unknown; known, without an account
        assert (await technician.ask("DELETE", f"/api/people/{person}/account")).status in (404, 422), person
    assert "account-closed" not in [act["kind"] for act in (await technician.get("/api/acts")).body]


async def test_people_units_and_the_journal_of_it_all(node: Node) -> None:
    technician = await node.signed_in("technician")
    unit = (await technician.post("/api/units", {"parent": "district", "name": "Xã Vĩnh Hà", "kind": "xa"})).body["id"]
    asked = {"unit": unit, "name": "Hồ Văn Mới", "honorific": "ong", "role": "chair", "office": "Chủ tịch"}
    person = (await technician.post("/api/people", asked)).body["id"]
    [row] = (await technician.get(f"/api/units/{unit}/people")).body
    assert (row["id"], row["role"], row["login"]) == (person, "chair", "")
    assert (await technician.post("/api/people", asked | {"role": "king"})).status == 422
    assert (await technician.ask("DELETE", f"/api/offices/{row['membership']}")).status == 204
    assert (await technician.get(f"/api/units/{unit}/people")).body == []
    acts = (await technician.get("/api/acts")).body
    assert [act["kind"] for act in acts[:3]] == ["office-ended", "office-given", "unit-put"]
    assert acts[0]["actor"] == "Ngô Văn Máy" and len(acts[0]["hash"]) == 64
    older = (await technician.get(f"/api/acts?before={acts[0]['seq']}")).body
    assert older[0]["seq"] == acts[0]["seq"] - 1


async def test_a_room_is_made_enrolled_seen_and_cut_off(node: Node) -> None:
    technician, wall = await node.signed_in("technician"), await node.browser()
    asked = {"unit": "east", "name": "Điểm cầu mới", "room": "Nhà văn hóa"}
    site = (await technician.post("/api/sites", asked)).body["id"]
    code = (await technician.post(f"/api/sites/{site}/code")).body["code"]
    made = (await wall.post("/api/enrolment", {"code": code.lower()})).body
    assert (made["site"], made["name"]) == (site, "Điểm cầu mới") and len(made["credential"]) >= 40
    assert (await wall.post("/api/enrolment", {"code": code})).code == "code-wrong"

    async def row() -> dict[str, object]:
        return next(one for one in (await technician.get("/api/sites")).body if one["id"] == site)

    assert (await row())["enrolled"] and (await row())["health"]["connected"] is False  # type: ignore[index]
    async with wall.channel(made["credential"]):
        assert (await row())["health"]["connected"] is True  # type: ignore[index]
    assert (await technician.ask("DELETE", f"/api/sites/{site}/credential")).status == 204
    assert (await row())["revoked"]


async def test_a_technician_sees_every_certificate_of_the_node(node: Node) -> None:
    rows = (await (await node.signed_in("technician")).get("/api/certificates")).body
    assert [row["use"] for row in rows] == ["lan-authority", "node", "signing-root", "signing", "timestamp"]
    assert all(row["begins"] < time.time() * 1000 < row["ends"] and len(row["fingerprint"]) == 95 for row in rows)


# ── one-click sign-in ──


@pytest.mark.parametrize(("method", "path"), [("GET", "people"), ("POST", "session")])
async def test_one_click_sign_in_is_not_there_outside_a_demonstration(node: Node, method: str, path: str) -> None:
    assert node.settings.demonstration is False
    for browser in (await node.browser(), await node.signed_in("technician")):
        assert (await browser.ask(method, f"/api/demonstration/{path}", {"person": "chair"})).status == 404


async def test_one_click_sign_in_in_a_demonstration(tmp_path: Path, template: Path) -> None:
    async with running(tmp_path, template, demonstration=True) as node:
        browser = await node.browser()
        people = (await browser.get("/api/demonstration/people")).body
        assert {"chair", "secretary"} <= {row["id"] for row in people} and all(row["login"] for row in people)
        foreign = await browser.post("/api/demonstration/session", {"person": "chair"}, headers={"Origin": "https://x"})
        assert foreign.status == 403
        assert (await browser.post("/api/demonstration/session", {"person": "chair"})).status == 204
        me = (await browser.get("/api/me")).body
        assert (me["id"], me["demonstration"]) == ("chair", True)


async def test_one_click_sign_in_as_no_one(tmp_path: Path, template: Path) -> None:
    async with running(tmp_path, template, demonstration=True) as node:
        answer = await (await node.browser()).post("/api/demonstration/session", {"person": "nobody"})
        assert answer.status in (404, 422) and "Set-Cookie" not in answer.headers
