"""A server process that speaks ComfyUI's HTTP and WebSocket protocols and makes real pictures, clips and sound, with the failures such servers
have. How it behaves is named by the workflow's checkpoint (`ckpt_name`); see MISBEHAVIOUR.

    python -m tests.generation.engines.comfy_server [PORT] → prints its address, serves until it is ended

GET /seen tells what was asked; DELETE /seen forgets it. Its queue and history live in memory only, as ComfyUI's do.
"""

from __future__ import annotations

import asyncio
import email.parser
import email.policy
import json
import os
import socket
import struct
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from tests.generation.engines import made
from tests.generation.engines.provider_server import Running as Process

MISBEHAVIOUR = """
plain           as it should be
old             as servers before 2025: gives numbers of its own, knows neither previews with metadata nor what to interrupt
slow            steps of a twentieth of a second, two hundred of them
busy-N          429 with Retry-After, N times, before it takes the work
takes-500       takes the work and answers 500, the first time
takes-cut       takes the work and hangs up half way in its answer, the first time
cut-N           breaks its sockets off in the midst of the work, N times
silent          says nothing over its socket
strange         events and pictures that are none between the right ones, and those twice
dies            ends in the midst of the work; the next process does as it should
fails           a node fails
large           a node has too little memory
interrupted     somebody interrupts it, the first time
view            500 for what it made, then breaks off half way, then gives it
"""
Send = Callable[[dict[str, Any]], Awaitable[None]]
CLASSES = {
    "CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "VAEDecode", "SaveImage", "PreviewImage", "LoadImage",
    "VHS_LoadVideo", "VHS_VideoCombine", "SaveAudio", "EmptyLatentAudio",
}  # fmt: skip
OUTPUTS = {"SaveImage", "PreviewImage", "VHS_VideoCombine", "SaveAudio"}


class Server:
    def __init__(self) -> None:
        self.sockets: dict[str, Send] = {}
        self.pending: list[list[Any]] = []
        self.running: list[list[Any]] = []
        self.history: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        self.stopped: set[str] = set()
        self.wake = asyncio.Event()
        self.forget()

    def forget(self) -> None:
        self.times: dict[str, int] = {}
        self.seen: dict[str, Any] = {"prompts": [], "uploads": [], "interrupts": [], "deleted": [], "sockets": 0, "keys": []}

    def count(self, what: str) -> int:
        self.times[what] = self.times.get(what, 0) + 1
        return self.times[what]

    def left(self, kind: str, prefix: str) -> bool:
        """Whether a failure that happens N times happens now."""
        return kind.startswith(f"{prefix}-") and self.count(kind) <= int(kind.rsplit("-", 1)[1])

    # --- the work ---

    async def work(self) -> None:
        while True:
            while self.pending:
                item = self.pending.pop(0)
                self.running.append(item)
                status, outputs = await self.execute(item)
                self.running.remove(item)
                self.history[item[1]] = {"prompt": item, "outputs": outputs, "status": status, "meta": {}}
            self.wake.clear()
            await self.wake.wait()

    async def tell(self, client: str, kind: str, data: dict[str, Any], flavour: str) -> None:
        if flavour == "silent":
            return
        for _ in range(2 if flavour == "strange" else 1):
            await self.send(client, {"type": "websocket.send", "text": json.dumps({"type": kind, "data": data})})

    async def send(self, client: str, message: dict[str, Any]) -> None:
        if client in self.sockets:
            try:
                await self.sockets[client](message)
            except Exception:
                self.sockets.pop(client, None)

    async def execute(self, item: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        _, number, graph, extra, _ = item
        client, flavour = extra.get("client_id", ""), _flavour(graph)
        messages: list[Any] = [["execution_start", {"prompt_id": number}]]
        outputs: dict[str, Any] = {}
        await self.tell(client, "execution_start", {"prompt_id": number}, flavour)
        await self.tell(client, "execution_cached", {"nodes": [], "prompt_id": number}, flavour)
        states: dict[str, Any] = {}
        for node in _order(graph):
            kind = graph[node]["class_type"]
            await self.tell(client, "executing", {"node": node, "display_node": node, "prompt_id": number}, flavour)
            problem = await self.step(item, node, states, flavour)
            if problem:
                data = {"prompt_id": number, "node_id": node, "node_type": kind, "executed": [], **problem[1]}
                messages.append([problem[0], data])
                await self.tell(client, problem[0], data, flavour)
                return {"status_str": "error", "completed": False, "messages": messages}, outputs
            states[node] = {"value": 1, "max": 1, "state": "finished", "node_id": node, "prompt_id": number, "display_node_id": node}
            if kind in OUTPUTS:
                outputs[node] = self.save(graph, node)
                data = {"node": node, "display_node": node, "output": outputs[node], "prompt_id": number}
                await self.tell(client, "executed", data, flavour)
            if flavour != "old":
                await self.tell(client, "progress_state", {"prompt_id": number, "nodes": dict(states)}, flavour)
        messages.append(["execution_success", {"prompt_id": number}])
        if flavour == "old":
            await self.tell(client, "executing", {"node": None, "prompt_id": number}, flavour)
        else:
            await self.tell(client, "execution_success", {"prompt_id": number}, flavour)
        await asyncio.sleep(0.05)  # the history is written a moment later
        return {"status_str": "success", "completed": True, "messages": messages}, outputs

    async def step(self, item: list[Any], node: str, states: dict[str, Any], flavour: str) -> tuple[str, dict[str, Any]] | None:
        _, number, graph, extra, _ = item
        client, inputs = extra.get("client_id", ""), graph[node]["inputs"]
        if graph[node]["class_type"] != "KSampler":
            return None
        steps = 200 if flavour == "slow" else int(inputs["steps"])
        for step in range(1, steps + 1):
            await asyncio.sleep(0.05 if flavour == "slow" else 0.004)
            if number in self.stopped:
                return "execution_interrupted", {}
            if step == steps // 2:
                if flavour == "fails":
                    return "execution_error", {"exception_type": "RuntimeError", "exception_message": "Sizes of tensors must match"}
                if flavour == "large":
                    return "execution_error", {"exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device"}
                if flavour == "interrupted" and self.count(flavour) == 1:
                    return "execution_interrupted", {}
                if flavour == "dies" and not os.environ.get("CAME_BACK"):
                    os._exit(1)
                if self.left(flavour, "cut"):
                    for name in list(self.sockets):
                        await self.send(name, {"type": "websocket.close", "code": 1011})
                    self.sockets.clear()
                    await asyncio.sleep(0.3)
            if flavour == "strange":
                await self.send(client, {"type": "websocket.send", "text": "{no json"})
                await self.send(client, {"type": "websocket.send", "text": json.dumps({"type": "crystools.monitor", "data": [1]})})
                await self.send(client, {"type": "websocket.send", "text": json.dumps({"type": "execution_error", "data": {"prompt_id": "another"}})})
                await self.send(client, {"type": "websocket.send", "bytes": struct.pack(">II", 1, 1) + b"no picture"})
                await self.send(client, {"type": "websocket.send", "bytes": b"\0"})
            await self.tell(client, "progress", {"value": step, "max": steps, "prompt_id": number, "node": node}, flavour)
            if flavour != "silent":
                await self.send(client, {"type": "websocket.send", "bytes": _preview(step, node, number, flavour)})
        return None

    def save(self, graph: dict[str, Any], node: str) -> dict[str, Any]:
        """What an output node makes, from what it is given."""
        inputs, kind = graph[node]["inputs"], graph[node]["class_type"]
        source = _behind(graph, node, "KSampler")
        empty = _behind(graph, node, "EmptyLatentImage")
        seed = int(source["inputs"]["seed"]) if source else 0
        width, height = (int(empty["inputs"][name]) for name in ("width", "height")) if empty else (64, 64)
        count = int(empty["inputs"].get("batch_size", 1)) if empty else 1
        prefix, rows = str(inputs.get("filename_prefix", "x")), []
        if kind == "VHS_VideoCombine":
            form = str(inputs["format"])
            raw = made.gif(count, width, height) if form == "image/gif" else made.mp4(count, width, height, int(inputs["frame_rate"]))
            rows = [self.put(f"{prefix}_00001.{'gif' if form == 'image/gif' else 'mp4'}", raw) | {"format": form}]
            return {"gifs": rows}
        if kind == "SaveAudio":
            length = _behind(graph, node, "EmptyLatentAudio")
            return {"audio": [self.put(f"{prefix}_00001_.wav", made.wav(float(length["inputs"]["seconds"]) if length else 1))]}
        place = "temp" if kind == "PreviewImage" else "output"
        for number in range(count):
            rows.append(self.put(f"{prefix}_{number:05d}_.png", made.png(seed + number, width, height), place))
        return {"images": rows}

    def put(self, name: str, raw: bytes, kind: str = "output") -> dict[str, Any]:
        self.files[f"{kind}/{name}"] = raw
        return {"filename": name, "subfolder": "", "type": kind}

    # --- HTTP ---

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self.worker = asyncio.create_task(self.work())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "websocket":
            await self.socket(scope, receive, send)
        else:
            body = b""
            while True:
                part = await receive()
                body += part.get("body", b"")
                if not part.get("more_body"):
                    break
            await self.answer(scope, body, send)

    async def socket(self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        client = parse_qs(scope["query_string"].decode()).get("clientId", [uuid.uuid4().hex])[0]
        self.sockets[client] = send
        self.seen["sockets"] += 1
        state = {"status": {"exec_info": {"queue_remaining": len(self.pending)}}, "sid": client}
        await send({"type": "websocket.send", "text": json.dumps({"type": "status", "data": state})})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        if self.sockets.get(client) is send:
            del self.sockets[client]

    async def answer(self, scope: dict[str, Any], body: bytes, send: Send) -> Any:
        method, path, query = scope["method"], scope["path"], parse_qs(scope["query_string"].decode())
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}

        async def reply(status: int, data: Any = None, raw: bytes | None = None, cut: bool = False, **more: str) -> None:
            content = raw if raw is not None else json.dumps(data).encode()
            kind = b"application/json" if raw is None else b"application/octet-stream"
            extra = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
            length = [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": [*length, *extra]})
            # An application that returns with its answer unfinished has uvicorn hang up.
            await send({"type": "http.response.body", "body": content[: len(content) // 2] if cut else content, "more_body": cut})

        if path == "/seen":
            if method == "DELETE":  # what the test before left behind is over before the next is counted
                self.pending.clear()
                while self.running:
                    self.stopped.update(item[1] for item in self.running)
                    await asyncio.sleep(0.01)
                self.forget()
            return await reply(200, self.seen)
        self.seen["keys"].append(headers.get("authorization", ""))
        if path == "/system_stats":
            return await reply(200, {"system": {"comfyui_version": "0.3.60", "os": "posix"}, "devices": [{"name": "cpu", "type": "cpu"}]})
        if path.startswith("/object_info/"):
            name = path.rsplit("/", 1)[1]
            return await reply(200, {name: {"input": {"required": {}}, "name": name}} if name in CLASSES else {})
        if path == "/queue" and method == "GET":
            return await reply(200, {"queue_running": self.running, "queue_pending": self.pending})
        if path == "/queue":
            gone = json.loads(body).get("delete", [])
            self.seen["deleted"] += gone
            self.pending = [item for item in self.pending if item[1] not in gone]
            return await reply(200, raw=b"")
        if path == "/interrupt":
            which = json.loads(body or b"{}").get("prompt_id")
            self.seen["interrupts"].append(which)
            self.stopped |= {item[1] for item in self.running if item[1] == which or which is None or _flavour(item[2]) == "old"}
            return await reply(200, raw=b"")
        if path.startswith("/history"):
            number = path.removeprefix("/history").strip("/")
            return await reply(200, {name: entry for name, entry in self.history.items() if not number or name == number})
        if path == "/upload/image":
            name, raw = _uploaded(headers["content-type"], body)
            self.seen["uploads"].append([name, len(raw)])
            self.files[f"input/{name}"] = raw
            return await reply(200, {"name": name, "subfolder": "", "type": "input"})
        if path == "/view":
            kind = next((_flavour(entry["prompt"][2]) for entry in reversed(self.history.values())), "")
            times = self.count(kind) if kind == "view" else 0
            if times == 1:
                return await reply(500, {"error": "disk"})
            found = self.files.get(f"{query.get('type', ['output'])[0]}/{query['filename'][0]}")
            return await reply(404, {}) if found is None else await reply(200, raw=found, cut=times == 2)
        if path == "/prompt" and method == "POST":
            return await self.prompt(json.loads(body), reply)
        return await reply(404, {})

    async def prompt(self, said: dict[str, Any], reply: Any) -> Any:
        graph = said["prompt"]
        flavour = _flavour(graph)
        if self.left(flavour, "busy"):
            return await reply(429, {"error": "busy"}, Retry_After="0.05")
        errors = {
            number: {"errors": [{"type": "value_not_in_list", "message": "Value not in list", "details": f"image: '{node['inputs']['image']}'"}]}
            for number, node in graph.items()
            if node["class_type"] == "LoadImage" and f"input/{node['inputs']['image']}" not in self.files
        }
        if errors:
            return await reply(400, {"error": {"type": "prompt_outputs_failed_validation", "message": "invalid"}, "node_errors": errors})
        unknown = [node["class_type"] for node in graph.values() if node["class_type"] not in CLASSES]
        if unknown:
            return await reply(400, {"error": {"type": "missing_node_type", "message": f"Node '{unknown[0]}' not found."}, "node_errors": {}})
        number = said.get("prompt_id") if flavour != "old" else None
        number = number or str(uuid.uuid4())
        extra = said.get("extra_data", {}) | {"client_id": said.get("client_id", "")}
        self.seen["prompts"].append(graph)
        self.pending.append([len(self.seen["prompts"]), number, graph, extra, [node for node in graph if graph[node]["class_type"] in OUTPUTS]])
        self.wake.set()
        if flavour == "takes-500" and self.count(flavour) == 1:
            return await reply(500, {"error": "a proxy"})
        return await reply(200, {"prompt_id": number, "number": 1, "node_errors": {}}, cut=flavour == "takes-cut" and self.count(flavour) == 1)


def _flavour(graph: dict[str, Any]) -> str:
    return next((str(node["inputs"]["ckpt_name"]) for node in graph.values() if node["class_type"] == "CheckpointLoaderSimple"), "plain")


def _order(graph: dict[str, Any]) -> list[str]:
    done: list[str] = []

    def visit(number: str) -> None:
        for value in graph[number]["inputs"].values():
            if isinstance(value, list):
                visit(value[0])
        if number not in done:
            done.append(number)

    for number, node in graph.items():
        if node["class_type"] in OUTPUTS:
            visit(number)
    return done


def _behind(graph: dict[str, Any], number: str, kind: str) -> dict[str, Any] | None:
    if graph[number]["class_type"] == kind:
        return dict(graph[number])
    links = [value[0] for value in graph[number]["inputs"].values() if isinstance(value, list)]
    return next((found for link in links if (found := _behind(graph, link, kind))), None)


def _preview(step: int, node: str, number: str, flavour: str) -> bytes:
    image = made.jpeg(step)
    if flavour == "old":
        return struct.pack(">II", 1, 1) + image
    told = json.dumps({"node_id": node, "prompt_id": number, "image_type": "image/jpeg"}).encode()
    return struct.pack(">II", 4, len(told)) + told + image


def _uploaded(kind: str, body: bytes) -> tuple[str, bytes]:
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    part = next(part for part in message.iter_parts() if part.get_filename())
    return str(part.get_filename()), bytes(part.get_payload(decode=True))


class Running(Process):
    def __init__(self) -> None:
        super().__init__(module="comfy_server")

    def comes_back(self) -> None:
        """Start it again once it has died, on the port it had."""
        self.process.wait(10)
        os.environ["CAME_BACK"] = "1"
        try:
            self.start()
        finally:
            del os.environ["CAME_BACK"]


def main() -> None:
    import uvicorn

    listener = socket.create_server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(Server(), log_level="critical", lifespan="on", access_log=False))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
