"""A real SMTP server with STARTTLS and AUTH that keeps each mail as one file.

usage: smtp_sink.py PORT DIRECTORY CERTIFICATE KEY USER PASSWORD
"""

import asyncio
import os
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Keep:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = os.path.join(self.directory, "%013d-%06d" % (time.time() * 1000, self.count))
        with open(name + ".part", "wb") as out:
            out.write(envelope.original_content)
        os.rename(name + ".part", name + ".eml")
        return "250 kept"


def main():
    port, directory, certificate, key, user, password = sys.argv[1:]

    def authenticate(server, session, envelope, mechanism, data):
        good = getattr(data, "login", b"") == user.encode() and getattr(data, "password", b"") == password.encode()
        return AuthResult(success=good, handled=good)

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    controller = Controller(
        Keep(directory),
        hostname="127.0.0.1",
        port=int(port),
        require_starttls=True,
        tls_context=tls,
        authenticator=authenticate,
        auth_required=True,
    )
    controller.start()
    asyncio.new_event_loop().run_forever()


main()
