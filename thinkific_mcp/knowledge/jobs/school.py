"""Jobs about what the school sells: discounts, revenue, and the catalogue."""

from thinkific_mcp.knowledge.jobs.job import Job, JobArgument

LAUNCH_PROMOTION = Job(
    "launch_promotion",
    "Launch a promotion with codes",
    "Set up a discount and the coupon codes that give it.",
    """\
1. Products: `list_products(limit=250, fields=["id","name","status","price"])`. A promotion takes product ids, \
not course ids. If several fit, ask.
2. Is there one like it? `list_promotions(limit=250, fields=["id","name","discount_type","amount","expires_at"])`.
3. Before you change anything, show what you will do: the discount, each product's price before and after (mind \
dollars off that exceed a price), the first and the last moment in UTC and in the school's time, the codes and \
how often each can be used. Left-out product_ids means all products: say so. Wait for a yes.
4. `create_promotion(name="…", discount_type="percentage", amount=…, product_ids=[…], starts_at="…", \
expires_at="…")`; for dollars off discount_type is fixed. starts_at is first_day. It ends as the day of \
expires_at begins (UTC): for last_day give the day after.
5. Codes. One: `create_coupon(promotion_id=…, code="…", quantity=…)`, quantity left out is use without limit; a \
code that is taken is refused. Many: `create_coupons_in_bulk(promotion_id=…, bulk_quantity=…, \
bulk_coupon_code_length=8, bulk_quantity_per_coupon=1)`, up to 1000 a call, at least 6 characters; a person is \
asked, as they can be removed only one by one. Random codes are in its answer: do not list them again.
6. Check: `get_promotion_by_coupon(product_id=…, coupon_code="…")` with one of the codes.
7. Report the promotion and its id, products, dates, and all codes as a list to copy. To change it later takes \
its product_ids again, and no tool shows them: keep them in the report.
""",
    (
        JobArgument("discount", "How much off, such as 20 % or 15 dollars.", required=True),
        JobArgument("codes", "One code such as SPRING20, or how many random ones.", required=True),
        JobArgument("product_id", "Names or ids of the products. Left out: all."),
        JobArgument("first_day", "Such as 2026-05-01. Left out: at once."),
        JobArgument("last_day", "Such as 2026-05-31. Left out: no end."),
    ),
)

MONTHLY_REVENUE = Job(
    "monthly_revenue",
    "Monthly revenue",
    "Add up what the school sold in a month, by product and coupon.",
    """\
1. The month is the last full one unless given. Dates are UTC: count from its first day, 00:00 UTC, to before \
the first of the next.
2. Orders cannot be filtered: `list_orders(limit=250, \
fields=["created_at","status","amount_cents","subscription","coupon_code", \
"items.product_name","items.amount_cents"])`. The line below tells how many rows there are; 250 are one request. \
See how created_at runs. Newest first: go on until a whole page is older than the month. Oldest first: take the \
last page, and go back until then. No clear order: read all; over 20 pages, say what that costs and ask first.
3. Keep rows with created_at in the month. Refunded ones (status) count apart, with what else is not complete. \
Add up amount_cents as whole numbers, by code if you can run some, and divide by 100 at the end. By product, add \
up the items: an order may hold several.
4. Report the number of orders, sold, refunded and what remains, by product, by coupon code, and subscriptions \
apart. Say what is not known: fees and taxes, whether later payments of subscriptions and payment plans are \
orders of their own, and payments recorded from elsewhere (external orders), which no list has. Say how many \
rows of how many you read.
""",
    (JobArgument("month", "Such as 2026-04. Left out: the last full month."),),
)

CLEAN_UP_CATALOGUE = Job(
    "clean_up_catalogue",
    "Clean up the catalogue",
    "Find drafts, products nobody can find, empty categories and promotions that are over, and tidy what can be.",
    """\
1. Three calls tell all: `list_products(limit=250, \
fields=["id","name","productable_type","status","price","hidden","private"])`, `list_categories(limit=250, \
fields=["id","name","slug","default","product_ids"])`, `list_promotions(limit=250, \
fields=["id","name","expires_at","coupon_ids"])`.
2. Look for: published products in no category but the default one, drafts and hidden products in a category, \
names that are there twice, prices of 0, empty categories, categories with the same products, ids in a category \
that no product has, promotions whose expires_at has passed (UTC).
3. Show what you found and what you would do, in two lists. Here: `add_products_to_category(category_id=…, \
product_ids=[…])`, `remove_products_from_category(category_id=…, product_ids=[…])`, \
`update_category(category_id=…, name="…", description="…", slug="…")` (a new slug breaks links; take description \
from `get_category(category_id=…)`), `delete_category(category_id=…)` (products remain; never the default one), \
`delete_promotion(promotion_id=…)` (its codes and their counts of uses go along). In Thinkific itself: names, \
prices, drafts and visibility of products.
4. Do only what was said yes to, one by one; a person is asked before each removal.
5. Report what was done, and what is left to do in Thinkific itself, by product name.
""",
)
