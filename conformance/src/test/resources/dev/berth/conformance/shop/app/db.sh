# Makes the database in an empty volume, and serves it.
set -e
bin=$(echo /usr/lib/postgresql/*/bin)
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  "$bin/initdb" --auth=trust >/dev/null
  echo "host all all all trust" >>"$PGDATA/pg_hba.conf"
  echo "create role shop login" | "$bin/postgres" --single postgres >/dev/null
  echo "create database shop owner shop" | "$bin/postgres" --single postgres >/dev/null
fi
exec "$bin/postgres" -c listen_addresses='*' -c unix_socket_directories=/tmp
