-- The exam depository. An exam is an assignment with one file question whose principals are candidates: title, times,
-- number of uploads and limits of the file are those of the assignment and its question; what only exams have is here.
create table exams (
  id uuid primary key,
  assignment_id uuid not null unique references assignments (id),
  assignment_question_id uuid not null unique references assignment_questions (id),
  retention_seconds int not null check (retention_seconds between 1 and 315360000),
  hash_first_grace_seconds int not null check (hash_first_grace_seconds between 0 and 86400),
  -- Why nothing of it is deleted; null where retention runs.
  legal_hold_reason text check (length(legal_hold_reason) between 1 and 500),
  -- The one that the plain routes of the original depository serve.
  is_default boolean not null default false,
  -- When the audit log last told that bytes are about to be deleted.
  deletion_warned_at timestamptz,
  created_by uuid references principals (id),
  created_at timestamptz not null default now()
);
create unique index exams_one_default on exams (is_default) where is_default;

-- Students of one exam, without accounts. The id stays with what was handed in: two candidates who are swapped exchange
-- their names.
create table candidates (
  id uuid primary key references principals (id),
  exam_id uuid not null references exams (id),
  nickname text not null check (length(nickname) between 1 and 64),
  first_name text not null check (length(first_name) between 1 and 254),
  last_name text not null check (length(last_name) between 1 and 254),
  email text check (length(email) between 3 and 254),
  created_at timestamptz not null default now(),
  constraint candidates_nickname_key unique (exam_id, nickname)
);
create unique index candidates_email_key on candidates (exam_id, lower(email));

-- Readable, because the original's routes return them (R110). A code that was revoked is never given out again.
create table upload_codes (
  id uuid primary key,
  candidate_id uuid not null references candidates (id),
  code text not null unique check (code ~ '^[A-Z0-9]{8,10}$'),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoked_because text check (length(revoked_because) <= 500),
  check ((revoked_at is null) = (revoked_because is null))
);
create unique index upload_codes_one_live on upload_codes (candidate_id) where revoked_at is null;
create index upload_codes_candidate_id_idx on upload_codes (candidate_id, created_at);

-- The log of an exam: each entry's hash covers the one before. The head is the lock under which entries are added.
create table exam_logs (
  exam_id uuid primary key references exams (id),
  seq int not null check (seq >= 0),
  sha256 bytea not null check (octet_length(sha256) = 32)
) with (fillfactor = 50);
create table exam_log_entries (
  exam_id uuid not null references exams (id),
  seq int not null check (seq >= 1),
  -- Exactly the text that was hashed: canonical JSON.
  entry text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  primary key (exam_id, seq)
);
create trigger exam_log_entries_append_only before update or delete on exam_log_entries
  for each row execute function refuse_change();

-- One for each accepted file, and one for each promise of a file, which becomes the file's when its bytes come.
create table receipts (
  id uuid primary key,
  -- 26 symbols (130 bits), or the original's 9 small letters and digits where its routes gave it out.
  code text not null unique check (code ~ '^([A-Z2-9]{26}|[a-z0-9]{9})$'),
  exam_id uuid not null references exams (id),
  candidate_id uuid not null references candidates (id),
  submission_id uuid unique references submissions (id),
  log_seq int not null,
  issued_at timestamptz not null,
  promised_sha256 bytea check (octet_length(promised_sha256) = 32),
  promised_size_bytes bigint check (promised_size_bytes >= 0),
  promised_filename text check (length(promised_filename) between 1 and 1000),
  -- Until when the bytes of a promise are taken, fixed when it was made.
  bytes_until timestamptz,
  foreign key (exam_id, log_seq) references exam_log_entries (exam_id, seq),
  check ((promised_sha256 is null) = (promised_size_bytes is null) and (promised_sha256 is null) = (promised_filename is null)
    and (promised_sha256 is null) = (bytes_until is null)),
  check (submission_id is not null or promised_sha256 is not null)
);
create index receipts_candidate_id_idx on receipts (candidate_id, issued_at);
create index receipts_open_promises on receipts (exam_id, candidate_id) where submission_id is null;
