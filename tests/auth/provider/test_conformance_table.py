"""Every module of the conformance suite that we answer for has its test (auth/CONFORMANCE.md)."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLE = Path(__file__).parents[3] / "auth" / "CONFORMANCE.md"
ROW = re.compile(r"^\| ([^|]+) \| `([\w.]+)::(\w+)` \|$", re.MULTILINE)

# The names of the suite's modules, so that a row cannot quietly go missing.
MODULES = {
    "Basic OP": (
        "Server ResponseTypeMissing IdTokenSignature UserInfoGet UserInfoPostHeader "
        "UserInfoPostBody EnsureRequestWithoutNonceSucceedsForCodeFlow ScopeProfile "
        "ScopeEmail ScopeAddress ScopePhone ScopeAll DisplayPage DisplayPopup PromptLogin "
        "PromptNoneNotLoggedIn PromptNoneLoggedIn MaxAge1 MaxAge10000 "
        "RequestWithUnknownParameterSucceeds IdTokenHint LoginHint UiLocales ClaimsLocales "
        "AcrValues AuthCodeReuse AuthCodeReuseAfter30Seconds RegisteredRedirectUri "
        "EnsurePostRequestSucceeds ClientSecretPost UnsignedRequestObjectRejected "
        "ClaimsEssential RefreshToken ValidPkce "
    ),
    "Logout": (
        "RpInitiatedLogout BadIdTokenHint ModifiedIdTokenHint NoIdTokenHint "
        "BadLogoutRedirectUri QueryAdded NoState OnlyState NoParams BackChannelLogout "
    ),
    "FAPI 2.0 Security Profile": (
        "HappyFlow DpopNegativeTests CheckDpopProofNbfExp DpopIatTenSecondsOff "
        "DpopAuthCodeBinding DpopAtParBinds DpopJktMismatch PAREnsurePKCERequired "
        "PARPlainRejected PARIncorrectVerifier PARAttemptReuseRequestUri ExpiredRequestUri "
        "RequestUriSurvivesReload PARRejectRequestUriInForm PARRejectInvalidHttpVerb "
        "PAREndpointAsAudienceFails TokenEndpointAsAudienceFails ArrayAsAudienceFails "
        "AttemptReuseAuthorizationCodeAfterOneSecond AttemptToUseExpiredAuthCode "
        "EnsureHolderOfKeyRequired MatchingKeyInAuthorizationRequest "
        "ResponseTypeCodeIdTokenFails ResponseTypeTokenFails "
        "UnsignedAuthorizationRequestWithoutUsingParFails UserRejectsAuthentication "
        "RefreshToken "
    ),
    "CIBA and device flow": (
        "CibaPoll CibaMultipleHintsFail CibaBadBindingMessage CibaAuthReqIdExpired "
        "CibaWrongAuthReqId CibaUserRejects CibaTooFastPolling CibaIdTokenHint DeviceFlow "
        "DeviceUserRejects DeviceCodeExpired DeviceCodeOfAnotherClient "
    ),
}


def rows(group: str) -> list[tuple[str, str, str]]:
    section = TABLE.read_text().partition(f"## {group}\n")[2].partition("\n## ")[0]
    return ROW.findall(section)


@pytest.mark.parametrize("group", MODULES)
def test_every_module_has_a_test(group: str) -> None:
    found = rows(group)
    assert sorted(name.split(" (")[0] for name, _, _ in found) == sorted(MODULES[group].split())
    for _, file, test in found:
        assert f"async def {test}(" in (HERE / file).read_text(), f"{file}::{test} is gone"


def test_no_row_is_unreadable() -> None:
    modules = TABLE.read_text().partition("\n## Foreign libraries\n")[0]
    lines = [line for line in modules.splitlines() if line.startswith("| ")]
    kept = [line for line in lines if "---" not in line and line != "| module | test |"]
    assert len(kept) == sum(len(rows(group)) for group in MODULES)
