#!/bin/sh
# The two roles: one owns and migrates, the application runs as the other and cannot change what is written once.
set -eu
psql --username postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE firstcut_owner LOGIN PASSWORD :'owner';
CREATE ROLE firstcut_app LOGIN PASSWORD :'app';
-- For workers elsewhere; without a password nobody enters. Give it one with ALTER ROLE firstcut_worker PASSWORD (docs/workers.md).
CREATE ROLE firstcut_worker LOGIN;
CREATE ROLE firstcut_gpu_worker LOGIN;
CREATE DATABASE firstcut OWNER firstcut_owner;
SQL
