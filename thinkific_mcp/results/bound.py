"""Results of bounded length: what is too much is left out by whole rows or fields, and said."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thinkific_mcp.foreign_text import cleaned
from thinkific_mcp.result import Page
from thinkific_mcp.results.layout import Layout
from thinkific_mcp.results.text import compact, part_of_list, size

_STOPPED = "the result limit"
_LONGEST_NAME = 40
_MOST_TOLD = 5
_LONG = 2000
_HIGHER = "needs a higher THINKIFIC_RESULT_LIMIT"


@dataclass(frozen=True)
class Bounded:
    """What is shown of a result.

    Attributes:
        data: for programs.
        texts: the same for a model.
        is_whole: whether it is all there is.
    """

    data: Mapping[str, Any]
    texts: Sequence[str]
    is_whole: bool = True


@dataclass(frozen=True)
class Bound:
    """How long a result may be, and what to do about one that is longer.

    Attributes:
        limit: bytes of text; 0 is as many as it needs.
        hint: how else to read what is left out; may be empty.
        elsewhere: where the whole is; may be empty.
    """

    limit: int
    hint: str = ""
    elsewhere: str = ""

    def holds(self, *texts: str) -> bool:
        """Tell whether texts are within the limit together."""
        return not self.limit or sum(map(size, texts)) <= self.limit


def bounded_page(
    page: Page[Any], data: Mapping[str, Any], layout: Layout, bound: Bound, before: int | None, *, goes_on: bool
) -> Bounded:
    """Show as many rows of a page as its bound allows.

    Args:
        page: the page.
        data: the same as plain data.
        layout: its text.
        bound: how long the text may be.
        before: how many rows of the list stand before the page; None where that is not known.
        goes_on: whether any page of any size can be asked for.
    """
    rows, words = layout.text(len(layout.lines)), part_of_list(page, before)
    for said in (_lines(words, layout.note), words):
        if not layout.lines or bound.holds(rows, said):
            return Bounded(data, _texts(rows, said))
    # The note is worth less than rows where there is room for few.
    note = layout.note if 4 * size(layout.note) <= bound.limit else ""

    def first(count: int) -> tuple[Page[Any], Sequence[str]]:
        part, words = _first_rows(page, count, layout=layout, bound=bound, before=before, goes_on=goes_on)
        if not part.items:
            return part, [_lines(words, bound.elsewhere)]
        return part, [layout.text(len(part.items)), _lines(words, note, bound.elsewhere)]

    counts = range(1, len(layout.lines) + 1)
    part, texts = first(bisect_left(counts, True, key=lambda count: not bound.holds(*first(count)[1])))
    shown = len(part.items)
    told = {name: getattr(part, name) for name in ("complete", "stopped", "go_on")}
    place = {name: value for name, value in data.items() if name not in ("next_page", *told)}
    place |= {name: value for name, value in told.items() if value is not None}
    return Bounded(place | {"items": data["items"][:shown]}, _texts(*texts), is_whole=False)


def bounded_record(data: Mapping[str, Any], bound: Bound) -> Bounded:
    """Show a record without its longest fields, as far as its bound needs that.

    Args:
        data: the record.
        bound: how long its text may be.
    """
    text = compact(data)
    if bound.holds(text):
        return Bounded(data, [text])
    sizes = {name: size(compact({name: value})) for name, value in data.items()}
    total, words = size(text), ""
    longest = sorted(sizes, key=sizes.__getitem__, reverse=True)
    count = 0
    while total + size(words) > bound.limit and count < len(longest):
        total -= sizes[longest[count]] - 1  # its braces stay, and a comma goes
        count += 1
        words = _lines(_left_out(longest[:_MOST_TOLD], sizes, count, bound), bound.elsewhere)
    gone = set(longest[:count])
    kept = {name: value for name, value in data.items() if name not in gone}
    texts = _texts(compact(kept) if kept else "", words)
    return Bounded({**kept, "left_out": _names(longest[:count])}, texts, is_whole=False)


def go_on_after(before: int, count: int) -> tuple[int, str]:
    """Choose how many rows to show, and the page and limit that go on exactly behind them.

    Args:
        before: how many rows stand before them.
        count: how many fit; at least one.

    Returns:
        How many of them to show, and the words for what comes next.
    """
    end = before + count
    step = min(range(count, count // 2, -1), key=lambda each: end % each)
    shown = count - end % step
    return shown, f"page {(before + shown) // step + 1}, limit {step}"


def _first_rows(
    page: Page[Any], count: int, *, layout: Layout, bound: Bound, before: int | None, goes_on: bool
) -> tuple[Page[Any], str]:
    """Return the first rows of a page, as many as fit or somewhat fewer, and what to say of them."""
    shown, go_on = go_on_after(before, count) if before is not None and goes_on and count else (count, None)
    told = {"items": page.items[:shown], "complete": False, "stopped": _STOPPED, "go_on": go_on, "next_page": None}
    part = page.model_copy(update=told)
    if not shown:
        words = f"no row fits: the first has {size(layout.lines[0])} bytes, the result limit is {bound.limit}"
        return part, f"{words}; {bound.hint or _HIGHER}"
    hints = ["ask for a smaller limit"] if before is None and goes_on else []
    hint = ", or ".join(_texts(*hints, bound.hint))
    joint = ", or " if go_on else ": "
    return part, part_of_list(part, before) + (f"{joint}{hint}" if hint else "")


def _left_out(names: Sequence[str], sizes: Mapping[str, int], count: int, bound: Bound) -> str:
    """Say which fields are left out, the longest first.

    Args:
        names: the first of them.
        sizes: how many bytes each has.
        count: how many are left out.
        bound: what they are too long for.
    """
    told = names[: min(count, _MOST_TOLD if bound.limit >= _LONG else 1)]
    more = f" and {count - len(told)} more" if count > len(told) else ""
    listed = ", ".join(f"{name} ({sizes[each]} bytes)" for each, name in zip(told, _names(told), strict=True))
    is_hopeless = sizes[names[0]] > bound.limit
    hints = _texts(bound.hint, f"one over {bound.limit} bytes {_HIGHER}" if is_hopeless else "")
    return "; ".join([f"left out, as {bound.limit} bytes is the result limit: {listed}{more}", *hints])


def _names(names: Sequence[str]) -> list[str]:
    return [cleaned(name)[:_LONGEST_NAME] for name in names]


def _texts(*texts: str) -> list[str]:
    return [text for text in texts if text]


def _lines(*lines: str) -> str:
    return "\n".join(_texts(*lines))
