-- Keys of this installation, drawn once and shared by all its servers: they key the hashes of machines' secrets, sign
-- short-lived addresses of files, and make pseudonyms that no other installation can make.
create table installation_keys (
  name text primary key,
  key bytea not null check (octet_length(key) = 32),
  created_at timestamptz not null default now()
);
-- Three random UUIDs carry 366 random bits; PostgreSQL has no other strong source without extensions.
insert into installation_keys (name, key)
select name, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
from unnest(array['machine_secrets', 'addresses', 'pseudonyms']) name;
