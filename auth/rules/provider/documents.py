"""What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414)."""

from typing import Any

from auth.rules.provider.client import GRANTS
from auth.rules.provider.elements import ACR_VALUES, ELEMENTS, SCOPES

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
SIGNED_BY_CLIENTS = ("ES256", "PS256", "EdDSA", "RS256")


def discovery(issuer: str) -> dict[str, Any]:
    """The provider's metadata. Every endpoint lies under the issuer."""
    claims = sorted(claim for element in ELEMENTS.values() for claim in element.claims)
    asserted = {"methods": list(METHODS), "algs": list(SIGNED_BY_CLIENTS)}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/logout",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "device_authorization_endpoint": f"{issuer}/device_authorization",
        "backchannel_authentication_endpoint": f"{issuer}/backchannel_authentication",
        "backchannel_token_delivery_modes_supported": ["poll"],
        "backchannel_user_code_parameter_supported": False,
        "scopes_supported": list(SCOPES),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr",
                             "sid", "at_hash", *claims],
        "claims_parameter_supported": True,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS.values()),
        "subject_types_supported": ["pairwise"],
        "acr_values_supported": list(ACR_VALUES),
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "id_token_encryption_alg_values_supported": ["ECDH-ES+A256KW", "RSA-OAEP-256"],
        "id_token_encryption_enc_values_supported": ["A256GCM"],
        "token_endpoint_auth_methods_supported": asserted["methods"],
        "token_endpoint_auth_signing_alg_values_supported": asserted["algs"],
        "introspection_endpoint_auth_methods_supported": list(METHODS[:3]),
        "introspection_endpoint_auth_signing_alg_values_supported": asserted["algs"],
        "revocation_endpoint_auth_methods_supported": asserted["methods"],
        "revocation_endpoint_auth_signing_alg_values_supported": asserted["algs"],
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page"],
        "ui_locales_supported": ["zh-CN", "zh-Hant", "en"],
    }  # fmt: skip
