"""The loop that every Python peer shares: one JSON line in, one out.

A request is {"op": name, ...}; the answer {"value": ...} or {"error": name of the exception's class, "message": ...}.
"""

import base64
import json
import sys
import warnings

warnings.simplefilter("ignore")


def serve(operations):
    for line in sys.stdin:
        request = json.loads(line)
        try:
            text = json.dumps({"value": operations[request.pop("op")](**request)}, default=outward)
        except Exception as error:  # whatever the library raises is the answer
            text = json.dumps({"error": type(error).__name__, "message": str(error)[:200]})
        print(text, flush=True)


def outward(value):
    """Bytes travel as {"hex": "..."} where a caller did not encode them."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"{type(value).__name__} does not travel")


def to_text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
