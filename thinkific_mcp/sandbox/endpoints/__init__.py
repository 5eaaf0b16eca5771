"""What each operation of the contract does to a school.

`ENDPOINTS` is the table of all of them. Each resource has a module with its queries, its answers and
its rules; what they share is in `resource`, `pages`, `dates`, `refusals`, `codes` and `storable`.
"""

from collections.abc import Mapping

from thinkific_mcp.sandbox.endpoints import (
    authentications,
    bundle_enrollments,
    bundles,
    collections,
    coupons,
    course_reviews,
    courses,
    enrollments,
    external_orders,
    group_analysts,
    groups,
    instructors,
    products,
    promotions,
    publish_requests,
    site_scripts,
    users,
)
from thinkific_mcp.sandbox.endpoints.bundles import BUNDLES
from thinkific_mcp.sandbox.endpoints.collections import COLLECTIONS
from thinkific_mcp.sandbox.endpoints.coupons import COUPONS
from thinkific_mcp.sandbox.endpoints.course_reviews import REVIEWS
from thinkific_mcp.sandbox.endpoints.courses import CHAPTERS, CONTENTS, COURSES
from thinkific_mcp.sandbox.endpoints.custom_profile_fields import DEFINITIONS
from thinkific_mcp.sandbox.endpoints.enrollments import ENROLLMENTS
from thinkific_mcp.sandbox.endpoints.groups import GROUPS
from thinkific_mcp.sandbox.endpoints.instructors import INSTRUCTORS
from thinkific_mcp.sandbox.endpoints.orders import ORDERS
from thinkific_mcp.sandbox.endpoints.products import PRODUCTS
from thinkific_mcp.sandbox.endpoints.promotions import PROMOTIONS
from thinkific_mcp.sandbox.endpoints.publish_requests import PUBLISH_REQUESTS
from thinkific_mcp.sandbox.endpoints.site_scripts import SITE_SCRIPTS
from thinkific_mcp.sandbox.endpoints.storable import Handler, storable

__all__ = ["ENDPOINTS", "Handler"]

_HANDLERS: Mapping[str, Handler] = {
    "GET /bundles/{id}": BUNDLES.get,
    "GET /bundles/{id}/courses": bundles.list_courses,
    "GET /bundles/{id}/enrollments": bundle_enrollments.list_enrollments,
    "POST /bundles/{id}/enrollments": bundle_enrollments.create,
    "PUT /bundles/{id}/enrollments": bundle_enrollments.update,
    "GET /chapters/{id}": CHAPTERS.get,
    "GET /chapters/{id}/contents": courses.list_contents,
    "GET /collections": COLLECTIONS.page,
    "POST /collections": collections.create,
    "GET /collections/{id}": COLLECTIONS.get,
    "PUT /collections/{id}": collections.update,
    "DELETE /collections/{id}": collections.delete,
    "GET /collections/{id}/products": collections.list_products,
    "POST /collection_memberships/{id}": collections.add_products,
    "DELETE /collection_memberships/{id}": collections.remove_products,
    "GET /contents/{id}": CONTENTS.get,
    "GET /coupons": coupons.list_coupons,
    "POST /coupons": coupons.create,
    "POST /coupons/bulk_create": coupons.bulk_create,
    "GET /coupons/{id}": COUPONS.get,
    "PUT /coupons/{id}": coupons.update,
    "DELETE /coupons/{id}": COUPONS.delete,
    "GET /course_reviews": course_reviews.list_reviews,
    "POST /course_reviews": course_reviews.create,
    "GET /course_reviews/{id}": REVIEWS.get,
    "GET /courses": COURSES.page,
    "GET /courses/{id}": COURSES.get,
    "GET /courses/{id}/chapters": courses.list_chapters,
    "GET /custom_profile_field_definitions": DEFINITIONS.page,
    "GET /enrollments": enrollments.list_enrollments,
    "POST /enrollments": enrollments.create,
    "GET /enrollments/{id}": ENROLLMENTS.get,
    "PUT /enrollments/{id}": enrollments.update,
    "POST /external_orders": external_orders.create,
    "POST /external_orders/{id}/transactions/purchase": external_orders.purchase,
    "POST /external_orders/{id}/transactions/refund": external_orders.refund,
    "POST /group_analysts/{user_id}/groups": group_analysts.add_groups,
    "DELETE /group_analysts/{user_id}/groups/{group_id}": group_analysts.remove,
    "POST /group_users": groups.add_user,
    "GET /groups": GROUPS.page,
    "POST /groups": groups.create,
    "GET /groups/{id}": groups.get,
    "DELETE /groups/{id}": GROUPS.delete,
    "GET /groups/{group_id}/analysts": group_analysts.list_analysts,
    "POST /groups/{group_id}/analysts": group_analysts.add_analysts,
    "DELETE /groups/{group_id}/analysts/{user_id}": group_analysts.remove,
    "GET /instructors": INSTRUCTORS.page,
    "POST /instructors": instructors.create,
    "GET /instructors/{id}": INSTRUCTORS.get,
    "PUT /instructors/{id}": instructors.update,
    "DELETE /instructors/{id}": INSTRUCTORS.delete,
    "GET /orders": ORDERS.page,
    "GET /orders/{id}": ORDERS.get,
    "GET /product_publish_requests": publish_requests.list_pending,
    "GET /product_publish_requests/{id}": PUBLISH_REQUESTS.get,
    "POST /product_publish_requests/{id}/approve": publish_requests.approve,
    "POST /product_publish_requests/{id}/deny": publish_requests.deny,
    "GET /products": PRODUCTS.page,
    "GET /products/{id}": PRODUCTS.get,
    "GET /products/{id}/related": products.list_related,
    "GET /promotions": PROMOTIONS.page,
    "POST /promotions": promotions.create,
    "GET /promotions/by_coupon": promotions.get_by_coupon,
    "GET /promotions/{id}": PROMOTIONS.get,
    "PUT /promotions/{id}": promotions.update,
    "DELETE /promotions/{id}": PROMOTIONS.delete,
    "GET /site_scripts": SITE_SCRIPTS.page,
    "POST /site_scripts": site_scripts.create,
    "GET /site_scripts/{id}": site_scripts.get,
    "PUT /site_scripts/{id}": site_scripts.update,
    "DELETE /site_scripts/{id}": SITE_SCRIPTS.delete,
    "GET /users": users.list_users,
    "POST /users": users.create,
    "GET /users/{id}": users.get,
    "PUT /users/{id}": users.update,
    "DELETE /users/{id}": users.delete,
    "GET /users/{id}/authentications/{provider}": authentications.get,
}

ENDPOINTS: Mapping[str, Handler] = {key: storable(handler) for key, handler in _HANDLERS.items()}
