"""Signing in: what lets a person in, what keeps others out. meetings.people.accounts"""

from __future__ import annotations

import pyotp
import pytest

from meetings.people import passwords
from store.errors import Denied, Refused
from tests.kit.committee import Committee

PASSWORD = "nắng lên trên đồi"


async def open_account(committee: Committee, person: str) -> None:
    token = await committee.accounts.open_account(committee.who["technician"], person, person)
    await committee.accounts.set_password(token, PASSWORD)


def code(committee: Committee, secret: str) -> str:
    return pyotp.TOTP(secret).at(committee.house.now_ms() // 1000)


async def sign_in(committee: Committee, login: str, password: str = PASSWORD, digits: str = "") -> str:
    session = await committee.accounts.sign_in(login, password, digits, "10.0.0.9", "test")
    return session.token


async def refused(awaitable: object) -> Refused:
    with pytest.raises(Refused) as caught:
        await awaitable  # type: ignore[misc]
    return caught.value


async def test_a_member_signs_in_with_a_password_and_out_again(committee: Committee) -> None:
    await open_account(committee, "member1")
    token = await sign_in(committee, "Member1")
    session = await committee.accounts.session(token)
    assert session is not None and session.principal.id == "member1"
    await committee.accounts.sign_out(token)
    assert await committee.accounts.session(token) is None


async def test_a_secretary_needs_the_second_factor_and_a_code_is_good_once(committee: Committee) -> None:
    await open_account(committee, "secretary")
    first = await refused(sign_in(committee, "secretary"))
    assert first.code == "code-set-up"
    secret = str(first.params["secret"])
    digits = code(committee, secret)
    assert (await refused(sign_in(committee, "secretary", digits="000000"))).code == "code-wrong"
    assert await sign_in(committee, "secretary", digits=digits)
    assert (await refused(sign_in(committee, "secretary"))).code == "code-needed"
    assert (await refused(sign_in(committee, "secretary", digits=digits))).code == "code-wrong"
    committee.house.world.step(passwords.STEP_S * 1000)  # type: ignore[attr-defined]
    assert await sign_in(committee, "secretary", digits=code(committee, secret))


async def test_wrong_passwords_make_one_wait(committee: Committee) -> None:
    await open_account(committee, "member1")
    for _ in range(passwords.FREE_TRIES):
        assert (await refused(sign_in(committee, "member1", "wrong"))).code == "sign-in-wrong"
    assert (await refused(sign_in(committee, "member1"))).code == "too-many-tries"
    committee.house.world.step(2000)  # type: ignore[attr-defined]
    assert await sign_in(committee, "member1")


async def test_an_unknown_login_is_answered_like_a_wrong_password(committee: Committee) -> None:
    assert (await refused(sign_in(committee, "nobody"))).code == "sign-in-wrong"


async def test_a_link_works_once_and_ends_old_sessions(committee: Committee) -> None:
    await open_account(committee, "member1")
    token = await sign_in(committee, "member1")
    link = await committee.accounts.open_account(committee.who["technician"], "member1", "member1")
    await committee.accounts.set_password(link, "một mật khẩu mới")
    assert await committee.accounts.session(token) is None
    assert (await refused(committee.accounts.set_password(link, PASSWORD))).code == "link-used"


async def test_a_guessable_password_is_refused_and_the_link_stays_good(committee: Committee) -> None:
    link = await committee.accounts.open_account(committee.who["technician"], "member1", "member1")
    for weak in ("short", "member1-member1", "aaaaaaaaaaaa"):
        assert (await refused(committee.accounts.set_password(link, weak))).code.startswith("password-")
    await committee.accounts.set_password(link, PASSWORD)


async def test_a_closed_account_is_out_at_once(committee: Committee) -> None:
    await open_account(committee, "member1")
    token = await sign_in(committee, "member1")
    await committee.accounts.close_account(committee.who["technician"], "member1")
    assert await committee.accounts.session(token) is None
    assert (await refused(sign_in(committee, "member1"))).code == "sign-in-wrong"


async def test_only_those_who_keep_people_open_accounts(committee: Committee) -> None:
    with pytest.raises(Denied):
        await committee.accounts.open_account(committee.who["member1"], "member2", "m2")


async def test_one_click_sign_in_exists_only_in_a_demonstration(committee: Committee) -> None:
    with pytest.raises(Denied):
        await committee.accounts.begin_demonstration("chair", "test")
    committee.house.demonstration = True
    assert (await committee.accounts.begin_demonstration("chair", "test")).token


async def test_the_first_administrator_comes_by_the_consoles_link(committee: Committee) -> None:
    accounts = committee.accounts
    link = await accounts.first_link()
    await accounts.create_administrator(link, "Nguyễn Quản Trị", "admin", PASSWORD, "")
    assert not await accounts.needs_first()
    again = await refused(accounts.create_administrator(link, "Người Khác", "other", PASSWORD, ""))
    assert again.code == "link-used"
    assert (await refused(sign_in(committee, "admin"))).code == "code-set-up"
