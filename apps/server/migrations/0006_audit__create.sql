create table audit_events (
  id uuid primary key,
  at timestamptz not null default now(),
  actor_id uuid references principals (id),
  action text not null check (length(action) between 1 and 80),
  object_kind text not null,
  object_id text not null,
  course_id uuid,
  before jsonb,
  after jsonb,
  reason text not null default '',
  request_id text not null default ''
);
create index audit_events_object_idx on audit_events (object_kind, object_id, at);
create index audit_events_actor_idx on audit_events (actor_id, at);
create trigger audit_events_append_only before update or delete on audit_events
  for each row execute function refuse_change();

-- Unhandled errors, for staff (R108). No bodies, no tokens.
create table error_events (
  id uuid primary key,
  at timestamptz not null default now(),
  request_id text not null,
  route text not null,
  detail text not null check (length(detail) <= 8000)
);
create index error_events_at_idx on error_events (at desc);
