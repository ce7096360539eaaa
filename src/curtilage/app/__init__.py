"""The composition root: builds everything once, wires it, runs it.

`settings` reads the configuration, `control` builds the control process,
`worker` a gateway worker, `link` joins the two over a Unix socket, `supervise`
starts and watches processes, `library` is the in-process face of the package.
No rule of the product lives here.
"""
