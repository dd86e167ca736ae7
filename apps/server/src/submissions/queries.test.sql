/* submit */
with placed as materialized (
  select aq.id, a.step_id, aq.question_version_id, m.course_id, coalesce(v.spec ->> 'queue', 'gradus') as queue, a.max_attempts, coalesce(now() >= a.due_at, false) as is_late,
    (select greatest(sum(t.time_ms), 1)::int from test_cases t where t.question_version_id = aq.question_version_id) as work_ms
  from assignment_questions aq join assignments a on a.id = aq.assignment_id join steps st on st.id = a.step_id
  join modules m on m.id = st.module_id join courses c on c.id = m.course_id join question_versions v on v.id = aq.question_version_id
  where aq.id = $1::uuid and c.state <> 'archived' and (v.spec -> 'languages' ? $2::text
  and coalesce(aq.config -> 'allowed_languages' ? $3::text, true))
    and coalesce(now() >= a.opens_at, true) and coalesce(now() < a.closes_at, true)
    and not exists (select from submissions o where o.principal_id = $4::uuid and o.idempotency_key = $5::text)),
counted as (
  insert into attempt_counters as k (principal_id, assignment_question_id, attempts)
  select $6::uuid, id, 1 from placed
  on conflict (principal_id, assignment_question_id) do update set attempts = k.attempts + 1
  where coalesce(k.attempts - k.forgiven < (select max_attempts from placed), true)
    and not (
  k.attempts >= 100 and is_crowded($7::uuid, $8::uuid, 100))
  returning attempts, forgiven),
handed_in as (
  insert into submissions (id, principal_id, assignment_question_id, question_version_id, course_id, attempt_number, language,
    content, content_sha256, submitted_at, is_late, client, idempotency_key, request_sha256)
  select $9::uuid, $10::uuid, placed.id, placed.question_version_id, placed.course_id, counted.attempts, $11::text,
    $12::bytea, $13::bytea, now(), placed.is_late, $14::text, $15::text, $16::bytea
  from placed, counted
  returning id, principal_id, course_id, language, attempt_number, submitted_at, is_late),
attempted as (
  insert into progress as p (principal_id, step_id, attempts) select principal_id, step_id, 1 from (select h.principal_id, placed.step_id from handed_in h, placed) a
  on conflict (principal_id, step_id) do update set attempts = p.attempts + 1, active_at = now()
  returning p.attempts),

  asked as (select $17::uuid as id, placed.queue, 'submission' as kind, h.id as subject_id, h.course_id as share_id, h.principal_id,
    h.language as needs, placed.work_ms, null::bytea as supersede_key from handed_in h, placed),
  opened_share as (
    insert into queue_shares (queue, share_id) select queue, share_id from asked
    where queue = 'gradus' and not exists (select from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id)
    on conflict do nothing),
  given_turn as (
    insert into queue_turns as t (queue, share_id, principal_id, turn)
    select queue, share_id, principal_id,
      1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id), 0)
    from asked where queue = 'gradus'
    on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
    returning turn),
  enqueued as (
    insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, turn, xqueue_id)
    select id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, coalesce((select turn from given_turn), 0),
      case when queue <> 'gradus' then nextval('xqueue_ids') end
    from asked
    returning id as job_id),
sent as (
  select (graphile_worker.add_job('submission_accepted', json_build_object('course_id', h.course_id, 'principal_id', h.principal_id), job_key := 'active ' || h.course_id || ' ' || h.principal_id, max_attempts := 12)).id
  from handed_in h where exists (
    select from enrolments e where e.course_id = h.course_id and e.user_id = h.principal_id
      and coalesce(e.last_active_at < now() - interval '1 minute', true)))
select h.attempt_number, h.submitted_at, h.is_late, counted.forgiven, placed.max_attempts, (select count(*) from sent) as sent
from handed_in h, counted, placed, enqueued;

/* run */ with placed as materialized (
          select aq.id, aq.question_version_id, v.content_sha256, m.course_id, coalesce(v.spec ->> 'queue', 'gradus') as queue,
            (select sum(t.time_ms)::int from test_cases t where t.question_version_id = v.id and not t.is_hidden) as work_ms
          from assignment_questions aq join question_versions v on v.id = aq.question_version_id join assignments a on a.id = aq.assignment_id
            join steps st on st.id = a.step_id join modules m on m.id = st.module_id
          where aq.id = $1::uuid),
        started as (
          insert into runs (id, principal_id, kind, question_version_id, assignment_question_id, course_id, version_sha256, language, content, place)
          select $2::uuid, $3::uuid, 'visible_tests', placed.question_version_id, placed.id, placed.course_id,
            placed.content_sha256, $4::text, $5::bytea, free.place
          from placed, (select place from generate_series(1, 3) place
            where not exists (select from runs r where r.principal_id = $6::uuid and r.place = place.place and r.finished_at is null)
            order by place limit 1) free
          where placed.work_ms is not null
          returning id, principal_id, course_id, language, created_at),
        
  asked as (select $7::uuid as id, placed.queue, 'run' as kind, started.id as subject_id, started.course_id as share_id,
          started.principal_id, started.language as needs, placed.work_ms, null::bytea as supersede_key from started, placed),
  opened_share as (
    insert into queue_shares (queue, share_id) select queue, share_id from asked
    where queue = 'gradus' and not exists (select from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id)
    on conflict do nothing),
  given_turn as (
    insert into queue_turns as t (queue, share_id, principal_id, turn)
    select queue, share_id, principal_id,
      1 + coalesce((select s.virtual_turn from queue_shares s where s.queue = 'gradus' and s.share_id = asked.share_id), 0)
    from asked where queue = 'gradus'
    on conflict (queue, share_id, principal_id) do update set turn = greatest(t.turn + 1, excluded.turn)
    returning turn),
  enqueued as (
    insert into grading_jobs (id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, turn, xqueue_id)
    select id, queue, kind, subject_id, share_id, principal_id, needs, work_ms, supersede_key, coalesce((select turn from given_turn), 0),
      case when queue <> 'gradus' then nextval('xqueue_ids') end
    from asked
    returning id as job_id)
        select started.created_at from started, enqueued;

/* result */ with result as (
        insert into results (submission_id, generation, is_current, verdict, points, points_possible, compile_output, sandbox, runtime)
        values ($1::uuid, $2::int, true, $3::text, $4::numeric, $5::numeric,
          $6::text, $7::text, $8::text)
        returning submission_id, generation)
      insert into test_results (submission_id, generation, test_case_id, verdict, points, time_ms, memory_kb, detail)
      select result.submission_id, result.generation, t.test_case_id, t.verdict, t.points, t.time_ms, t.memory_kb, t.detail
      from result, jsonb_to_recordset($9::jsonb)
        as t(test_case_id uuid, verdict text, points numeric, time_ms int, memory_kb int, detail jsonb);

/* lock_place */ select from attempt_counters
      where principal_id = $1 and assignment_question_id = $2 for no key update;

/* score_events */ select e.submission_id, s.attempt_number, e.source, e.points, e.points_possible
      from score_events e join submissions s on s.id = e.submission_id
      where e.principal_id = $1 and e.assignment_question_id = $2 order by e.created_at, e.id;

/* put_score */ insert into scores as s (principal_id, assignment_question_id, submission_id, points, points_possible)
            values ($1, $2, $3, $4, $5)
            on conflict (principal_id, assignment_question_id) do update
              set submission_id = excluded.submission_id, points = excluded.points, points_possible = excluded.points_possible, updated_at = now()
              where (s.submission_id, s.points, s.points_possible) is distinct from (excluded.submission_id, excluded.points, excluded.points_possible)
            returning 1;

with forgiven as (
        insert into forgiven_attempts (submission_id) values ($1) on conflict do nothing returning submission_id)
      update attempt_counters k set forgiven = k.forgiven + 1
      from forgiven f join submissions s on s.id = f.submission_id
      where k.principal_id = s.principal_id and k.assignment_question_id = s.assignment_question_id
      returning 1