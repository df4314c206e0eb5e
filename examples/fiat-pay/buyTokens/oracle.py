"""Proves that its user made one FiatPay payment, and buys the tokens offered for it.

The offer's id is keccak256(abi.encode(payee, cents, salt)). It binds what the seller asks for, so nothing that the
user types here can make another payment fit.
"""

import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request

import opencontracts

SITE = "https://fiatpay.example"


class Payments(html.parser.HTMLParser):
    """Collects the rows of the account page."""

    def __init__(self):
        super().__init__()
        self.rows = []

    def handle_starttag(self, tag, attributes):
        fields = dict(attributes)
        if tag == "tr" and fields.get("class") == "payment":
            self.rows.append(fields)


class Browser:
    """Visits the site and keeps its cookies."""

    def __init__(self):
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def visit(self, path, form=None):
        """Returns (path where the site led us, page)."""
        body = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(SITE + path, body, timeout=30) as reply:
                return urllib.parse.urlsplit(reply.url).path, reply.read().decode()
        except urllib.error.HTTPError as refusal:
            if refusal.code == 401:
                return path, ""
            raise


def log_in(session):
    """Logs in with what the user types and returns the account page."""
    browser = Browser()
    account = session.user_input("Your FiatPay account:")
    password = session.user_input("Your FiatPay password:", secret=True)
    path, _ = browser.visit("/login", {"account": account, "password": password})
    if path != "/code":
        raise PermissionError("FiatPay did not accept this account and password.")
    code = session.user_input("The one-time code that FiatPay sent to your phone:", secret=True)
    path, page = browser.visit("/code", {"code": code})
    if path != "/account":
        raise PermissionError("FiatPay did not accept this code.")
    return page


def find_payment(page, payee, cents, offer_id):
    """Returns the id of the payment that the offer asks for."""
    parser = Payments()
    parser.feed(page)
    about = [row for row in parser.rows if row["data-kind"] == "sent" and offer_id in row["data-message"]]
    if not about:
        raise LookupError(f"No payment of yours carries the offer id {offer_id} in its message.")
    for row in about:
        if row["data-other"] == payee and int(row["data-cents"]) == cents:
            return row["data-id"]
    raise LookupError(
        f"You sent {int(about[0]['data-cents']) / 100:.2f} to {about[0]['data-other']}, "
        f"but the offer asks for {cents / 100:.2f} to {payee}."
    )


with opencontracts.session() as session:
    session.print("This script logs in to FiatPay, looks for your payment, and buys the tokens offered for it.")
    payee = session.user_input("The seller's FiatPay account, as the offer says:")
    cents = int(session.user_input("The price in cents, as the offer says:"))
    salt = bytes.fromhex(session.user_input("The offer's salt (64 hex digits):").removeprefix("0x"))
    offer_id = session.keccak(payee, cents, salt, types=("string", "uint256", "bytes32"))
    session.print(f"The offer's id is 0x{offer_id.hex()}.")
    page = log_in(session)
    session.expect_delay(2, "Looking for your payment")
    payment = find_payment(page, payee, cents, offer_id.hex())
    session.print(f"Found payment {payment}.")
    session.submit(
        session.user(),
        offer_id,
        session.keccak(payment, types=("string",)),
        types=("address", "bytes32", "bytes32"),
        function_name="buyTokens",
    )
