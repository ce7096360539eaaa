"""One service for each module, one key and a clean provider for each test.

`house` is the service as processes, one for all tests that leave it as it was.
After the last test, the places of every service are searched for what suites planted.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from curtilage.app.logs import SilentFormatter
from tests.integration.processes import House, open_house
from tests.integration.service import CREDENTIAL, RunningService, running_service
from tests.planted import find_everywhere, remember

PATIENCE = 240  # seconds for a test and its service, on a machine that is busy elsewhere


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """More time than others have: `eventually` is to say what did not come about, and first."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE))


@pytest.fixture(scope="session", autouse=True)
def nothing_planted_is_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The first fixture to be made, so that it looks after all services have stopped.

    What services in this process log is written as one of their own would write it."""
    log = tmp_path_factory.mktemp("logs") / "in-process.log"
    handler = logging.FileHandler(log)
    handler.setFormatter(SilentFormatter())
    logging.getLogger().addHandler(handler)
    remember(log)
    yield
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert find_everywhere() == []


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, CREDENTIAL)
        with running_service(tmp_path_factory.mktemp("service")) as service:
            yield service


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    shared_service.provider.reset()
    return shared_service


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx.Client]:
    with service.client(service.key()) as client:
        yield client


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(shared_house: House) -> House:
    shared_house.provider.reset()
    return shared_house
