"""Words for messages: what was most likely meant, and lists that stay short."""

from __future__ import annotations

from verify.words import SHOWN, guessed, listed, near, nearest

TENSORS = ["C1.W", "C1.dW", "C3.dW", "F6.z"]


def test_a_list_says_how_many_more_there_are() -> None:
    names = [f"n{i}" for i in range(SHOWN + 2)]
    assert listed(names[:SHOWN]) == "n0, n1, n2, n3, n4, n5, n6, n7"
    assert listed(names) == "n0, n1, n2, n3, n4, n5, n6, n7 and 2 more"
    assert listed(names, 1) == "n0 and 9 more"
    assert listed([]) == ""


def test_the_nearest_names_whatever_their_case() -> None:
    assert near("c3.dw", TENSORS)[0] == "C3.dW"
    assert near("c3.dw", TENSORS, 1) == ["C3.dW"]
    assert near("loss.probs", TENSORS) == []


def test_where_none_is_near_the_first_are_shown() -> None:
    assert nearest("loss.probs", TENSORS) == "C1.W, C1.dW, C3.dW, ..."
    assert nearest("C1.dV", TENSORS).startswith("C1.dW")


def test_a_guess_is_a_question_and_long_names_are_cut() -> None:
    assert guessed("C3.dV", TENSORS) == "'C3.dV' (C3.dW?)"
    assert guessed("conv2.dW", TENSORS) == "'conv2.dW'"  # another layer is a false hint
    assert guessed("x" * 200, TENSORS) == repr("x" * 80)
