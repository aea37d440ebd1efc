"""JSON schemas of answers: the part of the language that every writing engine here understands, and whether a value keeps to one.

What is understood is refused nowhere and everything else is refused at once, so that a schema is never half obeyed: types, enum, const,
objects, arrays, bounds of lengths and numbers, anyOf, oneOf, allOf and references within the schema.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any

DEEPEST = 60
TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
ASSERTS = frozenset((
    "type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems",
    "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "oneOf", "allOf", "$ref",
))  # fmt: skip
TELLS = frozenset(("$schema", "$id", "$defs", "definitions", "title", "description", "default", "examples", "$comment"))
FENCE = re.compile(r"\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*", re.DOTALL)


def check(schema: Any) -> None:
    """Raises `ValueError`, with what to change, for a schema that is wrong or says what is not understood here."""
    _check(schema, schema, "the schema", 0)


def _check(schema: Any, root: dict[str, Any], where: str, depth: int) -> None:
    if isinstance(schema, bool) and depth:
        return
    if not isinstance(schema, dict):
        raise ValueError(f"{where} must be a JSON object")
    if depth > DEEPEST:
        raise ValueError("the schema is nested too deeply")
    if unknown := sorted(set(schema) - ASSERTS - TELLS):
        raise ValueError(f"“{unknown[0]}” in {where} is not understood; leave it out")
    kinds = schema.get("type", [])
    if any(kind not in TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
        raise ValueError(f"“type” in {where} must be one of {', '.join(TYPES)}")
    for word in ("minItems", "maxItems", "minLength", "maxLength"):
        if word in schema and (isinstance(schema[word], bool) or not isinstance(schema[word], int) or schema[word] < 0):
            raise ValueError(f"“{word}” in {where} must be a whole number")
    for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if word in schema and not _is_number(schema[word]):
            raise ValueError(f"“{word}” in {where} must be a number")
    required = schema.get("required", [])
    if not isinstance(required, list) or any(not isinstance(name, str) for name in required):
        raise ValueError(f"“required” in {where} must be a list of names")
    if "enum" in schema and (not isinstance(schema["enum"], list) or not schema["enum"]):
        raise ValueError(f"“enum” in {where} must be a list of values")
    if "$ref" in schema:
        _resolved(schema["$ref"], root)
    for name, part in _parts(schema):
        _check(part, root, f"“{name}”", depth + 1)


def _parts(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for word in ("properties", "$defs", "definitions"):
        found = schema.get(word, {})
        if not isinstance(found, dict):
            raise ValueError(f"“{word}” must be an object of schemas")
        yield from ((str(name), part) for name, part in found.items())
    for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if word in schema:
            if not isinstance(schema[word], list) or not schema[word]:
                raise ValueError(f"“{word}” must be a list of schemas")
            yield from ((f"{word} {number}", part) for number, part in enumerate(schema[word], 1))
    for word in ("items", "additionalProperties"):
        if word in schema:
            yield word, schema[word]


def _resolved(reference: Any, root: dict[str, Any]) -> Any:
    if reference == "#":
        return root
    found: Any = root
    for name in str(reference).removeprefix("#/").split("/"):
        found = found.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    if not str(reference).startswith("#/") or not isinstance(found, (dict, bool)):
        raise ValueError(f"the reference “{reference}” leads nowhere within the schema")
    return found


def strict(schema: dict[str, Any]) -> bool:
    """Whether the schema is of the kind that endpoints promise to keep to by construction: all properties needed, no others allowed."""
    found = [schema] if isinstance(schema.get("properties"), dict) or schema.get("type") == "object" else []
    found += [part for _, part in _everything(schema) if isinstance(part, dict) and ("properties" in part or part.get("type") == "object")]
    return all(
        part.get("additionalProperties") is False and set(part.get("required", [])) == set(part.get("properties", {})) for part in found
    )  # fmt: skip


def without_lengths(schema: Any) -> Any:
    """The schema without bounds of lengths, which some endpoints do not take."""
    if isinstance(schema, list):
        return [without_lengths(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for word, part in schema.items():
        if word in ("properties", "$defs", "definitions"):  # names, not rules
            found[word] = {name: without_lengths(rules) for name, rules in part.items()}
        elif word in ("enum", "const"):
            found[word] = part
        elif word not in ("minLength", "maxLength", "minItems", "maxItems"):
            found[word] = without_lengths(part)
    return found


def _everything(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, part in _parts(schema):
        yield name, part
        if isinstance(part, dict):
            yield from _everything(part)


def read(text: str) -> Any:
    """The one JSON value of an answer, also out of a fence of Markdown, its strings as `plain` has them. Raises `ValueError` with what is
    wrong."""
    fenced = FENCE.fullmatch(text)
    try:
        return _cleaned(json.loads(fenced[1] if fenced else text, parse_constant=_no_constant, parse_float=_finite))
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the answer is no JSON: {error.msg} at character {error.pos}") from None


def plain(text: str) -> str:
    """Text that every store takes: without NUL and without halves of surrogate pairs, which JSON's escapes can bring in."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {plain(name): _cleaned(item) for name, item in value.items()} if isinstance(value, dict) else value


def _finite(digits: str) -> float:
    """A number that JSON can say and no machine can hold is the largest there is."""
    return max(-sys.float_info.max, min(sys.float_info.max, float(digits)))


def _no_constant(word: str) -> Any:
    raise ValueError(f"“{word}” is no JSON")


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """What of a value does not keep to a checked schema, each with its place; empty if it does. At most ten are told."""
    found: list[str] = []
    for fault in _faults(value, schema, schema, "the answer", 0):
        found.append(fault)
        if len(found) == 10:
            break
    return found


def _faults(value: Any, schema: Any, root: dict[str, Any], at: str, depth: int) -> Iterator[str]:
    if schema is False:
        yield f"{at} must not be there"
    if isinstance(schema, bool):
        return
    if depth > DEEPEST:
        yield f"{at} is nested too deeply"
        return
    if "$ref" in schema:
        yield from _faults(value, _resolved(schema["$ref"], root), root, at, depth + 1)
    kinds = schema.get("type")
    if kinds is not None and not any(_is(value, kind) for kind in (kinds if isinstance(kinds, list) else [kinds])):
        yield f"{at} must be {' or '.join(kinds) if isinstance(kinds, list) else kinds}, and is {_named(value)}"
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        yield f"{at} must be one of {json.dumps(schema['enum'], ensure_ascii=False)[:200]}"
    if "const" in schema and not _same(value, schema["const"]):
        yield f"{at} must be {json.dumps(schema['const'], ensure_ascii=False)[:200]}"
    if isinstance(value, str):
        yield from _length(value, schema, at, "Length", "characters")
    elif isinstance(value, list):
        yield from _length(value, schema, at, "Items", "items")
        first = schema.get("prefixItems", [])
        for number, item in enumerate(value):
            rule = first[number] if number < len(first) else schema.get("items", True)
            yield from _faults(item, rule, root, f"{at}[{number}]", depth + 1)
    elif isinstance(value, dict):
        yield from _of_object(value, schema, root, at, depth)
    elif _is_number(value):
        yield from _of_number(value, schema, at)
    for rule in schema.get("allOf", []):
        yield from _faults(value, rule, root, at, depth + 1)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            fitting = sum(1 for rule in schema[word] if next(_faults(value, rule, root, at, depth + 1), None) is None)
            if fitting == 0 or (word == "oneOf" and fitting > 1):
                yield f"{at} fits {fitting or 'none'} of the {len(schema[word])} kinds it may be"


def _of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str, depth: int) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at} lacks “{name}”" for name in schema.get("required", []) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from _faults(item, known[name], root, f"{at}.{name}", depth + 1)
        elif schema.get("additionalProperties", True) is False:
            yield f"{at} has “{name[:60]}”, which it must not have"
        else:
            yield from _faults(item, schema.get("additionalProperties", True), root, f"{at}.{name[:60]}", depth + 1)


def _of_number(value: float, schema: dict[str, Any], at: str) -> Iterator[str]:
    if value < schema.get("minimum", -math.inf) or value <= schema.get("exclusiveMinimum", -math.inf):
        yield f"{at} is too small"
    if value > schema.get("maximum", math.inf) or value >= schema.get("exclusiveMaximum", math.inf):
        yield f"{at} is too large"


def _length(value: Any, schema: dict[str, Any], at: str, word: str, words: str) -> Iterator[str]:
    if len(value) < schema.get(f"min{word}", 0):
        yield f"{at} must have at least {schema[f'min{word}']} {words}"
    if len(value) > schema.get(f"max{word}", math.inf):
        yield f"{at} must have at most {schema[f'max{word}']} {words}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "number":
            return _is_number(value)
        case "integer":
            return _is_number(value) and (isinstance(value, int) or value.is_integer())
        case "boolean":
            return isinstance(value, bool)
    return value is None


def _named(value: Any) -> str:
    return next((kind for kind in TYPES if _is(value, kind)), "something else")


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
