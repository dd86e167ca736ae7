-- Queues that external graders serve: jobs with a number, because their protocol names a job by an integer.
alter table queues add column is_external boolean not null default true;
update queues set is_external = false where name = 'gradus';

-- An integer that fits 2^31, because graders read it as one (xqueue.md section 6 rule 7).
create sequence xqueue_ids as int;

alter table grading_jobs
  -- The job's name for external graders; null for work of our own workers.
  add column xqueue_id int,
  -- What the external grader said, byte for byte (R90).
  add column reply bytea,
  -- What a later job of the same queue takes the place of: the hash of an LMS's whole callback address, which names one learner at one
  -- problem (xqueue.md section 0 no. 4).
  add column supersede_key bytea check (octet_length(supersede_key) = 32),
  -- Why the last answer under the present lease was not taken.
  add column refusal text,
  drop constraint grading_jobs_kind_check,
  add constraint grading_jobs_kind_check check (kind in ('submission', 'run', 'lms'));
create unique index grading_jobs_xqueue_id_key on grading_jobs (xqueue_id) where xqueue_id is not null;
-- The order in which external graders are served: whoever has been due longest. What was put back is due later and so
-- goes behind. Only what waits is in it, so its cost does not grow with history.
create index grading_jobs_due on grading_jobs (queue, available_at, xqueue_id) where status in ('pending', 'retry') and xqueue_id is not null;
create unique index grading_jobs_supersede_key on grading_jobs (queue, supersede_key)
  where status in ('pending', 'pulled', 'retry') and supersede_key is not null;
-- The order of our own workers is not theirs: one index less to keep for each.
drop index grading_jobs_waiting;
create index grading_jobs_waiting on grading_jobs (queue, share_id, needs, priority, turn, id) where status in ('pending', 'retry') and xqueue_id is null;
-- How much was graded in the last minutes, for the monitor.
create index grading_jobs_retired on grading_jobs (retired_at) where status = 'retired';

create table grader_accounts (
  id uuid primary key references principals (id),
  username text not null unique check (length(username) between 1 and 100),
  -- HMAC-SHA-256 of the secret under the installation's key: a login costs microseconds, because an LMS logs in for every hand-in.
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  -- Answers in real HTTP status codes instead of 200 with an envelope (R93).
  strict_status boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create table grader_account_queues (
  grader_account_id uuid not null references grader_accounts (id),
  queue text not null references queues (name),
  primary key (grader_account_id, queue)
);
create index grader_account_queues_queue_idx on grader_account_queues (queue);

alter table sessions
  drop constraint sessions_kind_check,
  add constraint sessions_kind_check check (kind in ('web', 'cli', 'xqueue'));
-- Machines sign in for every hand-in: their sessions are swept when they have ended.
create index sessions_xqueue_login_idx on sessions (principal_id, created_at) where kind = 'xqueue';
create index sessions_xqueue_expires_at_idx on sessions (expires_at) where kind = 'xqueue';

-- What a learning management system handed in for grading. Header and body are bytes: they go on as they came.
create table lms_submissions (
  id uuid primary key,
  queue text not null references queues (name),
  submitted_by uuid not null references grader_accounts (id),
  header bytea not null,
  body bytea not null,
  callback_url text not null check (length(callback_url) between 1 and 4096),
  -- `host:port` of it.
  callback_host text not null,
  -- Read out of header and body for people who search; nothing is decided by them.
  student_ref text not null default '',
  course_ref text not null default '',
  item_ref text not null default '',
  grader_ref text not null default '',
  -- One column to look through: five of them cost five times as much (bench/monitor.ts).
  search_text text not null generated always as (lower(student_ref || ' ' || course_ref || ' ' || item_ref || ' ' || grader_ref)) stored,
  created_at timestamptz not null default now(),
  -- The later hand-in of the same learner and problem that took its place before it was graded.
  superseded_by uuid references lms_submissions (id) on delete set null
);
create index lms_submissions_superseded_by_idx on lms_submissions (superseded_by) where superseded_by is not null;

create table lms_files (
  id uuid primary key,
  lms_submission_id uuid not null references lms_submissions (id) on delete cascade,
  name text not null check (length(name) between 1 and 255),
  object_key text not null unique,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  unique (lms_submission_id, name)
);
