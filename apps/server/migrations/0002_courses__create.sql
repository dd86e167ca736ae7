-- What is taught: course > module > step; a step is a material or an assignment.
create table courses (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
  title text not null check (length(title) between 1 and 200),
  summary text not null default '' check (length(summary) <= 2000),
  time_zone text not null default 'UTC',
  state text not null default 'draft' check (state in ('draft', 'published', 'archived')),
  created_by uuid not null references users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table modules (
  id uuid primary key,
  course_id uuid not null references courses (id),
  position int not null check (position >= 0),
  title text not null check (length(title) between 1 and 200),
  unique (course_id, position) deferrable initially immediate
);

create table steps (
  id uuid primary key,
  module_id uuid not null references modules (id),
  position int not null check (position >= 0),
  kind text not null check (kind in ('material', 'assignment')),
  title text not null check (length(title) between 1 and 200),
  state text not null default 'draft' check (state in ('draft', 'published')),
  unique (module_id, position) deferrable initially immediate
);

create table materials (
  step_id uuid primary key references steps (id) on delete cascade,
  body_markdown text not null default '' check (length(body_markdown) <= 1000000)
);

create table assignments (
  id uuid primary key,
  step_id uuid not null unique references steps (id) on delete cascade,
  instructions_markdown text not null default '' check (length(instructions_markdown) <= 100000),
  -- Times are instants; the course's time zone is how they are typed and shown (G4).
  opens_at timestamptz,
  due_at timestamptz,
  closes_at timestamptz,
  max_attempts int check (max_attempts between 1 and 10000),
  graded_attempt text not null default 'best' check (graded_attempt in ('best', 'latest', 'first')),
  constraint assignments_times_in_order check (
    (opens_at is null or due_at is null or opens_at < due_at)
    and (due_at is null or closes_at is null or due_at <= closes_at)
    and (opens_at is null or closes_at is null or opens_at < closes_at))
);

-- A question is reusable; its versions never change once published (R68, R70).
create table questions (
  id uuid primary key,
  owner_id uuid not null references users (id),
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
  is_shared boolean not null default false,
  created_at timestamptz not null default now(),
  unique (owner_id, slug)
);

create table question_versions (
  id uuid primary key,
  question_id uuid not null references questions (id),
  number int not null check (number >= 1),
  state text not null default 'draft' check (state in ('draft', 'published')),
  kind text not null check (kind in ('io', 'function', 'unit')),
  title text not null check (length(title) between 1 and 200),
  statement_markdown text not null default '' check (length(statement_markdown) <= 100000),
  -- Everything of the version that is not a test: comparator, function name, and per language starter, reference, flags.
  spec jsonb not null,
  -- Over title, statement, spec and tests: proves that a try was of exactly this content.
  content_sha256 bytea not null check (octet_length(content_sha256) = 32),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  published_at timestamptz,
  unique (question_id, number),
  check ((state = 'published') = (published_at is not null))
);
create unique index question_versions_one_draft on question_versions (question_id) where state = 'draft';

create table test_cases (
  id uuid primary key,
  question_version_id uuid not null references question_versions (id) on delete cascade,
  -- Stable across versions, so that statistics can follow one test through edits.
  key text not null check (key ~ '^[A-Za-z0-9_.-]{1,64}$'),
  position int not null check (position >= 0),
  name text not null check (length(name) between 1 and 200),
  points numeric(10, 4) not null check (points >= 0),
  is_hidden boolean not null,
  time_ms int not null check (time_ms between 50 and 60000),
  memory_mb int not null check (memory_mb between 16 and 4096),
  output_kb int not null check (output_kb between 1 and 16384),
  input jsonb not null,
  expected jsonb not null,
  unique (question_version_id, key),
  unique (question_version_id, position)
);

create table assignment_questions (
  id uuid primary key,
  assignment_id uuid not null references assignments (id),
  position int not null check (position >= 0),
  question_id uuid not null references questions (id),
  question_version_id uuid not null references question_versions (id),
  points_override numeric(10, 4) check (points_override >= 0),
  config jsonb not null default '{}',
  unique (assignment_id, position) deferrable initially immediate,
  unique (assignment_id, question_id)
);
create index assignment_questions_question_id_idx on assignment_questions (question_id);
create index assignment_questions_question_version_id_idx on assignment_questions (question_version_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

-- The only change a published version can ever see is none; a draft may become published once.
create function guard_published_version() returns trigger language plpgsql as $$
begin
  if old.state = 'published' then
    raise exception 'question version % is published and never changes', old.id using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $$;
create trigger question_versions_immutable before update or delete on question_versions
  for each row execute function guard_published_version();

create function guard_published_test_case() returns trigger language plpgsql as $$
begin
  if exists (select 1 from question_versions v
             where v.id in (case when tg_op <> 'INSERT' then old.question_version_id end, case when tg_op <> 'DELETE' then new.question_version_id end)
               and v.state = 'published') then
    raise exception 'tests of a published question version never change' using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $$;
create trigger test_cases_immutable before insert or update or delete on test_cases
  for each row execute function guard_published_test_case();
