-- Attempts. One row per (learner, assignment question): locked while an attempt is numbered.
create table attempt_counters (
  principal_id uuid not null references principals (id),
  assignment_question_id uuid not null references assignment_questions (id),
  attempts int not null check (attempts >= 0),
  -- Attempts given back because our grading failed: they do not count against max_attempts.
  forgiven int not null default 0 check (forgiven >= 0),
  primary key (principal_id, assignment_question_id)
) with (fillfactor = 80);

-- Append-only (R65, R66): content never changes; a void is a new fact.
create table submissions (
  id uuid primary key,
  principal_id uuid not null references principals (id),
  assignment_question_id uuid not null references assignment_questions (id),
  question_version_id uuid not null references question_versions (id),
  course_id uuid not null references courses (id),
  attempt_number int not null check (attempt_number >= 1),
  language text not null,
  content bytea not null check (octet_length(content) <= 102400),
  content_sha256 bytea not null check (octet_length(content_sha256) = 32),
  submitted_at timestamptz not null default now(),
  is_late boolean not null,
  client text not null default 'api' check (length(client) <= 40),
  -- Kept for the submission's life: an offline client may replay days later.
  idempotency_key text not null check (length(idempotency_key) between 8 and 100),
  request_sha256 bytea not null check (octet_length(request_sha256) = 32),
  unique (principal_id, assignment_question_id, attempt_number),
  unique (principal_id, idempotency_key)
);
create index submissions_assignment_question_id_idx on submissions (assignment_question_id, submitted_at);
create index submissions_course_id_idx on submissions (course_id, submitted_at desc, id desc);
create trigger submissions_append_only before update or delete on submissions
  for each row execute function refuse_change();

create table submission_voids (
  submission_id uuid primary key references submissions (id),
  reason text not null check (length(reason) between 1 and 1000),
  voided_by uuid references principals (id),
  voided_at timestamptz not null default now()
);

-- Attempts given back because our grading failed, once per submission; they stay given back when it is graded later.
create table forgiven_attempts (
  submission_id uuid primary key references submissions (id),
  forgiven_at timestamptz not null default now()
);
create trigger forgiven_attempts_append_only before update or delete on forgiven_attempts
  for each row execute function refuse_change();

-- Trials that use no attempt: a learner's run of the visible tests, a teacher's try of reference and starter.
create table runs (
  id uuid primary key,
  principal_id uuid not null references principals (id),
  kind text not null check (kind in ('visible_tests', 'reference', 'starter')),
  question_version_id uuid not null references question_versions (id) on delete cascade,
  -- Trials are no hand-ins: they do not keep a placement from being taken out.
  assignment_question_id uuid references assignment_questions (id) on delete set null,
  course_id uuid references courses (id),
  -- The version's content when the run was asked for: a draft may change afterwards.
  version_sha256 bytea not null,
  language text not null,
  content bytea not null check (octet_length(content) <= 102400),
  created_at timestamptz not null default now(),
  -- A learner's waiting runs stand on numbered places, so that no two at once can take the same one; null for a teacher's tries.
  place smallint check (place between 1 and 3),
  -- The outcome in the contract's shape; null while it waits, and where our grading failed.
  outcome jsonb,
  finished_at timestamptz,
  check ((kind = 'visible_tests') = (place is not null)),
  check (outcome is null or finished_at is not null)
);
create unique index runs_waiting_place on runs (principal_id, place) where finished_at is null;
create index runs_question_version_id_idx on runs (question_version_id, kind);
create index runs_principal_id_idx on runs (principal_id, created_at);
create index runs_finished_at_idx on runs (finished_at);

-- One row per grading of a submission; exactly one is current (I4). A regrade adds a generation.
create table results (
  submission_id uuid not null references submissions (id),
  generation int not null check (generation >= 1),
  is_current boolean not null,
  verdict text not null,
  points numeric(12, 4) not null,
  points_possible numeric(12, 4) not null,
  compile_output text not null default '',
  sandbox text not null,
  runtime text not null default '',
  graded_at timestamptz not null default now(),
  primary key (submission_id, generation)
);
create unique index results_one_current on results (submission_id) where is_current;

create table test_results (
  submission_id uuid not null,
  generation int not null,
  test_case_id uuid not null references test_cases (id),
  verdict text not null,
  points numeric(10, 4) not null,
  time_ms int,
  memory_kb int,
  -- What the page shows of it: output, difference, exit code, signal, exception. Bounded by the contract.
  detail jsonb not null default '{}',
  primary key (submission_id, generation, test_case_id),
  foreign key (submission_id, generation) references results (submission_id, generation)
);
create index test_results_test_case_id_idx on test_results (test_case_id, verdict);
create index test_results_submission_id_idx on test_results (submission_id, verdict);
create trigger test_results_append_only before update or delete on test_results
  for each row execute function refuse_change();

-- Every fact that moves a grade. A grade is a pure fold of these and the assignment's policy.
create table score_events (
  id uuid primary key,
  submission_id uuid not null references submissions (id),
  principal_id uuid not null references principals (id),
  assignment_question_id uuid not null references assignment_questions (id),
  source text not null check (source in ('auto', 'rubric', 'adjustment', 'override', 'regrade', 'void')),
  generation int,
  points numeric(12, 4) not null,
  points_possible numeric(12, 4) not null,
  reason text not null default '',
  caused_by uuid references principals (id),
  created_at timestamptz not null default now()
);
create index score_events_principal_id_idx on score_events (principal_id, assignment_question_id);
create index score_events_submission_id_idx on score_events (submission_id);
create trigger score_events_append_only before update or delete on score_events
  for each row execute function refuse_change();

-- A cache of the fold; a command rebuilds it and compares.
create table scores (
  principal_id uuid not null references principals (id),
  assignment_question_id uuid not null references assignment_questions (id),
  submission_id uuid not null references submissions (id),
  points numeric(12, 4) not null,
  points_possible numeric(12, 4) not null,
  updated_at timestamptz not null default now(),
  primary key (principal_id, assignment_question_id)
);
create index scores_assignment_question_id_idx on scores (assignment_question_id);
