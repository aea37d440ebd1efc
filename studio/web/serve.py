"""The web process: uvicorn on a socket that the supervisor holds, so that a restart refuses nobody.

python -m studio.web.serve --fd N                      under the supervisor
python -m studio.web.serve --bind 0.0.0.0 --port 8000  alone, as in a container
"""

import argparse
import socket
import sys

import uvicorn

from studio.realtime.frames import FramedSockets


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m studio.web.serve")
    parser.add_argument("--fd", type=int, help="number of an open, listening socket")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    listening = socket.socket(fileno=options.fd) if options.fd is not None else socket.create_server((options.bind, options.port), backlog=512)
    config = uvicorn.Config(
        "studio.web.asgi:application",
        log_level="warning",
        access_log=False,
        ws=FramedSockets,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # Django believes a configured number of proxies, nobody else
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1:])
