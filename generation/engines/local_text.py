"""Text by a language model from the shelf, on our own machine. JSON keeps to its schema by construction: at every step the model may only choose
among the tokens with which the answer can still become valid (llguidance)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from pydantic import Field

from generation.contract import BadRequest, Context, Failure, Frozen, Request, Usage
from generation.facts import Checkpoint, Cost, EngineInfo
from generation.neural import lazy, store, warm
from generation.neural.params import Tuning
from generation.neural.tuning import Settings, card, decide
from generation.writing import schema
from generation.writing.form import WritingParams, in_words

BROKEN = (OSError, ValueError, TypeError, AttributeError, KeyError, ImportError, RuntimeError)
# When an answer nears its longest, the shortest way to an end is taken: outside a string these first, in this order; inside one, its quote.
CLOSERS = ("}", "]", '"', ",", "0")
QUOTE = '"'
LEAST_TO_CLOSE, MOST_TO_CLOSE = 48, 256  # tokens kept for that: a quarter of the longest answer within these, and never more than half
NAMELESS = {"system": "System", "user": "User", "assistant": "Assistant"}


class Chosen(Frozen):
    model: str = Field(min_length=1, max_length=1024, title="Model")


class LocalTextParams(WritingParams, Chosen):
    """Pydantic takes fields from the last base first: a form begins with the model."""

    top_p: float = Field(0.95, gt=0, le=1, title="Top p", description="Only the likeliest tokens that make up this share are chosen among.")
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"


INFO = EngineInfo(
    name="local_text",
    title="A language model of our own",
    description="Any language model on the shelf (Qwen, Llama, Mistral, SmolLM …): plain text, or JSON by a schema. Nothing leaves this machine.",
    licence="Apache-2.0; each model has its own",
    kind="gpu",
    family="text",
    target="generation.engines.local_text:LocalText",
    forms=MappingProxyType({"text": LocalTextParams}),
    costs=MappingProxyType({"text": Cost(fps=1.0, seconds=60.0)}),
    checkpoints=(
        Checkpoint(
            title="Qwen3 4B Instruct 2507", hub="Qwen/Qwen3-4B-Instruct-2507", licence="Apache-2.0",
            licence_url="https://huggingface.co/Qwen/Qwen3-4B-Instruct-2507/blob/main/LICENSE", gib=7.5, memory_gib=9.5,
        ),
        Checkpoint(
            title="Qwen3 30B A3B Instruct 2507", hub="Qwen/Qwen3-30B-A3B-Instruct-2507", licence="Apache-2.0",
            licence_url="https://huggingface.co/Qwen/Qwen3-30B-A3B-Instruct-2507/blob/main/LICENSE", gib=56.9, memory_gib=64,
        ),
        Checkpoint(title="SmolLM3 3B", hub="HuggingFaceTB/SmolLM3-3B", licence="Apache-2.0", gib=5.8, memory_gib=7.5),
    ),
    classes=("transformers.AutoModelForCausalLM", "llguidance.LLMatcher"),
    needs=("torch", "transformers", "llguidance"),
)  # fmt: skip


@dataclass
class Model:
    """A language model on its device, with its tokenizer as transformers and as llguidance have it."""

    name: str
    folder: Path
    network: Any
    tokenizer: Any
    settings: Settings
    tokens: Any  # llguidance.LLTokenizer
    closers: tuple[int, ...]
    quote: tuple[int, ...]
    ends: frozenset[int]
    longest: int  # tokens of prompt and answer together

    def grammar(self, answer_schema: dict[str, Any]) -> Any:
        """What follows an answer token by token. Raises `BadRequest` for a schema the machinery does not take."""
        machine = lazy.module("llguidance").LLMatcher
        rules = machine.grammar_from_json_schema(json.dumps(answer_schema), overrides={"whitespace_flexible": False})
        matcher = machine(self.tokens, rules, log_level=0)
        if matcher.is_error():
            raise BadRequest(f"The JSON schema cannot be followed: {matcher.get_error().splitlines()[0][:300]}")
        return matcher

    def prompt(self, turns: list[dict[str, str]]) -> list[int]:
        """The conversation as the model was trained to see one; as plain lines where it was trained on none."""
        if getattr(self.tokenizer, "chat_template", None):
            try:
                told = self.tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False, enable_thinking=False)
            except Exception as error:  # a template is a program of the model's own
                raise BadRequest(f"The model's chat template does not take this conversation: {str(error)[:200]}") from error
            return list(self.tokenizer(told, add_special_tokens=False)["input_ids"])
        told = "".join(f"{NAMELESS[turn['role']]}: {turn['content']}\n\n" for turn in turns) + "Assistant:"
        return [token for token in self.tokenizer(told)["input_ids"] if token not in self.ends]


def load(name: str, precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto") -> Model:
    """The model, warm or loaded now. Raises `BadRequest` for one that is missing, broken, or no language model. Nothing is downloaded and no
    code of a model is run."""
    folder = store.model_folder(name)
    here, weights = card(), store.weight_bytes(folder)
    settings = decide(Tuning(precision=precision, offload="none", quantisation="none"), weights, here)
    mark = folder / "config.json"
    key = ("language model", str(folder), mark.stat().st_mtime_ns if mark.exists() else 0, settings)
    size = weights * (2 if settings.precision == "float32" else 1)
    loaded: Model = warm.hold(name, key, size, here.memory, lambda: _loading(name, folder, settings, fits=size * 1.2 < here.memory))
    return loaded


def _loading(name: str, folder: Path, settings: Settings, *, fits: bool) -> Model:
    transformers, hf = lazy.transformers(), lazy.module("llguidance.hf")
    where = {} if fits or settings.device == "cpu" else {"device_map": "auto"}  # what does not fit on the card stays beside it
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        network = transformers.AutoModelForCausalLM.from_pretrained(
            str(folder), dtype=settings.dtype, local_files_only=True, use_safetensors=True, trust_remote_code=False, **where
        )
        network = network.eval() if where else network.eval().to(settings.device)
        vocabulary = int(network.get_output_embeddings().weight.shape[0])
        tokens = hf.from_tokenizer(tokenizer, n_vocab=max(vocabulary, len(tokenizer)))
    except BROKEN as error:
        raise BadRequest(
            f"The model in {folder} cannot be loaded: {(str(error).splitlines() or [type(error).__name__])[0][:300]} "
            "It must be a causal language model with a fast tokenizer, as save_pretrained writes it, with safetensors weights."
        ) from error
    config, own = network.config, getattr(network.generation_config, "eos_token_id", None)
    ends = {tokenizer.eos_token_id, *(own if isinstance(own, (list, tuple)) else (own,))} - {None}
    closers = {text: tokens.tokenize_str(text) for text in CLOSERS}
    return Model(
        name=name, folder=folder, network=network, tokenizer=tokenizer, settings=settings, tokens=tokens,
        closers=tuple(found[0] for found in closers.values() if len(found) == 1), quote=tuple(closers[QUOTE]), ends=frozenset(ends),
        longest=int(getattr(config, "max_position_embeddings", 0) or 10**9),
    )  # fmt: skip


@dataclass
class Written:
    text: str
    tokens: int
    finish: Literal["stop", "length", "closed"]  # closed: brought to an end because it neared its longest


class Quotes:
    """Whether JSON that is being written stands inside a string."""

    def __init__(self) -> None:
        self.inside = self._escaped = False

    def pass_by(self, raw: bytes) -> None:
        for byte in raw:
            if self._escaped:
                self._escaped = False
            elif byte == ord("\\"):
                self._escaped = self.inside
            elif byte == ord('"'):
                self.inside = not self.inside


class Writer:
    """One answer, token by token. The same seed on the same machine writes the same: chance comes from the CPU wherever the model runs."""

    def __init__(
        self, model: Model, *, seed: int, temperature: float, top_p: float, max_tokens: int, matcher: Any = None,
        told: Callable[[int], None] = lambda tokens: None,
    ) -> None:  # fmt: skip
        self._model, self._matcher, self._told = model, matcher, told
        self._temperature, self._top_p, self._most = temperature, top_p, max_tokens
        self._chance = lazy.torch().Generator("cpu").manual_seed(seed)
        self._quotes = Quotes()
        forward = inspect.signature(model.network.forward).parameters
        self._cache = "cache" if "cache" in forward else "past_key_values"  # renamed in transformers 5.24
        self._close_from = max_tokens - min(max_tokens // 2, max(LEAST_TO_CLOSE, min(MOST_TO_CLOSE, max_tokens // 4)))

    def write(self, prompt: list[int]) -> Written:
        """`told` hears of every token, and may raise to stop it. Raises `Failure` for a JSON that cannot be ended in time."""
        torch = lazy.torch()
        written: list[int] = []
        fresh, kept, closing = prompt, None, False
        with torch.inference_mode():
            while len(written) < self._most:
                given = torch.tensor([fresh], device=self._model.network.device)
                seen = self._model.network(input_ids=given, use_cache=True, logits_to_keep=1, **{self._cache: kept})
                kept = getattr(seen, self._cache)
                closing = self._matcher is not None and len(written) >= self._close_from
                token = self._chosen(seen.logits[0, -1].float().cpu(), closing)
                if token is None or (self._matcher is None and token in self._model.ends):
                    return self._end(written, "closed" if closing else "stop")
                fresh = [token, *self._follow(token)]
                written += fresh
                self._quotes.pass_by(self._model.tokens.decode_bytes(fresh))
                self._told(len(written))
                if self._matcher is not None and self._matcher.is_stopped():
                    return self._end(written, "closed" if closing else "stop")
        if self._matcher is not None:
            raise Failure(f"The answer could not be ended within {self._most} tokens, and half a JSON is none. Allow a longer one, or ask for less.")
        return self._end(written, "length")

    def _follow(self, token: int) -> list[int]:
        """Tell the grammar, and take what now can only come next without asking the model."""
        if self._matcher is None:
            return []
        if not self._matcher.consume_token(token):
            raise Failure(f"The answer left its schema: {self._matcher.get_error()[:200]}. This is a fault of the engine.")
        if self._matcher.is_stopped():
            return []
        forced = list(self._matcher.compute_ff_tokens())
        if forced and not self._matcher.consume_tokens(forced):
            raise Failure(f"The answer left its schema: {self._matcher.get_error()[:200]}. This is a fault of the engine.")
        return forced

    def _chosen(self, logits: Any, closing: bool) -> int | None:
        """The next token; None if the answer is whole."""
        torch = lazy.torch()
        if not torch.isfinite(logits).any() or torch.isnan(logits).any():
            raise Failure("The model gave values that are no numbers. Run it in a higher precision.")
        if self._matcher is not None:
            allowed = np.unpackbits(np.frombuffer(self._matcher.compute_bitmask(), np.uint8), bitorder="little")[: len(logits)].astype(bool)
            if closing:
                if self._matcher.is_accepting():
                    return None
                for closer in self._model.quote if self._quotes.inside else self._model.closers:
                    if allowed[closer]:
                        return closer
            for end in self._model.ends:  # ends are taken below, by being whole
                if end < len(allowed) and allowed[end] and not self._matcher.is_accepting():
                    allowed[end] = False
            if not allowed.any():
                raise Failure("No token can continue the answer. This is a fault of the schema's grammar or of the tokenizer.")
            logits = logits.masked_fill(torch.from_numpy(~allowed), float("-inf"))
        token = self._drawn(logits)
        return None if self._matcher is not None and token in self._model.ends else token

    def _drawn(self, logits: Any) -> int:
        torch = lazy.torch()
        if self._temperature == 0:
            return int(logits.argmax())
        chances, order = torch.softmax(logits / self._temperature, -1).sort(descending=True, stable=True)
        chances[(chances.cumsum(-1) - chances) > self._top_p] = 0
        return int(order[torch.multinomial(chances, 1, generator=self._chance)])

    def _end(self, written: list[int], finish: Literal["stop", "length", "closed"]) -> Written:
        raw = bytes(self._model.tokens.decode_bytes(written))
        return Written(raw.decode("utf-8", "replace"), len(written), finish)


class LocalText:
    """The same request on the same machine and versions gives the same text."""

    name = "local_text"

    @property
    def version(self) -> str:
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("transformers", "llguidance", "torch"))
        return f"1 ({versions})"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        params = LocalTextParams.model_validate(request.params)
        turns, most = params.conversation(), params.max_tokens
        context.progress(0, most, unit="steps", stage="loading the model")
        model = load(params.model, params.precision)
        if params.answer_schema:
            turns = [{"role": "system", "content": in_words(params.answer_schema)}, *turns]
        prompt = model.prompt(_merged(turns))
        if len(prompt) + most > model.longest:
            raise BadRequest(
                f"{params.model} reads and writes {model.longest} tokens at most; this asks for {len(prompt)} to read and up to {most} to write. "
                "Give less material, or allow a shorter answer."
            )
        context.progress(0, most, unit="steps", stage="reading")
        matcher = model.grammar(params.answer_schema) if params.answer_schema else None
        writer = Writer(
            model, seed=request.seed, temperature=params.temperature, top_p=params.top_p, max_tokens=most, matcher=matcher,
            told=lambda tokens: context.progress(min(tokens, most), most, unit="steps", stage="writing"),
        )  # fmt: skip
        written = writer.write(prompt)
        context.used(Usage(tokens_in=len(prompt), tokens_out=written.tokens))
        return _handed_over(params, model, written, len(prompt), context)


def _merged(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """System turns as one at the start: templates take no others."""
    told = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
    rest = [turn for turn in turns if turn["role"] != "system"]
    return [{"role": "system", "content": told}, *rest] if told else rest


def _handed_over(params: LocalTextParams, model: Model, written: Written, read: int, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
    facts = {"model": store.identity(params.model, model.folder), "settings": model.settings.model_dump(mode="json")}
    data: dict[str, Any] = {**facts, "finish": written.finish, "tokens": {"in": read, "out": written.tokens}}
    notes = []
    if params.answer_schema:
        try:
            value = schema.read(written.text)
            faults = schema.faults(value, params.answer_schema)
        except ValueError as error:
            value, faults = None, [str(error)]
        if faults:
            raise Failure(f"The answer does not keep to the schema: {'; '.join(faults[:3])}. This is a fault of the engine.")
        text, kind, data["answer"] = json.dumps(value, ensure_ascii=False, indent=2), "application/json", value
    else:
        text, kind = schema.plain(written.text), "text/plain"
        data["text"] = text
    if not text.strip():
        raise Failure(f"The model {params.model} had nothing to say. Try another seed, or say more plainly what to write.")
    if written.finish == "closed":
        notes.append(f"The answer neared {params.max_tokens} tokens and was brought to an end; it may be shorter than meant. Allow a longer one.")
    if written.finish == "length":
        notes.append(f"The answer was cut off at {params.max_tokens} tokens. Allow a longer one to have it whole.")
    if not getattr(model.tokenizer, "chat_template", None):
        notes.append("The model has no chat template: it continues a text rather than answering.")
    context.save("text", text.encode(), kind, {"characters": len(text), "tokens": written.tokens})
    return data, tuple(notes)
