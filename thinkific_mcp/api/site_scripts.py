"""Site scripts: code that runs on the pages of the school for every visitor."""

import hashlib
import hmac
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.operation import Arguments, Operation, Page, Paging, Place, Result
from thinkific_mcp.values import ScriptId, Text, Texts, wrong

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


class ListSiteScripts(Paging, Operation[Page[SiteScript]], get="/site_scripts", operation_id="getSiteScripts"):
    """List the scripts this app runs on the school's pages. Site scripts need OAuth, not an API key."""


class CreateSiteScript(
    SiteScriptFields,
    Operation[SiteScript],
    post="/site_scripts",
    operation_id="createSiteScript",
    destructive=True,
    guarded="runs code on every visitor's page",
):
    """Run a script on the school's pages, for every visitor. Give src or content, not both. Needs OAuth, not an
    API key.
    """


class GetSiteScript(Operation[SiteScript], get="/site_scripts/{id}", operation_id="getSiteScriptByID"):
    """Get a site script with its source."""

    site_script_id: ScriptPathId


class UpdateSiteScript(
    SiteScriptFields,
    Operation[None],
    put="/site_scripts/{id}",
    operation_id="updateSiteScriptByID",
    guarded="runs code on every visitor's page",
    done="Site script {site_script_id} updated: {changed}.",
):
    """Replace a site script, for every visitor. Give all that is required, also what stays."""

    site_script_id: ScriptPathId


class DeleteSiteScript(
    Operation[None],
    delete="/site_scripts/{id}",
    operation_id="deleteSiteScriptByID",
    done="Site script {site_script_id} deleted.",
):
    """Take a script off the school's pages."""

    site_script_id: ScriptPathId
