"""What every test may take. At most ten fixtures; the rest are builders."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.cache_home import use_cache_home
from tests.fakes import FixedClock, FixedEntropy, FixedIds
from tests.network import block_network

# `quick` is what `make quick` and `make test` run; `make deep` passes `--hypothesis-profile deep`.
# No deadlines: a loaded machine is not a failed property (timing is measured in bench/).
settings.register_profile(
    "quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "deep", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")


LONG = ("integration", "contract", "browser")  # suites that run services


def pytest_configure() -> None:
    block_network()
    use_cache_home()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long suites first: of several workers none is left alone with one at the end."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in LONG)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def ids() -> FixedIds:
    return FixedIds()


@pytest.fixture
def entropy() -> FixedEntropy:
    return FixedEntropy()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data directory, as `--data-dir` takes it."""
    path = tmp_path / "data"
    path.mkdir()
    return path


@pytest.fixture
def key_dir(tmp_path: Path) -> Path:
    """An empty key directory, apart from the data."""
    path = tmp_path / "keys"
    path.mkdir(mode=0o700)
    return path
