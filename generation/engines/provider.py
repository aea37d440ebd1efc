"""A paid service over HTTP, described by an operator: a job that is asked after until it is done, or an answer at once.

The rule that everything here keeps: nothing is paid for twice. Before a job is sent, a key for it is remembered; as soon as the service says the
job's id, that is remembered, before anything else is done. After a crash the job is asked after by its id. Where it is not known whether a
service took a job, it is sent again only under the same key, and only if the service promises to take a key once.
"""

from __future__ import annotations

import json
import time
import uuid
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, field_validator

from generation.contract import BadRequest, Cancelled, Context, Endpoint, Failure, Frozen, Request, Stage, Transient, Usage
from generation.facts import Cost, EngineInfo
from generation.outside import Bounds, CutOff, Exchange, Patience, Tick, Unreachable, asked_to_wait, pause
from generation.remote import declared
from generation.remote.asking import PICTURE_INPUTS, ROLES, SOUND_INPUTS, WORDS, RemoteCue, RemoteParams, given, values_of
from generation.remote.calling import Busy, KeyWord, Line, Refused, decoded, grace, key_headers, settings_of

MILLION, MILLIONTH = Decimal(1_000_000), Decimal("0.000001")  # money is kept to a millionth
LONGEST_WAIT = 30.0  # seconds between two looks, however long a service asks to be left alone
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def _path(value: str) -> str:
    if value:
        declared.path_of(value, job="x")
    return value


class Submit(Frozen):
    method: Literal["POST", "PUT"] = "POST"
    path: str = Field("/jobs", max_length=400)
    headers: dict[str, str] = Field(default_factory=dict, max_length=20, description="Besides the key.")
    body: dict[str, Any] = Field(
        default={"prompt": "{prompt}", "seed": "{seed}", "width": "{width}", "height": "{height}"},
        description="JSON with {prompt}, {negative}, {seed}, {steps}, {guidance}, {width}, {height}, {frames}, {fps}, {seconds}, {aspect}; files as "
        "{first_frame} (a data address), {first_frame.base64}, {reference.all}. What has no value is left out.",
    )
    id_path: str = Field("", max_length=300, title="The job's id is at", description="Empty: the answer has the result itself.")
    idempotency_header: str = Field(
        "", max_length=100, pattern=r"^[A-Za-z0-9-]*$", title="Header for a key that is taken once",
        description="Such as Idempotency-Key, if the service promises that. Only then is a job ever sent again after a doubtful answer.",
    )  # fmt: skip

    _is_path = field_validator("path")(_path)

    @field_validator("body")
    @classmethod
    def _known(cls, body: dict[str, Any]) -> dict[str, Any]:
        files = {f"{role}{tail}" for role in ROLES for tail in ("", ".base64", ".all")}
        strange = declared.holders(body) - set(WORDS) - files
        if strange:
            raise ValueError(f"nobody knows “{{{min(strange)}}}”")
        return body


class Poll(Frozen):
    path: str = Field("/jobs/{job}", max_length=400, description="{job} is the job's id.")
    status_path: str = Field("status", max_length=300, title="Its state is at")
    done: tuple[str, ...] = Field(("succeeded", "completed", "done", "success"), max_length=20, title="States: done")
    failed: tuple[str, ...] = Field(("failed", "error", "canceled", "cancelled", "expired"), max_length=20, title="States: failed")
    progress_path: str = Field("", max_length=300, title="How far it is, is at", description="A part of 1 or of 100.")
    error_path: str = Field("error", max_length=300, title="Why it failed, is at")
    interval: float = Field(2.0, ge=0.05, le=60, title="Look every (seconds)")
    longest: float = Field(3600, ge=1, le=86_400, title="Look for at most (seconds)")

    _is_path = field_validator("path")(_path)


class ResultAt(Frozen):
    path: str = Field("", max_length=400, description="Where another answer has the result; {job} is the id. Empty: in the last one.")
    url_path: str = Field("", max_length=300, title="Its address is at", description="One address, or a list of them.")
    base64_path: str = Field("", max_length=300, title="Or it stands as base64 at")
    hosts: tuple[str, ...] = Field((), max_length=20, title="Hosts on our own network it may be fetched from")

    @field_validator("path")
    @classmethod
    def _is_path(cls, value: str) -> str:
        return _path(value)


class Cancel(Frozen):
    method: Method = "POST"
    path: str = Field("", max_length=400, description="Such as /jobs/{job}/cancel. Empty: it cannot be cancelled there.")

    _is_path = field_validator("path")(_path)


class Price(Frozen):
    """Prices add up; what the answer says goes before them."""

    per_call: Decimal | None = Field(None, ge=0, le=100_000, title="For a job")
    per_second: Decimal | None = Field(None, ge=0, le=100_000, title="For a second of film or sound")
    per_megapixel: Decimal | None = Field(None, ge=0, le=100_000, title="For a million pixels of a frame")
    path: str = Field("", max_length=300, title="Its own price is at")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")

    def said(self, answer: Any) -> Decimal | None:
        """What the answer itself says, if it does."""
        return _money(declared.at(answer, self.path)) if self.path else None

    def of(self, request: Request, answer: Any) -> Decimal | None:
        """None where no price is known."""
        if (said := self.said(answer)) is not None:
            return said
        if self.per_call is None and self.per_second is None and self.per_megapixel is None:
            return None
        picture = request.format
        seconds = Decimal(picture.frames * picture.rate.den) / picture.rate.num if picture else Decimal(0)
        pixels = Decimal(picture.width * picture.height) / MILLION if picture else Decimal(0)
        whole = (self.per_call or 0) + (self.per_second or 0) * seconds + (self.per_megapixel or 0) * pixels
        return Decimal(whole).quantize(MILLIONTH)


class ProviderSettings(Frozen):
    """What an operator says of a service."""

    key_header: str = Field("Authorization", max_length=100, pattern=r"^[A-Za-z0-9-]+$", title="Header for the key")
    key_prefix: KeyWord = Field("Bearer", title="Word before the key")
    patience: float = Field(120, ge=0, le=3600, title="Try again for (seconds)", description="When the service is busy or not heard.")
    silence: float = Field(120, ge=1, le=3600, title="Give up after silence of (seconds)")
    page: str = Field("", max_length=400, title="Its page of jobs", description="Where a person looks a doubtful job up.")
    submit: Submit = Field(Submit(), title="Sending a job")
    poll: Poll = Field(Poll(), title="Asking after it")
    result: ResultAt = Field(ResultAt(), title="Its result")
    cancel: Cancel = Field(Cancel(), title="Cancelling it")
    price: Price = Field(Price(), title="Its price")


# Shapes that many services have, to begin from.
PRESETS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "a job that is asked after": ProviderSettings(
            submit=Submit(id_path="id"), result=ResultAt(url_path="output")
        ).model_dump(mode="json"),
        "an answer at once": ProviderSettings(
            submit=Submit(path="/images/generations", id_path="", body={"prompt": "{prompt}", "size": "{width}x{height}", "n": 1}),
            result=ResultAt(url_path="data.0.url", base64_path="data.0.b64_json"),
        ).model_dump(mode="json"),
    }
)

INFO = EngineInfo(
    name="provider",
    title="A paid service",
    description="Pictures, clips and sound by a service that an operator described. What is asked, and the files with it, leave this installation.",
    licence="Terms of the provider",
    kind="outside",
    family="other machines",
    target="generation.engines.provider:Provider",
    forms=MappingProxyType(
        {"still": RemoteParams, "shot": RemoteParams, "upscale": RemoteParams, "music": RemoteCue, "tone": RemoteCue, "effect": RemoteCue}
    ),
    inputs=MappingProxyType(
        {
            "still": PICTURE_INPUTS, "shot": PICTURE_INPUTS, "upscale": PICTURE_INPUTS,
            "music": SOUND_INPUTS, "tone": SOUND_INPUTS, "effect": SOUND_INPUTS,
        }
    ),
    costs=MappingProxyType({task: Cost(fps=1.0, seconds=30.0) for task in ("still", "shot", "upscale", "music", "tone", "effect")}),
    classes=("HTTP",),
    repeatable=False,
    settings=ProviderSettings,
    presets=PRESETS,
    check="generation.engines.provider:check",
)  # fmt: skip


class Doubtful(Failure):
    """Nobody knows whether the service took the job; asking again might be paid for twice."""


class Provider:
    name = "provider"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.remote import results

        endpoint = context.endpoint(str(request.params["endpoint"]))
        job = Job(endpoint, settings_of(endpoint, "provider", ProviderSettings), request, context)
        context.progress(0, 100, unit="steps", stage="asking")
        answer = job.answered()
        money = job.used(answer)  # it is paid for, whatever becomes of it here
        files = job.files(answer)
        data, notes = results.hand_over(context, request, files, by="time", of=endpoint.name)
        facts = {"endpoint": endpoint.name, "job": job.id, "prompt": job.values["prompt"], "price": str(money) if money is not None else ""}
        return {**facts, **data}, (*job.notes, *notes)


class Job:
    """One job at a service, from before it is sent to its files."""

    def __init__(self, endpoint: Endpoint, settings: ProviderSettings, request: Request, context: Context) -> None:
        self._endpoint, self._settings, self._request, self._context = endpoint, settings, request, context
        self._stage, self._done = "asking", 0
        own = key_headers(endpoint, settings.key_header, settings.key_prefix)
        self._line = Line(endpoint, own, self._tick, silence=settings.silence, patience=settings.patience)
        self.id = self._key = ""
        self.notes: list[str] = []
        self.values = values_of(request)

    def _tick(self) -> None:
        self._context.progress(self._done, 100, unit="steps", stage=self._stage)

    def answered(self) -> Any:
        """The answer that has the result. Raises `Failure` of the kind that fits; on `Cancelled` the job is cancelled at the service."""
        body = self._body()
        kept = self._context.remembered()
        if kept is not None and kept.name == "answered":
            self.id, self._key = str(kept.data.get("job", "")), str(kept.data.get("key", ""))
            return json.loads(Path(kept.files["answer"]).read_bytes())
        if kept is not None and kept.name == "submitted":
            self.id, self._key = str(kept.data["job"]), str(kept.data["key"])
        else:
            answer = self._sent(body, kept)
            if not self._settings.submit.id_path:
                return self._keep(answer)
        try:
            return self._waited()
        except Cancelled:
            self._cancel()
            raise

    # --- sending ---

    def _body(self) -> bytes:
        """What is sent. Raises `BadRequest` for a file that the service has no place for."""
        template = self._settings.submit.body
        wanted, files = declared.holders(template), given(self._request, self._context)
        for role in files:
            if not {name for name in wanted if name == role or name.startswith(f"{role}.")}:
                what = role.replace("_", " ")
                raise BadRequest(f"“{self._endpoint.name}” has no place for a {what}. Leave it out, or an operator adds it to the body.")
        if "prompt" in wanted and not self.values["prompt"]:
            raise BadRequest(f"“{self._endpoint.name}” needs words: say what is to be made.")
        for name in ("negative", "steps", "guidance"):
            if self.values.get(name) and name not in wanted:
                self.notes.append(f"“{self._endpoint.name}” has no place for {name}; it was not used.")
        words = {name: value for name, value in self.values.items() if value != ""}
        filled = declared.filled(template, words | declared.files_as_values(files, wanted))
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def _sent(self, body: bytes, kept: Stage | None) -> Any:
        """Send the job, once. Remembers before and after."""
        header = self._settings.submit.idempotency_header
        if kept is not None and kept.name == "submitting":
            key = str(kept.data["key"])
            if not header:
                raise self._doubtful(key, "the work was broken off while it was being sent")
        else:
            key = uuid.uuid4().hex
        self._key = key
        headers = {"Content-Type": "application/json", **self._settings.submit.headers, **({header: key} if header else {})}
        patience = Patience(self._tick, seconds=self._settings.patience)
        self._context.remember(Stage(name="submitting", data={"key": key}))
        while True:
            try:
                answer = self._post(body, headers)
                if not self._settings.submit.id_path:
                    return answer
                found = declared.at(answer, self._settings.submit.id_path)
                if not isinstance(found, (str, int)) or isinstance(found, bool) or not 0 < len(str(found)) <= 500:
                    raise CutOff(f"“{self._endpoint.name}” took the job, and its answer has no id where one should be.")
                self.id = str(found)
                self._context.remember(Stage(name="submitted", data={"job": self.id, "key": key}))
                self.used(answer, done=False)
                return answer
            except Refused:
                self._context.remember(Stage(name="refused", data={"key": key}))
                raise
            except (Busy, Unreachable, CutOff) as problem:
                certain = (isinstance(problem, Busy) and problem.status == 429) or not self._arrived
                if not certain and not header:
                    raise self._doubtful(key, str(problem)) from problem
                try:
                    self._stage = "waiting: the service is busy"
                    patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)
                except (Transient, Cancelled):
                    if certain:
                        self._context.remember(Stage(name="refused", data={"key": key}))
                    raise

    def _post(self, body: bytes, headers: dict[str, str]) -> Any:
        self._arrived = True
        submit = self._settings.submit
        self._stage = "asking"

        def sent(arrived: bool) -> None:
            self._arrived = arrived

        # A job that is on its way is heard out, so that it can be cancelled by its id.
        tick: Tick = grace(self._tick) if submit.id_path else self._tick
        return self._line.once(submit.method, declared.path_of(submit.path), body, headers=headers, tick=tick, sent=sent)

    def _doubtful(self, key: str, why: str) -> Doubtful:
        where = self._settings.page or f"the page of “{self._endpoint.name}”"
        self._context.used(Usage(provider_job=f"key {key}"))
        return Doubtful(
            f"Nobody knows whether “{self._endpoint.name}” took the job: {why.rstrip('.')}. It may have been charged, so it is not sent again. "
            f"Look at {where} for the key {key}; if it is not there, ask anew."
        )

    # --- asking after it ---

    def _waited(self) -> Any:
        poll = self._settings.poll
        path = declared.path_of(poll.path, job=self.id)
        self._stage, until = "working", time.monotonic() + poll.longest
        while True:
            self._tick()
            try:
                answer = self._line.ask("GET", path)
            except Refused as problem:
                if problem.status in (404, 410):
                    words = f"“{self._endpoint.name}” does not know the job {self.id} any more. It may have been charged; ask there."
                    raise Failure(words) from problem
                raise
            state = str(declared.at(answer, poll.status_path) or "").strip().lower()
            if state in {word.lower() for word in poll.done}:
                self._done = 100
                return self._result(answer)
            if state in {word.lower() for word in poll.failed}:
                why = self._line.safe(declared.at(answer, poll.error_path) or answer)
                self.used(answer, done=False)
                raise Failure(f"“{self._endpoint.name}” could not do the job {self.id} ({state}): {why}")
            self._far(answer)
            if time.monotonic() > until:
                raise Transient(f"“{self._endpoint.name}” did not finish the job {self.id} within {poll.longest:g} seconds. It is asked after again.")
            pause(poll.interval, self._tick)

    def _far(self, answer: Any) -> None:
        far = declared.at(answer, self._settings.poll.progress_path) if self._settings.poll.progress_path else None
        with suppress(TypeError, ValueError, OverflowError):
            part = float(str(far).strip().rstrip("%"))
            self._done = max(self._done, min(99, int(part * 100 if part <= 1 else part)))

    def _result(self, answer: Any) -> Any:
        path = self._settings.result.path
        return self._line.ask("GET", declared.path_of(path, job=self.id)) if path else answer

    def _keep(self, answer: Any) -> Any:
        """An answer that was paid for is kept before anything is done with it."""
        place = self._context.workdir / "answer.json"
        place.write_text(json.dumps(answer))
        self._context.remember(Stage(name="answered", data={"job": self.id, "key": self._key}, files={"answer": place}))
        return answer

    def files(self, answer: Any) -> list[Path]:
        """The result, as files in the engine's folder. Raises `Failure`."""
        where, self._stage, self._done = self._settings.result, "fetching", 100
        found = declared.at(answer, where.url_path) if where.url_path else None
        urls = [item.get("url") if isinstance(item, dict) else item for item in (found if isinstance(found, list) else [found])]
        texts = declared.at(answer, where.base64_path) if where.base64_path else None
        made = list[Path]()
        for number, url in enumerate([url for url in urls if url][:64]):
            place = self._context.workdir / f"result-{number}"
            if str(url).startswith("data:"):
                place.write_bytes(decoded(str(url)))
            else:
                self._line.download(str(url), place, own_hosts=where.hosts)
            made.append(place)
        for number, text in enumerate(texts if isinstance(texts, list) else [texts] if texts and not made else []):
            place = self._context.workdir / f"inline-{number}"
            place.write_bytes(decoded(str(text)))
            made.append(place)
        if not made:
            raise Failure(f"“{self._endpoint.name}” finished the job {self.id}, and its answer has no result where one should be.".replace("  ", " "))
        return made

    def used(self, answer: Any, *, done: bool = True) -> Decimal | None:
        """Say what it cost: by the answer, else by the operator's prices, which are of jobs that are done. The job is named, so that it is paid
        for once, however many attempts hear of it."""
        price = self._settings.price
        money = price.of(self._request, answer) if done else price.said(answer)
        job = self.id or f"key {self._key}"
        self._context.used(Usage(money=money, currency=price.currency if money is not None else "", provider_job=job))
        return money

    def _cancel(self) -> None:
        cancel = self._settings.cancel
        if cancel.path:
            with suppress(Failure):
                self._line.once(cancel.method, declared.path_of(cancel.path, job=self.id), b"{}", tick=lambda: None, raw=True, total=5)


def _money(said: Any) -> Decimal | None:
    try:
        money = Decimal(str(said))
    except InvalidOperation:
        return None
    return money.quantize(MILLIONTH) if money.is_finite() and 0 <= money < MILLION else None


def check(endpoint: Endpoint, tick: Tick) -> tuple[str, dict[str, Any]]:
    """Whether it is heard at all; nothing is asked that could be paid for. Raises `Failure` of the kind that fits."""
    settings = settings_of(endpoint, "provider", ProviderSettings)
    headers = {"User-Agent": "Firstcut", **key_headers(endpoint, settings.key_header, settings.key_prefix)}
    bounds = Bounds(connect=5, idle=15, total=20, size=4 * 1024 * 1024)
    path = declared.path_of(settings.poll.path, job="none") if settings.submit.id_path else ""
    with Exchange(endpoint.url, "GET", path, headers=headers, own_network=endpoint.own_network, tick=tick, bounds=bounds) as answer:
        status = answer.status
        wait = asked_to_wait(answer.headers)
    if status in (401, 403):
        raise BadRequest(f"It answers, and does not accept the key ({status}).")
    if status == 429 or status >= 500:
        raise Transient(f"It answers that it is busy or out of order ({status})" + (f", for {wait:g} seconds." if wait else "."))
    return f"It answers ({status}). Whether it does the work will show with the first job.", {}
