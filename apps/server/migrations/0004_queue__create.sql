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

-- Round robin over the shares of a queue (a course, or nil for work of no course): every lease draws a ticket, and the
-- share that holds the oldest one is served next. A share that comes anew or comes back gets one turn at once and no
-- more: a count of jobs served would let it catch up on all it never asked for.
create sequence queue_tickets;
create table queue_shares (
  queue text not null references queues (name),
  share_id uuid not null,
  -- The ticket of the last job leased from it.
  ticket bigint not null default 0,
  -- The highest turn leased so far: where a learner who comes anew starts (start-time fair queueing).
  virtual_turn bigint not null default 0,
  primary key (queue, share_id)
) with (fillfactor = 50);

-- The turn of each learner's newest job in a share: the next one comes after it, so that many jobs of one learner stand
-- in a line of their own and delay nobody. A row, not a maximum over waiting jobs: hand-ins at the same instant see
-- each other's turn because they wait for the row.
create table queue_turns (
  queue text not null,
  share_id uuid not null,
  principal_id uuid not null,
  turn bigint not null,
  primary key (queue, share_id, principal_id)
) with (fillfactor = 80);

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
  -- No heartbeat carries the lease beyond.
  hard_cap_at timestamptz,
  -- Verdicts a worker told while it holds the lease, as [{key, verdict}], for those who watch.
  finished jsonb not null default '[]',
  -- The work's own time limits added up; the hard cap is three times this (reliability rule 4).
  work_ms int not null check (work_ms > 0),
  failure text,
  -- Of the report that retired the job: the same report again gets the same answer, another one does not.
  report_sha256 bytea check (octet_length(report_sha256) = 32),
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  unique (subject_id, generation),
  -- A lease that ran out leaves its hash behind until the next one: a late answer is taken as long as nobody else has the job.
  check (status <> 'pulled' or (lease_hash is not null and lease_expires_at is not null and hard_cap_at is not null)),
  check ((status = 'retired') = (retired_at is not null))
) with (fillfactor = 70);
create unique index grading_jobs_one_open on grading_jobs (subject_id) where status in ('pending', 'pulled', 'retry');
-- The order of leasing. `needs` stands before the turn so that jobs no waiting worker can do cost a lease nothing.
create index grading_jobs_waiting on grading_jobs (queue, share_id, needs, priority, turn, id) where status in ('pending', 'retry');
-- Few rows, and no column that a heartbeat changes: heartbeats stay heap-only updates.
create index grading_jobs_pulled on grading_jobs (queue) where status = 'pulled';
create index grading_jobs_failed on grading_jobs (queue, status_at) where status = 'failed';

-- Grading machines seen lately and what they can run, so that a page can say that nobody grades a language.
create table graders_seen (
  name text primary key check (length(name) between 1 and 200),
  languages jsonb not null,
  slots int not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
