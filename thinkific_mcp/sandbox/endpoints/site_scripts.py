"""Site scripts: code that an app puts on the pages of a school."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from thinkific_mcp.sandbox.endpoints.codes import CROCKFORD, codes, unused
from thinkific_mcp.sandbox.endpoints.refusals import BLANK, blanks, refuse, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Resource, Row, changes
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

CLIENT_SECRET = b"sandbox"
APP_DOMAINS = ("example.com", "example.org", "example.net")
SIGNATURE_HEADER = "hmac-sha256-signature"
COLUMNS = ("name", "description", "page_scopes", "location", "load_method", "category")
SOURCES = ("src", "content")


def _script(_school: School, row: Row) -> Row:
    return row | {"page_scopes": json.loads(row["page_scopes"])}


SITE_SCRIPTS = Resource("site_scripts", "SELECT * FROM site_scripts", _script)


def get(school: School, call: Call) -> Answer:
    """Answer a script, in the wrapping of the documented examples that the schema does not have."""
    return Answer(200, _wrapped(school, call.path["id"]))


def create(school: School, call: Call) -> Answer:
    """Create a script from a source on the app's domain, or from signed content."""
    _refuse_errors(call.body)
    sources = _sent_sources(call.body)
    if len(sources) != 1:
        raise _sources_refusal()
    _refuse_sources(sources, call.headers)
    now = school.stamp()
    row_id = _new_id(school)
    columns = changes(call.body, COLUMNS) | sources
    school.insert("site_scripts", id=row_id, created_at=now, updated_at=now, **columns)
    return Answer(201, _wrapped(school, row_id))


def update(school: School, call: Call) -> Answer:
    """Change a script; sending a source replaces content, and the other way round."""
    SITE_SCRIPTS.require(school, call.path["id"])
    _refuse_errors(call.body)
    sources = _sent_sources(call.body)
    if len(sources) > 1:
        raise _sources_refusal()
    _refuse_sources(sources, call.headers)
    columns = changes(call.body, COLUMNS)
    if sources:
        columns |= dict.fromkeys(SOURCES) | sources
    school.update("site_scripts", call.path["id"], updated_at=school.stamp(), **columns)
    return Answer(204)


def _wrapped(school: School, row_id: str) -> Row:
    return {"site_script": SITE_SCRIPTS.answer(school, row_id)}


def _new_id(school: School) -> str:
    """Make a ULID: the time in milliseconds, then what tells scripts of the same time apart."""
    milliseconds = int(school.now().timestamp() * 1000)
    time = "".join(CROCKFORD[milliseconds >> shift & 31] for shift in range(45, -1, -5))
    candidates = (time + code for code in codes(f"site_scripts/{time}", CROCKFORD, 16))
    return next(unused(school, "site_scripts", "id", candidates))


def _sent_sources(body: Mapping[str, Any]) -> dict[str, str]:
    return {name: body[name] for name in SOURCES if body.get(name)}


def _refuse_errors(body: Mapping[str, Any]) -> None:
    errors = blanks(body, "name", "description")
    if body.get("page_scopes") == []:
        errors["page_scopes"] = [BLANK]
    refuse(errors)


def _refuse_sources(sources: Mapping[str, str], headers: Mapping[str, str]) -> None:
    if "src" in sources and not _is_on_app_domain(sources["src"]):
        raise unprocessable({"base": ["src must be on the app's domain"]})
    if "content" in sources:
        signature = headers.get(SIGNATURE_HEADER)
        if signature is None:
            raise unprocessable({"base": ["Missing header `HMAC-SHA256-SIGNATURE`"]})
        expected = hmac.new(CLIENT_SECRET, sources["content"].encode(), sha256).hexdigest()
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise unprocessable({"base": ["Invalid header `HMAC-SHA256-SIGNATURE`"]})


def _is_on_app_domain(src: str) -> bool:
    try:
        url = urlsplit(src)
        host = url.hostname or ""
    except ValueError:
        return False
    return url.scheme in ("http", "https") and any(
        host == domain or host.endswith(f".{domain}") for domain in APP_DOMAINS
    )


def _sources_refusal() -> Exception:
    return unprocessable({"base": ["must provide one of: src or content"]})
