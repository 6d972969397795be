"""What `lift-desktop` starts: the window, or the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lift_desktop.__main__ import has_screen, main, window_arguments
from lift_desktop.cli.arguments import COMMAND_NAMES, parser_for


def test_without_arguments_or_with_files_it_is_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("x")
    assert window_arguments([]) == (None, [])
    assert window_arguments(["a.pdf", "b.epub"]) == (None, [Path("a.pdf"), Path("b.epub")])
    assert window_arguments(["notes"]) == (None, [Path("notes")])
    assert window_arguments(["--data-dir", "d"]) == (Path("d"), [])
    assert window_arguments(["--data-dir=d", "a.pdf"]) == (Path("d"), [Path("a.pdf")])


@pytest.mark.parametrize(
    "arguments", [["list"], ["learn", "a.pdf"], ["--help"], ["--data-dir", "d", "list"], ["lern"], ["a.pdf", "--json"]]
)
def test_all_else_is_the_command_line(arguments: list[str]) -> None:
    assert window_arguments(arguments) is None


def test_every_command_is_known_to_the_start() -> None:
    text = parser_for([]).format_help()
    for name in COMMAND_NAMES:
        assert f"\n    {name} " in text
    assert text.count("\n    ") - text.count("\n     ") == len(COMMAND_NAMES)


def test_ctrl_c_while_the_program_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lift_desktop.__main__.window_arguments", interrupt)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


def test_no_window_on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_screen()
