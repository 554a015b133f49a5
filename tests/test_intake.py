"""What all importers share: rows counted, bad ones named, nothing half written, progress on a terminal only."""

from __future__ import annotations

import io
import os
import pkgutil
import pty
import signal
import subprocess
from pathlib import Path

import pytest
from serving import command

import dditkg.importers
from dditkg import disk
from dditkg.cli import main
from dditkg.errors import BadFile, NotFound
from dditkg.intake import Intake
from dditkg.meter import Meter
from dditkg.syntax import parse_file

MANY = 2_500  # enough for bars, and for more than a pipe holds


@pytest.fixture
def source(tmp_path: Path) -> Path:
    rows = "".join(f"53-{number:04}.00\tKeepers of lamp {number}\n" for number in range(MANY))
    (tmp_path / "Occupation Data.txt").write_text("O*NET-SOC Code\tTitle\n" + rows, encoding="utf-8")
    return tmp_path


def test_rows_add_up_and_each_refused_one_is_named() -> None:
    intake = Intake(keep_going=True)
    for number in range(1, 7):
        with intake.row(Path("a.csv"), number):
            if number == 2:
                raise BadFile("“Name” is empty.")
            if number == 3:
                raise NotFound("Nothing here is called so.")
            if number > 4:
                intake.leave_out("not wanted")
    assert intake.refused == ["a.csv, row 2: “Name” is empty.", "a.csv, row 3: Nothing here is called so."]
    assert intake.closing == "6 rows in, 2 out, 2 refused; left out: 2 not wanted."
    intake.require_some(Path("a.csv"))


def test_a_bad_row_stops_an_import_that_is_not_to_go_on() -> None:
    intake = Intake()
    with pytest.raises(BadFile, match="row 2: Nothing here"), intake.row(Path("a.csv"), 2):
        raise NotFound("Nothing here.")
    with pytest.raises(ZeroDivisionError), Intake(keep_going=True).row(Path("a.csv"), 3):
        print(1 / 0)  # a fault of ours is never taken for a bad row


def test_when_all_is_refused_nothing_is_to_be_written() -> None:
    intake = Intake(keep_going=True)
    with intake.row(Path("a.csv"), 2):
        raise BadFile("“Name” is empty.")
    with pytest.raises(BadFile, match=r"nothing was written\.\na\.csv, row 2: “Name” is empty"):
        intake.require_some(Path("a.csv"))


def test_refused_rows_make_the_exit_code_1(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = source / "Occupation Data.txt"
    path.write_text(path.read_text(encoding="utf-8") + "53\tBell\n53-9999.00\tKeepers of lamp 7\n", encoding="utf-8")
    order = ["import", "onet", str(path), str(source / "out.ttl")]
    assert main(order) == 1
    assert "row 2502: “53” in “O*NET-SOC Code” is not a code" in capsys.readouterr().err
    assert not (source / "out.ttl").exists()
    assert main([*order, "--keep-going"]) == 1
    told = capsys.readouterr()
    assert [line.partition("row ")[2][:4] for line in told.err.splitlines()] == ["2502", "2503"]
    assert told.out.splitlines()[-1] == "2,502 rows in, 2,500 out, 2 refused."


# Interrupted ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_an_import_killed_while_it_writes_leaves_what_was_there(source: Path, number: int, code: int) -> None:
    target, part = source / "out.ttl", source / "out.ttl.part"
    target.write_text("as it was", encoding="utf-8")
    os.mkfifo(part)  # so that the import stands still in the middle of its writing
    process = subprocess.Popen(
        command("import", "onet", str(source), str(target)),
        stdout=subprocess.DEVNULL,
        # A shell that runs the tests in its background has them, and all they start, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with part.open("rb", buffering=0) as reader:
        assert reader.read(1_000)
        process.send_signal(number)
        while reader.read(65_536):
            pass
    assert process.wait(60) == code
    assert target.read_text(encoding="utf-8") == "as it was"
    assert part.exists() == (number == signal.SIGKILL)


def test_what_a_kill_left_behind_is_in_nobodys_way(source: Path) -> None:
    (source / "out.ttl.part").write_text("hal", encoding="utf-8")
    assert main(["import", "onet", str(source), str(source / "out.ttl")]) == 0
    assert len(parse_file(source / "out.ttl").quads) > MANY
    assert not (source / "out.ttl.part").exists()


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("as it was", encoding="utf-8")

    def fill() -> None:
        with disk.part(target) as beside:
            beside.write_text("hal", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(BadFile, match="No space left"):
        fill()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_text(encoding="utf-8") == "as it was"


@pytest.mark.parametrize("name", sorted(module.name for module in pkgutil.iter_modules(dditkg.importers.__path__)))
def test_a_source_that_is_not_there_is_named(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "gone.csv"
    assert main(["import", name, str(source), str(tmp_path / "out.ttl")]) == 1
    assert capsys.readouterr().err == f"dditkg: {source} is not there. Name the file or folder to read.\n"
    assert list(tmp_path.iterdir()) == []


# Progress -------------------------------------------------------------------------------------------------------------


def test_progress_is_drawn_on_a_terminal_and_taken_away(source: Path) -> None:
    ours, theirs = pty.openpty()
    order = command("import", "onet", str(source), str(source / "out.ttl"))
    process = subprocess.Popen(order, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    drawn = b""
    while True:
        try:
            some = os.read(ours, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not some:
            break
        drawn += some
    os.close(ours)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "1,000 of 2,500 rows of Occupation Data.txt" in drawn.decode()
    assert drawn.endswith(b"\r\x1b[K")
    assert told.endswith("2,500 rows in, 2,500 out, 0 refused.\n")


def test_no_progress_is_drawn_into_a_pipe(source: Path) -> None:
    order = command("import", "onet", str(source), str(source / "out.ttl"))
    found = subprocess.run(order, capture_output=True, text=True, check=True, timeout=60)
    assert found.stderr == ""
    assert "\r" not in found.stdout


def test_a_meter_hands_on_every_item() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream in (io.StringIO(), Terminal(), None):
        assert list(Meter(stream).over(range(MANY), "rows", MANY)) == list(range(MANY))
