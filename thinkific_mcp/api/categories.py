"""Categories: how the school's products are grouped on its pages. Thinkific's API calls them collections."""

from pydantic import Field

from thinkific_mcp.api.products import Product
from thinkific_mcp.operation import Arguments, Operation, Page, Paging, PathId, Result
from thinkific_mcp.values import Boolean, Id, Integer, Integers, Text


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


class ListCategories(Paging, Operation[Page[Category]], get="/collections", operation_id="getCollections"):
    """List the categories products are grouped in, with their product ids."""


class CreateCategory(CategoryFields, Operation[Category], post="/collections", operation_id="crateCollection"):
    """Create an empty category. Then fill it with add_products_to_category."""


class GetCategory(Operation[Category], get="/collections/{id}", operation_id="GetCollectionbyID"):
    """Get a category and its product ids."""

    category_id: PathId


class UpdateCategory(
    CategoryFields,
    Operation[None],
    put="/collections/{id}",
    operation_id="updateCollectioByID",
    done="Category {category_id} updated: {changed}.",
):
    """Change a category's name, description and slug; all three are needed. A new slug breaks links to its
    page.
    """

    category_id: PathId


class DeleteCategory(
    Operation[None],
    delete="/collections/{id}",
    operation_id="deleteCollectionByID",
    done="Category {category_id} deleted; its products remain.",
):
    """Delete a category. Its products remain."""

    category_id: PathId


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
    done="Products {product_ids} added to category {category_id}.",
):
    """Put products into a category."""


class RemoveProductsFromCategory(
    CategoryProducts,
    Operation[None],
    delete="/collection_memberships/{id}",
    operation_id="deleteProductsByID",
    done="Products {product_ids} removed from category {category_id}.",
):
    """Take products out of a category. The products remain."""
