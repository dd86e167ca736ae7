-- Who acts. `principals` is the one identity work hangs on; a typed row stands beside each (docs/glossary.md).
create table principals (
  id uuid primary key,
  kind text not null check (kind in ('user', 'guest', 'candidate', 'grader', 'service')),
  created_at timestamptz not null default now(),
  unique (id, kind)
);

create table users (
  id uuid primary key references principals (id),
  email text not null check (length(email) between 3 and 254),
  display_name text not null check (length(display_name) between 1 and 100),
  password_hash text,
  is_admin boolean not null default false,
  -- May create courses. Given by an administrator, never chosen at registration (D9).
  is_creator boolean not null default false,
  settings jsonb not null default '{}',
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index users_email_key on users (lower(email));

-- Browser sessions and machine bearer tokens. Only the SHA-256 of a token is stored.
create table sessions (
  id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  principal_id uuid not null references principals (id),
  kind text not null check (kind in ('web', 'cli')),
  label text not null default '' check (length(label) <= 100),
  user_agent text not null default '' check (length(user_agent) <= 300),
  -- The browser's mark, hashed: a device that has signed in before is never kept out by strangers' failures (2.5 no. 5).
  device_hash bytea check (octet_length(device_hash) = 32),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index sessions_principal_id_idx on sessions (principal_id);

-- Keys for machines. `principal_id` is whom the key acts as: a user, or a service principal of its own.
create table api_keys (
  id uuid primary key,
  key_hash bytea not null unique check (octet_length(key_hash) = 32),
  principal_id uuid not null references principals (id),
  name text not null check (length(name) between 1 and 100),
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by uuid references principals (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_principal_id_idx on api_keys (principal_id);

-- Failed proofs by who or where, counted in windows (2.5 no. 5). In the database because servers are many and hold no
-- state; unlogged because losing counts in a crash costs nothing.
create unlogged table failure_counts (
  bucket text primary key check (length(bucket) <= 200),
  failures int not null check (failures >= 1),
  started_at timestamptz not null default now()
);
create index failure_counts_started_at_idx on failure_counts (started_at);
