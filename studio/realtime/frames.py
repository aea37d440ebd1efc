"""What ASGI has no word for: a message that was framed once, written to many sockets.

A text frame of a server (RFC 6455, section 5.2) is the same bytes for every browser: it has no mask, and we do not compress. Sent through
ASGI each socket would frame it anew, which costs more than writing it.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

WRITE = "firstcut.write"
TEXT, EXTENDED_16, EXTENDED_64 = 0x81, 126, 127


def text_frame(data: bytes) -> bytes:
    """One whole, final text frame around UTF-8 bytes."""
    size = len(data)
    if size < EXTENDED_16:
        return bytes((TEXT, size)) + data
    if size < 1 << 16:
        return bytes((TEXT, EXTENDED_16)) + size.to_bytes(2, "big") + data
    return bytes((TEXT, EXTENDED_64)) + size.to_bytes(8, "big") + data


class FramedSockets(WebSocketsSansIOProtocol):
    """uvicorn's protocol for websockets; consumers find `write` among the extensions of their scope, as `firstcut.write`."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:  # else there is no scope: the handshake was refused
            scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # a plain dictionary, whatever its type says
            scope["extensions"] = {**scope.get("extensions", {}), WRITE: self.write}

    def write(self, frame: bytes) -> bool:
        """Write a frame at once. False, with nothing written or kept, if this browser takes nothing in just now or has gone."""
        if self.close_sent or self.disconnected or not self.handshake_complete or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
