"""One thing that the API cannot do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Impossible:
    """Something that the API cannot do.

    Attributes:
        key: a short name for it, by which requests.tsv says how admins ask for it.
        what: what is asked for, as a heading.
        answer: the truth, and the nearest way.
        tools: those of the nearest way, best first; none where there is no way.
    """

    key: str
    what: str
    answer: str
    tools: tuple[str, ...]
