"""The larger tagger where its extra is not installed."""

import subprocess
import sys

import pytest

LOAD = """
import sys
sys.modules["{package}"] = None  # as where it is not installed
from curtilage.core.errors import SetupError
from curtilage.detect.tagger.build import open_tagger
assert open_tagger("compact", {{}}).tag("Kind regards,\\nPriya Raman")
try:
    open_tagger("transformer", {{}})
except SetupError as error:
    print(error.detail, error.advice)
"""


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_it_is_refused_with_the_name_of_the_extra_and_the_compact_one_is_not(package: str) -> None:
    code = LOAD.format(package=package)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "needs onnxruntime and tokenizers" in ran.stdout
    assert "extra `tagger`" in ran.stdout
