"""joserfc at the other end of a pipe."""

from importlib.metadata import version

from joserfc import jwe, jws
from joserfc.jwk import JWKRegistry
from joserfc.jws import JWSRegistry
from lines import serve, to_bytes, to_text

ENCRYPTION = jwe.JWERegistry(algorithms=[name for kind in jwe.JWERegistry.algorithms.values() for name in kind])
SIGNATURES = [name for name in JWSRegistry.algorithms if name != "none"]


def key_of(jwk):
    return JWKRegistry.import_key(jwk)


def encrypt(format, protected, recipients, plaintext, aad=None):
    data = to_bytes(plaintext)
    if format == "compact":
        return jwe.encrypt_compact(protected, data, key_of(recipients[0]["key"]), registry=ENCRYPTION)
    kind = jwe.GeneralJSONEncryption if format == "general" else jwe.FlattenedJSONEncryption
    message = kind(protected, data, aad=None if aad is None else to_bytes(aad))
    for recipient in recipients:
        message.add_recipient(recipient.get("header"), key_of(recipient["key"]))
    return jwe.encrypt_json(message, None, registry=ENCRYPTION)


def decrypt(token, key, algorithm, encryption):
    if isinstance(token, str):
        return to_text(jwe.decrypt_compact(token, key_of(key), registry=ENCRYPTION).plaintext)
    some = jwe.JWERegistry(algorithms=ENCRYPTION.allowed, verify_all_recipients=False)
    return to_text(jwe.decrypt_json(token, key_of(key), registry=some).plaintext)


def sign(protected, payload, key):
    return jws.serialize_compact(protected, to_bytes(payload), key_of(key), algorithms=SIGNATURES)


def verify(token, key, algorithm):
    return to_text(jws.deserialize_compact(token, key_of(key), algorithms=[algorithm]).payload)


def key(jwk, algorithm):
    imported = key_of(jwk)
    return {"jwk": imported.as_dict(private=imported.is_private), "thumbprint": imported.thumbprint()}


serve(
    {
        "about": lambda: version("joserfc"),
        "encrypt": encrypt,
        "decrypt": decrypt,
        "sign": sign,
        "verify": verify,
        "key": key,
    }
)
