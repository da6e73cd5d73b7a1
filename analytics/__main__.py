"""`python -m analytics`: the command line."""

import sys

from analytics.commands import main

sys.exit(main())
