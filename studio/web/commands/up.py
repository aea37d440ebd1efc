"""Start the studio: database, queue, web and workers, all of it, here.

It stands until Ctrl-C. Everything it knows is in one folder, which can be copied away while it is stopped.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from studio.jobs import machine
from studio.web import stack, tables
from studio.web.children import dies_with_parent
from studio.web.datafolder import AlreadyRunning, DataFolder
from studio.web.environment import WrongSetting, data_folder
from studio.web.services import CannotStart, Postgres, Server, Valkey
from studio.web.supervisor import Supervisor

DEFAULT_PORT = 8000


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="./firstcut up", description=__doc__)
    p.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="address to listen on; 0.0.0.0 lets colleagues on the network in")
    p.add_argument("--url", default="", help="how others reach it, such as https://studio.example; links and allowed hosts follow from it")
    p.add_argument("--port", type=int, default=0, help=f"port to listen on (default {DEFAULT_PORT}, or the next free one)")
    p.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="where everything is kept (default ./data)")
    cores = os.cpu_count() or 1
    p.add_argument("--workers", type=int, default=int(os.environ.get("FIRSTCUT_WORKERS") or cores), help="render workers (default: one a core)")
    p.add_argument("--no-sample", action="store_true", help="do not make the sample film")
    return p


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        return Up(options).run()
    except (AlreadyRunning, CannotStart, WrongSetting) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1


class Up:
    def __init__(self, options: argparse.Namespace) -> None:
        self.began = time.monotonic()
        self.options = options
        self.data: Path = options.data.expanduser().resolve()
        if options.url and not re.fullmatch(r"https?://[^/\s]+", options.url.rstrip("/")):
            raise WrongSetting(f"--url must be http:// or https://, a host, perhaps a port, and nothing after; it is {options.url!r}.")
        self.supervisor = Supervisor(self.say)

    def say(self, words: str) -> None:
        print(f"  {time.monotonic() - self.began:5.1f} s  {words}", flush=True)

    def run(self) -> int:
        folder = DataFolder(self.data)
        folder.hold("up")
        self.supervisor.listen_for_signals()
        try:
            print(f"Firstcut, with everything in {self.data}", flush=True)
            listening = listen(self.options.bind, self.options.port)
            port = listening.getsockname()[1]
            url = self.options.url.rstrip("/") or f"http://{shown_host(self.options.bind)}:{port}"
            folder.say(what="up", url=url)
            self.start(listening, url)
            if not self.supervisor.stopping:
                self.supervisor.watch()
            print("Stopping …", flush=True)
        finally:
            self.supervisor.stop()
            folder.release()
        self.say("stopped.")
        return 0

    def start(self, listening: socket.socket, url: str) -> None:
        options, supervisor = self.options, self.supervisor
        environment = stack.surroundings(self.data, url=url, bind=options.bind, workers=options.workers, sample=not options.no_sample)
        supervisor.keep(stack.web(environment, self.data, listening.fileno()))  # it loads while the database starts
        fresh = not os.environ.get("DATABASE_URL") and not (self.data / "postgres").exists()
        preparing = Preparing(environment) if fresh else None  # a new database takes a second to make: Django loads meanwhile
        self.start_servers()
        link = ""
        if preparing or not tables.ready(environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]):
            link = (preparing or Preparing(environment)).finish()
        self.say("tables are up to date")
        self.wait_for_web(listening.getsockname())
        self.say("web answers")
        supervisor.keep(stack.clerk(environment, self.data))
        supervisor.keep(stack.desk(environment, self.data))
        supervisor.keep(stack.marker(environment, self.data))
        cards = machine.cards() if machine.can_paint() else 0
        environment["FIRSTCUT_CARDS"] = str(cards)
        for number in range(1, options.workers + 1):
            supervisor.keep(stack.render_worker(number, environment, self.data))
        for card in range(cards):
            supervisor.keep(stack.gpu_worker(card, environment, self.data))
        with_cards = f" and {cards} with a graphics card" if cards else ""
        self.say(f"a clerk, a desk, a marker and {options.workers} render worker{'s' * (options.workers != 1)}{with_cards} start")
        self.welcome(url, link)

    def start_servers(self) -> None:
        logs = self.data / "logs"
        starters = (("DATABASE_URL", Postgres(self.data).start, "postgres.log"), ("VALKEY_URL", Valkey(self.data).start, "valkey.log"))
        for variable, starter, log in starters:
            if os.environ.get(variable):
                self.say(f"{variable} is set: using that")
                continue
            server: Server = starter()
            self.supervisor.keep_server(server, starter, logs / log)
            self.say(f"{server.name} runs")

    def wait_for_web(self, address: tuple[str, int], patience: float = 60.0) -> None:
        host = "127.0.0.1" if address[0] == "0.0.0.0" else address[0]
        until = time.monotonic() + patience
        while not self.supervisor.stopping:
            try:
                with urllib.request.urlopen(f"http://{f'[{host}]' if ':' in host else host}:{address[1]}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, OSError) as error:
                if self.supervisor.process("web").poll() is not None or time.monotonic() > until:
                    raise self.supervisor.failed_to_start("web") from error
                time.sleep(0.02)

    def welcome(self, url: str, link: str) -> None:
        lines = ["", f"Firstcut stands on {url}"]
        if link:
            lines += ["", "Make the owner's account and sign in, once, within a day:", f"  {link}"]
        if url.startswith("http://") and self.options.bind not in {"127.0.0.1", "::1", "localhost"}:
            lines += [
                "",
                "Others on the network can reach it, over plain http: passwords and pictures travel readable, and cookies cannot be",
                "marked for https only. Put a proxy with a certificate before it and give its address with --url https://…",
            ]
        print("\n".join([*lines, "", "Ctrl-C stops it."]), flush=True)


def listen(bind: str, port: int) -> socket.socket:
    """A listening socket, on the port asked for, else on the first free one from 8000 on."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    for candidate in [port] if port else range(DEFAULT_PORT, DEFAULT_PORT + 200):
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((bind, candidate))
            listening.listen(512)
            return listening
        except OSError as error:
            listening.close()
            if port or error.errno not in {98, 13}:  # in use, or not ours to take
                raise CannotStart(f"Cannot listen on {bind} port {candidate}: {error.strerror}. Choose another with --bind or --port.") from error
    raise CannotStart(f"No port from {DEFAULT_PORT} to {DEFAULT_PORT + 199} is free on {bind}. Choose one with --port.")


def shown_host(bind: str) -> str:
    """The name in the address we print: where all addresses are bound, the one this machine has on the network."""
    if bind not in {"0.0.0.0", "::"}:
        return f"[{bind}]" if ":" in bind else bind
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))  # sends nothing: only asks which of our addresses would be used
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


class Preparing:
    """`manage.py prepare`, as the owner of the tables: loads at once, begins when told that the servers run."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [*stack.MANAGE, "prepare", "--when-told"]
        owner = {**environment, "FIRSTCUT_ROLE": "owner"}
        self.process = subprocess.Popen(
            command, env=owner, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=dies_with_parent()
        )

    def finish(self) -> str:
        """The first owner's link while there is no owner, else nothing."""
        out, err = self.process.communicate("now\n")
        if self.process.returncode != 0:
            raise CannotStart(f"The tables could not be made ready:\n{(err or out)[-2500:]}")
        return str(json.loads(out.strip().splitlines()[-1])["link"])
