import subprocess
import sys

import pytest

# In a process of its own: what the import freezes would stay frozen for every other test.
_LOADED = """
import pipelines.worker_preload
from crawler.extraction import language
from core.text import analyser

print(language._identifier.cache_info().currsize, analyser._sastrawi.cache_info().currsize)
"""


@pytest.mark.process
def test_model_and_dictionary_are_loaded_on_import() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
    assert not done.stderr
