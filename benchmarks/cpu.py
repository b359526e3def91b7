"""Who used the machine's cores during a round: the server, PostgreSQL, the client, and everybody else."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Usage:
    """Seconds of CPU since whenever; two of them make a difference that means something."""

    server: float
    postgres: float
    #: The measurement itself, with wrk.
    client: float
    #: All programs of the machine together, ours among them.
    machine: float
    #: What all cores could have given.
    possible: float

    def since(self, before: "Usage") -> "Usage":
        """What was used in between."""
        return Usage(
            server=self.server - before.server,
            postgres=self.postgres - before.postgres,
            client=self.client - before.client,
            machine=self.machine - before.machine,
            possible=self.possible - before.possible,
        )

    @property
    def foreign_share(self) -> float:
        """The share of all cores that went to programs which have no part in the measurement."""
        foreign = self.machine - self.server - self.postgres - self.client
        return max(0.0, foreign) / self.possible


def usage(server: Sequence[int], postgres: int) -> Usage:
    """What was used up to now."""
    client, cores = os.times(), psutil.cpu_times()
    possible = time.monotonic() * (os.cpu_count() or 1)
    return Usage(
        server=sum(map(_of_family, server)),
        postgres=_of_family(postgres),
        client=client.user + client.system + client.children_user + client.children_system,
        machine=possible - cores.idle - getattr(cores, "iowait", 0.0),
        possible=possible,
    )


def _of_family(pid: int) -> float:
    """What a process and all its children, dead ones too, have used."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(member.cpu_times()[:4]) for member in family))
