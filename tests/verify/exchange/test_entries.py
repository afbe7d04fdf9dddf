"""Where submissions have their file, and archives that were made to hurt."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest

from verify.errors import InputError
from verify.exchange import entries
from verify.exchange.entries import ENTRY, entered

CODE = "def lenet(parameters, images, labels): return {}\n"


def put(path: Path, text: str = CODE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def packed(path: Path, *names: str, text: str = CODE) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return path


def found(path: Path, entry: str = "student.py:lenet") -> str:
    """The path below what was handed in or unpacked."""
    with entered(path, entry) as (spec, unpacked):
        file, _, name = spec.rpartition(":")
        assert Path(file).read_text() == CODE and name == "lenet"
        below = unpacked if file.startswith(unpacked) else path
        return str(Path(file).relative_to(below))


def refused(path: Path, entry: str = "student.py:lenet") -> str:
    with pytest.raises(InputError) as caught, entered(path, entry):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("place", ["student.py", "inner/student.py", "a b/Übung 3/src/student.py"])
def test_a_folder_and_folders_in_it(tmp_path: Path, place: str) -> None:
    put(tmp_path / "anna" / place)
    put(tmp_path / "anna" / "__pycache__" / "student.py", "no")
    put(tmp_path / "anna" / ".venv" / "student.py", "no")
    assert found(tmp_path / "anna") == place


@pytest.mark.parametrize("place", ["student.py", "Aufgabe é/student.py", "a/b/c/student.py"])
def test_an_archive(tmp_path: Path, place: str) -> None:
    path = packed(tmp_path / "anna.zip", place, "__MACOSX/._student.py", "__MACOSX/a/student.py")
    assert found(path) == place


def test_an_archive_is_unpacked_for_as_long_as_it_is_judged(tmp_path: Path) -> None:
    with entered(packed(tmp_path / "a.zip", "student.py"), "student.py:f") as (_, unpacked):
        assert Path(unpacked, "student.py").is_file()
    assert not Path(unpacked).exists()


def test_an_archive_alone_in_a_folder_and_a_file_alone(tmp_path: Path) -> None:
    put(tmp_path / "anna" / "readme.txt")
    packed(tmp_path / "anna" / "Abgabe.ZIP", "x/student.py")
    assert found(tmp_path / "anna") == "x/student.py"
    assert found(put(tmp_path / "anna_1234_student.py")) == "."


def test_the_highest_is_meant(tmp_path: Path) -> None:
    put(tmp_path / "anna" / "student.py")
    put(tmp_path / "anna" / "old" / "student.py", "no")
    assert found(tmp_path / "anna") == "student.py"


def test_accents_are_the_same_however_they_are_written(tmp_path: Path) -> None:
    name = "étudiant.py"
    path = packed(tmp_path / "a.zip", unicodedata.normalize("NFD", name))
    assert unicodedata.normalize("NFC", found(path, f"{name}:lenet")) == name


def test_what_is_not_there(tmp_path: Path) -> None:
    put(tmp_path / "anna" / "studnet.py")
    (tmp_path / "empty").mkdir()
    put(tmp_path / "notes.txt")
    assert "no such file" in refused(tmp_path / "nobody")
    assert "(studnet.py?)" in refused(tmp_path / "anna")
    assert "no Python file" in refused(tmp_path / "empty")
    assert "no folder, no .zip" in refused(tmp_path / "notes.txt")


def test_two_are_one_too_many(tmp_path: Path) -> None:
    put(tmp_path / "anna" / "a" / "student.py")
    put(tmp_path / "anna" / "b" / "student.py")
    assert "more than one" in refused(tmp_path / "anna")


@pytest.mark.parametrize("name", ["/tmp/student.py", "../student.py", "a/../../student.py",
                                  "..\\student.py", "C:\\student.py", "c:student.py"])  # fmt: skip
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", "student.py", name)
    assert "leads out of the archive" in refused(path)
    assert {p.name for p in tmp_path.iterdir()} == {"a.zip"}


def test_a_link_and_a_password(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("student.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "a link" in refused(tmp_path / "link.zip")
    data = bytearray(packed(tmp_path / "locked.zip", "student.py").read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert "has a password" in refused(tmp_path / "locked.zip")


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "teacher" / "student.py")
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "src").symlink_to(tmp_path / "teacher")
    assert "no Python file" in refused(tmp_path / "anna")


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real limit once, by a member of zeros; and many members that only together are above."""
    big = packed(tmp_path / "big.zip", "student.py", text="0" * (entries.UNPACKED + 1))
    assert big.stat().st_size < 2**17
    assert "64 MiB when unpacked" in refused(big)
    monkeypatch.setattr(entries, "UNPACKED", 1000)
    many = packed(
        tmp_path / "many.zip", "student.py", *(f"{i}.txt" for i in range(3)), text="0" * 400
    )
    assert "when unpacked" in refused(many)
    assert found(packed(tmp_path / "few.zip", "student.py", "1.txt")) == "student.py"


def test_too_much_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_ENTRIES", 3)
    for i in range(4):
        put(tmp_path / "anna" / f"{i}.txt")
    assert "too many files" in refused(tmp_path / "anna")
    many = packed(tmp_path / "many.zip", *(f"{i:050}.txt" for i in range(3000)))
    assert "directory is too large" in refused(many)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_damage(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"no archive")
    assert "not a readable .zip" in refused(tmp_path / "no.zip")
    assert "two files of one name" in refused(
        packed(tmp_path / "2.zip", "student.py", "student.py")
    )
    assert "not a readable .zip" in refused(packed(tmp_path / "3.zip", "a", "a/student.py"))


@pytest.mark.parametrize(("word", "good"), [
    ("student.py:lenet", True), ("src/net.py:f_1", True), ("étudiant.py:réseau", True),
    ("student.py", False), ("student:lenet", False), ("student.py:", False),
    ("student.py:1f", False), ("a.py:b.py:c", False),
])  # fmt: skip
def test_what_an_entry_is(word: str, good: bool) -> None:
    assert (ENTRY.fullmatch(word) is not None) == good
