"""A run does not start with a compiler that nothing in it compiles by."""

import subprocess
import sys

PROGRAM = """
import sys, torch
whole = torch.compile
from itemwise.models.local.eager_bitsandbytes import bitsandbytes
print("torch._inductor.compile_fx" in sys.modules, torch.compile is whole, hasattr(bitsandbytes.nn, "Linear4bit"))
"""


def test_bitsandbytes_is_imported_without_the_compiler_which_stays_as_it_was() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=300)
    assert ran.stdout.split() == ["False", "True", "True"]
