"""The grant that comes of a person's yes."""

from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.models.requests import NO_CLAIMS, Authentication, ClaimsAsked
from curtilage.identity.oauth.rules.refresh import grant_expiry
from curtilage.identity.oauth.service.ground import Ground


def new_grant(
    ground: Ground,
    by: Authentication,
    *,
    client: str,
    scopes: tuple[str, ...],
    resources: tuple[str, ...],
    session: str,
    claims: ClaimsAsked = NO_CLAIMS,
    jkt: str = "",
    details: tuple[str, ...] = (),
) -> Grant:
    """A grant by this person now. It ends with `session`, "" where it hangs on none."""
    at = ground.now()
    return Grant(
        id=ground.ids.new(),
        tenant=ground.tenant,
        client=client,
        person=by.person,
        session=session,
        scopes=scopes,
        resources=resources,
        auth_time=by.at,
        acr=by.acr,
        amr=by.amr,
        made_at=at,
        expires_at=grant_expiry(at),
        claims=claims,
        jkt=jkt,
        details=details,
    )
