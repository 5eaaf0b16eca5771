"""Say what changed in the Thinkific API, and whether our operation classes still fit it.

    python tools/check_contract.py FILE

FILE is a newer OpenAPI description, JSON or YAML. See `--help`, and `contract_check/` for how it is done.
"""

import sys

from contract_check.command import main

if __name__ == "__main__":
    sys.exit(main())
