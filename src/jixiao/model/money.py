"""How amounts and other decimals are written as text, in the graph and on pages."""

from decimal import Decimal

YUAN_IN_WAN = 10_000  # 万元, the unit that budgets are printed in


def plain_decimal(number: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros ("20.50" → "20.5").

    Args:
        number: any finite decimal.

    """
    return f"{number.normalize():f}"


def wan(yuan: Decimal, *, grouped: bool = False) -> str:
    """Return an amount in ten thousand yuan (万元), as disclosures print it.

    Args:
        yuan: the amount in yuan.
        grouped: whether commas separate the thousands.

    """
    amount = (yuan / YUAN_IN_WAN).normalize()
    return f"{amount:,f}" if grouped else f"{amount:f}"
