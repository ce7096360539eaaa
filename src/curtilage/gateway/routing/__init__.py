"""Where model names lead, and how the upstreams there fare: the page for people at work.

`rules` sums up what workers report and asks the route table where a model would
go, `service` does so for whoever may know. Which upstream serves a call is not
decided here: see `routes`, `choosing` and `channel`.
"""
