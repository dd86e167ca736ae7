-- Which part of every question's points makes an assignment's step done: 1 all of them, 0 any graded hand-in.
alter table assignments add column completion_ratio double precision not null default 1
  check (completion_ratio between 0 and 1);

-- Where a learner stands with a step: one row, written by one atomic upsert (R58). Monotone but for a reset by staff.
create table progress (
  principal_id uuid not null references principals (id),
  step_id uuid not null references steps (id) on delete cascade,
  -- Accepted hand-ins at the step's questions, counted in the transaction that takes each (R33).
  attempts int not null default 0 check (attempts >= 0),
  best_ratio double precision check (best_ratio between 0 and 1),
  -- When it was first completed; null while it is not.
  completed_at timestamptz,
  -- When the learner last did something with it; results that come in do not count.
  active_at timestamptz not null default now(),
  primary key (principal_id, step_id)
) with (fillfactor = 80);
create index progress_step_id_idx on progress (step_id);

-- Every marking of a step by its reader, with the key that makes a repetition harmless.
create table completions (
  id uuid primary key,
  principal_id uuid not null references principals (id),
  step_id uuid not null references steps (id) on delete cascade,
  ratio double precision check (ratio between 0 and 1),
  idempotency_key text check (length(idempotency_key) between 8 and 100),
  request_sha256 bytea not null check (octet_length(request_sha256) = 32),
  completed_at timestamptz not null default now(),
  unique (principal_id, idempotency_key)
);
create index completions_step_id_idx on completions (step_id);

-- Issued once per learner and course; a revoked one stays and is not issued again.
create table certificates (
  serial text primary key check (serial ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  principal_id uuid not null references principals (id),
  course_id uuid not null references courses (id),
  -- 0 to 1; shown as percent in one place.
  ratio double precision not null check (ratio between 0 and 1),
  step_count int not null check (step_count >= 1),
  issued_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoke_reason text check (length(revoke_reason) between 1 and 1000),
  check ((revoked_at is null) = (revoke_reason is null))
);
-- A learner may hold revoked ones beside it: those that a merge replaced.
create unique index certificates_one_live on certificates (principal_id, course_id) where revoked_at is null;
create index certificates_course_id_idx on certificates (course_id);

-- What was handed in and graded before this table existed.
with placed as (
  select aq.id, a.step_id, a.completion_ratio, count(*) over (partition by a.step_id) as questions,
    coalesce(aq.points_override, (select sum(t.points) from test_cases t where t.question_version_id = aq.question_version_id), 0) as possible
  from assignment_questions aq join assignments a on a.id = aq.assignment_id),
standing as (
  select k.principal_id, p.step_id, p.questions, k.attempts, coalesce(sc.points_possible, p.possible) as possible, sc.points, sc.updated_at,
    case when sc.points is null then null when sc.points_possible = 0 then 1 else least(1, sc.points / sc.points_possible) end >= p.completion_ratio as is_done
  from placed p join attempt_counters k on k.assignment_question_id = p.id
    left join scores sc on sc.principal_id = k.principal_id and sc.assignment_question_id = p.id)
insert into progress (principal_id, step_id, attempts, best_ratio, completed_at, active_at)
select s.principal_id, s.step_id, sum(s.attempts),
  case when count(s.points) > 0 then greatest(0, least(1, coalesce(sum(s.points)
    / nullif((select sum(p.possible) from placed p where p.step_id = s.step_id), 0), 1))) end,
  case when count(*) filter (where s.is_done) = max(s.questions) then max(s.updated_at) end,
  coalesce((select max(u.submitted_at) from submissions u join placed p on p.id = u.assignment_question_id
    where u.principal_id = s.principal_id and p.step_id = s.step_id), now())
from standing s group by s.principal_id, s.step_id having sum(s.attempts) > 0;
