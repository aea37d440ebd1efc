#!/bin/sh
# The two roles: one owns and migrates, the application runs as the other and cannot change what is written once.
set -eu
psql --username postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE firstcut_owner LOGIN PASSWORD :'owner';
CREATE ROLE firstcut_app LOGIN PASSWORD :'app';
CREATE DATABASE firstcut OWNER firstcut_owner;
SQL
