"""Whether the hosted server bears many callers at once, and how it compares with the smallest one on the same SDK.

Callers in both eras call get_course, each as soon as it has its answer. First ours is under load for `--seconds`,
and its memory is watched. Then ours and a server with one tool, which makes the same request to Thinkific, take
turns of a fifth of the time each, so that a busy machine slows both alike; with `--processes`, so do several
processes of ours, over which the callers are spread evenly (no proxy in between). The request budget is out of
the way, and Thinkific is a stand-in: see `load/upstream.py`. Everything shares the cores of one machine. Linux
only.

It prints tables in Markdown, and ends with 1 when a call fails or gets a wrong answer, when a call is not one
request to Thinkific, when ours has less than 0.8 of the one-tool server's throughput, or when its memory grows by
5 % after the first quarter.
"""

import argparse
import asyncio
import secrets
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import httpx2
from load.callers import Load, put_under_load
from load.programs import Program, one_tool_server, our_server, upstream

WANTED = 0.8
GROWTH = 0.05
TURNS = 5
WARM_UP = 2.0

OURS, ONE_TOOL = "thinkific-mcp", "one-tool server"
Megabytes = float


def main() -> int:
    """Measure, print, and tell whether all is as it should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of load on ours, and on each in turns (60)")
    parser.add_argument("--callers", type=int, default=200, help="at once (200)")
    parser.add_argument("--processes", type=int, default=1, help="of ours (1)")
    given = parser.parse_args()
    tokens = [secrets.token_urlsafe() for _ in range(given.callers)]
    with ExitStack() as stack:
        thinkific = stack.enter_context(upstream())
        ours = [stack.enter_context(our_server(thinkific, tokens)) for _ in range(given.processes)]
        sides = {OURS: ours[:1], ONE_TOOL: [stack.enter_context(one_tool_server(thinkific))]}
        if given.processes > 1:
            sides[f"{OURS}, {given.processes} processes"] = ours
        loads, memory = asyncio.run(measured(sides, tokens, given.seconds))
        requests = int(httpx2.get(f"http://127.0.0.1:{thinkific.port}/requests", trust_env=False).text)
    return report(loads, memory, requests)


async def measured(
    sides: Mapping[str, Sequence[Program]], tokens: Sequence[str], seconds: float
) -> tuple[dict[str, list[Load]], list[Megabytes]]:
    """Put all sides under load.

    Returns:
        For each side its loads: the warm-up, the turns, and for ours, between the two, the long one. And the
        memory of ours before, a quarter into and after that one.
    """
    loads = {
        name: [await put_under_load(servers, tokens, min(WARM_UP, seconds))] for name, servers in sides.items()
    }
    ours = sides[OURS][0]
    memory = [ours.memory()]
    long = asyncio.create_task(put_under_load([ours], tokens, seconds))
    await asyncio.wait([long], timeout=seconds / 4)
    memory.append(ours.memory())
    loads[OURS].append(await long)
    memory.append(ours.memory())
    for _ in range(TURNS):
        for name, servers in sides.items():
            loads[name].append(await put_under_load(servers, tokens, seconds / TURNS))
    return loads, memory


def report(loads: Mapping[str, Sequence[Load]], memory: Sequence[Megabytes], requests: int) -> int:
    """Print what was measured, and tell whether it is as it should be: 0 or 1."""
    print(
        "| under load | calls | wrong | a second | middle half | ms of a core each | median ms | 99 % within ms |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    print(row(f"{OURS}, without a pause", [loads[OURS][1]]))
    throughput: dict[str, float] = {}
    for name, each in loads.items():
        throughput[name] = statistics.median(load.throughput for load in each[-TURNS:])
        print(row(name, each[-TURNS:]))
    everything = [load for each in loads.values() for load in each]
    faults = sum((load.faults for load in everything), Counter[str]())
    calls = sum(len(load.times) for load in everything) + faults.total()
    start, quarter, end = memory
    growth = end / quarter - 1
    ratio = throughput[OURS] / throughput[ONE_TOOL]
    print("\n| measured | is | wanted |\n|---|---:|---:|")
    print(f"| throughput, of the one-tool server's | {ratio:.2f} | at least {WANTED} |")
    for name in list(throughput)[2:]:
        print(f"| throughput, {name}, of one's | {throughput[name] / throughput[OURS]:.2f} | |")
    print(f"| memory at the start, after a quarter, at the end, MB | {start:.1f}, {quarter:.1f}, {end:.1f} | |")
    print(f"| growth of memory after a quarter | {growth:.1%} | under {GROWTH:.0%} |")
    print(f"| calls that failed or got a wrong answer | {faults.total()} | 0 |")
    print(f"| requests to Thinkific, with warm-up | {requests} | {calls} |")
    for fault, times in faults.most_common(5):
        print(f"{times} × {fault}", file=sys.stderr)
    return 0 if ratio >= WANTED and growth < GROWTH and not faults and requests == calls else 1


def row(name: str, loads: Sequence[Load]) -> str:
    """Return a side's line of the table."""
    times = sorted(seconds * 1000 for load in loads for seconds in load.times) or [0.0, 0.0]
    wrong = sum(load.faults.total() for load in loads)
    rates, work = [load.throughput for load in loads], sum(load.work for load in loads)
    low, _, high = statistics.quantiles(rates, n=4) if len(rates) > 1 else [rates[0]] * 3
    median, most = statistics.median(times), times[int(len(times) * 0.99)]
    rate = f"{statistics.median(rates):.0f} | {low:.0f}–{high:.0f} | {work * 1000 / len(times):.2f}"
    return f"| {name} | {len(times)} | {wrong} | {rate} | {median:.0f} | {most:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
