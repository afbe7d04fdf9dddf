"""Which rule bounds which operation.  An operation without a rule cannot be judged."""

from __future__ import annotations

from lenet_ref import families
from verify.expected.families import OPERATIONS
from verify.tolerance import activation, regulariser
from verify.tolerance.sums import Rule, flatten, link, unflatten

__all__ = ["RULES"]
_FILES = families.room("verify.tolerance", families.every(), "RULES")
RULES: dict[str, Rule] = {
    "link": link,
    "flatten": flatten,
    "unflatten": unflatten,
    **activation.RULES,
    **regulariser.RULES,
    **families.merged(_FILES.values(), "RULES"),
}
families.agree("verify.tolerance", RULES, OPERATIONS)
