"""Spoiling signed requests: one signed part changed at a time, and what is canonically the same told apart."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable
from dataclasses import replace
from random import Random
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlencode

from tests.proofs.wire import Raw

Spoil = Callable[[Random, Raw], Raw]
VISIBLE = string.ascii_letters + string.digits + "-_.~!$'()*,;:@"
HEX = "0123456789abcdef"


def text(random: Random, value: str, alphabet: str = VISIBLE) -> str:
    """The text with one character replaced, added, taken away, doubled or in the other case; never the same text."""
    while True:
        place = random.randrange(len(value) + 1)
        before, rest = value[:place], value[place:]
        spoilt = random.choice(
            [
                before + random.choice(alphabet) + rest[1:],
                before + random.choice(alphabet) + rest,
                before + rest[1:],
                before + rest[:1] * 2 + rest[1:],
                before + rest[:1].swapcase() + rest[1:],
            ]
        )
        if spoilt != value:
            return spoilt


def body(random: Random, raw: Raw) -> Raw:
    """One byte changed, added or taken away; sometimes the whole body."""
    payload = raw.body
    place = random.randrange(len(payload) + 1)
    spoilt = random.choice(
        [
            payload[:place] + bytes([random.randrange(256)]) + payload[place + 1 :],
            payload[:place] + bytes([random.randrange(256)]) + payload[place:],
            payload[:place] + payload[place + 1 :],
            payload + b" ",
            b"{}",
            b"",
        ]
    )
    return replace(raw, body=spoilt)


def header(name: str) -> Spoil:
    """The value of one header."""

    def spoil(random: Random, raw: Raw) -> Raw:
        how = random.randrange(8)
        if how == 0:
            return raw.with_header(name, None)
        if how == 1:
            return raw.with_header(name, f"  {raw.header(name)} ")
        return raw.with_header(name, text(random, raw.header(name)))

    return spoil


def number(name: str, digits: slice) -> Spoil:
    """Digits of a header that says when: always another moment, often a near one."""

    def spoil(random: Random, raw: Raw) -> Raw:
        value = raw.header(name)
        part = value[digits]
        near = str(int(part) + random.choice([-1000, -60, -10, -2, -1, 1, 2, 10, 60, 1000])).zfill(len(part))
        far = "".join(random.choice(string.digits) for _ in part)
        start, stop, _ = digits.indices(len(value))
        return raw.with_header(name, value[:start] + random.choice([near, far]) + value[stop:])

    return spoil


def method(random: Random, raw: Raw) -> Raw:
    return replace(raw, method=random.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "post", "Get"]))


def target(random: Random, raw: Raw) -> Raw:
    """A character of path or query; some are percent-encoded, which the canonical form may fold."""
    path, mark, query = raw.target.partition("?")
    which = random.randrange(6)
    if which == 0:
        place = random.randrange(1, len(path))
        return replace(
            raw,
            target=path[:place]
            + quote(path[place], safe="").replace(path[place], f"%{ord(path[place]):02X}")
            + path[place + 1 :]
            + mark
            + query,
        )
    if which == 1:
        return replace(
            raw, target=path + random.choice(["/", "//", "/.", "/..", "%2F", "/x", ";a", "%00"]) + mark + query
        )
    return replace(raw, target="/" + text(random, path[1:] or "x") + mark + query)


def query(random: Random, raw: Raw) -> Raw:
    """The pairs of a query or, for a form, of the body: changed, added, removed, doubled, renamed, reordered."""
    in_body = b"=" in raw.body and not raw.body.startswith(b"{")
    path, _, given = raw.target.partition("?")
    pairs = parse_qsl(raw.body.decode() if in_body else given, keep_blank_values=True)
    place = random.randrange(len(pairs)) if pairs else 0
    how = random.randrange(8)
    if not pairs or how == 0:
        pairs.insert(place, (random.choice(["x", "limit", "Page", "page_no", "Action", "Region", "Token"]), "1"))
    elif how == 1:
        del pairs[place]
    elif how == 2:
        pairs[place] = (text(random, pairs[place][0], string.ascii_letters + "_."), pairs[place][1])
    elif how == 3:
        random.shuffle(pairs)
    elif how == 4:
        pairs.append(pairs[place])
    elif how == 5 and len(pairs) > 1:
        # Two parameters melted into one, and one value split in two: what a careless join would sign alike.
        (name, value), (other, also) = pairs[0], pairs[1]
        pairs[:2] = [(name, f"{value}&{other}={also}")]
    else:
        pairs[place] = (pairs[place][0], text(random, pairs[place][1] or "x"))
    spelled = urlencode(pairs) if random.random() < 0.8 else urlencode(pairs, quote_via=quote)
    return (
        replace(raw, body=spelled.encode())
        if in_body
        else replace(raw, target=f"{path}?{spelled}" if spelled else path)
    )


def authorization(strangers_key: str) -> Spoil:
    """Key, signed headers, scope or signature of the Authorization header."""

    def spoil(random: Random, raw: Raw) -> Raw:
        value = raw.header("Authorization")
        head, _, signature = value.rpartition("Signature=")
        key = value.partition("=")[2].split(",")[0].split("/")[0]
        how = random.randrange(7)
        if how == 0:
            return raw.with_header("Authorization", f"{head}Signature={text(random, signature, HEX)}")
        if how == 1:
            return raw.with_header(
                "Authorization",
                f"{head}Signature={random.choice([signature.upper(), signature[:-1], '0' * 64, signature + '0'])}",
            )
        if how == 2:
            return raw.with_header("Authorization", value.replace(key, strangers_key))
        if how == 3:
            return raw.with_header("Authorization", value.replace(key, text(random, key, string.ascii_uppercase)))
        if how == 4:
            names = value.partition("SignedHeaders=")[2].split(",")[0]
            split = names.split(";")
            less = [name for name in split if name != random.choice(split)]
            other = random.choice(
                [";".join(less), names + ";x-extra", ";".join(reversed(split)), names + ";accept", names.upper()]
            )
            return raw.with_header("X-Extra", "1").with_header(
                "Authorization", value.replace(f"SignedHeaders={names},", f"SignedHeaders={other},")
            )
        if how == 5:
            return raw.with_header("Authorization", None)
        return raw.with_header("Authorization", text(random, value))

    return spoil


def huawei_canonical(raw: Raw) -> object:
    """What SDK-HMAC-SHA256 signs (huawei:C3), apart from the product: requests with the same one are the same."""
    path, _, given = raw.target.partition("?")
    value = _named(raw, "authorization")
    names = value.partition("SignedHeaders=")[2].split(",")[0].split(";")
    decoded = (
        "/" + unquote(path).strip("/") if unquote(path).rstrip("/") == "/" + unquote(path).strip("/") else unquote(path)
    )
    pairs = sorted(part.partition("=")[::2] for part in given.split("&") if part)
    return (
        raw.method,
        decoded,
        sorted(
            (unquote_to_bytes(name.replace("+", " ")), unquote_to_bytes(text.replace("+", " "))) for name, text in pairs
        ),
        [(name, _named(raw, name).strip()) for name in names],
        hashlib.sha256(raw.body).hexdigest(),
        value,
    )


def tc3_canonical(raw: Raw) -> object:
    """What TC3-HMAC-SHA256 signs (tencent:C.3); values of headers are compared in lower case, as documented."""
    path, _, given = raw.target.partition("?")
    headers = [_named(raw, name).strip().lower() for name in ("content-type", "host")]
    return (
        raw.method,
        path,
        given,
        headers,
        _named(raw, "x-tc-timestamp").strip(),
        _named(raw, "authorization"),
        raw.body,
    )


def v1_canonical(raw: Raw) -> object:
    """What signature v1 signs (tencent:C.4): method, host and all parameters, in whatever order and encoding."""
    path, _, given = raw.target.partition("?")
    pairs = sorted(
        parse_qsl(given, keep_blank_values=True) + parse_qsl(raw.body.decode("latin-1"), keep_blank_values=True)
    )
    return raw.method, path, _named(raw, "host").strip(), pairs


def _named(raw: Raw, name: str) -> str:
    value = next((value for key, value in raw.headers if key.lower() == name.lower()), "")
    # The blank after a comma of the Authorization header is optional.
    return value.replace(", ", ",") if name == "authorization" else value
