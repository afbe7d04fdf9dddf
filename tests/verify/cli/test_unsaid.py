"""Networks and mappings that nobody said: found where the numbers tell, and said."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from lenet_ref import initial
from lenet_ref.networks import preset
from tests.docs.derivation import ROOT
from verify.cli import main

STUDENT = ROOT / "examples" / "mnist_student.py"
SEQUENTIAL = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("student", {str(STUDENT)!r})
student = importlib.util.module_from_spec(spec)
spec.loader.exec_module(student)
LAYERS = {{"conv1": 0, "conv2": 3, "fc1": 7, "fc2": 9, "fc3": 11}}
WORDS = {{"kernel": "weight", "bias": "bias"}}

def run(params, images, labels):
    mine = {{f"{{ours}}/{{word}}": params[f"net[{{i}}].{{WORDS[word]}}"]
            for ours, i in LAYERS.items() for word in WORDS}}
    out = student.run(mine, images, labels)
    return {{f"net[{{i}}].{{WORDS[word]}}.grad": out[f"grad/{{ours}}/{{word}}"]
            for ours, i in LAYERS.items() for word in WORDS}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_her_network_and_her_mapping_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{STUDENT}:run", "--map", "--seed", "0"]) == 1
    said = capsys.readouterr().out
    first, second = said.splitlines()[:2]
    assert first.startswith("note: --network mnist28 (the usual MNIST network")
    assert "12 of 12 arrays have numbers of its tensors" in first
    assert second.startswith('note: mapping proposed, 12 names; volumes = "NHWC"')
    assert "cause: C3.dW equals the reference x 1/N = 1/3: 1/N was applied twice" in said


def test_a_mapping_says_of_which_networks_it_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", f"{STUDENT}:run", "--out", "theirs.toml"]) == 0
    assert capsys.readouterr().out.startswith("--network mnist28 (")
    text = Path("theirs.toml").read_text()
    assert text.startswith("# --network mnist28 (") and '"grad/fc1/kernel" = "F5.dW"' in text
    assert main(["check", f"{STUDENT}:run", "--mapping", "theirs.toml", "--seed", "0"]) == 1
    assert "guilty layer: C3" in capsys.readouterr().out
    Path("wrong.toml").write_text('[names]\nw = "F8.W"\n')
    assert main(["check", f"{STUDENT}:run", "--mapping", "wrong.toml"]) == 2
    assert "'w' leads to 'F8.W'" in capsys.readouterr().err


def test_places_in_a_list_are_asked_for_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    """3 is not the third layer with parameters, and 11 is none."""
    Path("listed.py").write_text(SEQUENTIAL)
    assert main(["map", "listed.py:run", "--network", "mnist28"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for name, ours in (("net[0]", "C1"), ("net[3]", "C3"), ("net[7]", "F5"), ("net[11]", "F7")):
        assert f'"{name}.weight" = "{ours}.W"' in said
        assert f'"{name}.bias.grad" = "{ours}.db" # numbers' in said


def test_who_has_names_of_its_own_is_told_what_finds_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", f"{STUDENT}:run", "--network", "mnist28"]) == 1
    said = capsys.readouterr().out
    assert "it is handed C1.W, C1.b, ...: names of its own? add --map" in said
    Path("slip.py").write_text("def run(params, images, labels): return {}['C1.W']\n")
    main(["check", "slip.py:run", "--network", "mnist28"])
    assert "--map" not in capsys.readouterr().out


def as_printed(folder: Path, suffix: str) -> None:
    """Everything she has of four images, inputs too, in a file each under her names."""
    sys.path.insert(0, str(STUDENT.parent))
    student = importlib.import_module("mnist_student")
    sys.path.pop(0)
    arch, rng = preset("mnist28"), np.random.default_rng(0)
    ours, hers = initial(arch, 0), {}
    layers = [layer.name for layer in arch.layers if layer.parameter_shapes]
    for name, layer in zip(("conv1", "conv2", "fc1", "fc2", "fc3"), layers, strict=True):
        W = ours[f"{layer}.W"]
        if name == "fc1":
            W = W.reshape(-1, 16, 4, 4).transpose(0, 2, 3, 1).reshape(len(W), -1)
        hers[f"{name}/kernel"] = W.transpose(2, 3, 1, 0) if W.ndim > 2 else W.T
        hers[f"{name}/bias"] = ours[f"{layer}.b"]
    given = rng.random((4, 28, 28, 1)), np.array([3, 1, 4, 1])
    every = {"images": given[0], "labels": given[1], **hers, **student.run(hers, *given)}
    folder.mkdir()
    for name, value in every.items():
        rows = np.reshape(value, (len(value), -1) if np.ndim(value) else (1, 1))
        whole = np.asarray(value).dtype.kind == "i"
        path = folder / f"{name.replace('/', '_')}.{suffix}"
        np.savetxt(path, rows, "%d" if whole else "%.17g", "," if suffix == "csv" else " ")


@pytest.mark.parametrize("suffix", ["txt", "csv"])
def test_texts_under_names_of_her_own(suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of a table are no axis, and a flat one has no shape: the numbers tell."""
    as_printed(Path("printed"), suffix)
    Path(f"printed/README.{suffix}").write_text("my network, all of it\n")
    assert main(["check", "printed", "--map"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("note: --network mnist28") and "14 of 14 arrays have numbers" in said
    assert "guilty layer: C3" in said and f"ignored: README.{suffix}" in said


def test_options_are_of_a_network_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", f"{STUDENT}:run", "--option", "reg=0.1"]) == 2
    assert "--option: which network has them?" in capsys.readouterr().err


def test_what_no_network_has(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.py").write_text("def run(params, images, labels): return {'y': images.sum() * 7}\n")
    assert main(["check", "other.py:run"]) == 2
    assert "which network? none with a name fits" in capsys.readouterr().err


OWN = """
import numpy as np
RNG = np.random.default_rng({seed})
W, U = RNG.normal(size=(784, 30)), RNG.normal(size=(30, 10))
def run(params, images, labels):
    net = {{**params}}
    x = images.reshape(len(images), -1)
    return {{"h": np.maximum(x @ W, 0), "logits": np.maximum(x @ W, 0) @ U + {noise}}}
"""


@pytest.mark.parametrize(
    ("noise", "said"),
    [("0", "does not depend on the parameters"), ("RNG.normal()", "is another each time")],
)
def test_who_has_weights_of_its_own_is_told_so(
    noise: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The parameters were copied to attributes that nobody reads: a wall of guesses was all."""
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(OWN.format(seed=1, noise=noise))
    assert main(["map", "own.py:run", "--network", "mnist28"]) == 2
    err = capsys.readouterr().err
    assert f"what it answers {said}: it has weights of its own" in err and "C1.W" in err


TURNED = """
import numpy as np
from lenet_ref import modern, run as made
def run(params, images, labels):
    found = made(modern(), params, images, labels)
    return {k: np.moveaxis(v, 1, -1) if v.ndim == 4 and k[-1] not in "W" else v
            for k, v in found.items()}
"""


def test_who_takes_ours_and_answers_with_maps_last_is_handed_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One map makes no difference to the numbers of an image, and to its shape it does."""
    monkeypatch.chdir(tmp_path)
    Path("turned.py").write_text(TURNED)
    assert main(["check", "turned.py:run", "--network", "modern", "--map", "--seed", "0"]) == 0
    assert main(["map", "turned.py:run", "--network", "modern"]) == 0
    assert 'inputs = "ours"' in capsys.readouterr().out
