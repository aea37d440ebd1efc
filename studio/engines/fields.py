"""An engine's own form, as fields a page can draw, and back from what was sent to params the engine will take.

The form is the pydantic model the catalog names: its types, bounds, defaults and descriptions are the only source. A nested model is a
group; adapters are rows; what has no shape of its own is JSON.
"""

from __future__ import annotations

import json
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union, get_args, get_origin

from django.utils.translation import gettext
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from generation.contract import BadRequest
from studio.engines.words import choice

LONG = 400  # characters from which a field is several lines high
ROWS = 3  # of adapters that a form shows
HIDDEN = ("place", "subject", "action", "camera", "style", "quality")  # the words that rooms compose; a person writes a prompt


@dataclass
class Field:
    """One control. `name` is what the form sends: "steps", "tuning.offload", "loras.0.weight"."""

    name: str
    label: str
    kind: Literal["text", "long", "number", "choice", "check", "json", "words", "model", "adapter", "endpoint", "document"]
    value: Any = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: float | None = None
    most: float | None = None
    step: str = "any"
    length: int | None = None
    required: bool = False
    help: str = ""


@dataclass
class Group:
    """Fields under one heading; the first group of a form has none. `folded` ones are closed until somebody opens them."""

    title: str = ""
    fields: list[Field] = field(default_factory=list)
    folded: bool = False


def groups_of(form: type[BaseModel], values: Mapping[str, Any] | None = None, *, without: Collection[str] = ()) -> list[Group]:
    """The form as groups of fields, with `values` (params, as stored) in place of the defaults; `without` what a room fills in itself."""
    values = values or {}
    first, more = Group(), list[Group]()
    for name, info in form.model_fields.items():
        if name in HIDDEN or name in without:
            continue
        kind = _plain(info.annotation)
        value = values.get(name, _default(info))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            given = value.model_dump() if isinstance(value, BaseModel) else value
            nested = groups_of(kind, given or {})
            more.append(Group(_label(name, info), [_prefixed(each, name) for group in nested for each in group.fields], folded=True))
        elif (row := _row_model(kind)) is not None:
            rows = [item.model_dump() if isinstance(item, BaseModel) else item for item in (value or ())]
            shown = [_prefixed(each, f"{name}.{n}") for n in range(max(ROWS, len(rows))) for each in _row_fields(row, rows, n)]
            more.append(Group(_label(name, info), shown, folded=not rows))
        else:
            first.fields.append(_field(name, info, kind, value))
    return [first, *more]


def _row_fields(row: type[BaseModel], rows: list[Any], n: int) -> Iterator[Field]:
    for group in groups_of(row, rows[n] if n < len(rows) else {}):
        for each in group.fields:
            each.required = False
            if each.name == "model":
                each.kind = "adapter"
            yield each


def _prefixed(each: Field, name: str) -> Field:
    each.name = f"{name}.{each.name}"
    return each


def _plain(annotation: Any) -> Any:
    """The type without "or None"."""
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return parts[0] if len(parts) == 1 else Any
    return annotation


def _row_model(kind: Any) -> type[BaseModel] | None:
    """The model of a list's rows, if the type is a list of models."""
    if get_origin(kind) in (tuple, list):
        inner = get_args(kind)[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return None


def _default(info: FieldInfo) -> Any:
    value = info.get_default(call_default_factory=True, validated_data={}) if info.default_factory else info.default
    return "" if value is PydanticUndefined or value is None else value


def _label(name: str, info: FieldInfo) -> str:
    return gettext(info.title or name.replace("_", " ").capitalize())


def _bounds(info: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in info.metadata:
        for name in ("ge", "gt", "le", "lt", "max_length"):
            if (bound := getattr(rule, name, None)) is not None:
                found[name] = bound
    return found


def _field(name: str, info: FieldInfo, kind: Any, value: Any) -> Field:
    bounds = _bounds(info)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    made = Field(name, _label(name, info), "text", value, required=info.is_required(), help=gettext(info.description) if info.description else "")
    made.length = bounds.get("max_length")
    listed = extra.get("choices")
    if name in ("controlnet", "ip_adapter", "upsampler", "refine_lora", "codec"):
        made.kind = "adapter"
    elif name in ("model", "endpoint"):
        made.kind = name  # type: ignore[assignment]
    elif get_origin(kind) is Literal:
        made.kind, made.choices = "choice", tuple((str(word), choice(str(word))) for word in get_args(kind))
    elif isinstance(listed, (list, tuple)):
        made.kind, made.choices = "choice", (("", gettext("the model's own")), *((str(word), choice(str(word))) for word in listed))
    elif kind is bool:
        made.kind = "check"
    elif kind in (int, float, Decimal):
        made.kind, made.step = "number", "1" if kind is int else "any"
        made.least = bounds.get("ge", bounds.get("gt"))
        made.most = bounds.get("le", bounds.get("lt"))
    elif kind is str:
        made.kind = "long" if (made.length or 0) > LONG and name != "model" else "text"
    elif get_origin(kind) in (tuple, list) and get_args(kind)[0] is str:
        made.kind, made.value = "words", ", ".join(value or ())
    else:
        made.kind = "json"
        made.value = json.dumps(value, ensure_ascii=False) if value not in ("", None, (), [], {}) else ""
        if extra.get("document"):
            made.kind = "document"
    return made


def params_from(form: type[BaseModel], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Params from what a form sent: text turned into what each field is; what was not sent or left empty keeps its default. The values are
    checked by the catalog. Raises `BadRequest` for what cannot even be read as its kind."""
    params: dict[str, Any] = {}
    for name, info in form.model_fields.items():
        kind = _plain(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            inner = params_from(kind, _under(sent, name))
            if inner:
                params[name] = inner
        elif (row := _row_model(kind)) is not None:
            numbers = sorted({key.split(".")[1] for key in sent if key.startswith(f"{name}.") and key.split(".")[1].isdecimal()}, key=int)
            rows = [params_from(row, _under(sent, f"{name}.{number}")) for number in numbers]
            kept = [each for each in rows if each.get("model") or ("model" not in row.model_fields and each)]
            if kept:
                params[name] = kept
        elif kind is bool:
            if name in sent or f"{name}.shown" in sent:  # an empty box sends nothing: the form says that it showed one
                params[name] = str(sent.get(name, "")) in ("on", "true", "True", "1")
        elif str(sent.get(name, "")).strip():
            params[name] = _read(name, info, kind, str(sent[name]))
    return params


def _under(sent: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key[len(name) + 1 :]: sent[key] for key in sent if key.startswith(f"{name}.")}


def _read(name: str, info: FieldInfo, kind: Any, text: str) -> Any:
    label = _label(name, info)
    try:
        if kind is int:
            return int(text.strip())
        if kind is float:
            return float(text.strip().replace(",", "."))
        if kind is Decimal:  # money: never through a float
            return str(Decimal(text.strip().replace(",", ".")))
        if kind is str or get_origin(kind) is Literal:
            return text.strip()
        if get_origin(kind) in (tuple, list) and get_args(kind)[0] is str:
            return [word.strip() for word in text.split(",") if word.strip()]
        return json.loads(text)
    except (ValueError, InvalidOperation, RecursionError):
        if kind is int:
            words = gettext("“%(label)s” must be a whole number; “%(text)s” is not.")
        elif kind in (float, Decimal):
            words = gettext("“%(label)s” must be a number; “%(text)s” is not.")
        else:
            words = gettext("“%(label)s” must be JSON; “%(text)s” is not.")
        raise BadRequest(words % {"label": label, "text": text[:40]}) from None
