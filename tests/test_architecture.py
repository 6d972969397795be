"""The rules of the house: which room may know which, proved on every import of every module."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "lift_desktop"

# Room -> the rooms of ours that it may import, beside itself and `lift_desktop` (the version).
CHAT_MAY = {"domain", "engine.contract", "engine.planning", "library", "documents", "worker.client"}
ENGINE_MAY = {"domain", "engine"}
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "paths": set(),
    "settings": {"domain"},
    "logs": set(),
    "network": {"domain"},
    "child": {"domain", "network"},
    "documents": {"domain", "child", "paths"},
    "library": {"domain", "paths"},
    "models": {"domain", "paths", "network", "child"},
    "engine.contract": {"domain"},
    "engine.planning": {"domain", "engine.contract"},
    "engine": {"domain", "engine.contract", "engine.planning"},
    "worker.client": {"domain", "engine.contract", "child", "worker.host"},
    "worker.host": {"domain", "engine", "child"},
    "worker": set(),
    "chat": CHAT_MAY,
    "jobs": CHAT_MAY | {"models", "logs"},
    "services": CHAT_MAY | {"models", "network"},
    "bench": CHAT_MAY | {"jobs", "chat", "settings"},
    "cli": CHAT_MAY | {"services", "jobs", "chat", "models", "paths", "settings", "logs", "child", "bench", "network"},
    "gui": CHAT_MAY | {"services", "jobs", "chat", "models", "paths", "settings", "logs", "network"},
    "app": CHAT_MAY | {"services", "jobs", "chat", "models", "paths", "settings", "logs", "gui", "network"},
    "resources": set(),
    "__main__": {"cli", "app"},
}

# Who alone may import which library.
ONLY = {
    "pymupdf": {"documents"},
    "fitz": set(),
    "charset_normalizer": {"documents"},
    "sqlite3": {"library"},
    "torch": {"engine"},
    "transformers": {"engine"},
    "peft": {"engine"},
    "safetensors": {"engine"},
    "gguf": {"engine"},
    "llama_cpp": {"engine"},
    "bitsandbytes": {"engine"},
    "PySide6": {"gui", "app"},
    "rich": {"cli"},
    "matplotlib": {"bench"},
    "huggingface_hub": {"models"},
    "httpx2": {"models"},
    "keyring": {"models"},
}

# Where an unknown error may be caught without being raised again.
CATCHES_ALL = {"child.py": 1, "cli/main.py": 1, "gui/bridge.py": 1, "jobs/queue.py": 1}

HEAVY = ("torch", "transformers", "peft", "pymupdf", "PySide6", "safetensors", "gguf", "huggingface_hub", "keyring")
LIGHT_MODULES = (
    "lift_desktop.__main__",
    "lift_desktop.cli",
    "lift_desktop.cli.commands",
    "lift_desktop.worker.client",
    "lift_desktop.documents",
    "lift_desktop.chat",
    "lift_desktop.jobs",
    "lift_desktop.library",
    "lift_desktop.services",
    "lift_desktop.models",
    "lift_desktop.engine.contract",
    "lift_desktop.engine.fake",
    "lift_desktop.engine.planning",
)

FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(file: Path) -> str:
    """ "engine.contract" for lift_desktop/engine/contract.py; "" for the package itself."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """The longest name in MAY_IMPORT that `module` is or lies in, else its first part."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in MAY_IMPORT), parts[0])


def is_module(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def imports(file: Path) -> Iterator[str]:
    """All imported names, in functions and for type checking too: "lift_desktop.engine.contract",
    "torch.nn".
    """
    package = ["lift_desktop", *file.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if is_module(whole.removeprefix("lift_desktop.")) else source


def own_imports(file: Path) -> Iterator[str]:
    for name in imports(file):
        if name.startswith("lift_desktop."):
            yield name.removeprefix("lift_desktop.")


def breaks(module: str, imported: str) -> bool:
    """Whether `module` must not import `imported` (both without "lift_desktop.")."""
    own, other = room(module), room(imported)
    if own == other:
        return False
    allowed = MAY_IMPORT.get(own, set())
    parts = imported.split(".")
    return not any(".".join(parts[:length]) in allowed for length in range(1, len(parts) + 1))


def test_every_room_has_its_rule() -> None:
    unknown = {module_name(file) for file in FILES if room(module_name(file)) not in MAY_IMPORT} - {""}
    assert not unknown


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_rooms_know_only_what_they_may(file: Path) -> None:
    module = module_name(file)
    broken = sorted({name for name in own_imports(file) if breaks(module, name)})
    assert not broken, f"{module} must not import {broken}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_libraries_have_one_user(file: Path) -> None:
    module = module_name(file)
    wrong = [
        name
        for name in imports(file)
        if (library := name.split(".")[0]) in ONLY and module.split(".")[0] not in ONLY[library]
    ]
    assert not wrong


def test_the_rules_can_be_broken() -> None:
    """The checks above see what they should: these imports would fail them."""
    assert breaks("domain.models", "library.search")
    assert breaks("chat.citations", "engine.fake")
    assert breaks("jobs.learn", "chat.conversation")
    assert breaks("cli.main", "gui.window")
    assert breaks("gui.window", "cli.main")
    assert breaks("worker.client", "engine.local")
    assert breaks("library.files", "documents.client")
    assert breaks("engine.contract", "child")
    assert breaks("engine.contract", "engine.local")
    assert not breaks("cli.main", "documents.client")
    assert not breaks("worker.host", "engine.local")
    assert not breaks("engine.local", "engine.contract")


def test_unknown_errors_are_caught_at_the_borders_alone() -> None:
    found: dict[str, int] = {}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _raises_again(node):
                name = file.relative_to(PACKAGE).as_posix()
                found[name] = found.get(name, 0) + 1
    assert found == CATCHES_ALL


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_files_stay_small() -> None:
    long = {str(file.relative_to(PACKAGE)) for file in FILES if len(file.read_text("utf-8").splitlines()) > 400}
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(file) for file in FILES if not ast.get_docstring(ast.parse(file.read_text("utf-8")))]
    assert not silent


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_light_modules_load_nothing_heavy(module: str) -> None:
    assert _loaded(f"import {module}") == []


def test_help_loads_nothing_heavy() -> None:
    code = "from lift_desktop.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit as end:\n    pass"
    assert _loaded(code) == []


def test_the_window_s_process_has_neither_torch_nor_pymupdf() -> None:
    assert set(_loaded("import lift_desktop.app")) == {"PySide6"}


def _loaded(code: str) -> list[str]:
    """Which heavy libraries a fresh interpreter has loaded after `code`."""
    report = f"import sys, json; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    loaded: list[str] = json.loads(done.stdout.splitlines()[-1])
    return loaded
