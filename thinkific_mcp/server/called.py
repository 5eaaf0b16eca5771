"""A call of a tool, as what answers it sees it."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError

from thinkific_mcp.client.patience import Report
from thinkific_mcp.errors import ThinkificError
from thinkific_mcp.guard.desk import Desk
from thinkific_mcp.guard.proposals import Proposal
from thinkific_mcp.server.rounds import current_round
from thinkific_mcp.server.served import CallContext, served_to
from thinkific_mcp.telemetry import tally
from thinkific_mcp.unforeseen import kind_and_place

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Called:
    """A change that a tool was called for.

    Attributes:
        proposal: the change, or what is wrong with the arguments.
        confirmation: the code that came with them.
    """

    proposal: Proposal | Exception
    confirmation: str = ""


def desk_of(context: CallContext) -> Desk:
    """Return the desk of a call."""
    this = current_round()
    if this.desk is None:
        served = served_to(context.request_context)
        about = context.session.client_params
        report = report_to(context)
        client = f"{about.client_info.name} {about.client_info.version}" if about else ""
        this.desk = Desk(
            served.guard,
            served.thinkific,
            served.offered,
            caller=served.caller,
            may_destroy=served.may_destroy,
            client=client[:200],
            report=partial(this.tell, report) if report is not None else None,
        )
    return this.desk


def report_to(context: CallContext) -> Report | None:
    """Return what tells the client how far a call is; None where it did not ask to be told."""
    request = context.request_context
    # Where both are in one process, there is no token to ask with.
    is_asked = request.request is None or "progress_token" in (request.meta or {})
    return context.report_progress if is_asked else None


def can_ask(context: CallContext) -> bool:
    """Tell whether the client shows forms to a person; a bare `elicitation: {}` is an old way to say so."""
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


@contextmanager
def failures_told(*, may_have_changed: bool) -> Generator[None]:
    """Turn what goes wrong into words for the model; of what nobody foresaw, only its kind and place.

    Args:
        may_have_changed: whether what nobody foresaw leaves open if something was changed.
    """
    try:
        yield
        return
    except (MCPError, ToolError):
        raise
    except ThinkificError as error:
        tally().failure = type(error).__name__
        text = str(error)
    except Exception as error:
        tally().failure = type(error).__name__
        what = kind_and_place(error)
        _logger.error("unforeseen: %s", what)
        outcome = "whether anything was changed is not known" if may_have_changed else "nothing was changed"
        text = f"thinkific-mcp itself failed ({what}); {outcome}. Please report it."
    raise ToolError(text)  # not from the error, which may lead to the request
