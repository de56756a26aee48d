/**
 * Names of claims, header parameters and JWK members, by the document that defines them. What they mean stands in the catalogues, one for
 * each language; here is only what no language changes.
 */

/** Claims: the IANA registry of JWT claims, and what large issuers add. */
export const CLAIMS: Readonly<Record<string, string>> = {
  rfc7519: "iss sub aud exp nbf iat jti",
  rfc8417: "events toe txn",
  rfc9493: "sub_id",
  rfc7800: "cnf",
  rfc8693: "scope client_id act may_act",
  rfc9068: "scope client_id roles groups entitlements",
  rfc9396: "authorization_details",
  rfc9449: "htm htu ath",
  rfc9701: "token_introspection",
  rfc9901: "_sd _sd_alg sd_hash ...",
  rfc9101: "redirect_uri response_type response_mode state prompt login_hint max_age claims",
  rfc7636: "code_challenge code_challenge_method",
  rfc8588: "origid attest",
  rfc8055: "sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch",
  rfc8225: "orig dest mky",
  rfc8443: "rph",
  rfc8946: "div opt",
  rfc9027: "sph",
  rfc9246: "cdniv cdnicrit cdniip cdniuc cdniets cdnistt cdnistd",
  rfc9321: "sig_val_claims",
  rfc9447: "atc",
  rfc9560: "rdap_allowed_purposes rdap_dnt_allowed",
  rfc9795: "rcd rcdi crn",
  rfc7095: "jcard",
  rfc8485: "vot vtm",
  rfc9711:
    "eat_nonce ueid sueids oemid hwmodel hwversion swname swversion oemboot dbgstat location uptime bootcount bootseed submods manifests measurements measres intuse eat_profile dloas",
  rfc9200: "cnonce exi ace_profile",
  rfc9475: "msgi",
  oidc: "name given_name family_name middle_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at azp nonce auth_time at_hash c_hash acr amr sub_jwk _claim_names _claim_sources",
  fapi: "s_hash",
  "oidc-logout": "sid",
  "sd-jwt-vc": "vct vct#integrity",
  "status-list": "status status_list ttl",
  vc: "vc vp",
  "oidc-ida":
    "verified_claims place_of_birth nationalities birth_family_name birth_given_name birth_middle_name salutation title msisdn also_known_as",
  "oidc-federation":
    "metadata metadata_policy metadata_policy_crit constraints authority_hints trust_marks trust_mark_type trust_mark_issuers trust_mark_owners source_endpoint jwks keys crit delegation logo_uri trust_chain trust_anchor trust_anchor_hints",
  jarm: "code",
  geohash: "geohash at_use_nbr",
  "3gpp":
    "consumerPlmnId consumerSnpnId producerPlmnId producerSnpnId producerSnssaiList producerNsiList producerNfSetId producerNfServiceSetId sourceNfInstanceId analyticsIdList resOwnerId",
  entra:
    "preferred_username roles groups _claim_sources oid tid ver appid appidacr azpacr scp wids upn unique_name idp idtyp ipaddr onprem_sid puid rh uti aio xms_tcdt xms_cc xms_ftd hasgroups acct tenant_region_scope verified_primary_email",
  keycloak: "preferred_username typ realm_access resource_access session_state allowed-origins",
  okta: "groups ver scp cid uid",
  google: "hd google firebase user_id",
  cognito:
    "cognito:username cognito:groups cognito:roles cognito:preferred_role token_use origin_jti event_id device_key username version identities",
  auth0: "permissions gty org_id org_name",
  kubernetes:
    "kubernetes.io kubernetes.io/serviceaccount/namespace kubernetes.io/serviceaccount/secret.name kubernetes.io/serviceaccount/service-account.name kubernetes.io/serviceaccount/service-account.uid",
  github:
    "actor actor_id repository repository_id repository_owner repository_owner_id repository_visibility ref ref_type ref_protected sha workflow workflow_ref workflow_sha job_workflow_ref job_workflow_sha run_id run_number run_attempt event_name environment runner_environment base_ref head_ref enterprise",
  gitlab:
    "ref ref_type ref_protected sha environment runner_environment namespace_id namespace_path project_id project_path user_login user_email pipeline_id pipeline_source job_id",
  apple: "nonce_supported is_private_email real_user_status transfer_sub",
}

/** Header parameters of JWS and JWE. */
export const HEADERS: Readonly<Record<string, string>> = {
  rfc7515: "alg typ cty kid jku jwk x5u x5c x5t x5t#S256 crit",
  rfc7797: "b64",
  rfc8555: "url nonce",
  rfc7516: "enc zip",
  rfc7518: "epk apu apv iv tag p2s p2c",
  rfc7519: "iss sub aud",
  rfc8225: "ppt",
  rfc9321: "svt",
  "oidc-federation": "trust_chain",
  keycloak: "jwks_uri",
  cognito: "client signer",
}

/** Members of a JWK. */
export const KEY_MEMBERS: Readonly<Record<string, string>> = {
  rfc7517: "kty use key_ops alg kid x5u x5c x5t x5t#S256",
  rfc7518: "crv x y d n e p q dp dq qi oth k",
  rfc9964: "pub priv",
  webcrypto: "ext",
  "oidc-federation": "iat exp nbf revoked",
}

/** Documents that are not RFCs: title and address. */
export const DOCUMENTS: Readonly<Record<string, readonly [title: string, url: string]>> = {
  oidc: ["OpenID Connect Core 1.0", "https://openid.net/specs/openid-connect-core-1_0.html"],
  "oidc-logout": [
    "OpenID Connect Back-Channel Logout 1.0",
    "https://openid.net/specs/openid-connect-backchannel-1_0.html",
  ],
  "oidc-ida": [
    "OpenID Connect for Identity Assurance 1.0",
    "https://openid.net/specs/openid-connect-4-ida-claims-1_0.html",
  ],
  "oidc-federation": ["OpenID Federation 1.0", "https://openid.net/specs/openid-federation-1_0.html"],
  fapi: ["Financial-grade API 1.0", "https://openid.net/specs/openid-financial-api-part-2-1_0.html"],
  jarm: ["JWT Secured Authorization Response Mode", "https://openid.net/specs/oauth-v2-jarm.html"],
  "sd-jwt-vc": ["SD-JWT VC (draft)", "https://datatracker.ietf.org/doc/draft-ietf-oauth-sd-jwt-vc/"],
  "status-list": ["Token Status List (draft)", "https://datatracker.ietf.org/doc/draft-ietf-oauth-status-list/"],
  vc: ["W3C Verifiable Credentials", "https://www.w3.org/TR/vc-data-model/"],
  webcrypto: ["Web Cryptography API", "https://www.w3.org/TR/WebCryptoAPI/"],
  geohash: ["IANA JSON Web Token Claims", "https://www.iana.org/assignments/jwt/jwt.xhtml"],
  "3gpp": ["3GPP TS 29.510", "https://www.3gpp.org/ftp/Specs/archive/29_series/29.510/"],
  entra: ["Microsoft Entra ID", "https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference"],
  google: ["Google Identity", "https://developers.google.com/identity/openid-connect/openid-connect"],
  cognito: [
    "Amazon Cognito",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html",
  ],
  auth0: ["Auth0", "https://auth0.com/docs/secure/tokens"],
  okta: ["Okta", "https://developer.okta.com/docs/reference/api/oidc/"],
  keycloak: ["Keycloak", "https://www.keycloak.org/docs/latest/server_admin/"],
  kubernetes: ["Kubernetes", "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/"],
  github: ["GitHub Actions", "https://docs.github.com/actions/reference/security/oidc"],
  gitlab: ["GitLab CI/CD", "https://docs.gitlab.com/ci/secrets/id_token_authentication/"],
  apple: ["Sign in with Apple", "https://developer.apple.com/documentation/signinwithapple"],
}

/** Header parameters that `crit` must not name (RFC 7515, section 4.1.11): those of RFC 7515, 7516 and 7518. */
export const CORE_PARAMETERS: ReadonlySet<string> = new Set(
  "alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit enc zip epk apu apv iv tag p2s p2c".split(" "),
)
