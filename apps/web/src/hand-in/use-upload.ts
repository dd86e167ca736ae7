import { newIdempotencyKey } from '@gradus/client/client'
import { backoff, isPassing } from '@gradus/client/retry'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { z } from 'zod'
import { pause } from '../ui/pause.ts'
import { hashAside } from './hash-aside.ts'
import { forgetFile, type KeptFile, keepFile, readKeptFile } from './kept-file.ts'
import { sendFile } from './send-file.ts'
import { speedOf, withMark } from './upload-speed.ts'

export interface Chosen {
  file: File
  /** Null while it is computed; `ratio` says how far that is. */
  sha256: string | null
  ratio: number
}

/** That the server has the hash, and until when it takes the bytes. */
export interface Promised {
  until: string | null
}

export type Upload =
  | { phase: 'idle' }
  | { phase: 'chosen'; chosen: Chosen }
  /** Kept from an earlier visit and too old to be sent without asking. */
  | { phase: 'left_over'; kept: KeptFile }
  | {
      phase: 'sending'
      file: File
      sha256: string
      step: 'hash' | 'bytes'
      sent_ratio: number
      bytes_per_second: number | null
      promised: Promised | null
    }
  /** No answer came. It goes out again by itself, under the same key, until one comes. */
  | { phase: 'waiting'; file: File; sha256: string; error: unknown; is_kept: boolean; promised: Promised | null }
  | { phase: 'refused'; filename: string; error: unknown; promised: Promised | null }
  /** The file itself cannot be read any more. */
  | { phase: 'unreadable'; filename: string }

export interface Facts {
  filename: string
  size_bytes: number
  sha256: string
}

export interface UploadTo<R> {
  /** Under which a file is kept on this device until the server has answered. */
  name: string
  url: string
  reply: z.ZodType<R>
  /** Sends hash and size ahead of the bytes; null where nothing hangs on the moment. Asked before each try until it was done. */
  promise: (facts: Facts, is_retry: boolean) => Promise<Promised> | null
  onDone: (reply: R, sent: { sha256: string }) => void
  /** Told with every refusal, so that what the page knows of limits and times can be read again. */
  onRefused: () => void
}

export interface Uploader {
  upload: Upload
  choose: (file: File) => void
  /** Sends what is chosen or left over. */
  send: () => void
  /** Drops what is chosen or left over, stops what is under way. */
  drop: () => void
  /** Ends a wait between two tries. */
  tryNow: () => void
}

/** A kept file this young is sent again by itself when the page opens; an older one asks first. */
const RESUME_MS = 15 * 60_000

const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    )

/**
 * Hands in a file exactly once per ask: one key over every retry, reload and crash until the server has answered. Where
 * `promise` is given the hash goes first, so that a slow or broken line loses no deadline.
 */
export function useUpload<R>(to: UploadTo<R>): Uploader {
  const [upload, setUpload] = useState<Upload>({ phase: 'idle' })
  const latest = useRef(to)
  latest.current = to
  const running = useRef<AbortController | null>(null)
  const wake = useRef<AbortController | null>(null)
  const { name } = to

  const run = useCallback(
    async (kept: KeptFile) => {
      if (running.current !== null) return
      const control = new AbortController()
      running.current = control
      const { signal } = control
      const { file, sha256, idempotency_key } = kept
      const facts: Facts = { filename: file.name, size_bytes: file.size, sha256 }
      let promised: Promised | null = null
      const is_kept = await keepFile(name, kept)
      const show = (next: Upload) => {
        if (!signal.aborted) setUpload(next)
      }
      for (let failures = 1; !signal.aborted; failures++) {
        let marks = withMark([], { at_ms: performance.now(), sent_bytes: 0 })
        try {
          const { promise, url, reply } = latest.current
          const promising: Promise<Promised> | null = promised === null ? promise(facts, failures > 1) : null
          if (promising !== null) {
            show({ phase: 'sending', file, sha256, step: 'hash', sent_ratio: 0, bytes_per_second: null, promised })
            promised = await promising
          }
          show({ phase: 'sending', file, sha256, step: 'bytes', sent_ratio: 0, bytes_per_second: null, promised })
          const onProgress = (sent_bytes: number, total_bytes: number) => {
            marks = withMark(marks, { at_ms: performance.now(), sent_bytes })
            const sent_ratio = total_bytes === 0 ? 1 : sent_bytes / total_bytes
            show({ phase: 'sending', file, sha256, step: 'bytes', sent_ratio, bytes_per_second: speedOf(marks), promised })
          }
          const receipt = await sendFile({ url, file, idempotency_key, reply, onProgress, signal })
          await forgetFile(name)
          show({ phase: 'idle' })
          if (!signal.aborted) latest.current.onDone(receipt, { sha256 })
          break
        } catch (error) {
          if (signal.aborted) break
          if (!isPassing(error)) {
            await forgetFile(name)
            show({ phase: 'refused', filename: file.name, error, promised })
            latest.current.onRefused()
            break
          }
          // A browser reports a file that changed on the disk as a broken connection; sending it again would never end.
          if (!(await isReadable(file))) {
            await forgetFile(name)
            show({ phase: 'unreadable', filename: file.name })
            break
          }
          show({ phase: 'waiting', file, sha256, error, is_kept, promised })
          const asked = error.retry_after_ms ?? 0
          wake.current = new AbortController()
          await pause(Math.max(asked, backoff(failures, { base_ms: 1_500, max_ms: 15_000 })), AbortSignal.any([signal, wake.current.signal]))
        }
      }
      if (running.current === control) running.current = null
    },
    [name],
  )

  useEffect(() => {
    let isCurrent = true
    void readKeptFile(name, new Date()).then((kept) => {
      if (!isCurrent || kept === null || running.current !== null) return
      if (Date.now() - Date.parse(kept.asked_at) < RESUME_MS) void run(kept)
      else setUpload({ phase: 'left_over', kept })
    })
    return () => {
      isCurrent = false
      running.current?.abort()
      running.current = null
    }
  }, [name, run])

  const hashing = useRef<AbortController | null>(null)
  useEffect(() => () => hashing.current?.abort(), [])
  const choose = (file: File) => {
    if (running.current !== null) return
    hashing.current?.abort()
    const control = new AbortController()
    hashing.current = control
    const show = (next: Upload) => {
      if (!control.signal.aborted) setUpload(next)
    }
    show({ phase: 'chosen', chosen: { file, sha256: null, ratio: 0 } })
    hashAside(file, (ratio) => show({ phase: 'chosen', chosen: { file, sha256: null, ratio } }), control.signal).then(
      (sha256) => show({ phase: 'chosen', chosen: { file, sha256, ratio: 1 } }),
      () => show({ phase: 'unreadable', filename: file.name }),
    )
  }
  const send = () => {
    if (upload.phase === 'left_over') void run(upload.kept)
    if (upload.phase !== 'chosen' || upload.chosen.sha256 === null) return
    const { file, sha256 } = upload.chosen
    void run({ file, sha256, idempotency_key: newIdempotencyKey(), asked_at: new Date().toISOString() })
  }
  const drop = () => {
    hashing.current?.abort()
    const isUnderWay = running.current !== null
    running.current?.abort()
    running.current = null
    void forgetFile(name)
    setUpload({ phase: 'idle' })
    // It may have arrived whole before it was stopped.
    if (isUnderWay) latest.current.onRefused()
  }
  return { upload, choose, send, drop, tryNow: () => wake.current?.abort() }
}
