"""What can be wrong with a policy."""

from curtilage.core.errors import InputError, NotFoundError


class PolicyError(InputError):
    """The detail names the place in the file, never what stands there."""

    code = "consent.policy"
    title = "The policy was not understood"
    hint = "`curtilage policy show balanced` prints a policy that is understood."


class UnknownPolicy(NotFoundError):
    code = "consent.unknown-policy"
    title = "There is no policy of that name"
    hint = "`curtilage policy show` lists the policies."
