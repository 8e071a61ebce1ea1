from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiao.extraction.money import to_yuan
from jixiao.extraction.targets import parse
from jixiao.extraction.value_rules import value_rules
from jixiao.model.record import Comparator, Target

NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
COMPARATORS = [
    (word, comparator)
    for comparator, words in value_rules().comparators.before.items()
    for word in words
]
AFTER = [(word, c) for c, words in value_rules().comparators.after.items() for word in words]
UNITS = [(word, key) for key, words in value_rules().units.items() for word in words]


@given(NUMBERS, st.sampled_from(COMPARATORS), st.sampled_from(UNITS), st.sampled_from(["", " "]))
def test_comparator_number_unit(
    number: Decimal, word: tuple[str, Comparator], unit: tuple[str, str], space: str
) -> None:
    target = parse(f"{word[0]}{space}{number}{space}{unit[0]}")
    assert target and target.comparator == word[1] and target.unit == unit[1]
    assert number in (target.lower, target.upper)
    assert (target.lower is None) == (word[1] in ("le", "lt"))
    assert (target.upper is None) == (word[1] in ("ge", "gt"))


@given(NUMBERS, st.sampled_from(AFTER), st.sampled_from(UNITS))
def test_words_after_the_number(
    number: Decimal, word: tuple[str, Comparator], unit: tuple[str, str]
) -> None:
    target = parse(f"{number}{unit[0]}{word[0]}")
    assert target and (target.comparator, target.unit) == (word[1], unit[1])


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 28))
def test_dates_stay_as_precise_as_stated(year: int, month: int, day: int) -> None:
    assert parse(f"{year} 年") == Target(kind="date", comparator="eq", date=f"{year}")
    month_only = Target(kind="date", comparator="eq", date=f"{year}-{month:02}")
    assert parse(f"{year} 年 {month} 月") == month_only
    before = Target(kind="date", comparator="le", date=f"{year}-{month:02}-{day:02}")
    assert parse(f"{year}年{month}月{day}日前") == before


@given(st.text(max_size=30))
def test_nothing_stated_is_lost_and_nothing_raises(text: str) -> None:
    target = parse(text)
    assert (target is None) == (not "".join(text.split()))


@pytest.mark.parametrize(
    ("stated", "target"),
    [
        ("≥99%", Target(kind="number", comparator="ge", lower=Decimal(99), unit="percent")),
        ("＜２.５ 万元", Target(kind="number", comparator="lt", upper=Decimal("2.5"),
                             unit="CNY-wan")),
        ("80%-90%", Target(kind="range", lower=Decimal(80), upper=Decimal(90), unit="percent")),
        ("300元/人·月", Target(kind="number", comparator="eq", lower=Decimal(300),
                             upper=Decimal(300), unit="CNY", per="人·月")),
        ("每月 25 日前", Target(kind="recurring", comparator="le", per="月", date="---25")),
        ("2023年12月底前", Target(kind="date", comparator="le", date="2023-12")),
        ("2023年13月", Target(kind="text")),
        ("90%以上", Target(kind="number", comparator="ge", lower=Decimal(90), unit="percent")),
        ("24小时内", Target(kind="number", comparator="le", upper=Decimal(24), unit="hour")),
        ("百分之九十以上", Target(kind="number", comparator="ge", lower=Decimal(90),
                           unit="percent")),
        ("两次", Target(kind="number", comparator="eq", lower=Decimal(2), upper=Decimal(2),
                      unit="ci")),
        ("100百分比", Target(kind="number", comparator="eq", lower=Decimal(100),
                          upper=Decimal(100), unit="percent")),
        ("100.00(%)", Target(kind="number", comparator="eq", lower=Decimal(100),
                            upper=Decimal(100), unit="percent")),
        ("3—5次", Target(kind="range", lower=Decimal(3), upper=Decimal(5), unit="ci")),
        ("0.3万元/次", Target(kind="number", comparator="eq", lower=Decimal("0.3"),
                           upper=Decimal("0.3"), unit="CNY-wan", per="次")),
        ("≥5万人次", Target(kind="number", comparator="ge", lower=Decimal(50000), unit="ren")),
        ("约30人", Target(kind="number", comparator="eq", lower=Decimal(30), upper=Decimal(30),
                       unit="ren", approximate=True)),
        ("10个左右", Target(kind="number", comparator="eq", lower=Decimal(10),
                        upper=Decimal(10), unit="ge", approximate=True)),
        ("≥3桶", Target(kind="number", comparator="ge", lower=Decimal(3))),
        ("第三季度", Target(kind="date", comparator="le", date="--09")),
        ("2023年第三季度", Target(kind="date", comparator="le", date="2023-09")),
        ("2023年上半年", Target(kind="date", comparator="le", date="2023-06")),
        ("12月底前", Target(kind="date", comparator="le", date="--12")),
        ("每年12月底前", Target(kind="recurring", comparator="le", per="年", date="--12")),
        ("每季度末前", Target(kind="recurring", comparator="le", per="季度")),
        ("优良中低差", Target(kind="grade")),
        ("基本达到", Target(kind="grade")),
        ("有所提升", Target(kind="grade")),
        ("及时、合理", Target(kind="grade")),
        ("显著", Target(kind="grade")),
        ("保障工作顺利", Target(kind="text")),
    ],
)  # fmt: skip
def test_stated_values(stated: str, target: Target) -> None:
    assert parse(stated) == target


@given(NUMBERS, st.sampled_from(sorted(value_rules().money)))
def test_money_is_exact(number: Decimal, unit: str) -> None:
    assert (
        to_yuan(f"{number:,}", value_rules().units[unit][0]) == number * value_rules().money[unit]
    )
