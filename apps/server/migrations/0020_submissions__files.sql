-- Files that people grade.
alter table question_versions
  drop constraint question_versions_kind_check,
  add constraint question_versions_kind_check check (kind in ('io', 'function', 'unit', 'external', 'file'));

-- A hand-in is code, here, or a file, in submission_files.
alter table submissions
  alter column language drop not null,
  alter column content drop not null,
  add constraint submissions_code_or_file check ((language is null) = (content is null));

-- The bytes may be deleted, the row stays: what was handed in, when, and that it was deleted, is known for ever.
create table submission_files (
  submission_id uuid primary key references submissions (id),
  object_key text not null unique,
  -- As it was sent, but for U+0000, which no column can hold.
  original_filename text not null check (length(original_filename) between 1 and 1000),
  content_type text not null check (length(content_type) <= 200),
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  -- Only where the routes of the original depository tell it (decision 0021).
  md5 bytea check (octet_length(md5) = 16),
  -- A later file of the same learner took its place.
  superseded_at timestamptz,
  bytes_deleted_at timestamptz,
  deleted_because text check (deleted_because in ('superseded', 'retention')),
  check ((bytes_deleted_at is null) = (deleted_because is null))
);
-- What retention looks at: files whose bytes are still there.
create index submission_files_kept on submission_files (submission_id) where bytes_deleted_at is null;

-- What was handed in never changes; that it was superseded or deleted is noted once.
create function guard_submission_file() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE'
    or (new.submission_id, new.object_key, new.original_filename, new.content_type, new.size_bytes, new.sha256, new.md5)
      is distinct from (old.submission_id, old.object_key, old.original_filename, old.content_type, old.size_bytes, old.sha256, old.md5)
    or (old.superseded_at is not null and new.superseded_at is distinct from old.superseded_at)
    or (old.bytes_deleted_at is not null and (new.bytes_deleted_at, new.deleted_because) is distinct from (old.bytes_deleted_at, old.deleted_because))
  then
    raise exception 'submission_files: what was handed in never changes: % refused', tg_op using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger submission_files_append_only before update or delete on submission_files
  for each row execute function guard_submission_file();
