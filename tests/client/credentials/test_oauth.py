"""When an app's tokens are refreshed, and how often."""

import anyio
import httpx2
import pytest

from thinkific_mcp.client.credentials import FileTokens, OAuth, Tokens
from thinkific_mcp.errors import CredentialsError, SettingsError, UnreachableError
from thinkific_mcp.sandbox import Sandbox

from .conftest import FIRST, NOW, SIGN_IN, Clock, Wire, app, bearer, nothing, reads

LIFE = 86_399


async def test_a_refresh_token_is_all_that_it_takes_to_start(http: httpx2.AsyncClient, file: FileTokens) -> None:
    assert await reads(app(file), http) == 200


async def test_what_a_refresh_gave_is_stored(http: httpx2.AsyncClient, file: FileTokens) -> None:
    access_token = await bearer(app(file), http)
    assert file.load() == Tokens(f"{FIRST}-1", access_token, NOW + LIFE)


async def test_a_stored_access_token_is_used_by_the_next_process(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    access_token = await bearer(app(file), http)
    assert (await bearer(app(file), http), wire.used) == (access_token, [FIRST])


async def test_twenty_calls_that_wait_cause_one_refresh(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    wire.before = anyio.lowlevel.checkpoint
    statuses: list[int] = []
    credentials = app(file)

    async def call() -> None:
        statuses.append(await reads(credentials, http))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(call)
    assert (statuses, wire.used) == ([200] * 20, [FIRST])


async def test_twenty_calls_that_were_refused_cause_one_refresh(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, sandbox: Sandbox, clock: Clock
) -> None:
    wire.before = anyio.lowlevel.checkpoint
    credentials = app(file, clock)
    refused = await credentials.headers(http)
    clock.now += 600
    sandbox.tokens.expire_all()
    renewed: list[bool] = []

    async def call() -> None:
        renewed.append(await credentials.renew(http, refused))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(call)
    assert (renewed, wire.used) == ([True] * 20, [FIRST, f"{FIRST}-1"])
    assert await reads(credentials, http) == 200


@pytest.mark.parametrize(("seconds_left", "refreshes"), [(61, 1), (60, 2), (-1, 2)])
async def test_an_access_token_is_refreshed_a_minute_before_its_end(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, clock: Clock, seconds_left: int, refreshes: int
) -> None:
    credentials = app(file, clock)
    await bearer(credentials, http)
    clock.now += LIFE - seconds_left
    assert (await reads(credentials, http), len(wire.used)) == (200, refreshes)


async def test_a_token_that_was_just_given_and_is_refused_is_not_refreshed_again(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, sandbox: Sandbox, clock: Clock
) -> None:
    credentials = app(file, clock)
    await bearer(credentials, http)
    sandbox.tokens.expire_all()
    clock.now += 59
    assert (await reads(credentials, http), len(wire.used)) == (401, 1)
    clock.now += 1
    assert (await reads(credentials, http), len(wire.used)) == (200, 2)


async def test_what_another_process_stored_is_used_instead_of_a_refresh(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, clock: Clock
) -> None:
    one, other = app(file, clock), app(file, clock)
    await bearer(one, http)
    await bearer(other, http)
    clock.now += LIFE
    assert await bearer(one, http) == await bearer(other, http)
    assert len(wire.used) == 2


async def test_what_another_process_stored_is_used_after_a_401(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, sandbox: Sandbox, clock: Clock
) -> None:
    one, other = app(file, clock), app(file, clock)
    for credentials in (one, other):
        await bearer(credentials, http)
    clock.now += 600
    sandbox.tokens.expire_all()
    assert [await reads(credentials, http) for credentials in (one, other)] == [200, 200]
    assert len(wire.used) == 2


async def test_while_another_renews_its_tokens_are_waited_for(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    wire.before = anyio.lowlevel.checkpoint
    given: list[str] = []

    async def call() -> None:
        given.append(await bearer(app(file), http))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(call)
    assert (given, wire.used) == (["sandbox-access-1"] * 5, [FIRST])


async def test_while_another_renews_after_a_401_its_tokens_are_waited_for(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, sandbox: Sandbox, clock: Clock
) -> None:
    several = [app(file, clock) for _ in range(5)]
    for credentials in several:
        await bearer(credentials, http)
    wire.before = anyio.lowlevel.checkpoint
    clock.now += 600
    sandbox.tokens.expire_all()
    statuses: list[int] = []

    async def call(credentials: OAuth) -> None:
        statuses.append(await reads(credentials, http))

    async with anyio.create_task_group() as tasks:
        for credentials in several:
            tasks.start_soon(call, credentials)
    assert (statuses, wire.used) == ([200] * 5, [FIRST, f"{FIRST}-1"])


async def test_calls_that_wait_for_one_refresh_share_its_failure(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    async def break_off() -> None:
        await anyio.wait_all_tasks_blocked()
        raise httpx2.ReadError("reset")

    wire.before = break_off
    credentials = app(file)

    async def call() -> None:
        with pytest.raises(UnreachableError):
            await bearer(credentials, http)

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(call)
    assert wire.used == [FIRST]


async def test_where_a_person_signed_in_while_the_old_token_was_refused_the_new_one_is_used(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens, sandbox: Sandbox
) -> None:
    async def sign_in() -> None:
        wire.before = nothing
        file.path.write_text(FIRST)

    file.save(Tokens("guessed"))
    wire.before = sign_in
    assert (await reads(app(file), http), wire.used) == (200, ["guessed", FIRST])
    assert [request.status for request in sandbox.requests] == [200]


async def test_a_good_access_token_is_used_while_another_process_refreshes(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    file.save(Tokens(FIRST, "good", NOW + LIFE, refreshing=True))
    assert (await bearer(app(file), http), wire.used) == ("good", [])


async def test_a_refresh_token_that_is_refused_asks_a_person_to_sign_in(
    http: httpx2.AsyncClient, file: FileTokens
) -> None:
    file.save(Tokens("guessed"))
    with pytest.raises(CredentialsError, match="it was used already, or taken back") as caught:
        await bearer(app(file), http)
    assert SIGN_IN in str(caught.value) and "cut off" not in str(caught.value)
    assert (caught.value.status, file.load()) == (400, Tokens("guessed"))


async def test_a_refresh_token_that_was_refused_is_not_sent_again(
    http: httpx2.AsyncClient, wire: Wire, file: FileTokens
) -> None:
    file.save(Tokens("guessed"))
    credentials = app(file)
    for _ in range(3):
        with pytest.raises(CredentialsError, match=SIGN_IN):
            await bearer(credentials, http)
    assert wire.used == ["guessed"]


async def test_after_a_person_signed_in_again_everything_goes_on(
    http: httpx2.AsyncClient, file: FileTokens
) -> None:
    file.save(Tokens("guessed"))
    credentials = app(file)
    with pytest.raises(CredentialsError):
        await bearer(credentials, http)
    file.path.write_text(FIRST)
    assert await reads(credentials, http) == 200


async def test_an_app_that_is_not_known_keeps_its_refresh_token(
    http: httpx2.AsyncClient, file: FileTokens
) -> None:
    stranger = OAuth("sandbox", "sandbox", "guessed", file, now=lambda: NOW)
    with pytest.raises(CredentialsError, match="THINKIFIC_CLIENT_ID and THINKIFIC_CLIENT_SECRET") as caught:
        await bearer(stranger, http)
    assert (caught.value.status, file.load()) == (401, Tokens(FIRST))
    assert await reads(app(file), http) == 200


async def test_before_anyone_signed_in_it_is_said_what_to_do(http: httpx2.AsyncClient, file: FileTokens) -> None:
    file.path.unlink()
    with pytest.raises(SettingsError, match="There is no refresh token for sandbox"):
        await bearer(app(file), http)


@pytest.mark.parametrize("subdomain", ["evil.example/", "a.b", "a@b", "", "-a", "a\n", "a" * 64, "ä"])
def test_what_is_no_subdomain_never_becomes_part_of_an_address(file: FileTokens, subdomain: str) -> None:
    with pytest.raises(SettingsError, match=r"should be the my-school of my-school\.thinkific\.com"):
        OAuth(subdomain, "id", "secret", file)


def test_credentials_name_their_site_and_nothing_else(file: FileTokens) -> None:
    credentials = OAuth("My-School", "id-7313", "s3cret-7313", file)
    assert (credentials.site, f"{credentials!r}", f"{credentials}") == (
        "my-school",
        "OAuth('my-school')",
        "OAuth('my-school')",
    )
