"""Site scripts: code that runs on the pages of the school for every visitor."""

import hashlib
import hmac
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.api.undoing import make_anew, put_back, take_away
from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.errors import SettingsError
from thinkific_mcp.operation import Arguments, Operation, Paging, Place
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import ScriptId, Text, Texts, wrong
from thinkific_mcp.wording import script_text, shown

ScriptPathId = Annotated[ScriptId, Place("path", "id")]

PageScope = Literal[
    "landing_pages",
    "checkout",
    "learning_experience",
    "all",
    "home_landing_page",
    "course_landing_page",
    "collections_landing_page",
    "bundle_landing_page",
    "coming_soon_page",
    "page_template",
    "checkout_thankyou_page",
    "student_dashboard",
    "course_player",
]


class SiteScript(Result):
    """A script on the pages of the school, by address (`src`) or by its text (`content`)."""

    id: Text = None
    name: Text = None
    description: Text = None
    src: Text = None
    content: Text = None
    page_scopes: Texts = None
    location: Text = None
    load_method: Text = None
    category: Text = None
    created_at: Text = None
    updated_at: Text = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        # The published examples wrap a script in {"site_script": ...}, the published schema does not.
        wrapped = cast(dict[str, Any], data) if isinstance(data, dict) else {}
        return wrapped.get("site_script", data)


class SiteScriptFields(Arguments):
    """What a site script is."""

    name: str
    description: str = Field(description="What it does, for the site's owner.")
    category: Literal["functional", "analytics", "marketing"]
    page_scopes: Annotated[list[PageScope], Field(min_length=1)] = Field(
        description="Pages it runs on; landing_pages, checkout and learning_experience are groups of the others."
    )
    src: str | MISSING = Field(
        default=MISSING, description="The script's https address, on your app's own domain."
    )
    content: str | MISSING = Field(default=MISSING, description="The script itself, HTML or JavaScript.")
    location: Literal["head", "footer"] | MISSING = Field(default=MISSING, description="Default footer.")
    load_method: Literal["async", "defer", "default"] | MISSING = Field(
        default=MISSING, description="Default async."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.src is MISSING) == (self.content is MISSING):
            raise wrong("give exactly one of src and content")
        return self

    def headers(self, client_secret: str) -> dict[str, str]:
        """Sign a script that is given by content, as Thinkific demands.

        Raises:
            SettingsError: the client secret is not set.
        """
        if not isinstance(self.content, str):
            return {}
        if not client_secret:
            raise SettingsError(
                "A script given by content must be signed, and THINKIFIC_CLIENT_SECRET is not set. "
                "Set it to your Thinkific app's client secret, or give src instead."
            )
        digest = hmac.new(client_secret.encode(), self.content.encode(), hashlib.sha256).hexdigest()
        return {"HMAC-SHA256-SIGNATURE": digest}

    def runs(self) -> list[str]:
        """Say where it runs, and what can change it later."""
        where = f"Runs for every visitor of: {shown(self.page_scopes, most=len(self.page_scopes))}."
        by_address = ["Whoever holds its address can change later what it does."]
        return [where, *(by_address if self.content is MISSING else [])]


def _source(script: SiteScript | None, field: Literal["src", "content"]) -> str:
    source = getattr(script, field, None)
    if not isinstance(source, str) or not source:
        return ""
    return f"the script at {shown(source)}" if field == "src" else f"a text of {script_text(source)}"


class ListSiteScripts(Paging, Operation[Page[SiteScript]], get="/site_scripts", operation_id="getSiteScripts"):
    """List the scripts this app runs on the school's pages. Site scripts need OAuth, not an API key."""


class CreateSiteScript(
    SiteScriptFields,
    Operation[SiteScript],
    post="/site_scripts",
    operation_id="createSiteScript",
    destructive=True,
    guarded="runs code on every visitor's page",
    undo="deletes the script again",
):
    """Run a script on the school's pages, for every visitor. Give src or content, not both. Needs OAuth, not an
    API key.
    """

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell for whom it runs."""
        return Consequences(self.runs())

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the script."""
        return take_away(DeleteSiteScript, made)


class GetSiteScript(Operation[SiteScript], get="/site_scripts/{id}", operation_id="getSiteScriptByID"):
    """Get a site script with its source."""

    site_script_id: ScriptPathId


class UpdateSiteScript(
    SiteScriptFields,
    Operation[None],
    put="/site_scripts/{id}",
    operation_id="updateSiteScriptByID",
    guarded="runs code on every visitor's page",
    undo="puts back what was",
    target=GetSiteScript,
    done="Site script {site_script_id} updated: {changed}.",
):
    """Replace a site script, for every visitor. Give all that is required, also what stays."""

    site_script_id: ScriptPathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell for whom it runs, and what it no longer is."""
        former = _source(target, "src" if self.src is MISSING else "content")
        return Consequences([*self.runs(), *([f"Replaces {former}."] if former else [])])

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back what was, by address or by text as it was."""
        return put_back(self, _by_one_source(before), along=["src", "content"])


class DeleteSiteScript(
    Operation[None],
    delete="/site_scripts/{id}",
    operation_id="deleteSiteScriptByID",
    undo="makes a new one, under another id",
    target=GetSiteScript,
    done="Site script {site_script_id} deleted.",
):
    """Take a script off the school's pages."""

    site_script_id: ScriptPathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell where it no longer runs, and what it was."""
        sources = [source for field in ("src", "content") if (source := _source(target, field))]
        pages = shown(getattr(target, "page_scopes", None), most=20) if target is not None else "pages not known"
        return Consequences([f"No longer runs on: {pages}.", *(f"It was {source}." for source in sources)])

    def undoing(self, before: State, made: State) -> Undoing:
        """Create the script again."""
        return make_anew(self, CreateSiteScript, _by_one_source(before))


def _by_one_source(script: State) -> State:
    """Return a script without its address where it has a text, else without the text: they exclude each other."""
    other = "src" if script.get("content") else "content"
    return {name: value for name, value in script.items() if name != other}
