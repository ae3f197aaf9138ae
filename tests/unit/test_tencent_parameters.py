"""Parameters by schema. Expectations: tencent:C.5, tencent:C.6 and tencent:F.9."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import pytest
from msgspec import Meta

from openpartner.apikit.call import Refused
from openpartner.apikit.presence import On, Presence
from openpartner.tencent.base import RefusedAs, TencentRequest, Uin
from openpartner.tencent.parameters import read, unfold


class Part(TencentRequest):
    name: str
    count: int = 0


class Whole(TencentRequest):
    uins: list[Uin]
    text: Annotated[Annotated[str, Meta(max_length=3)], RefusedAs("InvalidParameter.Text")] = ""
    number: Annotated[int, Meta(ge=1)] = 1
    amount: Decimal | None = None
    rate: float | None = None
    flag: bool = False
    part: Part | None = None
    parts: list[Part] = []
    blank: Annotated[str | None, Presence(null=On.REJECT, empty=On.ABSENT)] = None


def refusal(values: dict[str, Any], *, dotted: bool = False) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        read({"Uins": [1], **values} if not dotted else {"Uins.0": "1", **values}, Whole, dotted=dotted)
    return caught.value.code, caught.value.message


def test_dotted_keys_are_lists_from_zero_and_objects() -> None:
    request = read(
        {
            "Uins.1": "200000000001",
            "Uins.0": "200000000000",
            "Part.Name": "a.b=c",
            "Part.Count": "7",
            "Parts.0.Name": "x",
            "Parts.1.Name": "",
            "Amount": "-10.50",
            "Rate": "0.5",
            "Flag": "True",
            "Text": "中",
            "Blank": "",
        },
        Whole,
        dotted=True,
    )
    assert request == Whole(
        uins=[200_000_000_000, 200_000_000_001],
        part=Part(name="a.b=c", count=7),
        parts=[Part(name="x"), Part(name="")],
        amount=Decimal("-10.50"),
        rate=0.5,
        flag=True,
        text="中",
    )


def test_a_list_of_more_than_ten_keeps_its_order() -> None:
    request = read({f"Uins.{place}": str(place + 1) for place in range(25)}, Whole, dotted=True)
    assert request == Whole(uins=list(range(1, 26)))


@pytest.mark.parametrize("text", ["4.6e-05", "4.6E-5", "-1e+2", "0.000046"])
def test_a_number_of_a_form_is_read_as_exactly_as_one_of_json(text: str) -> None:
    """tencent:C.5: both encodings carry the same floats; what Python writes of a small one has an exponent."""
    request = read({"Uins.0": "1", "Amount": text}, Whole, dotted=True)
    assert request == read({"Uins": [1], "Amount": Decimal(text)}, Whole, dotted=False)
    assert isinstance(request, Whole)
    assert str(request.amount) == str(Decimal(text))


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"Uins.1": "1"}, "", ""),
        ({"Uins.2": "1"}, "InvalidParameter", "Uins"),  # a hole
        ({"Uins.01": "1"}, "InvalidParameter", "Uins"),
        ({"Uins.x": "1"}, "InvalidParameter", "Uins"),
        ({"Uins.1.2": "1"}, "InvalidParameter", "Uins.1"),
        ({"Uins": "1"}, "UnknownParameter", "Uins"),  # a value and elements under one name
        ({"Number": ""}, "InvalidParameter", "Number"),
        ({"Number": "1.0"}, "InvalidParameter", "Number"),
        ({"Number": " 1"}, "InvalidParameter", "Number"),
        ({"Number": "１"}, "InvalidParameter", "Number"),
        ({"Number": "-1"}, "InvalidParameter", "Number"),
        ({"Number": "18446744073709551616"}, "InvalidParameter", "Number"),
        ({"Number": "0"}, "InvalidParameterValue", "Number"),
        ({"Flag": "yes"}, "InvalidParameter", "Flag"),
        ({"Amount": "1e100"}, "InvalidParameter", "Amount"),
        ({"Amount": "e5"}, "InvalidParameter", "Amount"),
        ({"Amount": "1e"}, "InvalidParameter", "Amount"),
        ({"Amount": "1e5.0"}, "InvalidParameter", "Amount"),
        ({"Amount": "NaN"}, "InvalidParameter", "Amount"),
        ({"Part": "x"}, "InvalidParameter", "Part"),
        ({"Part.Count": "1"}, "MissingParameter", "Part.Name"),
        ({"Part.Name": "x", "Part.Other": "1"}, "UnknownParameter", "Part.Other"),
        ({"Parts.0.Name": "x", "Parts.0.Count": "x"}, "InvalidParameter", "Parts.0.Count"),
        ({"Text": "a\x00"}, "InvalidParameterValue", "Text"),
        ({"text": "a"}, "UnknownParameter", "text"),
        ({"": "a"}, "UnknownParameter", ""),
    ],
)
def test_flat_values_are_coerced_by_schema(values: dict[str, str], code: str, path: str) -> None:
    if not code:
        assert read({"Uins.0": "1", **values}, Whole, dotted=True) == Whole(uins=[1, 1])
        return
    found, message = refusal(values, dotted=True)
    assert (found, f"`{path}`" in message) == (code, True), message


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"Uins": None}, "InvalidParameter", "Uins"),  # vendor doc silent: null is no list
        ({"Uins": {}}, "InvalidParameter", "Uins"),
        ({"Uins": [1, "x"]}, "InvalidParameter", "Uins.1"),
        ({"Uins": [1, None]}, "InvalidParameter", "Uins.1"),
        ({"Uins": [1, 0]}, "InvalidParameterValue", "Uins"),
        ({"Uins": [True]}, "InvalidParameter", "Uins.0"),
        ({"Number": Decimal("1.0")}, "InvalidParameter", "Number"),
        ({"Number": "-1"}, "InvalidParameter", "Number"),
        ({"Number": -1}, "InvalidParameter", "Number"),
        ({"Number": ""}, "InvalidParameter", "Number"),
        ({"Flag": "True"}, "InvalidParameter", "Flag"),  # tencent:F.9: nothing else is coerced in JSON
        ({"Flag": 1}, "InvalidParameter", "Flag"),
        ({"Amount": "1"}, "InvalidParameter", "Amount"),
        ({"Amount": None}, "InvalidParameter", "Amount"),
        ({"Text": 5}, "InvalidParameter", "Text"),
        ({"Text": "four"}, "InvalidParameter.Text", "Text"),  # the field's own code
        ({"Part": []}, "InvalidParameter", "Part"),
        ({"Part": {"Name": 1}}, "InvalidParameter", "Part.Name"),
        ({"Parts": [{"Count": 1}]}, "MissingParameter", "Parts.0.Name"),
        ({"Parts": [{"Name": "x", "Y": 1}]}, "UnknownParameter", "Parts.0.Y"),
        ({"Other": None}, "UnknownParameter", "Other"),
    ],
)
def test_json_is_strict(values: dict[str, Any], code: str, path: str) -> None:
    found, message = refusal(values)
    assert (found, f"`{path}`" in message) == (code, True), message


def test_json_takes_digits_for_integers_and_integers_for_amounts() -> None:
    assert read({"Uins": ["7"], "Number": "12", "Amount": 5, "Rate": Decimal("0.5")}, Whole, dotted=False) == Whole(
        uins=[7], number=12, amount=Decimal(5), rate=0.5
    )


def test_the_texts_of_errors_are_the_vendors() -> None:
    """tencent:C.6: observed messages, which tools read."""
    assert refusal({"Text": 5})[1].startswith(
        "The value type of parameter `Text` is not valid, input type should be `string`"
    )
    with pytest.raises(Refused) as caught:
        read({}, Whole, dotted=False)
    assert caught.value.message == "The request is missing a required parameter `Uins`."


@pytest.mark.parametrize("flat", [{"A": "1", "A.B": "2"}, {"A.B": "1", "A": "2"}, {"A.B.C": "1", "A.B": "2"}])
def test_a_name_cannot_hold_a_value_and_parts(flat: dict[str, str]) -> None:
    with pytest.raises(Refused):
        unfold(flat)
