"""A ComfyUI server's workflows: ours go into the inputs an operator bound, what it makes comes back, told on the way over its socket.

A prompt's id is remembered before anything is waited for. Whoever goes on asks the server for that id; only where neither its history nor its
queue knows it any more is the work handed in again.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
from pydantic import Field, model_validator

from generation.contract import BadRequest, Cancelled, Context, Endpoint, Failure, Frozen, OutOfMemory, Pixels, Request, Stage, Transient, Usage
from generation.facts import SOUND_TASKS, Cost, EngineInfo
from generation.outside import LOOK, CutOff, Patience, Tick, Unreachable, connect, pause, target
from generation.remote import workflow as graphs
from generation.remote.asking import PICTURE_INPUTS, SOUND_INPUTS, Given, RemoteCue, RemoteParams, given, values_of
from generation.remote.calling import Busy, KeyWord, Line, Refused, key_headers, settings_of

VIDEO = (".mp4", ".webm", ".mov", ".mkv", ".avi", ".gif", ".m4v")
PICTURE = (".png", ".jpg", ".jpeg", ".webp")
SOUND = (".flac", ".mp3", ".wav", ".ogg", ".opus", ".m4a", ".aac")
PREVIEW_PIXELS = 4_000_000
LONGEST_MESSAGE = 32 * 1024 * 1024
QUIET = 10.0  # seconds without a word after which the server is asked
MOST_FILES = 2000


class Bindings(Frozen):
    """Where each of ours goes, as "node.input"; several are separated by commas."""

    prompt: str = Field("", max_length=300)
    negative: str = Field("", max_length=300, title="Negative prompt")
    seed: str = Field("", max_length=300)
    steps: str = Field("", max_length=300)
    guidance: str = Field("", max_length=300)
    width: str = Field("", max_length=300)
    height: str = Field("", max_length=300)
    frames: str = Field("", max_length=300)
    fps: str = Field("", max_length=300, title="Frames a second")
    seconds: str = Field("", max_length=300)
    first_frame: str = Field("", max_length=300, title="First frame")
    last_frame: str = Field("", max_length=300, title="Last frame")
    picture: str = Field("", max_length=300)
    reference: str = Field("", max_length=300, title="References")
    mask: str = Field("", max_length=300)
    depth: str = Field("", max_length=300, title="Depth of the previs")
    video: str = Field("", max_length=300, title="Clip")
    sound: str = Field("", max_length=300)

    def said(self) -> dict[str, str]:
        return {name: text for name, text in self.model_dump().items() if text.strip()}


class ComfySettings(Frozen):
    """What an operator says of a server: one workflow, and what of it is ours."""

    workflow: dict[str, Any] = Field(
        default_factory=dict, description="In API format. In ComfyUI: Workflow › Export (API).", json_schema_extra={"document": True}
    )
    output: str = Field("", max_length=40, title="Node whose result is ours", description="Empty: whichever saves something of the right kind.")
    multiple_of: int = Field(8, ge=1, le=128, title="Sizes are divisible by")
    frame_step: int = Field(1, ge=1, le=64, title="Frames come in steps of", description="Wan makes 4 n + 1 frames: 4 here. 1: any number.")
    key_header: str = Field("Authorization", max_length=100, pattern=r"^[A-Za-z0-9-]+$", title="Header for the key, if it has one")
    key_prefix: KeyWord = Field("Bearer", title="Word before the key")
    patience: float = Field(120, ge=0, le=3600, title="Try again for (seconds)", description="When the server is busy or not heard.")
    bindings: Bindings = Field(Bindings(), title="What of it is ours")

    @model_validator(mode="before")
    @classmethod
    def _suggested(cls, given: Any) -> Any:
        """Where nothing is bound yet, what the nodes themselves tell is."""
        if not isinstance(given, dict) or not given.get("workflow"):
            return given
        try:
            graph = graphs.read(given["workflow"])
        except BadRequest as problem:
            raise ValueError(str(problem)) from None
        bound = given.get("bindings")
        bare = bound.model_dump() if isinstance(bound, Bindings) else bound
        return {**given, "workflow": graph, "bindings": bare if bare and any(bare.values()) else graphs.suggest(graph)}

    @model_validator(mode="after")
    def _there(self) -> ComfySettings:
        if self.workflow:
            try:
                graphs.checked(self.workflow, self.bindings.said())
            except BadRequest as problem:
                raise ValueError(str(problem)) from None
            if self.output and self.output not in self.workflow:
                raise ValueError(f"there is no node {self.output} in the workflow")
        return self


INFO = EngineInfo(
    name="comfyui",
    title="A ComfyUI workflow",
    description="Runs a workflow on a ComfyUI server. What is asked, and the files with it, go to that server.",
    licence="As the workflow's models",
    kind="outside",
    family="other machines",
    target="generation.engines.comfyui:ComfyUI",
    forms=MappingProxyType(
        {
            "still": RemoteParams, "shot": RemoteParams, "upscale": RemoteParams, "interpolate": RemoteParams,
            "music": RemoteCue, "tone": RemoteCue, "effect": RemoteCue,
        }
    ),
    inputs=MappingProxyType(
        {
            "still": PICTURE_INPUTS, "shot": PICTURE_INPUTS, "upscale": PICTURE_INPUTS, "interpolate": PICTURE_INPUTS,
            "music": SOUND_INPUTS, "tone": SOUND_INPUTS, "effect": SOUND_INPUTS,
        }
    ),
    costs=MappingProxyType({task: Cost(fps=1.0, seconds=15.0) for task in ("still", "shot", "upscale", "interpolate", "music", "tone", "effect")}),
    classes=("ComfyUI",),
    repeatable=False,
    settings=ComfySettings,
    check="generation.engines.comfyui:check",
    choices="generation.engines.comfyui:choices",
)  # fmt: skip


class Lost(Transient):
    """The server knows nothing of the work any more: it was restarted."""


class Gone(Transient):
    """The socket broke."""


class ComfyUI:
    name = "comfyui"
    version = "1"

    def run(self, request: Request, context: Context) -> tuple[dict[str, Any], tuple[str, ...]]:
        from generation.remote import results

        endpoint = context.endpoint(str(request.params["endpoint"]))
        work = Work(endpoint, settings_of(endpoint, "comfyui", ComfySettings), request, context)
        context.progress(0, 100, unit="steps", stage="asking")
        try:
            entry = work.finished()
            files = work.fetched(entry)
        except Cancelled:
            work.cancel()
            raise
        context.used(Usage(provider_job=work.id))
        graph = json.dumps(work.graph, ensure_ascii=False, sort_keys=True).encode()
        context.save("workflow", graph, "application/json", {"nodes": len(work.graph)})
        data, notes = results.hand_over(context, request, files, by=work.by, of=endpoint.name)
        facts = {"endpoint": endpoint.name, "prompt_id": work.id, "prompt": work.values["prompt"], "workflow": hashlib.sha256(graph).hexdigest()}
        return {**facts, **data}, (*work.notes, *notes)


class Work:
    """One prompt at one server, from our request to its files."""

    def __init__(self, endpoint: Endpoint, settings: ComfySettings, request: Request, context: Context) -> None:
        if not settings.workflow:
            raise BadRequest(f"“{endpoint.name}” has no workflow yet. An operator gives it one under Providers.")
        self._endpoint, self._settings, self._request, self._context = endpoint, settings, request, context
        self._bound = settings.bindings.said()
        self._headers = key_headers(endpoint, settings.key_header, settings.key_prefix)
        self._line = Line(endpoint, self._headers, self._tick, silence=60, patience=settings.patience)
        self._stage, self._preview = "asking", None
        self._total = 100 * len(settings.workflow)
        self._finished_nodes: set[str] = set()
        self._part, self._done = 0.0, 0
        kept = context.remembered()
        self._client = str(kept.data["client_id"]) if kept is not None and "client_id" in kept.data else uuid.uuid4().hex
        self.id = ""
        self.notes: list[str] = []
        self.values = self._sizes(values_of(request))
        self.by: Any = "frames" if "frames" in self._bound else "time"
        self.graph: dict[str, Any] = {}

    def _tick(self) -> None:
        self._context.progress(self._done, self._total, unit="steps", stage=self._stage)

    # --- what is asked ---

    def _sizes(self, values: dict[str, Any]) -> dict[str, Any]:
        """Sizes and lengths as the workflow's model can make them, at least as large as asked for."""
        multiple, step, asked = self._settings.multiple_of, self._settings.frame_step, dict(values)
        for name in ("width", "height"):
            if name in values:
                asked[name] = -(-values[name] // multiple) * multiple
        if "frames" in values and step > 1:
            asked["frames"] = -(-(values["frames"] - 1) // step) * step + 1
        if not values["prompt"] and "prompt" in self._bound:
            raise BadRequest(f"“{self._endpoint.name}” needs words: say what is to be made.")
        for name in ("prompt", "negative", "steps", "guidance"):
            if values.get(name) and name not in self._bound:
                self.notes.append(f"The workflow of “{self._endpoint.name}” has no place for {name}; it was not used.")
        return asked

    def _bind(self) -> None:
        """Send the files, and put everything in its place. Raises `BadRequest` for a file without one."""
        pictures = {name for name, text in self._bound.items() if not any(self._takes_clips(node) for node, _ in graphs.places(text))}
        files = given(self._request, self._context, still_depth="depth" in pictures)
        values = {name: value for name, value in self.values.items() if value != "" or name in ("prompt", "negative")}
        for role, several in files.items():
            room = len(graphs.places(self._bound.get(role, "")))
            what = role.replace("_", " ")
            if not room:
                raise BadRequest(f"The workflow of “{self._endpoint.name}” has no place for a {what}. Leave it out, or an operator binds one.")
            if len(several) > room:
                raise BadRequest(f"The workflow of “{self._endpoint.name}” has places for {room} of “{what}”; {len(several)} were given.")
            names = [self._upload(file) for file in several]
            values[role] = names if len(names) > 1 or role == "reference" else names[0]
        for role in ("first_frame", "last_frame", "picture", "reference", "mask", "depth", "video", "sound"):
            if role in self._bound and role not in files:
                what = role.replace("_", " ")
                self.notes.append(f"The workflow has a place for a {what}, and none was given: the workflow's own was used.")
        self.graph = graphs.bind(self._settings.workflow, self._bound, values)

    def _takes_clips(self, node: str) -> bool:
        return "video" in str(self._settings.workflow[node]["class_type"]).lower()

    def _upload(self, file: Given) -> str:
        """Put a file among the server's inputs, under a name by its content. Returns the name it has there."""
        raw = file.path.read_bytes()
        name, line = f"firstcut-{hashlib.sha256(raw).hexdigest()[:24]}{file.suffix}", uuid.uuid4().hex
        parts = [("overwrite", None, b"true"), ("type", None, b"input"), ("image", name, raw)]
        body = b"".join(
            f'--{line}\r\nContent-Disposition: form-data; name="{field}"'.encode()
            + (f'; filename="{named}"\r\nContent-Type: {file.media_type}'.encode() if named else b"")
            + b"\r\n\r\n" + data + b"\r\n"
            for field, named, data in parts
        )  # fmt: skip
        body += f"--{line}--\r\n".encode()
        self._stage = "sending files"
        answer = self._line.ask("POST", "/upload/image", body, headers={"Content-Type": f"multipart/form-data; boundary={line}"})
        if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
            raise Failure(f"“{self._endpoint.name}” took a file and did not say under which name. Is it a ComfyUI server?")
        return "/".join(part for part in (str(answer.get("subfolder") or ""), answer["name"]) if part)

    # --- handing it in ---

    def finished(self) -> dict[str, Any]:
        """The history's entry of the work, once it is done. Raises `Failure`."""
        self._bind()
        self._stage = "waiting in its queue"
        patience, handed_in = self._patience(), False
        while True:
            heard = False
            try:
                with self._socket() as socket:  # first of all, so that nothing it says is missed
                    if not handed_in:
                        self._hand_in()
                        handed_in, self._stage = True, "waiting in its queue"
                    entry = self._entry()
                    if entry is None and not self._queued():
                        entry = self._entry()  # it may have ended between the two
                        if entry is None:
                            raise Lost(f"“{self._endpoint.name}” was restarted and forgot the work. It is handed in again.")
                    heard = True
                    return self._good(entry if entry is not None else self._listened(socket))
            except (Gone, Unreachable, CutOff, Busy) as problem:
                patience = self._patience() if heard else patience
                self._stage = "waiting: the server is not heard"
                patience.wait(problem)

    def _patience(self) -> Patience:
        return Patience(self._tick, seconds=self._settings.patience, first=0.1)

    def _hand_in(self) -> None:
        """Hand the work in, unless an earlier attempt did and the server still has it."""
        kept = self._context.remembered()
        if not self.id and kept is not None and kept.name in ("submitting", "submitted"):
            self.id = str(kept.data["prompt_id"])
        if self.id and self._known():
            return
        self.id = self.id or str(uuid.uuid4())
        self._submit()

    def _submit(self) -> None:
        """Hand the work in once. Where the answer is lost, the server is asked whether it has it before anything is sent again."""
        self._keep("submitting")
        said = {"prompt": self.graph, "client_id": self._client, "prompt_id": self.id, "extra_data": {"client_id": self._client}}
        body = json.dumps(said).encode()
        patience = self._patience()
        while True:
            try:
                answer = self._line.once("POST", "/prompt", body, headers={"Content-Type": "application/json"})
                break
            except Refused as problem:
                raise self._refused(problem) from problem
            except (Busy, Unreachable, CutOff) as problem:
                self._stage = "waiting: the server is busy"
                patience.wait(problem, problem.wait if isinstance(problem, Busy) else None)
                if self._known():
                    return
        found = answer.get("prompt_id") if isinstance(answer, dict) else None
        if not isinstance(found, str) or not found:
            raise Failure(f"“{self._endpoint.name}” took the work and gave it no number. Is it a ComfyUI server?")
        self.id = found  # an older server gives one of its own
        self._keep("submitted")

    def _keep(self, name: str) -> None:
        self._context.remember(Stage(name=name, data={"prompt_id": self.id, "client_id": self._client}))

    def _refused(self, problem: Refused) -> Failure:
        """A workflow the server does not take, in the words of its nodes."""
        answer = problem.answer if isinstance(problem.answer, dict) else {}
        wrong = answer.get("node_errors")
        said = list[str]()
        for number, told in (wrong.items() if isinstance(wrong, dict) else ()):
            for error in (told.get("errors") or () if isinstance(told, dict) else ())[:2]:
                words = self._line.safe(error.get("details") or error.get("message") or error)
                said.append(f"{graphs.title(self.graph, number)} ({number}): {words}")
        if not said:
            return problem
        why = "; ".join(said[:3])
        return BadRequest(f"“{self._endpoint.name}” does not take the workflow. {why}. An operator mends the workflow, or the server.")

    # --- where it is ---

    def _known(self) -> bool:
        """Whether the server has the work, waiting, running or done; takes over the id it has there."""
        return self._queued() != "" or self._entry() is not None  # in this order: work goes from the queue to the history

    def _queued(self) -> str:
        """"running", "pending", or empty if it is not in the queue."""
        answer = self._line.ask("GET", "/queue")
        for name in ("running", "pending"):
            rows = answer.get(f"queue_{name}") if isinstance(answer, dict) else None
            for row in rows if isinstance(rows, list) else ():
                if isinstance(row, list) and self._is_ours(row):
                    self._take(str(row[1]))
                    return name
        return ""

    def _entry(self) -> dict[str, Any] | None:
        answer = self._line.ask("GET", f"/history/{quote(self.id, safe='')}")
        entry = answer.get(self.id) if isinstance(answer, dict) else None
        if entry is None:  # an older server gives numbers of its own, and knows ours by the client only
            answer = self._line.ask("GET", "/history?max_items=200")
            for found in answer.values() if isinstance(answer, dict) else ():
                row = found.get("prompt") if isinstance(found, dict) else None
                if isinstance(row, list) and self._is_ours(row):
                    self._take(str(row[1]))
                    entry = found
        return entry if isinstance(entry, dict) and (entry.get("status") or entry.get("outputs")) else None

    def _is_ours(self, row: list[Any]) -> bool:
        extra = row[3] if len(row) > 3 and isinstance(row[3], dict) else {}
        return len(row) > 1 and (row[1] == self.id or (bool(self._client) and extra.get("client_id") == self._client))

    def _take(self, number: str) -> None:
        if number != self.id:
            self.id = number
            self._keep("submitted")

    def cancel(self) -> None:
        """Take the work out of the queue, or interrupt it: it and nothing else."""
        if not self.id:
            return
        self._line = Line(self._endpoint, self._headers, lambda: None, silence=5, patience=0)
        with suppress(Failure):
            where, headers = self._queued(), {"Content-Type": "application/json"}
            if where == "pending":
                self._line.once("POST", "/queue", json.dumps({"delete": [self.id]}).encode(), headers=headers, raw=True)
                where = self._queued()
            if where == "running":  # an older server does not look at the id: it is told only while it is ours that runs
                self._line.once("POST", "/interrupt", json.dumps({"prompt_id": self.id}).encode(), headers=headers, raw=True)

    # --- waiting ---

    @contextmanager
    def _socket(self) -> Iterator[Any]:
        """The server's socket, on a connection to the address that was checked. Raises `Unreachable`."""
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect as dial

        place = target(self._endpoint.url, own_network=self._endpoint.own_network)
        line = connect(place, 5)
        host = f"[{place.host}]" if ":" in place.host else place.host
        with ExitStack() as stack:
            try:
                # Always “ws”: where it is TLS, the connection is that already.
                socket = stack.enter_context(
                    dial(
                        f"ws://{host}:{place.port}{place.path}/ws?clientId={self._client}", sock=line, proxy=None, open_timeout=10, close_timeout=1,
                        max_size=LONGEST_MESSAGE, compression=None, additional_headers=self._headers, user_agent_header="Firstcut",
                    )
                )  # fmt: skip
                socket.send(json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}}))
            except (WebSocketException, OSError, EOFError) as error:
                line.close()
                raise Unreachable(f"“{self._endpoint.name}” opens no socket: {error}.") from error
            yield socket

    def _listened(self, socket: Any) -> dict[str, Any]:
        """Follow the work until it is done. Raises `Gone` when the socket breaks."""
        from websockets.exceptions import ConnectionClosed

        quiet = time.monotonic()
        while True:
            self._tick()
            try:
                message = socket.recv(timeout=LOOK)
            except TimeoutError:
                if time.monotonic() - quiet > QUIET:  # a server may tell nobody anything
                    quiet = time.monotonic()
                    if (entry := self._entry()) is not None:
                        return entry
                    if not self._queued() and self._entry() is None:
                        raise Lost(f"“{self._endpoint.name}” forgot the work. It is handed in again.") from None
                continue
            except ConnectionClosed as error:
                raise Gone(f"The connection to “{self._endpoint.name}” broke.") from error
            quiet = time.monotonic()
            if isinstance(message, bytes):
                self._show(message)
            elif self._hear(message):
                return self._written()

    def _written(self) -> dict[str, Any]:
        """The history's entry, which is written a moment after the last word."""
        for _ in range(100):
            if (entry := self._entry()) is not None:
                return entry
            pause(0.1, self._tick)
        raise Lost(f"“{self._endpoint.name}” said that it finished, and its history has nothing of it.")

    def _hear(self, message: str) -> bool:
        """One event; whether it was the last one of our work."""
        try:
            event = json.loads(message)
            kind, data = event["type"], event["data"]
        except (ValueError, RecursionError, KeyError, TypeError):
            return False  # extensions say all kinds of things
        if not isinstance(data, dict) or data.get("prompt_id", self.id) != self.id:
            return False
        if kind == "execution_cached":
            self._finished_nodes |= {str(node) for node in data.get("nodes") or ()}
        elif kind == "executing":
            if data.get("node") is None:
                return "prompt_id" in data
            self._node(str(data["node"]))
        elif kind == "progress":
            self._share(data.get("value"), data.get("max"))
        elif kind == "progress_state":
            self._states(data.get("nodes"))
        elif kind == "executed":
            self._finished_nodes.add(str(data.get("node")))
        elif kind in ("execution_success", "execution_error", "execution_interrupted"):
            return True
        self._count()
        return False

    def _node(self, number: str) -> None:
        self._part = 0.0
        self._stage = graphs.title(self.graph, number)

    def _share(self, value: Any, most: Any) -> None:
        if isinstance(value, (int, float)) and isinstance(most, (int, float)) and most > 0:
            self._part = min(1.0, max(0.0, value / most))

    def _states(self, nodes: Any) -> None:
        for number, told in (nodes.items() if isinstance(nodes, dict) else ()):
            if not isinstance(told, dict):
                continue
            if told.get("state") == "finished":
                self._finished_nodes.add(str(number))
            elif told.get("state") == "running":
                self._stage = graphs.title(self.graph, str(told.get("display_node_id") or number))
                self._share(told.get("value"), told.get("max"))

    def _count(self) -> None:
        there = len(self._finished_nodes & set(self.graph))
        self._done = max(self._done, min(self._total - 1, round(100 * (there + self._part))))
        self._tick()

    def _show(self, message: bytes) -> None:
        """A preview: kind 1 has its format before it, kind 4 what it belongs to."""
        if len(message) < 8:
            return
        kind, number = struct.unpack(">II", message[:8])
        start = 8
        if kind == 4:
            start += number
            with suppress(ValueError, RecursionError):
                if json.loads(message[8:start]).get("prompt_id", self.id) != self.id:
                    return
        if kind in (1, 4) and (pixels := _pixels(message[start:])) is not None:
            self._context.progress(self._done, self._total, unit="steps", stage=self._stage, preview=pixels)

    # --- what came of it ---

    def _good(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The entry, if the work was done. Raises `Failure` with why not."""
        status = entry.get("status") if isinstance(entry.get("status"), dict) else {}
        told = status.get("messages") if isinstance(status, dict) else None
        events = [row for row in told if isinstance(row, list) and len(row) == 2 and isinstance(row[1], dict)] if isinstance(told, list) else []
        for kind, data in events:
            if kind == "execution_interrupted":
                self._context.remember(Stage(name="ended", data={}))
                raise Transient(f"Somebody interrupted the work on “{self._endpoint.name}”. It is handed in again.")
            if kind == "execution_error":
                self._context.remember(Stage(name="ended", data={}))
                where = f"{graphs.title(self.graph, str(data.get('node_id')))} ({data.get('node_id')})"
                words = self._line.safe(data.get("exception_message") or data)
                if "OutOfMemory" in str(data.get("exception_type")) or "out of memory" in words.lower():
                    raise OutOfMemory(f"The card of “{self._endpoint.name}” is too small for this, at {where}: {words} Ask for less, or smaller.")
                raise Failure(f"“{self._endpoint.name}” failed at {where}: {words}")
        if isinstance(status, dict) and status.get("status_str") == "error":
            raise Failure(f"“{self._endpoint.name}” failed, and does not say why. Its own log says more.")
        return entry

    def fetched(self, entry: dict[str, Any]) -> list[Path]:
        """The files that the task asks for, brought here. Raises `Failure` if there are none."""
        self._stage, self._done = "fetching", self._total
        chosen = self._chosen(entry.get("outputs"))
        made = list[Path]()
        for number, item in enumerate(chosen):
            place = self._context.workdir / f"result-{number}{Path(str(item['filename'])).suffix.lower()[:8]}"
            query = {"filename": str(item["filename"]), "subfolder": str(item.get("subfolder") or ""), "type": str(item.get("type") or "output")}
            self._line.fetch(f"/view?{urlencode(query)}", place)
            made.append(place)
        return made

    def _chosen(self, outputs: Any) -> list[dict[str, Any]]:
        found = list[tuple[str, dict[str, Any]]]()
        for number, told in (outputs.items() if isinstance(outputs, dict) else ()):
            if self._settings.output and number != self._settings.output:
                continue
            for rows in told.values() if isinstance(told, dict) else ():
                found += [(number, row) for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict) and row.get("filename")]
        saved = [pair for pair in found if pair[1].get("type", "output") == "output"] or found
        for kinds in self._kinds():
            fitting = [(number, row) for number, row in saved if str(row["filename"]).lower().endswith(kinds)]
            if not fitting:
                continue
            first = fitting[0][0]
            if len({number for number, _ in fitting}) > 1:
                self.notes.append(f"Several nodes saved something; that of {graphs.title(self.graph, first)} ({first}) was kept.")
            ours = [row for number, row in fitting if number == first]
            return ours[:MOST_FILES] if kinds == PICTURE else ours[:1]
        names = ", ".join(str(row["filename"])[:60] for _, row in found[:5]) or "nothing"
        raise Failure(f"“{self._endpoint.name}” finished, and saved nothing that a {self._request.task} can be made of: {names}.")

    def _kinds(self) -> tuple[tuple[str, ...], ...]:
        if self._request.task in SOUND_TASKS:
            return SOUND, VIDEO
        return (PICTURE, VIDEO) if self._request.task == "still" else (VIDEO, PICTURE)


def _pixels(raw: bytes) -> Pixels | None:
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(raw), formats=["JPEG", "PNG", "WEBP"])
        if image.width * image.height > PREVIEW_PIXELS:
            return None
        return np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def choices(settings: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """For each binding, the places of the workflow it could have; empty where there is no workflow yet."""
    try:
        graph = graphs.read(settings.get("workflow"))
    except BadRequest:
        return {}
    found = {f"bindings.{name}": list(graphs.choices(graph, name)) for name in Bindings.model_fields}
    return found | {"output": [("", "whichever saves something"), *((number, f"{graphs.title(graph, number)} ({number})") for number in graph)]}


def check(endpoint: Endpoint, tick: Tick) -> tuple[str, dict[str, Any]]:
    """What the server is, and whether it has every node of the workflow. Raises `Failure` of the kind that fits."""
    settings = settings_of(endpoint, "comfyui", ComfySettings)
    line = Line(endpoint, key_headers(endpoint, settings.key_header, settings.key_prefix), tick, silence=15, patience=3)
    stats = line.ask("GET", "/system_stats")
    system = stats.get("system") if isinstance(stats, dict) else None
    if not isinstance(system, dict):
        raise BadRequest("It answers, and not as a ComfyUI server does.")
    classes = sorted({node["class_type"] for node in settings.workflow.values()})
    missing = [name for name in classes[:100] if not (line.ask("GET", f"/object_info/{quote(name, safe='')}") or {}).get(name)]
    if missing:
        raise BadRequest(f"It answers, and lacks what the workflow needs: {', '.join(missing[:8])}. Install those nodes there.")
    devices = [str(device.get("name", ""))[:80] for device in stats.get("devices") or () if isinstance(device, dict)]
    words = f"It answers: ComfyUI {str(system.get('comfyui_version') or '')[:40]}".strip() + (f" on {devices[0]}" if devices else "")
    return f"{words}. " + (f"It has all {len(classes)} kinds of nodes." if classes else "It has no workflow yet."), {}
