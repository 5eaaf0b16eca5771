"""Products: what the school sells, a course or a bundle each; and requests to publish them."""

from typing import Annotated, Any

from pydantic import Field
from pydantic_core import MISSING

from thinkific_mcp.api.naming import looked_up
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.change import Consequences, Look
from thinkific_mcp.operation import Arguments, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import AsItCame, Boolean, Id, Integer, Integers, Number, Text
from thinkific_mcp.wording import shown


class ProductPrice(Result):
    """One of a product's prices, in dollars or the currency named."""

    told_by = ("label", "price", "currency", "interval")

    id: Integer = None
    is_primary: Boolean = None
    payment_type: Text = None
    label: Text = None
    price: Number = None
    currency: Text = None
    interval: Text = None
    interval_count: Integer = None
    number_of_payments: Integer = None
    trial_interval: Text = None
    trial_interval_count: Integer = None
    custom_first_price: Number = None
    days_until_expiry: Integer = None
    pay_button_text: Text = None
    price_name: Text = None


class Product(Result):
    """A course or bundle as it is sold: `productable_type` says which, `productable_id` is its id."""

    id: Integer = None
    name: Text = None
    productable_type: Text = None
    productable_id: Integer = None
    status: Text = None
    price: Number = None
    product_prices: Annotated[list[ProductPrice] | None, AsItCame] = None
    subscription: Boolean = None
    private: Boolean = None
    hidden: Boolean = None
    days_until_expiry: Integer = None
    has_certificate: Boolean = None
    slug: Text = None
    description: Text = None
    keywords: Text = None
    seo_title: Text = None
    seo_description: Text = None
    position: Integer = None
    collection_ids: Integers = None
    related_product_ids: Integers = None
    card_image_url: Text = None
    created_at: Text = None


class PublishRequest(Result):
    """A course admin's wish to have a product published."""

    id: Integer = None
    product_id: Integer = None
    status: Text = None
    requesting_user_id: Integer = None
    responding_user_id: Integer = None
    response_text: Text = None
    completed_at: Text = None
    created_at: Text = None
    updated_at: Text = None


class PublishAnswer(Arguments):
    """An answer to a publish request."""

    publish_request_id: PathId
    user_id: Id = Field(description="Who answers: an admin, see list_users with role site_admin.")
    response_text: str | MISSING = Field(default=MISSING, description="A message to who asked.")
    notify_requester: bool | MISSING = Field(default=MISSING, description="true: email who asked.")

    async def answered(self, outcome: str, request: PublishRequest | None, look: Look) -> Consequences:
        """Tell which product it is about, who asked, and whether they are told.

        Args:
            outcome: what becomes of the product.
            request: what is answered; None where it could not be read.
            look: reads the product and who asked.
        """
        product = await looked_up(GetProduct, request and request.product_id, look)
        who = await looked_up(GetUser, request and request.requesting_user_id, look)
        mail = "an email goes to them" if self.notify_requester is True else "no email to them is asked for"
        earlier = [f"It was answered before: {shown(request.status)}."] if request and request.completed_at else []
        return Consequences([f"{outcome}: {product}.", f"Asked for by {who}; {mail}.", *earlier])


class ListProducts(Paging, Operation[Page[Product]], get="/products", operation_id="getProducts"):
    """List what the school sells: courses and bundles with price and status (published, draft). The way to find
    bundles (productable_type Bundle) and the product id of a course.
    """


class GetProduct(Operation[Product], get="/products/{id}", operation_id="getProductByID"):
    """Get a product with its prices, status and visibility. It cannot be edited here."""

    product_id: PathId


class ListRelatedProducts(
    Paging, Operation[Page[Product]], get="/products/{id}/related", operation_id="getRelatedProductByProductID"
):
    """List the products shown as related to a product."""

    product_id: PathId


class ListPublishRequests(
    Paging,
    Operation[Page[PublishRequest]],
    get="/product_publish_requests",
    operation_id="getProductPublishRequests",
):
    """List unanswered requests of course admins to publish a product. The product's name: get_product."""


class GetPublishRequest(
    Operation[PublishRequest],
    get="/product_publish_requests/{id}",
    operation_id="getProductPublishRequestByID",
):
    """Get a publish request and its answer, if any."""

    publish_request_id: PathId


class ApprovePublishRequest(
    PublishAnswer,
    Operation[None],
    post="/product_publish_requests/{id}/approve",
    operation_id="approvePublishRequest",
    destructive=True,
    guarded="publishes, cannot be undone here",
    undo="",
    target=GetPublishRequest,
    done="Publish request {publish_request_id} approved; the product is published.",
):
    """Approve a publish request: the product goes public. Cannot be undone here."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what goes public."""
        return await self.answered("Goes public", target, look)


class DenyPublishRequest(
    PublishAnswer,
    Operation[None],
    post="/product_publish_requests/{id}/deny",
    operation_id="denyPublicationRequest",
    destructive=True,
    guarded="answers a request, cannot be undone here",
    undo="",
    target=GetPublishRequest,
    done="Publish request {publish_request_id} denied.",
):
    """Deny a publish request: the product stays unpublished. Cannot be undone here."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what stays unpublished."""
        return await self.answered("Stays unpublished", target, look)
