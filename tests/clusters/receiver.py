"""Whoever is paged: an HTTP server that takes what Alertmanager sends."""

import json
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple, Self


class Notice(NamedTuple):
    """One alert of a message from Alertmanager."""

    at: float
    """When it came, in seconds since 1970."""

    receiver: str
    status: str
    """Either "firing" or "resolved"."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.labels["alertname"]


class Receiver:
    """Takes notices on a free loopback port while the context lasts; `hear` is called, from a thread, with each."""

    def __init__(self, hear: Callable[[Notice], None] | None = None) -> None:
        self.notices: list[Notice] = []
        self._hear = hear
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="receiver", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, message: bytes) -> None:
        told = json.loads(message)
        for alert in told["alerts"]:
            notice = Notice(time.time(), told["receiver"], alert["status"], alert["labels"], alert["annotations"])
            self.notices.append(notice)
            if self._hear:
                self._hear(notice)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                take(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the interface has it
                pass

        return Handler
