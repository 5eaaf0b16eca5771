import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from thinkific_mcp.sandbox import DataFileError, Sandbox
from thinkific_mcp.sandbox.school import School

from .conftest import HEADERS, NOW


async def test_the_api_is_found_under_thinkifics_path(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/api/public/v1/courses")).status_code == 200


async def test_the_api_is_found_at_the_root(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/courses")).status_code == 200


async def test_an_answer_is_typed_as_json(client: httpx2.AsyncClient) -> None:
    response = await client.get("/courses")
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_an_update_answers_without_a_body(client: httpx2.AsyncClient) -> None:
    body = {"name": "A", "description": "B", "slug": "a-new-slug"}
    response = await client.put("/collections/1", json=body)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers


async def test_a_wrong_method_is_answered_with_the_allowed_ones(client: httpx2.AsyncClient) -> None:
    response = await client.patch("/courses")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


async def test_what_a_request_changed_stays(client: httpx2.AsyncClient) -> None:
    created = (await client.post("/groups", json={"name": "Night bakers"})).json()
    assert (await client.get(f"/groups/{created['id']}")).json()["name"] == "Night bakers"


async def test_a_refused_request_changes_nothing(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    before = sandbox.school.values("SELECT id FROM groups")
    await client.post("/groups", json={"name": ""})
    assert sandbox.school.values("SELECT id FROM groups") == before


async def test_an_error_of_the_sandbox_itself_takes_the_request_back(
    client: httpx2.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.school.db.execute("DROP TABLE coupons")
    with pytest.raises(sqlite3.OperationalError):
        await client.get("/coupons?promotion_id=1")
    assert (await client.get("/courses")).status_code == 200


async def test_the_contract_is_served(client: httpx2.AsyncClient) -> None:
    contract = (await client.get("/openapi.json")).json()
    assert "429" in contract["paths"]["/courses"]["get"]["responses"]


async def test_the_sandbox_tells_that_it_is_up(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/_sandbox/health")).json() == {"status": "ok"}


async def test_a_request_is_recorded(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.post("/groups", json={"name": "Night bakers"})
    record = sandbox.requests[-1]
    assert (record.method, record.path, record.operation) == ("POST", "/groups", "POST /groups")
    assert (record.body, record.status, record.violations) == ({"name": "Night bakers"}, 200, ())


async def test_a_request_is_recorded_with_its_arrival(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/courses")
    assert sandbox.requests[-1].arrived == NOW.timestamp()


async def test_an_arrival_is_told_to_the_millisecond() -> None:
    sandbox = Sandbox(students=1)
    transport = httpx2.ASGITransport(sandbox)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS) as client:
        before = time.time()
        for _ in range(3):
            await client.get("/courses")
        items = (await client.get("/_sandbox/requests")).json()["items"]
    sandbox.close()
    moments = [before, *(item["arrived"] for item in items), time.time()]
    assert moments == sorted(set(moments))


async def test_a_query_is_recorded_decoded_and_in_order(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/users?query%5Bemail%5D=a%2Bb%40example.com&page=1")
    assert sandbox.requests[-1].query == [("query[email]", "a+b@example.com"), ("page", "1")]


async def test_credentials_are_recorded_only_as_correct(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/courses")
    record = sandbox.requests[-1]
    assert record.credentials == "correct"
    assert record.headers["x-auth-api-key"] is None
    assert record.headers["user-agent"] == "tests/1"


@pytest.mark.parametrize(("token", "credentials"), [("Bearer no", "wrong"), ("Bearer sandbox", "correct")])
async def test_a_token_is_recorded_only_as_right_or_wrong(
    client: httpx2.AsyncClient, sandbox: Sandbox, token: str, credentials: str
) -> None:
    await client.get("/courses", headers={"Authorization": token})
    assert sandbox.requests[-1].credentials == credentials


async def test_violations_are_gathered(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/courses?size=1")
    await client.get("/courses")
    assert sandbox.violations == ["GET /courses: query size: additionalProperties"]


async def test_recorded_requests_are_served(client: httpx2.AsyncClient) -> None:
    await client.get("/courses")
    items = (await client.get("/_sandbox/requests")).json()["items"]
    assert [item["operation"] for item in items] == ["GET /courses"]


async def test_recorded_requests_can_be_forgotten(client: httpx2.AsyncClient, sandbox: Sandbox) -> None:
    await client.get("/courses")
    assert (await client.delete("/_sandbox/requests")).status_code == 204
    assert len(sandbox.requests) == 0


def test_a_data_file_keeps_the_school(tmp_path: Path) -> None:
    first = Sandbox(tmp_path / "school.db", students=3)
    first.school.insert("groups", name="Kept", token="t", created_at=first.school.stamp())
    first.close()
    second = Sandbox(tmp_path / "school.db", students=3)
    assert "Kept" in second.school.values("SELECT name FROM groups")
    second.close()


def test_a_data_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "notes.txt"
    data.write_text("Bread needs flour, water, salt and patience. " * 40)
    with pytest.raises(DataFileError, match=r"notes\.txt"):
        Sandbox(data)


def test_a_data_file_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="unable to open"):
        Sandbox(tmp_path / "missing" / "school.db")


def test_a_data_file_of_another_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "school.db"
    school = School(data)
    school.db.execute("PRAGMA user_version = 99")
    school.close()
    with pytest.raises(DataFileError, match="version 99"):
        Sandbox(data)


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "other.db"
    other = sqlite3.connect(data)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(DataFileError, match=r"other\.db"):
        Sandbox(data)


def test_a_database_of_something_else_in_the_same_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "other.db"
    other = sqlite3.connect(data)
    other.executescript("CREATE TABLE groups (id INTEGER PRIMARY KEY); PRAGMA user_version = 1")
    other.close()
    with pytest.raises(DataFileError, match="something else"):
        Sandbox(data)


async def test_a_data_file_in_use_fails_the_request_and_not_the_sandbox(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "school.db", students=3)
    sandbox.school.db.execute("PRAGMA busy_timeout = 1")
    transport = httpx2.ASGITransport(sandbox)
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox", headers=HEADERS) as client:
        other = sqlite3.connect(tmp_path / "school.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        assert (await client.get("/courses")).status_code == 503
        other.close()
        assert (await client.get("/courses")).status_code == 200
    sandbox.close()


def test_several_processes_that_start_on_a_new_file_share_one_school(tmp_path: Path) -> None:
    def visit(_: int) -> int:
        sandbox = Sandbox(tmp_path / "school.db", students=20)
        try:
            return sandbox.school.value("SELECT count(*) FROM users")
        finally:
            sandbox.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(visit, range(4))) == {32}
