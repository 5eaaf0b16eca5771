"""Progress: how far a student gets through a course in the time they have."""

from typing import NamedTuple

from thinkific_mcp.sandbox.demo.dice import Dice

IDLE = 0.13
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
    finished = started + needed
    if finished < last:
        return Progress(1.0, started, finished, finished)
    pace = (last - started) / needed
    done = min(contents - 1, int(pace * contents * dice.between(0.5, 1.2)))
    return Progress(round(done / contents, 2), started, None, dice.between(started, last))


def _preview(dice: Dice, contents: int, enrolled: float) -> Progress:
    if not dice.chance(PREVIEWS):
        return Progress(0.0, None, None, enrolled)
    started = enrolled * dice.between(0.99, 1)
    return Progress(round(int(dice.between(0, 3)) / contents, 2), started, None, started * dice.between(0.99, 1))
