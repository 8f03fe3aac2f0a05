import numpy as np

from tunescope.storage import write_arrays


def test_whoever_may_read_the_folder_may_read_its_files(tmp_path):
    tmp_path.chmod(0o755)
    write_arrays(tmp_path / "a.safetensors", {"x": np.zeros(2)})
    assert (tmp_path / "a.safetensors").stat().st_mode & 0o777 == 0o644
