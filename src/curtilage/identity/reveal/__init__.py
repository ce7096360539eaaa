"""Reveals: seeing a raw value in the console, for a reason, with a second person's word.

A *reveal* is one request to see one value: asked by somebody with a reason, approved or
refused by somebody else, opened once by whoever asked. What holds the values is not known
here: `ports.Originals` finds and opens them. Each step is one Event, written before a value
is shown; none holds the value.

Not here: giving values back to those who sent them (the gateway does), and what the operator
of the machine does with its keys (`curtilage restore`, `curtilage ledger open`).
"""
