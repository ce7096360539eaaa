"""What calls are about that are more than one document in and one reply out.

`uploading` takes a file in, `making` makes something of files, `acting` reads or ends what
a caller holds, `paging` lists it, `sound` has a recording written down. `formbody` is the
body of those that come as a form. What they keep and read with is in `gateway.files`.
"""
