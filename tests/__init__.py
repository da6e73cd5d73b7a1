"""One thread of linear algebra per process, also in the servers and command lines that tests start.

Several processes share the machine's cores; threads that wait for each other cost more than they save.
Here, because nothing has imported numpy yet.
"""

import os

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
