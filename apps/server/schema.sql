-- The schema as the migrations leave it. Written by `npm run db:dump`, read by people; a test holds it against the migrated database.

create table api_keys (
  id uuid not null,
  key_hash bytea not null,
  principal_id uuid not null,
  name text not null,
  scopes text[] not null,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_key_hash_check CHECK ((octet_length(key_hash) = 32)),
  constraint api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id),
  constraint api_keys_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);
CREATE INDEX api_keys_principal_id_idx ON api_keys USING btree (principal_id);

create table assignment_questions (
  id uuid not null,
  assignment_id uuid not null,
  "position" integer not null,
  question_id uuid not null,
  question_version_id uuid not null,
  points_override numeric(10,4),
  config jsonb not null default '{}'::jsonb,
  constraint assignment_questions_pkey PRIMARY KEY (id),
  constraint assignment_questions_assignment_id_position_key UNIQUE (assignment_id, "position") DEFERRABLE,
  constraint assignment_questions_assignment_id_question_id_key UNIQUE (assignment_id, question_id),
  constraint assignment_questions_points_override_check CHECK ((points_override >= (0)::numeric)),
  constraint assignment_questions_position_check CHECK (("position" >= 0)),
  constraint assignment_questions_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignments(id),
  constraint assignment_questions_question_id_fkey FOREIGN KEY (question_id) REFERENCES questions(id),
  constraint assignment_questions_question_version_id_fkey FOREIGN KEY (question_version_id) REFERENCES question_versions(id)
);
CREATE INDEX assignment_questions_question_id_idx ON assignment_questions USING btree (question_id);
CREATE INDEX assignment_questions_question_version_id_idx ON assignment_questions USING btree (question_version_id);

create table assignments (
  id uuid not null,
  step_id uuid not null,
  instructions_markdown text not null default ''::text,
  opens_at timestamp with time zone,
  due_at timestamp with time zone,
  closes_at timestamp with time zone,
  max_attempts integer,
  graded_attempt text not null default 'best'::text,
  completion_ratio double precision not null default 1,
  constraint assignments_pkey PRIMARY KEY (id),
  constraint assignments_step_id_key UNIQUE (step_id),
  constraint assignments_completion_ratio_check CHECK (((completion_ratio >= (0)::double precision) AND (completion_ratio <= (1)::double precision))),
  constraint assignments_graded_attempt_check CHECK ((graded_attempt = ANY (ARRAY['best'::text, 'latest'::text, 'first'::text]))),
  constraint assignments_instructions_markdown_check CHECK ((length(instructions_markdown) <= 100000)),
  constraint assignments_max_attempts_check CHECK (((max_attempts >= 1) AND (max_attempts <= 10000))),
  constraint assignments_times_in_order CHECK ((((opens_at IS NULL) OR (due_at IS NULL) OR (opens_at < due_at)) AND ((due_at IS NULL) OR (closes_at IS NULL) OR (due_at <= closes_at)) AND ((opens_at IS NULL) OR (closes_at IS NULL) OR (opens_at < closes_at)))),
  constraint assignments_step_id_fkey FOREIGN KEY (step_id) REFERENCES steps(id) ON DELETE CASCADE
);

create table attempt_counters (
  principal_id uuid not null,
  assignment_question_id uuid not null,
  attempts integer not null,
  forgiven integer not null default 0,
  constraint attempt_counters_pkey PRIMARY KEY (principal_id, assignment_question_id),
  constraint attempt_counters_attempts_check CHECK ((attempts >= 0)),
  constraint attempt_counters_forgiven_check CHECK ((forgiven >= 0)),
  constraint attempt_counters_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id),
  constraint attempt_counters_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
) with (fillfactor=80);

create table audit_events (
  id uuid not null,
  at timestamp with time zone not null default now(),
  actor_id uuid,
  action text not null,
  object_kind text not null,
  object_id text not null,
  course_id uuid,
  before jsonb,
  after jsonb,
  reason text not null default ''::text,
  request_id text not null default ''::text,
  constraint audit_events_pkey PRIMARY KEY (id),
  constraint audit_events_action_check CHECK (((length(action) >= 1) AND (length(action) <= 80))),
  constraint audit_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES principals(id)
);
CREATE INDEX audit_events_actor_idx ON audit_events USING btree (actor_id, at);
CREATE INDEX audit_events_object_idx ON audit_events USING btree (object_kind, object_id, at);
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table callbacks (
  id uuid not null,
  subject_id uuid not null,
  url text not null,
  host text not null,
  sent_for uuid not null,
  header bytea not null,
  body bytea not null,
  is_notice boolean not null default false,
  state text not null default 'waiting'::text,
  tries integer not null default 0,
  available_at timestamp with time zone not null default now(),
  last_status integer,
  last_error text,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  constraint callbacks_pkey PRIMARY KEY (id),
  constraint callbacks_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text])))
) with (fillfactor=80);
CREATE INDEX callbacks_due ON callbacks USING btree (available_at) WHERE (state = 'waiting'::text);
CREATE INDEX callbacks_failed ON callbacks USING btree (created_at) WHERE (state = 'failed'::text);
CREATE INDEX callbacks_subject_id_idx ON callbacks USING btree (subject_id);

create table candidates (
  id uuid not null,
  exam_id uuid not null,
  nickname text not null,
  first_name text not null,
  last_name text not null,
  email text,
  created_at timestamp with time zone not null default now(),
  constraint candidates_pkey PRIMARY KEY (id),
  constraint candidates_nickname_key UNIQUE (exam_id, nickname),
  constraint candidates_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  constraint candidates_first_name_check CHECK (((length(first_name) >= 1) AND (length(first_name) <= 254))),
  constraint candidates_last_name_check CHECK (((length(last_name) >= 1) AND (length(last_name) <= 254))),
  constraint candidates_nickname_check CHECK (((length(nickname) >= 1) AND (length(nickname) <= 64))),
  constraint candidates_exam_id_fkey FOREIGN KEY (exam_id) REFERENCES exams(id),
  constraint candidates_id_fkey FOREIGN KEY (id) REFERENCES principals(id)
);
CREATE UNIQUE INDEX candidates_email_key ON candidates USING btree (exam_id, lower(email));

create table certificates (
  serial text not null,
  principal_id uuid not null,
  course_id uuid not null,
  ratio double precision not null,
  step_count integer not null,
  issued_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  revoke_reason text,
  constraint certificates_pkey PRIMARY KEY (serial),
  constraint certificates_check CHECK (((revoked_at IS NULL) = (revoke_reason IS NULL))),
  constraint certificates_ratio_check CHECK (((ratio >= (0)::double precision) AND (ratio <= (1)::double precision))),
  constraint certificates_revoke_reason_check CHECK (((length(revoke_reason) >= 1) AND (length(revoke_reason) <= 1000))),
  constraint certificates_serial_check CHECK ((serial ~ '^[0-9A-HJKMNP-TV-Z]{16}$'::text)),
  constraint certificates_step_count_check CHECK ((step_count >= 1)),
  constraint certificates_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id),
  constraint certificates_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);
CREATE INDEX certificates_course_id_idx ON certificates USING btree (course_id);
CREATE UNIQUE INDEX certificates_one_live ON certificates USING btree (principal_id, course_id) WHERE (revoked_at IS NULL);

create table completions (
  id uuid not null,
  principal_id uuid not null,
  step_id uuid not null,
  ratio double precision,
  idempotency_key text,
  request_sha256 bytea not null,
  completed_at timestamp with time zone not null default now(),
  constraint completions_pkey PRIMARY KEY (id),
  constraint completions_principal_id_idempotency_key_key UNIQUE (principal_id, idempotency_key),
  constraint completions_idempotency_key_check CHECK (((length(idempotency_key) >= 8) AND (length(idempotency_key) <= 100))),
  constraint completions_ratio_check CHECK (((ratio >= (0)::double precision) AND (ratio <= (1)::double precision))),
  constraint completions_request_sha256_check CHECK ((octet_length(request_sha256) = 32)),
  constraint completions_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint completions_step_id_fkey FOREIGN KEY (step_id) REFERENCES steps(id) ON DELETE CASCADE
);
CREATE INDEX completions_step_id_idx ON completions USING btree (step_id);

create table courses (
  id uuid not null,
  slug text not null,
  title text not null,
  summary text not null default ''::text,
  time_zone text not null default 'UTC'::text,
  state text not null default 'draft'::text,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  is_open_to_guests boolean not null default false,
  constraint courses_pkey PRIMARY KEY (id),
  constraint courses_slug_key UNIQUE (slug),
  constraint courses_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 64))),
  constraint courses_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))),
  constraint courses_summary_check CHECK ((length(summary) <= 2000)),
  constraint courses_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint courses_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id)
);

create table enrolments (
  id uuid not null,
  course_id uuid not null,
  user_id uuid not null,
  role text not null,
  state text not null default 'active'::text,
  created_at timestamp with time zone not null default now(),
  last_active_at timestamp with time zone,
  constraint enrolments_pkey PRIMARY KEY (id),
  constraint enrolments_course_id_user_id_key UNIQUE (course_id, user_id),
  constraint enrolments_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'teacher'::text, 'ta'::text, 'student'::text]))),
  constraint enrolments_state_check CHECK ((state = ANY (ARRAY['active'::text, 'removed'::text]))),
  constraint enrolments_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id),
  constraint enrolments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX enrolments_user_id_idx ON enrolments USING btree (user_id);

create table error_events (
  id uuid not null,
  at timestamp with time zone not null default now(),
  request_id text not null,
  route text not null,
  detail text not null,
  constraint error_events_pkey PRIMARY KEY (id),
  constraint error_events_detail_check CHECK ((length(detail) <= 8000))
);
CREATE INDEX error_events_at_idx ON error_events USING btree (at DESC);

create table exam_log_entries (
  exam_id uuid not null,
  seq integer not null,
  entry text not null,
  sha256 bytea not null,
  constraint exam_log_entries_pkey PRIMARY KEY (exam_id, seq),
  constraint exam_log_entries_seq_check CHECK ((seq >= 1)),
  constraint exam_log_entries_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint exam_log_entries_exam_id_fkey FOREIGN KEY (exam_id) REFERENCES exams(id)
);
CREATE TRIGGER exam_log_entries_append_only BEFORE DELETE OR UPDATE ON exam_log_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table exam_logs (
  exam_id uuid not null,
  seq integer not null,
  sha256 bytea not null,
  constraint exam_logs_pkey PRIMARY KEY (exam_id),
  constraint exam_logs_seq_check CHECK ((seq >= 0)),
  constraint exam_logs_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint exam_logs_exam_id_fkey FOREIGN KEY (exam_id) REFERENCES exams(id)
) with (fillfactor=50);

create table exams (
  id uuid not null,
  assignment_id uuid not null,
  assignment_question_id uuid not null,
  retention_seconds integer not null,
  hash_first_grace_seconds integer not null,
  legal_hold_reason text,
  is_default boolean not null default false,
  deletion_warned_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  constraint exams_pkey PRIMARY KEY (id),
  constraint exams_assignment_id_key UNIQUE (assignment_id),
  constraint exams_assignment_question_id_key UNIQUE (assignment_question_id),
  constraint exams_hash_first_grace_seconds_check CHECK (((hash_first_grace_seconds >= 0) AND (hash_first_grace_seconds <= 86400))),
  constraint exams_legal_hold_reason_check CHECK (((length(legal_hold_reason) >= 1) AND (length(legal_hold_reason) <= 500))),
  constraint exams_retention_seconds_check CHECK (((retention_seconds >= 1) AND (retention_seconds <= 315360000))),
  constraint exams_assignment_id_fkey FOREIGN KEY (assignment_id) REFERENCES assignments(id),
  constraint exams_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id),
  constraint exams_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id)
);
CREATE UNIQUE INDEX exams_one_default ON exams USING btree (is_default) WHERE is_default;

create table failure_counts (
  bucket text not null,
  failures integer not null,
  started_at timestamp with time zone not null default now(),
  constraint failure_counts_pkey PRIMARY KEY (bucket),
  constraint failure_counts_bucket_check CHECK ((length(bucket) <= 200)),
  constraint failure_counts_failures_check CHECK ((failures >= 1))
);
CREATE INDEX failure_counts_started_at_idx ON failure_counts USING btree (started_at);

create table forgiven_attempts (
  submission_id uuid not null,
  forgiven_at timestamp with time zone not null default now(),
  constraint forgiven_attempts_pkey PRIMARY KEY (submission_id),
  constraint forgiven_attempts_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE TRIGGER forgiven_attempts_append_only BEFORE DELETE OR UPDATE ON forgiven_attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table grader_account_queues (
  grader_account_id uuid not null,
  queue text not null,
  constraint grader_account_queues_pkey PRIMARY KEY (grader_account_id, queue),
  constraint grader_account_queues_grader_account_id_fkey FOREIGN KEY (grader_account_id) REFERENCES grader_accounts(id),
  constraint grader_account_queues_queue_fkey FOREIGN KEY (queue) REFERENCES queues(name)
);
CREATE INDEX grader_account_queues_queue_idx ON grader_account_queues USING btree (queue);

create table grader_accounts (
  id uuid not null,
  username text not null,
  secret_hash bytea not null,
  strict_status boolean not null default false,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint grader_accounts_pkey PRIMARY KEY (id),
  constraint grader_accounts_username_key UNIQUE (username),
  constraint grader_accounts_secret_hash_check CHECK ((octet_length(secret_hash) = 32)),
  constraint grader_accounts_username_check CHECK (((length(username) >= 1) AND (length(username) <= 100))),
  constraint grader_accounts_id_fkey FOREIGN KEY (id) REFERENCES principals(id)
);

create table graders_seen (
  name text not null,
  languages jsonb not null,
  slots integer not null,
  first_seen_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  constraint graders_seen_pkey PRIMARY KEY (name),
  constraint graders_seen_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

create table grading_jobs (
  id uuid not null,
  queue text not null,
  kind text not null,
  subject_id uuid not null,
  generation integer not null default 1,
  share_id uuid not null,
  principal_id uuid not null,
  needs text not null,
  priority smallint not null default 0,
  turn bigint not null,
  status text not null default 'pending'::text,
  status_at timestamp with time zone not null default now(),
  tries integer not null default 0,
  available_at timestamp with time zone not null default now(),
  lease_hash bytea,
  lease_generation integer not null default 0,
  leased_by text,
  leased_at timestamp with time zone,
  lease_expires_at timestamp with time zone,
  hard_cap_at timestamp with time zone,
  finished jsonb not null default '[]'::jsonb,
  work_ms integer not null,
  failure text,
  report_sha256 bytea,
  created_at timestamp with time zone not null default now(),
  retired_at timestamp with time zone,
  xqueue_id integer,
  reply bytea,
  supersede_key bytea,
  refusal text,
  constraint grading_jobs_pkey PRIMARY KEY (id),
  constraint grading_jobs_subject_id_generation_key UNIQUE (subject_id, generation),
  constraint grading_jobs_check CHECK (((status <> 'pulled'::text) OR ((lease_hash IS NOT NULL) AND (lease_expires_at IS NOT NULL) AND (hard_cap_at IS NOT NULL)))),
  constraint grading_jobs_check1 CHECK (((status = 'retired'::text) = (retired_at IS NOT NULL))),
  constraint grading_jobs_generation_check CHECK ((generation >= 1)),
  constraint grading_jobs_kind_check CHECK ((kind = ANY (ARRAY['submission'::text, 'run'::text, 'lms'::text]))),
  constraint grading_jobs_lease_hash_check CHECK ((octet_length(lease_hash) = 32)),
  constraint grading_jobs_report_sha256_check CHECK ((octet_length(report_sha256) = 32)),
  constraint grading_jobs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'pulled'::text, 'retry'::text, 'retired'::text, 'failed'::text]))),
  constraint grading_jobs_supersede_key_check CHECK ((octet_length(supersede_key) = 32)),
  constraint grading_jobs_tries_check CHECK ((tries >= 0)),
  constraint grading_jobs_work_ms_check CHECK ((work_ms > 0)),
  constraint grading_jobs_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint grading_jobs_queue_fkey FOREIGN KEY (queue) REFERENCES queues(name)
) with (fillfactor=70);
CREATE INDEX grading_jobs_due ON grading_jobs USING btree (queue, available_at, xqueue_id) WHERE ((status = ANY (ARRAY['pending'::text, 'retry'::text])) AND (xqueue_id IS NOT NULL));
CREATE INDEX grading_jobs_failed ON grading_jobs USING btree (queue, status_at) WHERE (status = 'failed'::text);
CREATE UNIQUE INDEX grading_jobs_one_open ON grading_jobs USING btree (subject_id) WHERE (status = ANY (ARRAY['pending'::text, 'pulled'::text, 'retry'::text]));
CREATE INDEX grading_jobs_pulled ON grading_jobs USING btree (queue) WHERE (status = 'pulled'::text);
CREATE INDEX grading_jobs_retired ON grading_jobs USING btree (retired_at) WHERE (status = 'retired'::text);
CREATE UNIQUE INDEX grading_jobs_supersede_key ON grading_jobs USING btree (queue, supersede_key) WHERE ((status = ANY (ARRAY['pending'::text, 'pulled'::text, 'retry'::text])) AND (supersede_key IS NOT NULL));
CREATE INDEX grading_jobs_waiting ON grading_jobs USING btree (queue, share_id, needs, priority, turn, id) WHERE ((status = ANY (ARRAY['pending'::text, 'retry'::text])) AND (xqueue_id IS NULL));
CREATE UNIQUE INDEX grading_jobs_xqueue_id_key ON grading_jobs USING btree (xqueue_id) WHERE (xqueue_id IS NOT NULL);

create table guests (
  id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  has_worked boolean not null default false,
  pending_for uuid,
  migrated_to uuid,
  migrated_at timestamp with time zone,
  constraint guests_pkey PRIMARY KEY (id),
  constraint guests_token_hash_key UNIQUE (token_hash),
  constraint guests_check CHECK (((migrated_to IS NULL) = (migrated_at IS NULL))),
  constraint guests_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  constraint guests_id_fkey FOREIGN KEY (id) REFERENCES principals(id),
  constraint guests_migrated_to_fkey FOREIGN KEY (migrated_to) REFERENCES users(id),
  constraint guests_pending_for_fkey FOREIGN KEY (pending_for) REFERENCES users(id)
);
CREATE INDEX guests_last_seen_at_idx ON guests USING btree (last_seen_at) WHERE (NOT has_worked);
CREATE INDEX guests_migrated_at_idx ON guests USING btree (migrated_at) WHERE (migrated_at IS NOT NULL);

create table installation_keys (
  name text not null,
  key bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint installation_keys_pkey PRIMARY KEY (name),
  constraint installation_keys_key_check CHECK ((octet_length(key) = 32))
);

create table join_codes (
  id uuid not null,
  course_id uuid not null,
  code text not null,
  max_uses integer,
  uses integer not null default 0,
  expires_at timestamp with time zone,
  disabled_at timestamp with time zone,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint join_codes_pkey PRIMARY KEY (id),
  constraint join_codes_code_key UNIQUE (code),
  constraint join_codes_check CHECK (((max_uses IS NULL) OR (uses <= max_uses))),
  constraint join_codes_code_check CHECK ((code ~ '^[A-Z0-9]{6,12}$'::text)),
  constraint join_codes_max_uses_check CHECK ((max_uses >= 1)),
  constraint join_codes_uses_check CHECK ((uses >= 0)),
  constraint join_codes_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id),
  constraint join_codes_created_by_fkey FOREIGN KEY (created_by) REFERENCES principals(id)
);
CREATE INDEX join_codes_course_id_idx ON join_codes USING btree (course_id);

create table lms_files (
  id uuid not null,
  lms_submission_id uuid not null,
  name text not null,
  object_key text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  constraint lms_files_pkey PRIMARY KEY (id),
  constraint lms_files_lms_submission_id_name_key UNIQUE (lms_submission_id, name),
  constraint lms_files_object_key_key UNIQUE (object_key),
  constraint lms_files_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint lms_files_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint lms_files_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint lms_files_lms_submission_id_fkey FOREIGN KEY (lms_submission_id) REFERENCES lms_submissions(id) ON DELETE CASCADE
);

create table lms_submissions (
  id uuid not null,
  queue text not null,
  submitted_by uuid not null,
  header bytea not null,
  body bytea not null,
  callback_url text not null,
  callback_host text not null,
  student_ref text not null default ''::text,
  course_ref text not null default ''::text,
  item_ref text not null default ''::text,
  grader_ref text not null default ''::text,
  search_text text not null generated always as (lower(((((((student_ref || ' '::text) || course_ref) || ' '::text) || item_ref) || ' '::text) || grader_ref))) stored,
  created_at timestamp with time zone not null default now(),
  superseded_by uuid,
  constraint lms_submissions_pkey PRIMARY KEY (id),
  constraint lms_submissions_callback_url_check CHECK (((length(callback_url) >= 1) AND (length(callback_url) <= 4096))),
  constraint lms_submissions_queue_fkey FOREIGN KEY (queue) REFERENCES queues(name),
  constraint lms_submissions_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES grader_accounts(id),
  constraint lms_submissions_superseded_by_fkey FOREIGN KEY (superseded_by) REFERENCES lms_submissions(id) ON DELETE SET NULL
);
CREATE INDEX lms_submissions_superseded_by_idx ON lms_submissions USING btree (superseded_by) WHERE (superseded_by IS NOT NULL);

create table materials (
  step_id uuid not null,
  body_markdown text not null default ''::text,
  constraint materials_pkey PRIMARY KEY (step_id),
  constraint materials_body_markdown_check CHECK ((length(body_markdown) <= 1000000)),
  constraint materials_step_id_fkey FOREIGN KEY (step_id) REFERENCES steps(id) ON DELETE CASCADE
);

create table modules (
  id uuid not null,
  course_id uuid not null,
  "position" integer not null,
  title text not null,
  constraint modules_pkey PRIMARY KEY (id),
  constraint modules_course_id_position_key UNIQUE (course_id, "position") DEFERRABLE,
  constraint modules_position_check CHECK (("position" >= 0)),
  constraint modules_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint modules_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id)
);

create table principals (
  id uuid not null,
  kind text not null,
  created_at timestamp with time zone not null default now(),
  constraint principals_pkey PRIMARY KEY (id),
  constraint principals_id_kind_key UNIQUE (id, kind),
  constraint principals_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'guest'::text, 'candidate'::text, 'grader'::text, 'service'::text])))
);

create table progress (
  principal_id uuid not null,
  step_id uuid not null,
  attempts integer not null default 0,
  best_ratio double precision,
  completed_at timestamp with time zone,
  active_at timestamp with time zone not null default now(),
  constraint progress_pkey PRIMARY KEY (principal_id, step_id),
  constraint progress_attempts_check CHECK ((attempts >= 0)),
  constraint progress_best_ratio_check CHECK (((best_ratio >= (0)::double precision) AND (best_ratio <= (1)::double precision))),
  constraint progress_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint progress_step_id_fkey FOREIGN KEY (step_id) REFERENCES steps(id) ON DELETE CASCADE
) with (fillfactor=80);
CREATE INDEX progress_step_id_idx ON progress USING btree (step_id);

create table question_versions (
  id uuid not null,
  question_id uuid not null,
  number integer not null,
  state text not null default 'draft'::text,
  kind text not null,
  title text not null,
  statement_markdown text not null default ''::text,
  spec jsonb not null,
  content_sha256 bytea not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  published_at timestamp with time zone,
  constraint question_versions_pkey PRIMARY KEY (id),
  constraint question_versions_question_id_number_key UNIQUE (question_id, number),
  constraint question_versions_check CHECK (((state = 'published'::text) = (published_at IS NOT NULL))),
  constraint question_versions_content_sha256_check CHECK ((octet_length(content_sha256) = 32)),
  constraint question_versions_kind_check CHECK ((kind = ANY (ARRAY['io'::text, 'function'::text, 'unit'::text, 'external'::text, 'file'::text]))),
  constraint question_versions_number_check CHECK ((number >= 1)),
  constraint question_versions_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text]))),
  constraint question_versions_statement_markdown_check CHECK ((length(statement_markdown) <= 100000)),
  constraint question_versions_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint question_versions_question_id_fkey FOREIGN KEY (question_id) REFERENCES questions(id)
);
CREATE UNIQUE INDEX question_versions_one_draft ON question_versions USING btree (question_id) WHERE (state = 'draft'::text);
CREATE TRIGGER question_versions_immutable BEFORE DELETE OR UPDATE ON question_versions FOR EACH ROW EXECUTE FUNCTION guard_published_version();

create table questions (
  id uuid not null,
  owner_id uuid not null,
  slug text not null,
  is_shared boolean not null default false,
  created_at timestamp with time zone not null default now(),
  constraint questions_pkey PRIMARY KEY (id),
  constraint questions_owner_id_slug_key UNIQUE (owner_id, slug),
  constraint questions_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 64))),
  constraint questions_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users(id)
);

create table queue_shares (
  queue text not null,
  share_id uuid not null,
  ticket bigint not null default 0,
  virtual_turn bigint not null default 0,
  constraint queue_shares_pkey PRIMARY KEY (queue, share_id),
  constraint queue_shares_queue_fkey FOREIGN KEY (queue) REFERENCES queues(name)
) with (fillfactor=50);

create table queue_turns (
  queue text not null,
  share_id uuid not null,
  principal_id uuid not null,
  turn bigint not null,
  constraint queue_turns_pkey PRIMARY KEY (queue, share_id, principal_id)
) with (fillfactor=80);

create table queues (
  name text not null,
  lease_seconds integer not null,
  max_tries integer not null,
  is_enabled boolean not null default true,
  created_at timestamp with time zone not null default now(),
  is_external boolean not null default true,
  constraint queues_pkey PRIMARY KEY (name),
  constraint queues_lease_seconds_check CHECK (((lease_seconds >= 1) AND (lease_seconds <= 86400))),
  constraint queues_max_tries_check CHECK (((max_tries >= 1) AND (max_tries <= 100))),
  constraint queues_name_check CHECK (((length(name) >= 1) AND (length(name) <= 128)))
);

create table receipts (
  id uuid not null,
  code text not null,
  exam_id uuid not null,
  candidate_id uuid not null,
  submission_id uuid,
  log_seq integer not null,
  issued_at timestamp with time zone not null,
  promised_sha256 bytea,
  promised_size_bytes bigint,
  promised_filename text,
  bytes_until timestamp with time zone,
  constraint receipts_pkey PRIMARY KEY (id),
  constraint receipts_code_key UNIQUE (code),
  constraint receipts_submission_id_key UNIQUE (submission_id),
  constraint receipts_check CHECK ((((promised_sha256 IS NULL) = (promised_size_bytes IS NULL)) AND ((promised_sha256 IS NULL) = (promised_filename IS NULL)) AND ((promised_sha256 IS NULL) = (bytes_until IS NULL)))),
  constraint receipts_check1 CHECK (((submission_id IS NOT NULL) OR (promised_sha256 IS NOT NULL))),
  constraint receipts_code_check CHECK ((code ~ '^([A-Z2-9]{26}|[a-z0-9]{9})$'::text)),
  constraint receipts_promised_filename_check CHECK (((length(promised_filename) >= 1) AND (length(promised_filename) <= 1000))),
  constraint receipts_promised_sha256_check CHECK ((octet_length(promised_sha256) = 32)),
  constraint receipts_promised_size_bytes_check CHECK ((promised_size_bytes >= 0)),
  constraint receipts_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES candidates(id),
  constraint receipts_exam_id_fkey FOREIGN KEY (exam_id) REFERENCES exams(id),
  constraint receipts_exam_id_log_seq_fkey FOREIGN KEY (exam_id, log_seq) REFERENCES exam_log_entries(exam_id, seq),
  constraint receipts_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE INDEX receipts_candidate_id_idx ON receipts USING btree (candidate_id, issued_at);
CREATE INDEX receipts_open_promises ON receipts USING btree (exam_id, candidate_id) WHERE (submission_id IS NULL);

create table results (
  submission_id uuid not null,
  generation integer not null,
  is_current boolean not null,
  verdict text not null,
  points numeric(12,4) not null,
  points_possible numeric(12,4) not null,
  compile_output text not null default ''::text,
  sandbox text not null,
  runtime text not null default ''::text,
  graded_at timestamp with time zone not null default now(),
  constraint results_pkey PRIMARY KEY (submission_id, generation),
  constraint results_generation_check CHECK ((generation >= 1)),
  constraint results_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE UNIQUE INDEX results_one_current ON results USING btree (submission_id) WHERE is_current;

create table runs (
  id uuid not null,
  principal_id uuid not null,
  kind text not null,
  question_version_id uuid not null,
  assignment_question_id uuid,
  course_id uuid,
  version_sha256 bytea not null,
  language text not null,
  content bytea not null,
  created_at timestamp with time zone not null default now(),
  place smallint,
  outcome jsonb,
  finished_at timestamp with time zone,
  constraint runs_pkey PRIMARY KEY (id),
  constraint runs_check CHECK (((kind = 'visible_tests'::text) = (place IS NOT NULL))),
  constraint runs_check1 CHECK (((outcome IS NULL) OR (finished_at IS NOT NULL))),
  constraint runs_content_check CHECK ((octet_length(content) <= 102400)),
  constraint runs_kind_check CHECK ((kind = ANY (ARRAY['visible_tests'::text, 'reference'::text, 'starter'::text]))),
  constraint runs_place_check CHECK (((place >= 1) AND (place <= 3))),
  constraint runs_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id) ON DELETE SET NULL,
  constraint runs_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id),
  constraint runs_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint runs_question_version_id_fkey FOREIGN KEY (question_version_id) REFERENCES question_versions(id) ON DELETE CASCADE
);
CREATE INDEX runs_finished_at_idx ON runs USING btree (finished_at);
CREATE INDEX runs_principal_id_idx ON runs USING btree (principal_id, created_at);
CREATE INDEX runs_question_version_id_idx ON runs USING btree (question_version_id, kind);
CREATE UNIQUE INDEX runs_waiting_place ON runs USING btree (principal_id, place) WHERE (finished_at IS NULL);

create table score_events (
  id uuid not null,
  submission_id uuid not null,
  principal_id uuid not null,
  assignment_question_id uuid not null,
  source text not null,
  generation integer,
  points numeric(12,4) not null,
  points_possible numeric(12,4) not null,
  reason text not null default ''::text,
  caused_by uuid,
  created_at timestamp with time zone not null default now(),
  constraint score_events_pkey PRIMARY KEY (id),
  constraint score_events_source_check CHECK ((source = ANY (ARRAY['auto'::text, 'rubric'::text, 'adjustment'::text, 'override'::text, 'regrade'::text, 'void'::text]))),
  constraint score_events_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id),
  constraint score_events_caused_by_fkey FOREIGN KEY (caused_by) REFERENCES principals(id),
  constraint score_events_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint score_events_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE INDEX score_events_principal_id_idx ON score_events USING btree (principal_id, assignment_question_id);
CREATE INDEX score_events_submission_id_idx ON score_events USING btree (submission_id);
CREATE TRIGGER score_events_append_only BEFORE DELETE OR UPDATE ON score_events FOR EACH ROW EXECUTE FUNCTION refuse_all_but_adoption();

create table scores (
  principal_id uuid not null,
  assignment_question_id uuid not null,
  submission_id uuid not null,
  points numeric(12,4) not null,
  points_possible numeric(12,4) not null,
  updated_at timestamp with time zone not null default now(),
  constraint scores_pkey PRIMARY KEY (principal_id, assignment_question_id),
  constraint scores_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id),
  constraint scores_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint scores_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE INDEX scores_assignment_question_id_idx ON scores USING btree (assignment_question_id);

create table sessions (
  id uuid not null,
  token_hash bytea not null,
  principal_id uuid not null,
  kind text not null,
  label text not null default ''::text,
  user_agent text not null default ''::text,
  device_hash bytea,
  created_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_token_hash_key UNIQUE (token_hash),
  constraint sessions_device_hash_check CHECK ((octet_length(device_hash) = 32)),
  constraint sessions_kind_check CHECK ((kind = ANY (ARRAY['web'::text, 'cli'::text, 'xqueue'::text]))),
  constraint sessions_label_check CHECK ((length(label) <= 100)),
  constraint sessions_token_hash_check CHECK ((octet_length(token_hash) = 32)),
  constraint sessions_user_agent_check CHECK ((length(user_agent) <= 300)),
  constraint sessions_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id)
);
CREATE INDEX sessions_principal_id_idx ON sessions USING btree (principal_id);
CREATE INDEX sessions_xqueue_expires_at_idx ON sessions USING btree (expires_at) WHERE (kind = 'xqueue'::text);
CREATE INDEX sessions_xqueue_login_idx ON sessions USING btree (principal_id, created_at) WHERE (kind = 'xqueue'::text);

create table steps (
  id uuid not null,
  module_id uuid not null,
  "position" integer not null,
  kind text not null,
  title text not null,
  state text not null default 'draft'::text,
  constraint steps_pkey PRIMARY KEY (id),
  constraint steps_module_id_position_key UNIQUE (module_id, "position") DEFERRABLE,
  constraint steps_kind_check CHECK ((kind = ANY (ARRAY['material'::text, 'assignment'::text]))),
  constraint steps_position_check CHECK (("position" >= 0)),
  constraint steps_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text]))),
  constraint steps_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint steps_module_id_fkey FOREIGN KEY (module_id) REFERENCES modules(id)
);

create table submission_files (
  submission_id uuid not null,
  object_key text not null,
  original_filename text not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  md5 bytea,
  superseded_at timestamp with time zone,
  bytes_deleted_at timestamp with time zone,
  deleted_because text,
  constraint submission_files_pkey PRIMARY KEY (submission_id),
  constraint submission_files_object_key_key UNIQUE (object_key),
  constraint submission_files_check CHECK (((bytes_deleted_at IS NULL) = (deleted_because IS NULL))),
  constraint submission_files_content_type_check CHECK ((length(content_type) <= 200)),
  constraint submission_files_deleted_because_check CHECK ((deleted_because = ANY (ARRAY['superseded'::text, 'retention'::text]))),
  constraint submission_files_md5_check CHECK ((octet_length(md5) = 16)),
  constraint submission_files_original_filename_check CHECK (((length(original_filename) >= 1) AND (length(original_filename) <= 1000))),
  constraint submission_files_sha256_check CHECK ((octet_length(sha256) = 32)),
  constraint submission_files_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint submission_files_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id)
);
CREATE INDEX submission_files_kept ON submission_files USING btree (submission_id) WHERE (bytes_deleted_at IS NULL);
CREATE TRIGGER submission_files_append_only BEFORE DELETE OR UPDATE ON submission_files FOR EACH ROW EXECUTE FUNCTION guard_submission_file();

create table submission_voids (
  submission_id uuid not null,
  reason text not null,
  voided_by uuid,
  voided_at timestamp with time zone not null default now(),
  constraint submission_voids_pkey PRIMARY KEY (submission_id),
  constraint submission_voids_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint submission_voids_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES submissions(id),
  constraint submission_voids_voided_by_fkey FOREIGN KEY (voided_by) REFERENCES principals(id)
);

create table submissions (
  id uuid not null,
  principal_id uuid not null,
  assignment_question_id uuid not null,
  question_version_id uuid not null,
  course_id uuid not null,
  attempt_number integer not null,
  language text,
  content bytea,
  content_sha256 bytea not null,
  submitted_at timestamp with time zone not null default now(),
  is_late boolean not null,
  client text not null default 'api'::text,
  idempotency_key text not null,
  request_sha256 bytea not null,
  constraint submissions_pkey PRIMARY KEY (id),
  constraint submissions_principal_id_assignment_question_id_attempt_num_key UNIQUE (principal_id, assignment_question_id, attempt_number),
  constraint submissions_principal_id_idempotency_key_key UNIQUE (principal_id, idempotency_key),
  constraint submissions_attempt_number_check CHECK ((attempt_number >= 1)),
  constraint submissions_client_check CHECK ((length(client) <= 40)),
  constraint submissions_code_or_file CHECK (((language IS NULL) = (content IS NULL))),
  constraint submissions_content_check CHECK ((octet_length(content) <= 102400)),
  constraint submissions_content_sha256_check CHECK ((octet_length(content_sha256) = 32)),
  constraint submissions_idempotency_key_check CHECK (((length(idempotency_key) >= 8) AND (length(idempotency_key) <= 100))),
  constraint submissions_request_sha256_check CHECK ((octet_length(request_sha256) = 32)),
  constraint submissions_assignment_question_id_fkey FOREIGN KEY (assignment_question_id) REFERENCES assignment_questions(id),
  constraint submissions_course_id_fkey FOREIGN KEY (course_id) REFERENCES courses(id),
  constraint submissions_principal_id_fkey FOREIGN KEY (principal_id) REFERENCES principals(id),
  constraint submissions_question_version_id_fkey FOREIGN KEY (question_version_id) REFERENCES question_versions(id)
);
CREATE INDEX submissions_assignment_question_id_idx ON submissions USING btree (assignment_question_id, submitted_at);
CREATE INDEX submissions_course_id_idx ON submissions USING btree (course_id, submitted_at DESC, id DESC);
CREATE TRIGGER submissions_append_only BEFORE DELETE OR UPDATE ON submissions FOR EACH ROW EXECUTE FUNCTION refuse_all_but_adoption();

create table test_cases (
  id uuid not null,
  question_version_id uuid not null,
  key text not null,
  "position" integer not null,
  name text not null,
  points numeric(10,4) not null,
  is_hidden boolean not null,
  time_ms integer not null,
  memory_mb integer not null,
  output_kb integer not null,
  input jsonb not null,
  expected jsonb not null,
  constraint test_cases_pkey PRIMARY KEY (id),
  constraint test_cases_question_version_id_key_key UNIQUE (question_version_id, key),
  constraint test_cases_question_version_id_position_key UNIQUE (question_version_id, "position"),
  constraint test_cases_key_check CHECK ((key ~ '^[A-Za-z0-9_.-]{1,64}$'::text)),
  constraint test_cases_memory_mb_check CHECK (((memory_mb >= 16) AND (memory_mb <= 4096))),
  constraint test_cases_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint test_cases_output_kb_check CHECK (((output_kb >= 1) AND (output_kb <= 16384))),
  constraint test_cases_points_check CHECK ((points >= (0)::numeric)),
  constraint test_cases_position_check CHECK (("position" >= 0)),
  constraint test_cases_time_ms_check CHECK (((time_ms >= 50) AND (time_ms <= 60000))),
  constraint test_cases_question_version_id_fkey FOREIGN KEY (question_version_id) REFERENCES question_versions(id) ON DELETE CASCADE
);
CREATE TRIGGER test_cases_immutable BEFORE INSERT OR DELETE OR UPDATE ON test_cases FOR EACH ROW EXECUTE FUNCTION guard_published_test_case();

create table test_results (
  submission_id uuid not null,
  generation integer not null,
  test_case_id uuid not null,
  verdict text not null,
  points numeric(10,4) not null,
  time_ms integer,
  memory_kb integer,
  detail jsonb not null default '{}'::jsonb,
  constraint test_results_pkey PRIMARY KEY (submission_id, generation, test_case_id),
  constraint test_results_submission_id_generation_fkey FOREIGN KEY (submission_id, generation) REFERENCES results(submission_id, generation),
  constraint test_results_test_case_id_fkey FOREIGN KEY (test_case_id) REFERENCES test_cases(id)
);
CREATE INDEX test_results_submission_id_idx ON test_results USING btree (submission_id, verdict);
CREATE INDEX test_results_test_case_id_idx ON test_results USING btree (test_case_id, verdict);
CREATE TRIGGER test_results_append_only BEFORE DELETE OR UPDATE ON test_results FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table upload_codes (
  id uuid not null,
  candidate_id uuid not null,
  code text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  revoked_because text,
  constraint upload_codes_pkey PRIMARY KEY (id),
  constraint upload_codes_code_key UNIQUE (code),
  constraint upload_codes_check CHECK (((revoked_at IS NULL) = (revoked_because IS NULL))),
  constraint upload_codes_code_check CHECK ((code ~ '^[A-Z0-9]{8,10}$'::text)),
  constraint upload_codes_revoked_because_check CHECK ((length(revoked_because) <= 500)),
  constraint upload_codes_candidate_id_fkey FOREIGN KEY (candidate_id) REFERENCES candidates(id)
);
CREATE INDEX upload_codes_candidate_id_idx ON upload_codes USING btree (candidate_id, created_at);
CREATE UNIQUE INDEX upload_codes_one_live ON upload_codes USING btree (candidate_id) WHERE (revoked_at IS NULL);

create table users (
  id uuid not null,
  email text not null,
  display_name text not null,
  password_hash text,
  is_admin boolean not null default false,
  is_creator boolean not null default false,
  settings jsonb not null default '{}'::jsonb,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  is_operator boolean not null default false,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 100))),
  constraint users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  constraint users_id_fkey FOREIGN KEY (id) REFERENCES principals(id)
);
CREATE UNIQUE INDEX users_email_key ON users USING btree (lower(email));

CREATE OR REPLACE FUNCTION certify(learner uuid, of_course uuid, new_serial text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  issued text;
begin
  perform lock_course_of(learner, of_course);
  if exists (
    select from modules m join steps s on s.module_id = m.id and s.state = 'published'
      left join progress p on p.step_id = s.id and p.principal_id = learner
    where m.course_id = of_course and p.completed_at is null) then
    return null;
  end if;
  insert into certificates (serial, principal_id, course_id, ratio, step_count)
  select new_serial, learner, of_course, least(1, coalesce(avg(p.best_ratio), 1)), count(*)
  from modules m join steps s on s.module_id = m.id and s.state = 'published' join progress p on p.step_id = s.id and p.principal_id = learner
  where m.course_id = of_course and p.completed_at is not null
  having count(*) > 0 and not exists (select from certificates o where o.principal_id = learner and o.course_id = of_course)
  on conflict (principal_id, course_id) where revoked_at is null do nothing
  returning serial into issued;
  return issued;
end $function$;

CREATE OR REPLACE FUNCTION guard_published_test_case()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select 1 from question_versions v
             where v.id in (case when tg_op <> 'INSERT' then old.question_version_id end, case when tg_op <> 'DELETE' then new.question_version_id end)
               and v.state = 'published') then
    raise exception 'tests of a published question version never change' using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $function$;

CREATE OR REPLACE FUNCTION guard_published_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.state = 'published' then
    raise exception 'question version % is published and never changes', old.id using errcode = 'restrict_violation';
  end if;
  return coalesce(new, old);
end $function$;

CREATE OR REPLACE FUNCTION guard_submission_file()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION is_crowded(learner uuid, placed_question uuid, most integer)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  return not exists (
    select from (
      select o.id from submissions o where o.principal_id = learner and o.assignment_question_id = placed_question
      order by o.attempt_number desc limit most) latest
    where not exists (select from grading_jobs j where j.subject_id = latest.id and j.status in ('pending', 'pulled', 'retry')));
end
$function$;

CREATE OR REPLACE FUNCTION lock_course_of(learner uuid, of_course uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  select pg_advisory_xact_lock(hashtextextended(learner::text || of_course::text, 5))
$function$;

CREATE OR REPLACE FUNCTION refuse_all_but_adoption()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE'
    and to_jsonb(new) - array['principal_id', 'attempt_number', 'idempotency_key'] = to_jsonb(old) - array['principal_id', 'attempt_number', 'idempotency_key']
    and exists (select from guests g where g.id = old.principal_id)
    and exists (select from users u where u.id = new.principal_id) then
    return new;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$;
