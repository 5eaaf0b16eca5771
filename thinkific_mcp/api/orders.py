"""Orders: what was bought at the school, and purchases recorded from elsewhere."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field
from pydantic_core import MISSING

from thinkific_mcp.api.naming import looked_up
from thinkific_mcp.api.products import GetProduct
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.change import Consequences, Look
from thinkific_mcp.operation import Arguments, Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import AsItCame, Boolean, Count, Id, Integer, Number, Text

ExternalOrderId = Annotated[
    PathId, Field(description="What create_external_order gave, not an id of list_orders.")
]

_BOOKKEEPING = "Bookkeeping only: it charges nobody"
_NO_BUYER = "Whose order it is cannot be looked up."
_NOT_FOUND_LATER = "It is in no report and cannot be looked up later."


class OrderItem(Result):
    """A product within an order."""

    told_by = ("product_name", "amount_dollars")

    product_id: Integer = None
    product_name: Text = None
    amount_dollars: Number = None
    amount_cents: Integer = None


class Order(Result):
    """A purchase made at the school."""

    id: Integer = None
    user_id: Integer = None
    user_name: Text = None
    user_email: Text = None
    product_id: Integer = None
    product_name: Text = None
    amount_dollars: Number = None
    amount_cents: Integer = None
    status: Text = None
    subscription: Boolean = None
    coupon_id: Integer = None
    coupon_code: Text = None
    affiliate_referral_code: Text = None
    created_at: Annotated[Text, Field(validation_alias=AliasChoices("created_at", "created at"))] = None
    items: Annotated[list[OrderItem] | None, AsItCame] = None


class ExternalOrder(Result):
    """The id of a recorded external order."""

    id: Integer = None


class Transaction(Arguments):
    """A payment or a refund that happened elsewhere."""

    amount: Count = Field(description="In the currency's smallest unit: 1999 is $19.99.")
    currency: str = Field(pattern="^[A-Za-z]{3}$", description="Such as USD.")
    reference: str | MISSING = Field(default=MISSING, description="The payment provider's number for it.")
    action: str | MISSING = Field(default=MISSING, description="Such as purchase or refund.")


class ListOrders(Paging, Operation[Page[Order]], get="/orders", operation_id="getOrders"):
    """List purchases made at the school: who bought what, for how much, with which coupon. Cannot be filtered:
    read all pages and compare product_id and created_at. External orders are not among them.
    """


class GetOrder(Operation[Order], get="/orders/{id}", operation_id="getOrderByID"):
    """Get one purchase. Card payments cannot be refunded here."""

    order_id: PathId


class CreateExternalOrder(
    Operation[ExternalOrder],
    post="/external_orders",
    operation_id="createExternalOrder",
    guarded="money",
    undo="",
):
    """Record a purchase paid outside Thinkific. Bookkeeping only: it charges nobody, enrolls nobody and shows
    in no report. Note the id: it cannot be looked up later.
    """

    payment_provider: str = Field(description="Who took the money.")
    user_id: Id
    product_id: Id
    order_type: Literal["one-time", "subscription", "payment-plan"]
    transaction: Transaction | MISSING = Field(default=MISSING, description="The first payment.")

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell who pays for what, and what does not follow."""
        buyer = await looked_up(GetUser, self.user_id, look)
        product = await looked_up(GetProduct, self.product_id, look)
        return Consequences(
            [f"Paid by {buyer} for {product}.", f"{_BOOKKEEPING}, and enrolls nobody.", _NOT_FOUND_LATER]
        )


class RefundExternalOrder(
    Transaction,
    Operation[None],
    post="/external_orders/{id}/transactions/refund",
    destructive=True,
    guarded="money",
    undo="",
    done="Refund recorded for external order {external_order_id}.",
):
    """Record a refund of an external order. Moves no money and does not end access."""

    external_order_id: ExternalOrderId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what does not follow."""
        return Consequences([f"{_BOOKKEEPING}, moves no money and does not end access.", _NO_BUYER])


class PurchaseExternalOrder(
    Transaction,
    Operation[None],
    post="/external_orders/{id}/transactions/purchase",
    guarded="money",
    undo="",
    done="Payment recorded for external order {external_order_id}.",
):
    """Record a further payment of an external order, such as the next instalment. Charges nobody."""

    external_order_id: ExternalOrderId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what does not follow."""
        return Consequences([f"{_BOOKKEEPING}.", _NO_BUYER])
