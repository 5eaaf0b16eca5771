"""What settings are made of."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


@dataclass(frozen=True)
class Option:
    """Marks a setting that is a flag of the command line too, and names its value in the help."""

    metavar: str = ""


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Names = Annotated[list[str], NoDecode, BeforeValidator(_split)]
"""A list that is written with commas."""


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"THINKIFIC_{name.upper()}"


def is_safe_address(address: str) -> bool:
    """Tell whether what is sent to an address stays between us and its host: https, or http on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or re.search(r"[^!-~]|[@?#]", address):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
