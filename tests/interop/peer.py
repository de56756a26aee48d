"""Real PyJWT at the other end of a pipe: one JSON line in, one out.

A request is {"code": expression, "names": {...}}; the answer {"value": ...} or {"error": name of the exception's class}.
Bytes travel as {"hex": "..."} in both directions.
"""

import hashlib
import json
import sys
import warnings

import jwt
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm

warnings.simplefilter("ignore")


def inward(value):
    if isinstance(value, dict) and set(value) == {"hex"}:
        return bytes.fromhex(value["hex"])
    return value


def outward(value):
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"{type(value).__name__} does not travel")


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

for line in sys.stdin:
    request = json.loads(line)
    names = {name: inward(value) for name, value in request["names"].items()}
    try:
        answer = {"value": eval(request["code"], {**KNOWN, **names})}
        text = json.dumps(answer, default=outward)
    except Exception as error:  # whatever PyJWT raises is the answer
        text = json.dumps({"error": type(error).__name__, "message": str(error)[:200]})
    print(text, flush=True)
