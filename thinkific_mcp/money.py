"""Amounts of money as people write them."""

from collections.abc import Mapping

# ISO 4217, list one, of its maintenance agency SIX: all other currencies have hundredths.
_CODES: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {code: decimals for decimals, codes in _CODES.items() for code in codes.split()}


def money(amount: int, currency: str) -> str:
    """Write an amount in the currency's unit, such as `19.99 USD (1999 in the smallest unit)`.

    Args:
        amount: in the currency's smallest unit.
        currency: three letters.
    """
    code = currency.upper()
    decimals = _DECIMALS.get(code, 2)
    unit, rest = divmod(amount, 10**decimals)
    fraction = f".{rest:0{decimals}}" if decimals else ""
    return f"{unit}{fraction} {code} ({amount} in the smallest unit)"
