-- The account that the service uses: it adds to the screening log and reads the keys, and changes neither.
-- Run by the owner of the tables after each `eligibility log upgrade`, as often as one likes:
--   psql --variable=password_file=FILE --file=deploy/service-role.sql
\set ON_ERROR_STOP on
\set password `cat :'password_file'`

BEGIN;
SELECT 'CREATE ROLE service' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'service') \gexec
ALTER ROLE service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM service;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO service;
GRANT INSERT ON entries, documents TO service;
GRANT INSERT, UPDATE ON head TO service;
GRANT DELETE ON documents TO service;  -- what is kept beside an entry is forgotten in time
-- The table of the API keys is made with the first key.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO service;
COMMIT;
