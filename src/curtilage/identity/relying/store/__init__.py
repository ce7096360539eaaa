"""Where sessions of an app are kept: in one process, or in a file for several."""
