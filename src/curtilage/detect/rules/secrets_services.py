"""Keys of payment, messaging and mail services."""

from curtilage.detect.issued import is_discord
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.named_values import ALNUM, HEX, URLSAFE, UUID, named
from curtilage.detect.secrecy import is_generated, is_random, is_token, is_token_behind_ids

KINDS = (
    Kind(
        type="SEC_STRIPE",
        title="Stripe key",
        category="secret.key.payment",
        citation="Stripe docs, API keys; the prefix says the mode",
        forms=(
            Form(r"(?:sk|rk)_(?:test|live|prod)_[0-9A-Za-z]{10,247}", score=0.97),
            Form(r"whsec_[0-9A-Za-z+/]{32,64}={0,2}", score=0.95),
            Form(r"sk_org_(?:test_|live_)?[0-9A-Za-z]{24,200}", score=0.95),
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
            Form(r"sq0(?:atp|csp|idp)-[0-9A-Za-z_\-]{22,43}", edge=Edge.TOKEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_PAYPAL_BRAINTREE",
        title="Key of a payment service or an exchange",
        category="secret.token.payment",
        citation="docs of Braintree, PayPal, Flutterwave, GoCardless, Razorpay, Adyen, Mollie, Mercado Pago, Lob, Coinbase, Kraken, KuCoin, Binance",
        forms=(
            Form(r"access_token[$](?:production|sandbox)[$][0-9a-z]{16}[$][0-9a-f]{32}"),
            Form(r"FLW(?:SECK|PUBK)(?:_TEST)?-[0-9a-zA-Z]{12,40}(?:-X)?", edge=Edge.TOKEN),
            Form(r"rzp_(?:live|test)_[0-9A-Za-z]{14,24}", edge=Edge.TOKEN),
            Form(
                r"AQE[0-9A-Za-z]{3}hmfu[0-9A-Za-z+/=\-]{60,300}",
                edge=Edge.TOKEN,
                trigger=r"AQE[0-9A-Za-z]{3}hmfu[0-9A-Za-z+/=\-]{30,}",
            ),
            Form(r"APP_USR-[0-9]{10,20}-[0-9]{6}-[0-9a-f]{32}-[0-9]{6,12}", edge=Edge.TOKEN),
            Form(r"(?:live|test)_[0-9A-Za-z]{30}", N, 0.8, Edge.TOKEN, check=is_random),
            Form(
                r"live_[0-9A-Za-z_=\-]{36}[0-9A-Za-z_=\-]{4}", N, 0.85, Edge.TOKEN, check=is_random
            ),
            Form(r"(?:live|test)_[a-f0-9]{35}", N, 0.85, Edge.TOKEN),
            named("gocardless|go cardless", rf"live_[{URLSAFE}=]{{40}}", check=is_token),
            named(
                "paypal|pay pal",
                rf"(?:[AE][{URLSAFE}]{{79}}|[{URLSAFE}]{{80}})",
                check=is_generated,
            ),
            named(
                "coinbase|binance|bybit|okx|bitget",
                rf"(?:[{URLSAFE}]{{64}}|[{ALNUM}]{{32}}|[{ALNUM}]{{18,36}})",
                check=is_generated,
            ),
            named(
                "kraken|bitfinex|gemini api", r"[0-9A-Za-z+/_\-]{56,90}={0,2}", check=is_generated
            ),
            named("kucoin", f"(?:[{HEX}]{{24}}|{UUID})", check=is_generated),
            named("bittrex|poloniex|bitstamp|finicity", "[0-9a-z]{32}", check=is_generated),
            named("finicity|finnhub", "[0-9a-z]{20}", check=is_generated),
            named("razorpay", f"[{ALNUM}]{{24}}", check=is_generated),
            named(
                "wepay|klarna|worldpay|authorize net|paddle",
                rf"[{URLSAFE}]{{32,64}}",
                check=is_generated,
            ),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_SHOPIFY",
        title="Shopify token",
        category="secret.token.payment",
        citation="Shopify docs, access token formats",
        forms=(Form(r"shp(?:at|ca|pa|ss|ua|tka|rt)_[a-fA-F0-9]{32}"),),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_PLAID",
        title="Plaid token or key",
        category="secret.token.payment",
        citation="Plaid docs, access tokens, client id and secret",
        forms=(
            Form(rf"access-(?:sandbox|development|production)-{UUID}"),
            named("plaid", "(?:[0-9a-z]{30}|[0-9a-z]{24})", check=is_generated),
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
                r"xox[abcdeoprs]-(?:[0-9]{1,2}-)?[0-9A-Za-z%\-]{20,250}",
                score=0.95,
                edge=Edge.TOKEN,
                trigger=r"xox[abcdeoprs]-[0-9A-Za-z%\-]{20,}",
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
        citation="docs of Slack, Microsoft Teams, Discord, Google Chat, Zapier, Mattermost, Feishu, DingTalk, WeCom: who has the address may post",
        forms=(
            Form(
                r"https://hooks[.]slack(?:-gov)?[.]com/(?:services|workflows|triggers)/[0-9A-Za-z_/+\-]{40,100}",
                edge=Edge.TOKEN,
                trigger=r"https://hooks[.]slack(?:-gov)?[.]com/(?:services|workflows|triggers)/[0-9A-Za-z_/+\-]{40,}",
            ),
            Form(
                r"https://[0-9a-z\-]{1,63}[.]webhook[.]office[.]com/webhookb2/[0-9A-Za-z@\-]{36,80}/IncomingWebhook/[0-9A-Za-z]{16,40}/[0-9A-Za-z\-]{16,60}(?:/[0-9A-Za-z_\-]{20,60})?",
                edge=Edge.TOKEN,
                trigger=r"https://[0-9a-z\-]+[.]webhook[.]office[.]com/webhookb2/[0-9A-Za-z@\-]{36,}/IncomingWebhook/[0-9A-Za-z]+/[0-9A-Za-z\-]{16,}",
            ),
            Form(
                r"https://(?:ptb[.]|canary[.])?discord(?:app)?[.]com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{17,20}/[0-9A-Za-z_\-]{60,68}",
                edge=Edge.TOKEN,
            ),
            Form(
                r"https://[0-9a-z.\-]{4,120}[.]azure[.]com(?::443)?/workflows/[0-9a-f]{32}/triggers/[^\x00-\x20\"'<>]{10,300}sig=[0-9A-Za-z_\-%]{30,90}",
                edge=Edge.TOKEN,
                trigger=r"[.]azure[.]com(?::443)?/workflows/[^\x00]{1,}",
                lead=r"[0-9A-Za-z.:/\-]",
            ),
            Form(
                r"https://chat[.]googleapis[.]com/v1/spaces/[0-9A-Za-z_\-]{8,24}/messages[?]key=[0-9A-Za-z_\-]{30,60}&token=[0-9A-Za-z_\-%=]{30,90}",
                edge=Edge.HEAD,
                trigger=r"https://chat[.]googleapis[.]com/v1/spaces/",
            ),
            Form(
                r"https://hooks[.]zapier[.]com/hooks/catch/[0-9]{4,10}/[0-9A-Za-z]{5,12}/?",
                edge=Edge.HEAD,
            ),
            Form(
                r"https://[0-9A-Za-z.\-]{4,120}/hooks/[a-z0-9]{26}",
                edge=Edge.TOKEN,
                trigger=r"/hooks/[a-z0-9]{26}",
                lead=r"[0-9A-Za-z.:/\-]",
            ),
            Form(
                rf"https://(?:open[.]feishu[.]cn|open[.]larksuite[.]com)/open-apis/bot/v2/hook/{UUID}",
                edge=Edge.TOKEN,
            ),
            Form(
                r"https://oapi[.]dingtalk[.]com/robot/send[?]access_token=[0-9a-f]{64}",
                edge=Edge.TOKEN,
            ),
            Form(
                rf"https://qyapi[.]weixin[.]qq[.]com/cgi-bin/webhook/send[?]key={UUID}",
                edge=Edge.TOKEN,
            ),
            Form(r"https://hook[.](?:eu|us)[0-9][.]make[.]com/[0-9a-z]{32}", edge=Edge.TOKEN),
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
        title="Key of a mail or messaging service",
        category="secret.key.messaging",
        citation="docs of Mailgun, Mailchimp, Mandrill, Brevo, Postmark, Resend, SparkPost, MailerSend, MessageBird, Sendbird, Mattermost, Klaviyo, Customer.io",
        forms=(
            Form(r"[0-9a-f]{32}-us[0-9]{1,2}", B, 0.75, trigger=r"-us[0-9]{1,2}", lead="[0-9a-z]"),
            Form(
                r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
                B,
                0.8,
                Edge.TOKEN,
                trigger="[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
            ),
            Form(r"x(?:key|smtp)sib-[a-f0-9]{64}-[0-9A-Za-z]{16}", N, 0.97),
            Form(r"(?:pub)?key-[0-9a-f]{32}", R, 0.8),
            Form(r"md-[0-9A-Za-z_\-]{22}", N, 0.8, Edge.TOKEN, check=is_random),
            Form(r"re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}", edge=Edge.TOKEN, check=is_random),
            Form(r"mlsn[.][a-f0-9]{64}", edge=Edge.TOKEN),
            Form(r"pk_[a-f0-9]{34}", edge=Edge.TOKEN),
            named(
                "mailgun", f"(?:key-)?[{HEX}]{{32}}(?:-[{HEX}]{{8}}-[{HEX}]{{8}})?", check=is_token
            ),
            named("postmark|messagebird|message bird|sendbird", UUID, check=is_generated),
            named(
                "sparkpost|sendbird|gitter|pushbullet", rf"[{URLSAFE}]{{40}}", check=is_generated
            ),
            named("messagebird|message bird", f"[{ALNUM}]{{25}}", check=is_generated),
            named("mattermost", "[0-9a-z]{26}", check=is_generated),
            named("pushover", "[0-9a-z]{30}", check=is_generated),
            named(
                "customer io|customerio|mailjet|vonage|nexmo|plivo|mandrill|elastic email",
                f"[{ALNUM}]{{16,40}}",
                check=is_generated,
                score=0.75,
            ),
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
        forms=(
            Form(r"(?:SK|AC)[0-9a-f]{32}", B, 0.75),
            named("twilio", f"[{HEX}]{{32}}", check=is_generated),
        ),
        check=is_token,
        words=("twilio", "account sid", "api key sid"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_TELEGRAM",
        title="Telegram bot token",
        category="secret.token.messaging",
        citation="Telegram Bot API, authorizing your bot",
        forms=(
            Form(
                r"[0-9]{5,16}:A[0-9A-Za-z_\-]{34}",
                edge=Edge.TOKEN,
                trigger=r":A[0-9A-Za-z_\-]{34}",
                lead="[0-9]",
            ),
            Form(r"/bot(?P<value>[0-9]{5,16}:A[0-9A-Za-z_\-]{34})", edge=Edge.OPEN),
        ),
        check=is_token,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SEC_DISCORD",
        title="Discord bot token or client secret",
        category="secret.token.messaging",
        citation="Discord docs: the first segment is the id in base64",
        forms=(
            Form(
                r"[MNO][0-9A-Za-z_\-]{23,25}[.][0-9A-Za-z_\-]{6}[.][0-9A-Za-z_\-]{27,38}",
                edge=Edge.TOKEN,
                check=is_discord,
            ),
            named("discord", rf"(?:[{URLSAFE}=]{{32}}|[{HEX}]{{64}})", check=is_generated),
        ),
        check=is_token,
        strength=Strength.DOUBLE,
    ),
)
