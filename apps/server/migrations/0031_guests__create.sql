-- Learners without an account, known by an opaque token in a cookie (D2). Only its SHA-256 is stored.
create table guests (
  id uuid primary key references principals (id),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- False until the first call that may leave something behind: whoever only looked around is swept after a day.
  has_worked boolean not null default false,
  -- Whose sign-in could not take the work over yet; the next request tries again (R60).
  pending_for uuid references users (id),
  -- Once migrated a token proves nothing any more.
  migrated_to uuid references users (id),
  migrated_at timestamptz,
  check ((migrated_to is null) = (migrated_at is null))
);
create index guests_last_seen_at_idx on guests (last_seen_at) where not has_worked;

-- Visitors without an account, and users who are not enrolled, may go through the course.
alter table courses add column is_open_to_guests boolean not null default false;
