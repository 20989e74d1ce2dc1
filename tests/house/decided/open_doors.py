"""What stands open to everybody, behind a key in its address or none; and each one's own login."""

from tests.house.decided.who import ACCOUNTS, OPEN, Rows

OPEN_DOORS: Rows = {
    "api.payments.hear": (OPEN, "provider"),
    "auth.account": (ACCOUNTS, ""),
    "auth.code": (OPEN, ""),
    "auth.confirm_second_step": (ACCOUNTS, ""),
    "auth.end_one": (ACCOUNTS, "sign_in"),
    "auth.end_others": (ACCOUNTS, ""),
    "auth.first_password": (OPEN, "password_token"),
    "auth.login": (OPEN, ""),
    "auth.logout": (OPEN, ""),
    "auth.new_recovery_codes": (ACCOUNTS, ""),
    "auth.prove": (ACCOUNTS, ""),
    "auth.recent": (ACCOUNTS, ""),
    "auth.second_step": (ACCOUNTS, ""),
    "auth.sign_out_everywhere": (ACCOUNTS, ""),
    "auth.start_second_step": (ACCOUNTS, ""),
    "healthz.check": (OPEN, ""),
    "letter.enter": (OPEN, "letter_token"),
    "post.enter": (OPEN, "letters_token"),
    "public.enter": (OPEN, "donor_token"),
    "public.home": (OPEN, ""),
    "public.months": (OPEN, ""),
    "public.months_file": (OPEN, ""),
    "public.pledge": (OPEN, ""),
    "public.relink": (OPEN, ""),
    "public.totals": (OPEN, ""),
    "public.verify": (OPEN, "certificate_code"),
    "public.wishes": (OPEN, ""),
    "slip.enter": (OPEN, "slip_token"),
    "static": (OPEN, "file"),
}
# Doors whose key is the address itself: what a dead or wrong key answers, whoever asks.
KEYS = {
    "auth.first_password": 410,
    "classroom.again": 303,
    "classroom.enter": 303,
    "letter.enter": 302,
    "post.enter": 302,
    "public.enter": 302,
    "public.verify": 404,
    "slip.enter": 302,
}
