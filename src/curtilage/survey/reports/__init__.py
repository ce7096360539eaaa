"""Reports: one module for each form. None holds a value unless values were asked for.

A report is written as results come, in their order: what was found in a terabyte
need not fit into memory.
"""
