"""A server process that speaks OpenAI's chat completions, its answers written by a real (tiny) model under a real grammar, with the failures
that real endpoints have. Which failure is named by the model asked for: "plain", "busy-2", "cut", …; see MISBEHAVIOUR.

    python -m tests.generation.engines.text_server MODEL_FOLDER → prints its address, serves until it is ended

GET /seen tells what was asked: a list of {"path", "key", "body"}; DELETE /seen forgets it.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KEY = "sk-only-for-tests-1234567890"
ROOT = Path(__file__).resolve().parents[3]
MISBEHAVIOUR = """
plain           a stream, as it should be
whole           answers as one JSON, although a stream was asked for
busy-N          429 with Retry-After: 0.05, N times, then as it should be
busy-long       429 with Retry-After: 3600
broke           429, and no credit left
fails-N         500, N times, then as it should be
fails           500 always
slow            a piece every tenth of a second, two hundred of them
silent          takes the question and says nothing
malformed-N     an event that is no JSON, N times, then as it should be
html            a page of a proxy in place of an answer
cut-N           hangs up half way in the stream, N times, then as it should be
cut             hangs up half way, always
error-N         an error inside the stream, N times
twice           the whole stream twice, after one another
choices         two choices beside each other
wrong           JSON that does not keep to the schema, always
wrong-N         the same, N times, then as it should be
fenced          JSON inside a fence of Markdown
no-schemas      knows no json_schema; tools
no-tools        knows neither json_schema nor tools; JSON mode
no-json         knows nothing but words
picky           knows JSON schemas without bounds of lengths
modern          max_tokens is called max_completion_tokens; takes no temperature
simple          knows no stream_options and no seed
uncounted       says nothing of tokens
length          stops at its longest
filtered        holds the answer back
refuses         the model declines
empty           an answer without words
strange         complains of something else than what it does not know
echo            complains and repeats the key
"""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, model: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.seen, self.times = model, list[dict[str, Any]](), dict[str, int]()
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has hung up, as tests do."""

    def write(self, body: dict[str, Any]) -> tuple[str, int, int]:
        """An answer by the model: (text, tokens in, tokens out)."""
        from generation.engines import local_text

        rules = body.get("response_format", {}).get("json_schema", {}).get("schema")
        rules = rules or next((tool["function"]["parameters"] for tool in body.get("tools", ())), None)
        rules = rules or _told(body)
        with self.lock:  # one model, one writer
            model = local_text.load(str(self.folder))
            prompt = model.prompt(local_text._merged([{"role": turn["role"], "content": turn["content"]} for turn in body["messages"]]))
            most = min(2000, body.get("max_tokens") or body.get("max_completion_tokens") or 400)
            writer = local_text.Writer(
                model, seed=body.get("seed", 0), temperature=body.get("temperature", 1.0), top_p=0.95, max_tokens=most,
                matcher=model.grammar(rules) if rules else None,
            )  # fmt: skip
            written = writer.write(prompt)
        return written.text, len(prompt), written.tokens


def _told(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema, where it was only told: a good model would keep to it."""
    first = body["messages"][0]["content"] if body.get("messages") else ""
    return dict(json.loads(first.split("JSON schema:\n", 1)[1])) if "JSON schema:\n" in first else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def _json(self, status: int, body: Any, **headers: str) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def _error(self, status: int, message: str, param: str | None = None, code: str | None = None, **headers: str) -> None:
        self._json(status, {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}, **headers)

    def do_GET(self) -> None:
        if self.path == "/seen":
            self._json(200, self.server.seen)
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self._error(401, "Incorrect API key provided.")
        elif self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": line.split()[0], "object": "model"} for line in MISBEHAVIOUR.strip().splitlines()]})
        elif self.path == "/moved/models":
            self._json(302, {}, Location="/v1/models")
        else:
            self._error(404, "Not Found")

    def do_DELETE(self) -> None:
        self.server.seen.clear()
        self.server.times.clear()
        self._json(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "key": self.headers.get("Authorization", ""), "body": body})
        if self.path != "/v1/chat/completions":
            return self._error(404, f"Invalid URL (POST {self.path})")
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._error(401, "Incorrect API key provided.")
        name = str(body["model"])
        times = self.server.times[name] = self.server.times.get(name, 0) + 1
        kind, _, number = name.rpartition("-")
        if not number.isdigit():
            kind, number = name, "1000000"
        if f"{kind} " not in MISBEHAVIOUR and f"{kind}-N " not in MISBEHAVIOUR:
            return self._error(404, f"The model `{name}` does not exist", code="model_not_found")
        self._answer(kind if times <= int(number) else "plain", body)

    def _answer(self, kind: str, body: dict[str, Any]) -> None:
        structured = body.get("response_format", {}).get("type", "")
        match kind:
            case "busy":
                return self._error(429, "Rate limit reached", Retry_After="0.05")
            case "busy-long":
                return self._error(429, "Rate limit reached", Retry_After="3600")
            case "broke":
                return self._error(429, "You exceeded your current quota", code="insufficient_quota")
            case "fails":
                return self._error(500, "The server had an error")
            case "strange":
                return self._error(400, "Messages must be cheerful")
            case "echo":
                return self._error(403, f"The key {KEY} is not welcome")
            case "html":
                raw = b"<html>Gateway</html>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
                return None
            case "silent":
                time.sleep(30)
                return None
            case "no-schemas" | "no-tools" | "no-json" if structured == "json_schema":
                return self._error(400, "'response_format' of type json_schema is not supported with this model", "response_format")
            case "no-tools" | "no-json" if "tools" in body:
                return self._error(422, "This model does not support tool use")
            case "no-json" if structured:
                return self._error(400, "Unknown field: response_format")
            case "picky" if "maxLength" in json.dumps(body.get("response_format", {})):
                words = "Invalid schema for response_format 'answer': In context=('properties', 'name'), 'maxLength' is not permitted."
                return self._error(400, words, "response_format")
            case "modern" if "max_tokens" in body:
                words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
                return self._error(400, words, "max_tokens", "unsupported_parameter")
            case "modern" if "temperature" in body:
                return self._error(400, "Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature", "unsupported_value")
            case "simple" if "stream_options" in body or "seed" in body:
                field = "stream_options" if "stream_options" in body else "seed"
                return self._error(422, f"body.{field}: Extra inputs are not permitted")
        text, read, wrote = self.server.write(body)
        if kind == "wrong":
            text = '{"nothing": "that was asked for"}'
        if kind == "fenced":
            text = f"```json\n{text}\n```"
        usage = {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote} if kind != "uncounted" else None
        if not body.get("stream") or kind == "whole":
            message = {"role": "assistant", "content": text}
            return self._json(200, {"model": body["model"], "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage})
        return self._stream(kind, list(self._events(kind, body, text, usage)))

    def _events(self, kind: str, body: dict[str, Any], text: str, usage: Any) -> Iterator[Any]:
        as_tool = "tools" in body

        def event(delta: dict[str, Any], finish: str | None = None, index: int = 0) -> dict[str, Any]:
            choice = {"index": index, "delta": delta, "finish_reason": finish}
            return {"id": "c1", "object": "chat.completion.chunk", "model": body["model"], "choices": [choice]}

        def said(part: str) -> dict[str, Any]:
            return {"tool_calls": [{"index": 0, "function": {"name": "answer", "arguments": part}}]} if as_tool else {"content": part}

        yield event({"role": "assistant", "content": ""})
        if kind == "refuses":
            yield event({"refusal": "I cannot help with that."})
        elif kind == "slow":
            yield from (event(said("word ")) for _ in range(200))
        elif kind != "empty":
            step = max(1, len(text) // 12)
            for start in range(0, len(text), step):
                yield event(said(text[start : start + step]))
                if kind == "choices":
                    yield event({"content": "something else"}, index=1)
        yield event({}, {"length": "length", "filtered": "content_filter"}.get(kind, "tool_calls" if as_tool else "stop"))
        if usage and body.get("stream_options", {}).get("include_usage"):
            yield {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": usage}

    def _stream(self, kind: str, sent: list[Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        half = len(sent) // 2
        self._chunk(b": hello\n\n")
        for number, event in enumerate([*sent, *(sent if kind == "twice" else ())]):
            if kind == "slow":
                time.sleep(0.1)
            if number == half and kind == "malformed":
                self._chunk(b'data: {"choices": [{"ind\n\n')
            if number == half and kind == "error":
                self._chunk(b'data: {"error": {"message": "The engine is overloaded"}}\n\n')
            if number == half and kind == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            # Some servers end lines as HTTP does, and break events across packets.
            raw = f"data: {json.dumps(event)}\r\n\r\n".encode()
            self._chunk(raw[:9])
            self._chunk(raw[9:])
        self._chunk(b"data: [DONE]\n\n")
        if kind == "twice":
            self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _chunk(self, raw: bytes) -> None:
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")


class Running:
    """The server as a process of its own, ended with `stop`."""

    def __init__(self, model: Path) -> None:
        command = [sys.executable, "-m", "tests.generation.engines.text_server", str(model)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), "the text server did not start"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def main() -> None:
    import torch

    from generation.engines import local_text

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    server = Server(parser.parse_args().model)
    local_text.load(str(server.folder))  # before anybody measures how long an answer takes
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
