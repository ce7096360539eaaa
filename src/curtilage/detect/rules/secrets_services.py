"""Keys of payment, messaging and mail services."""

from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.secrecy import decode_base64url, is_token, is_token_behind_ids


def _is_discord(value: str) -> bool:
    """The first segment is the bot's numeric id in base64."""
    head = decode_base64url(value.partition(".")[0])
    return head is not None and head.isdigit()


KINDS = (
    Kind(
        type="SEC_STRIPE",
        title="Stripe key",
        category="secret.key.payment",
        citation="Stripe docs, API keys; the prefix says the mode",
        forms=(
            Form(r"(?:sk|rk)_(?:test|live|prod)_[0-9A-Za-z]{10,99}", score=0.97),
            Form(r"whsec_[0-9A-Za-z+/]{32,64}={0,2}", score=0.95),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_SQUARE",
        title="Square token",
        category="secret.token.payment",
        citation="Square docs, access tokens",
        forms=(
            Form(r"EAAA[0-9A-Za-z_+=\-]{60}", edge=Edge.TOKEN),
            Form(r"sq0(?:atp|csp)-[0-9A-Za-z_\-]{22,43}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_PAYPAL_BRAINTREE",
        title="Braintree token",
        category="secret.token.payment",
        citation="Braintree docs, access tokens",
        forms=(Form(r"access_token[$](?:production|sandbox)[$][0-9a-z]{16}[$][0-9a-f]{32}"),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_SHOPIFY",
        title="Shopify token",
        category="secret.token.payment",
        citation="Shopify docs, access token formats",
        forms=(Form(r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_PLAID",
        title="Plaid access token",
        category="secret.token.payment",
        citation="Plaid docs, access tokens",
        forms=(
            Form(
                r"access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_SLACK",
        title="Slack token",
        category="secret.token.messaging",
        citation="Slack docs, token types",
        forms=(
            Form(
                r"xox[abeoprs]-(?:[0-9]{1,2}-)?[0-9A-Za-z\-]{20,250}",
                score=0.95,
                edge=Edge.TOKEN,
                trigger=r"xox[abeoprs]-[0-9A-Za-z\-]{20,}",
            ),
            Form(r"xapp-[0-9]-[0-9A-Z]{9,12}-[0-9]{10,14}-[0-9a-f]{64}", score=0.97),
            Form(
                r"xoxe[.]xox[bp]-[0-9]-[0-9A-Za-z]{140,200}",
                score=0.97,
                trigger=r"xoxe[.]xox[bp]-[0-9]-[0-9A-Za-z]{100,}",
            ),
        ),
        check=is_token_behind_ids,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_WEBHOOK",
        title="Incoming webhook address",
        category="secret.credential.webhook",
        citation="docs of Slack, Microsoft Teams, Discord: who has the address may post",
        forms=(
            Form(
                r"https://hooks[.]slack[.]com/(?:services|workflows|triggers)/[0-9A-Za-z_/+\-]{40,100}",
                edge=Edge.TOKEN,
                trigger=r"https://hooks[.]slack[.]com/(?:services|workflows|triggers)/[0-9A-Za-z_/+\-]{40,}",
            ),
            Form(
                r"https://[0-9a-z\-]{1,63}[.]webhook[.]office[.]com/webhookb2/[0-9A-Za-z@\-]{36,80}/IncomingWebhook/[0-9A-Za-z]{16,40}/[0-9A-Za-z\-]{16,60}",
                edge=Edge.TOKEN,
                trigger=r"https://[0-9a-z\-]+[.]webhook[.]office[.]com/webhookb2/[0-9A-Za-z@\-]{36,}/IncomingWebhook/[0-9A-Za-z]+/[0-9A-Za-z\-]{16,}",
            ),
            Form(
                r"https://(?:ptb[.]|canary[.])?discord(?:app)?[.]com/api/webhooks/[0-9]{17,20}/[0-9A-Za-z_\-]{60,68}",
                edge=Edge.TOKEN,
            ),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_SENDGRID",
        title="SendGrid key",
        category="secret.key.messaging",
        citation="Twilio SendGrid docs, API keys",
        forms=(Form(r"SG[.][0-9A-Za-z_\-]{22}[.][0-9A-Za-z_\-]{43}", score=0.98, edge=Edge.TOKEN),),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_MAIL",
        title="Mailgun, Mailchimp or Brevo key",
        category="secret.key.messaging",
        citation="docs of Mailgun, Mailchimp, Brevo",
        forms=(
            Form(r"[0-9a-f]{32}-us[0-9]{1,2}", B, 0.75),
            Form(r"xkeysib-[a-f0-9]{64}-[0-9A-Za-z]{16}", N, 0.97),
            Form(r"key-[0-9a-f]{32}", R, 0.8),
        ),
        check=is_token,
        words=("mailgun", "mailchimp", "brevo", "sendinblue", "mandrill"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_TWILIO",
        title="Twilio key",
        category="secret.key.messaging",
        citation="Twilio docs, SIDs: two letters and 32 hexadecimal digits",
        forms=(Form(r"(?:SK|AC)[0-9a-f]{32}", B, 0.75),),
        check=is_token,
        words=("twilio", "account sid", "api key sid"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_TELEGRAM",
        title="Telegram bot token",
        category="secret.token.messaging",
        citation="Telegram Bot API, authorizing your bot",
        forms=(Form(r"[0-9]{5,16}:A[0-9A-Za-z_\-]{34}", edge=Edge.TOKEN),),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_DISCORD",
        title="Discord bot token",
        category="secret.token.messaging",
        citation="Discord docs: the first segment is the id in base64",
        forms=(
            Form(
                r"[MNO][0-9A-Za-z_\-]{23,25}[.][0-9A-Za-z_\-]{6}[.][0-9A-Za-z_\-]{27,38}",
                edge=Edge.TOKEN,
            ),
        ),
        check=_is_discord,
        strength=Strength.DOUBLE,
    ),
)
