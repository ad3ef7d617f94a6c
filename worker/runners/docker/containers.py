"""One container from the image to its end."""

import asyncio
import time
from typing import Any, Final

import aiodocker
import msgspec
from aiodocker.containers import DockerContainer
from aiodocker.stream import Stream

from worker.sdk.runner import Execution, JobReason, Outcome, RunnerError, Text, text

from .plans import MADE, Plan, configuration, label_of
from .services import ASK_SECONDS, BROKEN, CONNECTION, detail_of, not_started, refused, remove_all, remove_left

GRACE_SECONDS: Final = 3
"""Between the request to end and the kill: the keeper's own patience is a little longer."""
LOST_SECONDS: Final = 15.0
"""A service that was restarted is waited for so long."""
PAUSE_SECONDS: Final = 0.2
KILLED: Final = 137
_STDERR: Final = 2


class ContainerRun:
    """The container of one run; what it prints goes to the execution as it comes."""

    def __init__(self, docker: aiodocker.Docker, plan: Plan, execution: Execution) -> None:
        self._docker = docker
        self._plan = plan
        self._execution = execution
        self._container: DockerContainer | None = None
        self._stream: Stream | None = None

    async def begin(self) -> None:
        """Get the image, make the container and start it. Raises ``RunnerError``."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                await remove_left(self._docker)
                here = self._plan.pull != "always" and await self._is_here()
            if not here:
                await self._pull()
            async with asyncio.timeout(ASK_SECONDS):
                await self._start()
        except BROKEN as error:
            raise refused(error) from error

    async def follow(self) -> Outcome:
        """Print until it ends; return how it went. Raises ``RunnerError`` when nobody knows."""
        code = await self._end()
        container = self._started()
        try:
            async with asyncio.timeout(ASK_SECONDS):
                state = (await container.show()).get("State") or {}
        except BROKEN as error:
            raise _lost(error) from error
        result = {"image": self._plan.image, "container": container.id[:12], "exit_code": code}
        if self._execution.stopping.is_set():
            return Outcome(success=False, reason=JobReason.CANCELLED, result=result, exit_code=code)
        reason, words = self._meaning(code, state)
        return Outcome(success=code == 0, reason=reason, error=words, result=result, exit_code=code)

    async def stop_when_told(self) -> None:
        """Wait until the run is to end, then ask the container to end; kill it when it does not."""
        await self._execution.stopping.wait()
        try:
            await self._started().stop(t=GRACE_SECONDS)
        except BROKEN as error:
            self._say(text("docker_refused", detail=detail_of(error)))

    async def close(self) -> None:
        """Remove the container, whatever it does. When the service refuses, that is told, and tried again later."""
        made = self._execution.folder / MADE
        try:
            if self._stream is not None:
                await self._stream.close()
            if made.exists():
                async with asyncio.timeout(ASK_SECONDS):
                    await remove_all(self._docker, label_of(self._execution.folder))
                made.unlink(missing_ok=True)
        except BROKEN as error:
            self._say(text("docker_not_removed", detail=detail_of(error)))

    # ------------------------------------------------------------ the image

    async def _is_here(self) -> bool:
        try:
            await self._docker.images.inspect(self._plan.image)
        except aiodocker.DockerError as error:
            if error.status != 404:
                raise
            if self._plan.pull == "never":
                words = text("docker_image_missing", image=self._plan.image)
                raise RunnerError(JobReason.UNAVAILABLE, words, {"image": words}) from error
            return False
        return True

    async def _pull(self) -> None:
        told: dict[str, str] = {}
        try:
            async for step in self._docker.images.pull(self._plan.image, stream=True):
                if "error" in step:
                    raise aiodocker.DockerError(0, str(step["error"]))
                part, status = str(step.get("id") or ""), str(step.get("status") or step.get("stream") or "").strip()
                # Once for each step of each layer: the counters between are of no use later.
                if status and told.get(part) != status:
                    told[part] = status
                    line = f"{part}: {status}\n" if part else f"{status}\n"
                    self._execution.write(line.encode("utf-8", "replace"), "stderr")
        except BROKEN as error:
            words = text("docker_pull_failed", image=self._plan.image, detail=detail_of(error))
            raise RunnerError(JobReason.UNAVAILABLE, words, {"image": words}) from error

    # ------------------------------------------------------------ its begin

    async def _start(self) -> None:
        secret = self._execution.secret
        document = configuration(self._plan, self._execution.folder, stdin=bool(secret))
        (self._execution.folder / MADE).touch()
        self._container = container = await self._docker.containers.create(document)
        try:
            # Before it starts: not a byte is missed.
            self._stream = await self._attach()
            await container.start()
        except BROKEN as error:
            raise not_started(error) from error
        if secret:
            await self._hand_over(msgspec.json.encode(secret.reveal()))

    async def _attach(self) -> Stream:
        stream = self._started().attach(stdout=True, stderr=True)
        return await stream.__aenter__()

    async def _hand_over(self, document: bytes) -> None:
        """Write to its standard input, and close that."""
        try:
            async with self._started().attach(stdin=True) as stream:
                await stream.write_in(document)
        except BROKEN as error:
            state = (await self._started().show()).get("State") or {}
            if state.get("Running"):
                raise RunnerError(JobReason.START_FAILED, text("docker_refused", detail=detail_of(error))) from error
            # It has ended without having read anything.

    def _started(self) -> DockerContainer:
        if self._container is None:
            raise RuntimeError("there is no container yet")
        return self._container

    # ------------------------------------------------------------ its end

    async def _end(self) -> int:
        while True:
            try:
                if self._stream is not None:
                    await self._print(self._stream)
                    await self._stream.close()
                    self._stream = None
                return int((await self._started().wait())["StatusCode"])
            except BROKEN as error:
                if isinstance(error, aiodocker.DockerError) and error.status != CONNECTION:
                    raise _lost(error) from error
                await self._come_back(error)

    async def _print(self, stream: Stream) -> None:
        while (message := await stream.read_out()) is not None:
            self._execution.write(message.data, "stderr" if message.stream == _STDERR else "stdout")

    async def _come_back(self, error: BaseException) -> None:
        """Wait for a service that went away, and go on with what it still runs. Raises ``RunnerError``."""
        self._say(text("docker_connection_lost", detail=detail_of(error)))
        if self._stream is not None:
            await self._stream.close()
            self._stream = None
        until = time.monotonic() + LOST_SECONDS
        while True:
            try:
                async with asyncio.timeout(ASK_SECONDS):
                    if ((await self._started().show()).get("State") or {}).get("Running"):
                        self._stream = await self._attach()
                return
            except BROKEN as again:
                refusal = isinstance(again, aiodocker.DockerError) and again.status != CONNECTION
                if refusal or time.monotonic() > until:
                    raise _lost(again) from again
            await asyncio.sleep(PAUSE_SECONDS)

    def _meaning(self, code: int, state: dict[str, Any]) -> tuple[JobReason, Text | None]:
        if code != 0 and state.get("OOMKilled"):
            return JobReason.SIGNAL, text("docker_out_of_memory")
        if code == KILLED and self._plan.memory_mb is not None:
            # Not every system tells the service why.
            return JobReason.SIGNAL, text("docker_killed", limit_mb=round(self._plan.memory_mb))
        return JobReason.SCRIPT_ERROR, None

    def _say(self, words: Text) -> None:
        self._execution.write(f"{words.message}\n".encode("utf-8", "replace"), "stderr")


def _lost(error: BaseException) -> RunnerError:
    return RunnerError(JobReason.UNAVAILABLE, text("docker_lost", detail=detail_of(error)))
