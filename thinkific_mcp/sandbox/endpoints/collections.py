"""Categories of products, which the API calls collections."""

import json

from thinkific_mcp.sandbox.endpoints.products import PRODUCTS
from thinkific_mcp.sandbox.endpoints.refusals import TAKEN, blanks, not_found, refuse
from thinkific_mcp.sandbox.endpoints.resource import Condition, Resource, Row, changes, unknown_ids
from thinkific_mcp.sandbox.school import School
from thinkific_mcp.sandbox.wire import Answer, Call, Refusal

COLUMNS = ("name", "description", "slug")
LONGEST_TEXT = 255


def _collection(_school: School, row: Row) -> Row:
    return row | {"product_ids": json.loads(row["product_ids"]), "default": bool(row["default"])}


COLLECTIONS = Resource(
    "collections",
    """
    SELECT id, name, description, slug, created_at, is_default AS "default",
        (SELECT json_group_array(product_id) FROM
            (SELECT product_id FROM collection_products WHERE collection_id = collections.id
                ORDER BY product_id)) AS product_ids
    FROM collections
    """,
    _collection,
)


def create(school: School, call: Call) -> Answer:
    """Create a category without products."""
    _refuse_errors(school, call)
    row_id = school.insert("collections", created_at=school.stamp(), **changes(call.body, COLUMNS))
    return Answer(201, COLLECTIONS.answer(school, row_id))


def update(school: School, call: Call) -> Answer:
    """Change the name, description or slug of a category."""
    COLLECTIONS.require(school, call.path["id"])
    _refuse_errors(school, call)
    school.update("collections", call.path["id"], **changes(call.body, COLUMNS))
    return Answer(204)


def delete(school: School, call: Call) -> Answer:
    """Delete a category; its products stay.

    The default category stays too: a 403 says so, the only refusal that the contract has room for here.
    """
    if COLLECTIONS.answer(school, call.path["id"])["default"]:
        raise Refusal(403, {"error": "The default category cannot be deleted."})
    return COLLECTIONS.delete(school, call)


def list_products(school: School, call: Call) -> Answer:
    """Answer the products of a category."""
    COLLECTIONS.require(school, call.path["id"])
    sql = "id IN (SELECT product_id FROM collection_products WHERE collection_id = ?)"
    return PRODUCTS.page(school, call, Condition(sql, (call.path["id"],)))


def add_products(school: School, call: Call) -> Answer:
    """Put products into a category; those that are there already stay."""
    _change_products(school, call, "INSERT OR IGNORE INTO collection_products VALUES (?, ?)")
    return Answer(201)


def remove_products(school: School, call: Call) -> Answer:
    """Take products out of a category; those that are not there are no error."""
    _change_products(school, call, "DELETE FROM collection_products WHERE collection_id = ? AND product_id = ?")
    return Answer(204)


def _change_products(school: School, call: Call, sql: str) -> None:
    COLLECTIONS.require(school, call.path["id"])
    product_ids = call.body["product_ids"]
    if unknown_ids(school, "products", product_ids):
        raise not_found()
    school.db.executemany(sql, [(call.path["id"], product_id) for product_id in product_ids])


def _refuse_errors(school: School, call: Call) -> None:
    errors = blanks(call.body, "name", "slug")
    for name in ("name", "slug"):
        if len(call.body.get(name, "")) > LONGEST_TEXT:
            errors[name] = ["value too long for type character"]
    if COLLECTIONS.is_taken(school, "slug", call.body.get("slug"), besides=call.path.get("id")):
        errors["slug"] = [TAKEN]
    refuse(errors)
