"""Asking another machine in JSON, with patience, and fetching what it made within bounds."""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ValidationError

from generation.contract import BadRequest, Cancelled, Endpoint, Failure, Transient
from generation.outside import Bounds, CutOff, Exchange, Patience, Tick, Unreachable, asked_to_wait

LONGEST_ANSWER = 256 * 1024 * 1024  # a picture or film may stand in it
LARGEST_FILE = 2 * 1024 * 1024 * 1024
KeyWord = Literal["Bearer", "Basic", "Key", "Token", "nothing"]
Form = TypeVar("Form", bound=BaseModel)
SAFE = "!#$%&'()*+,/:;=?@[]~-._"  # of an address that was given whole: nothing that means something in it is quoted again


class Busy(Transient):
    """It answered that it is busy or out of order. `wait`: how long it asked to be left alone, in seconds."""

    def __init__(self, words: str, status: int, wait: float | None) -> None:
        super().__init__(words)
        self.status, self.wait = status, wait


class Refused(BadRequest):
    """It answered that it will not do this. `status` is HTTP's, `answer` what it said."""

    def __init__(self, words: str, status: int, answer: Any) -> None:
        super().__init__(words)
        self.status, self.answer = status, answer


def settings_of(endpoint: Endpoint, kind: str, form: type[Form]) -> Form:
    """The endpoint's settings as its engine's form. Raises `BadRequest`."""
    if endpoint.kind != kind:
        raise BadRequest(f"“{endpoint.name}” is a machine of another kind ({endpoint.kind}). Choose another under Providers.")
    try:
        return form.model_validate(endpoint.settings)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise BadRequest(f"The settings of “{endpoint.name}” are wrong: {where}: {first['msg']}. An operator mends them.") from error


def key_headers(endpoint: Endpoint, header: str, word: KeyWord) -> dict[str, str]:
    """The header that has the endpoint's key; none where it has no key."""
    key = endpoint.key.get_secret_value()
    return {header: key if word == "nothing" else f"{word} {key}"} if key else {}


class Line:
    """One endpoint as a job talks to it. The key goes to its own address only."""

    def __init__(self, endpoint: Endpoint, headers: Mapping[str, str], tick: Tick, *, silence: float, patience: float) -> None:
        self.endpoint, self.tick = endpoint, tick
        self._headers = {"User-Agent": "Firstcut", "Accept": "application/json", **headers}
        self._key = endpoint.key.get_secret_value()
        self._silence, self._patience = silence, patience

    def once(
        self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None, tick: Tick | None = None,
        sent: Callable[[bool], None] = lambda sent: None, raw: bool = False, total: float = 3600.0, size: int = LONGEST_ANSWER,
        began: Callable[[], None] = lambda: None,
    ) -> Any:  # fmt: skip
        """One request; the answer as JSON (None if empty), or its bytes if `raw`. `began` is called when an answer begins that is no refusal;
        `sent` is told, if it fails, whether the request may have arrived. Raises `Busy` for 429 and 5xx, `Refused` for other 4xx, `Unreachable`,
        `CutOff`, and `BadRequest` for more than `size` bytes."""
        exchange = Exchange(
            self.endpoint.url, method, path, headers={**self._headers, **(headers or {})}, body=body, own_network=self.endpoint.own_network,
            tick=tick or self.tick, bounds=Bounds(idle=self._silence, total=total, size=size),
        )  # fmt: skip
        try:
            with exchange as answer:
                if 200 <= answer.status < 300:
                    began()
                heard = answer.read()
        except BaseException:
            sent(exchange.sent)
            raise
        if not 200 <= answer.status < 300:
            raise self._problem(answer.status, answer.headers, heard)
        return heard if raw else _json(heard, self.endpoint.name)

    def ask(self, method: str, path: str, body: bytes | None = None, **more: Any) -> Any:
        """The same as `once`, again and again while the machine is busy or not heard. For what may be asked twice only."""
        patience = Patience(self.tick, seconds=self._patience, first=0.1)
        while True:
            try:
                return self.once(method, path, body, **more)
            except (Busy, Unreachable, CutOff) as problem:
                patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)

    def fetch(self, path: str, target: Path, *, limit: int = LARGEST_FILE, seconds: float = 1800) -> None:
        """A file of the endpoint's own. Tried again while it is busy, or breaks off."""
        self._fetch(self.endpoint.url, path, target, self._headers | {"Accept": "*/*"}, self.endpoint.own_network, limit, seconds)

    def download(self, url: str, target: Path, *, own_hosts: tuple[str, ...] = (), limit: int = LARGEST_FILE, seconds: float = 1800) -> None:
        """A file at an address that the endpoint named. The key is sent to the endpoint's own host only; addresses inside a network are
        allowed on its own host and on `own_hosts`, where the endpoint itself is on our own network."""
        base, path = parted(url)
        here, there = urlsplit(self.endpoint.url), urlsplit(base)
        same = (here.scheme, here.netloc.lower()) == (there.scheme, there.netloc.lower())
        own = self.endpoint.own_network and (same or there.netloc.lower() in own_hosts or (there.hostname or "") in own_hosts)
        headers = self._headers if same else {"User-Agent": "Firstcut"}
        self._fetch(base, path, target, headers | {"Accept": "*/*"}, own, limit, seconds)

    def _fetch(self, base: str, path: str, target: Path, headers: Mapping[str, str], own: bool, limit: int, seconds: float) -> None:
        patience = Patience(self.tick, seconds=self._patience, first=0.1)
        while True:
            bounds = Bounds(idle=self._silence, total=seconds, size=limit)
            try:
                with Exchange(base, "GET", path, headers=headers, own_network=own, tick=self.tick, bounds=bounds) as answer:
                    if answer.status != 200:
                        raise self._problem(answer.status, answer.headers, answer.read(1 << 20))
                    with target.open("wb") as file:
                        for part in answer.chunks(limit):
                            file.write(part)
                return
            except (Busy, Unreachable, CutOff) as problem:
                patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)

    def _problem(self, status: int, headers: Mapping[str, str], raw: bytes) -> Failure:
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError):
            answer = raw[:2000].decode("utf-8", "replace")
        words, name = self.safe(answer), self.endpoint.name
        if status == 429 or status >= 500:
            return Busy(f"“{name}” {'is busy' if status == 429 else f'failed ({status})'}: {words}", status, asked_to_wait(headers))
        if status in (401, 403):
            return Refused(f"“{name}” does not accept the key ({status}): {words}. An operator gives it a new one under Providers.", status, answer)
        if status == 402:
            return Refused(f"“{name}” says that its account has no credit left: {words}", status, answer)
        return Refused(f"“{name}” refused what was asked ({status}): {words}", status, answer)

    def safe(self, answer: Any) -> str:
        """The machine's own words, short, on one line, and never with the key in them."""
        while isinstance(answer, dict):
            inner = next((answer[name] for name in ("error", "message", "detail", "details", "msg", "reason", "title") if answer.get(name)), None)
            if inner is None:
                break
            answer = inner
        words = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        words = words.replace(self._key, "…") if self._key else words
        return "".join(letter for letter in " ".join(words.split()) if letter.isprintable())[:300] or "no reason given"


def parted(url: str) -> tuple[str, str]:
    """An address with a query (a signed one) as its origin and the rest, quoted where it must be. Raises `BadRequest`."""
    if not isinstance(url, str) or len(url) > 8000 or not re.match(r"https?://[^/?#\s]+", url) or re.search(r"[\x00-\x20\x7f\\]", url):
        raise BadRequest("The machine named an address for the result that is none.")
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE)}" if parts.query else "")
    return f"{parts.scheme}://{parts.netloc}", path


def grace(tick: Tick, seconds: float = 5.0) -> Tick:
    """`tick`, but a wish to stop is only passed on some seconds later: a paid request that is on its way is better heard out, so that it can be
    cancelled where it is."""
    wished: list[float] = []

    def call() -> None:
        try:
            tick()
        except Cancelled:
            wished.append(time.monotonic())
            if time.monotonic() - wished[0] > seconds:
                raise

    return call


def decoded(text: str) -> bytes:
    """What stands in an answer as base64, with or without the head of a data address. Raises `BadRequest`."""
    body = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("The result that came with the answer is no base64.") from error


def _json(raw: bytes, name: str) -> Any:
    if not raw.strip():
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CutOff(f"“{name}” answered with what is no JSON.") from error
