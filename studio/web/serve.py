"""The web process: uvicorn on a socket that the supervisor holds, so that a restart refuses nobody.

python -m studio.web.serve FD
"""

import socket
import sys

import uvicorn


def main(arguments: list[str]) -> None:
    listening = socket.socket(fileno=int(arguments[0]))
    config = uvicorn.Config(
        "studio.web.asgi:application",
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
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
