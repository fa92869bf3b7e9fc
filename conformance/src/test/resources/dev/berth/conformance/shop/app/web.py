# Counts visits in the cache, where they are lost with it, and in the database, where they are kept.
import http.server, os, socket, psycopg2, redis

def visit():
    cache = redis.Redis(host="redis", socket_timeout=5)
    count = cache.incr("visits")
    with psycopg2.connect(host="database", user="shop", dbname="shop", connect_timeout=5) as db:
        with db.cursor() as cursor:
            cursor.execute("create table if not exists visits (by text)")
            cursor.execute("insert into visits values (%s)", (socket.gethostname(),))
            cursor.execute("select count(*) from visits")
            return f"visit {count} kept {cursor.fetchone()[0]} by {socket.gethostname()}\n"

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, body = 200, visit()
        except Exception as e:
            status, body = 503, f"{type(e).__name__}: {e}\n"
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *args):
        pass

print("web is up", flush=True)
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
