"""Sentences of the sign-in: its purpose, where it is stored, waiting times, and what an operator must know."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.words import formats

__all__ = [
    "code_link_explained",
    "code_needs_new_mail",
    "code_sent",
    "code_wait",
    "environment_decides",
    "key_explained",
    "keyring_keeps",
    "keyring_name",
    "keyring_waited_for",
    "mail_template_wanted",
    "secret_key_refused",
    "server_answers",
    "server_first",
    "server_wanted",
    "sign_in_lasts_until_close",
    "sign_in_offer",
    "trying_again",
]


def sign_in_offer() -> str:
    """Return what a sign-in is good for."""
    return words.tr(
        "Your books are the same on every computer of yours. Audio stays on the computer where it was added for now. "
        "Everything works without it, too."
    )


def server_first() -> str:
    """Return the sentence while something about the server is wrong."""
    return words.tr("One thing about the server has to be put right first.")


def server_wanted() -> str:
    """Return the sentence while no server is known."""
    return words.tr("Type the server's address and its public key. The person who runs the server has both.")


def code_sent(email: str) -> str:
    """Return where the code was sent."""
    return words.tr("We sent a code to {email}. It works once.").format(email=email)


def code_wait(seconds: int) -> str:
    """Return how long it takes until another code may be sent."""
    return words.tr("Send another one in {time}").format(time=formats.length(seconds))


def code_needs_new_mail(seconds: int) -> str:
    """Return how long the server sends no mail."""
    return words.tr("The server sends the next code in {time}").format(time=formats.length(seconds))


def code_link_explained() -> str:
    """Return what it means when the mail has a link and no code."""
    return words.tr(
        "Then this server's mail was never set up for codes, and the link opens nothing here. Sign in with your "
        "password, or ask the person who runs the server to change the mail."
    )


def mail_template_wanted(host: str) -> str:
    """Return the message for the operator of a server whose mails have a link."""
    return words.tr(
        "The sign-in mail of {host} shows a link, and AudioDesk asks for a code. In the Supabase dashboard, under "
        "Authentication, Emails, put {setting} into the templates “Magic Link” and “Confirm signup”. Templates to "
        "paste come with AudioDesk, in the folder resources/supabase."
    ).format(host=host, setting="{{ .Token }}")


def key_explained() -> str:
    """Return where the public key is found, and which one it is."""
    return words.tr(
        "The person who runs the server finds it in the Supabase dashboard, under Project Settings, API Keys. It "
        "begins with sb_publishable_, or with eyJ on older projects (“anon”, “public”). It may be known to anybody."
    )


def secret_key_refused() -> str:
    """Return why a secret key is not taken, and which one to paste."""
    return words.tr(
        "This is the secret key. It opens everybody's files and was not kept. Paste the one that begins with "
        "sb_publishable_."
    )


def keyring_keeps(keyring: str = "") -> str:
    """Return where the sign-in is kept; ``keyring`` is the name of the keyring, such as "GNOME Keyring"."""
    if keyring:
        return words.tr("{keyring} keeps the sign-in. Your password is stored nowhere.").format(keyring=keyring)
    return words.tr("This computer's keyring keeps the sign-in. Your password is stored nowhere.")


def sign_in_lasts_until_close() -> str:
    """Return what it means that no keyring can be used."""
    return words.tr("The sign-in lasts until AudioDesk closes: this computer has no keyring that could keep it.")


def keyring_name(stored: str) -> str:
    """Return what people call a keyring whose technical name was stored; empty where it has no name of its own."""
    known = {"macOS": words.tr("macOS Keychain"), "Windows": words.tr("Windows Credential Manager")}
    return known.get(stored, "KWallet" if stored == "kwallet" else "")


def keyring_waited_for() -> str:
    """Return the sentence while the keyring asks the person to unlock it."""
    return words.tr("Waiting for this computer's keyring. It may ask for its password.")


def trying_again(sentence: str, seconds: int) -> str:
    """Return a sentence with the time after which the program tries again by itself: "… – trying again in 20 s"."""
    return words.tr("{sentence} – trying again in {seconds} s").format(
        sentence=sentence, seconds=formats.number(seconds)
    )


def server_answers(host: str) -> str:
    """Return that a server passed its test."""
    return words.tr("{host} answers, and is set up for AudioDesk").format(host=host)


def environment_decides(names: str) -> str:
    """Return why a server that was typed in does not count: the environment names another one."""
    return words.tr("{names} in the environment name another server, and they come first.").format(names=names)
