"""A service described by an operator: where its answers have what, and bodies made of templates.

A path goes into an answer by names and numbers with dots: "data.0.url" (also written "$.data[0].url"). In a template "{prompt}" alone becomes
the value itself, a number where it is one; within other text it becomes text; whatever has no value is left out with its key.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from generation.contract import BadRequest
from generation.remote.asking import Given

HOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z0-9_]+)?)\}")
MISSING = object()


def at(answer: Any, path: str) -> Any:
    """What stands at a path; None where there is nothing."""
    for step in steps_of(path):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and re.fullmatch(r"-?[0-9]{1,6}", step):
            number = int(step)
            answer = answer[number] if -len(answer) <= number < len(answer) else None
        else:
            return None
    return answer


def steps_of(path: str) -> list[str]:
    return [step for step in re.split(r"[.\[\]]+", path.removeprefix("$")) if step]


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its holders replaced; `MISSING` where a value is."""
    if isinstance(template, dict):
        made = {name: filled(part, values) for name, part in template.items()}
        return {name: part for name, part in made.items() if part is not MISSING}
    if isinstance(template, list):
        return [part for part in (filled(part, values) for part in template) if part is not MISSING]
    if not isinstance(template, str):
        return template
    if (whole := HOLDER.fullmatch(template)) is not None:
        return values.get(whole[1], MISSING)
    if any(values.get(name) is None for name in HOLDER.findall(template)):
        return MISSING
    return HOLDER.sub(lambda found: str(values[found[1]]), template)


def path_of(template: str, **values: str) -> str:
    """An address' path with its holders replaced, each quoted so that it stays one part of the path. Raises `BadRequest`."""
    made = HOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)
    if not made.startswith("/") or re.search(r"[\x00-\x20\x7f\\#]", made) or not made.isascii():
        raise BadRequest("A path begins with “/” and has no spaces in it.")
    return made


def holders(template: Any) -> set[str]:
    """Every name that a template would take."""
    if isinstance(template, dict):
        return set().union(*(holders(part) for part in template.values()), set())
    if isinstance(template, list):
        return set().union(*(holders(part) for part in template), set())
    return set(HOLDER.findall(template)) if isinstance(template, str) else set()


def files_as_values(files: Mapping[str, list[Given]], wanted: set[str]) -> dict[str, Any]:
    """Files as they stand in a body: "first_frame" as a data address, "first_frame.base64" bare; "reference" is the first, "reference.all" a
    list. Only what a template takes is read."""
    values: dict[str, Any] = {}
    for role, several in files.items():
        if not {name for name in wanted if name == role or name.startswith(f"{role}.")}:
            continue
        bare = [base64.b64encode(file.path.read_bytes()).decode() for file in several]
        whole = [f"data:{file.media_type};base64,{text}" for file, text in zip(several, bare, strict=True)]
        values |= {role: whole[0], f"{role}.base64": bare[0], f"{role}.all": whole}
    return values
