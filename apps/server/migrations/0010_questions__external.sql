-- Questions that a named queue grades.
alter table question_versions
  drop constraint question_versions_kind_check,
  add constraint question_versions_kind_check check (kind in ('io', 'function', 'unit', 'external'));
-- May watch queues and put failed jobs back.
alter table users add column is_operator boolean not null default false;
