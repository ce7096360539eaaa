from curtilage.identity.providers.mails import write_connected


def test_a_message_says_what_happened_and_what_to_do() -> None:
    message = write_connected(
        "ada@orchard.example", service="orchard.example", label="Harbour", link="https://x.example/"
    )
    assert message.to == "ada@orchard.example"
    assert "Harbour" in message.text
    assert "If this was not you" in message.text
    assert "https://x.example/" in message.text
