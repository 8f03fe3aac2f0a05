"""Write the modules of the report page where the checks of this folder read them: `python write_modules.py`."""

from pathlib import Path
from shutil import rmtree

from tunescope.report._page._modules import write_modules

folder = Path(__file__).parent / "modules"
rmtree(folder, ignore_errors=True)
print(f"{len(write_modules(folder))} modules in {folder}")
