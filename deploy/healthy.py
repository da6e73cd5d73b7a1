"""Whether the app answers: exit 0 if it does. For the container's health check; the image has no curl."""

import sys
from urllib.request import urlopen

try:
    with urlopen("http://127.0.0.1:8501/_stcore/health", timeout=4) as answer:
        sys.exit(answer.read() != b"ok")
except OSError as error:
    sys.exit(f"no answer: {error}")
