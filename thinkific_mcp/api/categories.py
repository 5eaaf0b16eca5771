"""Categories: how the school's products are grouped on its pages. Thinkific's API calls them collections."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from thinkific_mcp.api.naming import first_looked_up, items_of, total_of
from thinkific_mcp.api.products import GetProduct, Product
from thinkific_mcp.api.undoing import listed, look_of, make_anew, members_changed, put_back, take_away
from thinkific_mcp.change import Consequences, Look, State, Step, Undoing
from thinkific_mcp.operation import Arguments, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import Boolean, Id, Integer, Integers, Text
from thinkific_mcp.wording import counted, enumerated, name, shown


class Category(Result):
    """A category of products."""

    id: Integer = None
    name: Text = None
    description: Text = None
    slug: Text = None
    product_ids: Integers = None
    default: Boolean = None
    created_at: Text = None


class CategoryFields(Arguments):
    """What a category says about itself."""

    name: str
    description: str
    slug: str = Field(description="Its part of the page's address, such as life-drawing.")


class CategoryProducts(Arguments):
    """Which products of which category."""

    category_id: PathId
    product_ids: list[Id] = Field(description="Product ids, not course ids.")

    def held(self, category: Category | None) -> set[int]:
        """Return which of the products are in the category, as far as is known."""
        return set(self.product_ids).intersection(items_of(category and category.product_ids))


class ListCategories(Paging, Operation[Page[Category]], get="/collections", operation_id="getCollections"):
    """List the categories products are grouped in, with their product ids."""


class CreateCategory(
    CategoryFields,
    Operation[Category],
    post="/collections",
    operation_id="crateCollection",
    guarded="",
    undo="deletes the category again",
):
    """Create an empty category. Then fill it with add_products_to_category."""

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the category, as long as it is empty."""
        return take_away(DeleteCategory, {"product_ids": [], **made})


class GetCategory(Operation[Category], get="/collections/{id}", operation_id="GetCollectionbyID"):
    """Get a category and its product ids."""

    category_id: PathId


class UpdateCategory(
    CategoryFields,
    Operation[None],
    put="/collections/{id}",
    operation_id="updateCollectioByID",
    guarded="",
    undo="puts back what was",
    target=GetCategory,
    done="Category {category_id} updated: {changed}.",
):
    """Change a category's name, description and slug; all three are needed. A new slug breaks links to its
    page.
    """

    category_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell which address of its page stops working."""
        slug = getattr(target, "slug", None)
        is_moved = bool(slug) and slug != self.slug
        return Consequences([f"Links to its page at {shown(slug)} stop working."] if is_moved else [])

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back what was; no description becomes an empty one, as the API wants a text."""
        return put_back(self, before and {"description": "", **before})


class DeleteCategory(
    Operation[None],
    delete="/collections/{id}",
    operation_id="deleteCollectionByID",
    undo="makes a new one with the same products, under another id",
    target=GetCategory,
    done="Category {category_id} deleted; its products remain.",
):
    """Delete a category. Its products remain."""

    category_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell which products lose it."""
        page = await look(ListCategoryProducts(category_id=self.category_id, limit=5))
        if page is None:
            return Consequences(["Which products it holds is not known; they remain."])
        total = total_of(page)
        names = [name(product.name) or "a product without a name" for product in page.items]
        if not total:
            return Consequences(["It holds no products."])
        remain = counted(total, "product remains", "products remain")
        return Consequences([f"{remain}: {enumerated(names, total)}."])

    def undoing(self, before: State, made: State) -> Undoing:
        """Create the category again and fill it."""
        losses = ["It is not the default category any more."] if before.get("default") else []
        plan = make_anew(self, CreateCategory, {"description": "", **before}, *losses)
        if not before.get("product_ids"):
            return plan
        arguments = {"product_ids": before["product_ids"]}
        return replace(plan, steps=[*plan.steps, Step(AddProductsToCategory, arguments, {"category_id": 0})])


class ListCategoryProducts(
    Paging, Operation[Page[Product]], get="/collections/{id}/products", operation_id="getProductsbyID"
):
    """List the products in a category."""

    category_id: PathId


class AddProductsToCategory(
    CategoryProducts,
    Operation[None],
    post="/collection_memberships/{id}",
    operation_id="addProductsToCategory",
    idempotent=True,
    guarded="",
    undo="takes them out again",
    target=GetCategory,
    done="Products {product_ids} added to category {category_id}.",
):
    """Put products into a category."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the products."""
        names = await first_looked_up(GetProduct, self.product_ids, look)
        there = self.held(target)
        already = [f"In it already: {shown(sorted(there))}."] if there else []
        return Consequences([f"Goes in: {names or 'nothing'}.", *already])

    def undoing(self, before: State, made: State) -> Undoing:
        """Take out those products that were not in before."""
        added = members_changed(before, "product_ids", self.product_ids, were_there=False)
        return Undoing(
            [Step(RemoveProductsFromCategory, {"category_id": self.category_id, "product_ids": added})],
            look_of(self),
            lambda now: now is not None and listed(now, "product_ids", added) == added,
        )


class RemoveProductsFromCategory(
    CategoryProducts,
    Operation[None],
    delete="/collection_memberships/{id}",
    operation_id="deleteProductsByID",
    undo="puts them in again",
    target=GetCategory,
    done="Products {product_ids} removed from category {category_id}.",
):
    """Take products out of a category. The products remain."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the products."""
        names = await first_looked_up(GetProduct, self.product_ids, look)
        missing = set(self.product_ids) - self.held(target) if target is not None else set[int]()
        absent = [f"Not in it as far as Thinkific tells: {shown(sorted(missing))}."] if missing else []
        return Consequences([f"Goes out, and remains as a product: {names or 'nothing'}.", *absent])

    def undoing(self, before: State, made: State) -> Undoing:
        """Put in again those products that were in before."""
        removed = members_changed(before, "product_ids", self.product_ids, were_there=True)
        return Undoing(
            [Step(AddProductsToCategory, {"category_id": self.category_id, "product_ids": removed})],
            look_of(self),
            lambda now: now is not None and not listed(now, "product_ids", removed),
        )
