"""A Redis server for one run."""

import itertools
import shutil
import socket
from pathlib import Path
from typing import Self

from tests.services.process import Kept, free_port, own_folder
from tests.services.programs import redis_program

DATABASES = 64


class RedisServer:
    """A server on a free port of this machine, gone with the run."""

    def __init__(self, *, durable: bool) -> None:
        folder = own_folder("redis")
        self.port = free_port()
        careful = ["--appendonly", "yes", "--appendfsync", "everysec"] if durable else []
        command: list[str | Path] = [
            redis_program(),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", folder),
            *("--save", "", "--databases", str(DATABASES), "--daemonize", "no", *careful),
        ]
        try:
            self._kept = Kept(command, folder=folder, stop="TERM", ready=self._answers)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._turn = itertools.cycle(range(1, DATABASES))

    @property
    def url(self) -> str:
        """The address of database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def fresh(self) -> str:
        """The address of an emptied logical database; the databases are handed out in turn."""
        number = next(self._turn)
        self._say(f"SELECT {number}\r\nFLUSHDB")
        return f"redis://127.0.0.1:{self.port}/{number}"

    @property
    def folder(self) -> Path:
        """Where the server keeps its files."""
        return self._kept.folder

    def close(self) -> None:
        self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answers(self) -> bool:
        try:
            return self._say("PING").startswith(b"+PONG")
        except OSError:
            return False

    def _say(self, commands: str) -> bytes:
        """Send inline commands and return everything that was answered."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            wire.sendall(f"{commands}\r\nQUIT\r\n".encode())
            answer = b""
            while part := wire.recv(4096):
                answer += part
        return answer
