"""What ``pip`` and ``pipx`` install: a wheel, made from the source archive that is made first."""

from pathlib import Path

from makers.contexts import Context


def make(context: Context) -> list[Path]:
    """Make the source archive, and of it the wheel."""
    uv = context.tool("uv", "python -m pip install uv")
    env = {"SOURCE_DATE_EPOCH": str(context.epoch)}
    context.run(uv, "build", "--out-dir", context.dist, context.root, env=env)
    stem = f"watchkeeper-{context.version}"
    return [context.dist / f"{stem}.tar.gz", context.dist / f"{stem}-py3-none-any.whl"]
