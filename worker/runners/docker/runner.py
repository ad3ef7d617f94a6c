"""Runs a command in a container of Docker or Podman."""

import asyncio

from worker.sdk import runner
from worker.sdk.runner import Command, Execution, JobReason, Outcome, Request
from worker.sdk.tasks import Stopped, beside, unless

from .plans import MADE, label_of, read_plan

# The client library is loaded in the process of a run: workers do not need it.


class Runner(runner.Runner):
    """One container a run, removed at its end; its exit code is that of the run."""

    def parse(self, request: Request) -> Command:
        read_plan(request)
        return Command(python=True)

    async def execute(self, execution: Execution) -> Outcome:
        from .containers import ContainerRun
        from .services import connect

        plan = await asyncio.to_thread(read_plan, execution.request)
        docker = await connect(plan.socket, execution.request.env)
        try:
            run = ContainerRun(docker, plan, execution)
            try:
                await unless(execution.stopping, run.begin())
                return await beside(run.follow(), run.stop_when_told())
            except Stopped:
                return Outcome(success=False, reason=JobReason.CANCELLED)
            finally:
                await run.close()
        finally:
            await docker.close()

    async def clean_up(self, execution: Execution) -> None:
        """Remove the containers that carry this run's label, where one may be left: its process was killed.

        Raises ``RunnerError`` when no service answers.
        """
        made = execution.folder / MADE
        if not made.exists():
            return
        from .services import BROKEN, connect, refused, remove_all

        docker = await connect(str(execution.request.spec.get("socket") or ""), execution.request.env)
        try:
            await remove_all(docker, label_of(execution.folder))
            made.unlink(missing_ok=True)
        except BROKEN as error:
            raise refused(error) from error
        finally:
            await docker.close()
