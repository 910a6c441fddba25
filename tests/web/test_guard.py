"""What stands before every route: rights, origin, headers, cookie, bodies. web.guard, web.app, web.bodies,
web.routes.pages

Every refusal is a 4xx with a sentence in the reader's language; hostile input never makes a 5xx.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from meetings.people.rights import VERBS
from store import journal
from tests.kit.node import Browser, Node, pdf
from web import bodies, front, wire, words
from web.guard import COOKIE, HEADERS, LARGEST_BODY, Routes
from web.routes import all_routes, certificates, desk, pages

UNIT = {"parent": "district", "name": "Xã Mới", "kind": "xa"}


async def acts(node: Node) -> int:
    """How many administrative acts there are: a write that was refused adds none."""
    return (await node.office.house.read(journal.head, "installation")).seq


# ── routes ──


def test_every_route_is_declared_with_a_known_right_and_once() -> None:
    routes = all_routes(demonstration_too=True)
    assert {route.right for route in routes} <= set(VERBS)
    assert len({(route.method, route.path) for route in routes}) == len(routes) > 40
    assert {route.method for route in routes} == {"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}
    for noun in (pages, desk, certificates):
        assert set(noun.routes.all) <= set(routes)


def test_a_route_without_a_known_right_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match="GET /x"):
        Routes().add("GET", "/x", "everything.do")


async def test_nothing_is_served_past_the_declared_routes(node: Node) -> None:
    from web import app

    made = app.build(node.office)
    served = {(route.method, route.resource.canonical) for route in made.router.routes() if route.resource}
    declared = {(route.method, route.path) for route in all_routes(demonstration_too=False)}
    extra = {path for method, path in served - declared if method != "HEAD"}
    assert declared <= served and extra == {"/channel", "/static/{name}"}


# ── headers ──


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/k/ABCD-EFGH", "/api/me", "/api/desk", "/api/nowhere", "/nowhere", "/static/js/app.js",
     "/static/nothing.js", "/static/", "/healthz", "/readyz", "/ca.crt", "/words/vi/x.json", "/papers/forged",
     "/channel"],
)  # fmt: skip
async def test_every_kind_of_answer_has_the_security_headers(node: Node, path: str) -> None:
    answer = await (await node.browser()).get(path)
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (path, answer.status, name)
    if path.startswith("/api/"):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_papers_own_bytes_are_sandboxed(node: Node) -> None:
    browser = await node.signed_in("secretary")
    room = await node.planned()
    path = f"/api/sittings/{room.sitting}/items/i1/papers?secrecy=none&name=T"
    taken = await browser.post(path, data=pdf(), headers={"Content-Type": "application/pdf"})
    from web import links

    answer = await browser.get(links.make(node.office.link_key, taken.body["sha256"], "T.pdf"))
    assert answer.status == 200 and answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_static_files_are_kept_for_good_at_the_builds_address_and_stay_in_their_folder(node: Node) -> None:
    """web.front"""
    browser, plain = await node.browser(), front.files()["js/app.js"].body
    for path, age in (
        ("/static/js/app.js", "no-cache"),
        (f"{front.base()}/js/app.js", front.FOREVER),
        ("/static/0123456789ab/js/app.js", "no-cache"),  # a page that is older than this server goes on
    ):
        first = await browser.get(path)
        assert (first.status, first.headers["Cache-Control"], first.data) == (200, age, plain)
        assert first.headers["Content-Encoding"] == "gzip" and first.headers["Content-Type"].startswith("text/javasc")
        again = await browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.data) == (304, b"")
    for taken in ("identity", "br, gzip;q=0"):
        raw = await browser.get("/static/js/app.js", headers={"Accept-Encoding": taken})
        assert "Content-Encoding" not in raw.headers and raw.data == plain
        assert raw.headers["ETag"] != first.headers["ETag"]
    assert f'src="{front.base()}/js/app.js"'.encode() in (await browser.get("/")).data
    assert (await browser.get("/static/js")).status == 404
    for path in ("/static/%2e%2e/guard.py", "/static/..%2fguard.py", "/static//etc/passwd"):
        assert (await browser.get(path)).status in (400, 403, 404), path


@pytest.mark.parametrize("path", pages.PLACES)
async def test_every_place_is_the_same_page(node: Node, path: str) -> None:
    answer = await (await node.browser()).get(path.replace("{", "").replace("}", ""))
    assert answer.status == 200 and b"<bacap-app>" in answer.data and answer.headers["Cache-Control"] == "no-cache"


# ── origin ──


@pytest.mark.parametrize(
    "headers",
    [{"Origin": ""}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1"},
     {"Origin": "https://127.0.0.1"}, {"Host": "evil.example"},
     {"Host": "evil.example", "Origin": "https://evil.example"}],
    ids=repr,
)  # fmt: skip
async def test_a_write_that_no_page_of_ours_sent_changes_nothing(node: Node, headers: dict[str, str]) -> None:
    browser = await node.signed_in("technician")
    before = await acts(node)
    answer = await browser.post("/api/units", UNIT, headers=headers)
    assert (answer.status, answer.code) == (403, "origin") and await acts(node) == before
    assert (await browser.post("/api/units", UNIT)).status == 200 and await acts(node) == before + 1


async def test_a_right_that_is_missing_says_little(node: Node) -> None:
    browser = await node.signed_in("member1")
    before = await acts(node)
    nobody = await (await node.browser()).post("/api/units", UNIT)
    member = await browser.post("/api/units", UNIT)
    assert [(a.status, a.code) for a in (nobody, member)] == [(401, "sign-in-first"), (403, "no-right")]
    assert await acts(node) == before


# ── cookie ──


async def test_the_session_cookie_is_out_of_scripts_reach(node: Node) -> None:
    office = node.office
    token = await office.accounts.open_account(node.committee.who["technician"], "member1", "member1")
    browser = await node.browser()
    assert (await browser.post("/api/password", {"token": token, "password": "nắng lên trên đồi"})).status == 204
    answer = await browser.post("/api/session", {"login": "member1", "password": "nắng lên trên đồi"})
    cookie = answer.headers["Set-Cookie"]
    assert answer.status == 204 and cookie.startswith(f"{COOKIE}=") and COOKIE.startswith("__Host-")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")) and "Domain" not in cookie
    assert (await browser.get("/api/me")).body["id"] == "member1"


# ── bodies ──


async def sent(node: Node, browser: Browser, data: bytes, kind: str = "application/json") -> tuple[int, str, str]:
    before = await acts(node)
    answer = await browser.post("/api/units", data=data, headers={"Content-Type": kind})
    assert await acts(node) == before
    return answer.status, answer.code, answer.body["text"] if answer.code else ""


BAD = {
    "not JSON": b"{",
    "a list": b"[]",
    "unknown field": json.dumps(UNIT | {"more": 1}).encode(),
    "wrong type": json.dumps(UNIT | {"name": 1}).encode(),
    "missing field": b'{"parent": "district"}',
    "half a letter": b'{"parent": "\xff", "name": "x", "kind": "xa"}',
    "half a pair": b'{"parent": "\\ud800", "name": "x", "kind": "xa"}',
    "deep": b'{"parent": ' + b"[" * 100_000,
    "empty": b"",
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_body_is_refused_in_the_readers_language(node: Node, name: str) -> None:
    for locale, start in (("", "Dữ liệu gửi lên"), ("en", "What was sent")):
        browser = await node.signed_in("technician", locale)
        status, code, text = await sent(node, browser, BAD[name])
        assert (status, code) == (400, "body") and text.startswith(start), (locale, text)


async def test_a_body_of_another_kind_and_one_too_large(node: Node) -> None:
    browser = await node.signed_in("technician")
    assert (await sent(node, browser, json.dumps(UNIT).encode(), "text/plain"))[:2] == (400, "not-json")
    large = json.dumps(UNIT | {"name": "x" * LARGEST_BODY}).encode()
    status, code, text = await sent(node, browser, large)
    assert status == 413 and code and " 0 " not in text, text  # a limit of 0 MB is no limit


async def test_a_body_too_large_is_refused_when_it_does_not_say_its_length(node: Node) -> None:
    browser = await node.signed_in("technician")

    async def pieces() -> Any:
        for _ in range(LARGEST_BODY // 4096 + 2):
            yield b" " * 4096

    before = await acts(node)
    answer = await browser.post("/api/units", data=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status == 413 and answer.code and await acts(node) == before


@pytest.mark.parametrize(
    "path",
    ["/api/acts?before=²", f"/api/acts?before={'9' * 5000}", f"/api/acts?before={'9' * 25}", "/api/acts?before=-1",
     "/api/tree?day=never", "/api/sittings/SITTING/journal?after=²", f"/api/sittings/SITTING/journal?after={'9' * 25}",
     "/api/sittings/installation/journal", "/api/sittings/installation/minutes", "/api/units/%00/people",
     "/api/verify/%00", "/words/..%2f..%2f/x.json"],
    ids=lambda path: f"{path[:40]}-{len(path)}",
)  # fmt: skip
async def test_a_hostile_address_is_never_a_fault_of_ours(node: Node, path: str) -> None:
    room = await node.planned()
    for person in ("technician", "secretary"):
        answer = await (await node.signed_in(person)).get(path.replace("SITTING", room.sitting))
        assert answer.status < 500, (person, answer.status)


async def test_names_typed_in_parts_or_with_control_characters(node: Node) -> None:
    browser = await node.signed_in("technician")
    parts = await browser.post("/api/units", UNIT | {"name": "Xa\u0303 Mo\u031b\u0301i"})
    assert parts.status == 200
    names = [row["name"] for row in (await browser.get("/api/tree")).body]
    assert "Xã Mới" in names
    assert (await browser.post("/api/units", UNIT | {"name": "Xã\x00 Lạ"})).status == 422
    assert (await browser.post("/api/units", UNIT | {"name": " \n "})).status == 422


async def test_words_of_unknown_languages_fill_no_memory(node: Node) -> None:
    words.as_json.cache_clear()
    words.words.cache_clear()
    browser = await node.browser()
    for locale in ("vi", "en", words.PSEUDO):
        assert (await browser.get(f"/words/{locale}/x.json")).body["app.title"]
    for number in range(20):
        assert (await browser.get(f"/words/x{number}/x.json")).status in (200, 404)
    assert words.as_json.cache_info().currsize <= 3
    assert words.words.cache_info().currsize <= 3


def test_every_body_of_a_browser_is_strict() -> None:
    asked = [
        bodies.SignIn,
        bodies.NewUnit,
        bodies.NewSitting,
        bodies.SaveMinutesText,
        bodies.Sign,
        wire.Hello,
        wire.Do,
    ]
    for kind in asked:
        assert issubclass(kind, wire.Strict) and kind.__struct_config__.forbid_unknown_fields, kind


@pytest.mark.parametrize(
    ("chosen", "locale"), [("", "vi"), ("en", "en"), ("vi", "vi"), ("qps", "qps"), ("fr", "vi"), ("../en", "vi")]
)
async def test_a_language_that_no_one_chose_is_vietnamese(node: Node, chosen: str, locale: str) -> None:
    page = (await (await node.browser(chosen)).get("/", headers={"Accept-Language": "fr,en;q=0.9"})).data
    assert f'data-locale="{locale}"'.encode() in page
