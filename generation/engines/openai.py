"""Text by any endpoint that speaks OpenAI's chat completions: a provider, or a server of one's own (vLLM, llama.cpp, Ollama, LM Studio)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, ValidationError

from generation.contract import BadRequest, Context, Endpoint, Failure, Frozen, Request, Transient, Usage
from generation.facts import Cost, EngineInfo
from generation.outside import Bounds, CutOff, Exchange, Patience, Tick, Unreachable, asked_to_wait
from generation.writing import schema
from generation.writing.form import WritingParams, in_words

MILLION = Decimal(1_000_000)
MODES = ("json_schema", "tool", "json", "words")  # ways of asking for JSON, the surest first
MODE_WORDS = {"json_schema": "JSON schemas", "tool": "tools", "json": "JSON mode"}
# What an endpoint says of a field or feature that it does not know, in the words of several servers.
UNKNOWN = re.compile(
    r"unsupported|not[ _]support|n't support|unknown|unrecogni|not permitted|extra (fields|inputs)|unexpected|not (available|implemented)"
    r"|cannot be used|invalid parameter|only .{1,60} supported",
    re.IGNORECASE,
)
FEATURES = {"json_schema": r"response_format|json_schema|structured", "tool": r"tool|function", "json": r"response_format|json_object"}
SPARE = ("stream_options", "seed", "temperature", "stream")  # what can be left out and still be asked


class Price(Frozen):
    """What a provider takes for one of its models, for a million tokens."""

    name: str = Field("", max_length=200, title="Model")
    tokens_in: Decimal | None = Field(None, ge=0, le=100_000, title="Price in")
    tokens_out: Decimal | None = Field(None, ge=0, le=100_000, title="Price out")


class OpenAISettings(Frozen):
    """What an operator says of an endpoint. Prices are for a million tokens; those of a model by name go before the general ones."""

    default_model: str = Field("", max_length=200, title="Model", description="Used where none is asked for.")
    structured: Literal["auto", "json_schema", "tool", "json", "words"] = Field(
        "auto", title="JSON answers by", description="Auto begins with JSON schemas and falls back where the endpoint says that it cannot."
    )
    streaming: bool = Field(True, title="Answers come as a stream")
    price_in: Decimal | None = Field(None, ge=0, le=100_000, title="Price of a million tokens in")
    price_out: Decimal | None = Field(None, ge=0, le=100_000, title="Price of a million tokens out")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    prices: tuple[Price, ...] = Field((), max_length=50, title="Prices of single models")
    patience: float = Field(120, ge=0, le=3600, title="Try again for (seconds)", description="When the endpoint is busy or fails.")
    silence: float = Field(120, ge=1, le=3600, title="Give up after silence of (seconds)")

    def price(self, model: str, tokens_in: int, tokens_out: int) -> Decimal | None:
        """None where no price is known."""
        own = next((price for price in self.prices if price.name == model), None)
        one, other = (own.tokens_in, own.tokens_out) if own else (self.price_in, self.price_out)
        if one is None and other is None:
            return None
        return ((one or 0) * tokens_in + (other or 0) * tokens_out) / MILLION


class Place(Frozen):
    endpoint: str = Field(min_length=1, max_length=80, title="Machine", description="One of those under Providers.")
    model_name: str = Field("", max_length=200, title="Model", description="As the endpoint names it. Empty: the endpoint's own choice.")


class OpenAIParams(WritingParams, Place):
    """Pydantic takes fields from the last base first: a form begins with where it goes."""


INFO = EngineInfo(
    name="openai",
    title="A language model elsewhere",
    description="Any endpoint that speaks OpenAI's chat completions: plain text, or JSON by a schema. What is asked leaves this installation.",
    licence="Terms of the provider",
    kind="outside",
    family="text",
    target="generation.engines.openai:OpenAI",
    forms=MappingProxyType({"text": OpenAIParams}),
    costs=MappingProxyType({"text": Cost(fps=1.0, seconds=20.0)}),
    classes=("OpenAI chat completions",),
    repeatable=False,
    settings=OpenAISettings,
    check="generation.engines.openai:check",
)


class Busy(Transient):
    """The endpoint is busy or out of order. `wait` is how long it asked to be left alone, in seconds."""

    def __init__(self, words: str, wait: float | None) -> None:
        super().__init__(words)
        self.wait = wait


class Cannot(Exception):
    """The endpoint says that it does not know something that it was sent."""

    def __init__(self, what: str, words: str) -> None:
        super().__init__(words)
        self.what = what


@dataclass
class Answer:
    """What was heard of one answer so far."""

    text: str = ""
    arguments: str = ""  # of a tool
    refusal: str = ""
    finish: str = ""
    model: str = ""
    pieces: int = 0
    usage: dict[str, Any] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return self.arguments or self.text


class OpenAI:
    name = "openai"
    version = "1"

    def __init__(self) -> None:
        self._learnt: dict[tuple[str, str], set[str]] = {}  # what an endpoint cannot, by its address and model, while this process lives

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = OpenAIParams.model_validate(request.params)
        endpoint = context.endpoint(params.endpoint)
        settings = settings_of(endpoint)
        model = params.model_name.strip() or settings.default_model
        if not model:
            raise BadRequest(f"Which model of “{endpoint.name}”? Name one, or let an operator set one under Providers.")
        cannot = self._learnt.setdefault((endpoint.url, model), set())
        talk = Conversation(endpoint, settings, model, params, request.seed, context, cannot)
        turns = params.conversation()
        try:
            answer = talk.ask(turns)
            if params.answer_schema:
                value, answer = talk.value(turns, answer)
                text, kind = json.dumps(value, ensure_ascii=False, indent=2), "application/json"
            else:
                value, text, kind = None, schema.plain(answer.said), "text/plain"
        finally:
            context.used(talk.usage())
        if not text.strip():
            raise Failure(f"The model {model} gave an empty answer. Ask again, or say more plainly what to write.")
        context.save("text", text.encode(), kind, {"characters": len(text), "tokens": talk.tokens_out})
        data = {
            "endpoint": endpoint.name,
            "model": {"name": answer.model or model},
            "finish": answer.finish,
            "tokens": {"in": talk.tokens_in, "out": talk.tokens_out},
            "asked_by": talk.mode if params.answer_schema else "words",
        }
        return {**data, "answer": value} if params.answer_schema else {**data, "text": text}, tuple(talk.notes)


def settings_of(endpoint: Endpoint) -> OpenAISettings:
    if endpoint.kind != "openai":
        raise BadRequest(f"“{endpoint.name}” is set up as {endpoint.kind}, not as a language model. Choose another under Providers.")
    try:
        return OpenAISettings.model_validate(endpoint.settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadRequest(f"The settings of “{endpoint.name}” are wrong: {first['loc'][0]}: {first['msg']}. An operator mends them.") from error


class Conversation:
    """One job's talk with one endpoint: asks until there is a whole answer, adapts to what the endpoint cannot, counts what it cost."""

    def __init__(
        self, endpoint: Endpoint, settings: OpenAISettings, model: str, params: OpenAIParams, seed: int, context: Context, cannot: set[str]
    ) -> None:
        self._endpoint, self._settings, self._model, self._params, self._seed = endpoint, settings, model, params, seed
        self._context, self._cannot = context, cannot
        self._key = endpoint.key.get_secret_value()
        self._stage, self._done = "asking", 0
        self._patience = Patience(self._tick, seconds=settings.patience)
        self.tokens_in = self.tokens_out = 0
        self._money: Decimal | None = None
        self.notes: list[str] = []

    @property
    def mode(self) -> str:
        """How JSON is asked for: the surest way that the endpoint knows."""
        if self._settings.structured != "auto":
            return self._settings.structured
        return next(mode for mode in MODES if mode not in self._cannot)

    def usage(self) -> Usage:
        currency = self._settings.currency if self._money is not None else ""
        return Usage(money=self._money, currency=currency, tokens_in=self.tokens_in, tokens_out=self.tokens_out)

    def value(self, turns: list[dict[str, str]], answer: Answer) -> tuple[Any, Answer]:
        """The answer as JSON that keeps to the schema; a first one that does not is shown its faults once. Raises `Failure`."""
        value, faults = self._read(answer)
        if not faults:
            return value, answer
        told = "Your answer does not do:\n" + "\n".join(f"- {fault}" for fault in faults) + "\nGive the whole answer again, put right."
        again = self.ask([*turns, {"role": "assistant", "content": answer.said[:100_000] or "(nothing)"}, {"role": "user", "content": told}])
        self.notes.append(f"The first answer did not keep to the schema ({faults[0]}) and was asked for again.")
        value, faults = self._read(again)
        if faults:
            raise Failure(f"The model {self._model} did not keep to the schema, also not when told what was wrong: {'; '.join(faults[:3])[:600]}.")
        return value, again

    def _read(self, answer: Answer) -> tuple[Any, list[str]]:
        if answer.finish == "length":
            longest = self._params.max_tokens
            raise Failure(f"The answer was not finished after {longest} tokens, and half a JSON is none. Allow a longer one, or ask for less.")
        try:
            value = schema.read(answer.said)
        except ValueError as error:
            return None, [str(error)]
        return value, schema.faults(value, self._params.answer_schema)

    def ask(self, turns: list[dict[str, str]]) -> Answer:
        """One whole answer. Raises `Failure` of the kind that fits once it is clear that there will be none."""
        while True:
            try:
                return self._once(turns)
            except Cannot as problem:
                self._adapt(problem)
            except (Busy, Unreachable, CutOff) as problem:
                self._stage = "waiting: the endpoint is busy" if isinstance(problem, Busy) else "waiting: the endpoint is not heard"
                self._patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)
                if isinstance(problem, CutOff):
                    self.notes.append("An answer was cut off half way and was asked for again; the provider may count both.")

    def _adapt(self, problem: Cannot) -> None:
        self._cannot.add(problem.what)
        if problem.what in MODE_WORDS:
            self.notes.append(f"“{self._endpoint.name}” says that it cannot use {MODE_WORDS[problem.what]} with {self._model}; asked another way.")
        elif problem.what in ("seed", "temperature"):
            self.notes.append(f"“{self._endpoint.name}” takes no {problem.what} for {self._model}; it was left out.")

    def _tick(self) -> None:
        self._context.progress(min(self._done, self._params.max_tokens), self._params.max_tokens, unit="steps", stage=self._stage)

    def _body(self, turns: list[dict[str, str]]) -> dict[str, Any]:
        params, mode = self._params, self.mode if self._params.answer_schema else ""
        longest = "max_completion_tokens" if "max_tokens" in self._cannot else "max_tokens"
        body: dict[str, Any] = {"model": self._model, "messages": turns, longest: params.max_tokens}
        body |= {"temperature": params.temperature, "seed": self._seed}
        if self._settings.streaming:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        rules = schema.without_lengths(params.answer_schema) if "lengths" in self._cannot else params.answer_schema
        named = {"name": "answer", "strict": schema.strict(rules)}
        if mode == "json_schema":
            body["response_format"] = {"type": "json_schema", "json_schema": {**named, "schema": rules}}
        elif mode == "tool":
            function = {**named, "description": "Gives the answer.", "parameters": rules}
            body |= {"tools": [{"type": "function", "function": function}], "tool_choice": {"type": "function", "function": {"name": "answer"}}}
        elif mode == "json":
            body["response_format"] = {"type": "json_object"}
        if mode in ("json", "words"):
            body["messages"] = [{"role": "system", "content": in_words(params.answer_schema)}, *turns]
        if "stream" in self._cannot:
            body.pop("stream", None)
            body.pop("stream_options", None)
        return {name: value for name, value in body.items() if name not in self._cannot}

    def _once(self, turns: list[dict[str, str]]) -> Answer:
        self._stage, self._done = "asking", 0
        body = self._body(turns)
        heard, whole = Answer(), False
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json", "User-Agent": "Firstcut"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        sent = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        try:
            with Exchange(
                self._endpoint.url, "POST", "/chat/completions", headers=headers, body=sent, own_network=self._endpoint.own_network,
                tick=self._tick, bounds=Bounds(idle=self._settings.silence),
            ) as answer:  # fmt: skip
                if answer.status != 200:
                    raise self._refusal(answer.status, answer.headers, answer.read(), body)
                self._stage = "writing"
                if "event-stream" in answer.headers.get("content-type", ""):
                    for event in events(answer.lines()):
                        self._hear(event, heard)
                else:
                    self._hear(_json(answer.read()), heard)
            whole = True
        finally:
            if whole or heard.pieces:
                self._count(heard, turns)
        if heard.refusal and not heard.said:
            raise Failure(f"The model {self._model} declined: {schema.plain(heard.refusal)[:300]}")
        if heard.finish == "content_filter":
            raise Failure(f"“{self._endpoint.name}” held the answer back (its content filter). Nothing was kept.")
        if not heard.finish:
            raise CutOff(f"The answer of “{self._endpoint.name}” was cut off half way.")
        if heard.finish == "length" and not self._params.answer_schema:
            self.notes.append(f"The answer was cut off at {self._params.max_tokens} tokens. Allow a longer one to have it whole.")
        return heard

    def _hear(self, event: Any, heard: Answer) -> None:
        """One piece of a streamed answer, or a whole one."""
        if not isinstance(event, dict):
            raise CutOff(f"“{self._endpoint.name}” answered something other than a chat completion.")
        if event.get("error"):
            raise Busy(f"“{self._endpoint.name}” failed while it wrote: {self._safe(event['error'])}", None)
        if isinstance(event.get("usage"), dict):
            heard.usage = event["usage"]
        heard.model = str(event.get("model") or heard.model)[:200]
        for choice in event.get("choices") or ():
            # What comes after the end (an answer given twice) or beside it (another choice) is not part of it.
            if not isinstance(choice, dict) or choice.get("index", 0) != 0 or heard.finish:
                continue
            part = choice.get("delta") or choice.get("message") or {}
            heard.text += _text(part.get("content"))
            heard.refusal += str(part.get("refusal") or "")
            for call in part.get("tool_calls") or ():
                heard.arguments += str((call.get("function") or {}).get("arguments") or "") if call.get("index", 0) == 0 else ""
            heard.pieces += 1
            heard.finish = str(choice.get("finish_reason") or "")
        self._done = heard.pieces
        self._tick()

    def _count(self, heard: Answer, turns: list[dict[str, str]]) -> None:
        """Add what one answer used. Where the endpoint does not say, four characters are taken for a token, and that is said."""
        tokens = [heard.usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
        if not all(isinstance(count, int) and 0 <= count < 2**31 for count in tokens):
            tokens = [sum(len(turn["content"]) for turn in turns) // 4 + 1, max(heard.pieces, len(heard.said) // 4)]
            words = f"“{self._endpoint.name}” did not count its tokens; they were estimated."
            self.notes += [words] if words not in self.notes else []
        self.tokens_in += tokens[0] or 0
        self.tokens_out += tokens[1] or 0
        money = self._settings.price(self._model, tokens[0] or 0, tokens[1] or 0)
        if money is not None:
            self._money = (self._money or Decimal(0)) + money

    def _refusal(self, status: int, headers: Any, raw: bytes, body: dict[str, Any]) -> Exception:
        """The error that an answer other than 200 stands for."""
        try:
            error = json.loads(raw)
            error = error.get("error", error) if isinstance(error, dict) else error
        except (ValueError, RecursionError):
            error = raw.decode("utf-8", "replace")
        words, name = self._safe(error), self._endpoint.name
        if status == 429 and isinstance(error, dict) and "quota" in f"{error.get('code')} {error.get('type')}":
            return Failure(f"“{name}” says that its account has no credit left: {words}")
        if status == 429 or (status >= 500 and status != 501):
            return Busy(f"“{name}” {'is busy' if status == 429 else f'failed ({status})'}, also after trying again: {words}", asked_to_wait(headers))
        if status in (401, 403):
            return BadRequest(f"“{name}” does not accept the key ({status}): {words}. An operator gives it a new one under Providers.")
        if status in (400, 404, 415, 422, 501) and (what := self._unknown(error, words, body)):
            return Cannot(what, words)
        if status == 404:
            return BadRequest(f"“{name}” knows no {self._model}, or its address is not that of a chat API (it usually ends in /v1): {words}")
        return BadRequest(f"“{name}” refused what was asked ({status}): {words}")

    def _unknown(self, error: Any, words: str, body: dict[str, Any]) -> str:
        """What the endpoint says that it does not know, of what it was sent; empty if it complains of something else."""
        if not UNKNOWN.search(words) and not (isinstance(error, dict) and UNKNOWN.search(str(error.get("code") or ""))):
            return ""
        named = f"{error.get('param') or ''} {words}" if isinstance(error, dict) else words
        if "max_tokens" in body and "max_completion_tokens" in words:
            return "max_tokens"
        mode = self.mode if self._params.answer_schema else ""
        if mode in ("json_schema", "tool") and "lengths" not in self._cannot and re.search(r"m(ax|in)(Length|Items)", words):
            return "lengths"  # a strict endpoint that knows fewer rules; they are checked here anyway
        if mode in FEATURES and self._settings.structured == "auto" and re.search(FEATURES[mode], named, re.IGNORECASE):
            return mode
        return next((field for field in SPARE if field in body and re.search(rf"\b{field}\b", named)), "")

    def _safe(self, error: Any) -> str:
        """An endpoint's own words, short, on one line, and never with the key in them."""
        words = str(error.get("message") or error.get("detail") or error) if isinstance(error, dict) else str(error)
        words = words.replace(self._key, "…") if self._key else words
        return schema.plain(" ".join(words.split()))[:300] or "no reason given"


def events(lines: Iterator[str]) -> Iterator[Any]:
    """The JSON of each server-sent event, until "[DONE]". Raises `CutOff` for one that is no JSON."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            whole, data = "\n".join(data), []
            if whole.strip() == "[DONE]":
                return
            yield _json(whole)
    if data and "\n".join(data).strip() != "[DONE]":
        yield _json("\n".join(data))


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CutOff("The endpoint answered with what is no JSON.") from error


def _text(content: Any) -> str:
    """A turn's words: plain, or in parts as some servers have it."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")


def check(endpoint: Endpoint, tick: Tick) -> tuple[str, dict[str, Any]]:
    """Which models the endpoint has; nothing is paid for. Raises `Failure` of the kind that fits."""
    settings_of(endpoint)
    key = endpoint.key.get_secret_value()
    headers = {"Accept": "application/json", "User-Agent": "Firstcut", **({"Authorization": f"Bearer {key}"} if key else {})}
    bounds = Bounds(connect=5, idle=15, total=20, size=4 * 1024 * 1024)
    with Exchange(endpoint.url, "GET", "/models", headers=headers, own_network=endpoint.own_network, tick=tick, bounds=bounds) as answer:
        status, raw = answer.status, answer.read()
    if status in (401, 403):
        raise BadRequest(f"It answers, and does not accept the key ({status}).")
    if status == 404:
        return "It answers, and lists no models: whether it writes will show with the first request.", {}
    if status != 200:
        raise Transient(f"It answers with an error ({status}).")
    listed = _json(raw)
    rows = listed.get("data") if isinstance(listed, dict) else listed
    names = sorted({str(row["id"])[:200] for row in rows or () if isinstance(row, dict) and row.get("id")})[:500]
    return f"It answers and has {len(names)} model{'' if len(names) == 1 else 's'}.", {"models": names}
