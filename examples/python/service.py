"""Sums numbers: GET /sum?of=1&of=2 answers {"sum": 3}. With --check it asks itself."""

import json
import os
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORT = int(os.environ.get("PORT", "8000"))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            numbers = [int(text) for text in parse_qs(urlsplit(self.path).query).get("of", [])]
            status, answer = 200, {"sum": sum(numbers)}
        except ValueError as wrong:
            status, answer = 400, {"error": str(wrong)}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if "--check" in sys.argv:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/sum?of=20&of=22", timeout=3) as response:
        print(response.read().decode())
else:
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
