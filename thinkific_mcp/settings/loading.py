"""Reading the settings."""

import os
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from thinkific_mcp.errors import SettingsError
from thinkific_mcp.nearest import nearest
from thinkific_mcp.settings.fields import Option, variable
from thinkific_mcp.settings.model import Settings


def options() -> Mapping[str, Option]:
    """Return the settings that are flags of the command line."""
    return {
        name: mark
        for name, field in Settings.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Option)
    }


def load_settings(flags: dict[str, Any]) -> Settings:
    """Read the environment, with flags of the command line before it.

    Raises:
        SettingsError: names the setting that is wrong or misspelt and the rule it breaks, never a value.
    """
    _refuse_misspelt_variables()
    try:
        return Settings(**flags)
    except ValidationError as error:
        problems: list[str] = []
        for details in error.errors(include_url=False, include_input=False, include_context=False):
            name = "_".join(str(part) for part in details["loc"][:1])
            place = f"--{name.replace('_', '-')}" if name in flags else variable(name)
            message = re.sub("^(Value error, |Input )", "", details["msg"])
            problems.append(f"{place}: {message}" if name else message)
        raise SettingsError("; ".join(problems)) from None


def _refuse_misspelt_variables() -> None:
    """Refuse what is almost a setting: THINKIFIC_READONLY would otherwise be taken for no setting at all."""
    known = [variable(name) for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith(variable("")) and name.upper() not in known:
            meant = nearest(name.upper().removeprefix(variable("")), list(map(str.upper, Settings.model_fields)))
            if meant is not None:
                raise SettingsError(f"{name} is not a setting: did you mean {variable(meant)}?")
