"""Whether a value keeps to a schema, and which schemas are understood."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from generation.contract import BadRequest
from generation.writing import schema
from generation.writing.form import WritingParams

TREE: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("rules", "good", "bad"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 2}, ["a", "ab"], ["", "abc", 1, None, ["a"]]),
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 3}, [1, 2, 2.0], [0, 3, 1.5, True, "1"]),
        ({"type": "number", "maximum": 3, "exclusiveMinimum": 1}, [1.5, 3], [1, 3.1, False]),
        ({"type": ["null", "boolean"]}, [None, True], [0, "", {}]),
        ({"enum": ["a", 1, None]}, ["a", 1, None], ["b", True, 0]),
        ({"const": {"a": [1]}}, [{"a": [1]}], [{"a": [2]}, {}]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}, [[1], [1, 2]], [[], [1, 2, 3], ["1"], {}]),
        ({"prefixItems": [{"type": "string"}], "items": False}, [["a"], []], [["a", "b"], [1]]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, ["a", 1], [1.5, None]),
        ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, [1.5], [1, "a"]),
        ({"allOf": [{"type": "number"}, {"minimum": 3}]}, [3], [2, "a"]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1}], [{"a": "1"}]),
        (TREE, [{"name": "a"}, {"name": "a", "below": [{"name": "b", "below": []}]}], [{}, {"name": "a", "x": 1}, {"name": "a", "below": [{}]}]),
    ],
)
def test_values_keep_to_a_schema_or_are_told_where_not(rules: dict[str, Any], good: list[Any], bad: list[Any]) -> None:
    schema.check(rules)
    assert [schema.faults(value, rules) for value in good] == [[]] * len(good)
    assert all(schema.faults(value, rules)[0].startswith("the answer") for value in bad)


def test_a_fault_names_its_place() -> None:
    assert schema.faults({"name": "a", "below": [{"name": "b"}, {"name": 3}]}, TREE) == ["the answer.below[1].name must be string, and is number"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"pattern": "a"}, "“pattern” in the schema"),
        ({"properties": {"a": {"if": {}}}}, "“if” in “a”"),
        ({"type": "text"}, "must be one of"),
        ({"properties": []}, "object of schemas"),
        ({"required": "a"}, "list of names"),
        ({"minItems": -1}, "whole number"),
        ({"maximum": "3"}, "must be a number"),
        ({"enum": []}, "list of values"),
        ({"$ref": "#/$defs/none"}, "leads nowhere"),
        ({"$ref": "https://example.com/x.json"}, "leads nowhere"),
        ({"anyOf": []}, "list of schemas"),
        ([], "JSON object"),
    ],
)
def test_what_is_not_understood_is_refused_at_once(rules: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        schema.check(rules)


def test_a_schema_or_an_answer_without_a_bottom_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100):
        deep = {"items": deep}
    with pytest.raises(ValueError, match="nested too deeply"):
        schema.check(deep)
    assert "nested too deeply" in schema.faults(1, {"$ref": "#"})[0]
    with pytest.raises(ValueError, match="nested too deeply"):
        schema.read("[" * 100_000)


def test_only_closed_schemas_are_called_strict() -> None:
    assert not schema.strict(TREE)
    closed = {**TREE, "required": ["name", "below"]}
    assert schema.strict(closed)
    assert not schema.strict({**closed, "properties": {**closed["properties"], "more": {"type": "object"}}, "required": ["name", "below", "more"]})


def test_what_is_read_can_be_kept_anywhere() -> None:
    assert schema.read('```json\n{"a": [1e999, -1e999, "x\\u0000\\ud800y"]}\n```') == {"a": [sys.float_info.max, -sys.float_info.max, "x?y"]}
    for text in ("", "{", "NaN", "[1] [1]", "Here you are: {}"):
        with pytest.raises(ValueError):
            schema.read(text)


def test_a_conversation_is_made_of_what_was_given() -> None:
    asked = WritingParams.model_validate(
        {"instruction": " Shorten. ", "material": "Long.", "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": " "}]}
    )
    assert asked.conversation() == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Shorten.\n\nLong."}]
    with pytest.raises(BadRequest, match="nothing to answer"):
        WritingParams.model_validate({"messages": [{"role": "assistant", "content": "Hm."}]}).conversation()
    assert json.loads(json.dumps(asked.model_dump(mode="json")))["answer_schema"] == {}
