"""Reads an ERC-20 balance from the chain and prints it in base units.

A witness of its own: it shares no code with what submitted the transaction, nor its libraries or language.

usage: readback.py <json-rpc url> <token> <account>
"""

import json
import sys
import urllib.request

BALANCE_OF = "70a08231"  # first four bytes of keccak256("balanceOf(address)"), EIP-20


def balance_of(url, token, account):
    """Returns the balance of `account` at the newest block."""
    call = {"to": token, "data": "0x" + BALANCE_OF + account.removeprefix("0x").rjust(64, "0")}
    body = {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [call, "latest"]}
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        answer = json.load(reply)
    if "error" in answer:
        raise SystemExit(answer["error"]["message"])
    return int(answer["result"], 16)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    print(balance_of(*sys.argv[1:]))
