"""A voice elsewhere: any address that speaks OpenAI's speech (`POST /audio/speech`): a provider, or a server of one's own.

A sound that was heard has been paid for: it is kept as soon as it is known to be one, and an attempt that takes over goes on from there. What
the words cost is reckoned by the operator's prices, once for every answer that began as sound, since whoever sent it counts it.

Who is heard is one of the provider's own voices, and `instructions` say how it speaks. Where the voice or the instructions are to be somebody's
own, `imitates` must say so, and the studio asks for that person's consent (`EngineInfo.imitates`); instructions that plainly ask for an imitation
are not sent without it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, model_validator

from generation.contract import SAMPLE_RATE, BadRequest, Context, Endpoint, Failure, Frozen, Request, Samples, Stage, Usage
from generation.facts import Cost, EngineInfo
from generation.outside import CutOff, Patience, Tick, Unreachable
from generation.remote.calling import Busy, Line, Refused, key_headers, settings_of

MILLION, MILLIONTH = Decimal(1_000_000), Decimal("0.000001")
LARGEST = 64 * 1024 * 1024  # bytes of one answer: eleven minutes of the largest sound
SLOWEST = 1.5  # seconds a letter: nobody speaks as slowly; what lasts longer, and half a minute more, is not the line
SPARE = ("instructions", "speed")  # what an endpoint may not know, and can do without
IMITATION = re.compile(
    r"\b(?i:imitat\w*|impersonat\w*|mimic\w*|impression of|in the voice of|voice clon\w*)|\b(?i:sounds?|speaks?|talks?) (?:\w+ )?like [A-Z]"
)


class SpeechSettings(Frozen):
    """What an operator says of an endpoint. Prices add up; both may be left empty."""

    default_model: str = Field("", max_length=200, title="Model", description="Used where none is asked for.")
    default_voice: str = Field("", max_length=200, title="Voice", description="Used where none is asked for.")
    sound: Literal["wav", "mp3", "flac"] = Field("wav", title="Sound comes as")
    per_million_characters: Decimal | None = Field(None, ge=0, le=100_000, title="Price of a million characters")
    per_minute: Decimal | None = Field(None, ge=0, le=100_000, title="Price of a minute of sound")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    patience: float = Field(120, ge=0, le=3600, title="Try again for (seconds)", description="When the endpoint is busy or fails.")
    silence: float = Field(60, ge=1, le=3600, title="Give up after silence of (seconds)")
    longest: float = Field(300, ge=1, le=3600, title="Give up after (seconds)", description="In all, however much of the sound has come.")

    def price(self, characters: int, seconds: float) -> Decimal | None:
        """None where no price is known."""
        if self.per_million_characters is None and self.per_minute is None:
            return None
        words = (self.per_million_characters or Decimal(0)) * characters / MILLION
        return (words + (self.per_minute or Decimal(0)) * Decimal(str(round(seconds, 3))) / 60).quantize(MILLIONTH)


class SpeechParams(Frozen):
    """A line by a voice elsewhere."""

    endpoint: str = Field(min_length=1, max_length=80, title="Machine", description="One of those under Providers.")
    model_name: str = Field("", max_length=200, title="Model", description="As the endpoint names it. Empty: the endpoint's own choice.")
    voice_name: str = Field("", max_length=200, title="Voice", description="As the endpoint names it: alloy, nova … Empty: its own choice.")
    text: str = Field(min_length=1, max_length=4000)
    character: str = Field("", max_length=200)
    direction: str = Field("", max_length=200, description="How this line is said: whispering, out of breath.")
    within_seconds: float | None = Field(None, gt=0, le=600, title="To fit (seconds)", description="Made up to 1.35 times faster if it is longer.")
    instructions: str = Field("", max_length=1000, description="How the voice speaks, in all lines. Not every endpoint follows them.")
    imitates: bool = Field(False, title="The voice, or these words, are to sound like a real person")
    speed: float = Field(1.0, ge=0.25, le=4, description="1 is the voice's own.")

    @model_validator(mode="after")
    def _says_whom(self) -> SpeechParams:
        asked = IMITATION.search(self.instructions) or IMITATION.search(self.direction)
        if asked and not self.imitates:
            raise ValueError(f"“{asked.group()}” asks to imitate somebody: tick that it does and choose the person's consent, or leave it out")
        return self


INFO = EngineInfo(
    name="speech",
    title="A voice elsewhere",
    description="Any endpoint that speaks OpenAI's speech. The words of the lines leave this installation.",
    licence="Terms of the provider",
    kind="outside",
    family="voice",
    target="generation.engines.speech:Speech",
    forms=MappingProxyType({"voice": SpeechParams}),
    costs=MappingProxyType({"voice": Cost(fps=1.0, seconds=5.0)}),
    classes=("OpenAI speech",),
    repeatable=False,
    imitates=("imitates",),
    settings=SpeechSettings,
    check="generation.engines.speech:check",
)


class Speech:
    name = "speech"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.media import tempo
        from generation.media.spoken import SPREAD, spread
        from generation.neural import sounds

        params = SpeechParams.model_validate(request.params)
        if not any(letter.isalnum() for letter in params.text):
            raise BadRequest(f"There is nothing to say in “{params.text[:60]}”.")
        endpoint = context.endpoint(params.endpoint)
        talk = Talk(endpoint, settings_of(endpoint, "speech", SpeechSettings), params, context)
        said = sounds.levelled(talk.samples(), "voice")
        line = tempo.fitted(said, spread(params.text, said), params.within_seconds)
        context.sound(line.samples)
        context.progress(2, 2, unit="steps")
        data = {
            "kind": "speech",
            "endpoint": endpoint.name,
            "model": {"name": talk.model},
            "voice": talk.voice,
            "seconds": len(line.samples) / SAMPLE_RATE,
            "words": [word.model_dump() for word in line.words],
            "hurry": line.hurry,
            "characters": talk.characters,
            "price": str(talk.money) if talk.money is not None else "",
        }
        return data, (SPREAD, *talk.notes, *line.notes)


class Talk:
    """One line and one endpoint: asks until there is a whole sound, and counts what it cost."""

    def __init__(self, endpoint: Endpoint, settings: SpeechSettings, params: SpeechParams, context: Context) -> None:
        self._endpoint, self._settings, self._params, self._context = endpoint, settings, params, context
        self.model = params.model_name.strip() or settings.default_model
        self.voice = params.voice_name.strip() or settings.default_voice
        if not self.model or not self.voice:
            what = "model" if not self.model else "voice"
            raise BadRequest(f"Which {what} of “{endpoint.name}”? Name one, or let an operator set one under Providers.")
        self._stage, self._without = "asking", set[str]()
        headers = {**key_headers(endpoint, "Authorization", "Bearer"), "Content-Type": "application/json", "Accept": "audio/*, application/json"}
        self._line = Line(endpoint, headers, self._tick, silence=settings.silence, patience=settings.patience)
        self.characters = 0
        self.money: Decimal | None = None
        self.notes: list[str] = []

    def _tick(self) -> None:
        self._context.progress(0, 2, unit="steps", stage=self._stage)

    def samples(self) -> Samples:
        """The line (n, 1) at 48 kHz, from an earlier attempt if that heard it. Raises `Failure` of the kind that fits."""
        kept = self._context.remembered()
        if kept is not None and kept.name == "heard":
            self.characters = int(kept.data["characters"])
            return self._opened(Path(kept.files["sound"]))
        path = self._context.workdir / f"heard.{self._settings.sound}"
        path.write_bytes(self._asked())
        samples = self._opened(path)
        self._context.remember(Stage(name="heard", data={"characters": self.characters}, files={"sound": path}))
        return samples

    def _asked(self) -> bytes:
        patience = Patience(self._tick, seconds=self._settings.patience)
        while True:
            try:
                self._stage = "asking"
                raw: bytes = self._line.once(
                    "POST", "/audio/speech", self._body(), raw=True, total=self._settings.longest, size=LARGEST, began=self._counted
                )
                return raw
            except Refused as problem:
                self._do_without(problem)
            except (Busy, Unreachable, CutOff) as problem:
                self._stage = "waiting: the endpoint is busy" if isinstance(problem, Busy) else "waiting: the endpoint is not heard"
                patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)
                if isinstance(problem, CutOff):
                    self.notes.append("A sound was cut off half way and was asked for again; the provider may count both.")

    def _body(self) -> bytes:
        params = self._params
        how = "; ".join(part.strip().rstrip(".;") for part in (params.instructions, params.direction) if part.strip())
        body: dict[str, Any] = {"model": self.model, "input": params.text, "voice": self.voice, "response_format": self._settings.sound}
        body |= {"instructions": how} if how else {}
        body |= {"speed": params.speed} if params.speed != 1 else {}
        return json.dumps({name: value for name, value in body.items() if name not in self._without}, ensure_ascii=False).encode("utf-8", "replace")

    def _do_without(self, problem: Refused) -> None:
        """Leave out what the endpoint says that it does not know. Raises the problem where it complains of something else."""
        words = json.dumps(problem.answer) if problem.status in (400, 422) else ""
        sent = json.loads(self._body())
        field = next((name for name in SPARE if name in sent and re.search(rf"\b{name}\b", words)), None)
        if field is None:
            raise problem
        self._without.add(field)
        self.notes.append(f"“{self._endpoint.name}” takes no {field} with {self.model}, which was said without.")

    def _counted(self) -> None:
        """An answer has begun as it should: it costs what its words cost, whatever becomes of it."""
        self._stage = "listening"
        self.characters += len(self._params.text)
        self._used(0.0)

    def _used(self, seconds: float) -> None:
        self.money = self._settings.price(self.characters, seconds)
        self._context.used(Usage(money=self.money, currency=self._settings.currency if self.money is not None else ""))

    def _opened(self, path: Path) -> Samples:
        """What was heard, opened in the sandbox. Raises `Failure` for what is no sound, or no such line."""
        from generation.media.probe import bring_sound
        from generation.media.sound import read_sound

        self._context.progress(1, 2, unit="steps", stage="opening the sound")
        name, raw = self._endpoint.name, path.read_bytes()
        if raw.lstrip()[:1] in (b"{", b"<", b"["):
            words = self._line.safe(_plain(raw[:20_000]))
            raise Failure(f"“{name}” answered in words in place of a sound: {words}. Is {self.model} a model that speaks?")
        try:
            samples: Samples = read_sound(Path(bring_sound(path, self._context.workdir).path)).mean(axis=1, keepdims=True)
        except BadRequest as error:
            raise Failure(f"What “{name}” gave is no sound that can be used. {error}") from error
        seconds = len(samples) / SAMPLE_RATE
        self._used(seconds)
        most = 30 + SLOWEST * len(self._params.text)
        if seconds > most:
            raise Failure(f"“{name}” gave {seconds:.0f} s of sound for a line that takes {most:.0f} s at the very most. Nothing was kept of it.")
        if float(abs(samples).max(initial=0.0)) < 1e-4:
            raise Failure(f"“{name}” gave {seconds:.1f} s of silence. Choose another voice or model.")
        return samples


def _plain(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return re.sub(r"<[^>]*>", " ", raw.decode("utf-8", "replace"))


def check(endpoint: Endpoint, tick: Tick) -> tuple[str, dict[str, Any]]:
    """Which models the endpoint has; nothing is paid for. Raises `Failure` of the kind that fits."""
    settings_of(endpoint, "speech", SpeechSettings)
    line = Line(endpoint, key_headers(endpoint, "Authorization", "Bearer"), tick, silence=15, patience=0)
    try:
        listed = line.once("GET", "/models", total=20)
    except Refused as problem:
        if problem.status in (404, 405):
            return "It answers, and lists no models: whether it speaks will show with the first line.", {}
        raise
    rows = listed.get("data") if isinstance(listed, dict) else listed
    names = sorted({str(row["id"])[:200] for row in rows or () if isinstance(row, dict) and row.get("id")})[:500]
    return f"It answers and has {len(names)} model{'' if len(names) == 1 else 's'}.", {"models": names}
