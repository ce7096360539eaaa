"""What tries a text: knows a few values by heart."""

from curtilage.core.models import Principal
from curtilage.gateway.views import TryChoices, TryFinding, TryResult
from curtilage.shield.tokens import ScopeKey, TokenMint

MINT = TokenMint(b"console", ScopeKey(0, bytes(32)))


class FakeTryIt:
    """Knows two values by heart, and refuses a text that holds a key."""

    choices_given = TryChoices(
        purposes=[
            ("analyse", "Summarise and search documents"),
            ("assist", "Assist"),
            ("support", "Customer support"),
        ],
        policies=["balanced", "observe", "strict"],
        policy="balanced",
        purpose="assist",
        kinds=[
            ("user.unique_id:CUSTOMER", "Customer number"),
            ("user.contact.email:EMAIL_ADDRESS", "E-mail address"),
        ],
    )
    known = (
        (
            "ada.quill@orchard.example",
            "EMAIL_ADDRESS",
            "E-mail address",
            "user.contact.email",
            "token",
        ),
        ("4111 1111 1111 1111", "CREDIT_CARD", "Payment card", "user.financial.card", "token"),
        ("+44 20 7946 0958", "PHONE_NUMBER", "Phone number", "user.contact.phone_number", "token"),
        ("<script>alert(1)</script>", "MARKUP", "Markup", "user.content", "token"),
        ("AKIAEXAMPLEEXAMPLE00", "AWS_ACCESS_KEY", "AWS access key", "secret.cloud", "block"),
    )

    async def choices(self, actor: Principal) -> TryChoices:
        return self.choices_given

    async def run(
        self, actor: Principal, *, text: str, purpose: str, policy: str, writer: str = "caller"
    ) -> TryResult:
        found = sorted(
            (at, value, *words) for value, *words in self.known if (at := text.find(value)) >= 0
        )
        left, findings, cursor = "", [], 0
        for at, value, type_, title, category, treatment in found:
            left += text[cursor:at]
            token = MINT.mint(type_, value)
            cursor = at + len(value)
            findings.append(
                TryFinding(
                    start=at,
                    end=cursor,
                    type=type_,
                    title=title,
                    category=category,
                    score=0.95,
                    treatment=treatment,
                    why=f"The policy {policy} keeps {category.split('.')[1]} data from leaving.",
                    left_start=len(left),
                    left_end=len(left) + len(token),
                    back_start=at,
                    back_end=cursor,
                )
            )
            left += token
        left += text[cursor:]
        refused = any(item.treatment == "block" for item in findings)
        return TryResult(
            choices=self.choices_given,
            wrote=text,
            left="" if refused else left,
            came_back="" if refused else text,
            findings=findings,
            purpose=purpose,
            policy=policy,
            refusal="It holds a secret, and this policy never lets one go." if refused else "",
            scan_ms=0.08,
            writer=writer,
        )
