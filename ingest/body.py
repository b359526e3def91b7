"""Request to bytes: media type, gzip and chunks, and never more than the limit in memory."""

import zlib

import falcon

from ingest.errors import Refusal

MAX_BYTES = 32 * 1024 * 1024
MEDIA_TYPE = "application/json"
GZIP_WINDOW = 16 + zlib.MAX_WBITS


def read_body(req: falcon.Request) -> bytes:
    """The JSON text that was sent, unpacked; raises Refusal where it can't be one."""
    media_type = (req.content_type or "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise Refusal("unsupported_media_type")
    encoding = (req.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise Refusal("unsupported_encoding")
    try:
        data = _read(req)
    except TimeoutError:
        raise Refusal("request_timeout") from None
    except OSError:
        # A malformed chunk, or a client that went away.
        raise Refusal("incomplete_body") from None
    return data if encoding == "identity" else _unpack(data)


def _read(req: falcon.Request) -> bytes:
    length = req.content_length
    if length is None:
        # Falcon's bounded stream sees a chunked body as empty, the server's own stream has it.
        return _within_limit(req.stream.read(MAX_BYTES + 1)) if req.get_header("Transfer-Encoding") else b""
    if length > MAX_BYTES:
        raise Refusal("too_large", f"at most {MAX_BYTES} bytes")
    data = req.bounded_stream.read(length)
    if len(data) < length:
        raise Refusal("incomplete_body")
    return data


def _unpack(data: bytes) -> bytes:
    """Gunzip, but stop one byte past the limit however much the sender packed."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        unpacked = inflater.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise Refusal("invalid_gzip") from None
    _within_limit(unpacked)
    if not inflater.eof or inflater.unused_data:
        raise Refusal("invalid_gzip", "the gzip stream is cut off, or something follows it")
    return unpacked


def _within_limit(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise Refusal("too_large", f"at most {MAX_BYTES} bytes unpacked")
    return data
