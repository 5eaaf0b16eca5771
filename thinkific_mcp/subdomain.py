"""The name of a site. It becomes part of addresses that secrets are sent to, so it is checked strictly."""

import re

_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def is_subdomain(text: str) -> bool:
    """Tell whether a text is the my-school of an address such as my-school.thinkific.com."""
    return _SUBDOMAIN.fullmatch(text) is not None
