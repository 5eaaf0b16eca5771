"""What a user must tell to be an affiliate."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.sandbox.endpoints.refusals import BLANK

COLUMNS = ("affiliate_code", "affiliate_commission", "affiliate_commission_type", "affiliate_payout_email")
REQUIRED = ("affiliate_code", "affiliate_commission", "affiliate_payout_email")
PERCENTAGE, FIXED_AMOUNT = "%", "$"
LARGEST_PERCENTAGE = 100
FIXED_AMOUNTS_END = 9999.99


def errors(user: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what is wrong with the affiliate's part of a user, as it would be stored."""
    found: dict[str, list[str]] = {}
    if "affiliate" in user.get("roles", []):
        found |= {name: [BLANK] for name in REQUIRED if user.get(name) in (None, "")}
    commission = user.get("affiliate_commission")
    kind = user.get("affiliate_commission_type") or PERCENTAGE
    if kind not in (PERCENTAGE, FIXED_AMOUNT):
        found["affiliate_commission_type"] = ["is not included in the list"]
    elif commission is not None and (problem := _commission_problem(kind, commission)):
        found["affiliate_commission"] = [problem]
    return found


def completed(profile: dict[str, Any], stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the columns to store, with the commission a percentage when nobody says otherwise."""
    told = {**(stored or {}), **profile}
    if told.get("affiliate_commission") is not None and not told.get("affiliate_commission_type"):
        return profile | {"affiliate_commission_type": PERCENTAGE}
    return profile


def _commission_problem(kind: str, commission: float) -> str | None:
    if commission <= 0:
        return "must be greater than 0"
    if kind == PERCENTAGE and commission > LARGEST_PERCENTAGE:
        return f"must be less than or equal to {LARGEST_PERCENTAGE}"
    if kind == FIXED_AMOUNT and commission >= FIXED_AMOUNTS_END:
        return f"must be less than {FIXED_AMOUNTS_END}"
    return None
