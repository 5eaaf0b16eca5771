"""Single things of a school as resources, each by its URI, and the guide.

A thing can be read where the tools are offered that it is read with.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp_types import InputRequiredResult, ResourceTemplate
from pydantic import AnyUrl

from thinkific_mcp.api.courses import GetCourse, ListChapterContents, ListCourseChapters
from thinkific_mcp.api.enrollments import GetEnrollment
from thinkific_mcp.api.groups import GetGroup
from thinkific_mcp.api.naming import is_id
from thinkific_mcp.api.orders import GetOrder
from thinkific_mcp.api.products import GetProduct
from thinkific_mcp.api.promotions import GetPromotion
from thinkific_mcp.api.users import GetUser
from thinkific_mcp.errors import NotFoundError
from thinkific_mcp.operation import Operation
from thinkific_mcp.results.plain import readable
from thinkific_mcp.server.called import failures_told
from thinkific_mcp.server.completions import add_completions
from thinkific_mcp.server.served import CallContext, Served, served_to
from thinkific_mcp.telemetry import tally
from thinkific_mcp.wording import label

_MIME_TYPE = "text/markdown"
# Thinkific's own words, which may speak of a student; what an error says ends up in the request's span.
_SAID = ' Thinkific says: "[^"]*"\\.?'
_UNKNOWN = "There is no such resource: resources/templates/list tells which there are."

_THINGS: Mapping[type[Operation[Any]], str] = {
    GetCourse: "A course: description, chapters, instructor.",
    GetUser: "A student or other user: profile, roles, custom fields.",
    GetEnrollment: "A student's enrollment in a course: access, progress.",
    GetProduct: "A course or bundle as it is sold: prices, status.",
    GetPromotion: "A discount: amount, dates, coupons.",
    GetGroup: "A group of students.",
    GetOrder: "A purchase: who bought what, for how much.",
}


class Template(NamedTuple):
    """A kind of resources.

    Attributes:
        uri: theirs, with the name of the id in braces.
        name: for programs.
        title: for people.
        description: what is in them.
        tools: what they are read with.
        write: writes the one with an id.
    """

    uri: str
    name: str
    title: str
    description: str
    tools: frozenset[str]
    write: Callable[[int, Served], Awaitable[str]]

    def given(self, uri: str) -> str | None:
        """Return what stands in a URI in the place of the id; None where it is none of these."""
        before, _, rest = self.uri.partition("{")
        after = rest.partition("}")[2]
        given = uri[len(before) : len(uri) - len(after)]
        return given if uri == f"{before}{given}{after}" and "/" not in given else None

    def id_in(self, uri: str) -> int:
        """Return the id that stands in a URI.

        Raises:
            ResourceNotFoundError: what stands there is none.
        """
        given = self.given(uri) or ""
        if not re.fullmatch("[1-9][0-9]{0,15}", given) or not is_id(int(given)):
            raise ResourceNotFoundError(f"{self.uri} takes an id, which is a number. Nothing was sent.")
        return int(given)


def _template(read: type[Operation[Any]], description: str) -> Template:
    kind = read.spec.name.removeprefix("get_")
    return Template(
        uri=f"thinkific://{read.spec.toolset}/{{{kind}_id}}",
        name=kind,
        title=kind.capitalize(),
        description=description,
        tools=frozenset([read.spec.name]),
        write=partial(_write, read, kind),
    )


# What only a read needs is imported there, for the sake of a quick start.


async def _write(read: type[Operation[Any]], kind: str, thing_id: int, served: Served) -> str:
    from thinkific_mcp.results.document import document, fields

    thing = await served.thinkific(read.model_validate({f"{kind}_id": thing_id}))
    title = f"# {kind.capitalize()} {label(thing, f'id {thing_id}')}"
    return document(title, fields(readable(thing)), served.form.limit, f"{read.spec.name} with fields")


async def _outline(course_id: int, served: Served) -> str:
    from thinkific_mcp.server.outline import outline

    return await outline(course_id, served)


def _guide() -> str:
    from thinkific_mcp.knowledge.guide import GUIDE

    return GUIDE


_OUTLINE = Template(
    uri="thinkific://courses/{course_id}/outline",
    name="course_outline",
    title="Outline of a course",
    description="A course's chapters in order, and the lessons, quizzes and files in each.",
    tools=frozenset(read.spec.name for read in (GetCourse, ListCourseChapters, ListChapterContents)),
    write=_outline,
)

TEMPLATES = (*(_template(read, description) for read, description in _THINGS.items()), _OUTLINE)
"""All kinds of resources that are read from the school."""


def template_of(uri: object, templates: Iterable[Template] = TEMPLATES) -> Template | None:
    """Return the kind that a URI is of; None where it is of none."""
    if not isinstance(uri, str):
        return None
    return next((template for template in templates if template.given(uri) is not None), None)


class ReadableServer(MCPServer[Served]):
    """The SDK's server with templates that cost nothing at its start: the SDK would build models for each.

    What is overridden are the two public methods that answer `resources/templates/list` and `resources/read`.
    """

    templates: tuple[Template, ...] = ()

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Return the templates."""
        ours = [
            ResourceTemplate(
                uri_template=template.uri,
                name=template.name,
                title=template.title,
                description=template.description,
                mime_type=_MIME_TYPE,
            )
            for template in self.templates
        ]
        return [*ours, *await super().list_resource_templates()]

    async def read_resource(
        self, uri: AnyUrl | str, context: CallContext | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        """Read a resource.

        Raises:
            ResourceNotFoundError: there is none of this URI, or Thinkific does not know what it names.
            ResourceError: it cannot be read; the text says why.
        """
        template = template_of(uri, self.templates)
        if template is None or context is None:
            try:
                return await super().read_resource(uri, context)
            except ResourceNotFoundError as error:
                # The SDK repeats the URI, which may name a student, where it ends up in the request's span.
                raise ResourceNotFoundError(_UNKNOWN if str(uri) in str(error) else str(error)) from None
        text = await _read(template, template.id_in(str(uri)), served_to(context.request_context))
        return [ReadResourceContents(content=text, mime_type=_MIME_TYPE)]


async def _read(template: Template, thing_id: int, served: Served) -> str:
    try:
        with failures_told(may_have_changed=False):
            return await template.write(thing_id, served)
    except ToolError as error:
        is_unknown = tally().failure == NotFoundError.__name__
        text = re.sub(_SAID, "", str(error))
    raise (ResourceNotFoundError if is_unknown else ResourceError)(text)


def add_resources(server: ReadableServer, names: Collection[str]) -> None:
    """Let a server's resources be read, and their ids be completed.

    Args:
        server: the server.
        names: of the tools that it offers.
    """
    server.templates = tuple(template for template in TEMPLATES if template.tools <= frozenset(names))
    server.add_resource(
        FunctionResource(
            uri="thinkific://guide",
            name="guide",
            title="Guide to Thinkific",
            description="How a school hangs together, what the API cannot do, and the traps.",
            mime_type=_MIME_TYPE,
            fn=_guide,
        )
    )
    add_completions(server, names)
