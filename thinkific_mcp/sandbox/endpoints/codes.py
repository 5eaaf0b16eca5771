"""Codes that look random and are the same in every run: coupon codes, group tokens, script ids."""

from collections.abc import Iterator
from hashlib import shake_256
from itertools import count

from thinkific_mcp.sandbox.school import School

HEXADECIMAL = "0123456789abcdef"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def codes(seed: str, alphabet: str, length: int) -> Iterator[str]:
    """Yield codes without end, the same ones for the same seed."""
    digests = (shake_256(f"{seed}/{serial}".encode()).digest(length) for serial in count())
    return ("".join(alphabet[byte % len(alphabet)] for byte in digest) for digest in digests)


def unused(school: School, table: str, column: str, candidates: Iterator[str]) -> Iterator[str]:
    """Yield those candidates that no row of a table has at the moment when they are asked for."""
    sql = f"SELECT 1 FROM {table} WHERE {column} = ?"
    return (code for code in candidates if school.value(sql, [code]) is None)
