import pytest

from alerts.addresses import ChannelError, check_address, fill, scrub, secrets, variables


@pytest.mark.parametrize(
    "template",
    [
        "${PANTAU_MAIL}",
        "mailtos://${USER}:${PASSWORD}@mail.example.org:465?to=redaksi@example.org&from=pantau@example.org",
        "json://127.0.0.1:8080/${HOOK}",
        "jsons://${HOST}/${HOOK}",
        "json://[::1]:8080",
        "tgram://${TOKEN}/${CHAT}",
        "slack://${A}/${B}/${C}",
        "ntfys://ntfy.example.org/${TOPIC}",
    ],
)
def test_secrets_from_the_environment_are_fine(template: str) -> None:
    assert check_address(template) == template


@pytest.mark.parametrize(
    "template",
    [
        "mailtos://redaksi:rahasia@mail.example.org",
        "mailtos://${USER}:rahasia@mail.example.org",
        "mailtos://${USER}:${PASSWORD}@mail.example.org?pass=rahasia",
        "json://hooks.example.org/services/T000/B000/rahasia",
        "json://127.0.0.1/${HOOK}rahasia",
        "json://127.0.0.1?+X-Token=rahasia",
        "json://127.0.0.1?rahasia",
        "json://user@127.0.0.1",
        "tgram://12345:rahasia/${CHAT}",
        "tgram://${TOKEN}/12345",
        "slack://${A}/${B}/rahasia",
        "discord://${ID}/${TOKEN}?key=rahasia",
        "rahasia",
        "${A} ${B}",
        "$PANTAU_MAIL",
        "${A}://x",
        "",
    ],
)
def test_what_could_be_a_secret_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="takes its secrets from the environment"):
        check_address(template)


def test_variables_are_filled_in_and_quoted_before_the_host() -> None:
    environment = {"USER": "redaksi@example.org", "PASSWORD": "a/b:c", "HOOK": "satu/dua"}
    assert variables("mailto://${USER}:${PASSWORD}@h?to=${USER}") == ("USER", "PASSWORD")
    assert fill("mailto://${USER}:${PASSWORD}@h.example", environment) == (
        "mailto://redaksi%40example.org:a%2Fb%3Ac@h.example"
    )
    assert fill("json://h.example/${HOOK}", environment) == "json://h.example/satu/dua"
    assert fill("${USER}", environment) == "redaksi@example.org"


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ChannelError, match="the environment has no USER and HOOK: set them"):
        fill("json://${USER}/${HOOK}/${HOST}", {"HOST": "h", "HOOK": " "})


def test_no_part_of_a_secret_is_left() -> None:
    environment = {"SURAT": "mailtos://redaksi:kata%40sandi@mail.example.org?to=a@b.example"}
    hidden = secrets("${SURAT}", environment)
    said = scrub("cannot log in as redaksi\nwith kata@sandi (kata%40sandi) at mail.example.org", hidden)
    assert not any(part in said for part in ("redaksi", "kata", "sandi", "mail.example.org"))
    assert "\n" not in said
