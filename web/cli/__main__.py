"""`python -m web.cli`: the same as the command `bacap`."""

import sys

from . import main

sys.exit(main())
