"""Real Flask-JWT-Extended: applications on loopback, one for each configuration, and the functions that make and read tokens."""

import importlib.metadata
import logging
import threading

from flask import Flask, jsonify, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_csrf_token,
    get_current_user,
    get_jti,
    get_jwt,
    get_jwt_header,
    get_jwt_identity,
    get_jwt_request_location,
    jwt_required,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
)
from lines import serve
from werkzeug.serving import WSGIRequestHandler, make_server

# Defects are logged with their stack; they are told by the status as well.
logging.disable(logging.CRITICAL)

GUARDS = {
    "/p": {},
    "/f": {"fresh": True},
    "/r": {"refresh": True},
    "/rf": {"refresh": True, "fresh": True},
    "/o": {"optional": True},
    "/of": {"optional": True, "fresh": True},
    "/or": {"optional": True, "refresh": True},
    "/any": {"verify_type": False},
    "/anyr": {"verify_type": False, "refresh": True},
    "/anyf": {"verify_type": False, "fresh": True},
    "/skip": {"skip_revocation_check": True},
    "/h": {"locations": "headers"},
    "/c": {"locations": "cookies"},
    "/hq": {"locations": ["headers", "query_string"]},
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]
applications = {}


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


def who(manager):
    """What a guarded handler knows."""
    if request.method == "OPTIONS":
        return jsonify(preflight=True)
    user = get_current_user() if manager._user_lookup_callback else None
    return jsonify(
        identity=get_jwt_identity(),
        location=get_jwt_request_location(),
        claims=get_jwt(),
        header=get_jwt_header(),
        user=user,
    )


def login(kinds):
    """Cookies for `u1`."""
    response = jsonify(login=True)
    given = {"max_age": request.args.get("max_age", type=int), "domain": request.args.get("domain")}
    if "access" in kinds:
        set_access_cookies(response, create_access_token("u1", fresh=True), **given)
    if "refresh" in kinds:
        set_refresh_cookies(response, create_refresh_token("u1"), **given)
    return response


def logout():
    response = jsonify(logout=True)
    unset_jwt_cookies(response, domain=request.args.get("domain"))
    return response


def loaders(manager):
    """What the claims of a token say of it is what the callbacks answer."""
    manager.token_in_blocklist_loader(lambda _, claims: claims.get("revoked"))
    manager.token_verification_loader(lambda _, claims: claims.get("acceptable", True))
    manager.user_lookup_loader(lambda _, claims: None if claims["sub"] == "nobody" else claims.get("user", {"is": "known"}))


def responders(manager):
    """Answers that tell which callback was asked."""
    manager.unauthorized_loader(lambda _: (jsonify(by="unauthorized"), 201))
    manager.invalid_token_loader(lambda _: (jsonify(by="invalid"), 202))
    manager.expired_token_loader(lambda _, claims: (jsonify(by="expired", sub=claims["sub"]), 203))
    manager.needs_fresh_token_loader(lambda _, claims: (jsonify(by="stale", sub=claims["sub"]), 404))
    manager.revoked_token_loader(lambda header, claims: (jsonify(by="revoked", alg=header["alg"]), 404))
    manager.token_verification_failed_loader(lambda _, claims: (jsonify(by="unacceptable", sub=claims["sub"]), 404))
    manager.user_lookup_error_loader(lambda _, claims: (jsonify(by="nobody", sub=claims["sub"]), 404))


def additions(manager):
    """Claims of every token; an argument wins."""
    manager.additional_claims_loader(lambda _: {"team": "a", "x": 1})


def keys(manager):
    """Everyone's tokens have a key of their own."""
    manager.encode_key_loader(lambda identity: f"the key of {identity}, which is long enough")
    manager.decode_key_loader(lambda _, claims: f"the key of {claims.get('sub')}, which is long enough")


CALLBACKS = {"keys": keys, "loaders": loaders, "responders": responders, "additions": additions}


def start(config, callbacks):
    """Serves an application; answers with its port."""
    app = Flask("peer")
    app.config.update(config)
    manager = JWTManager(app)
    for name in callbacks:
        CALLBACKS[name](manager)
    for path, options in GUARDS.items():
        app.add_url_rule(path, path, jwt_required(**options)(lambda: who(manager)), methods=METHODS)
    # Reads who is asking even where nobody is.
    app.add_url_rule("/who", "who", jwt_required()(lambda: jsonify(identity=get_jwt_identity())), methods=METHODS)
    app.add_url_rule("/login/<kinds>", "login", login, methods=["POST"])
    app.add_url_rule("/logout", "logout", logout, methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    applications[server.server_port] = app
    return server.server_port


FUNCTIONS = {
    "create_access_token": create_access_token,
    "create_refresh_token": create_refresh_token,
    "decode_token": decode_token,
    "get_csrf_token": get_csrf_token,
    "get_jti": get_jti,
}


def call(port, function, arguments):
    with applications[port].app_context():
        return FUNCTIONS[function](**arguments)


serve({"about": lambda: importlib.metadata.version("Flask-JWT-Extended"), "start": start, "call": call})
