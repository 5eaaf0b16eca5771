"""What admins ask for and no operation does, with the truth and the nearest way."""

from thinkific_mcp.knowledge.impossible.courses import COURSES
from thinkific_mcp.knowledge.impossible.enrollments import ENROLLMENTS
from thinkific_mcp.knowledge.impossible.entry import Impossible
from thinkific_mcp.knowledge.impossible.people import PEOPLE
from thinkific_mcp.knowledge.impossible.sales import SALES
from thinkific_mcp.knowledge.impossible.site import SITE

__all__ = ["IMPOSSIBLE", "Impossible"]

IMPOSSIBLE: tuple[Impossible, ...] = (*ENROLLMENTS, *PEOPLE, *COURSES, *SALES, *SITE)
