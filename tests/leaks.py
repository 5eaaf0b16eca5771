"""Secrets and students' data that must not get out, and where they could."""

import traceback
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

KEY = "apikeys3cret"
TOKEN = "accesstokens3cret"
REFRESH_TOKEN = "refreshtokens3cret"
CLIENT_SECRET = "clients3cret"
PASSWORD = "passwords3cret"
REDIS_PASSWORD = "rediss3cret"
SECRETS = (
    KEY,
    TOKEN,
    REFRESH_TOKEN,
    CLIENT_SECRET,
    PASSWORD,
    REDIS_PASSWORD,
    b64encode(f"app:{CLIENT_SECRET}".encode()).decode(),
)

EMAIL = "emails3cret@example.com"
EXTERNAL_ID = "externals3cret"
NAME = "Names3cret"
# In an address an @ is encoded, and what stands before it is not.
PERSONAL = (EMAIL.partition("@")[0], EXTERNAL_ID, NAME)

CALLS: Mapping[str, dict[str, Any]] = {
    "list_users": {"email": EMAIL},
    "get_user": {"user_id": EXTERNAL_ID, "provider": "SSO"},
    "create_user": {
        "first_name": NAME,
        "last_name": "Park",
        "email": EMAIL,
        "password": PASSWORD,
        "external_id": EXTERNAL_ID,
    },
    "update_user": {"user_id": EXTERNAL_ID, "provider": "SSO", "email": EMAIL, "password": PASSWORD},
}
"""Tools by name, with arguments that nobody else should read."""


def leaked(text: str, *, but: Iterable[str] = ()) -> list[str]:
    """Return what must not stand in a text and does.

    Args:
        text: what gets out.
        but: what may stand there.
    """
    return [word for word in (*SECRETS, *PERSONAL) if word in text and word not in but]


def repeated(headers: Mapping[str, str], address: str, body: bytes) -> str:
    """Return what a careless server says of a request: all of it, and of a student."""
    account = [headers.get(name, "") for name in ("X-Auth-API-Key", "Authorization")]
    return " ".join([NAME, *account, body.decode(), address])


def told(error: BaseException) -> str:
    """Return every text of an error and of all that it came from, shown or not."""
    texts = traceback.format_exception(error)
    for one in _all_of(error):
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
    return "\n".join(texts)


def _all_of(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is other for other in seen):
            continue
        seen.append(one)
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", one).exceptions
