"""What goes into the built program: read by ``packaging/product.spec``, in the environment that has the libraries."""

import fnmatch
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

Data = tuple[str, str]
"""A file and the folder that it goes to, as PyInstaller takes it."""

EXCLUDED: Final = [
    # Tools and tests that libraries carry along.
    *("tkinter", "_tkinter", "turtle", "idlelib", "lib2to3", "ensurepip", "venv", "pydoc_data", "pip", "setuptools"),
    *("pkg_resources", "test", "unittest.test", "doctest", "IPython", "matplotlib", "scipy"),
    *("numpy", "uvloop", "gevent", "eventlet", "pytest", "hypothesis", "mypy"),
    # Readline is under the GPL, and nothing asks for lines with it.
    "readline",
    # Of Qt: what the window does not use.
    *(f"PySide6.Qt{name}" for name in ("Qml", "Quick", "QuickWidgets", "QuickControls2", "Pdf", "Sql", "Test", "Xml")),
    *(f"PySide6.Qt{name}" for name in ("OpenGL", "OpenGLWidgets", "PrintSupport", "Designer", "Help", "UiTools")),
    # Drivers of databases that are never asked for.
    *(f"sqlalchemy.dialects.{name}" for name in ("mysql", "oracle", "mssql", "postgresql")),
    *("psycopg2", "MySQLdb", "pysqlite2", "aiosqlite", "greenlet"),
]
_KEEPER_ANYWHERE: Final = [
    *("asyncio", "ssl", "_ssl", "concurrent", "email", "html", "http", "xml", "pydoc", "doctest", "unittest"),
    *("tkinter", "sqlite3", "curses", "distutils", "setuptools", "readline"),
]
EXCLUDED_FROM_KEEPER: Final = _KEEPER_ANYWHERE + (
    # On Windows it hears what it is told through a pipe of multiprocessing, which brings half of the library along;
    # with it comes what the builder runs at the start, which reads archives by paths, and paths need urllib.
    []
    if sys.platform == "win32"
    else [
        *("hashlib", "_hashlib", "socket", "_socket", "multiprocessing", "logging", "decimal", "_decimal", "pickle"),
        "urllib",
        # Each of these would have something of the builder's run at every start.
        *("inspect", "pkgutil", "zipfile", "lzma", "_lzma", "bz2", "_bz2", "dataclasses"),
    ]
)

OURS: Final = ("desktop", "master", "worker", "resources")
LOADED_BY_NAME: Final = ("keyring.backends", "desktop_notifier.backends", "slixmpp.features", "slixmpp.plugins")
IMPORTED_BY_COMPILED: Final = {"win32": ("winrt.windows.foundation", "winrt.windows.foundation.collections")}
"""By system: modules that compiled ones import, and no source names: the first notification of Windows needs them."""
WITH_FILES: Final = ("desktop_notifier", "tzdata", "cron_descriptor")

UNWANTED_HOOKS: Final = frozenset({"pyi_rth_pyside6", "pyi_rth_multiprocessing"})
"""What the builder would run at every start. The first loads Qt, in workers too, and tells every program that is
started where ours lies; ``desktop/app.py`` does what is needed of it. The others are for programs that share work among
processes by Python's own means."""

_UNWANTED: Final = [
    # Qt that came along with a plug-in.
    *(f"*Qt6{name}*" for name in ("Qml*", "Quick*", "Pdf*", "Sql*", "Test*", "VirtualKeyboard*", "EglFs*")),
    # Screens without a window system, styles of other programs, formats that nothing of ours has.
    *(f"*/platforms/*{name}*" for name in ("eglfs", "linuxfb", "minimal", "vnc", "vkkhrdisplay", "direct2d")),
    *("*/egldeviceintegrations/*", "*/platformthemes/*gtk3*", "*/platforminputcontexts/*virtualkeyboard*"),
    *("*/qmltooling/*", "*/sqldrivers/*", "*/plugins/generic/*", "*/printsupport/*", "*/xcbglintegrations/*"),
    *("*/plugins/tls/*", "*/plugins/networkinformation/*"),  # connections are not made by Qt
    *(f"*/imageformats/*{name}.*" for name in ("qpdf", "qtiff", "qwebp", "qjp2", "qtga", "qwbmp", "qicns", "qmng")),
    *("*/libgtk-3*", "*/libgdk-3*", "*/libgdk_pixbuf*", "*/libcairo*", "*/libpango*", "*/libatk*"),
    # Sources, and what compilers read.
    *(f"*.{kind}" for kind in ("c", "cpp", "h", "hpp", "pyx", "pxd", "pyi", "pxi", "a", "lib")),
]
_UNWANTED_BY_KEEPER: Final = [f"*/{name}*" for name in ("libcrypto", "libssl", "libreadline", "libncurses", "libtinfo")]
_TRANSLATIONS: Final = "*/translations/*.qm"
_WANTED_TRANSLATIONS: Final = ("*/qtbase_zh_CN.qm", "*/resources/translations/*")


class Contents(NamedTuple):
    """What analysis does not find by itself."""

    datas: list[Data]
    imports: list[str]


def contents(root: Path, libraries: Path) -> Contents:
    """Return files and modules that are reached by name: plug-ins, migrations, resources, metadata, libraries' own.

    ``libraries`` names all libraries, one a line: the window shows their versions and licences.
    """
    from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

    imports = ["engineio.async_drivers.aiohttp", "logging.config", *IMPORTED_BY_COMPILED.get(sys.platform, ())]
    for package in OURS:
        # All of ours, whatever reaches it; migrations are read as files, and what they import is found all the same.
        imports += collect_submodules(package)
    for kind, name in plugin_folders(root):
        imports += collect_submodules(f"worker.{kind}.{name}")
    for package in LOADED_BY_NAME:
        imports += collect_submodules(package, on_error="ignore")
    datas = [*own_files(root), *python_licence()]
    for package in WITH_FILES:
        datas += collect_data_files(package)
    for name in libraries.read_text(encoding="utf-8").split():
        datas += copy_metadata(name)
    return Contents(datas, sorted(set(imports)))


def plugin_folders(root: Path) -> Iterator[tuple[str, str]]:
    """Yield kind and folder of every built-in plug-in, as ``worker.runtime.registry`` finds them."""
    sys.path.insert(0, str(root))
    from worker.runtime.registry import find

    registry = find(demo=True)
    broken = registry.catalog().broken
    if broken:
        raise SystemExit(f"A plug-in is broken: {broken[0].package}: {broken[0].reason}")
    for name in registry.ids():
        plugin = registry.get(name)
        assert plugin is not None
        yield "platforms", plugin.package.rpartition(".")[2]
    for name in registry.runner_ids():
        plugin = registry.get_runner(name)
        assert plugin is not None
        yield "runners", plugin.package.rpartition(".")[2]


def own_files(root: Path) -> Iterator[Data]:
    """Yield what of ours is read as a file: manifests, migrations, resources, changelog and licence."""
    for package in ("worker", "master", "desktop", "resources"):
        for path in sorted((root / package).rglob("*")):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            # Alembic reads its scripts as files.
            if path.suffix not in (".py", ".pyc") or "migrations" in path.parts:
                yield str(path), str(path.parent.relative_to(root))
    for name in project(root)["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]:
        yield str(root / name), "resources"


def project(root: Path) -> dict[str, Any]:
    """Return ``pyproject.toml``."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def python_licence() -> list[Data]:
    """Return where this Python has its licence, as a file to take along."""
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for folder in (base, base / "lib" / version, Path("/usr/share/doc") / version):
        for name in ("LICENSE.txt", "LICENSE", "copyright"):
            if (folder / name).is_file():
                return [(str(folder / name), ".")]
    return []


def wanted(name: str) -> bool:
    """Return whether the program needs a file that analysis found; ``name`` is its place in the bundle."""
    place = "/" + name.replace("\\", "/")
    if fnmatch.fnmatch(place, _TRANSLATIONS):
        return any(fnmatch.fnmatch(place, pattern) for pattern in _WANTED_TRANSLATIONS)
    return not any(fnmatch.fnmatch(place, pattern) for pattern in _UNWANTED)


def wanted_by_keeper(name: str) -> bool:
    """As :func:`wanted`, for the keeper of jobs: the interpreter and what the standard library loads."""
    place = "/" + name.replace("\\", "/")
    return not any(fnmatch.fnmatch(place, pattern) for pattern in _UNWANTED_BY_KEEPER)
