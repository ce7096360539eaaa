"""Runs a supervised process: `python -m curtilage.app NAME`, which `supervise` does.

What is loaded here stays for good. Looking for cycles in it, over and over while there is more
of it, took a sixth of the time until a process was ready; it collects again from then on.
"""

import gc
import sys

if __name__ == "__main__":
    gc.disable()
    from curtilage.app.child import main  # loads nearly all that there is

    sys.exit(main())
