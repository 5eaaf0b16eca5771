"""What the guard remembers for minutes: what both memories do, and what the one in the process does alone."""

import anyio
import anyio.lowlevel
import pytest

from thinkific_mcp.guard.memory import Memory, ProcessMemory

# In the process and in Redis


async def test_what_is_put_is_found(memory: Memory) -> None:
    await memory.put("key", "Zoë’s course", 60)
    assert [await memory.get("key"), await memory.get("key")] == ["Zoë’s course"] * 2


async def test_an_empty_text_is_a_text(memory: Memory) -> None:
    await memory.put("key", "", 60)
    assert [await memory.get("key"), await memory.take("key"), await memory.take("key")] == ["", "", None]


async def test_nothing_is_found_where_nothing_was_put(memory: Memory) -> None:
    await memory.put("key", "text", 60)
    assert [await memory.get("another"), await memory.take("another")] == [None, None]


async def test_what_is_put_last_holds(memory: Memory) -> None:
    await memory.put("key", "first", 60)
    await memory.put("key", "last", 60)
    assert await memory.get("key") == "last"


async def test_what_is_taken_is_gone(memory: Memory) -> None:
    await memory.put("key", "text", 60)
    assert [await memory.take("key"), await memory.take("key"), await memory.get("key")] == ["text", None, None]


async def test_of_many_who_take_at_once_one_gets_it(memory: Memory) -> None:
    taken: list[str | None] = []

    async def take() -> None:
        taken.append(await memory.take("key"))

    await memory.put("key", "text", 60)
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(take)
    assert (len(taken), [text for text in taken if text is not None]) == (50, ["text"])


async def test_of_many_who_count_at_once_each_gets_a_number_of_its_own(memory: Memory) -> None:
    numbers: list[int] = []

    async def count() -> None:
        numbers.append(await memory.count("key", 60))

    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(count)
    assert sorted(numbers) == list(range(1, 51))


async def test_each_key_has_a_number_of_its_own(memory: Memory) -> None:
    assert [await memory.count(key, 60) for key in ("one", "two", "one")] == [1, 1, 2]


async def test_a_number_can_be_got(memory: Memory) -> None:
    for _ in range(12):
        await memory.count("key", 60)
    assert await memory.get("key") == "12"


async def test_a_number_that_was_taken_begins_anew(memory: Memory) -> None:
    await memory.count("key", 60)
    assert [await memory.take("key"), await memory.count("key", 60)] == ["1", 1]


@pytest.mark.parametrize("how", ["put", "count"])
async def test_what_is_over_is_forgotten(memory: Memory, how: str) -> None:
    if how == "put":
        await memory.put("key", "text", 0.02)
    else:
        await memory.count("key", 0.02)
    with anyio.fail_after(5):
        while await memory.get("key") is not None:
            await anyio.lowlevel.checkpoint()
    assert await memory.take("key") is None


async def test_a_memory_that_was_closed_remembers_for_who_calls_next(memory: Memory) -> None:
    await memory.put("key", "text", 60)
    await memory.aclose()
    assert await memory.get("key") == "text"


# In the process


class Clock:
    """Stands still unless it is set."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def __call__(self) -> float:
        return self.moment


async def test_a_text_is_kept_until_its_time_is_over() -> None:
    clock = Clock()
    memory = ProcessMemory(clock)
    await memory.put("key", "text", 60)
    clock.moment += 59.9
    assert await memory.get("key") == "text"
    clock.moment += 0.1
    assert [await memory.get("key"), await memory.take("key")] == [None, None]


async def test_a_text_is_not_forgotten_with_others() -> None:
    clock = Clock()
    memory = ProcessMemory(clock)
    for place in (3, 1, 2):
        await memory.put(str(place), "text", place)
    clock.moment += 1
    assert [await memory.get(str(place)) for place in (1, 2, 3)] == [None, "text", "text"]
    clock.moment += 1
    assert [await memory.get(str(place)) for place in (1, 2, 3)] == [None, None, "text"]


async def test_the_time_of_a_text_begins_anew_when_it_is_put_again() -> None:
    clock = Clock()
    memory = ProcessMemory(clock)
    await memory.put("key", "text", 60)
    clock.moment += 59
    await memory.put("key", "text", 60)
    clock.moment += 59
    assert await memory.get("key") == "text"


async def test_the_time_of_a_number_begins_with_the_first() -> None:
    clock = Clock()
    memory = ProcessMemory(clock)
    await memory.count("key", 60)
    clock.moment += 59
    assert await memory.count("key", 60) == 2
    clock.moment += 1
    assert await memory.count("key", 60) == 1


async def test_what_would_be_forgotten_first_makes_room() -> None:
    memory = ProcessMemory(Clock())
    for place in range(10_000):
        await memory.put(str(place), "text", 60 if place == 5000 else 61 + place)
    await memory.put("0", "changed", 3600)
    assert await memory.get("5000") == "text"
    await memory.count("one more", 60)
    assert [await memory.get(key) for key in ("5000", "0", "1", "9999", "one more")] == [
        None,
        "changed",
        "text",
        "text",
        "1",
    ]


def test_a_memory_in_the_process_serves_one_event_loop_after_another() -> None:
    memory = ProcessMemory()
    anyio.run(memory.put, "key", "text", 60)
    assert anyio.run(memory.take, "key", backend="trio") == "text"
