-- Work for graders. The queue knows leases only: what a job is about is (kind, subject_id).
create table queues (
  name text primary key check (length(name) between 1 and 128),
  lease_seconds int not null check (lease_seconds between 1 and 86400),
  max_tries int not null check (max_tries between 1 and 100),
  is_enabled boolean not null default true,
  created_at timestamptz not null default now()
);
-- The queue of our own workers. 3 tries: reliability rule 6.
insert into queues (name, lease_seconds, max_tries) values ('gradus', 30, 3);

-- One row per share of a queue (a course, or nil for work of no course): `turn` grows by one for each job
-- leased from it, so that the share served longest ago comes first; `virtual_turn` is the turn of the last
-- job leased from it, where a learner who comes anew starts (start-time fair queueing).
create table queue_shares (
  queue text not null references queues (name),
  share_id uuid not null,
  turn bigint not null default 0,
  virtual_turn bigint not null default 0,
  primary key (queue, share_id)
);

create table grading_jobs (
  id uuid primary key,
  queue text not null references queues (name),
  kind text not null check (kind in ('submission', 'run')),
  subject_id uuid not null,
  generation int not null default 1 check (generation >= 1),
  share_id uuid not null,
  principal_id uuid not null references principals (id),
  -- What a worker must have to do this job: a language.
  needs text not null,
  -- 0 live, 1 regrade: a live job goes first within its share.
  priority smallint not null default 0,
  turn bigint not null,
  status text not null default 'pending' check (status in ('pending', 'pulled', 'retry', 'retired', 'failed')),
  status_at timestamptz not null default now(),
  tries int not null default 0 check (tries >= 0),
  available_at timestamptz not null default now(),
  lease_hash bytea check (octet_length(lease_hash) = 32),
  lease_generation int not null default 0,
  leased_by text,
  leased_at timestamptz,
  lease_expires_at timestamptz,
  hard_cap_at timestamptz,
  -- The work's own time limits added up; the hard cap is three times this (reliability rule 4).
  work_ms int not null check (work_ms > 0),
  failure text,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  unique (subject_id, generation),
  check ((status = 'pulled') = (lease_hash is not null and lease_expires_at is not null))
) with (fillfactor = 70);
create unique index grading_jobs_one_open on grading_jobs (subject_id) where status in ('pending', 'pulled', 'retry');
create index grading_jobs_waiting on grading_jobs (queue, share_id, priority, turn, id) where status in ('pending', 'retry');
create index grading_jobs_waiting_principal on grading_jobs (queue, share_id, principal_id, turn) where status in ('pending', 'retry');
create index grading_jobs_pulled on grading_jobs (lease_expires_at) where status = 'pulled';
create index grading_jobs_failed on grading_jobs (queue, status_at) where status = 'failed';

-- Grading machines seen lately and what they can run, so that a page can say that nobody grades a language.
create table graders_seen (
  name text primary key check (length(name) between 1 and 200),
  languages jsonb not null,
  slots int not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
