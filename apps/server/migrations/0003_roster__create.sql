-- Who belongs to a course, and as what.
create table enrolments (
  id uuid primary key,
  course_id uuid not null references courses (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'teacher', 'ta', 'student')),
  state text not null default 'active' check (state in ('active', 'removed')),
  created_at timestamptz not null default now(),
  last_active_at timestamptz,
  unique (course_id, user_id)
);
create index enrolments_user_id_idx on enrolments (user_id);

create table join_codes (
  id uuid primary key,
  course_id uuid not null references courses (id),
  code text not null unique check (code ~ '^[A-Z0-9]{6,12}$'),
  max_uses int check (max_uses >= 1),
  uses int not null default 0 check (uses >= 0),
  expires_at timestamptz,
  disabled_at timestamptz,
  created_by uuid not null references principals (id),
  created_at timestamptz not null default now(),
  check (max_uses is null or uses <= max_uses)
);
create index join_codes_course_id_idx on join_codes (course_id);
