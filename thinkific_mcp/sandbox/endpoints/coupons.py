"""Coupons: the codes of promotions."""

from itertools import islice
from typing import Any

from thinkific_mcp.sandbox.endpoints.codes import CROCKFORD, codes, unused
from thinkific_mcp.sandbox.endpoints.promotions import PROMOTIONS
from thinkific_mcp.sandbox.endpoints.refusals import TAKEN, blanks, refuse, unprocessable
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, changes
from thinkific_mcp.sandbox.endpoints.storable import whole_number
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call

COLUMNS = ("code", "note", "quantity")
CODE_LENGTH = 8
LONGEST_CODE = 255

COUPONS = Resource(
    "coupons",
    "SELECT id, code, note, quantity_used, quantity, promotion_id, created_at FROM coupons",
)


def list_coupons(school: School, call: Call) -> Answer:
    """Answer the coupons of a promotion."""
    promotion_id = _promotion_id(school, call)
    return COUPONS.page(school, call, Condition("promotion_id = ?", (promotion_id,)))


def create(school: School, call: Call) -> Answer:
    """Create a coupon of a promotion."""
    promotion_id = _promotion_id(school, call)
    _refuse_errors(school, call)
    row_id = _insert(school, promotion_id, **changes(call.body, COLUMNS))
    return Answer(201, COUPONS.answer(school, row_id))


def bulk_create(school: School, call: Call) -> Answer:
    """Create coupons of a promotion with codes that nobody has."""
    promotion_id = _promotion_id(school, call)
    length = int(call.body.get("bulk_coupon_code_length", CODE_LENGTH))
    if length > LONGEST_CODE:
        raise unprocessable({"bulk_coupon_code_length": ["is too long"]})
    seed = f"coupons/{promotion_id}/{school.value('SELECT count(*) FROM coupons')}"
    free = unused(school, "coupons", "code", codes(seed, CROCKFORD, length))
    quantity = call.body.get("bulk_quantity_per_coupon")
    ids = [
        _insert(school, promotion_id, code=code, quantity=quantity)
        for code in islice(free, int(call.body["bulk_quantity"]))
    ]
    return Answer(201, {"items": COUPONS.answers(school, ids)})


def update(school: School, call: Call) -> Answer:
    """Change a coupon; the contract sends quantity_used as text."""
    COUPONS.require(school, call.path["id"])
    _refuse_errors(school, call)
    columns = changes(call.body, COLUMNS)
    if "quantity_used" in call.body:
        columns["quantity_used"] = whole_number(str(call.body["quantity_used"]))
        if columns["quantity_used"] is None:
            raise unprocessable({"quantity_used": ["is not a number"]})
    school.update("coupons", call.path["id"], **columns)
    return Answer(204)


def _promotion_id(school: School, call: Call) -> int:
    PROMOTIONS.require(school, call.query["promotion_id"])
    return call.query["promotion_id"]


def _insert(school: School, promotion_id: int, **columns: Any) -> int:
    return school.insert("coupons", promotion_id=promotion_id, created_at=school.stamp(), **columns)


def _refuse_errors(school: School, call: Call) -> None:
    errors = blanks(call.body, "code")
    if COUPONS.is_taken(school, "code", call.body.get("code"), besides=call.path.get("id")):
        errors["code"] = [TAKEN]
    refuse(errors)
