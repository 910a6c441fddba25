"""A grown installation: the whole node on PostgreSQL, Redis and S3, by settings alone."""

from __future__ import annotations

import uuid
from pathlib import Path

from tests.conftest import new_postgres_database
from tests.kit.node import pdf, plant, running


async def test_a_sitting_runs_from_plan_to_signed_minutes_on_grown_back_ends(
    tmp_path: Path, postgres_server: str, redis_server: str, s3_server: str
) -> None:
    grown = {
        "database": await new_postgres_database(postgres_server),
        "bus": redis_server,
        "blobs": f"s3://papers/{uuid.uuid4().hex}",
        "s3_endpoint": s3_server, "s3_access_key": "testing", "s3_secret_key": "testing",
    }  # fmt: skip
    await plant(tmp_path, **grown)
    async with running(tmp_path, **grown) as node:
        browser, room, data = await node.signed_in("secretary"), await node.planned(), pdf(2)
        sent = await browser.post(
            f"/api/sittings/{room.sitting}/items/i1/papers?secrecy=none&name=T",
            data=data,
            headers={"Content-Type": "application/pdf"},
        )
        assert sent.status == 200, sent.body
        async with browser.channel() as line:
            paper = room.state.papers[0].id
            told = await line.ask("fetch", "fetched", id="f", sitting=room.sitting, paper=paper)
        assert (await browser.get(told["url"])).data == data
        await node.voted(await node.opened(room))
        signed = await node.signed_minutes(room)
        judged = await node.office.signing.verify(signed)
        assert judged.state == "valid" and len(judged.signatures) == 3
    async with running(tmp_path, **grown) as node:  # the next start finds everything
        again = await node.office.rooms.get(room.sitting)
        assert again.state == room.state and again.state.minutes.step == "signed"
        assert await node.office.house.blobs.load(again.state.minutes.pdf) == signed
    assert not list(tmp_path.glob("**/*.db")) and not list(tmp_path.glob("blobs/*"))
