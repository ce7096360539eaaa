"""Addresses and keys of digital money."""

from curtilage.detect.encodings import base58check, is_bech32
from curtilage.detect.models import Form, Kind, N, R, Strength

_ADDRESS_VERSIONS = (0x00, 0x05)  # P2PKH, P2SH; testnet coins are worth nothing
_WIF_LEAD = 0x80


def _is_base58_address(value: str) -> bool:
    payload = base58check(value)
    return payload is not None and len(payload) == 21 and payload[0] in _ADDRESS_VERSIONS


def _is_wif(value: str) -> bool:
    payload = base58check(value)
    return payload is not None and len(payload) in (33, 34) and payload[0] == _WIF_LEAD


def _is_segwit(value: str) -> bool:
    return is_bech32(value.lower())


KINDS = (
    Kind(
        type="CRYPTO",
        title="Cryptocurrency address",
        category="user.financial.account_number",
        citation="Bitcoin base58check; BIP 173, BIP 350; Ethereum yellow paper appendix F",
        forms=(
            Form(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}", score=0.95, check=_is_base58_address),
            Form(
                r"bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71}",
                score=0.97,
                check=_is_segwit,
            ),
            Form(r"0x[0-9a-fA-F]{40}", R, 0.7, alone=True),
        ),
        words=(
            "bitcoin",
            "btc",
            "ethereum",
            "eth",
            "wallet",
            "crypto",
            "crypto address",
            "wallet address",
            "ether",
            "erc20",
            "usdt",
            "portefeuille",
            "billetera",
            "carteira",
            "portafoglio",
        ),
        strength=Strength.PROOF,
    ),
    Kind(
        type="CRYPTO_WIF",
        title="Bitcoin private key",
        category="secret.key.private",
        citation="Bitcoin wallet import format: base58check, version 0x80",
        forms=(Form(r"[5KL][1-9A-HJ-NP-Za-km-z]{50,51}", N, 0.99),),
        check=_is_wif,
        strength=Strength.PROOF,
    ),
)
