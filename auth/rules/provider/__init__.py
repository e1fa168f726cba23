"""What the OpenID Provider (统一身份对外认证) decides by itself: pure functions on texts.

The names are those of the standards: OpenID Connect Core 1.0, RFC 6749 (OAuth 2.0), 7636 (PKCE),
8628 (device flow), 9126 (PAR), 9449 (DPoP), FAPI 2.0 Security Profile, CIBA Core 1.0.
"""
