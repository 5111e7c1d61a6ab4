import pytest

from toolkit.errors import SpecError
from toolkit.spec.document import MAX_VALUES, parse_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("-.5", -0.5),
        ("12", 12),
        ("010", 10),
        ("0x10", 16),
        ("1_000", "1_000"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("1:30", "1:30"),
        (".inf", float("inf")),
        ("2024-01-01", "2024-01-01"),
        ("'12'", "12"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    parsed = parse_document(f"a: {text}", "x.yaml").data["a"]
    assert parsed == value
    assert type(parsed) is type(value)


def test_keys_and_values_know_where_they_stand() -> None:
    document = parse_document("a:\n  b: [1, two]\n", "x.yaml")
    key, value = document.keys["a", "b"], document.values["a", "b", 1]
    assert (key.line, key.column, key.width) == (2, 3, 1)
    assert (value.line, value.column, value.width, value.text) == (2, 10, 3, "  b: [1, two]")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\na: 2\n", "x.yaml:2:1:", "`a` stands here for the second time; see line 1"),
        ("a: [1, 2\nb: 3\n", "x.yaml:2:", "not YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", "x.yaml:1:4:", "have no meaning in a spec"),
        ("a: !mine 3\n", "x.yaml:1:4:", "have no meaning in a spec"),
        ("[a, b]: 1\n", "x.yaml:1:1:", "a key must be a word"),
        ("3: 1\n", "x.yaml:1:1:", "a key must be a word"),
        ("a: \x00\n", "x.yaml:", "not YAML"),
    ],
)
def test_what_is_not_a_spec_is_refused_with_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(SpecError) as raised:
        parse_document(text, "x.yaml")
    assert str(raised.value).startswith(place)
    assert message in str(raised.value)


def test_alias_bomb_is_refused() -> None:
    levels = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(SpecError, match="too deep or too large"):
        parse_document("\n".join(levels), "x.yaml")
    assert MAX_VALUES < 10**8


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(SpecError, match=r"too deep|not YAML"):
        parse_document("[" * 5000 + "]" * 5000, "x.yaml")
