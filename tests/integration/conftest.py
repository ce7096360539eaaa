"""One service for each module, one key and a clean provider for each test."""

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.service import CREDENTIAL, RunningService, running_service


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    os.environ["OPENAI_API_KEY"] = os.environ["ANTHROPIC_API_KEY"] = CREDENTIAL
    with running_service(tmp_path_factory.mktemp("service")) as service:
        yield service
    del os.environ["OPENAI_API_KEY"], os.environ["ANTHROPIC_API_KEY"]


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    shared_service.provider.reset()
    return shared_service


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx.Client]:
    with service.client(service.key()) as client:
        yield client
