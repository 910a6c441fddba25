"""Programs of others: what a token opens, what it never does, and the interface that they read.

meetings.integrations.actions, meetings.integrations.records, web.routes.integrations, web.openapi
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import msgspec
import pytest

from meetings.people import rights
from meetings.people.rights import INTEGRATES, Principal, Thing
from meetings.sitting import commands as c
from store.errors import Denied, Missing, Refused
from tests.kit.node import Answer, Browser, Node, pdf
from web import openapi
from web.routes import all_routes

ALL = tuple(sorted(INTEGRATES))
LETTER = {"id": "a1", "sender": "UBND tỉnh", "symbol": "12/UBND", "dated": "2026-01-02", "kind": "CV", "about": "Hỏi"}


def administrator(node: Node) -> Principal:
    """Who answers for all of the unit."""
    return dataclasses.replace(node.committee.who["technician"], grants={"administrator": frozenset({"district"})})


async def given(
    node: Node, verbs: tuple[str, ...] = ALL, unit: str = "district"
) -> tuple[Browser, dict[str, str], str]:
    """A program without any cookie, the header with its token, its id."""
    made = await node.office.integrations.make(administrator(node), unit, "Phần mềm quản lý văn bản", verbs)
    return await node.browser(), {"Authorization": f"Bearer {made.token}"}, made.id


async def post(program: Browser, header: dict[str, str], path: str, body: dict[str, Any]) -> Answer:
    data = msgspec.json.encode(body)
    return await program.post(path, data=data, headers=header | {"Content-Type": "application/json"})


async def test_a_program_does_what_it_was_given_at_its_unit_under_its_own_name(node: Node) -> None:
    program, header, id_ = await given(node)
    made = await post(program, header, "/api/units/district/incoming", {"document": LETTER})
    assert (made.status, made.body["number"]) == (200, 1)
    assert (await program.get("/api/units/district/incoming", headers=header)).body[0]["symbol"] == "12/UBND"
    assert (await program.get("/api/tree", headers=header)).status == 200
    room = await node.planned()
    path = f"/api/sittings/{room.sitting}/items/i1/papers?secrecy=none&name=T"
    sent = await program.post(path, data=pdf(), headers=header | {"Content-Type": "application/pdf"})
    assert sent.status == 200 and [paper.name for paper in room.state.papers] == ["T"]
    [row] = await node.office.integrations.listed(node.committee.who["technician"])
    assert (row.id, row.seen > 0, row.ended) == (id_, True, 0)


async def test_and_nothing_else(node: Node) -> None:
    program, header, _ = await given(node, ("register.see",))
    assert (await program.get("/api/units/district/register", headers=header)).status == 200
    room = await node.opened()
    for path in ("/api/units/province/register", "/api/tree", "/api/desk", "/api/search?q=a", "/api/acts", "/api/sites",
                 f"/api/sittings/{room.sitting}/pack.pdf", f"/api/sittings/{room.sitting}/export.zip"):  # fmt: skip
        assert (await program.get(path, headers=header)).status == 403, path
    assert (await post(program, header, "/api/units/district/incoming", {"document": LETTER})).status == 403
    assert (
        await post(program, header, "/api/integrations", {"unit": "district", "name": "x", "verbs": ALL})
    ).status == 403
    token = Principal("token", "t", {verb: frozenset({"district"}) for verb in rights.VERBS}, "T")
    everybody = {role: frozenset({"t"}) for role in ("chair",)}
    for verb in set(rights.VERBS) - INTEGRATES:
        if rights.VERBS[verb] != rights.ANYONE:  # whatever stands in its grants
            assert not rights.may(token, verb, Thing("district", {"t": frozenset(everybody)})), verb
    with pytest.raises(Denied):
        await room.ask(token, c.CheckIn())


async def test_a_token_that_is_wrong_or_was_withdrawn_opens_nothing(node: Node) -> None:
    program, header, id_ = await given(node)
    technician = node.committee.who["technician"]
    for other in ("chair", "secretary", "member1"):
        with pytest.raises(Denied):
            await node.office.integrations.end(node.committee.who[other], id_)
    await node.office.integrations.end(technician, id_)
    for token in (header["Authorization"], "Bearer bacap_x", "Bearer bacap_"):
        answer = await program.get("/api/units/district/register", headers={"Authorization": token})
        assert (answer.status, answer.code) == (401, "token-unknown")
    with pytest.raises(Missing, match="no-such-integration"):
        await node.office.integrations.end(technician, "none")
    acts = [event.kind for event in await node.office.people.acts(technician)]
    assert acts[:2] == ["integration-ended", "integration-made"]


async def test_only_what_may_be_given_is_given_by_who_administers_the_unit(node: Node) -> None:
    make, who = node.office.integrations.make, node.committee.who
    for verbs in ((), ("sitting.preside",), ("register.see", "people.change")):
        with pytest.raises(Refused, match="field-wrong"):
            await make(administrator(node), "district", "X", verbs)
    with pytest.raises(Denied):  # a technician sees no registers, and cannot let a program see them
        await make(who["technician"], "district", "X", ("register.see",))
    with pytest.raises(Denied):
        await make(who["chair"], "district", "X", ("tree.see",))
    with pytest.raises(Refused, match="field-needed"):
        await make(who["technician"], "district", " ", ("tree.see",))


async def test_the_interface_is_told_whole(node: Node) -> None:
    told = (await (await node.browser()).get("/api/openapi.json")).body
    assert told["openapi"] == "3.1.0"
    routes = {(route.path, route.method.lower()) for route in all_routes(demonstration_too=False)}
    served = {(path, method) for path, operations in told["paths"].items() for method in operations}
    assert served == {(path, method) for path, method in routes if path.startswith(("/api/", "/papers/"))}
    schemas = told["components"]["schemas"]
    named = set(re.findall(r'#/components/schemas/([^"]+)"', json.dumps(told)))
    assert named <= set(schemas) and "Refusal" in named
    names = [operation["operationId"] for operations in told["paths"].values() for operation in operations.values()]
    assert len(set(names)) == len(names)
    for path, operations in told["paths"].items():
        for operation in operations.values():
            named_there = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
            assert named_there == re.findall(r"{(\w+)}", path)
            assert operation["x-right"] in rights.VERBS and "default" in operation["responses"]
    asked = told["paths"]["/api/units/{unit}/incoming"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert asked == {"$ref": "#/components/schemas/NewIncoming"}
    assert set(schemas["NewIncoming"]["properties"]) == {"document", "file"}
    year = [one["name"] for one in told["paths"]["/api/units/{unit}/register"]["get"]["parameters"]]
    assert year == ["unit", "year"]
    assert told["paths"]["/api/desk"]["get"]["security"] == [{"session": []}], "no token is good there"
    assert openapi.made("1") != openapi.made("2")


async def test_what_a_sitting_made_is_not_to_be_had_through_the_register(node: Node) -> None:
    program, header, _ = await given(node)
    room = await node.opened()
    await node.signed_minutes(room)
    year, path = room.state.minutes.day[:4], "/api/units/district/registers/outgoing"
    listed = (await program.get(f"/api/units/district/register?year={year}", headers=header)).body
    assert [row["symbol"] for row in listed if row["kind"] == "BB"] == ["01/BB-UBND"]
    for who, status in ((None, 403), ("secretary", 200), ("east-chair", 403)):
        browser = program if who is None else await node.signed_in(who)
        given_ = {"headers": header} if who is None else {}
        assert (await browser.get(f"{path}/{year}/BB/1/file", **given_)).status == status, who
