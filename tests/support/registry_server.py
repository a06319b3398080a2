"""A made-up registry on loopback, that can ask for credentials, lead elsewhere, and misbehave on request."""

from __future__ import annotations

import base64
import functools
import json
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from support.image_archives import digest_of, oci_files
from support.image_archives import gzipped as compressed
from support.loopback import LoopbackServer, Request, Response

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from support.image_archives import Image

__all__ = ["RegistryServer", "gzipped"]

gzipped = functools.cache(compressed)
"""The same layer is served in many tests."""

USER, PASSWORD, IDENTITY = "user", "pass:word", "identity-token"


class RegistryServer:
    """Serves manifests and blobs of one repository, ``team/app``.

    :param asks: ``bearer`` or ``basic`` for credentials, None for nobody.
    :param is_public: Whether its token server gives tokens to anybody.
    """

    def __init__(
        self,
        *,
        asks: str | None = None,
        is_public: bool = True,
        tls: ssl.SSLContext | None = None,
        name: str = "team/app",
    ) -> None:
        self.asks = asks
        self.is_public = is_public
        self.name = name
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.tags: list[str] = []
        self.requests: list[Request] = []
        self.tokens: list[str] = []
        self.tokens_are_good_for = 1000
        """Requests; then the first token has expired."""
        self.token_answer: dict[str, object] = {}
        self.blobs_are_at: str | None = None
        """Base URL of another server, to which blobs are led."""
        self.faults: dict[str, list[Callable[[Response], Response]]] = {}
        """By a part of the path: what is done to the answers, one after the other."""
        self.knows_ranges = True
        self._uses = 0
        self._server = LoopbackServer(self._handle, tls=tls)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()

    def add(
        self,
        *images: Image,
        tag: str = "1.0",
        compress: Callable[[bytes], bytes] | None = gzipped,
        nested: bool = False,
    ) -> str:
        """Take an image, or an index of several; give the digest that the tag then stands for."""
        files = oci_files(*images, compress=compress, nested=nested)
        top = json.loads(files.pop("index.json"))["manifests"][0]
        for path, data in files.items():
            if path.startswith("blobs/"):
                self.blobs[digest_of(data)] = data
                if b'"schemaVersion"' in data[:40]:
                    kind = "index" if b'"manifests"' in data else "manifest"
                    self.manifests[digest_of(data)] = (f"application/vnd.oci.image.{kind}.v1+json", data)
        self.manifests[tag] = self.manifests[top["digest"]]
        self.tags.append(tag)
        return top["digest"]

    def asked_for(self, part: str) -> list[Request]:
        return [request for request in self.requests if part in request.target]

    def _handle(self, request: Request) -> Response:
        self.requests.append(request)
        if request.path == "/token":
            return self._token(request)
        refused = self._refused(request)
        response = refused or self._found(request)
        for part, faults in self.faults.items():
            if part in request.path and faults:
                return faults.pop(0)(response)
        return response

    def _refused(self, request: Request) -> Response | None:
        shown = request.headers.get("authorization", "")
        if self.asks == "basic" and shown != f"Basic {encoded(USER, PASSWORD)}":
            return Response(401, {"WWW-Authenticate": 'Basic realm="a, b=\\"c\\""'})
        if self.asks == "bearer":
            self._uses += 1
            if (
                not self.tokens
                or shown != f"Bearer {self.tokens[-1]}"
                or (len(self.tokens) == 1 and self._uses > self.tokens_are_good_for)
            ):
                scope = f"repository:{self.name}:pull"
                realm = f'Bearer realm="{self.url}/token",service="made up",scope="{scope}"'
                return Response(401, {"Www-Authenticate": realm}, b'{"errors":[{"code":"UNAUTHORIZED"}]}')
        return None

    def _token(self, request: Request) -> Response:
        fields = parse_qs(request.body.decode() or urlsplit(request.target).query)
        shown = request.headers.get("authorization")
        good = {
            "GET": self.is_public if shown is None else shown == f"Basic {encoded(USER, PASSWORD)}",
            "POST": fields.get("refresh_token") == [IDENTITY] and fields.get("grant_type") == ["refresh_token"],
        }[request.method]
        if not good or fields["scope"] != [f"repository:{self.name}:pull"] or fields["service"] != ["made up"]:
            return Response(401, {}, b'{"errors":[]}')
        self.tokens.append(f"token-{len(self.tokens)}")
        self._uses = 0
        return Response(200, {}, json.dumps({"token": self.tokens[-1], **self.token_answer}).encode())

    def _found(self, request: Request) -> Response:
        path = request.path.partition(f"/v2/{self.name}/")[2]
        if request.path == "/v2/":
            return Response(200, {}, b"{}")
        kind, _, what = path.partition("/")
        if kind == "tags":
            return Response(200, {}, json.dumps({"name": self.name, "tags": self.tags}).encode())
        if kind == "manifests" and what in self.manifests:
            media_type, data = self.manifests[what]
            return Response(200, {"Content-Type": media_type}, data)
        if kind == "blobs" and what in self.blobs:
            return self._blob(request, what)
        code = "NAME_UNKNOWN" if not path else "MANIFEST_UNKNOWN"
        return Response(404, {}, json.dumps({"errors": [{"code": code, "message": "not known"}]}).encode())

    def _blob(self, request: Request, digest: str) -> Response:
        if self.blobs_are_at is not None:
            return Response(307, {"Location": f"{self.blobs_are_at}{request.path}?X-Signature=secret-signature"})
        data = self.blobs[digest]
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if wanted is None or not self.knows_ranges:
            return Response(200, {}, data)
        start = int(wanted[1])
        return Response(206, {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}, data[start:])


def encoded(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()
