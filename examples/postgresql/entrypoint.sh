#!/bin/sh
# Makes a cluster in an empty volume, runs /init/*.sql in it, and becomes the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 >/dev/null
  pg_ctl -w -s -o "-c listen_addresses=" start
  for file in /init/*.sql; do
    psql -q -v ON_ERROR_STOP=1 -f "$file"
  done
  pg_ctl -w -s stop
fi
exec "$@"
