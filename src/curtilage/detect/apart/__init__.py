"""Looking for names in a process apart: beside the loop of a service, and with an end.

Names cost thirty times what patterns do, in Python that no thread can share. `client` is
what a service asks, `process` what answers, `frames` how they speak.
"""
