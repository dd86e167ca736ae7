import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/db/database.ts'
import { migrate } from '../src/db/migrate.ts'
import { migrateOutbox } from '../src/outbox/migrate.ts'
import { openEmbeddedForTests } from './embedded.ts'

/**
 * Once per run: a PostgreSQL server (DATABASE_URL, else an embedded one made for this run and removed with it) and a
 * migrated template database that every test file copies.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  const embedded = given === undefined ? await openEmbeddedForTests() : undefined
  const postgres_url = given ?? embedded!.url
  const template = `gradus_template_${process.pid}`
  const admin = new pg.Client({ connectionString: postgres_url })
  await admin.connect()
  await admin.query(`create database ${template}`)
  const url = new URL(postgres_url)
  url.pathname = `/${template}`
  const open = openDatabase(url.href, 2)
  await migrate(open.pool)
  await migrateOutbox(open.pool)
  await open.close()
  project.provide('postgres_url', postgres_url)
  project.provide('template', template)
  return async () => {
    await admin.query(`drop database if exists ${template} with (force)`)
    await admin.end()
    await embedded?.close()
  }
}
