"""Real PyJWT at the other end of a pipe: expressions of the guide are evaluated as they stand.

Names in a request that are {"hex": "..."} are bytes here, as bytes in an answer are over there.
"""

import hashlib
import json

import jwt
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from lines import serve, to_bytes, to_text


def inward(value):
    if isinstance(value, dict) and set(value) == {"hex"}:
        return bytes.fromhex(value["hex"])
    return value


def thumbprint(jwk):
    """RFC 7638, section 3, by hand."""
    members = {"RSA": ["e", "kty", "n"], "EC": ["crv", "kty", "x", "y"], "OKP": ["crv", "kty", "x"], "oct": ["k", "kty"]}
    text = json.dumps({name: jwk[name] for name in members[jwk["kty"]]}, separators=(",", ":"), sort_keys=True)
    return jwt.utils.base64url_encode(hashlib.sha256(text.encode()).digest()).decode()


KNOWN = {
    "jwt": jwt,
    "thumbprint": thumbprint,
    "ECAlgorithm": ECAlgorithm,
    "HMACAlgorithm": HMACAlgorithm,
    "OKPAlgorithm": OKPAlgorithm,
    "RSAAlgorithm": RSAAlgorithm,
}


def evaluate(code, names):
    return eval(code, {**KNOWN, **{name: inward(value) for name, value in names.items()}})


def sign(protected, payload, key):
    secret = jwt.PyJWK.from_dict(key, protected["alg"])
    return jwt.PyJWS().encode(to_bytes(payload), secret, headers=protected)


def verify(token, key, algorithm):
    return to_text(jwt.PyJWS().decode(token, jwt.PyJWK.from_dict(key, algorithm), algorithms=[algorithm]))


serve({"about": lambda: jwt.__version__, "evaluate": evaluate, "sign": sign, "verify": verify})
