"""What is asked of an engine that writes."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field, field_validator

from generation.contract import BadRequest, Frozen
from generation.writing import schema


class Message(Frozen):
    role: Literal["user", "assistant", "system"] = "user"
    content: str = Field("", max_length=400_000)


class WritingParams(Frozen):
    """What to do (`instruction`), with what (`material`), or a whole conversation (`messages`), whose last turn is answered. With
    `answer_schema` the answer is one JSON value that keeps to it."""

    instruction: str = Field("", max_length=20_000, description="What to write, or what to do with the material.")
    material: str = Field("", max_length=400_000, description="The text it is about.")
    messages: tuple[Message, ...] = Field((), max_length=100, title="A conversation before it")
    answer_schema: dict[str, Any] = Field(
        default_factory=dict, title="Answer as JSON", description="A JSON schema the answer keeps to. Empty: plain text."
    )
    max_tokens: int = Field(2000, ge=1, le=200_000, title="Longest answer (tokens)")
    temperature: float = Field(0.7, ge=0, le=2)

    @field_validator("messages", mode="before")
    @classmethod
    def _said(cls, value: Any) -> Any:
        """A row of a form that was left empty is no message."""
        rows = value if isinstance(value, (list, tuple)) else []
        return [row for row in rows if not isinstance(row, dict) or str(row.get("content", "")).strip()] if rows else value

    @field_validator("answer_schema")
    @classmethod
    def _understood(cls, value: dict[str, Any]) -> dict[str, Any]:
        if value:
            schema.check(value)
        return value

    def conversation(self) -> list[dict[str, str]]:
        """The turns as every chat model knows them. Raises `BadRequest` if nothing was asked."""
        said = [message.model_dump() for message in self.messages]
        asked = "\n\n".join(part.strip() for part in (self.instruction, self.material) if part.strip())
        if asked:
            said.append({"role": "user", "content": asked})
        if not any(turn["role"] == "user" for turn in said):
            raise BadRequest("There is nothing to answer: give an instruction, some material, or a message.")
        return said


def in_words(answer_schema: dict[str, Any]) -> str:
    """The schema for a model that is only told of it."""
    rules = json.dumps(answer_schema, ensure_ascii=False)
    return f"Answer with one JSON value and nothing else, no explanation and no Markdown. It must keep to this JSON schema:\n{rules}"
