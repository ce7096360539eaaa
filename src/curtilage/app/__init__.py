"""The composition root: builds everything once, wires it, runs it. No rule of the product.

- Configuration: `settings`; `configuration` takes it over anew, `succession` policies.
- Processes: `supervise` starts each `child` by `__main__`; it runs one of `roles` and is
  reached by `serving` and `tls`; a worker's role is apart in `gateway_role`.
- The control process: `control` builds it on a `foundation`, with its `ledger`,
  `leadership`, `console` and `metrics`; `changes` says what is new, `running` runs jobs.
- A worker: `worker` builds it, `worker_jobs` run beside its calls, and `snapshots` are what
  it decides by. `link`, with `frames` and `link_data`, is its only way to the `plane`.
- The package in an application: `library`, `local` and `privacy` know no service; `durable`
  and `texts` with its `maps` work on an installation.
- Commands: `backup` and `restore_backup` with `manifest` and `draft`, `offline`, `opening`.
"""
