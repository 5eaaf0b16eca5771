"""What calling a list gives: a page to await, or all its rows to iterate over."""

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, TypeVar

from thinkific_mcp.result import Page

T = TypeVar("T")


class ListCall(Coroutine[Any, Any, Page[T]], Generic[T]):
    """A call of a list, carried out when it is awaited or iterated over.

        page = await thinkific(ListUsers(role="affiliate"))
        async for user in thinkific(ListUsers()):
            ...

    Awaiting gives the page that was asked for. Iterating gives its rows one by one, and, where the operation has
    no `limit`, those of all following pages; each page is fetched when its first row is needed.
    """

    def __init__(self, page: Coroutine[Any, Any, Page[T]], rows: Callable[[], AsyncIterator[T]]) -> None:
        self._page = page
        self._rows = rows

    def __aiter__(self) -> AsyncIterator[T]:
        self._page.close()
        return self._rows()

    def __await__(self) -> Generator[Any, Any, Page[T]]:
        return self._page.__await__()

    # What event loops and task groups ask of a coroutine.

    def send(self, value: Any, /) -> Any:
        """Go on with the awaiting."""
        return self._page.send(value)

    def throw(
        self, kind: Any, value: BaseException | object = None, traceback: TracebackType | None = None, /
    ) -> Any:
        """Raise inside the awaiting."""
        return self._page.throw(kind, value, traceback)

    def close(self) -> None:
        """End the awaiting."""
        self._page.close()
