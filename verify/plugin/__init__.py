"""The plugin for pytest: each tensor of each case is a test.

The entry point ``lenet_verify`` is :mod:`verify.plugin.hooks`.  This package may be named as a
plugin, too (``-p verify.plugin``): the hooks are registered once, whichever comes first.
"""

from __future__ import annotations

import pytest

__all__ = ["NAME", "pytest_addoption"]
NAME = "lenet_verify"
"""Of the plugin; ``-p no:lenet_verify`` turns it off."""


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the hooks, if they are not; one that is turned off stays so."""
    from verify.plugin import hooks

    if not pluginmanager.has_plugin(NAME) and not pluginmanager.is_blocked(NAME):
        pluginmanager.register(hooks, NAME)
