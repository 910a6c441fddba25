"""The authorisation matrix: every declared route by every kind of person. web.routes, web.guard, web.routes.people,
web.routes.sites, web.routes.sittings, web.routes.rehearsals, web.routes.minutes, web.routes.papers, web.routes.desk,
web.routes.certificates, web.routes.rules, web.routes.tablets

What each may do is computed here a second time, from the table of rights and the offices of the committee alone. Bodies
are good ones, so that nothing but the right stands between a person and the act.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from meetings.people.model import Membership, Person, PersonId
from meetings.people.rights import AGENT, ANYONE, PERSON, SITE, VERBS
from meetings.sitting.room import Room
from tests.kit.committee import EAST, WEST
from tests.kit.node import Browser, Node, pdf
from tests.meetings.sitting.test_rehearsal import GOOD
from tests.meetings.sitting.test_rule_book import OWN
from web.guard import Route
from web.routes import all_routes

TASK = {"id": "t1", "text": "Việc", "lead": "district", "deadline": "2027-01-01"}
ROUTES = all_routes(demonstration_too=False)


@dataclass(frozen=True)
class Kind:
    """A kind of person: offices at the district (or the unit asked about), role in the sitting asked about."""

    person: str
    unit: frozenset[str] = frozenset()
    sitting: frozenset[str] = frozenset()
    elsewhere: str = ""  # a role at a unit that nothing asked about belongs to


KINDS = {
    "nobody": Kind(""),
    "site": Kind(""),  # a room has no cookie: over HTTP it is nobody
    "member": Kind("member1", frozenset({"member"}), frozenset({"member", "presenter"})),
    "guest": Kind("east-chair", frozenset(), frozenset({"guest"}), "chair"),
    "secretary": Kind("secretary", frozenset({"secretary"}), frozenset({"secretary"})),
    "chair": Kind("chair", frozenset({"chair"}), frozenset({"chair"})),
    "clerk": Kind("clerk", frozenset({"clerk"}), frozenset({"clerk"})),
    "technician": Kind("technician", frozenset({"technician"})),  # of the province: the district lies below it
    "other-technician": Kind("west-technician", elsewhere="technician"),
    "other-chair": Kind("west-chair", elsewhere="chair"),  # of a commune that is not invited
}
# These list what one may see, whatever unit they hold their office at; nothing of them is about a single thing.
EVERYWHERE = {
    ("GET", "/api/sites"): ("technician", "chair", "secretary"),
    ("GET", "/api/certificates"): ("technician",),
    ("GET", "/api/certificates/issued"): ("technician",),
    ("GET", "/api/rehearsals"): ("technician", "chair", "secretary"),
    ("GET", "/api/acts"): ("technician",),
    ("GET", "/api/tablets"): ("technician",),
    ("GET", "/api/integrations"): ("technician",),
    ("GET", "/api/retention"): ("chair", "secretary", "clerk"),
    ("GET", "/api/planning"): ("chair",),
    ("GET", "/api/tasks"): ("chair",),
}


def allowed(route: Route, name: str) -> bool:
    """May this kind of person use ROUTE on the things of the district and its sitting?"""
    kind, rule = KINDS[name], VERBS[route.right]
    if rule == ANYONE:
        return True
    if not kind.person or rule in (SITE, AGENT):
        return False
    if rule == PERSON:
        return True
    if {*kind.unit, kind.elsewhere} & set(EVERYWHERE.get((route.method, route.path), ())):
        return True
    return bool(kind.unit & rule[0] or kind.sitting & rule[1])


def body_of(route: Route, room: Room) -> dict[str, Any]:
    plan = {"title": "Họp", "place": "Phòng họp", "unit": "district", "begins": 1_795_490_000_000, "chair": "chair",
            "secretary": "secretary", "clerk": "clerk", "id": str(uuid.uuid4())}  # fmt: skip
    text = {name: "" for name in ("subject", "begun", "venue", "chair", "secretary", "ended")}
    person = {"unit": "district", "name": "Ai Đó", "honorific": "ong", "role": "member", "office": "Ủy viên"}
    bodies: dict[str, dict[str, Any]] = {
        "/api/units": {"parent": "district", "name": "Xã Mới", "kind": "xa"},
        "/api/people": person,
        "/api/people/{person}/account": {"login": "ai-do"},
        "/api/sites": {"unit": "district", "name": "Điểm cầu", "room": "Phòng họp"},
        "/api/sittings": plan,
        "/api/sittings/{sitting}/invitations": {"units": ["province"]},
        "/api/sittings/{sitting}/minutes": {
            "based_on": 0, "text": text | {name: [] for name in ("attendance", "course", "recipients")},
        },
        "/api/sittings/{sitting}/minutes/certificate": {"field": "secretary", "passphrase": "một câu dài"},
        "/api/sittings/{sitting}/minutes/signature": {
            "field": "secretary", "based_on": room.state.minutes.pdf, "passphrase": "một câu dài",
        },
        "/api/sittings/{sitting}/minutes/refusal": {
            "field": "secretary", "based_on": room.state.minutes.pdf, "reason": "Sai số liệu",
        },
        "/api/sittings/{sitting}/minutes/token": {"field": "secretary", "based_on": room.state.minutes.pdf},
        "/api/sittings/{sitting}/minutes/handover": {"field": "secretary", "based_on": room.state.minutes.pdf},
        **{f"/api/kits/{{holder}}/{act}": {"passphrase": "một câu dài", "password": "x"}
           for act in ("certificate", "request")},
        "/api/kits/{holder}/pkcs12": {"file": "", "opens": "x", "passphrase": "một câu dài", "password": "x"},
        "/api/kits/{holder}/answer": {"file": ""},
        "/api/kits/{holder}/end": {"reason": "superseded", "password": "x"},
        "/api/agents/code": {"password": "x"},
        "/api/agents/pairing": {"code": "ABCD-EFGH", "name": "Máy"},
        "/api/agent/certificates": {"certificates": []},
        "/api/agent/key": {"public": "", "proof": ""},
        "/api/agent/jobs/{step}/signature": {"signature": ""},
        "/api/units/{unit}/powers": {
            "person": "deputy", "kind": "KT", "office": "Chủ tịch", "basis": "QĐ 1", "begins": "2026-11-01",
            "ends": "2026-12-01",
        },
        "/api/session": {"login": "x", "password": "y"},
        "/api/first": {"token": "x", "name": "Ai", "login": "ai", "password": "một câu thật dài"},
        "/api/password": {"token": "x", "password": "một câu thật dài"},
        "/api/enrolment": {"code": "ABCD-EFGH"},
        "/api/people/{person}/email": {"email": "ai-do@example.vn"},
        "/api/sittings/{sitting}/release": {},
        "/api/sittings/{sitting}/details": {"title": "Họp", "place": "Phòng họp", "begins": 1},
        "/api/sittings/{sitting}/substitute": {"person": "member2"},
        "/api/sittings/{sitting}/units/{unit}/people": {"people": ["member2"]},
        "/api/units/{unit}/templates": {"name": "Mẫu", "sitting": room.sitting},
        "/api/sittings/{sitting}/take-over": {"role": "chair"},
        "/api/sittings/{sitting}/conclusions": {"summary": "Kết luận", "lines": ["Một"]},
        "/api/sittings/{sitting}/items/{item}/tasks": TASK,
        "/api/tasks/{task}/tasks": TASK | {"id": "t2", "lead": "east"},
        "/api/tasks/{task}/report": {"report": "Xong"},
        "/api/opinions": {"id": str(uuid.uuid4()), "unit": "district", "title": "Việc", "text": "Nội dung",
                          "ground": "urgent", "deadline": 4_000_000_000_000},
        "/api/opinions/{opinion}/calling-off": {"reason": "Nhầm"},
        "/api/opinions/{opinion}/answer": {"choice": "for"},
        "/api/opinions/{opinion}/report": {"sitting": room.sitting},
        "/api/certificates/{serial}/revocation": {"reason": "superseded"},
        "/api/push": {"endpoint": "https://a.push.example/x", "p256dh": "x", "auth": "x"},
        "/api/push/mine": {"endpoint": "https://a.push.example/x"},
        "/api/push/end": {"endpoint": "https://a.push.example/x"},
        "/api/notices/read": {"until": 1},
        "/api/units/{unit}/rules": {"document": OWN},
        "/api/sittings/{sitting}/papers/{paper}/versions": {"upload": "u", "replaces": "x", "secrecy": "none"},
        "/api/sittings/{sitting}/papers/{paper}/annotations/{id}": {
            "sha256": "0" * 64, "page": 1, "mark": {"kind": "remark", "at": [1, 1], "text": "Hỏi lại"},
        },
        "/api/sittings/{sitting}/copies": {"tablet": "a" * 64},
        "/api/sittings/{sitting}/copies/drop": {"tablet": "a" * 64},
        "/api/tablets/contact": {"tablet": "b" * 64},
        "/api/tablets/forget": {"tablet": "b" * 64},
        "/api/units/{unit}/register": {"document": {"id": "o1", "kind": "CV", "about": "Trả lời"}},
        "/api/units/{unit}/incoming": {"document": {
            "id": "a1", "sender": "UBND tỉnh", "symbol": "1/CV", "dated": "2026-01-02", "kind": "CV", "about": "Hỏi",
        }},
        "/api/units/{unit}/copies": {
            "id": "s1", "source": "incoming", "year": 2026, "kind": "CV", "number": 1, "form": "SY",
        },
        "/api/units/{unit}/register/{year}/{kind}/{number}/void": {"reason": "Nhầm"},
        "/api/units/{unit}/register/{year}/{kind}/{number}/annexes": {
            "annex": {"id": "p1", "name": "Phụ lục"}, "file": {"upload": "u", "secrecy": "none"},
        },
        "/api/sittings/{sitting}/archive": {"term": "permanent"},
        "/api/integrations": {"unit": "district", "name": "Phần mềm khác", "verbs": ["tree.see"]},
        "/api/integrations/{integration}/webhook": {"url": "https://a.example/x"},
        "/api/check": {"check": msgspec.to_builtins(GOOD)},
    }  # fmt: skip
    return bodies.get(route.path, {})


async def call(browser: Browser, route: Route, room: Room) -> int:
    names = {"sitting": room.sitting, "item": "i1", "unit": "district", "person": "member2", "office": "m-member3",
             "site": "site-district", "paper": "none", "upload": "u", "token": "x", "code": "ABCD-EFGH", "locale": "vi",
             "serial": "ff", "list": "0",
             "digest": "x", "template": "x", "task": "t1", "opinion": "o1", "place": "units",
             "sha256": "0" * 64, "id": str(uuid.UUID(int=1)), "page": "1", "size": "small", "kind": "zip",
             "tablet": "c" * 64, "register": "outgoing", "year": "2026", "number": "1",
             "integration": "none", "holder": "me", "agent": "none", "step": "none", "sheet": "X",
             "name": "x.pdf", "power": "none", "position": "1"}  # fmt: skip
    path = route.path.format(**names)
    if route.path.endswith(("/papers", "/api/verify")) and route.method == "POST":
        answer = await browser.post(
            f"{path}?secrecy=none&name=T", data=pdf(), headers={"Content-Type": "application/pdf"}
        )
    elif route.method == "GET":
        answer = await browser.get(path)
    else:
        answer = await browser.ask(route.method, path, body_of(route, room))
    return answer.status


async def prepared(node: Node, name: str) -> tuple[Browser, Room]:
    west = (Person(PersonId("west-technician"), "Ngô Văn Tây", "ong"),
            Membership("m-wt", PersonId("west-technician"), WEST, "technician", "Kỹ thuật", False))  # fmt: skip
    people, accounts = node.office.people, node.office.accounts
    from meetings.house import SYSTEM

    await people.put_people(SYSTEM, [west])
    for person in ("west-technician", "west-chair"):
        await accounts.open_account(node.committee.who["technician"], person, person)
    room = await node.opened(await node.planned(units=(EAST,)))
    person = KINDS[name].person
    return await node.signed_in(person) if person else await node.browser(), room


@pytest.mark.parametrize("name", KINDS)
async def test_no_route_opens_to_whom_it_is_not_for(node: Node, name: str) -> None:
    browser, room = await prepared(node, name)
    wrong, seen = [], 0
    last = ("DELETE", "/api/session")  # it ends the session that the others need
    for route in sorted(ROUTES, key=lambda route: (route.method, route.path) == last):
        status = await call(browser, route, room)
        seen += status < 300
        refused = status in (401, 403, 404) if KINDS[name].person else status == 401
        if status >= 500 or (not allowed(route, name) and not refused):
            wrong.append((route.method, route.path, status))
    assert wrong == [] and seen > 15  # pages and the like are open to all


async def test_each_right_opens_its_route_to_someone(node: Node) -> None:
    """A matrix that only refuses would pass the test above."""
    opened: set[tuple[str, str]] = set()
    _, room = await prepared(node, "chair")
    for name in ("chair", "secretary", "clerk", "technician", "nobody"):
        browser = await node.signed_in(KINDS[name].person) if KINDS[name].person else await node.browser()
        for route in ROUTES:
            if (route.method, route.path) != ("DELETE", "/api/session") and await call(browser, route, room) < 300:
                opened.add((route.method, route.path))
    shut = {f"{route.method} {route.path}" for route in ROUTES} - {f"{method} {path}" for method, path in opened}
    # What needs a secret, a closed sitting, or an end of one's own session; test_accounts and test_minutes open these.
    assert shut == {
        "POST /api/session", "DELETE /api/session", "POST /api/first", "POST /api/password", "POST /api/enrolment",
        "GET /papers/{token}", "GET /api/verify/{code}", "GET /api/sittings/{sitting}/minutes",
        "PUT /api/sittings/{sitting}/minutes", "POST /api/sittings/{sitting}/minutes/number",
        "GET /api/sittings/{sitting}/minutes/file", "POST /api/sittings/{sitting}/minutes/certificate",
        "POST /api/sittings/{sitting}/minutes/signature", "POST /api/sittings/{sitting}/minutes/refusal",
        # keys, tokens, agents: tests/meetings/signatories, tests/web/test_agent.py, test_timestamps.py
        "POST /api/sittings/{sitting}/minutes/token", "POST /api/kits/{holder}/pkcs12",
        "POST /api/kits/{holder}/certificate", "POST /api/kits/{holder}/end", "POST /api/agents/code",
        "POST /api/kits/{holder}/request", "POST /api/kits/{holder}/answer", "POST /api/kits/{holder}/token",
        "POST /api/kits/{holder}/picture", "DELETE /api/agents/{agent}", "POST /api/agents/pairing",
        "GET /api/agent", "POST /api/agent/certificates", "POST /api/agent/key", "GET /api/agent/job",
        "GET /api/agent/jobs/{step}/file", "POST /api/agent/jobs/{step}/signature",
        "POST /api/agent/jobs/{step}/refusal", "POST /api/sittings/{sitting}/minutes/handover",
        "DELETE /api/powers/{power}", "GET /handover/{token}/{name}", "POST /handover/{token}",
        "GET /api/sittings/{sitting}/minutes/receipts.zip", "GET /api/sittings/{sitting}/evidence.zip",
        "POST /api/push",  # where the settings have it: tests/web/test_push.py
        # a recording: tests/web/test_recordings.py
        "GET /api/sittings/{sitting}/recordings/{sha256}",
        # after the close: tests/meetings/sitting/test_outcomes.py, tests/meetings/proof/test_proof.py
        "GET /api/sittings/{sitting}/export.zip",
        "GET /api/sittings/{sitting}/conclusions", "POST /api/sittings/{sitting}/conclusions",
        "GET /api/sittings/{sitting}/conclusions/file", "GET /api/sittings/{sitting}/items/{item}/extract.pdf",
        "POST /api/sittings/{sitting}/previous-minutes",
        # files that are on their way, and what is made of them: tests/web/test_uploads.py
        "POST /api/uploads", "HEAD /api/uploads/{upload}", "PATCH /api/uploads/{upload}",
        "DELETE /api/uploads/{upload}", "POST /api/sittings/{sitting}/papers/{paper}/versions",
        "GET /api/sittings/{sitting}/papers/{paper}/changes",
        "GET /api/sittings/{sitting}/papers/{paper}/pages/{page}/{size}",  # tests/meetings/page_images
        "GET /api/sittings/{sitting}/papers/{paper}/receipts",  # tests/meetings/receipts
        "GET /api/sittings/{sitting}/papers/{paper}/comments",  # tests/meetings/sitting/test_paper_comments.py
        # one's own, on a paper: tests/meetings/annotations/test_annotations.py
        "GET /api/sittings/{sitting}/papers/{paper}/annotations",
        "PUT /api/sittings/{sitting}/papers/{paper}/annotations/{id}",
        "DELETE /api/sittings/{sitting}/papers/{paper}/annotations/{id}",
        # of documents that have a file: tests/meetings/register/test_documents.py
        "POST /api/units/{unit}/register/{year}/{kind}/{number}/annexes",
        "GET /api/units/{unit}/register/{year}/{kind}/{number}/annexes/{position}",
        "POST /api/units/{unit}/copies", "POST /api/units/{unit}/register/{year}/{kind}/{number}/void",
        "GET /api/units/{unit}/registers/{register}/{year}/{kind}/{number}/file",
        # once the minutes are circulated: tests/meetings/archive/test_archive.py
        "POST /api/sittings/{sitting}/archive", "GET /api/sittings/{sitting}/archive.zip",
        "PUT /api/integrations/{integration}/webhook", "DELETE /api/integrations/{integration}/webhook",
        "DELETE /api/integrations/{integration}",  # tests/meetings/integrations
        "DELETE /api/tablets/{tablet}",  # tests/meetings/tablets
        "POST /api/certificates/{serial}/revocation",  # tests/web/test_certificates.py
        "GET /api/search",  # for words: tests/web/test_search.py
        # of opinion ballots: tests/meetings/opinion/test_opinion.py
        "POST /api/opinions/{opinion}/papers", "GET /api/opinions/{opinion}/papers/{sha256}",
        "POST /api/opinions/{opinion}/answer", "POST /api/opinions/{opinion}/reminder",
        "POST /api/opinions/{opinion}/calling-off", "POST /api/opinions/{opinion}/count",
        "GET /api/opinions/{opinion}/sheet.pdf",
        "POST /api/opinions/{opinion}/report",
        # of tasks that follow from conclusions: tests/meetings/tasks/test_tasks.py
        "POST /api/sittings/{sitting}/items/{item}/tasks", "POST /api/tasks/{task}/acknowledgement",
        "POST /api/tasks/{task}/tasks", "POST /api/tasks/{task}/report",
        # by a deputy alone: tests/web/test_stage.py
        "POST /api/sittings/{sitting}/take-over",
        # what is done before a sitting opens: tests/web/test_post.py
        "POST /api/sittings/{sitting}/release", "PUT /api/sittings/{sitting}/details",
        "GET /api/sittings/{sitting}/invitation", "POST /api/sittings/{sitting}/substitute",
        "POST /api/sittings/{sitting}/units/{unit}/forward", "POST /api/sittings/{sitting}/units/{unit}/people",
        "GET /api/sittings/{sitting}/units/{unit}/people",  # where the call has reached it: tests/web/test_post.py
        # and what is a site's alone: tests/web/test_whip.py, tests/e2e/test_whip.py
        "POST /whip/{sitting}", "DELETE /whip/{sitting}/{site}",
        "POST /whep/{sitting}", "DELETE /whep/{sitting}/{site}",
    }  # fmt: skip
