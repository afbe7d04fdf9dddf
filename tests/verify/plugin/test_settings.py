"""What is said on the command line and in the ini file: obeyed, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.plugin import folder, ran
from verify.errors import InputError
from verify.plugin.request import Asked, settled
from verify.plugin.settings import KEYS, Named
from verify.plugin.told import spoken

pytest_plugins = ["pytester"]
SMALL = {"network": "small.toml", "regimes": "signed", "batches": "3,1"}


def asked(pytester: pytest.Pytester, subject: str = "net.py:run", **said: str) -> Asked:
    folder(pytester)
    return settled(Named("", subject, {**SMALL, **said}), 5)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({"network": "modern"}, lambda a: "C3.dW" in a.tensors),
        ({"tier": "float32"}, lambda a: a.tier == "float32"),
        ({"regimes": "ties signed"}, lambda a: ("ties", 3) in a.places),
        ({"batches": "4"}, lambda a: a.places == (("signed", 4), ("other-weights", 4))),
        ({"seed": "7"}, lambda a: a.request.seed == 7),
        ({"seed": "random"}, lambda a: a.request.seed == 5),
        ({"require": "all"}, lambda a: a.request.require == "all"),
        ({"conventions": "affine=in-out"}, lambda a: a.request.source.layout["affine"] == "in-out"),
        ({"options": "reg=0.1"}, lambda a: a.request.source.options == (("reg", 0.1),)),
        ({"reproducible": "true"}, lambda a: a.request.reproducible),
        ({"seconds": "2.5"}, lambda a: a.request.limits.seconds == 2.5),
        ({"allow": "scipy, numba"}, lambda a: a.request.allow == ("scipy", "numba")),
        ({"secret": "."}, lambda a: a.request.secret == (Path(),)),
        ({"memory": "512"}, lambda a: a.request.limits.memory == 512),
        ({"map": "yes"}, lambda a: a.named.flag("map")),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_obeyed(said: dict[str, str], seen: object, pytester: pytest.Pytester) -> None:
    found = asked(pytester, **said)
    assert callable(seen)
    assert seen(found)
    assert not seen(asked(pytester))
    for key in {*said} - {"seed"}:
        option = {"batches": "batch", "regimes": "regime"}.get(key, key.removesuffix("s"))
        assert f"--{option}" in found.again or f"--{key}" in found.again


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"network": "mnist82"}, "no such network.*mnist28"),
        ({"network": "absent.toml"}, "absent.toml"),
        ({"mapping": "absent.toml"}, "absent.toml"),
        ({"tier": "float16"}, "--lenet-tier: no such choice"),
        ({"regimes": "singed"}, "--lenet-regimes: no such choice.*signed"),
        ({"secret": "absent"}, "--lenet-secret: no such folder"),
        ({"batches": "0"}, "--lenet-batches: unusable value"),
        ({"batches": "two"}, "--lenet-batches: unusable value"),
        ({"seed": "-1"}, "--lenet-seed: unusable value"),
        ({"require": "some"}, "--lenet-require: no such choice"),
        ({"conventions": "affine=sideways"}, "affine"),
        ({"options": "reg"}, "reg"),
        ({"reproducible": "perhaps"}, "--lenet-reproducible: neither true nor false"),
        ({"seconds": "0"}, "--lenet-seconds: unusable value"),
        ({"memory": "1"}, "--lenet-memory: unusable value"),
        ({"data": "absent"}, "absent"),
        ({"weights": "absent.npz"}, "absent.npz"),
        ({"case": "golden"}, "means nothing for who answers"),
        ({"program": "true", "reproducible": "true"}, "cannot be obeyed together"),
        ({"program": "true", "allow": "numpy"}, "cannot be obeyed together"),
        ({"program": "true", "secret": "."}, "cannot be obeyed together"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_refused(said: dict[str, str], message: str, pytester: pytest.Pytester) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        asked(pytester, **said)
    assert "\n" not in str(caught.value)


def test_every_setting_is_tried() -> None:
    tried = {
        key
        for test in (test_obeyed, test_refused)
        for case in test.pytestmark[0].args[1]  # type: ignore[attr-defined]
        for key in case[0]
    }
    assert tried == {*KEYS}


def test_files_are_asked_nothing(pytester: pytest.Pytester) -> None:
    with pytest.raises(InputError, match=r"--lenet-regimes and small\.toml: means nothing"):
        asked(pytester, "small.toml")


def test_messages_speak_of_our_options() -> None:
    assert spoken("add --network NAME, --batch 3 or --out") == (
        "add --lenet-network NAME, --lenet-batches 3 or --out"
    )


@pytest.mark.parametrize(
    ("ini", "words", "said"),
    [
        ("", ["--lenet-tier", "float32"], "--lenet-tier: of which subject?*"),
        ("", ["--lenet-subject", "nte.py:run"], "*no such file; got nte.py"),
        ("lenet_network =\n", ["--lenet-subject", "net.py:run"], "*which network?*"),
        ("lenet_subjects =\n  a = net.py:run\n  a = net.py:wrong\n", [], "*two subjects of one*"),
        ("lenet_subjects =\n  net.py:run\n", [], "*unusable line*NAME = SUBJECT*"),
        ("lenet_subjects =\n  a = net.py:run teir=float32\n", [], "*no such setting*tier*"),
        ("lenet_subject = a.py:f\nlenet_subjects =\n  a = net.py:f\n", [], "*said in two ways*"),
        ("lenet_subject = net.py:run\nlenet_expected = absent.txt\n", [], "*absent.txt*"),
    ],
)
def test_a_slip_is_one_line(
    ini: str, words: list[str], said: str, pytester: pytest.Pytester
) -> None:
    folder(pytester)
    path = pytester.path / "pytest.ini"
    text = path.read_text().replace("lenet_network = small.toml\n", "" if "network" in ini else
                                    "lenet_network = small.toml\n")  # fmt: skip
    path.write_text(text + ini)
    result = ran(pytester, *words)
    told = [line for line in result.errlines if line]
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len(told) == 1
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
