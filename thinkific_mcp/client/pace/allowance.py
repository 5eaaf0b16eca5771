"""The rules of a site's budget, on plain data: no clock, no waiting, no network.

Thinkific lets a site send so many requests a minute, and says neither how it counts a minute nor what is left. So:

- A request counts from when it leaves until a minute after its answer came. Thinkific counted it at some moment
  between the two, so however a minute is counted, no more than the limit can fall into one.
- A sixth of the limit may leave at once. What follows is spaced at the steepest even pace that never runs into
  the limit, so that nobody meets the wait of a whole minute.
- A 429 means that somebody else uses the budget too. Nothing leaves until it is lifted, and from then on only a
  part of the limit is used: 70 % of what was allowed until then, and 5 % of the limit more for each quiet minute
  after the first.
- Several processes each have a line of calls that wait. The line whose first call arrived first is served first.
"""

from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field, replace

MINUTE = 60.0
RENEW_EVERY = 5.0
"""Seconds after which a process says again that a request is still under way."""

_MARGIN = 0.25
_BURST = 1 / 6
_CUT = 0.7
_LEAST_SHARE = 0.05
_REGAINED_A_MINUTE = 0.05
_QUIET = MINUTE
# What a request leaves late, because somebody had to wake up first, the next ones catch up with.
_MADE_UP = 1.0
# After a 429 that does not say how long: this, doubled with each further one, up to a minute.
_UNTOLD_WAIT = 5.0
# Thinkific counts minutes: no budget stays used up for longer, whatever a 429 says.
_LONGEST_SHUT = 2 * MINUTE
# A process that was killed gives nothing back. Its requests under way are taken to be over when it has not said
# for this long that they are not, and those that wait there to be gone, this long after it should have asked.
_LOST_AFTER = 15.0
_SILENCE = 5.0
# How soon to look again whether one of the concurrent requests of another process has ended.
_LOOK_AGAIN = 0.25
# How soon to look again whether the processes know of each other again.
_SOON_TOGETHER = 2.0


@dataclass(frozen=True)
class Limits:
    """What Thinkific allows one site.

    Args:
        requests: requests in any window; 120 on most plans, more on Plus.
        at_once: requests under way at the same time.
        seconds: the length of a window.
    """

    requests: int = 120
    at_once: int = 10
    seconds: float = MINUTE

    @property
    def window(self) -> float:
        """Seconds for which a request that is over still counts: clocks drift, and both ends round."""
        return self.seconds + _MARGIN

    def for_one_of(self, processes: int) -> "Limits":
        """Return what one of so many processes may use where they know nothing of each other."""
        at_once = max(1, -(-self.at_once // processes))
        return replace(self, requests=max(1, self.requests // processes), at_once=at_once)


@dataclass
class Lease:
    """A request under way.

    Args:
        left: when it left.
        expected: when its process will have renewed this, if it is still there; None if it need not.
    """

    left: float
    expected: float | None = None


@dataclass
class WaitingLine:
    """A process's calls that wait for their turn.

    Args:
        arrived: when the first of them came.
        latest: when the last of them came.
        waiting: how many they are.
        expected: when the process will have asked again, if it is still there.
    """

    arrived: float
    latest: float
    waiting: int
    expected: float

    def before(self, arrived: float) -> int:
        """Estimate how many of them came before a moment, as if they had come evenly."""
        if arrived <= self.arrived:
            return 0
        if arrived > self.latest:
            return self.waiting
        return max(1, int(self.waiting * (arrived - self.arrived) / (self.latest - self.arrived)))


@dataclass
class Allowance:
    """What a site has used of its budget, and who waits for the rest. All moments are seconds of one clock.

    Args:
        returns: when each finished request stops counting, in order.
        running: the requests under way, by the names of their leases.
        last: when the latest request was due.
        shut_until: when a 429 is lifted.
        share: the part of the limit that was left to us at `cut_at`.
        cut_at: when a 429 last reduced the share.
        untold: how many 429s in a row did not say when they are lifted.
        lines: the lines of the processes, by their names.
        processes: how many processes have such an allowance for the site, and know nothing of each other.
    """

    returns: list[float] = field(default_factory=list[float])
    running: dict[str, Lease] = field(default_factory=dict[str, Lease])
    last: float | None = None
    shut_until: float = 0.0
    share: float = 1.0
    cut_at: float | None = None
    untold: int = 0
    lines: dict[str, WaitingLine] = field(default_factory=dict[str, WaitingLine])
    processes: int = 1

    def take(self, limits: Limits, line: str, lease: str, arrivals: list[float], now: float) -> float:
        """Give the first call of a line its turn, if it is due.

        Args:
            limits: what Thinkific allows.
            line: the name of the line.
            lease: the name by which the turn is given back.
            arrivals: when the calls of the line came, oldest first.
            now: the present moment.

        Returns:
            0 when the turn was given; else the seconds after which to ask again.
        """
        limits = limits.for_one_of(self.processes)
        self._forget(limits, now)
        before = sum(other.arrived < arrivals[0] for name, other in self.lines.items() if name != line)
        due = self._due(limits, before, now)
        wait = due - now
        if wait <= 0 and len(self.running) >= limits.at_once:
            wait = _LOOK_AGAIN
        if wait > 0 or before:
            wait = max(wait, _MARGIN / 10)
            if self.processes > 1:
                wait = min(wait, _SOON_TOGETHER)
            self.lines[line] = WaitingLine(arrivals[0], arrivals[-1], len(arrivals), now + wait + _SILENCE)
            return wait
        self.running[lease] = Lease(now)
        self.last = due if due > now - _MADE_UP else now
        if len(arrivals) > 1:
            self.lines[line] = WaitingLine(arrivals[1], arrivals[-1], len(arrivals) - 1, now + _SILENCE)
        else:
            self.lines.pop(line, None)
        return 0.0

    def seconds_for(self, limits: Limits, line: str, before: int, arrived: float, now: float) -> float:
        """Estimate how long a call will wait for its turn.

        Args:
            limits: what Thinkific allows.
            line: the name of its line.
            before: how many come before it there.
            arrived: when it came.
            now: the present moment.
        """
        limits = limits.for_one_of(self.processes)
        self._forget(limits, now)
        elsewhere = sum(other.before(arrived) for name, other in self.lines.items() if name != line)
        return max(0.0, self._due(limits, before + elsewhere, now) - now)

    def left(self, limits: Limits, now: float) -> int:
        """Return for how many more requests this minute has room."""
        limit = self._limit(limits.for_one_of(self.processes), now)
        return max(0, limit - len(self.returns) - len(self.running))

    def leave(self, line: str) -> None:
        """Take note that nobody waits in a line any more."""
        self.lines.pop(line, None)

    def renew(self, lease: str, now: float) -> None:
        """Take note that a request is still under way, and forget it unless that is repeated."""
        if lease in self.running:
            self.running[lease].expected = now + _LOST_AFTER

    def finish(self, limits: Limits, lease: str, now: float) -> None:
        """Take a turn back whose request was sent and is over."""
        self.running.pop(lease, None)
        insort(self.returns, now + limits.window)
        self.untold = 0

    def give_back(self, lease: str) -> None:
        """Take a turn back whose request never left."""
        self.running.pop(lease, None)

    def refuse(self, limits: Limits, lease: str, wait: float | None, now: float) -> None:
        """Take a turn back whose request met a 429.

        Args:
            limits: what Thinkific allows.
            lease: the turn.
            wait: seconds until the 429 is lifted, where Thinkific said so.
            now: the present moment.
        """
        running = self.running.pop(lease, None)
        insort(self.returns, now + limits.window)
        # Requests that left before the last 429 say nothing of the time since.
        is_news = self.cut_at is None or (running is not None and running.left > self.cut_at)
        if wait is None:
            self.untold = min(self.untold + is_news, 10)
            wait = min(MINUTE, _UNTOLD_WAIT * 2 ** max(0, self.untold - 1))
        self.shut_until = max(self.shut_until, now + min(wait, _LONGEST_SHUT) + _MARGIN)
        if is_news:
            self.share = max(_LEAST_SHARE, self._share(now) * _CUT)
            self.cut_at = now

    def part(self, processes: int) -> "Allowance":
        """Return what one of so many processes may take for its part of this, when they lose sight of each other.

        The requests under way and the lines are left out: most are those of others.
        """
        return replace(self, returns=self.returns[::processes], running={}, lines={}, processes=processes)

    def hand_over(self) -> "Allowance":
        """Return what is known here for an allowance that joins it, with the requests under way."""
        running, self.running = self.running, {}
        return replace(self, returns=[*self.returns], running=running, lines={})

    def join(self, other: "Allowance") -> None:
        """Take note of what was used by another allowance of the site, which has the same clock.

        What both know counts once.
        """
        self.returns = sorted((Counter(self.returns) | Counter(other.returns)).elements())
        self.running.update(other.running)
        self.last = max((last for last in (self.last, other.last) if last is not None), default=None)
        self.shut_until = max(self.shut_until, other.shut_until)
        self.untold = max(self.untold, other.untold)
        if other.cut_at is not None and (self.cut_at is None or other.cut_at > self.cut_at):
            self.share, self.cut_at = other.share, other.cut_at

    def is_idle(self, now: float) -> bool:
        """Tell whether forgetting all of this would change nothing."""
        in_use = self.running or self.lines or now < max([self.shut_until, *self.returns[-1:]])
        return not in_use and self._share(now) == 1

    def _share(self, now: float) -> float:
        if self.cut_at is None:
            return 1.0
        quiet_minutes = max(0.0, now - self.cut_at - _QUIET) / MINUTE
        return min(1.0, self.share + _REGAINED_A_MINUTE * quiet_minutes)

    def _limit(self, limits: Limits, now: float) -> int:
        return max(1, int(limits.requests * self._share(now)))

    def _due(self, limits: Limits, before: int, now: float) -> float:
        """Return the moment from which a call can leave that has `before` others before it."""
        limit = self._limit(limits, now)
        at_once = max(1, int(limit * _BURST)) - len(self.returns) - len(self.running)
        if before < at_once:
            return self.shut_until
        # A request that is still under way returns a window after its end, which is not yet.
        running = (max(lease.left + limits.window, now + _LOOK_AGAIN) for lease in self.running.values())
        counted = sorted([*self.returns, *running])
        last, pace = now, limits.window / limit
        if counted and self.last is not None:
            last, pace = self.last, self._pace(counted, self.last, limit)
        return max(self.shut_until, last + (before - max(0, at_once) + 1) * pace)

    def _pace(self, counted: list[float], last: float, limit: int) -> float:
        """Return the seconds between requests at the steepest even pace that never runs into the limit.

        The k-th request from now has to wait for the return of all that are counted but limit - k.
        """
        free = limit - len(counted)
        return max(
            (returns - last) / (free + place) for place, returns in enumerate(counted, start=1) if free + place > 0
        )

    def _forget(self, limits: Limits, now: float) -> None:
        for name, lease in list(self.running.items()):
            if lease.expected is not None and lease.expected <= now:
                insort(self.returns, self.running.pop(name).left + limits.window)
        del self.returns[: bisect_right(self.returns, now)]
        self.lines = {name: line for name, line in self.lines.items() if line.expected > now}
