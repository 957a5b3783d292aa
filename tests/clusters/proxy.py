"""A TCP proxy before a broker, which can be slow, end one direction of its connections, or cut them."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

_CHUNK = 64 * 1024


class Proxy:
    """Forwards connections on loopback, in a thread of its own, from the moment it is made until `close`."""

    def __init__(self, port: int, to: int) -> None:
        """Listens on `port` and connects to the port `to`, which need not be served yet."""
        self._to = to
        self._delay = 0.0
        self._clients: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server: asyncio.Server = self._do(asyncio.start_server(self._serve, "127.0.0.1", port))

    def slow_down(self, seconds: float) -> None:
        """From now on whatever passes takes so much longer, in either direction; 0 for no longer."""
        self._delay = seconds

    def half_close(self) -> None:
        """End what brokers say on every connection there is; what clients say still arrives."""
        self._do(self._half_close())

    def cut(self) -> None:
        """Cut every connection there is, without a farewell."""
        self._do(self._cut())

    def close(self) -> None:
        """Cut every connection and take no more."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            answers, broker = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            client.transport.abort()
            return
        self._clients.add(client)
        try:
            await asyncio.gather(self._pump(reader, broker), self._pump(answers, client))
        finally:
            self._clients.discard(client)
            client.transport.abort()
            broker.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes on what comes until either side has ended."""
        with suppress(OSError, RuntimeError):
            while chunk := await reader.read(_CHUNK):
                await asyncio.sleep(self._delay)
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()

    async def _half_close(self) -> None:
        for client in self._clients:
            with suppress(OSError, RuntimeError):
                client.write_eof()

    async def _cut(self) -> None:
        for client in tuple(self._clients):
            client.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        await self._cut()
        if serving := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(serving, timeout=5)
