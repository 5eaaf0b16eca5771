"""An admin's ways of asking for each tool."""

from collections.abc import Mapping

from thinkific_mcp.knowledge.requests.bundles import BUNDLES
from thinkific_mcp.knowledge.requests.categories import CATEGORIES
from thinkific_mcp.knowledge.requests.changes import CHANGES
from thinkific_mcp.knowledge.requests.courses import COURSES
from thinkific_mcp.knowledge.requests.enrollments import ENROLLMENTS
from thinkific_mcp.knowledge.requests.everywhere import EVERYWHERE
from thinkific_mcp.knowledge.requests.groups import GROUPS
from thinkific_mcp.knowledge.requests.instructors import INSTRUCTORS
from thinkific_mcp.knowledge.requests.orders import ORDERS
from thinkific_mcp.knowledge.requests.products import PRODUCTS
from thinkific_mcp.knowledge.requests.promotions import PROMOTIONS
from thinkific_mcp.knowledge.requests.site_scripts import SITE_SCRIPTS
from thinkific_mcp.knowledge.requests.users import USERS

__all__ = ["EVERYWHERE", "REQUESTS"]

REQUESTS: Mapping[str, tuple[str, ...]] = {
    **USERS,
    **ENROLLMENTS,
    **COURSES,
    **BUNDLES,
    **PRODUCTS,
    **CATEGORIES,
    **ORDERS,
    **PROMOTIONS,
    **GROUPS,
    **INSTRUCTORS,
    **SITE_SCRIPTS,
    **CHANGES,
}
