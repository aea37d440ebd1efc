"""HTTP ranges (RFC 9110, section 14) under ASGI without reading a file into memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from studio.media.models import Asset
from studio.media.store import store

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")
# Only these are shown inside a page; everything else is handed over as a download and can run nowhere.
INLINE = {"video/mp4", "audio/flac", "image/jpeg", "image/png", "image/webp", "application/octet-stream", "application/json"}


def serve(request: HttpRequest, asset: Asset, *, download_as: str | None = None, only: Sequence[tuple[int, int]] | None = None) -> HttpResponseBase:
    """The asset, whole or the one range asked for; several ranges at once are answered whole, as the RFC allows. `only` are the bytes
    [first, end) that may leave: what lies outside all of them is not there. Raises `Http404` for such a range, and if the store has lost the file."""
    etag = f'"{asset.sha256}"'
    if _known(request.headers.get("If-None-Match", ""), etag):
        return _headers(HttpResponseNotModified(), asset, etag, download_as)
    start, end, status = 0, asset.size - 1, 200
    asked = _RANGE.match(request.headers.get("Range", "")) if request.method == "GET" else None
    if asked and asked[1] and asked[2] and int(asked[2]) < int(asked[1]):
        asked = None  # not a range: as if none were asked for
    if asked and (asked[1] or asked[2]) and request.headers.get("If-Range") in (None, etag):
        if asked[1]:
            start, end = int(asked[1]), min(int(asked[2] or end), end)
        else:
            start = max(0, asset.size - int(asked[2]))
        if start > end:
            refused = HttpResponse(status=416)
            refused["Content-Range"] = f"bytes */{asset.size}"
            return refused
        status = 206
    if only is not None and not any(first <= start and end < last for first, last in only):
        raise Http404(gettext("There is no such part of this file."))
    length = max(0, end - start + 1)
    if request.method == "HEAD":
        answer: HttpResponseBase = HttpResponse(status=status)
    else:
        answer = StreamingHttpResponse(_pieces(*_opened(asset.sha256, start, length)), status=status)
    answer["Content-Length"] = str(length)
    if status == 206:
        answer["Content-Range"] = f"bytes {start}-{end}/{asset.size}"
    return _headers(answer, asset, etag, download_as)


def _known(header: str, etag: str) -> bool:
    """`If-None-Match`: whether the client holds this file, by weak comparison, as the RFC wants it here."""
    return header.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in header.split(","))


def _opened(sha256: str, start: int, length: int) -> tuple[bytes, Iterator[bytes]]:
    """The first piece and the rest. Read here, while a file that is gone can still be answered as such."""
    pieces = store().read(sha256, start, length)
    try:
        return next(pieces, b""), pieces
    except FileNotFoundError as problem:
        raise Http404(gettext("This file is gone from the store. Restore it from a backup, or make it again.")) from problem


async def _pieces(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    while (piece := await asyncio.to_thread(next, rest, None)) is not None:
        yield piece


def _headers(answer: HttpResponseBase, asset: Asset, etag: str, download_as: str | None) -> HttpResponseBase:
    inline = asset.media_type in INLINE and download_as is None
    answer["Content-Type"] = asset.media_type if asset.media_type in INLINE or download_as else "application/octet-stream"
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, max-age=60, must-revalidate"
    answer["X-Content-Type-Options"] = "nosniff"
    if not inline:
        name = re.sub(r"[^\w .()-]", "_", download_as or asset.sha256[:16])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
