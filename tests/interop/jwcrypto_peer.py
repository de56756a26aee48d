"""jwcrypto at the other end of a pipe."""

import json
from importlib.metadata import version

from jwcrypto import jwe, jws
from jwcrypto.jwk import JWK
from lines import serve, to_bytes, to_text


def encrypt(format, protected, recipients, plaintext, aad=None):
    token = jwe.JWE(
        to_bytes(plaintext),
        protected=json.dumps(protected),
        aad=None if aad is None else to_bytes(aad),
        flattened=format == "flattened",
    )
    for recipient in recipients:
        header = recipient.get("header")
        token.add_recipient(JWK(**recipient["key"]), header=None if header is None else json.dumps(header))
    text = token.serialize(compact=format == "compact")
    return text if format == "compact" else json.loads(text)


def decrypt(token, key, algorithm, encryption):
    parsed = jwe.JWE(algs=[algorithm, encryption])
    parsed.deserialize(token if isinstance(token, str) else json.dumps(token), JWK(**key))
    return to_text(parsed.payload)


def sign(protected, payload, key):
    token = jws.JWS(to_bytes(payload))
    token.add_signature(JWK(**key), protected["alg"], json.dumps(protected))
    return token.serialize(compact=True)


def verify(token, key, algorithm):
    parsed = jws.JWS()
    parsed.allowed_algs = [algorithm]
    parsed.deserialize(token, JWK(**key))
    return to_text(parsed.payload)


def key(jwk, algorithm):
    imported = JWK(**jwk)
    return {"jwk": imported.export(as_dict=True), "thumbprint": imported.thumbprint()}


serve(
    {
        "about": lambda: version("jwcrypto"),
        "encrypt": encrypt,
        "decrypt": decrypt,
        "sign": sign,
        "verify": verify,
        "key": key,
    }
)
