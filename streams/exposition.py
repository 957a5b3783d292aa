"""/metrics, /healthz and /readyz over HTTP, from a thread of their own."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, disable_created_metrics, make_wsgi_app

from streams.errors import SettingsError

Check = Callable[[], bool]

_POLL = 0.1
"""Seconds until the server notices that it is to stop."""


class _Server(ThreadingMixIn, WSGIServer):
    """Answers while another connection hangs, and stops without waiting for it."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Scrapes are not news."""


@contextmanager
def exposed(host: str, port: int, registry: CollectorRegistry, *, healthy: Check, ready: Check) -> Iterator[int]:
    """Serves the endpoints while the context lasts; gives the port, chosen freely where `port` is 0.

    /healthz answers 200 while `healthy` says so, /readyz while `ready` does; else 503.
    Raises `SettingsError` where the port is taken.
    """
    disable_created_metrics()  # type: ignore[no-untyped-call] # one more series for each counter, which nobody asks for
    metrics = make_wsgi_app(registry)
    checks = {"/healthz": healthy, "/readyz": ready}

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            exposition: Iterable[bytes] = metrics(environ, start_response)
            return exposition
        if path not in checks:
            status, text = "404 Not Found", b"try /metrics, /healthz or /readyz\n"
        elif checks[path]():
            status, text = "200 OK", b"ok\n"
        else:
            status, text = "503 Service Unavailable", b"not now\n"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [text]

    try:
        server = make_server(host, port, answer, server_class=_Server, handler_class=_Quiet)
    except OSError as error:
        raise SettingsError(
            f"/metrics cannot listen on {host}:{port} ({error}): set NORTHWIRE_METRICS_PORT or NORTHWIRE_METRICS_HOST"
        ) from None
    thread = Thread(target=server.serve_forever, args=(_POLL,), name="exposition", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
