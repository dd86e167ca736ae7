-- Answers on their way back to a learning management system. Not in graphile_worker: what a killed process had fetched
-- there waits four hours, and a learner is waiting for this.
create table callbacks (
  id uuid primary key,
  -- What the answer is about.
  subject_id uuid not null,
  url text not null,
  -- Each host is asked by a few at once only, and each account's answers have a share of the places.
  host text not null,
  sent_for uuid not null,
  header bytea not null,
  body bytea not null,
  -- True where it tells that grading or delivery failed, and is no grader's answer.
  is_notice boolean not null default false,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  tries int not null default 0,
  -- Due at this time; a delivery under way is due again when it must have ended.
  available_at timestamptz not null default now(),
  last_status int,
  last_error text,
  created_at timestamptz not null default now(),
  ended_at timestamptz
) with (fillfactor = 80);
create index callbacks_due on callbacks (available_at) where state = 'waiting';
create index callbacks_failed on callbacks (created_at) where state = 'failed';
create index callbacks_subject_id_idx on callbacks (subject_id);
