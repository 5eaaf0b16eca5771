"""Progress: how far a student gets through a course in the time they have."""

from typing import NamedTuple

from thinkific_mcp.sandbox.demo.dice import Dice

IDLE = 0.13
PERSISTENT = 0.55
PREVIEWS = 0.6


class Access(NamedTuple):
    """When a student may enter a course, in days from now.

    Attributes:
        begins: None is a free trial.
        ends: None is never.
        used: False for a student who never came.
    """

    begins: float | None
    ends: float | None
    used: bool = True


class Progress(NamedTuple):
    """What a student did; `part` runs from 0.0 to 1.0, the times are in days from now."""

    part: float
    started: float | None
    completed: float | None
    updated: float


def study(dice: Dice, contents: int, enrolled: float, access: Access) -> Progress:
    """Let a student study.

    Args:
        dice: decides how diligent the student is.
        contents: how many contents the course has.
        enrolled: when the student was enrolled.
        access: when the student may enter.
    """
    last = min(0.0, access.ends if access.ends is not None else 0.0)
    if access.begins is None:
        return _preview(dice, contents, enrolled)
    started = access.begins + 20 * dice.roll() ** 3
    if not access.used or dice.chance(IDLE) or started >= last:
        return Progress(0.0, None, None, enrolled)
    needed = dice.between(8, 240)
    wanted = 1.0 if dice.chance(PERSISTENT) else dice.roll()
    part = min(wanted, (last - started) / needed)
    spent = needed * part
    if part == 1:
        return Progress(1.0, started, started + spent, started + spent)
    return Progress(_rounded(part, contents), started, None, started + spent * dice.between(0.9, 1))


def _rounded(part: float, contents: int) -> float:
    return round(int(part * contents) / contents, 2)


def _preview(dice: Dice, contents: int, enrolled: float) -> Progress:
    if not dice.chance(PREVIEWS):
        return Progress(0.0, None, None, enrolled)
    started = enrolled * dice.between(0.99, 1)
    return Progress(_rounded(dice.between(0, 0.2), contents), started, None, started * dice.between(0.99, 1))
