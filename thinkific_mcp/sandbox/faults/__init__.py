"""Faults on demand: ways in which the sandbox answers as a failing network, proxy or Thinkific would.

A fault is asked for by the kind and the options of a class in `substitutes.py`, `floods.py` or
`spoilers.py`: in the same process by `Faults.add`, on the wire by `POST /_sandbox/faults`, and for a
single request by its header `X-Sandbox-Fault` (`reset`, or `{"kind": "slow", "seconds": 2}`).

A fault strikes instead of the endpoint, which then does nothing; with `"after": true` the endpoint is
carried out first, and its answer is lost. `trickle`, `truncated`, `wrong_content_type` and `reset_body`
spoil an answer, so before them the endpoint is always carried out.

`endless`, `slow`, `trickle`, `truncated`, `hang_up`, `reset` and `reset_body` need a socket to be seen as
they are. A client in this process gets an answer as a whole, of an endless one nothing, and a
`ConnectionError` for a connection that is reset or ends before its answer.
"""

from thinkific_mcp.sandbox.faults.fault import Fault
from thinkific_mcp.sandbox.faults.queue import FaultError, Faults, fault_of_header

__all__ = ["Fault", "FaultError", "Faults", "fault_of_header"]
