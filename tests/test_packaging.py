"""What pyproject.toml says about packages is true, and the program's own files are found."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from lift_desktop.paths import default_data_folder, resources_folder

ROOT = Path(__file__).parents[1]


def test_every_package_is_listed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "lift_desktop").rglob("*.py")}
    present = {".".join(folder.parts) for folder in folders}
    mapped = settings["package-dir"]
    listed = set(settings["packages"])
    assert present <= listed
    absent = {name for name in listed if not (ROOT / mapped.get(name, name.replace(".", "/"))).is_dir()}
    assert not absent


def test_the_program_s_own_files_are_found() -> None:
    assert (resources_folder() / "models.json").is_file()
    assert (resources_folder() / "sample" / "services-agreement.pdf").is_file()
    assert (resources_folder() / "translations" / "lift-desktop_de.qm").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is a rule of freedesktop.org")
def test_the_data_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_data_folder() == tmp_path / "lift-desktop"
    assert not default_data_folder().exists()
