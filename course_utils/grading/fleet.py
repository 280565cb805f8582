"""Submissions examined by as many processes as there are cores, or on the machines of a cluster, by Dask."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, get_worker, wait

from .job import Job, examine
from .programs import SandboxUnavailable
from .results import Result
from .sandbox import bubblewrap_program

DEATHS = 3  # of workers: then their submission is set aside
TURN = 5e-4  # seconds after which a thread gives way to another; ten times as many are usual
WAIT = 20  # seconds without a result, until it is looked whether there is a worker
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS - 1,
    "distributed.scheduler.worker-saturation": 1.0,  # who waits in line is not to blame when a worker ends
    "distributed.admin.log-format": "%(message)s",
    # Dask looks at its workers a hundred times a second, for a page that nobody opens here.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "60s",
}

log = logging.getLogger(__name__)


class SetAside(RuntimeError):
    """A submission with which one worker after another ended."""


@contextmanager
def fleet(workers: int, scheduler: str = "") -> Iterator["Fleet"]:
    """A fleet of this many processes here, or of a cluster with this address. Raises SandboxUnavailable."""
    with dask.config.set(SETTINGS), quick_turns():
        if scheduler:
            with Client(scheduler) as client:
                yield Fleet(
                    client, missed=lambda: log.warning("%s has no worker. Waiting for one.", scheduler)
                )
            return
        options = {"threads_per_worker": 1, "memory_limit": 0, "dashboard_address": "127.0.0.1:0"}
        options["security"] = True  # a key of its own: other users of this machine may not send it work
        with (
            LocalCluster(n_workers=workers, silence_logs=logging.CRITICAL, **options) as cluster,
            Client(cluster) as client,
        ):
            yield Fleet(client, missed=lambda: hire_anew(cluster, workers))


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let Dask's threads have their turns soon: workers wait for them, while this program enters results."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def hire_anew(cluster: LocalCluster, workers: int) -> None:
    """Have new workers. Dask itself starts one anew that was killed, but gives up if that fails once."""
    cluster.scale(0)
    cluster.scale(workers)


class Fleet:
    """Examines jobs that were sent ahead, whoever of its workers ends meanwhile.

    missed: what to do when no worker is left.
    """

    def __init__(
        self,
        client: Client,
        function: Callable[[Job], list[Result]] = examine,
        missed: Callable = lambda: None,
    ):
        self.client, self.function, self.missed = client, function, missed
        self.sent = {}
        self.asked = self.asked_ahead = 0

    def check(self) -> None:
        """Raise SandboxUnavailable, which names a worker, if one of them cannot lock submissions away."""
        for address, reason in self.client.run(missing).items():
            if reason:
                raise SandboxUnavailable(f"{address} cannot grade: {reason}")

    def send(self, job: Job) -> None:
        """Let a worker begin with a job as soon as one is free."""
        self.sent[job.key] = self.client.submit(examined, self.function, job, key=job.key)

    def results(self, job: Job) -> list[Result]:
        """What came of a job, whether it was sent ahead or not. Raises SetAside."""
        self.asked += 1
        self.asked_ahead += job.key in self.sent
        if job.key not in self.sent:
            self.send(job)
        try:
            return self.awaited(self.sent.pop(job.key)).result()
        except KilledWorker as error:
            raise SetAside(
                f"{job.owner} is set aside: {error.allowed_failures + 1} workers ended while they graded it. "
                "Look at it by hand."
            ) from None

    def awaited(self, future: Future) -> Future:
        """The same when it is done, however long that takes."""
        while not future.done():
            try:
                wait(future, timeout=WAIT)
            except TimeoutError:
                if not self.client.scheduler_info()["workers"]:
                    self.missed()
        return future


def missing() -> str:
    """Why no submission can be locked away on this machine, if so."""
    try:
        bubblewrap_program()
    except SandboxUnavailable as reason:
        return str(reason)
    return ""


def examined(function: Callable[[Job], list[Result]], job: Job) -> list[Result]:
    """The results of a job, on one of the workers, which is named if it cannot lock submissions away."""
    try:
        return function(job)
    except SandboxUnavailable as reason:
        raise SandboxUnavailable(f"{get_worker().address} cannot grade: {reason}") from None
