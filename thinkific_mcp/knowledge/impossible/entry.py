"""One thing that the API cannot do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Impossible:
    """Something that the API cannot do.

    Attributes:
        key: a short name for it; entries that share one differ in the way.
        what: what is asked for, as a heading.
        answer: the truth, and the nearest way.
        tools: those of the nearest way, best first; none where there is no way.
        requests: how admins ask for it.
    """

    key: str
    what: str
    answer: str
    tools: tuple[str, ...]
    requests: tuple[str, ...]
