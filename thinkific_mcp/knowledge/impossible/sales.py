"""What cannot be done about bundles, products, orders and coupons."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

SALES = (
    Impossible(
        "list_bundles",
        "List bundles",
        "Bundles cannot be listed. In list_products they have productable_type Bundle; productable_id is the id.",
        ("list_products", "get_bundle"),
    ),
    Impossible(
        "edit_bundle",
        "Create or edit a bundle",
        "Bundles cannot be made or changed here, only read: use Thinkific's own bundle editor.",
        ("get_bundle", "list_bundle_courses"),
    ),
    Impossible(
        "edit_product",
        "Edit a product or its price",
        "Products and prices cannot be changed here, only in Thinkific. For a lower price: create_promotion.",
        ("get_product", "create_promotion"),
    ),
    Impossible(
        "filter_orders",
        "Filter orders",
        "Orders cannot be filtered or searched: read all pages of list_orders and compare.",
        ("list_orders",),
    ),
    Impossible(
        "edit_order",
        "Change or delete an order",
        "Orders cannot be changed, cancelled or deleted here, only read.",
        ("get_order", "list_orders"),
    ),
    Impossible(
        "card_refund",
        "Refund a card payment",
        "Card payments cannot be refunded here: do it in Thinkific, Stripe or PayPal. "
        "refund_external_order only records it.",
        ("get_order", "refund_external_order"),
    ),
    Impossible(
        "charge_card",
        "Charge a customer",
        "Nobody can be charged here. Payments are made at checkout; "
        "create_external_order only records one made elsewhere.",
        ("create_external_order",),
    ),
    Impossible(
        "subscription",
        "Cancel or pause a subscription",
        "Subscriptions and payment plans cannot be cancelled or changed here. "
        "To end access as well: update_enrollment.",
        ("get_order", "list_orders", "update_enrollment"),
    ),
    Impossible(
        "payouts",
        "See payouts, invoices and taxes",
        "Payouts, invoices, receipts, fees and taxes are not told. The nearest: the amounts in list_orders.",
        ("list_orders",),
    ),
    Impossible(
        "external_orders_list",
        "List or look up external orders",
        "External orders cannot be listed or read: keep the ids that creating them tells. "
        "list_orders has only the sales made at the school.",
        ("list_orders",),
    ),
    Impossible(
        "all_coupons",
        "List or search the coupons of all promotions",
        "Coupons are listed one promotion at a time: list_promotions, then list_coupons of each.",
        ("list_promotions", "list_coupons"),
    ),
)
