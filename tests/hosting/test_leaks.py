"""What a process logs when it is asked to log everything."""

import pytest

from ..server.asking import Person, told
from ..server.conftest import ERAS, Era, text_of
from .agents import agent
from .conftest import Start
from .schools import Schools


@pytest.mark.parametrize("era", ERAS)
async def test_no_student_and_no_key_stands_in_any_log_line(era: Era, start: Start, schools: Schools) -> None:
    school = schools.of["site-01"]
    (replica,) = start(1, THINKIFIC_LOG_LEVEL="DEBUG")
    async with agent(replica.address, school.name, school.keys[0], era, Person()) as client:
        assert "@site-01" in text_of(await client.call_tool("list_users", {"email": "1@site-01"}))
        shown = await client.call_tool("delete_coupon", {"coupon_id": 7})
        missing = await client.call_tool("get_course", {"course_id": 99_999})
    assert missing.is_error
    said = replica.said()
    assert "list_users: done" in said and "delete_coupon: " in said
    for secret in ("@site-01", "SITE-01-7", school.keys[0], told(shown).get("code", "@site-01")):
        assert secret not in said
