"""What pytest loads in every run: options, a marker, fixtures; neither numpy nor torch."""

from __future__ import annotations

import pytest

from lenet_ref.errors import LeNetError
from verify.plugin import settings
from verify.plugin.fixtures import lenet_check as lenet_check  # pytest looks for them here
from verify.plugin.fixtures import lenet_verify as lenet_verify

MARK = "lenet(subject, layer, tensor, symbol, regime, batch, tier, about): a test of a subject"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options, and what the ini file may say."""
    settings.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Understand what is said of subjects; a slip is one line, before anything is collected."""
    config.addinivalue_line("markers", MARK)
    try:
        if subjects := settings.named(config):
            from verify.plugin.running import begin  # numpy comes with it

            begin(config, subjects)
        elif typed := settings.idle(config):
            raise pytest.UsageError(f"{typed}: of which subject? add --lenet-subject"
                                    " file.py:callable")  # fmt: skip
    except LeNetError as error:
        raise pytest.UsageError(str(error)) from None
