"""An engine's form, drawn and read back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import Field

from generation import catalog
from generation.contract import BadRequest, Frozen
from studio.engines.choosing import offers
from studio.engines.fields import groups_of, params_from


class Nested(Frozen):
    speed: Literal["slow", "fast"] = "slow"
    exact: bool = True


class Row(Frozen):
    model: str
    weight: float = 1.0


class Form(Frozen):
    model: str = ""
    prompt: str = Field("", max_length=4000)
    steps: int = Field(20, ge=1, le=50, description="More is slower.")
    strength: float | None = None
    words: tuple[str, ...] = ()
    schema_: dict[str, Any] = Field(default_factory=dict, title="Schema")
    nested: Nested = Nested()
    rows: tuple[Row, ...] = ()
    loop: bool = False
    price: Decimal | None = Field(None, ge=0)


def test_each_type_has_its_control() -> None:
    first, nested, rows = groups_of(Form, {"steps": 9, "rows": [{"model": "a/b", "weight": 0.5}]})
    kinds = {field.name: field.kind for field in first.fields}
    assert kinds == {
        "model": "model", "prompt": "long", "steps": "number", "strength": "number", "words": "words", "schema_": "json", "loop": "check",
        "price": "number",
    }  # fmt: skip
    steps = next(field for field in first.fields if field.name == "steps")
    assert (steps.value, steps.least, steps.most, steps.step, steps.help) == (9, 1, 50, "1", "More is slower.")
    assert [(field.name, field.kind) for field in nested.fields] == [("nested.speed", "choice"), ("nested.exact", "check")] and nested.folded
    assert [field.name for field in rows.fields][:3] == ["rows.0.model", "rows.0.weight", "rows.1.model"] and rows.fields[0].value == "a/b"
    assert rows.fields[0].kind == "adapter" and not rows.folded


def test_what_was_sent_becomes_params_and_the_rest_keeps_its_default() -> None:
    sent = {
        "model": "x/y", "prompt": " A fox ", "steps": "12", "strength": "0,5", "words": "a, b,,", "schema_": '{"type": "object"}',
        "nested.speed": "fast", "nested.exact.shown": "1", "other": "?",
        "rows.0.model": "l", "rows.0.weight": "0.25", "rows.1.model": "", "rows.1.weight": "1",
        "price": "0,10",
    }  # fmt: skip
    params = params_from(Form, sent)
    assert params == {
        "model": "x/y", "prompt": "A fox", "steps": 12, "strength": 0.5, "words": ["a", "b"], "schema_": {"type": "object"},
        "nested": {"speed": "fast", "exact": False}, "rows": [{"model": "l", "weight": 0.25}], "price": "0.10",
    }  # fmt: skip
    Form.model_validate(params)
    assert params_from(Form, {}) == {}


@pytest.mark.parametrize(
    ("sent", "says"),
    [({"steps": "1.5"}, "“Steps” must be a whole number"), ({"strength": "much"}, "a number"), ({"schema_": "{"}, "“Schema” must be JSON")],
)
def test_what_cannot_be_read_is_named(sent: dict[str, str], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        params_from(Form, sent)


def test_every_engine_can_be_drawn_and_its_defaults_sent_back() -> None:
    for _, rows in offers():
        for row in rows:
            form = row.info.forms[row.task]
            sent = {}
            for group in groups_of(form):
                for field in group.fields:
                    if field.kind == "check":
                        sent[f"{field.name}.shown"] = "1"
                        if not field.value:
                            continue
                    sent[field.name] = "on" if field.kind == "check" else str(field.value)
            params = params_from(form, sent)
            for name, info in form.model_fields.items():
                if name in params and not info.is_required():
                    parsed = form.model_validate({**{n: _some(f) for n, f in form.model_fields.items() if f.is_required()}, **params})
                    assert getattr(parsed, name) == info.get_default(call_default_factory=True), f"{row.info.name}.{name}"
    assert catalog.info("diffusers")


def _some(info: Any) -> Any:
    return "something"
